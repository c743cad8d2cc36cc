"""A mail's bytes to the message that is in it (RFC 5322). Pure but for the pieces it hands over.

Strangers write mails, and every one of them must come in: whatever cannot be read becomes a
`Defect`, the rest is filled, and the bytes themselves are kept as the proof.
"""

import hashlib
from collections.abc import Callable, Collection
from datetime import UTC, datetime
from email.message import MIMEPart
from enum import StrEnum
from functools import partial
from typing import TypeVar

from intake.body import MOST_PARTS, clean, data_of, decoded, is_piece, leaves, name_of, text_of
from intake.envelope import classify, original_ids, writer_by_form
from intake.headers import (
    MOST_REFERENCES,
    addresses,
    domain,
    header,
    message_id,
    one_line,
    read_message,
    references,
)
from intake.message import Automatic, Held, InboundMessage
from intake.quoting import split
from register.complaint import Address, Attachment
from register.labels import Channel

Keep = Callable[[str, bytes, str], Attachment]
"""Keeps a piece (name, bytes, content type) for good; OSError means that it could not."""

Answer = TypeVar("Answer")
Otherwise = TypeVar("Otherwise")

LONGEST_TEXT = 200_000  # characters; a novel, or an attack
LONGEST_SUBJECT = 500


class Defect(StrEnum):
    """What could not be read of a mail, or is odd about it."""

    STRUCTURE = "structure"  # its parts could not be told apart; the text is what lies there
    CHARSET = "charset"  # not in the charset that it claims; a letter may be wrong
    CUT = "cut"  # too long: the rest is in the original only
    PIECE = "piece"  # an attachment that cannot be read, or is torn
    NO_TEXT = "no_text"
    NO_SENDER = "no_sender"
    DATE = "date"  # outside the calendar
    REPLY_TO = "reply_to"  # asks for answers at another domain than it came from
    FORM = "form"  # came through a form: the address is what somebody typed there


def parse_mail(
    raw: bytes,
    *,
    received_at: datetime,
    keep: Keep,
    own_addresses: Collection[str],
    receiving_addresses: Collection[str] = (),
) -> InboundMessage:
    """The message in a mail. Raises nothing but what `keep` raises.

    `own_addresses` are those that we write from; what is sent to them, or to one of
    `receiving_addresses` and from there on to the mailbox, is addressed to us.
    """
    original = keep("message.eml", raw, "message/rfc822")
    mail = _Mail(raw, own_addresses, receiving_addresses)
    pieces = tuple(keep(*piece) for piece in mail.pieces())
    text, quoted, signature = split(mail.text())
    automatic, held = mail.verdict()
    sender, name = mail.sender()
    return InboundMessage(
        source_id=mail.source_id(),
        channel=Channel.EMAIL,
        sender=sender,
        sender_name=name,
        received_at=received_at.astimezone(UTC),
        sent_at=mail.sent_at(),
        subject=header(mail.message, "Subject")[:LONGEST_SUBJECT],
        text=text,
        quoted=quoted,
        signature=signature,
        attachments=pieces,
        in_reply_to=mail.in_reply_to(automatic),
        automatic=automatic,
        held=held or ("" if sender else Held.AUTOMATIC_SENDER),
        raw=original,
        defects=tuple(dict.fromkeys(mail.defects)),
    )


