"""From the investigation to the answer: one question at a time, then the letter to be read."""

import asyncio
import hashlib
import html
import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from telegram import Message
from telegram.constants import MessageLimit

from bot import asking, cards, keyboards
from bot.answers import LONGEST_ANSWER, heard, leads_to, stays_at, tapped, with_piece
from bot.callbacks import Desk, UnknownButton
from bot.downloads import Unfetchable, fetch, sent_file
from bot.interview import (
    Asked,
    Hand,
    NotAnAnswer,
    Question,
    next_question,
    opened,
)
from bot.mending import mended_by
from bot.office import Office
from bot.paper import Paper
from bot.screen import Screen
from bot.texts import label, say, sources
from letters.compose import answer
from letters.lint import Fault, lint
from letters.words import named
from register.complaint import REOPENABLE, Complaint, Letter

_TAG = re.compile(r"<[^>]+>")


class Answering:
    """Asks what the complaint still lacks; what was asked last stands in the register."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._paper = Paper(office)
        self.acts = {
            "investigate": self.go_on,
            "answer": self.go_on,
            "later": self.leave,
            "ask": self.ask_again,
            "fix": self.offer_corrections,
            "rewrite": self.rewrite,
            "as_composed": self.compose_anew,
            "send": self.send,
            "reopen": self.ask_to_reopen,
            "is_reopened": self.reopen,
            **dict.fromkeys((question.value for question in Question), self.take_tap),
        }

    async def go_on(self, screen: Screen, button: Desk) -> str:
        """The next question of that complaint, wherever the interview stopped."""
        complaint = self._step(screen, button.reference, lambda one: one)
        screen.keep()
        await self._ask_next(screen, complaint)
        return ""

    async def leave(self, screen: Screen, button: Desk) -> str:
        """Enough for now."""
        complaint = self._office.complaint(button.reference)
        text = say("manager.later", reference=complaint.reference)
        await screen.turn(text, keyboards.open_card(complaint.reference))
        self._office.ask_nothing(screen.telegram_id)
        return ""

    async def ask_to_reopen(self, screen: Screen, button: Desk) -> str:
        """One question before a second answer is owed."""
        complaint = self._office.complaint(button.reference)
        screen.keep()
        text = say("manager.reopen_sure", reference=complaint.reference)
        await screen.turn(text, keyboards.sure_to_reopen(complaint))
        return ""

    async def reopen(self, screen: Screen, button: Desk) -> str:
        """The answer was not the last word: the decision is taken anew."""
        now = self._office.clock()
        self._office.step(
            button.reference,
            lambda one: one.reopened(now, screen.who) if one.state in REOPENABLE else one,
        )
        self._office.changed()
        complaint = self._step(screen, button.reference, lambda one: one)
        await self._ask_next(screen, complaint)
        return ""

    async def ask_again(self, screen: Screen, button: Desk) -> str:
        """That question, answered before or not: a way back, or to what is to be corrected."""
        complaint = self._step(screen, button.reference, lambda one: one)
        await self._ask(screen, complaint, _asked(button.choice))
        return ""

    async def take_tap(self, screen: Screen, button: Desk) -> str:
        """An answer by button."""
        asked, code = Asked.tapped(button.action, button.choice)
        if deeper := leads_to(asked, code):
            complaint = self._step(screen, button.reference, lambda one: one)
            await self._ask(screen, complaint, deeper)
            return ""
        hand = self._hand(screen)
        words = self._words_behind(asked, code)
        try:
            complaint = self._step(
                screen,
                button.reference,
                lambda one: (
                    heard(one, asked, words, hand) if words else tapped(one, asked, code, hand)
                ),
            )
        except NotAnAnswer:
            return label(f"manager.not_yet_{asked.question}")
        except KeyError:
            raise UnknownButton(button.choice) from None
        await self._go_on_after(screen, complaint, asked, code)
        return ""

    def _words_behind(self, asked: Asked, code: str) -> str:
        """The words that a button stands for where it names a case or a person."""
        if asked.question is Question.OWNER:
            return dict(self._owners()).get(int(code) if code.isdecimal() else -1, "")
        if asked.question is Question.CAUSES and (past := self._office.register.get(code)):
            return past.investigation.causes if past.investigation else ""
        return ""

    async def hear(self, screen: Screen, reference: str, asked: Asked, text: str) -> None:
        """An answer in words."""
        hand = self._hand(screen)
        try:
            complaint = self._step(screen, reference, lambda one: heard(one, asked, text, hand))
        except NotAnAnswer:
            await screen.show(_refused(asked, text))
            await self._ask(screen, self._office.complaint(reference), asked)
        else:
            await self._go_on_after(screen, complaint, asked, "")

    async def take_piece(
        self, screen: Screen, reference: str, asked: Asked, message: Message
    ) -> None:
        """A photo, a document or a voice becomes a piece of the investigation."""
        file = sent_file(message)
        if file is None:
            return await screen.show(say("manager.text_wanted"))
        await screen.tell_upload()
        try:
            data = await fetch(screen.bot, file)
        except Unfetchable:
            return await screen.show(say("manager.entry_too_big"))
        keep, hand = self._office.keep_piece, self._hand(screen)
        piece = await asyncio.to_thread(keep, file.name, data, file.content_type)
        complaint = self._step(screen, reference, lambda one: with_piece(one, piece, hand))
        await screen.show(say("manager.piece_added", name=file.name))
        return await self._ask(screen, complaint, asked)

    # -- the letter ---------------------------------------------------------------------------

    async def send(self, screen: Screen, button: Desk) -> str:
        """Let the letter leave that was read in the preview, and no other."""
        complaint = self._step(screen, button.reference, lambda one: one)
        if next_question(complaint):
            await self._ask_next(screen, complaint)
            return ""
        letter = await self._paper.enclosed(complaint, self._letter(complaint))
        complaint, now = self._office.complaint(button.reference), self._office.clock()
        if not self._is_as_read(complaint, button.choice):
            await self._ask_next(screen, complaint)
            return label("manager.preview_changed")
        after = self._office.step(
            complaint.reference, lambda one: one.approved(now, screen.who, letter)
        )
        try:
            await self._tell_approved(screen, after, letter)
        finally:
            self._office.changed()
        return label("manager.noted")

    def _is_as_read(self, complaint: Complaint, mark: str) -> bool:
        """Whether its letter is the one that was read, and may leave as it now stands."""
        if next_question(complaint):
            return False
        letter = self._letter(complaint)
        return _mark(letter) == mark and not self._faults(letter, complaint)

    async def _tell_approved(self, screen: Screen, complaint: Complaint, letter: Letter) -> None:
        reference = complaint.reference
        if letter.to is None:
            text = say("manager.approved_handed", reference=reference)
            await screen.turn(text, keyboards.unsent(complaint, letter))
            await self._paper.drop_draft(screen, complaint)
            await self._paper.give(screen, complaint, letter)
            return self._office.warned(complaint, letter, screen.telegram_id)
        self._paper.keep_draft(screen, complaint)
        text = say("manager.approved", reference=reference, channel=named(letter.to.channel))
        await screen.turn(text, keyboards.open_card(reference))
        return None

    async def _preview(self, screen: Screen, complaint: Complaint) -> None:
        letter = self._letter(complaint)
        await screen.settle(say("manager.preview_comes", reference=complaint.reference))
        await self._paper.show_draft(screen, complaint, letter)
        faults = self._faults(letter, complaint)
        head = _head(complaint, letter, faults)
        first, *others = cards.pages(letter.body)
        texts = [*_together(head, first), *others]
        keyboard = keyboards.preview(complaint, _mark(letter))
        if faults:
            places = mended_by(faults, complaint, self._office.establishment, self._others())
            keyboard = keyboards.held(complaint, asking.mending(complaint, places))
        for text in texts:
            await screen.show(text, keyboard if text is texts[-1] else None)
        self._office.ask_nothing(screen.telegram_id)

    def _letter(self, complaint: Complaint) -> Letter:
        zone = self._office.timetable.zone
        return answer(complaint, self._office.establishment, at=self._office.clock(), zone=zone)

    # -- what is wrong with it ----------------------------------------------------------------

    async def offer_corrections(self, screen: Screen, button: Desk) -> str:
        """Every question, to be answered once more."""
        complaint = self._step(screen, button.reference, lambda one: one)
        text = say("manager.fix", reference=complaint.reference)
        screen.keep()
        await screen.turn(text, asking.corrections(complaint))
        return ""

    async def rewrite(self, screen: Screen, button: Desk) -> str:
        """The letter in the manager's own words: it stays above, to be copied."""
        complaint = self._step(screen, button.reference, lambda one: one)
        screen.keep()
        await self._ask(screen, complaint, Asked(Question.BODY))
        return ""

    async def compose_anew(self, screen: Screen, button: Desk) -> str:
        """The composed letter again, in place of the manager's words."""
        now = self._office.clock()
        complaint = self._step(
            screen,
            button.reference,
            lambda one: one.decided(now, screen.who, replace(one.decision, body="")),
        )
        await self._ask_next(screen, complaint)
        return label("manager.noted")

    def _faults(self, letter: Letter, complaint: Complaint) -> list[Fault]:
        return lint(letter, complaint, self._office.establishment, self._others())

    def _others(self) -> list[Complaint]:
        return self._office.register.complaints()

    # -- the questions ------------------------------------------------------------------------

    async def _go_on_after(
        self, screen: Screen, complaint: Complaint, asked: Asked, code: str
    ) -> None:
        """After an answer: the same question for more of it, or the next that lacks one."""
        if again := stays_at(complaint, asked, code):
            await self._ask(screen, complaint, again)
        else:
            await self._ask_next(screen, complaint, asked.question)

    async def _ask_next(
        self, screen: Screen, complaint: Complaint, noted: Question | None = None
    ) -> None:
        asked = next_question(complaint)
        if asked is None:
            await self._preview(screen, complaint)
        else:
            await self._ask(screen, complaint, asked, noted)

    async def _ask(
        self,
        screen: Screen,
        complaint: Complaint,
        asked: Asked,
        noted: Question | None = None,
    ) -> None:
        """Show a question, and remember it after: an update that comes twice answers once."""
        around = asking.Around(
            similar=self._office.similar_for(complaint, screen.telegram_id),
            others=self._office.others_at(complaint.reference, screen.telegram_id),
            owners=self._owners(),
        )
        text = asking.text(complaint, asked, around, noted)
        await screen.turn(text, asking.keyboard(complaint, asked, around))
        self._office.ask(screen.telegram_id, complaint.reference, asked.code)

    def _owners(self) -> list[tuple[int, str]]:
        """Who can be named with a tap: the managers, and who signs the letters."""
        known = [(one.telegram_id, one.name) for one in self._office.register.managers()]
        named_ = {name: of for of, name in known if name}
        return [
            (of, name) for name, of in ({self._office.establishment.signatory: 0} | named_).items()
        ]

    def _hand(self, screen: Screen) -> Hand:
        now = self._office.clock()
        today = self._office.timetable.local(now).date()
        name = self._office.manager_name(screen.telegram_id)
        return Hand(at=now, who=screen.who, name=name, today=today)

    def _step(
        self, screen: Screen, reference: str, take: Callable[[Complaint], Complaint]
    ) -> Complaint:
        """A step on a complaint under investigation, which is opened first where it is not."""
        now = self._office.clock()
        return self._office.step(reference, lambda one: take(opened(one, now, screen.who)))


