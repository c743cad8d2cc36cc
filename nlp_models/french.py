"""spaCy's French, opened in a fraction of its usual time.

Importing `spacy.lang.fr` compiles one regular expression of 1.4 million characters, which takes
seconds: 266 alternatives, each with the whole alphabet written out. `factored` says the same with
each alphabet written a few times. It is slipped in while that one module is imported; should spaCy
change, the pattern is left as it is, and loading is slow again but right.
"""

import importlib
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import spacy
from spacy.language import Language
from thinc.api import Config

MODULE = "spacy.lang.fr.tokenizer_exceptions"
_HEAD, _JOINT, _TAIL = "(?iu)(?:^", "$)|(?:^", "$)"
_LONG = 100_000  # nothing else that the module compiles comes near
_ALPHABET = re.compile(r"\[[^\]]{900,}\]")


class UnknownShapeError(ValueError):
    """The pattern is not the list of alternatives that `factored` knows how to rewrite."""


def load_french(folder: Path) -> Language:
    """Read a French pipeline from disk, with the tokenizer of the language's defaults.

    The stored one would compile the slow pattern again.
    """
    with factored_on_import():
        importlib.import_module(MODULE)
    return spacy.load(folder, exclude=["tokenizer"])


def blank_french(config: Config) -> Language:
    """Give a French pipeline as a configuration describes it, nothing learned yet."""
    with factored_on_import():
        importlib.import_module(MODULE)
    return spacy.util.load_model_from_config(config, auto_fill=True)


@contextmanager
def factored_on_import() -> Iterator[None]:
    """Let the module that is about to be imported compile its long pattern in factored form."""
    if MODULE in sys.modules:
        yield
        return
    compile_as_written = re.compile

    def compile_factored(pattern: Any, flags: int | re.RegexFlag = 0) -> re.Pattern[Any]:
        if isinstance(pattern, str) and len(pattern) > _LONG:
            pattern = _factored_or_same(pattern)
        return compile_as_written(pattern, flags)

    re.compile = compile_factored
    try:
        yield
    finally:
        re.compile = compile_as_written


def _factored_or_same(pattern: str) -> str:
    try:
        return factored(pattern)
    except UnknownShapeError:
        return pattern


def factored(pattern: str) -> str:
    """Rewrite `(?iu)(?:^a$)|(?:^b$)...`: same language, alternatives share their alphabets."""
    heads_of: dict[str, list[str]] = defaultdict(list)
    for alternative in _alternatives(pattern):
        alphabet = _ALPHABET.search(alternative)
        if alphabet is None:
            raise UnknownShapeError(alternative[:40])
        heads_of[alternative[alphabet.start() :]].append(alternative[: alphabet.start()])
    bare = [tail for tail, heads in heads_of.items() if heads == [""]]
    groups = [
        f"(?:{'|'.join(heads)}){tail}" for tail, heads in heads_of.items() if tail not in bare
    ]
    return f"(?iu)^(?:{'|'.join([*groups, *_between_alphabets(bare)])})$"


def _alternatives(pattern: str) -> list[str]:
    if not (pattern.startswith(_HEAD) and pattern.endswith(_TAIL)):
        raise UnknownShapeError(pattern[:40])
    return pattern[len(_HEAD) : -len(_TAIL)].split(_JOINT)


def _between_alphabets(alternatives: list[str]) -> list[str]:
    """Join the alternatives `[a-z]+ middle [a-z]+` that differ in their middle only."""
    if not alternatives:
        return []
    found = _ALPHABET.match(alternatives[0])
    edge = found.group() + "+" if found else ""
    if not edge or not all(a.startswith(edge) and a.endswith(edge) for a in alternatives):
        raise UnknownShapeError(alternatives[0][-40:])
    middles = "|".join(a[len(edge) : -len(edge)] for a in alternatives)
    return [f"{edge}(?:{middles}){edge}"]
