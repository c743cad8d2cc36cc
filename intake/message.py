"""What every channel delivers: one message from outside, before we know what it is."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from register.complaint import Address, Attachment
from register.labels import Channel


class Automatic(StrEnum):
    """Why a message is held to be written by no human (RFC 3834, 3464, 8098), or by ourselves."""

    OURS = "ours"
    BOUNCE = "bounce"
    NOTICE = "notice"  # a delivery report of a letter that is on its way, or has arrived
    RECEIPT = "receipt"  # a disposition notification: "your message was read"
    AUTO_REPLY = "auto_reply"
    BULK = "bulk"  # list or mass mailing: the text is still read


class Held(StrEnum):
    """Why no acknowledgement leaves by itself; the trouble that the manager reads of."""

    AUTOMATIC_SENDER = "automatic_sender"  # RFC 3834, 2: nor to who asked for none
    NOT_ADDRESSED = "not_addressed"  # RFC 5230, 4.5: we are not named as a receiver


@dataclass(frozen=True, slots=True, kw_only=True)
class InboundMessage:
    """One message as it came in; attachments are already files, the text is already cleaned."""

    source_id: str  # Message-ID without <>, else "sha256:..."; "telegram:<chat>:<message>"
    channel: Channel
    sender: Address | None  # where an acknowledgement can go; None: nowhere
    sender_name: str = ""  # From display name or profile name, never trusted
    received_at: datetime  # the server's time of arrival (IMAP INTERNALDATE, Telegram date), UTC
    sent_at: datetime | None = None  # Date header, only a hint
    subject: str = ""
    text: str = ""  # what the person newly wrote
    quoted: str = ""  # the history below it
    signature: str = ""
    attachments: tuple[Attachment, ...] = ()
    in_reply_to: tuple[str, ...] = ()  # In-Reply-To then References, newest first, without <>
    automatic: Automatic | None = None
    held: str = ""  # a `Held`: no acknowledgement leaves by itself; empty: it may
    raw: Attachment | None = None  # the message's own bytes, kept as the proof
    defects: tuple[str, ...] = ()  # what could not be read of it, in English, for the operator

    @property
    def may_acknowledge(self) -> bool:
        """Whether an acknowledgement may leave by itself."""
        return not self.held
