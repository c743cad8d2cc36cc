"""A passage made ready for rules: cut to size, legible, folded so that accents do not matter."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Any

from spacy.tokens import Doc

from register.extraction import Passage

HEAD, TAIL = 20_000, 4_000  # characters kept of a text that is longer; people conclude at the end
SIGNATURE = 1_000
_RUN = re.compile(r"(\S{99})\S")  # nobody writes a word of a hundred letters
_UNSEEN = re.compile(r"[^\S\n]|[\x00-\x08\x0e-\x1f\x7f-\x9f\u200b-\u200f\ufeff\ufffd]")
_REST_OF_WORD = re.compile(r"(?<=\w)\w*")
_BELOW_SUBJECT, _BELOW = "\n\n", "\n\n--\n"
_APOSTROPHES = dict.fromkeys("’‘`´ʼ", "'")


@dataclass(frozen=True, slots=True)
class Reading:
    """What the components read; `folded` has a character for each of `text`: spans agree."""

    passage: Passage
    text: str
    folded: str
    signature: str

    @property
    def whole(self) -> str:
        """The text with the signature below it, as the entity recogniser sees them."""
        return f"{self.text}{_BELOW}{self.signature}" if self.signature else self.text

    @property
    def starts(self) -> dict[str, int]:
        """Where the parts of the passage begin in `whole`."""
        subject = self.passage.subject
        return {
            "subject": 0,
            "text": len(subject) + len(_BELOW_SUBJECT) if subject else 0,
            "signature": len(self.text) + len(_BELOW),
        }

    def written(self, start: int, end: int) -> str:
        """Give the words at a span as written, on one line, to the end of the last word."""
        rest = _REST_OF_WORD.match(self.text, end)
        end = rest.end() if rest else end
        return " ".join(self.text[start:end].split())


def open_passage(passage: Passage) -> Reading:
    """Make a passage ready: subject and text together, the signature apart."""
    text = legible(f"{passage.subject[:HEAD]}{_BELOW_SUBJECT}{passage.text}".strip())
    return Reading(passage, text, fold(text), legible(passage.signature[:SIGNATURE]))


def legible(text: str) -> str:
    """Keep what is read in little time: head and tail, no control characters, no endless word."""
    if len(text) > HEAD + TAIL:
        text = f"{text[:HEAD]}\n{text[-TAIL:]}"
    return _RUN.sub(r"\1 ", _UNSEEN.sub(" ", unicodedata.normalize("NFC", text)))


def fold(text: str) -> str:
    """Lower the capitals, drop the accents, one character for one character."""
    return text.translate(_FOLDING)


class _Folding(dict[int, str]):
    """A table for `str.translate`, filled as letters are met; rare ones are not remembered."""

    def __missing__(self, code: int) -> str:
        folded = _folded_character(chr(code))
        if code < 0x2100:
            self[code] = folded
        return folded


def _folded_character(character: str) -> str:
    if character.isspace():
        return " "
    plain = _APOSTROPHES.get(character) or unicodedata.normalize("NFKD", character.lower())
    return plain[0]


_FOLDING = _Folding()


def declare(name: str, default: Any = None) -> None:
    """Register what a component leaves on the Doc; a second import changes nothing."""
    if not Doc.has_extension(name):
        Doc.set_extension(name, default=default)


declare("reading")
