"""The words that people read in Telegram, by key; no sentence to a person stands in code.

Each file `<desk>.fr.toml` holds tables of short Jinja templates. A key is "desk.name". Values
are escaped for Telegram's HTML; a value that a text names and the caller forgot raises.
"""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, StrictUndefined, Template

_ENVIRONMENT = Environment(
    autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)


def say(key: str, /, **values: Any) -> str:
    """The text of that key with its values filled in, as Telegram HTML.

    Raises KeyError for an unknown key, jinja2.UndefinedError for a missing value.
    """
    return _templates()[key].render(**values).strip()


def label(key: str, /) -> str:
    """The plain words of a button or a code; the same as `say` without HTML."""
    return sources()[key].strip()


@cache
def sources() -> dict[str, str]:
    """Every text by key, as written: for tests that render them all."""
    found: dict[str, str] = {}
    for file in files(__package__).iterdir():
        if file.name.endswith(".fr.toml"):
            desk = file.name.removesuffix(".fr.toml")
            words = tomllib.loads(file.read_text(encoding="utf-8"))
            found |= {f"{desk}.{name}": text for name, text in words.items()}
    return found


@cache
def _templates() -> dict[str, Template]:
    return {key: _ENVIRONMENT.from_string(text) for key, text in sources().items()}