class _Mail:
    """One mail being read; `defects` grows with each question asked of it."""

    def __init__(
        self, raw: bytes, own_addresses: Collection[str], receiving_addresses: Collection[str]
    ) -> None:
        self.raw = raw
        self.own_addresses = own_addresses
        self.receiving_addresses = receiving_addresses
        self.message, is_whole = read_message(raw)
        is_sound = is_whole and not self.message.defects  # a missing boundary, a torn end
        self.defects: list[Defect] = [] if is_sound else [Defect.STRUCTURE]

    def source_id(self) -> str:
        """Its Message-ID, or a name made of its bytes."""
        return message_id(self.message) or f"sha256:{hashlib.sha256(self.raw).hexdigest()}"

    def sent_at(self) -> datetime | None:
        """What the writer's clock said; None where it says nothing."""
        sent: datetime | None = getattr(self.message.get("Date"), "datetime", None)
        if sent is None:
            return None
        if sent.tzinfo is None:  # "-0000": the zone is not known (RFC 5322 s.3.3)
            return sent.replace(tzinfo=UTC)
        return self._asked(partial(sent.astimezone, UTC), None, Defect.DATE)

    def sender(self) -> tuple[Address | None, str]:
        """Where an answer can go, and the name that the writer goes by."""
        found = self._asked(self._writer, None, Defect.NO_SENDER)
        if found is None:
            self.defects.append(Defect.NO_SENDER)
            return None, ""
        name, address = found
        return Address(Channel.EMAIL, address), name

    def text(self) -> str:
        """What is written in it, history and signature included."""
        found = self._asked(partial(text_of, self.message), None, Defect.STRUCTURE)
        text, is_sound = found or (self._bare_text(), True)
        if not is_sound:
            self.defects.append(Defect.CHARSET)
        if len(text) > LONGEST_TEXT:
            self.defects.append(Defect.CUT)
        if not text.strip():
            self.defects.append(Defect.NO_TEXT)
        return text[:LONGEST_TEXT]

    def pieces(self) -> list[tuple[str, bytes, str]]:
        """Name, bytes and content type of everything that came with it."""
        parts = self._asked(lambda: tuple(leaves(self.message)), (), Defect.STRUCTURE)
        if len(parts) == MOST_PARTS:
            self.defects.append(Defect.PIECE)
        found = [
            self._asked(partial(_piece, part, number), None, Defect.PIECE)
            for number, part in enumerate(parts, 1)
        ]
        if any(piece and part.defects for piece, part in zip(found, parts, strict=True)):
            self.defects.append(Defect.PIECE)
        return [piece for piece in found if piece]

    def verdict(self) -> tuple[Automatic | None, Held | None]:
        """Whether a person wrote it, and why no acknowledgement may leave by itself."""
        question = partial(classify, self.message, self.own_addresses, self.receiving_addresses)
        return self._asked(question, (None, Held.AUTOMATIC_SENDER), Defect.STRUCTURE)

    def in_reply_to(self, automatic: Automatic | None) -> tuple[str, ...]:
        """The mails that it speaks of, the likeliest first."""
        answered = references(self.message)
        if automatic in {Automatic.BOUNCE, Automatic.NOTICE, Automatic.RECEIPT}:
            reported = self._asked(partial(original_ids, self.message), (), Defect.STRUCTURE)
            answered = tuple(dict.fromkeys((*reported, *answered)))
        return answered[:MOST_REFERENCES]

    def _writer(self) -> tuple[str, str] | None:
        writers = addresses(self.message, "From") or addresses(self.message, "Sender")
        others = addresses(self.message, "Reply-To")
        form_writer = writer_by_form(self.message, self.own_addresses)
        if form_writer:
            self.defects.append(Defect.FORM)
            return form_writer
        if not writers or not others:
            return next(iter((*writers, *others)), None)
        (name, address), (_, other) = writers[0], others[0]
        if domain(other) == domain(address):
            return name, other
        # Answers go where the letter came from: anybody can write anything into Reply-To.
        self.defects.append(Defect.REPLY_TO)
        return name, address

    def _bare_text(self) -> str:
        body = self.raw.replace(b"\r\n", b"\n").partition(b"\n\n")[2]
        return clean(decoded(body, "")[0])

    def _asked(
        self, question: Callable[[], Answer], otherwise: Otherwise, defect: Defect
    ) -> Answer | Otherwise:
        """The answer to a question about hostile bytes, or a defect and what is said otherwise."""
        try:
            return question()
        except Exception:  # noqa: BLE001 - the library's parsers raise anything but must lose nothing
            self.defects.append(defect)
            return otherwise


def _piece(part: MIMEPart, number: int) -> tuple[str, bytes, str] | None:
    if not is_piece(part):
        return None
    return one_line(name_of(part, number)), data_of(part), part.get_content_type()
