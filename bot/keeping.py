"""Promises kept: done, with what proves it, or put off to another day."""

import asyncio
from datetime import date

from telegram import InlineKeyboardMarkup, Message

from bot import ledger
from bot.callbacks import Desk, UnknownButton
from bot.downloads import Unfetchable, fetch, sent_file
from bot.office import Office
from bot.screen import Screen
from bot.texts import label, say
from letters.words import named, short_date
from register.complaint import Attachment, Complaint, Refusal
from register.promises import PROMISED_IN, OpenPromise, Promise, due_day, promise_of
from register.promises import ledger as all_promised
from register.remedy import Action

LISTED = 12  # promises in one message
LONGEST_PROOF = 3000  # characters

PROOF = "proof_"
"""What the question for a proof begins with; the promise's code follows."""


class Keeping:
    """What the manager does with what was promised."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self.acts = {
            "done": self.ask_proof,
            "put_off": self.offer_days,
            "until": self.put_off,
        }

    async def list(self, screen: Screen) -> None:
        """All that is promised and open, the most urgent first."""
        followed = self._office.register.in_states(PROMISED_IN)
        mine = [one for one in followed if screen.telegram_id not in one.barred]
        found = all_promised(mine, self._office.timetable)
        today = self._today()
        await screen.show(*ledger.listed(found[:LISTED], len(found), today))

    async def ask_proof(self, screen: Screen, button: Desk) -> str:
        """What proves that it is done?"""
        complaint, promise = self._open(button.reference, button.choice)
        screen.keep()
        text = say(
            "following.ask_proof",
            reference=complaint.reference,
            what=ledger.described(promise),
        )
        await screen.turn(text)
        self._office.ask(screen.telegram_id, complaint.reference, PROOF + button.choice)
        return ""

    async def offer_days(self, screen: Screen, button: Desk) -> str:
        """By when, then?"""
        complaint, promise = self._open(button.reference, button.choice)
        screen.keep()
        text = say(
            "following.ask_day", reference=complaint.reference, what=ledger.described(promise)
        )
        await screen.turn(text, ledger.other_days(complaint, promise, self._today()))
        return ""

    async def put_off(self, screen: Screen, button: Desk) -> str:
        """Another day; the button says which, so a second tap changes nothing."""
        code, _, day = button.choice.partition(".")
        complaint, promise = self._open(button.reference, code)
        due, now = _day(day), self._office.clock()
        after = self._office.step(
            complaint.reference, lambda one: one.with_promise_due(promise, due, now, screen.who)
        )
        text = say(
            "following.put_off",
            reference=after.reference,
            what=ledger.described(promise),
            day=short_date(due),
        )
        await screen.turn(text, _to_card(after))
        return label("manager.noted")

    async def hear_proof(
        self, screen: Screen, reference: str, question: str, message: Message
    ) -> None:
        """Words, a photo or a document: the promise is closed with it."""
        code = question.removeprefix(PROOF)
        complaint = self._office.complaint(reference)
        promise = promise_of(complaint, code)
        if promise is None:
            raise UnknownButton(code)
        words = (message.text or message.caption or "").strip()
        if len(words) > LONGEST_PROOF:
            text = say("manager.too_long", most=LONGEST_PROOF, length=len(words))
            return await screen.show(text)
        try:
            pieces = await self._pieces(screen, message)
        except Unfetchable:
            return await screen.show(say("manager.entry_too_big"))
        if promise.is_done:
            return await self._add(screen, reference, promise, pieces)
        if not words and not pieces:
            return await screen.show(named(Refusal.NO_EVIDENCE))
        await self._close(screen, reference, promise, words, pieces)
        if not message.media_group_id:  # of an album, the other pictures follow
            self._office.ask_nothing(screen.telegram_id)
        return None

    async def _add(
        self, screen: Screen, reference: str, promise: Promise, pieces: tuple[Attachment, ...]
    ) -> None:
        """Another picture of the album that was the proof; anything else answers nothing."""
        if not pieces:
            self._office.ask_nothing(screen.telegram_id)
            return await screen.show(say("manager.no_question"))
        now = self._office.clock()
        self._office.step(
            reference, lambda one: one.with_more_evidence(promise, pieces, now, screen.who)
        )
        await screen.show(say("following.piece_added", reference=reference))
        return None

    async def _close(
        self,
        screen: Screen,
        reference: str,
        promise: Promise,
        words: str,
        pieces: tuple[Attachment, ...],
    ) -> None:
        now, number = self._office.clock(), promise.number

        def kept(one: Complaint) -> Complaint:
            if isinstance(promise, Action):
                return one.with_action_done(number, now, screen.who, words, pieces)
            return one.with_compensation_done(number, now, screen.who, words, pieces)

        after = self._office.step(reference, kept)
        self._office.changed()
        await screen.show(*self._noted(after, promise))

    def _noted(self, complaint: Complaint, promise: Promise) -> tuple[str, InlineKeyboardMarkup]:
        still = [
            OpenPromise(complaint, one, due_day(complaint, one, self._office.timetable))
            for one in complaint.open_promises()
        ]
        text = say(
            "following.kept",
            reference=complaint.reference,
            what=ledger.described(promise),
            still=[ledger.described(one.promise) for one in still],
        )
        rows = ledger.promise_rows(still)
        return text, InlineKeyboardMarkup([*rows, [ledger.to_card(complaint.reference)]])

    async def _pieces(self, screen: Screen, message: Message) -> tuple[Attachment, ...]:
        """The file of a message, kept. Raises Unfetchable where Telegram does not give it."""
        file = sent_file(message)
        if file is None:
            return ()
        await screen.tell_upload()
        data = await fetch(screen.bot, file)
        keep = self._office.keep_piece
        return (await asyncio.to_thread(keep, file.name, data, file.content_type),)

    def _open(self, reference: str, code: str) -> tuple[Complaint, Promise]:
        """The open promise that a button is about. Raises UnknownButton where there is none."""
        complaint = self._office.complaint(reference)
        promise = promise_of(complaint, code)
        if promise is None or promise.is_done:
            raise UnknownButton(code)
        return complaint, promise

    def _today(self) -> date:
        return self._office.timetable.local(self._office.clock()).date()


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UnknownButton(text) from None


def _to_card(complaint: Complaint) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup([[ledger.to_card(complaint.reference)]])
