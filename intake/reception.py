"""Where both channels meet: a message becomes an acknowledged complaint, or is set aside.

One save each: a complaint, its unsent acknowledgement, its number and the end of its draft reach
the disk together. A message that is known already changes nothing, so whoever delivers may deliver
again. Registering never depends on the reader: what it cannot read is registered unread, and the
manager asked. OSError (disk full) passes up: what was not saved was not received.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

import structlog

from intake.message import Automatic, Held, InboundMessage
from intake.threading import complaint_of
from letters.compose import acknowledgement, letter_id_of
from letters.establishment import Establishment
from register.complaint import (
    Address,
    Complainant,
    Complaint,
    LetterKind,
    ReceivedMessage,
    SetAsideMessage,
)
from register.conflict import with_conflicts
from register.database import Register
from register.deadlines import Timetable, answer_due
from register.extraction import Extraction, Passage, Reads
from register.labels import Channel, Role, Severity
from register.people import Draft, Filing

log = structlog.get_logger()

DOUBTFUL_FROM = 0.15  # a score below: set aside without asking the manager


class Fate(StrEnum):
    """What became of a message."""

    REGISTERED = "registered"
    JOINED = "joined"
    SET_ASIDE = "set_aside"
    KNOWN = "known"


class Reason(StrEnum):
    """Why a message was set aside; each has its words in the desk's texts."""

    OURS = "ours"
    BOUNCE = "bounce"
    NOTICE = "notice"
    RECEIPT = "receipt"
    AUTO_REPLY = "auto_reply"
    NOT_A_COMPLAINT = "not_a_complaint"
    QUESTION = "question"


