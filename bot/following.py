"""What the manager is told after the answer: steps for the agenda, each safe to run twice."""

from collections.abc import Callable, Sequence
from datetime import datetime

from telegram import Bot

from bot import ledger
from bot.access import Access
from bot.telling import Due, Page, Telling, batches, each
from register.database import Register
from register.deadlines import Timetable
from register.promises import FOLLOWED, OpenPromise, due_reminders
from register.promises import ledger as all_promised

LISTED = 10  # promises in one message, with two buttons each


class Following:
    """Looks in the register for what is owed after an answer, and tells each manager."""

    def __init__(
        self,
        register: Register,
        access: Access,
        bot: Bot,
        timetable: Timetable,
        clock: Callable[[], datetime],
    ) -> None:
        self._register = register
        self._timetable = timetable
        self._clock = clock
        self._telling = Telling(register, access, bot, timetable, clock)

    async def promises(self) -> None:
        """One digest of all promises whose day nears, has come, or is over."""
        now = self._clock()
        due = [
            Due(one.complaint, keys, one)
            for one in all_promised(self._register.in_states(FOLLOWED), self._timetable)
            if (keys := due_reminders(one, now, self._timetable))
        ]
        await each(batches(due, LISTED), self._tell_promises)

    async def _tell_promises(self, due: Sequence[Due[OpenPromise]]) -> None:
        def page(new: Sequence[Due[OpenPromise]]) -> Page:
            today = self._timetable.local(self._clock()).date()
            return ledger.digest([one.about for one in new], today)

        await self._telling.digest(due, page)
