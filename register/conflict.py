"""Conflict of interest: a complaint that names a manager is followed by somebody else. Pure.

A manager is named by the whole name, or by the surname after a title. To be addressed ("Madame
Renaud, je vous écris ...") is not to be named.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import datetime

from register.complaint import Complaint
from register.people import Manager

_TITLES = ("m", "mr", "mme", "mlle", "monsieur", "madame", "mademoiselle")
_GREETING = {*_TITLES, "bonjour", "bonsoir", "cher", "chere", "mesdames", "messieurs", "a"}
_ADDRESS = _GREETING | {"l", "attention", "de", "la", "le", "du", "et", "responsable"}
_ADDRESS |= {"directeur", "directrice", "gerant", "gerante"}
_ABBREVIATED = re.compile(r"\b(m|mr|mme|mlle)\.")
_SIGNS = re.compile(r"[,;:.!?()]")


def with_conflicts(
    complaint: Complaint, managers: Sequence[Manager], signatory: str, at: datetime
) -> Complaint:
    """The complaint, barred for each manager whom it names; who is barred stays so."""
    for one in named_managers(complaint, managers, signatory):
        complaint = complaint.with_barred(one, at)
    return complaint


def named_managers(complaint: Complaint, managers: Sequence[Manager], signatory: str) -> list[int]:
    """The managers whom the complaint names, by their own name or as the one who signs."""
    signs = _who_signs(managers, signatory)
    return [
        one.telegram_id
        for one in managers
        if is_named(complaint, one.name)
        or (one.telegram_id == signs and is_named(complaint, signatory))
    ]


def is_named(complaint: Complaint, name: str) -> bool:
    """Whether the complaint speaks of the person of that name, not merely to them."""
    words = _plain(name)
    own = _plain(complaint.complainant.name)
    if not words or sorted(words) == sorted(own):
        return False
    segments = [one for line in _lines(complaint) for one in _spoken(line, words)]
    if any(_holds(one, spoken) for one in segments for spoken in _names(words, own)):
        return True
    found = [_plain(one) for one in complaint.extraction.source.staff]
    is_spoken_of = any(words[-1] in one for one in segments)
    return is_spoken_of and any(_is_staff(one, words) for one in found)


def blocked(complaints: Iterable[Complaint], managers: Iterable[int]) -> list[Complaint]:
    """Those that are owed an answer and that no manager may see: somebody else has to be paired."""
    known = set(managers)
    return [one for one in complaints if one.is_open and known and known <= set(one.barred)]


def _who_signs(managers: Sequence[Manager], signatory: str) -> int | None:
    """The manager who signs the letters: of that surname, else the first who is no deputy."""
    surname = _plain(signatory)[-1:]
    of_that_name = [one for one in managers if surname and surname[0] in _plain(one.name)]
    first = [*of_that_name, *(one for one in managers if not one.is_deputy), *managers]
    return first[0].telegram_id if first else None


def _names(words: list[str], own: list[str]) -> list[list[str]]:
    """How that person is spoken of; by the surname alone not where the client bears it too."""
    if len(words) < 2:
        return [[title, *words] for title in _TITLES]
    whole = [words, words[::-1]]
    if words[-1] in own:
        return whole
    return [*whole, *([title, words[-1]] for title in _TITLES)]


def _is_staff(found: list[str], words: list[str]) -> bool:
    """Whether a person whom the reader found is the one of that name."""
    bare = [one for one in found if one not in _TITLES]
    return sorted(bare) == sorted(words) or bare == words[-1:]


def _lines(complaint: Complaint) -> list[list[list[str]]]:
    """What the client wrote: line by line, each in pieces between signs."""
    subjects = [one.subject for one in complaint.messages]
    text = "\n".join([*subjects, complaint.text, complaint.when, complaint.expectation])
    whole = _ABBREVIATED.sub(r"\1", text.casefold())
    return [[_plain(one) for one in _SIGNS.split(line)] for line in whole.splitlines()]


def _spoken(line: list[list[str]], words: list[str]) -> list[list[str]]:
    """A line without the address that it begins with, if any."""
    at = 0
    while at < len(line) and _is_address(line[at], words):
        at += 1
    return line[at:]


def _is_address(segment: list[str], words: list[str]) -> bool:
    if segment and segment[0] not in _GREETING and segment[0] not in words:
        return False
    return not set(segment) - _ADDRESS - set(words)


def _holds(segment: list[str], name: list[str]) -> bool:
    size = len(name)
    return any(segment[at : at + size] == name for at in range(len(segment) - size + 1))


def _plain(text: str) -> list[str]:
    """The words of a text, in small letters without accents."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return re.findall(r"[a-z0-9]+", "".join(one for one in apart if not unicodedata.combining(one)))
