"""How managers are told of what is due: each once, and remembered once all have had it.

Told, then marked: a crash between the two tells twice, never not at all. Nothing is marked while
nobody is there to be told, and one complaint or manager that fails keeps no other waiting.
"""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

import structlog
from telegram import Bot, InlineKeyboardMarkup

from bot.access import Access
from bot.notices import personal, reach
from bot.screen import show
from register.complaint import Complaint
from register.database import Register
from register.deadlines import Timetable

log = structlog.get_logger()

T = TypeVar("T")
Page = tuple[str, InlineKeyboardMarkup | None]


@dataclass(frozen=True, slots=True)
class Due(Generic[T]):
    """One line of a digest: what it is about, and the notices that it is."""

    complaint: Complaint
    keys: tuple[str, ...]
    about: T


class Telling:
    """Tells each manager whom a complaint concerns, and marks what was told."""

    def __init__(
        self,
        register: Register,
        access: Access,
        bot: Bot,
        timetable: Timetable,
        clock: Callable[[], datetime],
    ) -> None:
        self._register = register
        self._access = access
        self._bot = bot
        self._timetable = timetable
        self._clock = clock

    def is_inside_hours(self) -> bool:
        """Whether managers may be disturbed now."""
        return self._timetable.hours.includes(self._timetable.local(self._clock()))

    async def tell(
        self,
        complaint: Complaint,
        keys: Sequence[str],
        text: str,
        buttons: InlineKeyboardMarkup | None = None,
    ) -> None:
        """One notice of one complaint."""
        await self.digest([Due(complaint, tuple(keys), None)], lambda new: (text, buttons))

    async def digest(
        self,
        due: Sequence[Due[T]],
        page: Callable[[Sequence[Due[T]]], Page],
        *,
        is_whole: bool = False,
    ) -> None:
        """One message for each manager, with what that manager has not had; marked in one save.

        With `is_whole`, only for those who are told of all of it.
        """

        now = self._clock()
        who = [self._access.told_of(one.complaint, now, self._timetable) for one in due]
        if is_whole:  # who may not see one of them is told of none, and counts for none
            who = [tuple(one for one in told if all(one in it for it in who)) for told in who]

        def owed(manager: int) -> list[Due[T]]:
            return [
                one
                for one, told in zip(due, who, strict=True)
                if manager in told and not _had(one, manager)
            ]

        async def show_page(manager: int) -> None:
            text, buttons = page(owed(manager))
            await show(self._bot, manager, text, buttons)

        reached = await reach(self._access.managers(), lambda one: not owed(one), show_page)
        with self._register.one_save():
            for one, told in zip(due, who, strict=True):
                self._mark(one.complaint, reached.among(told).keys(one.keys))

    def _mark(self, complaint: Complaint, keys: Sequence[str]) -> None:
        now = self._clock()
        self._register.update(complaint.reference, lambda one: one.with_told(keys, now))


def _had(due: Due[T], manager: int) -> bool:
    return all(due.complaint.was_told(personal(key, manager)) for key in due.keys)


async def each(due: Iterable[T], tell: Callable[[T], Awaitable[None]]) -> None:
    """Tell one after the other; one that cannot be told keeps no other waiting.

    OSError (disk full) passes up: what cannot be marked must not be told at every tick.
    """
    for one in due:
        try:
            await tell(one)
        except OSError:
            raise
        except Exception as error:  # noqa: BLE001 - the others are still due
            log.error("prompt.failed", error=type(error).__name__)


def batches(due: Sequence[T], size: int) -> list[Sequence[T]]:
    """The same in parts of at most that many: a message holds 4096 characters."""
    return [due[at : at + size] for at in range(0, len(due), size)]
