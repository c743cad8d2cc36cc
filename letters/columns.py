"""The columns of the register, as an auditor expects them: one line each. Pure.

A column is its heading's key (templates/fr/register.toml), the group that it stands in, its width
in characters, and what it shows of a complaint: dates, numbers, yes and no stay what they are. To
add a column, add a line here and its heading there.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from string import Template
from typing import TypeVar
from zoneinfo import ZoneInfo

from letters.establishment import Establishment
from letters.evidence import actor, means, proof, trouble
from letters.promises import promised, unowned
from letters.sheets import Cell
from letters.words import moment, named, short_date, texts
from register.complaint import (
    Complaint,
    Grievance,
    Investigation,
    Letter,
    LetterKind,
    ReceivedMessage,
    State,
)
from register.deadlines import acknowledged_in_time, answered_in_time
from register.remedy import Action, Check, Compensation

T = TypeVar("T", Grievance, Action, Compensation)

ALIKE_WITHIN = timedelta(days=365)


class Group(StrEnum):
    """The first of the two rows of headings, in the order of a complaint's life."""

    IDENTIFICATION = "identification"
    QUALIFICATION = "qualification"
    ACKNOWLEDGEMENT = "acknowledgement"
    HANDLING = "handling"
    ANSWER = "answer"
    IMPROVEMENT = "improvement"
    CLOSING = "closing"


