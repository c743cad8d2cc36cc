"""The client's desk: what is written is gathered, filed when it is all, and followed.

Each message is in the register before anything is said about it. Everything is known by the chat
it came from: what a button carries says which step is meant, never whose data.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from telegram import Bot, CallbackQuery, Message, Update
from telegram.ext import (
    BaseHandler,
    CallbackQueryHandler,
    CommandHandler,
    ContextTypes,
    MessageHandler,
    filters,
)

from bot.access import Access, Taps
from bot.callbacks import Client, UnknownButton
from bot.closing import Closing
from bot.downloads import Unfetchable, fetch, sent_file
from bot.gathering import Gathering, received, revised, source_id, written
from bot.opinion import Opinion, thanks
from bot.questions import Questions
from bot.replies import Button, alert, take_buttons_away, tell
from bot.texts import label, say
from intake.reception import Reception
from letters.establishment import Establishment
from letters.words import long_date, short_date
from register.complaint import Attachment, Complaint
from register.database import Register, telegram
from register.deadlines import Timetable
from register.people import Draft, Filing
from register.remedy import Verdict

Context = ContextTypes.DEFAULT_TYPE
Keeps = Callable[[str, bytes, str], Attachment]

MOST_SHOWN = 10  # complaints in one answer to /suivi: a message holds 4096 characters
MOST_OFFERED = 5  # buttons to join a complaint by


@dataclass(frozen=True, slots=True)
class _Tap:
    """A button of ours, tapped in a client's chat."""

    bot: Bot
    query: CallbackQuery
    chat: str
    on: str
    action: str


