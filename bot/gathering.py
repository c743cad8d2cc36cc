"""Messages of a chat become a draft, or one more piece of what is known. Pure but for the register.

Each message is known by "telegram:<chat>:<message>", each later wording of it by that and the
moment of the change: what comes twice is kept once, and an earlier wording is never lost.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from html import unescape

from telegram import Message

from bot.downloads import sent_file
from bot.texts import label, say
from register.complaint import Attachment, Complaint, ReceivedMessage
from register.database import Register
from register.labels import Channel
from register.people import Draft, Filing


class Gathering:
    """Everything that a client's chat has delivered and that is not filed yet."""

    def __init__(self, register: Register, clock: Callable[[], datetime]) -> None:
        self._register = register
        self._clock = clock

    def knows(self, chat: str, source_id: str) -> bool:
        """Whether this message has been kept before, in the draft or anywhere else."""
        return self._in_draft(chat, source_id) or self._register.knows(source_id)

    def opens(self, chat: str, source_id: str) -> bool:
        """Whether it is the first message of what is being gathered."""
        draft = self._register.draft(chat)
        return bool(draft and draft.messages and draft.messages[0].source_id == source_id)

    def begin(self, chat: str, filing: Filing, sender_name: str) -> None:
        """The client has said what the next message is; a draft under way is told so too."""
        draft = self._draft(chat, sender_name)
        self._register.save_draft(replace(draft, filing=filing, last_at=self._clock()))

    def add(self, chat: str, message: ReceivedMessage, sender_name: str) -> None:
        """Keep one more message of the draft, which begins with it where there is none."""
        draft = self._draft(chat, sender_name)
        messages = (*draft.messages, message)
        self._register.save_draft(replace(draft, messages=messages, last_at=self._clock()))

    def attach(self, chat: str, source_id: str, piece: Attachment) -> None:
        """The piece that came with a message has arrived; the message may be filed by now."""
        draft = self._register.draft(chat)
        if draft and self._in_draft(chat, source_id):
            messages = _with_piece(draft.messages, source_id, piece)
            self._register.save_draft(replace(draft, messages=messages))
        elif complaint := self._register.by_source_id(source_id):
            self._register.save(_complaint_with_piece(complaint, source_id, piece))

    def revise(
        self, chat: str, original_id: str, revision: ReceivedMessage, sender_name: str
    ) -> None:
        """Keep the new wording beside the old one; of what was set aside it is read anew."""
        complaint = self._register.by_source_id(original_id)
        if complaint and not self._in_draft(chat, original_id):
            self._register.save(complaint.with_message(revision))
        else:
            self.add(chat, revision, sender_name)

    def _in_draft(self, chat: str, source_id: str) -> bool:
        draft = self._register.draft(chat)
        messages = draft.messages if draft else ()
        return any(one.source_id == source_id for one in messages)

    def _draft(self, chat: str, sender_name: str) -> Draft:
        now = self._clock()
        fresh = Draft(
            chat=chat,
            channel=Channel.TELEGRAM,
            sender_name=sender_name,
            started_at=now,
            last_at=now,
        )
        return self._register.draft(chat) or fresh


def source_id(message: Message) -> str:
    """What this message is known by."""
    return f"telegram:{message.chat_id}:{message.message_id}"


def received(message: Message) -> ReceivedMessage:
    """The message as the register keeps it; its file, if any, follows."""
    return ReceivedMessage(
        source_id=source_id(message), received_at=message.date, text=_words(message)
    )


def written(message: Message) -> str:
    """The client's own words in it; none in a sticker, a place, a shared contact."""
    return (message.text or message.caption or "").strip()


def revised(message: Message) -> ReceivedMessage:
    """A later wording of a message, marked as such."""
    at = message.edit_date or message.date
    return ReceivedMessage(
        source_id=f"{source_id(message)}:{int(at.timestamp())}",
        received_at=at,
        text=_plain("complainant.note_revised", text=_words(message)),
    )


def _words(message: Message) -> str:
    """The text or caption, or a note of what it was; and of a file that cannot follow."""
    words = message.text or message.caption or _note(message)
    file = sent_file(message)
    if file is None or not file.is_too_large:
        return words
    return f"{words}\n{_plain('complainant.note_too_large', file=file.name)}".strip()


def _note(message: Message) -> str:
    if place := message.location:
        return _plain("complainant.note_place", place=f"{place.latitude}, {place.longitude}")
    if person := message.contact:
        told = " ".join(filter(None, (person.first_name, person.last_name, person.phone_number)))
        return _plain("complainant.note_contact", contact=told)
    if message.sticker:
        return _plain("complainant.note_sticker", emoji=message.sticker.emoji or "")
    return "" if sent_file(message) else label("complainant.note_other")


def _plain(key: str, **values: str) -> str:
    return unescape(say(key, **values))  # kept as text, not shown as HTML


def _with_piece(
    messages: tuple[ReceivedMessage, ...], source_id: str, piece: Attachment
) -> tuple[ReceivedMessage, ...]:
    def held(message: ReceivedMessage) -> ReceivedMessage:
        if message.source_id != source_id or piece in message.attachments:
            return message
        return replace(message, attachments=(*message.attachments, piece))

    return tuple(held(message) for message in messages)


def _complaint_with_piece(complaint: Complaint, source_id: str, piece: Attachment) -> Complaint:
    return replace(complaint, messages=_with_piece(complaint.messages, source_id, piece))