_REASONS = {
    Automatic.OURS: Reason.OURS,
    Automatic.BOUNCE: Reason.BOUNCE,
    Automatic.NOTICE: Reason.NOTICE,
    Automatic.RECEIPT: Reason.RECEIPT,
    Automatic.AUTO_REPLY: Reason.AUTO_REPLY,
}


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a message, and where it is found: a reference, or a set-aside number."""

    fate: Fate
    reference: str | None = None
    number: int | None = None


class Reception:
    """Takes what comes in; `changed` is called after each save: nothing waits for a tick."""

    def __init__(
        self,
        register: Register,
        read: Reads,
        establishment: Establishment,
        timetable: Timetable,
        clock: Callable[[], datetime],
        changed: Callable[[], None] = lambda: None,
    ) -> None:
        self._register = register
        self._read = read
        self._establishment = establishment
        self._timetable = timetable
        self._clock = clock
        self._changed = changed

    # -- the two ways in ----------------------------------------------------------------------

    async def take(self, message: InboundMessage) -> Taken:
        """A whole message, as mail delivers it."""
        message = self._told_apart(message)
        if self._register.knows(message.source_id):
            return self._known(message.source_id)
        if message.automatic in _REASONS and not self._may_be_a_form(message):
            return self._set_aside_automatic(message, _REASONS[message.automatic])
        extraction = await self._extract(passage_of(message, self._timetable.zone))
        message = self._told_apart(message)  # another may have come in while we read
        if self._register.knows(message.source_id):
            return self._known(message.source_id)
        return self._take_read(message, extraction)

    async def file(self, draft: Draft, *, complainant: Complainant) -> Taken:
        """What was gathered in a chat, now that it is said to be all. The draft ends with it."""
        if not draft.messages:
            raise ValueError("an empty draft cannot be filed")
        extraction = await self._extract(_draft_passage(draft, complainant, self._timetable))
        current = self._register.draft(draft.chat)
        if current is None or not current.messages:  # filed meanwhile, by a second tap
            return self._known(draft.messages[0].source_id)
        if draft.filing is Filing.COMPLAINT or _is_taken(extraction):
            return self._open_draft(replace(current, filing=draft.filing), extraction, complainant)
        return self._set_aside_draft(current, extraction, complainant)

    def join_draft(self, draft: Draft, reference: str) -> Taken:
        """What was gathered in a chat is one more piece of a complaint that is known."""
        with self._register.one_save():
            self._register.update(
                reference, lambda one: self._barred(_with_all(one, draft.messages))
            )
            self._register.drop_draft(draft.chat)
        self._changed()
        return Taken(Fate.JOINED, reference)

    # -- second thoughts ----------------------------------------------------------------------

    async def recall(self, number: int, who: str) -> Complaint | None:
        """A set-aside message was a complaint after all. None where there is no such message.

        Who says so is kept: a manager's word corrects the reader, a client's is one more claim.
        """
        aside = self._register.get_set_aside(number)
        if aside is None:
            return None
        if aside.became:
            return self._register.get(aside.became)
        extraction = aside.extraction
        with self._register.one_save():
            complaint = self._complaint(
                (aside.message,),
                aside.channel,
                _complainant(aside.sender, aside.sender_name, extraction),
                extraction,
                held=_held(aside),
            ).with_event(self._clock(), who, "recalled")
            self._register.save(complaint)
            self._register.save_set_aside(replace(aside, became=complaint.reference))
        self._changed()
        return complaint

    def reopen(self, reference: str, who: str) -> Complaint:
        """A complaint set aside by mistake: its duties are open again, the acknowledgement too.

        Raises KeyError for an unknown reference, IllegalStep where it was not set aside.
        """
        now = self._clock()

        def step(complaint: Complaint) -> Complaint:
            after = complaint.recalled(now, who)
            if after.letter(LetterKind.ACKNOWLEDGEMENT):
                return after
            return self._acknowledged(after)

        after = self._register.update(reference, step)
        self._changed()
        return after

    # -- below --------------------------------------------------------------------------------

    async def _extract(self, passage: Passage) -> Extraction:
        try:
            return await asyncio.to_thread(self._read, passage)
        except Exception as error:  # noqa: BLE001 - a reader that fails must not lose a complaint
            log.error("reader.failed", error=type(error).__name__)
            return Extraction()

    def _take_read(self, message: InboundMessage, extraction: Extraction) -> Taken:
        if message.automatic in _REASONS:
            return self._set_aside_automatic(message, _REASONS[message.automatic], extraction)
        if known := complaint_of(message, self._register, self._establishment):
            return self._join(known, message, extraction)
        if not _is_taken(extraction):
            return self._set_aside(message, extraction)
        return self._open(message, extraction)

    def _may_be_a_form(self, message: InboundMessage) -> bool:
        """Whether a client may have written it, through a form that mails in our own name."""
        if message.automatic is not Automatic.OURS or message.in_reply_to:
            return False
        return letter_id_of(message.source_id, self._establishment) is None

    def _told_apart(self, message: InboundMessage) -> InboundMessage:
        """Under a name made of its bytes, where a stranger's mail bears its Message-ID already.

        RFC 5322, 3.6.4 wants each one unique; some web forms give the same to all. A mail that is
        delivered twice may differ in its Received lines, so its sender has to differ too.
        """
        if message.raw is None or not self._register.knows(message.source_id):
            return message
        known = self._bearers(message.source_id)
        if not known or any(_is_same(message, *one) for one in known):
            return message
        return replace(message, source_id=f"sha256:{message.raw.sha256}")

    def _bearers(self, source_id: str) -> list[tuple[ReceivedMessage, Address | None]]:
        """The messages of that id whose sender is known, with the sender."""
        found = [
            (one.message, one.sender)
            for one in self._register.set_aside_messages()
            if one.message.source_id == source_id
        ]
        complaint = self._register.by_source_id(source_id)
        if complaint and complaint.messages[0].source_id == source_id:
            found.append((complaint.messages[0], complaint.complainant.address))
        return found

    def _known(self, source_id: str) -> Taken:
        complaint = self._register.by_source_id(source_id)
        return Taken(Fate.KNOWN, complaint.reference if complaint else None)

    def _join(self, complaint: Complaint, message: InboundMessage, extraction: Extraction) -> Taken:
        joined = self._barred(complaint.with_message(_received(message)))
        self._register.save(_with_severity(joined, extraction.severity, self._clock()))
        self._changed()
        log.info("reception.joined", reference=complaint.reference)
        return Taken(Fate.JOINED, complaint.reference)

    def _open(self, message: InboundMessage, extraction: Extraction) -> Taken:
        with self._register.one_save():
            complaint = self._complaint(
                (_received(message),),
                message.channel,
                _complainant(message.sender, message.sender_name, extraction),
                extraction,
                held=message.held,
            )
            self._register.save(complaint)
        return self._registered(complaint)

    def _open_draft(self, draft: Draft, extraction: Extraction, complainant: Complainant) -> Taken:
        with self._register.one_save():
            complaint = self._complaint(
                draft.messages,
                Channel(draft.channel),
                _completed(complainant, extraction, is_entered=draft.channel != Channel.TELEGRAM),
                extraction,
            )
            self._register.save(complaint)
            self._register.drop_draft(draft.chat)
        return self._registered(complaint)

    def _registered(self, complaint: Complaint) -> Taken:
        self._changed()
        log.info("reception.registered", reference=complaint.reference, channel=complaint.channel)
        return Taken(Fate.REGISTERED, complaint.reference)

    def _complaint(
        self,
        messages: tuple[ReceivedMessage, ...],
        channel: Channel,
        complainant: Complainant,
        extraction: Extraction,
        *,
        held: str = "",
    ) -> Complaint:
        received_at = min(message.received_at for message in messages)
        due = answer_due(received_at, self._timetable)
        complaint = Complaint(
            reference=self._register.next_reference(self._timetable.local(received_at).date()),
            channel=channel,
            received_at=received_at,
            registered_at=self._clock(),
            answer_due=due,
            complainant=complainant,
            messages=messages,
            extraction=extraction,
            motives=tuple(one.motive for one in extraction.motives),
            severity=extraction.severity,
        ).with_event(self._clock(), "system", "registered")
        return self._acknowledged(self._barred(complaint), held=held)

    def _barred(self, complaint: Complaint) -> Complaint:
        """Not shown to a manager whom it names: said in the save that it comes in with."""
        managers, signatory = self._register.managers(), self._establishment.signatory
        return with_conflicts(complaint, managers, signatory, self._clock())

    def _acknowledged(self, complaint: Complaint, *, held: str = "") -> Complaint:
        letter = acknowledgement(
            complaint, self._establishment, at=self._clock(), zone=self._timetable.zone
        )
        if held:  # RFC 3834, 2: no automatic answer to a machine; the duty stays with the manager
            letter = replace(letter, is_stuck=True, trouble=held)
        return complaint.with_letter(letter)

    def _set_aside(self, message: InboundMessage, extraction: Extraction) -> Taken:
        kept = self._register.set_aside(
            SetAsideMessage(
                number=0,
                reason=Reason.NOT_A_COMPLAINT,
                channel=message.channel,
                message=_received(message),
                sender=message.sender,
                sender_name=message.sender_name,
                extraction=extraction,
                held=message.held,
                is_doubtful=_is_doubtful(extraction),
            )
        )
        return self._aside(kept)

    def _set_aside_automatic(
        self, message: InboundMessage, reason: Reason, extraction: Extraction | None = None
    ) -> Taken:
        with self._register.one_save():
            if reason is Reason.BOUNCE:
                self._note_bounce(message)
            kept = self._register.set_aside(
                SetAsideMessage(
                    number=0,
                    reason=reason,
                    channel=message.channel,
                    message=_received(message),
                    sender=message.sender,
                    sender_name=message.sender_name,
                    extraction=extraction or Extraction(),
                    held=message.held or Held.AUTOMATIC_SENDER,
                    is_doubtful=extraction is not None and _is_doubtful(extraction),
                )
            )
        return self._aside(kept)

    def _note_bounce(self, message: InboundMessage) -> None:
        for original in message.in_reply_to:
            letter_id = letter_id_of(original, self._establishment)
            complaint = self._register.by_letter_ids([letter_id]) if letter_id else None
            if letter_id and complaint:
                self._register.save(complaint.with_bounce(letter_id, message.received_at))
                return

    def _set_aside_draft(
        self, draft: Draft, extraction: Extraction, complainant: Complainant
    ) -> Taken:
        first = draft.messages[0]
        whole = replace(
            first,
            text="\n\n".join(message.text for message in draft.messages if message.text),
            attachments=tuple(piece for one in draft.messages for piece in one.attachments),
        )
        is_question = draft.filing is Filing.QUESTION
        with self._register.one_save():
            kept = self._register.set_aside(
                SetAsideMessage(
                    number=0,
                    reason=Reason.QUESTION if is_question else Reason.NOT_A_COMPLAINT,
                    channel=Channel(draft.channel),
                    message=whole,
                    sender=complainant.address,
                    sender_name=draft.sender_name,
                    extraction=extraction,
                    also=tuple(message.source_id for message in draft.messages[1:]),
                    is_doubtful=True,  # a person waits at the other end: somebody must look
                )
            )
            self._register.drop_draft(draft.chat)
        return self._aside(kept)

    def _aside(self, kept: SetAsideMessage) -> Taken:
        self._changed()
        log.info("reception.set_aside", number=kept.number, reason=kept.reason)
        return Taken(Fate.SET_ASIDE, number=kept.number)


def _is_taken(extraction: Extraction) -> bool:
    return extraction.is_complaint is not False  # None: unread, so a human has to look


def _is_doubtful(extraction: Extraction) -> bool:
    return _is_taken(extraction) or extraction.score >= DOUBTFUL_FROM


def _is_same(message: InboundMessage, known: ReceivedMessage, sender: Address | None) -> bool:
    """Whether a mail is one that is known, of the same Message-ID, delivered again."""
    if message.raw is None or known.raw is None or message.sender == sender:
        return True
    return message.raw.sha256 == known.raw.sha256


def _held(aside: SetAsideMessage) -> str:
    """Why nothing may leave by itself to who sent it; old entries say so by their reason alone."""
    return aside.held or (Held.AUTOMATIC_SENDER if aside.reason in _REASONS.values() else "")


def _received(message: InboundMessage) -> ReceivedMessage:
    return ReceivedMessage(
        source_id=message.source_id,
        received_at=message.received_at,
        text=message.text,
        subject=message.subject,
        attachments=message.attachments,
        raw=message.raw,
        references=message.in_reply_to,
    )


def passage_of(message: InboundMessage, zone: ZoneInfo) -> Passage:
    """What a reader is given of a message; its time in the zone in which the writer says "hier"."""
    return Passage(
        text=message.text,
        channel=message.channel,
        sent=message.received_at.astimezone(zone),
        subject=message.subject,
        signature=message.signature,
        sender_name=message.sender_name,
        sender_address=message.sender.value if message.sender else "",
    )


def _draft_passage(draft: Draft, complainant: Complainant, timetable: Timetable) -> Passage:
    return Passage(
        text="\n\n".join(message.text for message in draft.messages if message.text),
        channel=Channel(draft.channel),
        sent=timetable.local(draft.messages[0].received_at),
        sender_name=complainant.name or draft.sender_name,
    )


def _complainant(sender: Address | None, sender_name: str, extraction: Extraction) -> Complainant:
    return _completed(Complainant(name=sender_name, address=sender), extraction)


def _completed(
    complainant: Complainant, extraction: Extraction, *, is_entered: bool = False
) -> Complainant:
    """With what the text says; it goes before a profile name, and behind what a manager entered."""
    source = extraction.source
    return replace(
        complainant,
        name=(complainant.name if is_entered else "") or source.name or complainant.name,
        role=complainant.role or source.role,
        # Code de la consommation, article liminaire: who acts in a profession is no consumer
        is_consumer=complainant.is_consumer and source.role not in (Role.COMPANY, Role.FUNDER),
        contact=complainant.contact or source.phone or source.email or "",
    )


def _with_severity(complaint: Complaint, severity: Severity | None, at: datetime) -> Complaint:
    """What is added may be graver than what was known; what the manager has confirmed stays."""
    if severity is None or complaint.is_confirmed:
        return complaint
    if complaint.severity and severity.rank <= complaint.severity.rank:
        return complaint
    return replace(complaint, severity=severity).with_event(at, "system", f"severity:{severity}")


def _with_all(complaint: Complaint, messages: tuple[ReceivedMessage, ...]) -> Complaint:
    for message in messages:
        complaint = complaint.with_message(message)
    return complaint
