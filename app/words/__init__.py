"""The words that the operator reads in a terminal, by key."""

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
    raw = files(__package__).joinpath("operator.fr.toml").read_text(encoding="utf-8")
    return {
        f"{section}.{name}": text
        for section, words in tomllib.loads(raw).items()
        for name, text in words.items()
    }
