"""From the investigation to the answer: one question at a time, then the letter to be read."""

import hashlib
from collections.abc import Callable

from bot import cards, keyboards
from bot.callbacks import Desk, UnknownButton
from bot.interview import (
    ANSWERED,
    LONGEST_ANSWER,
    NotAnAnswer,
    Question,
    choice_said,
    followed_up,
    heard,
    next_question,
    opened,
    tapped,
)
from bot.office import Office
from bot.paper import Paper
from bot.screen import Screen
from bot.texts import label, say
from letters.compose import answer
from letters.words import named
from register.complaint import Complaint, Letter

_FIXES = {
    "fix_outcome": Question.OUTCOME,
    "fix_causes": Question.CAUSES,
    "fix_isolated": Question.ISOLATED,
    "fix_reasons": Question.REASONS,
    "fix_actions": Question.ACTIONS,
    "fix_compensation": Question.COMPENSATION,
}


class Answering:
    """Asks what the complaint still lacks; what was asked last stands in the register."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._paper = Paper(office)
        self.acts = {
            "investigate": self.go_on,
            "answer": self.go_on,
            "later": self.leave,
            "send": self.send,
            "reopen": self.ask_to_reopen,
            "is_reopened": self.reopen,
            **dict.fromkeys(_FIXES, self.fix),
            **dict.fromkeys(
                (question.value for question in Question if question is not Question.REASONS),
                self.take_tap,
            ),
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
            lambda one: one.reopened(now, screen.who) if one.state in ANSWERED else one,
        )
        self._office.changed()
        complaint = self._step(screen, button.reference, lambda one: one)
        await self._ask_next(screen, complaint)
        return ""

    async def fix(self, screen: Screen, button: Desk) -> str:
        """One question again."""
        complaint = self._step(screen, button.reference, lambda one: one)
        await self._ask(screen, complaint, _FIXES[button.action])
        return ""

    async def take_tap(self, screen: Screen, button: Desk) -> str:
        """An answer by button."""
        question, now = Question(button.action), self._office.clock()
        if deeper := followed_up(question, button.choice):
            complaint = self._step(screen, button.reference, lambda one: one)
            await self._ask(screen, complaint, deeper)
            return ""
        try:
            complaint = self._step(
                screen,
                button.reference,
                lambda one: tapped(one, question, button.choice, now, screen.who),
            )
        except (KeyError, NotAnAnswer):
            raise UnknownButton(button.choice) from None
        await self._ask_next(screen, complaint, question)
        return ""

    async def hear(self, screen: Screen, reference: str, question: Question, text: str) -> None:
        """An answer in words."""
        now, code = self._office.clock(), choice_said(question, text)
        if code and (deeper := followed_up(question, code)):
            complaint = self._step(screen, reference, lambda one: one)
            return await self._ask(screen, complaint, deeper)
        try:
            complaint = self._step(
                screen, reference, lambda one: heard(one, question, text, now, screen.who)
            )
        except NotAnAnswer:
            await screen.show(_refused(text))
            await self._ask(screen, self._office.complaint(reference), question)
        else:
            await self._ask_next(screen, complaint, question)

    # -- the letter ---------------------------------------------------------------------------

    async def send(self, screen: Screen, button: Desk) -> str:
        """Let the letter leave that was read in the preview, and no other."""
        complaint = self._step(screen, button.reference, lambda one: one)
        if next_question(complaint):
            await self._ask_next(screen, complaint)
            return ""
        letter = await self._paper.enclosed(complaint, self._letter(complaint))
        complaint, now = self._office.complaint(button.reference), self._office.clock()
        if _mark(self._letter(complaint)) != button.choice:
            await self._preview(screen, complaint)
            return label("manager.preview_changed")
        after = self._office.step(
            complaint.reference, lambda one: one.approved(now, screen.who, letter)
        )
        try:
            await self._tell_approved(screen, after, letter)
        finally:
            self._office.changed()
        return label("manager.noted")

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
        way = _way(letter)
        head = say("manager.preview_head", reference=complaint.reference, way=way)
        first, *others = cards.pages(letter.body)
        texts = [f"{head}\n\n{first}", *others]
        keyboard = keyboards.preview(complaint, _mark(letter))
        for text in texts:
            await screen.show(text, keyboard if text is texts[-1] else None)
        self._office.ask_nothing(screen.telegram_id)

    def _letter(self, complaint: Complaint) -> Letter:
        zone = self._office.timetable.zone
        return answer(complaint, self._office.establishment, at=self._office.clock(), zone=zone)

    # -- the questions ------------------------------------------------------------------------

    async def _ask_next(
        self, screen: Screen, complaint: Complaint, noted: Question | None = None
    ) -> None:
        question = next_question(complaint)
        if question is None:
            await self._preview(screen, complaint)
        else:
            await self._ask(screen, complaint, question, noted)

    async def _ask(
        self,
        screen: Screen,
        complaint: Complaint,
        question: Question,
        noted: Question | None = None,
    ) -> None:
        """Show a question, and remember it after: an update that comes twice answers once."""
        text = say(
            "manager.asked",
            reference=complaint.reference,
            noted=label(f"manager.noted_{noted}") if noted else "",
            question=label(f"manager.ask_{question}"),
            similar=self._similar(complaint) if question is Question.ISOLATED else "",
        )
        await screen.turn(text, keyboards.question(complaint, question))
        self._office.ask(screen.telegram_id, complaint.reference, question)

    def _similar(self, complaint: Complaint) -> str:
        return cards.similar_cases(self._office.similar(complaint))

    def _step(
        self, screen: Screen, reference: str, take: Callable[[Complaint], Complaint]
    ) -> Complaint:
        """A step on a complaint under investigation, which is opened first where it is not."""
        now = self._office.clock()
        return self._office.step(reference, lambda one: take(opened(one, now, screen.who)))


def _refused(text: str) -> str:
    """Why a text is no answer; the only thing that is always wrong is its length."""
    length = len(text.strip())
    if length <= LONGEST_ANSWER:
        return say("manager.not_an_answer")
    return say("manager.too_long", most=LONGEST_ANSWER, length=length)


def _way(letter: Letter) -> str:
    if letter.to is None:
        return label("manager.preview_handed")
    return say("manager.preview_to", channel=named(letter.to.channel))


def _mark(letter: Letter) -> str:
    """Eight signs that stand for this text to this address."""
    to = letter.to.value if letter.to else ""
    return hashlib.sha256(f"{to}\n{letter.subject}\n{letter.body}".encode()).hexdigest()[:8]
