"""The words that carry a meaning: read from `cues.toml`, compiled, and found in a folded text.

A cue is a regular expression in a short hand: a space stands for any blank, `~` for some words of
the same sentence, `@name` for an entry of `[words]`. `\\W?` stands where an apostrophe may be,
since SMS drops it. Every repetition is bounded, so that finding is linear in the length of a text.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import islice
from typing import Any

WEIGHTS = {"strong": 3.0, "plain": 2.0, "faint": 1.0}
MOST = 12  # finds of one level that count; the rest of a long text says nothing new

_SHORT_HAND = re.compile(r" ?(?P<gap>~) ?| |@(?P<word>[a-z_]+)")
_BLANK, _GAP = "(?:[ ]{1,4})", r"[^.!?;]{0,60}?\b"


@dataclass(frozen=True, slots=True)
class Find:
    """One cue met in a text."""

    start: int
    end: int
    weight: float


@dataclass(frozen=True, slots=True)
class Cues:
    """The cues of one meaning, by level."""

    levels: tuple[tuple[float, re.Pattern[str]], ...]

    def find(self, folded: str) -> list[Find]:
        """Give what is met, in the order of the text; the same words met again count once."""
        return sorted(self._find_all(folded), key=lambda find: find.start)

    def _find_all(self, folded: str) -> Iterator[Find]:
        for weight, pattern in self.levels:
            seen: set[str] = set()
            for match in islice(pattern.finditer(folded), MOST):
                if match.group() not in seen:
                    seen.add(match.group())
                    yield Find(*match.span(), weight)

    def weigh(self, folded: str) -> float:
        """Give the sum of what is met."""
        return sum(find.weight for find in self.find(folded))

    def meet(self, folded: str) -> bool:
        """Say whether anything is met at all."""
        return any(pattern.search(folded) for _, pattern in self.levels)


@cache
def cues_of(part: str) -> Mapping[str, Cues]:
    """Give the cues of one part of the table (`motive`, `severity`, ...), by meaning."""
    return {meaning: _compiled(levels) for meaning, levels in _table()[part].items()}


def words_of(part: str) -> dict[str, Any]:
    """Give a part of the table that holds plain words: small words by language, the calendar."""
    return dict(_table()[part])


def compile_all() -> None:
    """Compile every part now, so that the first message does not wait for it."""
    for part in ("motive", "complaint", "severity", "role", "stranger", "training", "name"):
        cues_of(part)


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads((files("nlp_models") / "cues.toml").read_text(encoding="utf-8"))


def _compiled(levels: Mapping[str, list[str]]) -> Cues:
    return Cues(tuple((WEIGHTS[level], any_of(cues)) for level, cues in levels.items()))


def any_of(cues: list[str]) -> re.Pattern[str]:
    """Compile cues in short hand as one expression that begins at a word."""
    return re.compile(rf"\b(?:{'|'.join(spelled_out(cue) for cue in cues)})")


def spelled_out(cue: str) -> str:
    """Write a cue in full."""
    return _SHORT_HAND.sub(_meaning, cue)


def _meaning(sign: re.Match[str]) -> str:
    if sign["word"]:
        words = _table()["words"][sign["word"]]
        return f"(?:{'|'.join(spelled_out(word) for word in words)})"
    return _GAP if sign["gap"] else _BLANK
