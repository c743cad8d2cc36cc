"""What the manager is told after the answer: steps for the agenda, each safe to run twice."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial

from telegram import Bot

from bot import effects, ledger
from bot.access import Access
from bot.notices import reach
from bot.recurring import proposal
from bot.screen import show
from bot.telling import Due, Page, Telling, batches, each
from bot.texts import say
from bot.verdicts import by_hand, notice, told_key
from letters.compose import satisfaction
from letters.establishment import Establishment
from letters.verdicts import verdict_in
from register.complaint import Complaint
from register.conflict import blocked, with_conflicts
from register.database import Register
from register.deadlines import Timetable
from register.effect import OwedCheck, due_notices, owed_checks
from register.opinions import ASK_AFTER, asking_is_due, with_opinion
from register.promises import PROMISED_IN, OpenPromise, due_reminders
from register.promises import ledger as all_promised
from register.recurrence import Recurrence, recurrences

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
        establishment: Establishment,
        ask_after: int = ASK_AFTER,
    ) -> None:
        self._establishment = establishment
        self._ask_after = ask_after
        self._register = register
        self._read: dict[str, object] = {}  # what was read for names, with whose
        self._access = access
        self._bot = bot
        self._timetable = timetable
        self._clock = clock
        self._telling = Telling(register, access, bot, timetable, clock)

    async def promises(self) -> None:
        """One digest of all promises whose day nears, has come, or is over."""
        now = self._clock()
        due = [
            Due(one.complaint, keys, one)
            for one in all_promised(self._register.in_states(PROMISED_IN), self._timetable)
            if (keys := due_reminders(one, now, self._timetable))
        ]
        await each(batches(due, LISTED), self._tell_promises)

    async def checks(self) -> None:
        """One digest of the actions whose effect is to be looked at."""
        now = self._clock()
        due = [
            Due(one.complaint, keys, one)
            for one in owed_checks(self._register.complaints(), now)
            if (keys := due_notices(one, now, self._timetable))
        ]
        await each(batches(due, LISTED), self._tell_checks)

    async def _tell_checks(self, due: Sequence[Due[OwedCheck]]) -> None:
        await self._telling.digest(due, lambda new: effects.digest([one.about for one in new]))

    async def recurrences(self) -> None:
        """One proposal for each set of cases that look alike, once."""
        if self._telling.is_inside_hours():
            found = recurrences(self._register.complaints(), self._clock())
            await each(found, self._tell_recurrence)

    async def _tell_recurrence(self, found: Recurrence) -> None:
        due = [Due(one, found.keys, None) for one in found.cases]
        page = proposal(found, self._timetable)
        await self._telling.digest(due, lambda new: page, is_whole=True)

    # -- complaints that name a manager -------------------------------------------------------

    async def conflicts(self) -> None:
        """Who is named in a complaint that was there first is barred from it like any other."""
        managers, now = self._register.managers(), self._clock()
        signatory = self._establishment.signatory
        names = tuple((one.telegram_id, one.name) for one in managers)
        for one in self._register.complaints():  # closed ones too: a list or a card shows them
            read = (names, len(one.messages))
            if self._read.get(one.reference) != read:  # reading them all takes its time
                self._register.update(
                    one.reference, lambda it: with_conflicts(it, managers, signatory, now)
                )
                self._read[one.reference] = read
        await self._tell_blocked()

    async def _tell_blocked(self) -> None:
        """That a second manager is needed, once a day, and nothing of what it is about."""
        found = blocked(self._register.open_complaints(), self._access.managers())
        key = f"blocked:{self._timetable.local(self._clock()).date().isoformat()}"
        new = [one for one in found if not one.was_told(key)]
        if not new or not self._telling.is_inside_hours():
            return
        text = say("conflict.blocked", count=len(found))
        reached = await reach(
            self._access.managers(),
            lambda manager: False,
            lambda manager: show(self._bot, manager, text),
        )
        now = self._clock()
        with self._register.one_save():
            for one in new:
                self._register.update(
                    one.reference, lambda it: it.with_told([key] if reached.had else [], now)
                )

    # -- what clients say of the answer -------------------------------------------------------

    async def ask_clients(self) -> None:
        """A letter to each client whose day has come: was it kept, was it well?"""
        now = self._clock()
        due = [
            one
            for one in self._register.complaints()
            if asking_is_due(one, now, self._timetable, self._ask_after)
        ]
        await each(due, self._ask_client)

    async def opinions(self) -> None:
        """What clients have written since they were asked, where its first line says it."""
        for complaint in self._register.complaints():
            if found := verdict_in(complaint):
                verdict, message = found
                self._register.update(
                    complaint.reference,
                    partial(with_opinion, verdict=verdict, at=message.received_at),
                )

    async def verdicts(self) -> None:
        """The managers hear what each client says of the answer."""
        if not self._telling.is_inside_hours():
            return
        new = [
            one
            for one in self._register.complaints()
            if (key := told_key(one)) and not one.was_told(key)
        ]
        await each(new, self._tell_verdict)

    async def _ask_client(self, complaint: Complaint) -> None:
        if complaint.complainant.address is None:
            return await self._ask_by_voice(complaint)
        now = self._clock()
        letter = satisfaction(complaint, self._establishment, at=now, zone=self._timetable.zone)
        self._register.update(
            complaint.reference, lambda one: one.with_letter(letter).with_satisfaction_asked(now)
        )
        return None

    async def _ask_by_voice(self, complaint: Complaint) -> None:
        key, now = "ask_by_voice", self._clock()
        await self._telling.tell(complaint, (key,), *by_hand(complaint))
        self._register.update(
            complaint.reference,
            lambda one: one.with_satisfaction_asked(now) if one.was_told(key) else one,
        )

    async def _tell_verdict(self, complaint: Complaint) -> None:
        page = notice(complaint, self._timetable)
        await self._telling.tell(complaint, (told_key(complaint),), *page)

    # -- one of each --------------------------------------------------------------------------

    async def _tell_promises(self, due: Sequence[Due[OpenPromise]]) -> None:
        def page(new: Sequence[Due[OpenPromise]]) -> Page:
            today = self._timetable.local(self._clock()).date()
            return ledger.digest([one.about for one in new], today)

        await self._telling.digest(due, page)
