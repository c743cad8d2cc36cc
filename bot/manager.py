"""The manager's desk: buttons first, one question at a time, everything resumable.

All state is in the register, so any update may come twice and any button may be old: a tap says
which step is meant, the complaint decides whether it is legal.
"""

import re
from collections.abc import Awaitable, Callable, Coroutine
from datetime import datetime
from typing import Any

import structlog
from telegram import Message, Update
from telegram.error import Forbidden
from telegram.ext import BaseHandler, CommandHandler, ContextTypes, MessageHandler, filters

from bot import cards, keyboards
from bot.access import Access, Taps
from bot.answering import Answering
from bot.asides import Asides
from bot.callbacks import Desk, UnknownButton
from bot.effects import ACTION, Effects
from bot.ending import Ending
from bot.entry import Entry
from bot.holding import HOLDING, Holding
from bot.interview import Asked
from bot.keeping import PROOF, Keeping
from bot.keyboards import ASIDE, ENTRY, FILED
from bot.office import Barred, Office
from bot.outgoing import ADDRESS, Outgoing
from bot.recurring import COMMON, Recurring
from bot.reports import Reports
from bot.screen import Screen
from bot.texts import label, say
from bot.triage import Triage
from bot.verdicts import Verdicts
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
Hear = Callable[[Screen, str, str, str], Awaitable[None]]  # a complaint's question, and the words

LISTED = 30  # complaints in one message

_REFERENCE = re.compile(r"(\d{4})\s*-\s*(\d{1,9})")
_STORY = re.compile(r"\bhist", re.IGNORECASE)


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
        self._keeping = Keeping(self._office)
        effects, holding = Effects(self._office), Holding(self._office)
        recurring = Recurring(self._office)
        self._hears: tuple[tuple[str, Hear], ...] = (
            (ACTION, effects.hear_action),
            (COMMON, recurring.hear_action),
            (HOLDING, holding.hear_reason),
        )
        self._reports = Reports(self._office)
        self._acts: dict[str, Act] = {
            **Triage(self._office).acts,
            **self._answering.acts,
            **self._outgoing.acts,
            **self._asides.acts,
            **self._entry.acts,
            **self._keeping.acts,
            **Verdicts(self._office).acts,
            **effects.acts,
            **Ending(self._office).acts,
            **recurring.acts,
            **holding.acts,
            **self._reports.acts,
        }

    def handlers(self) -> list[BaseHandler[Any, Any, Any]]:
        """Handlers for the line, before the clients': nothing that a manager says passes on."""
        manager = self._access.manager_filter
        written = manager & filters.UpdateType.MESSAGE
        commands: dict[str, Told] = {
            "ouvertes": self._list_open,
            "dossier": self._show_card,
            "suivi": self._list_promises,
            "nouvelle": self._enter,
            "registre": self._give_register,
            "stats": self._give_figures,
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
        found = [
            one for one in office.register.open_complaints() if screen.telegram_id not in one.barred
        ]
        now, timetable = office.clock(), office.timetable
        lines = [cards.line(one, now, timetable) for one in found]
        text = cards.listed(lines[:LISTED], len(found), is_reading=self._is_reading())
        await screen.show(text, keyboards.cards(lines[:LISTED]))

    async def _show_card(self, screen: Screen, context: Context) -> None:
        said = _said(context)
        wanted = _REFERENCE.search(said)
        if wanted is None:
            return await screen.show(say("manager.which_reference"))
        reference = f"R-{wanted[1]}-{int(wanted[2]):04d}"
        complaint = self._office.register.get(reference)
        if complaint is None:
            return await screen.show(say("manager.unknown_reference"))
        if screen.telegram_id in complaint.barred:
            return await screen.show(say("conflict.barred"))
        if _STORY.search(said):
            return await self._reports.tell(screen, complaint)
        await screen.show(*self._office.card(complaint, screen.telegram_id))
        self._office.turned_to(screen.telegram_id, reference)

    async def _enter(self, screen: Screen, context: Context) -> None:
        await self._entry.begin(screen)

    async def _list_promises(self, screen: Screen, context: Context) -> None:
        await self._keeping.list(screen)

    async def _give_register(self, screen: Screen, context: Context) -> None:
        await self._reports.give_register(screen, _said(context))

    async def _give_figures(self, screen: Screen, context: Context) -> None:
        await self._reports.give_figures(screen, _said(context))

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
        except Barred:
            self._office.ask_nothing(screen.telegram_id)
            await screen.show(say("conflict.barred"))

    async def _answer(self, screen: Screen) -> None:
        asked, message = self._office.asked(screen.telegram_id), screen.message
        if asked is None or message is None:
            return await screen.show(say("manager.no_question"))
        reference, question = asked
        if self._office.is_barred(reference, screen.telegram_id):
            raise Barred(reference)
        if reference == ENTRY:
            await self._entry.hear(screen, question, message)
        elif question == FILED:
            await self._entry.show_filed(screen, reference)
        elif question.startswith(PROOF):
            await self._keeping.hear_proof(screen, reference, question, message)
        elif not message.text:
            await self._take_piece(screen, reference, question, message)
        elif reference == ASIDE:
            await self._asides.hear_reply(screen, question, message.text)
        elif hear := self._hearing(question):
            await hear(screen, reference, question, message.text)
        elif question == ADDRESS:
            await self._outgoing.hear_address(screen, reference, message.text)
        else:
            await self._answering.hear(screen, reference, _asked(question), message.text)

    async def _take_piece(
        self, screen: Screen, reference: str, question: str, message: Message
    ) -> None:
        """A file in place of words: a piece where the interview asks, elsewhere no answer."""
        if reference == ASIDE or question == ADDRESS or self._hearing(question):
            return await screen.show(say("manager.text_wanted"))
        return await self._answering.take_piece(screen, reference, _asked(question), message)

    def _hearing(self, question: str) -> Hear | None:
        """Who takes the answer to a question of the follow-up; None for any other question."""
        return next((hear for start, hear in self._hears if question.startswith(start)), None)

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
        except Barred:
            words, is_refused = label("conflict.barred"), True
        except Forbidden:
            log.warning("manager.unreachable")
        await screen.answer(words, alert=is_refused)

    async def _act(self, screen: Screen, update: Update) -> str:
        query = update.callback_query
        button = Desk.unpack(query.data or "" if query else "")
        if self._office.is_barred(button.reference, screen.telegram_id):
            raise Barred(button.reference)
        act = self._acts.get(button.action)
        if act is None:
            raise UnknownButton(button.action)
        return await act(screen, button)


def _said(context: Context) -> str:
    """What stands after a command."""
    return " ".join(context.args or [])


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
