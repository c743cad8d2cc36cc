"""What a client's reply says of our answer, read from its first line. Pure.

Only what can mean one thing is taken: the choice that the letter offers by its number, or a word
or two of templates/fr/verdicts.toml. All else is for a person to read.
"""

import re
import tomllib
import unicodedata
from functools import cache
from importlib.resources import files

from register.complaint import Complaint, ReceivedMessage
from register.opinions import since_asked
from register.remedy import Verdict

_NUMBERS = {"1": Verdict.SETTLED, "2": Verdict.NOT_KEPT, "3": Verdict.CONTESTED}


def verdict_said(text: str) -> Verdict | None:
    """The verdict of a reply; None where its first line does not say one."""
    for line in text.splitlines():
        if words := _bare(line):
            return _said(words)
    return None


def verdict_in(complaint: Complaint) -> tuple[Verdict, ReceivedMessage] | None:
    """The newest verdict that the client has written since the question, with its message."""
    for message in reversed(since_asked(complaint)):
        if verdict := verdict_said(message.text):
            return verdict, message
    return None


def _said(words: str) -> Verdict | None:
    number, _, rest = words.partition(" ")
    if number not in _NUMBERS:
        return _phrases().get(words)
    if not rest or _phrases().get(rest) is _NUMBERS[number]:
        return _NUMBERS[number]
    return None


def _bare(line: str) -> str:
    """A line in small letters, without accents, signs, or words of courtesy."""
    plain = unicodedata.normalize("NFKD", line.casefold())
    letters = "".join(one for one in plain if not unicodedata.combining(one))
    words = re.findall(r"[a-z]+|\d+", letters)
    return " ".join(one for one in words if one not in _courtesy())


@cache
def _words() -> dict[str, list[str]]:
    source = files("letters.templates.fr").joinpath("verdicts.toml")
    found: dict[str, list[str]] = tomllib.loads(source.read_text(encoding="utf-8"))
    return found


@cache
def _courtesy() -> frozenset[str]:
    return frozenset(_words()["courtesy"])


@cache
def _phrases() -> dict[str, Verdict]:
    return {_bare(words): verdict for verdict in Verdict for words in _words()[verdict]}
