"""What a button carries: typed classes that pack into Telegram's 64 bytes and unpack again.

A button may be old, tapped twice, or forged: `unpack` refuses what it does not know with
`UnknownButton`. What it knows says only which step is meant; the register decides if it is legal.
"""

from dataclasses import dataclass, fields
from typing import ClassVar, Self

LIMIT = 64  # bytes of callback_data: Bot API, InlineKeyboardButton


class UnknownButton(Exception):
    """Callback data that no button of ours carries (any more)."""


@dataclass(frozen=True, slots=True)
class Callback:
    """Base of all buttons: string fields joined by ":", after the prefix of the class."""

    prefix: ClassVar[str]

    def pack(self) -> str:
        """The callback data. Raises ValueError where it would not fit or not come back the same."""
        values = [str(getattr(self, field.name)) for field in fields(self)]
        if any(":" in value for value in values):
            raise ValueError(f"a value of {self!r} holds the separator")
        data = ":".join([self.prefix, *values])
        if len(data.encode()) > LIMIT:
            raise ValueError(f"{data!r} is longer than {LIMIT} bytes")
        return data

    @classmethod
    def unpack(cls, data: str) -> Self:
        """The button that was tapped."""
        prefix, *values = data.split(":")
        if prefix != cls.prefix or len(values) != len(fields(cls)):
            raise UnknownButton(data)
        return cls(*values)

    @classmethod
    def pattern(cls) -> str:
        """The regular expression of this class's callback data, for routing."""
        return f"^{cls.prefix}:"


@dataclass(frozen=True, slots=True)
class Client(Callback):
    """A client's button: what is done, and for a question, which one."""

    prefix: ClassVar[str] = "c"
    action: str  # file, follow, ask, done, join, new, skip, its_a_complaint
    on: str = ""  # the question, or the reference


@dataclass(frozen=True, slots=True)
class Desk(Callback):
    """A manager's button: what is done, on which complaint, with which choice."""

    prefix: ClassVar[str] = "m"
    action: str
    reference: str
    choice: str = ""