class Kind(StrEnum):
    """How a column is to be read."""

    PLAIN = "plain"
    PROOF = "proof"  # small: copied and compared rather than read
    KEPT = "kept"  # a promise: a "no" stands out


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the register."""

    key: str
    group: Group
    width: int
    cell: Callable[[Complaint], Cell]
    kind: Kind = Kind.PLAIN


A, B, C, D, E, F, G = Group  # by the letters that their headings bear


def columns(
    complaints: Sequence[Complaint], establishment: Establishment, zone: ZoneInfo, now: datetime
) -> tuple[Column, ...]:
    """All columns; the complaints of every year are there to find the cases that are alike."""
    return (
        *_identification(zone),
        *_qualification(complaints),
        *_acknowledgement(now),
        *_handling(),
        *_answer(establishment, zone, now),
        *_improvement(zone),
        *_closing(),
    )


def _identification(zone: ZoneInfo) -> tuple[Column, ...]:
    return (
        Column("reference", A, 16, lambda one: one.reference),
        Column("received_at", A, 15, lambda one: one.received_at),
        Column("channel", A, 10, lambda one: named(one.channel)),
        Column("complainant", A, 20, lambda one: one.complainant.name),
        Column("role", A, 12, lambda one: _name(one.complainant.role)),
        Column("contact", A, 26, _contact),
        Column("consumer", A, 13, lambda one: one.complainant.is_consumer),
        Column("training", A, 16, lambda one: _name(one.extraction.source.training)),
        Column("contract", A, 16, lambda one: _lines(one.extraction.source.refs)),
        Column("site", A, 16, lambda one: one.extraction.source.site),
        Column("staff", A, 18, lambda one: _lines(one.extraction.source.staff)),
        Column("incident_on", A, 11, lambda one: one.extraction.source.incident_date),
        Column("incident", A, 18, lambda one: one.when),
        Column("text", A, 60, lambda one: _written(one, zone)),
        Column("message_ids", A, 28, _message_ids, Kind.PROOF),
        Column("message_hashes", A, 36, _message_hashes, Kind.PROOF),
        Column("pieces", A, 22, lambda one: _lines([piece.name for piece in one.attachments])),
        Column("piece_hashes", A, 36, _piece_hashes, Kind.PROOF),
    )


def _qualification(complaints: Sequence[Complaint]) -> tuple[Column, ...]:
    return (
        Column("motive", B, 20, lambda one: _lines(map(named, one.motives[:1]))),
        Column("other_motives", B, 20, lambda one: _lines(map(named, one.motives[1:]))),
        Column("severity", B, 10, lambda one: _name(one.severity)),
        Column("confirmed", B, 13, lambda one: one.is_confirmed),
        Column("concerns", B, 12, _concerns),
        Column("grievances", B, 40, lambda one: _each(one.grievances, lambda it: it.text)),
        Column("expectation", B, 24, lambda one: one.expectation),
        Column("amount", B, 11, lambda one: one.extraction.source.amount),
        Column("isolated", B, 8, _isolated),
        Column("alike", B, 14, lambda one: _lines(_alike(one, complaints))),
    )


def _acknowledgement(now: datetime) -> tuple[Column, ...]:
    kind, in_time = LetterKind.ACKNOWLEDGEMENT, acknowledged_in_time
    return (
        Column("acknowledged_at", C, 15, lambda one: one.acknowledged_at),
        Column("acknowledged_by", C, 12, lambda one: _means(one, kind)),
        Column("acknowledgement_proof", C, 34, lambda one: _proof(one, kind), Kind.PROOF),
        Column("acknowledged_after", C, 9, _hours_to_acknowledge),
        Column("acknowledged_in_time", C, 9, lambda one: in_time(one, now), Kind.KEPT),
        Column("acknowledgement_held", C, 20, lambda one: _held(one, kind)),
    )


def _handling() -> tuple[Column, ...]:
    return (
        Column("investigated_by", D, 18, _investigator),
        Column("investigated_at", D, 15, _investigated_at),
        Column("answer_due", D, 11, lambda one: one.answer_due),
        Column("facts", D, 36, lambda one: _found(one).facts),
        Column("heard", D, 24, lambda one: _found(one).heard),
        Column("found_pieces", D, 22, _found_pieces),
        Column("causes", D, 36, lambda one: _found(one).causes),
        Column("immediate", D, 36, _immediate),
    )


def _answer(establishment: Establishment, zone: ZoneInfo, now: datetime) -> tuple[Column, ...]:
    kind, in_time = LetterKind.ANSWER, answered_in_time
    return (
        Column("outcome", E, 14, lambda one: _name(one.outcome)),
        Column("findings", E, 16, lambda one: _each(one.grievances, lambda it: _name(it.finding))),
        Column("finding_reasons", E, 48, lambda one: _each(one.grievances, lambda it: it.reason)),
        Column("reasons", E, 36, lambda one: one.decision.reasons),
        Column("compensation", E, 26, lambda one: _each(one.compensations, _promised)),
        Column("compensation_due", E, 12, lambda one: _each(one.compensations, _due)),
        Column("compensation_done", E, 12, lambda one: _each(one.compensations, _done(zone))),
        Column("compensation_proof", E, 24, lambda one: _each(one.compensations, _evidence)),
        Column("holding_until", E, 11, lambda one: one.holding_until),
        Column("answered_at", E, 15, lambda one: one.answered_at),
        Column("answered_by", E, 12, lambda one: _means(one, kind)),
        Column("answer_proof", E, 34, lambda one: _proof(one, kind), Kind.PROOF),
        Column("answered_after", E, 9, lambda one: _days_to_answer(one, zone)),
        Column("answered_in_time", E, 9, lambda one: in_time(one, now, zone), Kind.KEPT),
        Column("answer_held", E, 20, lambda one: _held(one, kind)),
        Column("mediator", E, 10, lambda one: _names_mediator(one, establishment)),
        Column("answered_again_at", E, 15, _answered_again_at),
    )


def _improvement(zone: ZoneInfo) -> tuple[Column, ...]:
    return (
        Column("actions", F, 36, lambda one: _each(one.actions, _promised)),
        Column("action_owners", F, 18, lambda one: _each(one.actions, lambda it: it.owner)),
        Column("action_due", F, 12, lambda one: _each(one.actions, _due)),
        Column("action_done", F, 12, lambda one: _each(one.actions, _done(zone))),
        Column("action_proof", F, 30, lambda one: _each(one.actions, _evidence)),
        Column("checks", F, 36, lambda one: _each(one.actions, lambda it: _checks(it, zone))),
    )


def _closing() -> tuple[Column, ...]:
    return (
        Column("asked_at", G, 15, _asked_at),
        Column("verdict", G, 18, _verdict),
        Column("verdict_at", G, 15, _verdict_at),
        Column("conflict", G, 10, lambda one: bool(one.barred)),
        Column("state", G, 18, lambda one: named(one.state)),
        Column("closed_at", G, 15, _closed_at),
        Column("last_event_at", G, 15, _last_event_at),
    )


# -- who and what -----------------------------------------------------------------------------


def _name(code: StrEnum | None) -> str:
    return named(code) if code else ""


def _lines(values: Iterable[str]) -> str:
    return "\n".join(values)


def _contact(complaint: Complaint) -> str:
    who = complaint.complainant
    address = f"{named(who.address.channel)} {who.address.value}" if who.address else ""
    return _lines([one for one in (address, who.contact) if one])


def _written(complaint: Complaint, zone: ZoneInfo) -> str:
    """All that the client wrote; the moments stand above the messages where there are several."""
    several = len(complaint.messages) > 1
    return "\n\n".join(
        _lines([one for one in (_moment(each, zone, several), each.subject, each.text) if one])
        for each in complaint.messages
    )


def _moment(message: ReceivedMessage, zone: ZoneInfo, is_wanted: bool) -> str:
    return moment(message.received_at, zone) if is_wanted else ""


def _message_ids(complaint: Complaint) -> str:
    return _lines([one.source_id for one in complaint.messages])


def _message_hashes(complaint: Complaint) -> str:
    return _lines([_hash(one) for one in complaint.messages])


def _hash(message: ReceivedMessage) -> str:
    """Of the mail's own bytes; of the text as it is kept, where no bytes are."""
    if message.raw:
        return message.raw.sha256
    return hashlib.sha256(message.text.encode("utf-8", "surrogatepass")).hexdigest()


