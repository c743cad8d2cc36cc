"""What the register keeps beside complaints: who manages, and what is being said right now.

All of it must survive a restart, so it is a record like any other.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from register.complaint import ReceivedMessage


@dataclass(frozen=True, slots=True, kw_only=True)
class Manager:
    """Somebody who handles complaints: a Telegram account known by its number.

    `question` is what the next text of that person answers: ("R-2026-0001", "reason.2"), or None.
    A deputy is told of what nobody else has answered in time, or nobody else may see.
    """

    telegram_id: int
    name: str = ""
    paired_at: datetime
    question: tuple[str, str] | None = None
    is_deputy: bool = False


class Filing(StrEnum):
    """What the client has said that the message is."""

    UNSAID = "unsaid"
    COMPLAINT = "complaint"
    QUESTION = "question"


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A complaint being written in a chat, message by message, until it is said to be all.

    Where a manager enters what came by phone, letter or at the desk, `channel` says by which.
    """

    chat: str
    filing: Filing = Filing.UNSAID
    channel: str = "telegram"
    sender_name: str = ""
    started_at: datetime
    last_at: datetime
    messages: tuple[ReceivedMessage, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Supplement:
    """The questions that a client is being asked after an acknowledgement: only what is missing."""

    chat: str
    reference: str
    asking: str  # the question that waits for an answer
    waiting: tuple[str, ...] = ()  # those that come after it


@dataclass(frozen=True, slots=True, kw_only=True)
class MailboxPosition:
    """How far a mailbox folder has been read (RFC 9051, 2.3.1.1).

    `since` and `old_below` tell what lay there before the first start, should the server number
    its messages anew.
    """

    folder: str  # "account/folder"
    uid_validity: int
    next_uid: int
    since: datetime | None = None
    old_below: int = 0
