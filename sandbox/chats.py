"""What one person and the bot have written to each other, as the person's phone shows it."""

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

Raw = Mapping[str, Any]


@dataclass(frozen=True)
class Button:
    """One inline button: what it says, and what it carries or where it leads."""

    label: str
    data: str | None
    url: str | None


@dataclass(frozen=True)
class Message:
    """One message as it stood at one moment; an edit makes another, with a later serial."""

    serial: int
    raw: Raw

    @property
    def id(self) -> int:
        return int(self.raw["message_id"])

    @property
    def is_from_bot(self) -> bool:
        return bool(self.raw["from"]["is_bot"])

    @property
    def text(self) -> str:
        """The text or the caption; empty for a file without one."""
        return str(self.raw.get("text") or self.raw.get("caption") or "")

    @property
    def buttons(self) -> list[Button]:
        """The inline buttons, row after row."""
        rows = self.raw.get("reply_markup", {}).get("inline_keyboard", [])
        return [
            Button(button["text"], button.get("callback_data"), button.get("url"))
            for row in rows
            for button in row
        ]

    @property
    def labels(self) -> list[str]:
        return [button.label for button in self.buttons]

    @property
    def document(self) -> Raw | None:
        return self.raw.get("document")

    @property
    def photo(self) -> Raw | None:
        """The largest size of the picture."""
        sizes = self.raw.get("photo")
        return sizes[-1] if sizes else None

    @property
    def file_id(self) -> str | None:
        held = self.document or self.photo
        return str(held["file_id"]) if held else None

    @property
    def as_answered(self) -> Raw:
        """The message inside one that answers it; what it answered itself is left out."""
        return {key: value for key, value in self.raw.items() if key != "reply_to_message"}

    def __str__(self) -> str:
        name = self.raw["from"]["first_name"]
        held = self.document["file_name"] if self.document else "photo" if self.photo else ""
        pieces = [self.text, f"({held})" if held else "", *(f"[{label}]" for label in self.labels)]
        return f"{name}: " + " ".join(piece for piece in pieces if piece)


@dataclass
class Chat:
    """The private chat of one person with the bot."""

    user: Raw
    phone: str = "+33612345678"
    started: bool = False
    """True once the person has written; before, the bot gets `chat not found`."""
    blocked: bool = False
    floods: deque[int] = field(default_factory=deque)
    """Seconds for the next 429s, one per coming call that writes to this person."""
    messages: dict[int, Message] = field(default_factory=dict)
    history: list[Message] = field(default_factory=list)
    """Every state every message has had, in the order it was shown."""
    keyboard: Raw | None = None
    """The reply keyboard under the text box."""
    toasts: list[str] = field(default_factory=list)
    """What answered presses have shown over the chat."""

    @property
    def id(self) -> int:
        return int(self.user["id"])

    def show(self, message: Message) -> None:
        self.messages[message.id] = message
        self.history.append(message)

    def from_bot(self) -> list[Message]:
        return [message for message in self.messages.values() if message.is_from_bot]

    def keyboard_buttons(self) -> Iterator[Raw]:
        for row in (self.keyboard or {}).get("keyboard", []):
            for button in row:
                yield {"text": button} if isinstance(button, str) else button

    def as_json(self) -> Raw:
        """The private chat as messages name it."""
        names = ("first_name", "last_name", "username")
        known = {name: self.user[name] for name in names if name in self.user}
        return {"id": self.id, "type": "private", **known}
