"""What an answer must contain before it may leave, and what it must not. Pure.

A composed letter has it all; one that a manager has rewritten may have lost a mention that the law
asks for. Words are compared without case, accents and typography: a letter may say the same thing
in its own way, but not leave it out.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from enum import StrEnum

from letters import words
from letters.establishment import Establishment
from register.complaint import Complaint, Letter, Outcome
from register.remedy import Compensation, CompensationKind

SHARE = 0.5  # of the telling words of a grievance or a reason: with more than that it is named
LONG = 5  # letters of a word that tells something
PHONE = 9  # last digits by which a telephone number is known


class Fault(StrEnum):
    """Why a letter may not leave; each has its sentence, which says how to mend it."""

    SALUTATION = "salutation"
    REFERENCE = "reference"
    GRIEVANCE = "grievance"
    REASON = "reason"
    DECISION = "decision"
    ACTIONS = "actions"
    COMPENSATION = "compensation"
    MEDIATOR_NAME = "mediator_name"
    MEDIATOR_ADDRESS = "mediator_address"
    MEDIATOR_WEBSITE = "mediator_website"
    ONE_YEAR = "one_year"
    COMPANY = "company"
    DATE = "date"
    SIGNATORY = "signatory"
    QUALITY = "quality"
    DEAD_PLATFORM = "dead_platform"
    OTHER_PERSON = "other_person"
    PLACEHOLDER = "placeholder"


_DEAD_PLATFORM = re.compile(  # closed on 20 July 2025: Regulation (EU) 2024/3228
    r"ec\.europa\.eu/(consumers/)?odr|webgate\.ec\.europa"
    r"|plateforme (europeenne )?de (rll|reglement)"
)
_PLACEHOLDER = re.compile(
    r"\{\{|\}\}|\{%|%\}|_{3,}|x{3,}"
    r"|\[\s*(\.\.\.|a completer|nom|prenom|date|montant)[^\]]*\]"
)
_GREETING = re.compile(r"\s*(bonjour|bonsoir|madame|monsieur|chere?s?)\b")
_DECIDED = re.compile(r"\bfonde(e|s|es)?\b|\bpas pu etablir\b")
_NOTHING_GIVEN = re.compile(r"dedommag|compensation|indemni|geste commercial")
_ONE_YEAR = re.compile(r"\b(un|1) an\b|\b(douze|12) mois\b")
_ANOTHER_WAY = re.compile(r"amiable|tribunal")
_LESSONS = re.compile(r"\b(lecon|heure|cours)s?\b")
_WORD = re.compile(r"[^\W_]+")


def lint(
    letter: Letter,
    complaint: Complaint,
    establishment: Establishment,
    others: Iterable[Complaint] = (),
) -> list[Fault]:
    """What is wrong with an answer; empty where it may leave.

    `others` are the complaints of the register: of their complainants nothing may be said here.
    """
    text = _plain(letter.body)
    found = {
        *_frame(letter, text, complaint, establishment),
        *_substance(text, complaint),
        *_recourse(text, complaint, establishment),
        *spoiled(letter.body, complaint, establishment, others),
    }
    return [one for one in Fault if one in found]


def spoiled(
    written: str,
    complaint: Complaint,
    establishment: Establishment,
    others: Iterable[Complaint] = (),
) -> Iterator[Fault]:
    """What no part of a letter may contain."""
    text = _plain(written)
    if _DEAD_PLATFORM.search(text):
        yield Fault.DEAD_PLATFORM
    if _PLACEHOLDER.search(text):
        yield Fault.PLACEHOLDER
    ours = _ours(complaint, establishment)
    digits = re.sub(r"\D", "", text)
    if any(_betrays(text, digits, ours, one) for one in others):
        yield Fault.OTHER_PERSON


# -- the frame ----------------------------------------------------------------------------------


def _frame(
    letter: Letter, text: str, complaint: Complaint, establishment: Establishment
) -> Iterator[Fault]:
    if not _GREETING.match(text):
        yield Fault.SALUTATION
    if complaint.reference not in letter.body:
        yield Fault.REFERENCE
    if not any(_plain(words.short_date(day)) in text for day in _days_of(letter)):
        yield Fault.DATE
    if not _has(text, establishment.signatory):
        yield Fault.SIGNATORY
    if not _has(text, establishment.quality):
        yield Fault.QUALITY


def _days_of(letter: Letter) -> list[date]:
    """The day of writing, wherever on earth the establishment is."""
    day = letter.created_at.date()
    return [day + timedelta(days=by) for by in (-1, 0, 1)]


# -- what it decides ----------------------------------------------------------------------------


def _substance(text: str, complaint: Complaint) -> Iterator[Fault]:
    grievances = complaint.grievances
    if not grievances or not all(_names(text, one.text) for one in grievances):
        yield Fault.GRIEVANCE
    if not all(one.is_answered and _names(text, one.reason) for one in grievances):
        yield Fault.REASON
    if complaint.outcome is None or not _DECIDED.search(text):
        yield Fault.DECISION
    if complaint.outcome not in (None, Outcome.NOT_UPHELD):
        yield from _remedies(text, complaint)


def _remedies(text: str, complaint: Complaint) -> Iterator[Fault]:
    if not complaint.actions or not all(_names(text, one.what) for one in complaint.actions):
        yield Fault.ACTIONS
    given = complaint.compensations
    is_said = all(_is_given(text, one) for one in given) if given else _NOTHING_GIVEN.search(text)
    if not is_said:
        yield Fault.COMPENSATION


def _is_given(text: str, one: Compensation) -> bool:
    if one.kind is CompensationKind.GESTURE or (one.amount is None and not one.quantity):
        return _names(text, one.words)
    if one.kind is CompensationKind.LESSONS:
        return bool(_LESSONS.search(text))
    euros = f"{one.amount or 0:.2f}".replace(".", ",")
    bare = re.sub(r"(?<=\d) (?=\d{3})", "", text)
    return bool(re.search(rf"\b{euros.removesuffix(',00')}\b", bare))


# -- what the client may do next ----------------------------------------------------------------


def _recourse(text: str, complaint: Complaint, establishment: Establishment) -> Iterator[Fault]:
    mediator = establishment.mediator
    if not complaint.complainant.is_consumer:
        names_one = mediator is not None and _has(text, mediator.name)
        if names_one or not _ANOTHER_WAY.search(text):
            yield Fault.COMPANY
    elif mediator is not None:  # L616-1, R616-1, L612-2 4° of the Code de la consommation
        if not _has(text, mediator.name):
            yield Fault.MEDIATOR_NAME
        if not _has(text, mediator.address):
            yield Fault.MEDIATOR_ADDRESS
        if not _has(text, mediator.website):
            yield Fault.MEDIATOR_WEBSITE
        if not _ONE_YEAR.search(text):
            yield Fault.ONE_YEAR


# -- other people -------------------------------------------------------------------------------


def _ours(complaint: Complaint, establishment: Establishment) -> str:
    """All that may be said in this letter: who it is for, and who signs it."""
    who, source = complaint.complainant, complaint.extraction.source
    address = who.address.value if who.address else ""
    told = (who.name, who.contact, address, source.phone or "", source.email or "")
    mediator = establishment.mediator
    named = (mediator.name, mediator.address) if mediator else ()
    own = (establishment.signatory, establishment.name, establishment.address)
    ways = (establishment.email, establishment.phone)
    return _plain(" | ".join((*told, *own, *ways, *named)))


def _betrays(text: str, digits: str, ours: str, other: Complaint) -> bool:
    who, source = other.complainant, other.extraction.source
    name = " ".join(_plain(who.name).split())
    if " " in name and not _has(ours, name) and re.search(rf"\b{re.escape(name)}\b", text):
        return True
    addresses = (who.address.value if who.address else "", who.contact, source.email or "")
    mails = {_plain(one) for one in addresses if "@" in one}
    if any(one not in ours and one in text for one in mails):
        return True
    phones = {re.sub(r"\D", "", one)[-PHONE:] for one in (who.contact, source.phone or "")}
    known = re.sub(r"\D", "", ours)
    return any(len(one) == PHONE and one in digits and one not in known for one in phones)


# -- words --------------------------------------------------------------------------------------


def _plain(text: str) -> str:
    """Lower case, no accents, one kind of apostrophe, one space."""
    bare = unicodedata.normalize("NFKD", text.replace("’", "'").replace("…", "..."))
    shown = "".join(one for one in bare if not unicodedata.combining(one))
    return " ".join(shown.casefold().split())


def _has(text: str, wanted: str) -> bool:
    return " ".join(_plain(wanted).split()) in text


def _names(text: str, wanted: str) -> bool:
    """Whether the text says this: word for word, or in enough of its telling words."""
    plain = _plain(words.clause(wanted))
    if plain in text:
        return True
    telling = {one for one in _WORD.findall(plain) if len(one) >= LONG}
    there = set(_WORD.findall(text))
    return bool(telling) and len(telling & there) > SHARE * len(telling)
