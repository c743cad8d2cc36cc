"""The words that carry a meaning: read from `cues.toml`, compiled, and found in a folded text.

A cue is a regular expression in a short hand: a space stands for any blank, `~` for some words of
the same sentence, `@name` for an entry of `[words]`. `\\W?` stands where an apostrophe may be,
since SMS drops it. Every repetition is bounded, so that finding is linear in the length of a text.
"""

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import islice
from typing import Any

READ = ("motive", "complaint", "severity", "role", "stranger")  # the parts that are features
WRITER, COURSE = ("role", "stranger"), ("training",)  # those that are looked up once more
WEIGHTS = {"strong": 3.0, "plain": 2.0, "faint": 1.0}
MOST = 12  # finds of one level that count; the rest of a long text says nothing new

_SHORT_HAND = re.compile(r" ?(?P<gap>~) ?| |@(?P<word>[a-z_]+)")
_BLANK, _GAP = "(?:[ ]{1,4})", r"[^.!?;]{0,60}?\b"
_EDGE = re.compile(r"\b[\w€!?-]")
_OPENING = re.compile(  # what a cue begins with: letters, a figure, a sign, or a choice
    r"(?:\(\?<!.{1,9}\))?(?:(?P<key>\w[a-z]{1,3}(?![?*+{|])|\w(?![?*+{])|\\?[€!?-])"
    r"|(?P<figure>\\d)|(?P<choice>\(\?:))"
)


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


class Openings:
    """The cues of many meanings, looked up by how a word begins: one pass over a text finds all.

    A text of six hundred words meets a few cues of many hundreds; to ask each meaning in turn
    costs ten times as much. What is found is what `Cues.weigh` of each meaning finds.
    """

    def __init__(self, meanings: Mapping[str, Mapping[str, list[str]]]) -> None:
        self._meanings = list(meanings)
        self._slots = [  # a slot is one level of one meaning: its cues do not overlap
            (number, WEIGHTS[level])
            for number, levels in enumerate(meanings.values())
            for level in levels
        ]
        by_key: defaultdict[str, defaultdict[int, list[str]]]
        by_key = defaultdict(lambda: defaultdict(list))
        all_levels = (cues for levels in meanings.values() for cues in levels.values())
        for slot, cues in enumerate(all_levels):
            for cue in map(spelled_out, cues):
                for key in _keys(cue):
                    by_key[key][slot].append(cue)
        self._cues = {key: dict(slots) for key, slots in by_key.items()}
        self._lengths = sorted({len(key) for key in self._cues})
        self._met_so_far: dict[str, re.Pattern[str]] = {}

    def weigh(self, folded: str) -> dict[str, float]:
        """Give the sum of what is met, for each meaning."""
        ends = [0] * len(self._slots)
        seen: list[set[str]] = [set() for _ in self._slots]
        for edge in _EDGE.finditer(folded):
            start = edge.start()
            for length in self._lengths:
                key = folded[start : start + length]
                if key not in self._cues:
                    continue
                cues, pattern = self._cues[key], self._met_so_far.get(key) or self._compiled(key)
                match = pattern.match(folded, start)  # looks ahead only: it never fails
                if match is None or match.lastindex is None:
                    continue
                for slot, found in zip(cues, match.groups(), strict=True):
                    if found is not None and start >= ends[slot] and len(seen[slot]) < MOST:
                        ends[slot] = start + max(1, len(found))
                        seen[slot].add(found)
        weights = dict.fromkeys(self._meanings, 0.0)
        for (number, weight), texts in zip(self._slots, seen, strict=True):
            weights[self._meanings[number]] += weight * len(texts)
        return weights

    def make_ready(self) -> None:
        """Compile now what is else compiled when it is first met."""
        for key in self._cues:
            self._compiled(key)

    def _compiled(self, key: str) -> re.Pattern[str]:
        """Give one expression that looks ahead for the cues of each slot, a group a slot.

        All of them cost half a second, a message asks for a few: so they are made when first met.
        """
        ahead = (rf"(?=({'|'.join(of_slot)})|)" for of_slot in self._cues[key].values())
        compiled = self._met_so_far[key] = re.compile("".join(ahead))
        return compiled


def _keys(cue: str) -> set[str]:
    """Give how a word begins where this cue may.

    Raises:
        ValueError: what it begins with may be left out, or can be anything.
    """
    opening = _OPENING.match(cue)
    if opening and opening["key"]:
        return {opening["key"].removeprefix("\\")}
    if opening and opening["figure"]:
        return set("0123456789")
    choices, rest = _choices(cue) if opening else ([], "?")
    if rest[:1] in {"?", "*", "{"}:
        raise ValueError(f"a cue must begin with what it always has: {cue}")
    return {key for choice in choices for key in _keys(choice)}


def _choices(cue: str) -> tuple[list[str], str]:
    """Part the choice that a cue begins with, `(?:a|b)`, and give what comes after it."""
    depth, start, choices = 0, len("(?:"), []
    for match in re.finditer(r"\\.|[()|]", cue):
        sign, at = match.group(), match.start()
        depth += (sign == "(") - (sign == ")")
        if (sign == "|" and depth == 1) or (sign == ")" and depth == 0):
            choices.append(cue[start:at])
            start = match.end()
        if sign == ")" and depth == 0:
            break
    return choices, cue[start:]


@cache
def openings_of(*parts: str) -> Openings:
    """Give the cues of some parts of the table together; a meaning is called `part.meaning`."""
    return Openings(
        {
            f"{part}.{meaning}": levels
            for part in parts
            for meaning, levels in _table()[part].items()
        }
    )


@cache
def cues_of(part: str) -> Mapping[str, Cues]:
    """Give the cues of one part of the table (`motive`, `severity`, ...), by meaning."""
    return {meaning: _compiled(levels) for meaning, levels in _table()[part].items()}


def words_of(part: str) -> dict[str, Any]:
    """Give a part of the table that holds plain words: small words by language, the calendar."""
    return dict(_table()[part])


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
