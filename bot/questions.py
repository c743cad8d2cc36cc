"""What a client is asked once the complaint is registered: only what is missing, one at a time.

A question counts as asked once it has left; what is answered or skipped is saved with the step to
the next, so a message that comes again is neither lost nor taken for the answer to another. What
cannot be the answer (no words, a whole story, no number) is kept with the complaint's messages.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from telegram import Bot

from bot.callbacks import Client
from bot.replies import tell
from bot.texts import label, say
from register.complaint import Complaint, ReceivedMessage
from register.conflict import with_conflicts
from register.database import Register
from register.people import Supplement

ANSWER_WITHIN = timedelta(days=1)  # what is written later is no answer to our question
LONGEST_NAME = 120  # characters; the whole answer is kept with the messages
LONGEST_ANSWER = 200  # characters of a name, a contact, a day: more is a story

_AGAIN = "contact_again"
_DATE = r"\d\d[\s./-]\d\d[\s./-](?:19|20)\d\d\b"
_ABROAD = r"(?:\+|00)\d(?:[\s.()-]*\d){7,13}"
_FRENCH = r"0(?:[\s.-]*\d){9}|0\d(?:/\d\d){4}"
_PHONE = rf"(?<!\d)(?!{_DATE})(?:{_ABROAD}|{_FRENCH})(?!\d)"
_REACHABLE = re.compile(rf"{_PHONE}|[^\s@<>]+@[^\s@<>]+\.\w{{2,}}")


class Questions:
    """The supplements under way, chat by chat."""

    def __init__(self, register: Register, clock: Callable[[], datetime], signatory: str) -> None:
        self._signatory = signatory
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
        supplement = self._current(chat)
        return supplement if supplement and supplement.asking else None

    def answer(self, supplement: Supplement, message: ReceivedMessage, words: str) -> None:
        """Keep a message, and the client's own words in it as the answer where they can be one."""
        is_answer = _answers(supplement.asking, words)

        def answered(complaint: Complaint) -> Complaint:
            kept = complaint.with_message(message)
            after = _WRITERS[supplement.asking](kept, words) if is_answer else kept
            managers, now = self._register.managers(), self._clock()
            return with_conflicts(after, managers, self._signatory, now)  # in this very save

        with self._register.one_save():
            self._register.update(supplement.reference, answered)
            after = replace(supplement, asking="") if is_answer else _asked_again(supplement, words)
            self._register.save_supplement(after)

    def skip(self, chat: str, question: str) -> bool:
        """Go on without an answer; False where this question does not wait (any more)."""
        supplement = self._register.supplement(chat)
        if supplement is None or supplement.asking != question:
            return False
        self._register.save_supplement(replace(supplement, asking=""))
        return True

    async def ask(self, bot: Bot, chat: str) -> None:
        """Put the next question, or say thanks after the last; nothing where one is waiting."""
        supplement = self._current(chat)
        if supplement is None or supplement.asking:
            return
        if not supplement.waiting:
            await tell(bot, chat, self._thanks(supplement.reference))
            return self._end(supplement)
        question, *rest = supplement.waiting
        skip = (label("complainant.button_skip"), Client("skip", question))
        if await tell(bot, chat, say(f"complainant.ask_{question}"), skip):
            self._go_on(supplement, replace(supplement, asking=question, waiting=tuple(rest)))
        return None

    def _current(self, chat: str) -> Supplement | None:
        """The supplement under way; one whose complaint needs nothing more is dropped."""
        supplement = self._register.supplement(chat)
        if supplement is None:
            return None
        complaint = self._register.get(supplement.reference)
        if complaint and complaint.is_open and self._is_fresh(complaint):
            return supplement
        self._register.drop_supplement(chat)
        return None

    def _is_fresh(self, complaint: Complaint) -> bool:
        return self._clock() - complaint.registered_at < ANSWER_WITHIN

    def _thanks(self, reference: str) -> str:
        complaint = self._register.get(reference)
        is_complete = complaint is not None and not missing(complaint)
        return say("complainant.thanks", reference=reference, is_complete=is_complete)

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


def _answers(question: str, words: str) -> bool:
    if not words or question == "expectation":
        return bool(words)
    if len(words) > LONGEST_ANSWER:
        return False
    return question not in ("contact", _AGAIN) or bool(_REACHABLE.search(words))


def _asked_again(supplement: Supplement, words: str) -> Supplement:
    """After what was no answer: the question waits on; that for a contact is put twice at most."""
    if words and supplement.asking == "contact":
        return replace(supplement, asking="", waiting=(_AGAIN, *supplement.waiting))
    if words and supplement.asking == _AGAIN:
        return replace(supplement, asking="")
    return supplement


def _with_name(complaint: Complaint, words: str) -> Complaint:
    named = replace(complaint.complainant, name=_first_line(words))
    return replace(complaint, complainant=named)


def _with_contact(complaint: Complaint, words: str) -> Complaint:
    line = next(filter(_REACHABLE.search, words.splitlines()), words)
    reached = replace(complaint.complainant, contact=_first_line(line))
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
    _AGAIN: _with_contact,
    "when": _with_when,
    "expectation": _with_expectation,
}