def _asked(code: str) -> Asked:
    """The question of a button. Raises UnknownButton for one that is no longer asked."""
    try:
        return Asked.read(code)
    except ValueError:
        raise UnknownButton(code) from None


def _refused(asked: Asked, text: str) -> str:
    """Why a text is no answer."""
    length = len(text.strip())
    if length > LONGEST_ANSWER and asked.question is not Question.BODY:
        return say("manager.too_long", most=LONGEST_ANSWER, length=length)
    own = f"manager.not_an_answer_{asked.question}"
    return say(own if own in sources() else "manager.not_an_answer")


def _head(complaint: Complaint, letter: Letter, faults: Sequence[Fault]) -> str:
    """What stands above the letter: how it will leave, or why it may not yet."""
    return say(
        "manager.preview_head",
        reference=complaint.reference,
        way=_way(letter),
        is_own=bool(complaint.decision.body),
        faults=[named(one) for one in faults],
    )


def _together(head: str, page: str) -> list[str]:
    """The heading with the first page, or by itself where one message does not hold both."""
    text = f"{head}\n\n{page}"
    shown = html.unescape(_TAG.sub("", text)).encode("utf-16-le")  # what Telegram counts
    return [text] if len(shown) // 2 <= MessageLimit.MAX_TEXT_LENGTH else [head, page]


def _way(letter: Letter) -> str:
    if letter.to is None:
        return label("manager.preview_handed")
    return say("manager.preview_to", channel=named(letter.to.channel))


def _mark(letter: Letter) -> str:
    """Eight signs that stand for this text to this address."""
    to = letter.to.value if letter.to else ""
    return hashlib.sha256(f"{to}\n{letter.subject}\n{letter.body}".encode()).hexdigest()[:8]
