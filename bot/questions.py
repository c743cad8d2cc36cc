"""What a client is asked once the complaint is registered: only what is missing, one at a time.

A question counts as asked once it has left; what is answered or skipped is saved with the step to
the next, so a message that comes again is neither lost nor taken for the answer to another.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from telegram import Bot

from bot.callbacks import Client
from bot.replies import tell
from bot.texts import label, say
from register.complaint import Complaint, ReceivedMessage
from register.database import Register
from register.people import Supplement

ANSWER_WITHIN = timedelta(days=1)  # what is written later is no answer to our question
LONGEST_NAME = 120  # characters; the whole answer is kept with the messages


class Questions:
    """The supplements under way, chat by chat."""

    def __init__(self, register: Register, clock: Callable[[], datetime]) -> None:
        self._register = register
        self._clock = clock

    def begin(self, chat: str, reference: str) -> None:
        """Note what is missing of a complaint just registered; `ask` puts the first question."""
        complaint = self._register.get(reference)
        waiting = missing(complaint) if complaint else ()
        self._register.save_supplement(
            Supplement(chat=chat, reference=reference, asking="", waiting=waiting)
        )

    def awaited(self, chat: str) -> Supplement | None:
        """The supplement whose question waits for an answer now; None where nothing waits."""
        supplement = self._register.supplement(chat)
        if supplement is None or not supplement.asking:
            return None
        complaint = self._register.get(supplement.reference)
        if complaint and self._clock() - complaint.registered_at < ANSWER_WITHIN:
            return supplement
        self._register.drop_supplement(chat)
        return None

    def answer(self, supplement: Supplement, message: ReceivedMessage) -> None:
        """Take a message as the answer; one without words is only kept."""

        def answered(complaint: Complaint) -> Complaint:
            kept = complaint.with_message(message)
            words = message.text.strip()
            return _WRITERS[supplement.asking](kept, words) if words else kept

        with self._register.one_save():
            self._register.update(supplement.reference, answered)
            if message.text.strip():
                self._register.save_supplement(replace(supplement, asking=""))

    def skip(self, chat: str, question: str) -> bool:
        """Go on without an answer; False where this question does not wait (any more)."""
        supplement = self._register.supplement(chat)
        if supplement is None or supplement.asking != question:
            return False
        self._register.save_supplement(replace(supplement, asking=""))
        return True

    async def ask(self, bot: Bot, chat: str) -> None:
        """Put the next question, or say thanks after the last; nothing where one is waiting."""
        supplement = self._register.supplement(chat)
        if supplement is None or supplement.asking:
            return
        if not supplement.waiting:
            await tell(bot, chat, say("complainant.thanks", reference=supplement.reference))
            return self._end(supplement)
        question, *rest = supplement.waiting
        skip = (label("complainant.button_skip"), Client("skip", question))
        if await tell(bot, chat, say(f"complainant.ask_{question}"), skip):
            self._go_on(supplement, replace(supplement, asking=question, waiting=tuple(rest)))
        return None

    def _end(self, supplement: Supplement) -> None:
        if self._register.supplement(supplement.chat) == supplement:
            self._register.drop_supplement(supplement.chat)

    def _go_on(self, before: Supplement, after: Supplement) -> None:
        if self._register.supplement(before.chat) == before:  # it may have changed while we sent
            self._register.save_supplement(after)


def missing(complaint: Complaint) -> tuple[str, ...]:
    """The questions that the complaint leaves open, in the order in which they are asked."""
    known = {
        "name": any(one.isalpha() for one in complaint.complainant.name),
        "contact": bool(complaint.complainant.contact),
        "when": bool(complaint.when or complaint.extraction.source.incident_date),
        "expectation": bool(complaint.expectation),
    }
    return tuple(question for question, is_known in known.items() if not is_known)


def _with_name(complaint: Complaint, words: str) -> Complaint:
    named = replace(complaint.complainant, name=_first_line(words))
    return replace(complaint, complainant=named)


def _with_contact(complaint: Complaint, words: str) -> Complaint:
    reached = replace(complaint.complainant, contact=_first_line(words))
    return replace(complaint, complainant=reached)


def _with_when(complaint: Complaint, words: str) -> Complaint:
    return replace(complaint, when=words)


def _with_expectation(complaint: Complaint, words: str) -> Complaint:
    return replace(complaint, expectation=words)


def _first_line(words: str) -> str:
    return words.splitlines()[0][:LONGEST_NAME].strip()


_WRITERS: dict[str, Callable[[Complaint, str], Complaint]] = {
    "name": _with_name,
    "contact": _with_contact,
    "when": _with_when,
    "expectation": _with_expectation,
}
