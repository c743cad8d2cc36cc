"""The holding reply: until when, why, the letter to be read, sent. Day 10 stays what it is."""

import hashlib
from datetime import date, timedelta

from telegram import InlineKeyboardMarkup

from bot import cards, keyboards, ledger
from bot.callbacks import Desk, UnknownButton
from bot.office import Office
from bot.screen import Screen
from bot.texts import label, say, sources
from letters.compose import holding_reply
from letters.words import named, short_date
from register.complaint import Complaint, IllegalStep, Letter, Refusal

HOLDING = "holding_"
"""What its question begins with: the new day follows, then the reason once there is one."""

LATER_BY = (5, 10, 20)  # days after day 10, or after today where that is over
LONGEST_REASON = 600  # characters


class Holding:
    """Gives the client a later day, with its reason."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self.acts = {
            "hold": self.ask_day,
            "hold_until": self.ask_reason,
            "hold_for": self.take_reason,
            "hold_send": self.send,
        }

    async def ask_day(self, screen: Screen, button: Desk) -> str:
        """Until when?"""
        complaint = self._holdable(button.reference)
        screen.keep()
        today = self._office.timetable.local(self._office.clock()).date()
        start = max(complaint.answer_due, today)
        days = [start + timedelta(days=count) for count in LATER_BY]
        rows = [
            [ledger.button(short_date(day), "hold_until", complaint.reference, day.isoformat())]
            for day in days
        ]
        text = say(
            "urgent.ask_day",
            reference=complaint.reference,
            due=short_date(complaint.answer_due),
        )
        keyboard = InlineKeyboardMarkup([*rows, [ledger.to_card(complaint.reference)]])
        await screen.turn(text, keyboard)
        return ""

    async def ask_reason(self, screen: Screen, button: Desk) -> str:
        """Why does it take longer?"""
        complaint, day = self._holdable(button.reference), _day(button.choice)
        rows = [
            [
                ledger.button(
                    label(f"urgent.reason_{code}"),
                    "hold_for",
                    complaint.reference,
                    f"{code}.{day.isoformat()}",
                )
            ]
            for code in _reasons()
        ]
        text = say("urgent.ask_reason", reference=complaint.reference, day=short_date(day))
        await screen.turn(text, InlineKeyboardMarkup(rows))
        question = HOLDING + day.isoformat()
        self._office.ask(screen.telegram_id, complaint.reference, question)
        return ""

    async def take_reason(self, screen: Screen, button: Desk) -> str:
        """A reason by its button."""
        code, _, day = button.choice.partition(".")
        if code not in _reasons():
            raise UnknownButton(button.choice)
        complaint = self._holdable(button.reference)
        await self._preview(screen, complaint, _day(day), label(f"urgent.reason_{code}_said"))
        return ""

    async def hear_reason(self, screen: Screen, reference: str, question: str, text: str) -> None:
        """A reason in words; written again, it takes the place of the one before."""
        reason, (day, _) = text.strip(), _parts(question)
        if len(reason) > LONGEST_REASON:
            words = say("manager.too_long", most=LONGEST_REASON, length=len(reason))
            return await screen.show(words)
        await self._preview(screen, self._holdable(reference), day, reason)
        return None

    async def send(self, screen: Screen, button: Desk) -> str:
        """Let the letter leave that was read, and no other."""
        complaint = self._holdable(button.reference)
        reference, question = self._office.asked(screen.telegram_id) or ("", "")
        if reference != complaint.reference or not question.startswith(HOLDING):
            raise UnknownButton(button.choice)
        day, reason = _parts(question)
        letter, now = self._letter(complaint, day, reason), self._office.clock()
        if _mark(letter) != button.choice:
            raise UnknownButton(button.choice)
        with self._office.register.one_save():
            after = self._office.step(
                reference, lambda one: one.held_back(now, screen.who, letter, day)
            )
            self._office.ask_nothing(screen.telegram_id)
        self._office.changed()
        text = say(
            "urgent.held",
            reference=reference,
            day=short_date(day),
            due=short_date(after.answer_due),
            channel=named(letter.to.channel) if letter.to else "",
        )
        is_by_hand = letter.to is None
        keyboard = keyboards.unsent(after, letter) if is_by_hand else keyboards.open_card(reference)
        await screen.turn(text, keyboard)
        return label("manager.noted")

    async def _preview(self, screen: Screen, complaint: Complaint, day: date, reason: str) -> None:
        letter, reference = self._letter(complaint, day, reason), complaint.reference
        send = ledger.button(label("manager.button_send"), "hold_send", reference, _mark(letter))
        keyboard = InlineKeyboardMarkup([[send], [ledger.to_card(reference)]])
        head = say("urgent.preview", reference=reference)
        (first, *_) = cards.pages(letter.body)
        await screen.turn(f"{head}\n\n{first}", keyboard)
        question = f"{HOLDING}{day.isoformat()} {reason}"
        self._office.ask(screen.telegram_id, reference, question)

    def _letter(self, complaint: Complaint, day: date, reason: str) -> Letter:
        return holding_reply(
            complaint,
            self._office.establishment,
            at=self._office.clock(),
            zone=self._office.timetable.zone,
            reason=reason,
            until=day,
        )

    def _holdable(self, reference: str) -> Complaint:
        """The complaint, where an answer is owed. Raises IllegalStep where none is."""
        complaint = self._office.complaint(reference)
        if not complaint.is_open:
            raise IllegalStep(Refusal.OUT_OF_ORDER, complaint)
        return complaint


def _reasons() -> tuple[str, ...]:
    """The codes of the reasons that can be tapped."""
    start, end = "urgent.reason_", "_said"
    return tuple(
        key.removeprefix(start).removesuffix(end)
        for key in sources()
        if key.startswith(start) and key.endswith(end)
    )


def _parts(question: str) -> tuple[date, str]:
    """The new day and, where there is one, the reason."""
    day, _, reason = question.removeprefix(HOLDING).partition(" ")
    return _day(day), reason


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UnknownButton(text) from None


def _mark(letter: Letter) -> str:
    """Eight signs that stand for this text to this address."""
    to = letter.to.value if letter.to else ""
    return hashlib.sha256(f"{to}\n{letter.subject}\n{letter.body}".encode()).hexdigest()[:8]