def _piece_hashes(complaint: Complaint) -> str:
    return _lines([piece.sha256 for piece in complaint.attachments])


# -- what was made of it ----------------------------------------------------------------------


def _isolated(complaint: Complaint) -> bool | None:
    return complaint.investigation.is_isolated if complaint.investigation else None


def _alike(complaint: Complaint, complaints: Sequence[Complaint]) -> list[str]:
    """Others of the same main motive in the year before it."""
    since = complaint.received_at - ALIKE_WITHIN
    return [
        one.reference
        for one in complaints
        if one.reference != complaint.reference
        and complaint.motives[:1] == one.motives[:1] != ()
        and since <= one.received_at <= complaint.received_at
    ]


def _investigator(complaint: Complaint) -> str:
    return actor(complaint.investigation.opened_by) if complaint.investigation else ""


def _investigated_at(complaint: Complaint) -> datetime | None:
    return complaint.investigation.opened_at if complaint.investigation else None


def _found(complaint: Complaint) -> Investigation:
    """What was found; nothing where nobody has looked yet."""
    nothing = Investigation(opened_at=complaint.received_at, opened_by="")
    return complaint.investigation or nothing


def _concerns(complaint: Complaint) -> str:
    return _lines(map(named, _found(complaint).concerns or ()))


def _found_pieces(complaint: Complaint) -> str:
    return _lines([piece.name for piece in _found(complaint).pieces])


# -- what is promised -------------------------------------------------------------------------


def _each(all_of_them: Sequence[T], shown: Callable[[T], Cell]) -> Cell:
    """What each has to show, a line each by its number; of a single one the value itself."""
    if len(all_of_them) == 1:
        return shown(all_of_them[0])
    told = [(one.number, _text(shown(one))) for one in all_of_them]
    return _lines([f"{number}. {text}" for number, text in told if text])


def _text(cell: Cell) -> str:
    return short_date(cell) if isinstance(cell, date) else str(cell or "")


def _due(promise: Action | Compensation) -> date | None:
    return promise.due


