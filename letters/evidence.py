"""What the register can show for itself, in words: who did what, and how a letter left. Pure.

The words stand in templates/fr/evidence.toml. A code that has none there is shown legibly, for a
register may be older or newer than the program that reads it.
"""

import re
from collections.abc import Callable
from datetime import date
from enum import StrEnum
from string import Template

from letters.dispatch import Trouble
from letters.words import named, short_date, texts
from register.complaint import Letter
from register.labels import Motive, Severity
from register.remedy import Verdict

_VOCABULARIES: dict[str, type[StrEnum]] = {
    "motive": Motive,
    "severity": Severity,
    "verdict": Verdict,
}
"""What the second half of a code is a code of."""

_BY_HAND = {
    "handed over by ": "handed",
    "read out on the telephone by ": "read_out",
    "done otherwise by ": "otherwise",
}
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_TELEGRAM = re.compile(r"telegram:(?P<chat>-?\d+):(?P<numbers>\d+(?:,\d+)*)")


def actor(who: str) -> str:
    """Whoever did something, by role and number: no name, so it can be shown to an auditor."""
    role, _, number = who.partition(":")
    known = texts("evidence")["who"].get(role)
    return Template(known).substitute(number=number) if known else _legible(who)


def deed(code: str) -> str:
    """What was done, as the second half of a sentence that begins with who did it."""
    words = texts("evidence")["what"]
    head, _, tail = code.partition(":")
    if code in words:
        return words[code]
    value, _, then = tail.partition(":")
    if then and f"{head}:*:*" in words:
        told = {"value": _valued(head, value), "then": _valued(head, then)}
        return Template(words[f"{head}:*:*"]).substitute(told)
    if f"{head}:*" in words:
        return Template(words[f"{head}:*"]).substitute(value=_valued(head, tail))
    return Template(words["unknown"]).substitute(value=_legible(code))


def means(letter: Letter) -> str:
    """The way by which a letter that was sent has reached the client."""
    if by_hand := _by_hand(letter):
        return texts("evidence")["by_hand"][by_hand[0]]
    return named(letter.to.channel) if letter.to else ""


def proof(letter: Letter, name_of: Callable[[str], str] = actor) -> str:
    """The proof that a letter has left, as people can read and check it; empty without one."""
    words = texts("evidence")["proof"]
    if by_hand := _by_hand(letter):
        who = name_of(by_hand[1])
        return Template(words["by_hand"]).substitute(way=means(letter), who=who)
    if sent := _TELEGRAM.fullmatch(letter.proof):
        numbers = sent["numbers"].replace(",", ", ")
        return Template(words["telegram"]).substitute(chat=sent["chat"], numbers=numbers)
    return letter.proof


def trouble(letter: Letter) -> str:
    """Why a letter has not left, in a few words."""
    return texts("evidence")["trouble"].get(letter.trouble) or named(Trouble(letter.trouble))


def _by_hand(letter: Letter) -> tuple[str, str] | None:
    """The way and the manager of a letter that no courier took; None for all others."""
    for words, way in _BY_HAND.items():
        if letter.proof.startswith(words):
            return way, letter.proof.removeprefix(words)
    return None


def _valued(head: str, tail: str) -> str:
    try:
        if _DAY.fullmatch(tail):
            return short_date(date.fromisoformat(tail))
        return named(_VOCABULARIES[head](tail))
    except (KeyError, ValueError):
        return _legible(tail)


def _legible(code: str) -> str:
    return " ".join(code.replace("_", " ").replace(":", " ").split())
