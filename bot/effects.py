"""The look at what an action has changed: numbers are shown, the manager says what they mean."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from telegram import InlineKeyboardMarkup

from bot import ledger
from bot.callbacks import Desk, UnknownButton
from bot.office import Office
from bot.screen import Screen
from bot.texts import label, say
from letters.words import named, short_date
from register.complaint import Complaint
from register.effect import OwedCheck, owed_check

ACTION = "further"  # the question for one more action
ACTION_WITHIN = timedelta(days=30)
LONGEST_ACTION = 500  # characters


@dataclass(frozen=True, slots=True)
class Line:
    """One look in a list."""

    number: int
    reference: str
    what: str
    days: int
    before: int
    after: int
    alike: str


class Effects:
    """What the manager makes of the numbers."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self.acts = {
            "effective": self.judge,
            "ineffective": self.judge,
            "further": self.ask_action,
        }

    async def judge(self, screen: Screen, button: Desk) -> str:
        """The effect as the manager sees it; where there is none, another action is proposed."""
        owed, now = self._owed(button), self._office.clock()
        is_effective = button.action == "effective"
        check = owed.check(is_effective, now)
        after = self._office.step(
            button.reference, lambda one: one.with_check(owed.action.number, check, screen.who)
        )
        self._office.changed()
        screen.keep()
        text = say(
            f"following.{'effective' if is_effective else 'ineffective'}",
            reference=after.reference,
            what=ledger.described(owed.action),
            days=owed.days,
        )
        await screen.turn(text, _after_rows(after, is_effective))
        return label("manager.noted")

    async def ask_action(self, screen: Screen, button: Desk) -> str:
        """Which one, then?"""
        complaint = self._office.complaint(button.reference)
        screen.keep()
        await screen.turn(say("following.ask_action", reference=complaint.reference))
        self._office.ask(screen.telegram_id, complaint.reference, ACTION)
        return ""

    async def hear_action(self, screen: Screen, reference: str, question: str, text: str) -> None:
        """One more action, due in a month; that day can be put off like any other."""
        what, now = " ".join(text.split()), self._office.clock()
        if len(what) > LONGEST_ACTION:
            words = say("manager.too_long", most=LONGEST_ACTION, length=len(what))
            return await screen.show(words)
        due = self._office.timetable.local(now).date() + ACTION_WITHIN
        after = self._office.step(
            reference, lambda one: one.with_further_action(what, now, screen.who, due=due)
        )
        self._office.changed()
        words = say("following.action_noted", reference=reference, what=what, day=short_date(due))
        await screen.show(words, InlineKeyboardMarkup([[ledger.to_card(after.reference)]]))
        self._office.ask_nothing(screen.telegram_id)
        return None

    def _owed(self, button: Desk) -> OwedCheck:
        """The look that a button is about. Raises UnknownButton where it is not owed."""
        number, _, days = button.choice.partition(".")
        complaint = self._office.complaint(button.reference)
        if not (number.isdecimal() and days.isdecimal()):
            raise UnknownButton(button.choice)
        known, now = self._office.register.complaints(), self._office.clock()
        owed = owed_check(complaint, int(number), int(days), known, now)
        if owed is None:
            raise UnknownButton(button.choice)
        return owed


def digest(owed: Sequence[OwedCheck]) -> ledger.Page:
    """The numbers before and after, with two buttons for each action."""
    lines = [_line(number, one) for number, one in enumerate(owed, 1)]
    rows = [_row(one, None if len(owed) == 1 else n) for n, one in enumerate(owed, 1)]
    return say("following.checks", lines=lines), InlineKeyboardMarkup(rows)


def _line(number: int, owed: OwedCheck) -> Line:
    motives, site = owed.complaint.motives[:1], owed.complaint.extraction.source.site
    alike = [*(named(one) for one in motives), *([site] if site else [])]
    return Line(
        number=number,
        reference=owed.complaint.reference,
        what=ledger.described(owed.action),
        days=owed.days,
        before=owed.before,
        after=owed.after,
        alike=", ".join(alike),
    )


def _row(owed: OwedCheck, number: int | None) -> ledger.Row:
    choice = f"{owed.action.number}.{owed.days}"
    return [
        ledger.button(
            ledger.numbered(f"following.button_{one}", number),
            one,
            owed.complaint.reference,
            choice,
        )
        for one in ("effective", "ineffective")
    ]


def _after_rows(complaint: Complaint, is_effective: bool) -> InlineKeyboardMarkup:
    words = label("following.button_further")
    further = [[ledger.button(words, "further", complaint.reference)]]
    rows = [] if is_effective else further
    return InlineKeyboardMarkup([*rows, [ledger.to_card(complaint.reference)]])
