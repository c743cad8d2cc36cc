"""spaCy's French, opened in a fraction of its usual time.

Importing `spacy.lang.fr` compiles one regular expression of 1.4 million characters, which takes
seconds. It tells the hyphenated words that stay whole, and takes more than half of the time of
tokenizing, however short it is written. To find names and places it is enough that every hyphenated
word is one token. So that pattern is left out while the module is imported; should spaCy change and
have none, everything is compiled as it is written. Words with an apostrophe are cut behind it,
those too that the pattern kept whole (`grand'mère`).

Another French pipeline that is opened in the same process cuts its words without the pattern too.
"""

import importlib
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import spacy
from spacy.attrs import LOWER, NORM, PREFIX, SHAPE, SUFFIX
from spacy.language import Language
from thinc.api import Config

MODULE = "spacy.lang.fr.tokenizer_exceptions"
_LONG = 100_000  # characters; nothing else that the module compiles comes near
_NEVER = "(?!)"
_ASKED_FOR = (LOWER, NORM, PREFIX, SUFFIX, SHAPE)  # by the recogniser, and by the vocabulary
_HYPHENATED = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)+")


def load_french(folder: Path) -> Language:
    """Read a French pipeline from disk, with a tokenizer of the language's defaults.

    The stored one would compile the long pattern again.
    """
    with long_patterns_left_out():
        importlib.import_module(MODULE)
    return _as_read(spacy.load(folder, exclude=["tokenizer"]))


def blank_french(config: Config) -> Language:
    """Give a French pipeline as a configuration describes it, nothing learned yet."""
    with long_patterns_left_out():
        importlib.import_module(MODULE)
    return _as_read(spacy.util.load_model_from_config(config, auto_fill=True))


def _as_read(nlp: Language) -> Language:
    """Let every word of letters and hyphens be one token, and know of a word what is asked for."""
    tokenizer: Any = nlp.tokenizer
    tokenizer.token_match = _HYPHENATED.fullmatch
    vocab: Any = nlp.vocab  # spaCy works out twenty things about each new word; four are read
    vocab.lex_attr_getters = {one: vocab.lex_attr_getters[one] for one in _ASKED_FOR}
    return nlp


@contextmanager
def long_patterns_left_out() -> Iterator[None]:
    """Let the module that is about to be imported compile one that never matches instead."""
    if MODULE in sys.modules:
        yield
        return
    compile_as_written = re.compile

    def compile_short(pattern: Any, flags: int | re.RegexFlag = 0) -> re.Pattern[Any]:
        is_long = isinstance(pattern, str) and len(pattern) > _LONG
        return compile_as_written(_NEVER if is_long else pattern, flags)

    re.compile = compile_short
    try:
        yield
    finally:
        re.compile = compile_as_written
