"""Messages that were not taken as complaints: looked through, and taken back."""

from collections.abc import Sequence
from dataclasses import replace
from html import unescape

import structlog
from telegram.error import BadRequest, Forbidden

from bot import cards, keyboards
from bot.callbacks import Desk, UnknownButton
from bot.keyboards import ASIDE
from bot.office import Barred, Office
from bot.screen import Screen, show
from bot.texts import say
from register.complaint import Address, Complaint, SetAsideMessage, State
from register.labels import Channel

log = structlog.get_logger()

SHOWN = 5  # in one go


class Asides:
    """Set aside is not dropped: everything that came in can be found here."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self.acts = {
            "complaint": self.recall,
            "no_thanks": self.leave,
            "older": self.show_older,
            "reply": self.ask_reply,
            "aside_text": self.show_text,
            "aside_pieces": self.show_pieces,
        }

    async def list(self, screen: Screen) -> None:
        """The newest messages and complaints that were set aside, each with its buttons."""
        messages, complaints = self._messages(screen), self._complaints(screen)
        if not messages and not complaints:
            return await screen.show(say("manager.aside_none"))
        await self._show_messages(screen, messages)
        await self._show_complaints(screen, complaints)

    async def show_older(self, screen: Screen, button: Desk) -> str:
        """Those before the ones that were shown."""
        if self._office.register.get(button.choice):
            complaints = [one for one in self._complaints(screen) if one.reference < button.choice]
            await self._show_complaints(screen, complaints)
        else:
            last = self._found(screen, button).number
            messages = [one for one in self._messages(screen) if one.number < last]
            await self._show_messages(screen, messages)
        return ""

    async def show_text(self, screen: Screen, button: Desk) -> str:
        """The whole of it."""
        found = self._found(screen, button)
        return await self._office.show_text(screen, _name(found), found.message.text)

    async def show_pieces(self, screen: Screen, button: Desk) -> str:
        """Its pieces as they came."""
        found = self._found(screen, button)
        await self._office.show_pieces(screen, _name(found), found.message.attachments)
        return ""

    async def recall(self, screen: Screen, button: Desk) -> str:
        """It was a complaint after all: registered now, and its card shown."""
        number = self._found(screen, button).number
        complaint = await self._office.reception.recall(number, screen.who)
        if complaint is None:
            raise UnknownButton(button.choice)
        if screen.telegram_id in complaint.barred:
            raise Barred(complaint.reference)
        complaint = self._office.entered(complaint.reference, screen.telegram_id)
        await screen.turn(*self._office.card(complaint, screen.telegram_id))
        return ""

    async def leave(self, screen: Screen, button: Desk) -> str:
        """It stays where it is, and the reader was right: kept, for it to learn from."""
        found = self._found(screen, button)
        if found.confirmed_at is None:
            kept = replace(found, confirmed_at=self._office.clock())
            self._office.register.save_set_aside(kept)
        await screen.turn(say("manager.aside_kept", number=found.number))
        return ""

    async def ask_reply(self, screen: Screen, button: Desk) -> str:
        """A few words for the one who asked."""
        found = self._found(screen, button)
        screen.keep()
        await screen.turn(say("manager.ask_reply", number=found.number, sender=found.sender_name))
        self._office.ask(screen.telegram_id, ASIDE, str(found.number))
        return ""

    async def hear_reply(self, screen: Screen, number: str, text: str) -> None:
        """The manager's words go to that chat, once."""
        found = self._found(screen, Desk("reply", "", number))
        if found.sender is None or found.sender.channel is not Channel.TELEGRAM:
            raise UnknownButton(number)
        arrived = await self._send(screen, found.sender, text)
        self._office.ask_nothing(screen.telegram_id)
        await screen.show(say("manager.reply_sent" if arrived else "manager.reply_refused"))

    async def _send(self, screen: Screen, to: Address, text: str) -> bool:
        head = say("manager.reply", name=self._office.establishment.name)
        first, *others = cards.pages(text)
        try:
            for page in (f"{head}\n\n{first}", *others):
                await show(screen.bot, int(to.value), page)
        except (Forbidden, BadRequest) as error:
            log.warning("reply.refused", error=type(error).__name__)
            return False
        return True

    def _messages(self, screen: Screen) -> Sequence[SetAsideMessage]:
        """All but what has become a complaint that names this manager."""
        found, who = self._office.register.set_aside_messages(), screen.telegram_id
        return [one for one in found if not self._office.is_barred(one.became, who)]

    def _complaints(self, screen: Screen) -> Sequence[Complaint]:
        """Those that a manager has set aside, the newest first."""
        found, who = self._office.register.complaints(), screen.telegram_id
        aside = [one for one in reversed(found) if one.state is State.SET_ASIDE]
        return [one for one in aside if who not in one.barred]

    async def _show_messages(self, screen: Screen, found: Sequence[SetAsideMessage]) -> None:
        for one in found[:SHOWN]:
            text = cards.aside(one, self._office.timetable)
            await screen.show(text, None if one.became else keyboards.set_aside(one))
        if len(found) > SHOWN:
            text = say("manager.aside_more", count=len(found) - SHOWN)
            await screen.show(text, keyboards.older(str(found[SHOWN - 1].number)))

    async def _show_complaints(self, screen: Screen, found: Sequence[Complaint]) -> None:
        for one in found[:SHOWN]:
            await screen.show(cards.set_aside(one, self._office.timetable), keyboards.undo(one))
        if len(found) > SHOWN:
            text = say("manager.aside_more_complaints", count=len(found) - SHOWN)
            await screen.show(text, keyboards.older(found[SHOWN - 1].reference))

    def _found(self, screen: Screen, button: Desk) -> SetAsideMessage:
        number = int(button.choice) if button.choice.isdecimal() else 0
        found = self._office.register.get_set_aside(number)
        if found is None:
            raise UnknownButton(button.choice)
        if self._office.is_barred(found.became, screen.telegram_id):
            raise Barred(found.became)
        return found


def _name(message: SetAsideMessage) -> str:
    return unescape(say("manager.aside_name", number=message.number))
