"""What Telegram's own servers remember: chats, files, presses, and what waits for the bot."""

import itertools
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import PurePath
from typing import Any

from sandbox.bell import Bell
from sandbox.chats import Chat, Message, Raw
from sandbox.clock import Clock
from sandbox.refusals import bad_request
from sandbox.updates import Updates

PRESS_LIVES = timedelta(minutes=1)


@dataclass(frozen=True)
class StoredFile:
    id: str
    content: bytes
    name: str
    mime: str

    @property
    def path(self) -> str:
        """Where it is fetched: Telegram keeps the extension, not the name."""
        return f"documents/{self.id}{PurePath(self.name).suffix}"

    def as_document(self) -> Raw:
        return {
            "file_id": self.id,
            "file_unique_id": f"u{self.id}",
            "file_name": self.name,
            "mime_type": self.mime,
            "file_size": len(self.content),
        }

    def as_photo(self) -> list[Raw]:
        """Two sizes, the smaller one first, as Telegram lists them."""
        size = {"file_id": self.id, "file_size": len(self.content)}
        return [
            {**size, "file_unique_id": f"s{self.id}", "width": 90, "height": 67},
            {**size, "file_unique_id": f"u{self.id}", "width": 1280, "height": 960},
        ]


@dataclass(frozen=True)
class Press:
    """A tap on an inline button; `serial` tells what the bot did after it."""

    serial: int
    id: str
    chat: Chat
    at: datetime
    answer: str | None = None
    """None until the bot has answered the query; empty where it showed nothing."""


class Messenger:
    """The state behind one bot's token; people change it from one side, the bot from the other."""

    def __init__(self, bot_id: int, username: str, name: str, clock: Clock) -> None:
        self.clock = clock
        self.bell = Bell()
        self.updates = Updates(clock, self.bell)
        self.me: Raw = {"id": bot_id, "is_bot": True, "first_name": name, "username": username}
        self.chats: dict[int, Chat] = {}
        self.files: dict[str, StoredFile] = {}
        self.presses: dict[str, Press] = {}
        self._serials = itertools.count(1)
        self._message_ids = itertools.count(1)
        self._file_ids = itertools.count(1)
        self._press_ids = itertools.count(1)

    def timestamp(self) -> int:
        return int(self.clock().timestamp())

    def post(self, chat: Chat, sender: Raw, **fields: Any) -> Message:
        """Write a new message into a chat; fields that are None or empty are left out."""
        head = {"message_id": next(self._message_ids), "date": self.timestamp()}
        return self._show(chat, {**head, "from": sender, "chat": chat.as_json(), **_filled(fields)})

    def rewrite(self, chat: Chat, message: Message, **fields: Any) -> Message:
        """Edit a message: the given fields take the place of those that had their names."""
        kept = {key: value for key, value in message.raw.items() if key not in fields}
        return self._show(chat, {**kept, **_filled(fields), "edit_date": self.timestamp()})

    def _show(self, chat: Chat, raw: Raw) -> Message:
        message = Message(next(self._serials), raw)
        chat.show(message)
        self.bell.ring()
        return message

    def store(self, content: bytes, name: str, mime: str) -> StoredFile:
        stored = StoredFile(f"F{next(self._file_ids)}", content, name, mime)
        self.files[stored.id] = stored
        return stored

    def press(self, chat: Chat, message: Message, data: str) -> Press:
        """Tell the bot that a button was tapped, on the message as it now stands."""
        press = Press(next(self._serials), str(next(self._press_ids)), chat, self.clock())
        self.presses[press.id] = press
        held = chat.messages.get(message.id)
        query = {"id": press.id, "from": chat.user, "chat_instance": str(chat.id), "data": data}
        shown = held.raw if held else self._inaccessible(chat, message)
        self.updates.put("callback_query", {**query, "message": shown})
        return press

    def answer_press(self, press_id: str, text: str) -> None:
        press = self.presses.get(press_id)
        if press is None or self.clock() - press.at > PRESS_LIVES:
            raise bad_request(
                "query is too old and response timeout expired or query ID is invalid"
            )
        self.presses[press_id] = replace(press, answer=text)
        if text:
            press.chat.toasts.append(text)
        self.bell.ring()

    @staticmethod
    def _inaccessible(chat: Chat, message: Message) -> Raw:
        """A deleted message, as queries from a phone that still shows it name it."""
        return {"chat": chat.as_json(), "message_id": message.id, "date": 0}


def _filled(fields: dict[str, Any]) -> Raw:
    return {key: value for key, value in fields.items() if value not in (None, "", [], {})}
