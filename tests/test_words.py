"""What people read stands in templates: no sentence to a person is in code."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = ("register", "letters", "intake", "bot", "app")
PROOFS = {  # kept with a letter, read by letters/evidence.py, shown in its words
    "handed over by {who}",
    "read out on the telephone by {who}",
    "read out on the telephone by ",
    "done otherwise by {who}",
}
UNSAID = {
    "not an object with an id",  # an error of the machine-readable output
    "please consider the environment",  # looked for in mails
    "dd/mm/yyyy hh:mm",  # a format of the workbook
}
_WORD = re.compile(r"[^\W\d_]{2,}")
_PATTERN = re.compile(r"[|\\]|\(.*\)|\[\^")  # a regular expression is read by no person
_SHORTEST = 4  # words of a sentence


def sources() -> list[Path]:
    """Every module of the rooms that speak to people."""
    return [path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))]


def sentences_in(source: str) -> Iterator[str]:
    """Give the sentences among the literals; docstrings and exceptions are for developers."""
    tree = ast.parse(source)
    for_developers = {
        id(constant)
        for node in ast.walk(tree)
        if isinstance(node, ast.Raise | ast.Assert) or _is_docstring(node)
        for constant in ast.walk(node)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            is_sentence = len(_WORD.findall(node.value)) >= _SHORTEST and " " in node.value
            if is_sentence and id(node) not in for_developers and not _PATTERN.search(node.value):
                yield node.value


def _is_docstring(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


@pytest.mark.parametrize("path", sources(), ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_no_sentence_is_in_code(path: Path) -> None:
    """Whoever words it otherwise, or in another language, finds all of it in the templates."""
    found = set(sentences_in(path.read_text(encoding="utf-8")))

    assert found - PROOFS - UNSAID == set()


def test_a_sentence_in_code_is_found() -> None:
    """In a call, in a formatted text, in a default: none escapes; docstrings and errors may."""
    source = """
def tell(name, words="Votre leçon est annulée"):
    '''Say that a lesson of somebody is cancelled.'''
    show(f"Bonjour {name}, nous avons bien reçu votre message")
    raise ValueError("not a lesson that we know")
"""

    assert len(list(sentences_in(source))) == 2
