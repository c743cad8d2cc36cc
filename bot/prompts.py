"""What the manager is told without asking: steps for the agenda, each safe to run twice.

Told, then marked: a crash between the two tells twice, never not at all. Nothing is marked while
nobody is there to be told, and one complaint or manager that fails keeps no other waiting.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from telegram import Bot, InlineKeyboardMarkup

from bot import cards, keyboards
from bot.access import Access
from bot.notices import card_keys, message_key, reach, trouble_key
from bot.screen import show
from bot.telling import Due, Telling, batches, each
from bot.texts import say
from bot.urgency import checklist, next_steps
from bot.verdicts import verdict_rows
from letters.words import moment
from register.complaint import (
    Complaint,
    Letter,
    LetterKind,
    ReceivedMessage,
    SetAsideMessage,
)
from register.database import Register
from register.deadlines import (
    CARD,
    Timetable,
    acknowledge_by,
    card_is_due,
    due_alerts,
    due_pings,
)
from register.labels import Severity
from register.opinions import awaits_opinion

LISTED = 30  # complaints in one digest: a message holds 4096 characters
CHECKLIST = "checklist"  # the notice of what to do in the first hour
MANY_ATTEMPTS = 5  # of a letter that is still being tried
PIECE_FOLLOWS = timedelta(minutes=5)  # a message may be there before its file


class Prompts:
    """Looks in the register for what is due, and tells each manager."""

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
        self._telling = Telling(register, access, bot, timetable, clock)

    # -- complaints ---------------------------------------------------------------------------

    async def cards(self) -> None:
        """A card for each new complaint; a critical one at any hour."""
        now = self._clock()
        due = [
            one
            for one in self._register.open_complaints()
            if card_is_due(one, now, self._timetable)
        ]
        await each(due, self._tell_card)

    async def checklists(self) -> None:
        """What to do in the first hour of a critical complaint, right after its card."""
        due = [
            one
            for one in self._register.open_complaints()
            if one.severity is Severity.CRITICAL
            and one.was_told(CARD)
            and not one.was_told(CHECKLIST)
        ]
        await each(due, self._tell_checklist)

    async def pings(self) -> None:
        """One digest of all complaints whose day has come, however many days were missed."""
        now = self._clock()
        due = [
            Due(one, keys, None)
            for one in self._register.open_complaints()
            if (keys := due_pings(one, now, self._timetable))
        ]
        await each(batches(due, LISTED), self._tell_digest)

    async def alerts(self) -> None:
        """No acknowledgement has left after 24 and 36 hours; at any hour."""
        now = self._clock()
        due = [
            (one, keys)
            for one in self._register.open_complaints()
            if (keys := due_alerts(one, now))
        ]
        await each(due, self._tell_alert)

    async def additions(self) -> None:
        """What clients have added to complaints that the managers know."""
        if not self._is_inside_hours():
            return
        new = [
            (complaint, message)
            for complaint in self._register.complaints()
            for message in self._additions(complaint)
        ]
        await each(new, self._tell_addition)

    # -- letters ------------------------------------------------------------------------------

    async def troubles(self) -> None:
        """Letters that cannot leave, or still have not after many attempts: once each."""
        held = {one.reference: one for one in (*self._register.stuck(), *self._register.unsent())}
        found = [
            (complaint, letter)
            for complaint in held.values()
            if self._may_tell(complaint)
            for letter in complaint.letters
            if (complaint.is_open or letter.kind is LetterKind.SATISFACTION)
            and _is_in_trouble(letter)
            and not complaint.was_told(trouble_key(complaint, letter, letter.trouble))
        ]
        await each(found, self._tell_trouble)

    async def answers_sent(self) -> None:
        """An answer has left: the manager may think of something else."""
        if not self._is_inside_hours():
            return
        sent = [
            (complaint, letter)
            for complaint in self._register.complaints()
            for letter in complaint.letters
            if letter.kind is LetterKind.ANSWER
            and letter.is_sent
            and letter.to
            and not complaint.was_told(_sent_key(letter))
        ]
        await each(sent, self._tell_sent)

    # -- messages set aside -------------------------------------------------------------------

    async def doubts(self) -> None:
        """Messages that were set aside, perhaps wrongly: the manager knows better."""
        if self._is_inside_hours():
            await each(self._register.doubtful(), self._tell_doubt)

    # -- one of each --------------------------------------------------------------------------

    async def _tell_card(self, complaint: Complaint) -> None:
        now = self._clock()
        told = self._access.told_of(complaint, now, self._timetable)
        similar = [  # one card goes to all of them: none of them is named in a case it quotes
            one
            for one in self._register.similar(complaint, within=cards.SIMILAR_WITHIN)
            if not set(told) & set(one.barred)
        ]
        text = cards.card(complaint, similar, now, self._timetable)
        await self._tell(complaint, card_keys(complaint), text, keyboards.card(complaint))

    async def _tell_checklist(self, complaint: Complaint) -> None:
        await self._telling.tell(complaint, (CHECKLIST,), *checklist(complaint))

    async def _tell_digest(self, due: Sequence[Due[None]]) -> None:
        def page(new: Sequence[Due[None]]) -> tuple[str, InlineKeyboardMarkup | None]:
            now = self._clock()
            lines = [cards.line(one.complaint, now, self._timetable) for one in new]
            buttons = next_steps([one.complaint for one in new], lines)
            return cards.digest(lines), buttons

        await self._telling.digest(due, page)

    async def _tell_alert(self, due: tuple[Complaint, tuple[str, ...]]) -> None:
        complaint, keys = due
        now, limit = self._clock(), acknowledge_by(complaint.received_at)
        text = say(
            "manager.alert",
            reference=complaint.reference,
            name=cards.name_of(complaint),
            is_over=now >= limit,
            hours=int((now - complaint.received_at) / timedelta(hours=1)),
            limit=moment(limit, self._timetable.zone),
            acknowledgement=cards.acknowledgement(complaint, self._timetable),
        )
        await self._tell(complaint, keys, text, _acknowledgement_buttons(complaint))

    async def _tell_addition(self, added: tuple[Complaint, ReceivedMessage]) -> None:
        complaint, message = added
        text = cards.addition(complaint, message)
        buttons = keyboards.added(complaint)
        if awaits_opinion(complaint):
            text = f"{text}\n\n{say('following.opinion_to_read')}"
            rows = [*verdict_rows(complaint), *buttons.inline_keyboard]
            buttons = InlineKeyboardMarkup(rows)
        await self._tell(complaint, (message_key(message),), text, buttons)

    async def _tell_trouble(self, held: tuple[Complaint, Letter]) -> None:
        complaint, letter = held
        key = trouble_key(complaint, letter, letter.trouble)
        text = cards.trouble(complaint, letter)
        await self._tell(complaint, (key,), text, keyboards.unsent(complaint, letter))

    async def _tell_sent(self, sent: tuple[Complaint, Letter]) -> None:
        complaint, letter = sent
        at = moment(letter.sent_at or self._clock(), self._timetable.zone)
        text = say("manager.answer_left", reference=complaint.reference, at=at)
        await self._tell(complaint, (_sent_key(letter),), text)

    async def _tell_doubt(self, message: SetAsideMessage) -> None:
        text = cards.aside(message, self._timetable, "doubt")
        buttons = keyboards.doubt(message)
        reached = await reach(
            self._access.managers(),
            lambda manager: False,
            lambda manager: show(self._bot, manager, text, buttons),
        )
        current = self._register.get_set_aside(message.number)
        if reached.had and current:
            self._register.save_set_aside(replace(current, told_at=self._clock()))

    # -- below --------------------------------------------------------------------------------

    async def _tell(
        self,
        complaint: Complaint,
        keys: Sequence[str],
        text: str,
        buttons: InlineKeyboardMarkup | None = None,
    ) -> None:
        await self._telling.tell(complaint, keys, text, buttons)

    def _additions(self, complaint: Complaint) -> Iterable[ReceivedMessage]:
        """Its messages that no card or notice has told; the first ones are told by a card alone."""
        has_card = complaint.was_told(CARD)
        if complaint.is_open and not has_card:
            return ()
        return [
            message
            for message in (complaint.messages if has_card else _added(complaint))
            if not complaint.was_told(message_key(message)) and self._is_whole(message)
        ]

    def _is_whole(self, message: ReceivedMessage) -> bool:
        """Whether there is something to tell; the file of a message comes a moment after it."""
        is_old = self._clock() - message.received_at > PIECE_FOLLOWS
        return bool(message.text or message.attachments) or is_old

    def _may_tell(self, complaint: Complaint) -> bool:
        return complaint.severity is Severity.CRITICAL or self._is_inside_hours()

    def _is_inside_hours(self) -> bool:
        return self._telling.is_inside_hours()


def _added(complaint: Complaint) -> Sequence[ReceivedMessage]:
    """What came after it was registered."""
    return complaint.messages[len(complaint.opening) :]


def _is_in_trouble(letter: Letter) -> bool:
    return not letter.is_sent and (letter.is_stuck or letter.attempts >= MANY_ATTEMPTS)


def _acknowledgement_buttons(complaint: Complaint) -> InlineKeyboardMarkup:
    letter = complaint.letter(LetterKind.ACKNOWLEDGEMENT)
    if letter is None:
        return keyboards.open_card(complaint.reference)
    return keyboards.unsent(complaint, letter)


def _sent_key(letter: Letter) -> str:
    return f"sent:{letter.letter_id}"
