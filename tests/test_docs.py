"""What is written for people is true: the example, the README's commands, every text."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel
from typer.main import get_command

from app.cli import app
from app.config import Config, load_config
from app.words import sentences
from bot.texts import sources
from letters.words import named
from register.complaint import LetterKind, Outcome, Refusal, State
from register.labels import Channel, Motive, Role, Severity, Training

ROOT = Path(__file__).parent.parent
PAGES = ["README.md", "docs/guide.fr.md", "docs/architecture.md"]


def settings(model: type[BaseModel], path: str = "") -> Iterator[str]:
    """Every key of the configuration, as "section.key"."""
    for name, field in model.model_fields.items():
        inner = [
            one
            for one in (field.annotation, *getattr(field.annotation, "__args__", ()))
            if isinstance(one, type) and issubclass(one, BaseModel)
        ]
        if inner:
            yield from settings(inner[0], f"{path}{name}.")
        else:
            yield f"{path}{name}"


def test_the_example_configuration_is_accepted() -> None:
    """Copying the example gives a configuration that starts, but for its secrets."""
    assert load_config(ROOT / "config.example.toml").establishment.name


@pytest.mark.parametrize("key", list(settings(Config)))
def test_every_setting_is_in_the_example(key: str) -> None:
    """A setting that is not documented is not finished."""
    text = (ROOT / "config.example.toml").read_text(encoding="utf-8")

    assert re.search(rf"^#? ?{key.rsplit('.', 1)[-1]} = ", text, re.MULTILINE)


def test_every_command_of_the_readme_exists() -> None:
    """`make` targets, `reclamations` commands and their options are all there."""
    text = "\n".join((ROOT / page).read_text(encoding="utf-8") for page in PAGES)
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    commands = get_command(app).commands  # type: ignore[attr-defined]

    assert set(re.findall(r"(?:^|`)make ([a-z]+)\b", text, re.MULTILINE)) <= targets
    for command, options in re.findall(r"reclamations ([a-z]+)((?: --[a-z]+)*)", text):
        known = {name for one in commands[command].params for name in one.opts}
        assert set(options.split()) <= known, command


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_somewhere(page: str) -> None:
    """Relative links point to files that are there."""
    text = (ROOT / page).read_text(encoding="utf-8")
    broken = [
        target
        for target in re.findall(r"\]\(([^)#]+)", text)
        if not target.startswith("http") and not ((ROOT / page).parent / target).exists()
    ]

    assert broken == []


def literals(folder: str, function: str) -> set[str]:
    """The first argument of every call of a function in a folder, where it is a plain text."""
    found = set()
    for file in (ROOT / folder).rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args:
                first = node.args[0]
                if node.func.id == function and isinstance(first, ast.Constant):
                    found.add(str(first.value))
    return found


def test_every_text_that_the_bot_says_is_written() -> None:
    """A key without its words would fail in front of a client."""
    used = literals("bot", "say") | literals("bot", "label")

    assert used
    assert used - set(sources()) == set()


def test_every_sentence_of_the_terminal_is_written() -> None:
    """A key without its words would fail in front of the operator."""
    used = literals("app", "tell")

    assert used
    assert used - set(sentences()) == set()


@pytest.mark.parametrize(
    "codes", [Motive, Severity, Role, Training, Channel, Outcome, State, Refusal, LetterKind]
)
def test_every_code_has_its_french_name(codes: type) -> None:
    """What people see of a code is words."""
    for code in codes:  # type: ignore[attr-defined]
        assert named(code)
        assert named(code) != code.value or code is Severity


def test_the_locked_requirements_name_no_index_and_all_hashes() -> None:
    """The set-up is the same everywhere: pinned, hashed, from whatever index a machine has."""
    text = (ROOT / "requirements.lock").read_text()
    pins = re.findall(r"^[a-z0-9][\w.\[\]-]*==", text, re.MULTILINE)

    assert len(pins) > 50
    assert "://" not in text
    for block in re.split(r"\n(?=[a-z0-9])", text):
        if "==" in block.split("\n")[0]:
            assert "--hash=sha256:" in block, block.split("\n")[0]


def test_the_lock_covers_what_the_project_asks_for() -> None:
    """Every dependency of pyproject.toml is pinned."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"].values()
    asked = [*project["dependencies"], *(name for extra in extras for name in extra)]
    lock = (ROOT / "requirements.lock").read_text()

    for one in asked:
        name = re.match(r"[\w-]+", one).group()  # type: ignore[union-attr]
        assert re.search(rf"^{name}(\[.*\])?==", lock, re.MULTILINE), name
