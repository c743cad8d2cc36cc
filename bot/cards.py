"""What a complaint looks like on the manager's phone: Telegram HTML, every part bounded."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from markupsafe import Markup

from bot.interview import next_step
from bot.texts import label, say
from letters import evidence, words
from letters.words import excerpt, named
from register.complaint import (
    Address,
    Complaint,
    Letter,
    LetterKind,
    ReceivedMessage,
    SetAsideMessage,
)
from register.deadlines import Timetable, days_left
from register.extraction import ScoredMotive
from register.labels import Channel, Motive, Severity

SIMILAR_WITHIN = timedelta(days=365)
EXCERPT = 600  # characters of the client's text that a card shows
ASIDE_EXCERPT = 300
SHORT = 200
NAME = 80
SHOWN = 5  # pieces, similar cases
PAGE = 3800  # UTF-16 units: a Telegram message takes 4096, a heading included


# -- the card ---------------------------------------------------------------------------------


def card(
    complaint: Complaint, similar: Sequence[Complaint], now: datetime, timetable: Timetable
) -> str:
    """The card of a complaint."""
    who = complaint.complainant
    return say(
        "manager.card",
        is_critical=complaint.severity is Severity.CRITICAL,
        reference=complaint.reference,
        state=named(complaint.state),
        is_confirmed=complaint.is_confirmed,
        name=name_of(complaint),
        role=named(who.role) if who.role else "",
        contact=_contact(complaint),
        received=words.moment(complaint.received_at, timetable.zone),
        way=label(f"manager.way_{complaint.channel}"),
        is_open=complaint.is_open,
        deadline=_deadline(complaint, now, timetable),
        held_until=words.short_date(complaint.holding_until) if complaint.holding_until else "",
        is_unread=complaint.extraction.is_complaint is None and not complaint.is_confirmed,
        motives=[_shown_motive(one, complaint) for one in complaint.motives],
        severity=named(complaint.severity) if complaint.severity else "",
        facts=[(label(f"manager.fact_{name}"), value) for name, value in _facts(complaint)],
        excerpt=excerpt(complaint.text, EXCERPT),
        pieces=_pieces(complaint),
        similar=similar_cases(similar),
        acknowledgement=acknowledgement(complaint, timetable),
        answer=_answer(complaint, timetable),
        found=_found(complaint),
    )


def name_of(complaint: Complaint) -> str:
    """The client's name, bounded; empty where it is not known."""
    return excerpt(complaint.complainant.name, NAME)


def left(complaint: Complaint, now: datetime, timetable: Timetable) -> str:
    """How many days are left, in two words."""
    return _by_days("days", complaint, now, timetable)


def similar_cases(similar: Sequence[Complaint]) -> str:
    """How many cases resemble it, and which."""
    if not similar:
        return label("manager.similar_none")
    references = ", ".join(one.reference for one in similar[:SHOWN])
    more = "…" if len(similar) > SHOWN else ""
    return _part("similar_some", count=len(similar), references=references + more)


def acknowledgement(complaint: Complaint, timetable: Timetable) -> str:
    """Where the acknowledgement stands."""
    if complaint.acknowledged_at:
        at = words.moment(complaint.acknowledged_at, timetable.zone)
        return _part("acknowledgement_sent", at=at)
    letter = complaint.letter(LetterKind.ACKNOWLEDGEMENT)
    if letter is None:
        return label("manager.acknowledgement_none")
    if letter.is_stuck:
        return _part("acknowledgement_stuck", trouble=evidence.trouble(letter))
    return label("manager.acknowledgement_waiting")


def _answer(complaint: Complaint, timetable: Timetable) -> str:
    """Where the newest answer stands; empty where none was approved."""
    letter = complaint.letter(LetterKind.ANSWER)
    if letter is None:
        return ""
    if letter.sent_at:
        return _part("answer_sent", at=words.moment(letter.sent_at, timetable.zone))
    if letter.is_stuck:
        return _part("answer_stuck", trouble=evidence.trouble(letter))
    return label("manager.answer_waiting")


def _deadline(complaint: Complaint, now: datetime, timetable: Timetable) -> str:
    date = words.long_date(complaint.answer_due)
    return _by_days("deadline", complaint, now, timetable, date=date)


def _by_days(
    text: str, complaint: Complaint, now: datetime, timetable: Timetable, **values: str
) -> str:
    days = days_left(complaint, now, timetable)
    which = "over" if days < 0 else "left" if days else "today"
    return _part(f"{text}_{which}", days=abs(days), **values)


def _contact(complaint: Complaint) -> str:
    who = complaint.complainant
    found = [written(who.address) if who.address else "", who.contact]
    return excerpt(" · ".join(one for one in found if one), SHORT)


def written(address: Address) -> str:
    """An e-mail address as it is; a chat's number says nothing to people."""
    return address.value if address.channel is Channel.EMAIL else named(address.channel)


def _shown_motive(motive: Motive, complaint: Complaint) -> dict[str, Any]:
    scored = next((one for one in complaint.extraction.motives if one.motive is motive), None)
    return {
        "name": named(motive),
        "percent": round(scored.score * 100) if scored else None,
        "evidence": _evidence(scored) if scored else "",
    }


def _evidence(scored: ScoredMotive) -> str:
    return excerpt(", ".join(scored.evidence), NAME)


