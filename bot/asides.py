"""Messages that were not taken as complaints: looked through, and taken back."""

from bot import cards, keyboards
from bot.callbacks import Desk, UnknownButton
from bot.office import Office
from bot.screen import Screen
from bot.texts import say
from register.complaint import SetAsideMessage

SHOWN = 5  # in one go


class Asides:
    """Set aside is not dropped: everything that came in can be found here."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self.acts = {
            "complaint": self.recall,
            "no_thanks": self.leave,
            "older": self.show_older,
        }

    async def list(self, screen: Screen, before: int | None = None) -> None:
        """The newest of them, each with its button; then the way to those before."""
        found = [
            one
            for one in self._office.register.set_aside_messages()
            if before is None or one.number < before
        ]
        if not found:
            return await screen.show(say("manager.aside_none"))
        for one in found[:SHOWN]:
            text = cards.aside(one, self._office.timetable)
            await screen.show(text, None if one.became else keyboards.set_aside(one.number))
        if len(found) > SHOWN:
            text = say("manager.aside_more", count=len(found) - SHOWN)
            await screen.show(text, keyboards.older(found[SHOWN - 1].number))

    async def show_older(self, screen: Screen, button: Desk) -> str:
        """Those before the ones that were shown."""
        await self.list(screen, before=self._found(button).number)
        return ""

    async def recall(self, screen: Screen, button: Desk) -> str:
        """It was a complaint after all: registered now, and its card shown."""
        number = self._found(button).number
        complaint = await self._office.reception.recall(number)
        if complaint is None:
            raise UnknownButton(button.choice)
        complaint = self._office.entered(complaint.reference, screen.telegram_id)
        await screen.turn(*self._office.card(complaint))
        return ""

    async def leave(self, screen: Screen, button: Desk) -> str:
        """It stays where it is."""
        await screen.turn(say("manager.aside_kept", number=self._found(button).number))
        return ""

    def _found(self, button: Desk) -> SetAsideMessage:
        number = int(button.choice) if button.choice.isdecimal() else 0
        found = self._office.register.get_set_aside(number)
        if found is None:
            raise UnknownButton(button.choice)
        return found
