"""How a complaint ends: closed once nothing is owed any more, or taken back by the client."""

from telegram import InlineKeyboardMarkup

from bot import ledger
from bot.callbacks import Desk
from bot.office import Office
from bot.screen import Screen
from bot.texts import label, say
from register.complaint import State


class Ending:
    """What the manager does when it is over."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self.acts = {
            "close": self.close,
            "withdraw": self.ask_to_withdraw,
            "is_withdrawn": self.withdraw,
        }

    async def close(self, screen: Screen, button: Desk) -> str:
        """Nothing is owed any more; the complaint says what still is, where something is."""
        now = self._office.clock()
        after = self._office.step(
            button.reference,
            lambda one: one if one.state is State.CLOSED else one.closed(now, screen.who),
        )
        self._office.changed()
        await screen.turn(*self._office.card(after, screen.telegram_id))
        return label("following.closed")

    async def ask_to_withdraw(self, screen: Screen, button: Desk) -> str:
        """One question before nothing is owed any more."""
        complaint = self._office.complaint(button.reference)
        yes = ledger.button(
            label("following.button_is_withdrawn"), "is_withdrawn", complaint.reference
        )
        back = ledger.button(label("manager.button_back"), "back", complaint.reference)
        text = say("following.withdraw_sure", reference=complaint.reference)
        await screen.turn(text, InlineKeyboardMarkup([[yes], [back]]))
        return ""

    async def withdraw(self, screen: Screen, button: Desk) -> str:
        """The client has taken it back."""
        now = self._office.clock()
        after = self._office.step(
            button.reference,
            lambda one: one if one.state is State.WITHDRAWN else one.withdrawn(now, screen.who),
        )
        self._office.changed()
        text = say("following.withdrawn", reference=after.reference)
        await screen.turn(text, InlineKeyboardMarkup([[ledger.to_card(after.reference)]]))
        return label("manager.noted")
