"""The card: looked at, confirmed, corrected, set aside or taken back."""

from collections.abc import Callable
from typing import TypeVar

from telegram import InlineKeyboardMarkup

from bot import keyboards
from bot.callbacks import Desk, UnknownButton
from bot.office import Office
from bot.screen import Screen
from bot.texts import label, say
from letters.words import known_motives
from register.complaint import Complaint, State
from register.labels import Motive, Severity

Code = TypeVar("Code", Motive, Severity)


class Triage:
    """What a manager makes of a complaint before anything is found out."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self.acts = {
            "card": self.show,
            "back": self.back,
            "confirm": self.confirm,
            "motive": self.offer_motives,
            "is_motive": self.correct_motive,
            "severity": self.offer_severities,
            "is_severity": self.correct_severity,
            "not_complaint": self.ask_to_set_aside,
            "set_aside": self.set_aside,
            "undo": self.undo,
            "text": self.show_text,
            "pieces": self.show_pieces,
        }

    async def show(self, screen: Screen, button: Desk) -> str:
        """The card, below what was tapped."""
        await screen.show(*self._card(screen, button))
        self._office.turned_to(screen.telegram_id, button.reference)
        return ""

    async def back(self, screen: Screen, button: Desk) -> str:
        """The card again, in place of a choice."""
        await screen.turn(*self._card(screen, button))
        return ""

    async def confirm(self, screen: Screen, button: Desk) -> str:
        """What was read is right."""
        now = self._office.clock()
        return await self._changed(
            screen,
            button,
            lambda one: one if one.is_confirmed else one.confirmed(now, screen.who),
            label("manager.confirmed"),
        )

    async def offer_motives(self, screen: Screen, button: Desk) -> str:
        """A button for each motive in place of the card's."""
        await screen.turn_buttons(keyboards.motives(self._office.complaint(button.reference)))
        return ""

    async def offer_severities(self, screen: Screen, button: Desk) -> str:
        """Four buttons in place of the card's."""
        await screen.turn_buttons(keyboards.severities(self._office.complaint(button.reference)))
        return ""

    async def correct_motive(self, screen: Screen, button: Desk) -> str:
        """Another main motive, or the same one confirmed."""
        motive, now = _code(Motive, button.choice), self._office.clock()
        if motive not in known_motives():  # an own one that the configuration no longer has
            raise UnknownButton(button.choice)

        def step(one: Complaint) -> Complaint:
            if one.is_confirmed and one.motives[:1] == (motive,):
                return one
            return one.corrected(now, screen.who, motive=motive)

        return await self._changed(screen, button, step, label("manager.noted"))

    async def correct_severity(self, screen: Screen, button: Desk) -> str:
        """Another severity, or the same one confirmed."""
        severity, now = _code(Severity, button.choice), self._office.clock()

        def step(one: Complaint) -> Complaint:
            if one.is_confirmed and one.severity is severity:
                return one
            return one.corrected(now, screen.who, severity=severity)

        return await self._changed(screen, button, step, label("manager.noted"))

    async def ask_to_set_aside(self, screen: Screen, button: Desk) -> str:
        """One question before it happens."""
        complaint = self._office.complaint(button.reference)
        text = say("manager.set_aside_sure", reference=complaint.reference)
        await screen.turn(text, keyboards.sure_to_set_aside(complaint))
        return ""

    async def set_aside(self, screen: Screen, button: Desk) -> str:
        """Not a complaint after all."""
        now = self._office.clock()

        def step(one: Complaint) -> Complaint:
            return one if one.state is State.SET_ASIDE else one.set_aside(now, screen.who)

        after = self._office.step(button.reference, step)
        self._office.changed()
        text = say("manager.set_aside_done", reference=after.reference)
        await screen.turn(text, keyboards.undo(after))
        return label("manager.noted")

    async def undo(self, screen: Screen, button: Desk) -> str:
        """A complaint all the same: its duties are open again."""
        complaint = self._office.complaint(button.reference)
        if complaint.state is State.SET_ASIDE:
            complaint = self._office.reception.reopen(complaint.reference, screen.who)
        await screen.turn(*self._office.card(complaint, screen.telegram_id))
        return label("manager.noted")

    async def show_text(self, screen: Screen, button: Desk) -> str:
        """All that the client wrote, in as many messages as it takes."""
        complaint = self._office.complaint(button.reference)
        return await self._office.show_text(screen, complaint.reference, complaint.text)

    async def show_pieces(self, screen: Screen, button: Desk) -> str:
        """The pieces as the client sent them, then those of the investigation."""
        complaint = self._office.complaint(button.reference)
        await self._office.show_pieces(screen, complaint.reference, complaint.pieces)
        return ""

    def _card(self, screen: Screen, button: Desk) -> tuple[str, InlineKeyboardMarkup]:
        return self._office.card(self._office.complaint(button.reference), screen.telegram_id)

    async def _changed(
        self, screen: Screen, button: Desk, step: Callable[[Complaint], Complaint], words: str
    ) -> str:
        before = self._office.complaint(button.reference)
        after = self._office.step(button.reference, step)
        if after != before:
            self._office.changed()
        await screen.turn(*self._office.card(after, screen.telegram_id))
        return words if after != before else label("manager.nothing_to_change")


def _code(kind: type[Code], value: str) -> Code:
    """The code that a button carries. Raises UnknownButton for one that there is not."""
    try:
        return kind(value)
    except ValueError:
        raise UnknownButton(value) from None
