"""The manager's desk: buttons first, one question at a time, everything resumable.

All state is in the register, so any update may come twice and any button may be old: a tap says
which step is meant, the complaint decides whether it is legal.
"""

import re
from collections.abc import Awaitable, Callable, Coroutine
from datetime import datetime
from typing import Any

import structlog
from telegram import Update
from telegram.error import Forbidden
from telegram.ext import BaseHandler, CommandHandler, ContextTypes, MessageHandler, filters

from bot import cards, keyboards
from bot.access import Access, Taps
from bot.answering import Answering
from bot.asides import Asides
from bot.callbacks import Desk, UnknownButton
from bot.entry import Entry
from bot.interview import Asked
from bot.keyboards import ASIDE, ENTRY, FILED
from bot.office import Office
from bot.outgoing import ADDRESS, Outgoing
from bot.screen import Screen
from bot.texts import label, say
from bot.triage import Triage
from intake.reception import Reception
from letters.establishment import Establishment
from letters.words import named
from register.complaint import Attachment, IllegalStep
from register.database import Register
from register.deadlines import Timetable

log = structlog.get_logger()

Context = ContextTypes.DEFAULT_TYPE
Act = Callable[[Screen, Desk], Awaitable[str]]
Told = Callable[[Screen, Context], Awaitable[None]]

LISTED = 30  # complaints in one message

_REFERENCE = re.compile(r"(\d{4})\s*-\s*(\d{1,9})")


class ManagerDesk:
    """Everything that a manager can do in Telegram."""

    def __init__(
        self,
        register: Register,
        reception: Reception,
        access: Access,
        establishment: Establishment,
        timetable: Timetable,
        clock: Callable[[], datetime],
        changed: Callable[[], None],
        open_piece: Callable[[Attachment], bytes],
        keep_piece: Callable[[str, bytes, str], Attachment],
        is_reading: Callable[[], bool] = lambda: True,
    ) -> None:
        self._office = Office(
            register=register,
            reception=reception,
            establishment=establishment,
            timetable=timetable,
            clock=clock,
            changed=changed,
            open_piece=open_piece,
            keep_piece=keep_piece,
        )
        self._access = access
        self._is_reading = is_reading
        self._asides = Asides(self._office)
        self._answering = Answering(self._office)
        self._entry = Entry(self._office)
        self._outgoing = Outgoing(self._office)
        self._acts: dict[str, Act] = {
            **Triage(self._office).acts,
            **self._answering.acts,
            **self._outgoing.acts,
            **self._asides.acts,
            **self._entry.acts,
        }

    def handlers(self) -> list[BaseHandler[Any, Any, Any]]:
        """Handlers for the line, before the clients': nothing that a manager says passes on."""
        manager = self._access.manager_filter
        written = manager & filters.UpdateType.MESSAGE
        commands: dict[str, Told] = {
            "ouvertes": self._list_open,
            "dossier": self._show_card,
            "nouvelle": self._enter,
            "ecartes": self._list_asides,
            "aide": self._help,
            "start": self._help,
        }
        return [
            *(CommandHandler(name, _on_screen(act), written) for name, act in commands.items()),
            MessageHandler(written & filters.COMMAND, _on_screen(self._help)),
            MessageHandler(written & ~filters.StatusUpdate.ALL, _on_screen(self._heard)),
            MessageHandler(manager & filters.UpdateType.EDITED_MESSAGE, _on_screen(self._edited)),
            Taps(Desk, manager, self._tapped),
        ]

    # -- commands -----------------------------------------------------------------------------

    async def _list_open(self, screen: Screen, context: Context) -> None:
        office = self._office
        found = office.register.open_complaints()
        now, timetable = office.clock(), office.timetable
        lines = [cards.line(one, now, timetable) for one in found]
        text = cards.listed(lines[:LISTED], len(found), is_reading=self._is_reading())
        await screen.show(text, keyboards.cards(lines[:LISTED]))

    async def _show_card(self, screen: Screen, context: Context) -> None:
        wanted = _REFERENCE.search(" ".join(context.args or []))
        if wanted is None:
            return await screen.show(say("manager.which_reference"))
        reference = f"R-{wanted[1]}-{int(wanted[2]):04d}"
        complaint = self._office.register.get(reference)
        if complaint is None:
            return await screen.show(say("manager.unknown_reference"))
        await screen.show(*self._office.card(complaint))
        self._office.turned_to(screen.telegram_id, reference)

    async def _enter(self, screen: Screen, context: Context) -> None:
        await self._entry.begin(screen)

    async def _list_asides(self, screen: Screen, context: Context) -> None:
        await self._asides.list(screen)

    async def _help(self, screen: Screen, context: Context) -> None:
        await screen.show(say("manager.help"))

    # -- texts --------------------------------------------------------------------------------

    async def _heard(self, screen: Screen, context: Context) -> None:
        """A text answers the question that was asked last."""
        try:
            await self._answer(screen)
        except IllegalStep as refused:
            self._office.ask_nothing(screen.telegram_id)
            await screen.show(named(refused.refusal))
        except UnknownButton:
            self._office.ask_nothing(screen.telegram_id)
            await screen.show(say("manager.no_question"))

    async def _answer(self, screen: Screen) -> None:
        asked, message = self._office.asked(screen.telegram_id), screen.message
        if asked is None or message is None:
            return await screen.show(say("manager.no_question"))
        reference, question = asked
        if reference == ENTRY:
            await self._entry.hear(screen, question, message)
        elif question == FILED:
            await self._entry.show_filed(screen, reference)
        elif not message.text and reference != ASIDE and question != ADDRESS:
            await self._answering.take_piece(screen, reference, _asked(question), message)
        elif not message.text:
            await screen.show(say("manager.text_wanted"))
        elif reference == ASIDE:
            await self._asides.hear_reply(screen, question, message.text)
        elif question == ADDRESS:
            await self._outgoing.hear_address(screen, reference, message.text)
        else:
            await self._answering.hear(screen, reference, _asked(question), message.text)

    async def _edited(self, screen: Screen, context: Context) -> None:
        await screen.show(say("manager.no_edits"))

    # -- taps ---------------------------------------------------------------------------------

    async def _tapped(self, update: Update, context: Context) -> None:
        screen = Screen(update, context.bot)
        words, is_refused = "", False
        try:
            words = await self._act(screen, update)
        except IllegalStep as refused:
            words, is_refused = named(refused.refusal), True
        except UnknownButton:
            words, is_refused = label("manager.old_button"), True
        except Forbidden:
            log.warning("manager.unreachable")
        await screen.answer(words, alert=is_refused)

    async def _act(self, screen: Screen, update: Update) -> str:
        query = update.callback_query
        button = Desk.unpack(query.data or "" if query else "")
        act = self._acts.get(button.action)
        if act is None:
            raise UnknownButton(button.action)
        return await act(screen, button)


def _asked(code: str) -> Asked:
    """The question that was asked. Raises UnknownButton for one that is no longer asked."""
    try:
        return Asked.read(code)
    except ValueError:
        raise UnknownButton(code) from None


def _on_screen(act: Told) -> Callable[[Update, Context], Coroutine[Any, Any, None]]:
    """What a manager says, answered on their screen; one who has left hears nothing."""

    async def handle(update: Update, context: Context) -> None:
        try:
            await act(Screen(update, context.bot), context)
        except Forbidden:
            log.warning("manager.unreachable")

    return handle
