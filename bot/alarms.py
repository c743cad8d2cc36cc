"""When a part of the application cannot do its work, the managers hear of it here.

One message when the trouble has lasted, one when it is over; what does not heal by itself (a wrong
password, a full disk) is told at once. That Telegram itself is out of reach cannot be told here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from telegram import Bot

from bot.access import Access
from bot.line import LineState
from bot.replies import tell
from bot.texts import label, say
from intake.mailbox import Condition, MailboxState

LASTING = timedelta(minutes=15)  # most outages are shorter, and heal


@dataclass(slots=True)
class _Trouble:
    """What is wrong with one part, since when, and whether it was told."""

    words: str
    since: datetime
    is_urgent: bool
    is_told: bool = False
    is_over: bool = False


class Alarms:
    """Watches how the mailbox and the line to Telegram are doing."""

    def __init__(self, access: Access, bot: Bot, clock: Callable[[], datetime]) -> None:
        self._access = access
        self._bot = bot
        self._clock = clock
        self._troubles: dict[str, _Trouble] = {}

    def note_mailbox(self, state: MailboxState) -> None:
        """Take the mailbox's newest state; `step` tells of it."""
        if state.condition is Condition.WATCHING and not state.stuck:
            return self._well("mailbox")
        self._ill("mailbox", _words(state), is_urgent=state.condition is Condition.REFUSED)

    def note_line(self, state: LineState) -> None:
        """Take the newest state of the line; `step` tells of what can be told over it."""
        if state in (LineState.STALLED, LineState.CONFLICT):
            self._ill("line", say(f"alarms.line_{state}"), is_urgent=True)
        else:
            self._well("line")

    async def step(self) -> None:
        """Tell the managers what has lasted, and once that it is over. Safe to run twice."""
        for part, trouble in list(self._troubles.items()):
            if trouble.is_over:
                if trouble.is_told:
                    await self._say(say(f"alarms.{part}_well"))
                self._troubles.pop(part, None)
            elif not trouble.is_told and self._is_due(trouble):
                await self._say(trouble.words)
                trouble.is_told = True

    def _ill(self, part: str, words: str, *, is_urgent: bool) -> None:
        known = self._troubles.get(part)
        if known is None or known.is_over:
            self._troubles[part] = _Trouble(words, self._clock(), is_urgent)
            return
        if is_urgent and not known.is_urgent:
            known.is_told = False  # it has become another matter
        known.words, known.is_urgent = words, is_urgent

    def _well(self, part: str) -> None:
        if part in self._troubles:
            self._troubles[part].is_over = True

    def _is_due(self, trouble: _Trouble) -> bool:
        return trouble.is_urgent or self._clock() - trouble.since >= LASTING

    async def _say(self, text: str) -> None:
        for manager in self._access.managers():
            await tell(self._bot, str(manager), text)


def _words(state: MailboxState) -> str:
    if state.condition is Condition.WATCHING:
        return say("alarms.mailbox_stuck", count=len(state.stuck))
    cause = label(f"alarms.cause_{state.cause}") if state.cause else ""
    return say(f"alarms.mailbox_{state.condition}", cause=cause)
