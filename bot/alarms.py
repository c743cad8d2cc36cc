"""When the mailbox cannot be read, the managers hear of it here: by the other channel.

One message when the trouble has lasted, one when it is over; a wrong password is told at once,
since it does not heal by itself.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from telegram import Bot

from bot.access import Access
from bot.replies import tell
from bot.texts import label, say
from intake.mailbox import Condition, MailboxState

LASTING = timedelta(minutes=15)  # most outages are shorter, and heal


class MailboxAlarm:
    """Watches how the watching of the mailbox goes."""

    def __init__(self, access: Access, bot: Bot, clock: Callable[[], datetime]) -> None:
        self._access = access
        self._bot = bot
        self._clock = clock
        self._state: MailboxState | None = None
        self._ill_since: datetime | None = None
        self._is_told = False

    def note(self, state: MailboxState) -> None:
        """Take the newest state; `step` tells of it."""
        self._state = state
        is_ill = state.condition is not Condition.WATCHING or bool(state.stuck)
        if not is_ill:
            self._ill_since = None
        elif self._ill_since is None:
            self._ill_since = self._clock()

    async def step(self) -> None:
        """Tell the managers what has lasted, and once that it is over. Safe to run twice."""
        if self._state is None:
            return
        if self._ill_since is None:
            if self._is_told:
                await self._say(say("alarms.mailbox_well"))
                self._is_told = False
        elif not self._is_told and self._is_due(self._state, self._ill_since):
            await self._say(_words(self._state))
            self._is_told = True

    def _is_due(self, state: MailboxState, since: datetime) -> bool:
        return state.condition is Condition.REFUSED or self._clock() - since >= LASTING

    async def _say(self, text: str) -> None:
        for manager in self._access.managers():
            await tell(self._bot, str(manager), text)


def _words(state: MailboxState) -> str:
    if state.condition is Condition.WATCHING:
        return say("alarms.mailbox_stuck", count=len(state.stuck))
    cause = label(f"alarms.cause_{state.cause}") if state.cause else ""
    return say(f"alarms.mailbox_{state.condition}", cause=cause)
