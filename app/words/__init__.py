"""The words that are read in a terminal, by key: the operator's, and the demonstration's."""

import tomllib
from functools import cache
from importlib.resources import files
from string import Template


def tell(key: str, /, **values: object) -> str:
    """The sentence of that key with its values filled in, in one pass.

    Raises KeyError for an unknown key or a missing value.
    """
    return Template(sentences()[key]).substitute({name: str(one) for name, one in values.items()})


@cache
def sentences() -> dict[str, str]:
    """Every sentence by key, as written."""
    found: dict[str, str] = {}
    for file in files(__package__).iterdir():
        if file.name.endswith(".fr.toml"):
            for section, words in tomllib.loads(file.read_text(encoding="utf-8")).items():
                found |= {f"{section}.{name}": text for name, text in words.items()}
    return found