def _done(zone: ZoneInfo) -> Callable[[Action | Compensation], date | None]:
    """The day on which a promise was kept, as the establishment's calendar shows it."""

    def day(promise: Action | Compensation) -> date | None:
        return promise.done_at.astimezone(zone).date() if promise.done_at else None

    return day


def _evidence(promise: Action | Compensation) -> str:
    return _lines([one for one in (promise.evidence, *(it.name for it in promise.pieces)) if one])


def _promised(promise: Action | Compensation) -> str:
    return promised(unowned(promise))


def _immediate(complaint: Complaint) -> Cell:
    """What was done at once; its day stands with the other actions."""
    return _each([one for one in complaint.actions if one.is_immediate], _promised)


def _checks(action: Action, zone: ZoneInfo) -> str:
    return _lines([_check(one, zone) for one in action.checks])


def _check(check: Check, zone: ZoneInfo) -> str:
    """One look at the effect of an action: its date, what was counted, and the result."""
    words = texts("register")["checks"]
    return Template(words["check"]).substitute(
        days=check.days,
        day=short_date(check.at.astimezone(zone).date()),
        before=check.before,
        after=check.after,
        result=words["effective" if check.is_effective else "ineffective"],
    )


# -- how it ended -----------------------------------------------------------------------------


def _asked_at(complaint: Complaint) -> datetime | None:
    return complaint.satisfaction.asked_at if complaint.satisfaction else None


def _verdict(complaint: Complaint) -> str:
    return _name(complaint.satisfaction.verdict) if complaint.satisfaction else ""


def _verdict_at(complaint: Complaint) -> datetime | None:
    return complaint.satisfaction.said_at if complaint.satisfaction else None


def _closed_at(complaint: Complaint) -> datetime | None:
    """When it was closed; None where it was taken up again since."""
    if complaint.state is not State.CLOSED:
        return None
    return max((one.at for one in complaint.events if one.what == "closed"), default=None)


# -- letters ----------------------------------------------------------------------------------


def _sent(complaint: Complaint, kind: LetterKind) -> list[Letter]:
    """The letters of a kind that have left, the first one first."""
    found = [one for one in complaint.letters if one.kind is kind and one.sent_at]
    return sorted(found, key=lambda one: one.sent_at or one.created_at)


def _means(complaint: Complaint, kind: LetterKind) -> str:
    return _lines([means(one) for one in _sent(complaint, kind)[:1]])


def _proof(complaint: Complaint, kind: LetterKind) -> str:
    return _lines([proof(one) for one in _sent(complaint, kind)])


def _held(complaint: Complaint, kind: LetterKind) -> str:
    """What the newest letter of a kind waits for; empty once it has left."""
    letter = complaint.letter(kind)
    return trouble(letter) if letter and letter.trouble else ""


def _hours_to_acknowledge(complaint: Complaint) -> float | None:
    if complaint.acknowledged_at is None:
        return None
    return round((complaint.acknowledged_at - complaint.received_at) / timedelta(hours=1), 1)


def _days_to_answer(complaint: Complaint, zone: ZoneInfo) -> int | None:
    """Calendar days, as day 10 is counted."""
    if complaint.answered_at is None:
        return None
    received, left = complaint.received_at.astimezone(zone), complaint.answered_at.astimezone(zone)
    return (left.date() - received.date()).days


def _names_mediator(complaint: Complaint, establishment: Establishment) -> bool | None:
    """Whether the newest answer names the mediator; None where none is due to this client."""
    answers, mediator = _sent(complaint, LetterKind.ANSWER), establishment.mediator
    if not answers or mediator is None or not complaint.complainant.is_consumer:
        return None
    return mediator.name in answers[-1].body


def _answered_again_at(complaint: Complaint) -> datetime | None:
    answers = _sent(complaint, LetterKind.ANSWER)
    return answers[-1].sent_at if len(answers) > 1 else None


def _last_event_at(complaint: Complaint) -> datetime:
    return max((one.at for one in complaint.events), default=complaint.registered_at)