def _facts(complaint: Complaint) -> Iterator[tuple[str, str]]:
    """What the text says of where it comes from: only what it does say."""
    source = complaint.extraction.source
    found = {
        "training": named(source.training) if source.training else "",
        "site": source.site or "",
        "staff": ", ".join(source.staff),
        "incident_date": words.long_date(source.incident_date) if source.incident_date else "",
        "amount": words.amount(source.amount) if source.amount is not None else "",
        "refs": ", ".join(source.refs),
        "phone": source.phone or "",
        "email": source.email or "",
        "when": complaint.when,
        "expectation": complaint.expectation,
    }
    yield from ((name, excerpt(value, SHORT)) for name, value in found.items() if value)


def _pieces(complaint: Complaint) -> str:
    pieces = complaint.attachments
    if not pieces:
        return ""
    names = ", ".join(excerpt(one.name, NAME) for one in pieces[:SHOWN])
    return _part("pieces", count=len(pieces), names=names + ("…" if len(pieces) > SHOWN else ""))


def _found(complaint: Complaint) -> str:
    """What is known by now: the cause, whether it is isolated, and what nobody knows."""
    found = complaint.investigation
    if found is None or not (found.causes or found.unknown or found.is_isolated is not None):
        return ""
    which = {None: "", True: "found_isolated", False: "found_shared"}[found.is_isolated]
    return _part(
        "found",
        causes=excerpt(found.causes, SHORT),
        isolated=label(f"manager.{which}") if which else "",
        unknown=[label(f"manager.name_{one}") for one in found.unknown],
    )


# -- lists and notices ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Line:
    """One complaint in a list: days left, next step."""

    reference: str
    name: str
    left: str
    is_over: bool
    step: str


def line(complaint: Complaint, now: datetime, timetable: Timetable) -> Line:
    """A complaint as a list shows it."""
    return Line(
        reference=complaint.reference,
        name=excerpt(complaint.complainant.name, NAME // 2),
        left=left(complaint, now, timetable),
        is_over=days_left(complaint, now, timetable) < 0,
        step=label(f"manager.step_{next_step(complaint)}"),
    )


def listed(lines: Sequence[Line], total: int, *, is_reading: bool) -> str:
    """All that is open, the most urgent first; `lines` may be the first of them only."""
    return say(
        "manager.open", lines=lines, total=total, more=total - len(lines), is_reading=is_reading
    )


def digest(lines: Sequence[Line]) -> str:
    """What is to be answered soon, or should have been."""
    return say("manager.digest", lines=lines, over=sum(line.is_over for line in lines))


def aside(message: SetAsideMessage, timetable: Timetable, text: str = "aside") -> str:
    """A message that was not taken as a complaint, for the list or (`doubt`) for the question."""
    return say(
        f"manager.{text}",
        number=message.number,
        at=words.moment(message.message.received_at, timetable.zone),
        channel=named(message.channel),
        sender=_sender(message),
        reason=label(f"manager.reason_{message.reason}"),
        excerpt=excerpt(f"{message.message.subject} {message.message.text}".strip(), ASIDE_EXCERPT),
        became=message.became or "",
    )


def _sender(message: SetAsideMessage) -> str:
    """Their name, and the e-mail address that they wrote from."""
    name, address = excerpt(message.sender_name, NAME), message.sender
    if address is None or (name and address.channel is not Channel.EMAIL):
        return name
    return excerpt(f"{name} · {written(address)}" if name else written(address), SHORT)


def set_aside(complaint: Complaint, timetable: Timetable) -> str:
    """A complaint that was set aside, for the list of what was."""
    return say(
        "manager.aside_complaint",
        reference=complaint.reference,
        at=words.moment(complaint.received_at, timetable.zone),
        name=name_of(complaint),
        contact=_contact(complaint),
        excerpt=excerpt(complaint.text, ASIDE_EXCERPT),
    )


def trouble(complaint: Complaint, letter: Letter) -> str:
    """A letter that does not leave."""
    return say(
        "manager.trouble" if letter.to else "manager.trouble_hand_over",
        reference=complaint.reference,
        name=name_of(complaint),
        contact=_contact(complaint),
        kind=kind_of(letter),
        is_answer=letter.kind is not LetterKind.ACKNOWLEDGEMENT,
        is_stuck=letter.is_stuck,
        trouble=evidence.trouble(letter),
    )


def addition(complaint: Complaint, message: ReceivedMessage) -> str:
    """What the client has added."""
    return say(
        "manager.addition",
        reference=complaint.reference,
        count=len(message.attachments),
        excerpt=excerpt(message.text, EXCERPT),
    )


def kind_of(letter: Letter) -> str:
    """A letter as a sentence names it."""
    return label(f"manager.letter_kind_{letter.kind}")


def pages(text: str) -> list[str]:
    """A long plain text as Telegram HTML, cut between lines or words where it can be."""
    found, rest = [], text.strip()
    while rest:
        page = _first_page(rest)
        found.append(say("manager.plain", text=page))
        rest = rest[len(page) :].lstrip()
    return found


def _first_page(text: str) -> str:
    most = text.encode("utf-16-le")[: 2 * PAGE].decode("utf-16-le", errors="ignore")
    if len(most) == len(text):
        return text
    for separator in ("\n", " "):
        head, _, _ = most.rpartition(separator)
        if len(head) > len(most) // 2:
            return head
    return most


def _part(key: str, **values: Any) -> Markup:
    """A text that becomes part of another one: its values are escaped here, once."""
    return Markup(say(f"manager.{key}", **values))
