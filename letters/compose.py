"""The acknowledgement and the answer: a complaint in, a letter out. Pure.

The words stand in templates/fr. A template is rendered once: what a client or a manager has
written goes in as text and is never read as a template.
"""

import re
from dataclasses import replace
from datetime import date, datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined

from letters import words
from letters.establishment import Establishment
from letters.promises import promised, unowned
from register.complaint import Complaint, Letter, LetterKind, ReceivedMessage
from register.labels import Channel, Motive
from register.promises import Promise, last_answer

EXCERPT = 400  # characters of the client's own words that an acknowledgement repeats
PHRASE = 200  # of what the client said on when it happened and what is expected
SUBJECT = 120
NAME = 80
REFERENCES = 20  # of a long thread, the newest

_PREFIXES = re.compile(r"(?:(?:re|tr|fwd?|aw|wg|rv|réf)\s*:\s*)+", re.IGNORECASE)
_MESSAGE_ID = re.compile(r"[!-;=?-~]{1,400}@[!-;=?-~]{1,400}")  # RFC 5322, 3.6.4, without <>
_LETTER_ID = re.compile(rf"R-\d{{4}}-\d{{4,}}\.(?:{'|'.join(LetterKind)})\.\d+")


def acknowledgement(
    complaint: Complaint, establishment: Establishment, *, at: datetime, zone: ZoneInfo
) -> Letter:
    """The written receipt owed within 48 hours: no opinion on the merits, no admission."""
    return _letter(LetterKind.ACKNOWLEDGEMENT, complaint, establishment, at, zone)


def answer(
    complaint: Complaint, establishment: Establishment, *, at: datetime, zone: ZoneInfo
) -> Letter:
    """The reasoned answer owed by day 10, in the manager's own words where they rewrote it.

    Raises ValueError while the decision is incomplete.
    """
    if not complaint.is_decided:
        raise ValueError(f"{complaint.reference}: the decision is not complete")
    composed = _letter(LetterKind.ANSWER, complaint, establishment, at, zone)
    written = complaint.decision.body
    return replace(composed, body=f"{written}\n") if written else composed


def closing(establishment: Establishment, *, at: datetime, zone: ZoneInfo) -> str:
    """How an answer of that day ends: the date, and who signs it with which coordinates."""
    facts = {"establishment": establishment, "today": at.astimezone(zone).date()}
    return _rendered("closing.j2", facts)


def holding_reply(
    complaint: Complaint,
    establishment: Establishment,
    *,
    at: datetime,
    zone: ZoneInfo,
    reason: str,
    until: date,
) -> Letter:
    """Why the answer takes longer than was announced, and the new day."""
    kind = LetterKind.HOLDING_REPLY
    return _letter(kind, complaint, establishment, at, zone, reason=reason, until=until)


def satisfaction(
    complaint: Complaint, establishment: Establishment, *, at: datetime, zone: ZoneInfo
) -> Letter:
    """The question how it went, some days after the answer: was it kept, was it well?"""
    answered = last_answer(complaint)
    promises: list[Promise] = [*complaint.actions, *complaint.compensations]
    return _letter(
        LetterKind.SATISFACTION,
        complaint,
        establishment,
        at,
        zone,
        answered_on=answered.astimezone(zone).date() if answered else None,
        promises=[promised(unowned(one)) for one in promises],
    )


def message_id(letter_id: str, establishment: Establishment) -> str:
    """The Message-ID of a letter: each copy of it carries the same."""
    return f"<{letter_id}@{establishment.mail_domain}>"


def letter_id_of(message_id: str, establishment: Establishment) -> str | None:
    """The letter that a Message-ID, with or without <>, belongs to; None where it is not ours."""
    letter_id, _, domain = message_id.strip().strip("<>").rpartition("@")
    if domain.lower() != establishment.mail_domain.lower():
        return None
    return letter_id if _LETTER_ID.fullmatch(letter_id) else None


def _letter(
    kind: LetterKind,
    complaint: Complaint,
    establishment: Establishment,
    at: datetime,
    zone: ZoneInfo,
    **more: Any,
) -> Letter:
    facts = _facts(kind, complaint, establishment, at, zone) | more
    thread = _thread(complaint)
    return Letter(
        letter_id=f"{complaint.reference}.{kind}.{_number(kind, complaint)}",
        kind=kind,
        to=complaint.complainant.address,
        subject=_rendered("subject.j2", facts),
        body=_rendered(f"{kind}.j2", facts) + "\n",
        created_at=at,
        in_reply_to=thread[-1] if thread else None,
        references=thread,
    )


def _number(kind: LetterKind, complaint: Complaint) -> int:
    return sum(one.kind is kind for one in complaint.letters) + 1


def _facts(
    kind: LetterKind,
    complaint: Complaint,
    establishment: Establishment,
    at: datetime,
    zone: ZoneInfo,
) -> dict[str, Any]:
    address = complaint.complainant.address
    return {
        "kind": kind,
        "complaint": complaint,
        "establishment": establishment,
        "zone": zone,
        "today": at.astimezone(zone).date(),
        "way": address.channel if address else None,
        "name": words.excerpt(complaint.complainant.name, NAME),
        "their_subject": _their_subject(complaint),
        "motives": [words.named(one) for one in complaint.motives if one is not Motive.OTHER],
        "own_words": words.excerpt(complaint.text, EXCERPT),
        "when": words.excerpt(complaint.when, PHRASE),
        "expectation": words.excerpt(complaint.expectation, PHRASE),
        "mediator": establishment.mediator if complaint.complainant.is_consumer else None,
    }


def _their_subject(complaint: Complaint) -> str:
    """The subject of their newest message that has one, without the signs of earlier replies."""
    subjects = [message.subject for message in complaint.messages if message.subject.strip()]
    subject = words.excerpt(subjects[-1], SUBJECT) if subjects else ""
    bare = subject.replace(f"[{complaint.reference}]", " ")
    return _PREFIXES.sub("", " ".join(bare.split()), count=1).strip()


def _thread(complaint: Complaint) -> tuple[str, ...]:
    """The Message-IDs that the letter continues, the answered one last; empty off e-mail."""
    address = complaint.complainant.address
    if not complaint.messages or address is None or address.channel is not Channel.EMAIL:
        return ()
    last = complaint.messages[-1]
    return _chain(last) if _MESSAGE_ID.fullmatch(last.source_id) else ()


def _chain(message: ReceivedMessage) -> tuple[str, ...]:
    # RFC 5322, 3.6.4: the parent's References, then the parent's own Message-ID.
    earlier = [one.strip("<>") for one in message.references]
    known = [one for one in earlier if _MESSAGE_ID.fullmatch(one) and one != message.source_id]
    return (*dict.fromkeys(known[-REFERENCES:]), message.source_id)


def _rendered(template: str, facts: dict[str, Any]) -> str:
    text = _environment().get_template(template).render(facts)
    return re.sub(r"\n{3,}", "\n\n", text).strip()


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("letters", "templates/fr"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,  # plain text
    )
    filters = (
        words.named,
        words.long_date,
        words.short_date,
        words.moment,
        words.size,
        words.amount,
        words.clause,
        words.sentence,
    )
    environment.filters |= {one.__name__: one for one in filters}
    return environment