class ComplainantDesk:
    """Everything that a client can do in Telegram."""

    def __init__(
        self,
        register: Register,
        reception: Reception,
        keep: Keeps,
        access: Access,
        clock: Callable[[], datetime],
        silence: timedelta,
        timetable: Timetable,
        establishment: Establishment,
    ) -> None:
        self._register = register
        self._reception = reception
        self._keep_piece = keep
        self._access = access
        self._timetable = timetable
        self._establishment = establishment
        self._gathering = Gathering(register, clock)
        self._questions = Questions(register, clock, establishment.signatory)
        self._opinion = Opinion(register, clock)
        self._closing = Closing(register, reception, self._questions, clock, silence, establishment)
        self._acts: dict[str, Callable[[_Tap], Awaitable[None]]] = {
            "file": self._begin_complaint,
            "ask": self._begin_question,
            "follow": self._tapped_follow,
            "done": self._done,
            "join": self._join,
            "new": self._file_as_new,
            "skip": self._skip,
            "its_a_complaint": self._recall,
            **dict.fromkeys(Verdict, self._say_opinion),
        }

    def handlers(self) -> list[BaseHandler[Any, Any, Any]]:
        """Handlers for the line, after the manager's: the last takes every tap that is left."""
        client = self._access.client_filter
        written = client & filters.UpdateType.MESSAGE
        return [
            CommandHandler(["start", "aide", "help"], self._greet, written),
            CommandHandler("suivi", self._follow, written),
            MessageHandler(written & ~filters.StatusUpdate.ALL, self._write),
            MessageHandler(client & filters.UpdateType.EDITED_MESSAGE, self._revise),
            Taps(Client, client, self._tapped),
            CallbackQueryHandler(self._tapped_unknown),
        ]

    async def close_silent_drafts(self, bot: Bot) -> None:
        """File what clients have not gone on with: a step of the agenda."""
        await self._closing.close_silent(bot)

    # -- writing ------------------------------------------------------------------------------

    async def _greet(self, update: Update, context: Context) -> None:
        text = say(
            "complainant.greeting",
            name=self._establishment.name,
            email=self._establishment.email,
            privacy_url=self._establishment.privacy_url,
        )
        await tell(context.bot, _chat(update), text, *_first_buttons())

    async def _write(self, update: Update, context: Context) -> None:
        message, chat = _message(update), _chat(update)
        kept = received(message)
        if not self._gathering.knows(chat, kept.source_id):
            if not self._questions.awaited(chat) and (
                words := self._opinion.written(chat, message)
            ):
                await tell(context.bot, chat, words)
                return
            self._keep(chat, message, _name(update))
        await self._fetch_piece(context.bot, message, kept.source_id)
        await self._note_first(context.bot, chat, kept.source_id)
        if self._register.draft(chat) is None:
            await self._answered(context.bot, chat, message)

    async def _revise(self, update: Update, context: Context) -> None:
        """Keep a new wording beside the old one."""
        message, chat = _message(update), _chat(update)
        if not (message.text or message.caption or sent_file(message)):
            return  # a place that moves, a tally: not the client's words
        revision = revised(message)
        if not self._gathering.knows(chat, revision.source_id):
            if not self._gathering.knows(chat, source_id(message)):
                return await self._write(update, context)
            self._gathering.revise(chat, source_id(message), revision, _name(update))
        await self._fetch_piece(context.bot, message, revision.source_id)
        await self._note_first(context.bot, chat, revision.source_id)
        return None

    def _keep(self, chat: str, message: Message, name: str) -> None:
        """Save a new message where it belongs: with the question that waits, or in the draft."""
        awaited = self._questions.awaited(chat)
        if awaited and self._register.draft(chat) is None:
            self._questions.answer(awaited, received(message), written(message))
        else:
            self._gathering.add(chat, received(message), name)

    async def _note_first(self, bot: Bot, chat: str, source_id: str) -> None:
        if self._gathering.opens(chat, source_id):
            done = (label("complainant.button_done"), Client("done"))
            await tell(bot, chat, say("complainant.noted"), done)

    async def _answered(self, bot: Bot, chat: str, message: Message) -> None:
        """After what was sent while a question waits: the next one, or a word on the piece."""
        awaited = self._questions.awaited(chat)
        if awaited is None:
            await self._questions.ask(bot, chat)
        elif not message.media_group_id:
            await tell(bot, chat, say("complainant.joined", reference=awaited.reference))

    async def _fetch_piece(self, bot: Bot, message: Message, source_id: str) -> None:
        file = sent_file(message)
        if file is None:
            return
        try:
            data = await fetch(bot, file)
        except Unfetchable:
            text = say("complainant.unfetchable", email=self._establishment.email)
            await tell(bot, str(message.chat_id), text)
            return
        piece = await asyncio.to_thread(self._keep_piece, file.name, data, file.content_type)
        self._gathering.attach(str(message.chat_id), source_id, piece)

    # -- following ----------------------------------------------------------------------------

    async def _follow(self, update: Update, context: Context) -> None:
        await self._tell_progress(context.bot, _chat(update))

    async def _tell_progress(self, bot: Bot, chat: str) -> None:
        complaints = self._register.by_address(telegram(chat))[:MOST_SHOWN]
        shown = [self._progress(complaint) for complaint in complaints]
        text = "\n\n".join(shown) or say("complainant.nothing_to_follow")
        await tell(bot, chat, text)

    def _progress(self, complaint: Complaint) -> str:
        answered = complaint.answered_at
        return say(
            f"complainant.stage_{complaint.state}",
            reference=complaint.reference,
            received=short_date(self._timetable.local(complaint.received_at).date()),
            due=long_date(complaint.answer_due),
            answered=short_date(self._timetable.local(answered).date()) if answered else "",
        )

    # -- buttons ------------------------------------------------------------------------------

    async def _tapped(self, update: Update, context: Context) -> None:
        query, chat = _query(update), _chat(update)
        try:
            button = Client.unpack(query.data or "")
        except UnknownButton:
            return await self._tapped_unknown(update, context)
        act = self._acts.get(button.action)
        if act is None:
            return await self._tapped_unknown(update, context)
        return await act(_Tap(context.bot, query, chat, button.on, button.action))

    async def _tapped_unknown(self, update: Update, context: Context) -> None:
        """A stranger's tap on a manager's button, an old button, a forged one."""
        await alert(_query(update), label("complainant.old_button"))

    async def _begin_complaint(self, tap: _Tap) -> None:
        await self._begin(tap, Filing.COMPLAINT, say("complainant.tell_complaint"))

    async def _begin_question(self, tap: _Tap) -> None:
        own = self._establishment
        invitation = say("complainant.tell_question", phone=own.phone, email=own.email)
        await self._begin(tap, Filing.QUESTION, invitation)

    async def _begin(self, tap: _Tap, filing: Filing, invitation: str) -> None:
        self._gathering.begin(tap.chat, filing, tap.query.from_user.full_name)
        await alert(tap.query)
        await tell(tap.bot, tap.chat, invitation)

    async def _tapped_follow(self, tap: _Tap) -> None:
        await alert(tap.query)
        await self._tell_progress(tap.bot, tap.chat)

    async def _done(self, tap: _Tap) -> None:
        draft = await self._tapped_draft(tap)
        if draft is None:
            return
        known = self._closing.joinable(tap.chat)
        if draft.filing is Filing.UNSAID and known:
            choices = [_join_button(complaint) for complaint in known[:MOST_OFFERED]]
            new = (label("complainant.button_new"), Client("new"))
            await tell(tap.bot, tap.chat, say("complainant.join_or_new"), *choices, new)
        else:
            await self._closing.file(tap.bot, draft)

    async def _join(self, tap: _Tap) -> None:
        if tap.on not in {one.reference for one in self._register.by_address(telegram(tap.chat))}:
            return await alert(tap.query, label("complainant.old_button"))
        draft = await self._tapped_draft(tap)
        if draft is not None:
            await self._closing.join(tap.bot, draft, tap.on)
        return None

    async def _file_as_new(self, tap: _Tap) -> None:
        draft = await self._tapped_draft(tap)
        if draft is not None:
            await self._closing.file(tap.bot, replace(draft, filing=Filing.COMPLAINT))

    async def _tapped_draft(self, tap: _Tap) -> Draft | None:
        """The draft that a tap is about, its buttons gone; None where it has been filed."""
        draft = self._register.draft(tap.chat)
        is_there = draft is not None and bool(draft.messages)
        await alert(tap.query, "" if is_there else label("complainant.already_done"))
        await take_buttons_away(tap.query)
        if not is_there:
            await self._questions.ask(tap.bot, tap.chat)
        return self._register.draft(tap.chat) if is_there else None

    async def _skip(self, tap: _Tap) -> None:
        skipped = self._questions.skip(tap.chat, tap.on)
        await alert(tap.query, "" if skipped else label("complainant.already_done"))
        await take_buttons_away(tap.query)
        await self._questions.ask(tap.bot, tap.chat)

    async def _say_opinion(self, tap: _Tap) -> None:
        verdict = Verdict(tap.action)
        complaint = self._opinion.tapped(tap.chat, tap.on, verdict)
        if complaint is None:
            return await alert(tap.query, label("complainant.old_button"))
        await alert(tap.query)
        await take_buttons_away(tap.query)
        await tell(tap.bot, tap.chat, thanks(complaint, verdict))
        return None

    async def _recall(self, tap: _Tap) -> None:
        aside = self._register.get_set_aside(int(tap.on)) if tap.on.isdecimal() else None
        if aside is None or aside.sender != telegram(tap.chat):
            return await alert(tap.query, label("complainant.old_button"))
        await alert(tap.query, label("complainant.already_done") if aside.became else "")
        await take_buttons_away(tap.query)
        if aside.became:
            return await self._questions.ask(tap.bot, tap.chat)
        complaint = await self._reception.recall(aside.number, "client")
        if complaint:
            await self._closing.tell_registered(tap.bot, tap.chat, complaint.reference)
        return None


def _first_buttons() -> list[Button]:
    actions = ("file", "follow", "ask")
    return [(label(f"complainant.button_{action}"), Client(action)) for action in actions]


def _join_button(complaint: Complaint) -> Button:
    words = say("complainant.button_join", reference=complaint.reference)
    return words, Client("join", complaint.reference)


def _chat(update: Update) -> str:
    return str(update.effective_chat.id) if update.effective_chat else ""


def _name(update: Update) -> str:
    return update.effective_user.full_name if update.effective_user else ""


def _message(update: Update) -> Message:
    if update.effective_message is None:
        raise ValueError("an update without a message")
    return update.effective_message


def _query(update: Update) -> CallbackQuery:
    if update.callback_query is None:
        raise ValueError("an update without a tap")
    return update.callback_query
