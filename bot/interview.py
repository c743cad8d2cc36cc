"""The interview that leads to the answer: which question comes next, and which can be tapped. Pure.

    facts → causes → severity → at once → isolated → grievances → finding and reason of each
    → actions → compensation → preview

What is asked follows from what the complaint still lacks, so it goes on where it stopped after any
pause or restart, and nothing is asked twice. What an answer does stands in `answers`.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Self

from bot.texts import label, sources
from intake.grievances import grievances
from letters.words import named
from register.complaint import (
    ANSWERED_STATES,
    Complaint,
    Finding,
    Grievance,
    IllegalStep,
    Investigation,
    LetterKind,
    Outcome,
    Refusal,
)
from register.labels import Motive
from register.remedy import CompensationKind

NONE, DONE, UNKNOWN = "none", "done", "unknown"
ISOLATED, SHARED = "yes", "no"
NEW = "new"  # stands where the number of a grievance stands, until it has one


class Question(StrEnum):
    """What the manager is asked, one at a time; from `GRIEVANCE` on by a choice alone."""

    FACTS = "facts"
    CAUSES = "causes"
    CONCERNS = "concerns"  # with the severity
    IMMEDIATE = "immediate"
    ISOLATED = "isolated"
    GRIEVANCES = "grievances"
    FINDING = "finding"  # of one grievance
    REASON = "reason"
    ACTIONS = "actions"
    COMPENSATION = "compensation"
    GRIEVANCE = "grievance"  # the words of one
    OWNER = "owner"  # of one action
    DUE = "due"
    AMOUNT = "amount"  # of one kind of compensation
    GESTURE = "gesture"
    GIVEN_BY = "given_by"  # of one compensation
    REASONS = "reasons"  # a general word
    BODY = "body"  # the whole letter


_ABOUT = frozenset(
    {
        Question.FINDING,
        Question.REASON,
        Question.GRIEVANCE,
        Question.OWNER,
        Question.DUE,
        Question.AMOUNT,
        Question.GIVEN_BY,
    }
)
UNKNOWABLE = frozenset(
    {
        Question.FACTS,
        Question.CAUSES,
        Question.CONCERNS,
        Question.IMMEDIATE,
        Question.ISOLATED,
    }
)
"""What a manager may not know: it is asked no more by itself, and the card names it."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One question: `about` is the number of what it is about, or a kind of compensation."""

    question: Question
    about: str = ""

    @property
    def code(self) -> str:
        """As the register remembers it: "facts", "finding.2"."""
        return f"{self.question}.{self.about}" if self.about else self.question.value

    @property
    def number(self) -> int:
        """The number of what it is about; 0 where it is about nothing, or something new."""
        return int(self.about) if self.about.isdecimal() else 0

    @classmethod
    def read(cls, code: str) -> Self:
        """The question of a code. Raises ValueError for one that is no longer asked."""
        question, _, about = code.partition(".")
        return cls(Question(question), about)

    def choice(self, code: str) -> str:
        """What a button of this question carries."""
        return f"{self.about}.{code}" if self.question in _ABOUT else code

    @classmethod
    def tapped(cls, question: str, choice: str) -> tuple[Self, str]:
        """The question and the code of a tapped button."""
        kind = Question(question)
        if kind not in _ABOUT:
            return cls(kind), choice
        about, _, code = choice.partition(".")
        return cls(kind, about), code


class NotAnAnswer(Exception):
    """What was said does not answer the question; it is asked again."""


@dataclass(frozen=True, slots=True)
class Hand:
    """Whose answer it is, and when: what is promised is theirs to do where nobody else is named."""

    at: datetime
    who: str  # "manager:7"
    name: str
    today: date


class NextStep(StrEnum):
    """What an open complaint waits for."""

    INVESTIGATE = "investigate"
    ANSWER = "answer"
    APPROVE = "approve"
    LEAVING = "leaving"
    ACT = "act"  # its answer cannot leave


# -- which question ---------------------------------------------------------------------------


def questions(complaint: Complaint) -> list[Asked]:
    """All that is asked of this complaint, in order; one grievance is proposed as it is judged."""
    found = [*map(Asked, (Question.FACTS, Question.CAUSES, Question.CONCERNS))]
    found += [*map(Asked, (Question.IMMEDIATE, Question.ISOLATED))]
    if len(complaint.grievances) != 1:
        found.append(Asked(Question.GRIEVANCES))
    for one in complaint.grievances:
        about = str(one.number)
        found += [Asked(Question.FINDING, about), Asked(Question.REASON, about)]
    if complaint.outcome is not Outcome.NOT_UPHELD:  # then nothing more is owed
        found += [Asked(Question.ACTIONS), Asked(Question.COMPENSATION)]
    return found


def next_question(complaint: Complaint) -> Asked | None:
    """What is still to be asked; None once the answer can be previewed."""
    return next((one for one in questions(complaint) if not _is_answered(complaint, one)), None)


def question_before(complaint: Complaint, asked: Asked | None) -> Asked | None:
    """The one to go back to: None at the first. From the preview (None) it is the last."""
    order = questions(complaint)
    if asked is None:
        return order[-1]
    if asked.question in (Question.BODY, Question.REASONS):
        return None
    if asked not in order:
        return parent_of(complaint, asked)
    at = order.index(asked)
    return order[at - 1] if at else None


def parent_of(complaint: Complaint, asked: Asked) -> Asked | None:
    """The question whose choice has led to this one; None where none has."""
    if asked.question is Question.GRIEVANCE:
        is_one = len(complaint.grievances) == 1
        return Asked(Question.FINDING, "1") if is_one else Asked(Question.GRIEVANCES)
    if asked.question in (Question.OWNER, Question.DUE):
        action = next((one for one in complaint.actions if one.number == asked.number), None)
        at_once = action is not None and action.is_immediate
        return Asked(Question.IMMEDIATE if at_once else Question.ACTIONS)
    if asked.question in (Question.AMOUNT, Question.GESTURE, Question.GIVEN_BY):
        return Asked(Question.COMPENSATION)
    return None


def next_step(complaint: Complaint) -> NextStep:
    """What an open complaint waits for, said in one word."""
    letter = complaint.letter(LetterKind.ANSWER)
    if letter is not None and not letter.is_sent:
        return NextStep.ACT if letter.is_stuck else NextStep.LEAVING
    asked = next_question(complaint)
    if asked is None:
        return NextStep.APPROVE
    return NextStep.INVESTIGATE if asked.question in UNKNOWABLE else NextStep.ANSWER


def grievance_of(complaint: Complaint, number: int) -> Grievance | None:
    """The grievance of that number; None where there is none (any more)."""
    return next((one for one in complaint.grievances if one.number == number), None)


_INVESTIGATED: dict[Question, Callable[[Investigation], bool]] = {
    Question.FACTS: lambda found: bool(found.facts or found.heard),
    Question.CAUSES: lambda found: bool(found.causes),
    Question.CONCERNS: lambda found: found.is_weighed,
    Question.IMMEDIATE: lambda found: found.immediate_asked,
    Question.ISOLATED: lambda found: found.is_isolated is not None,
}


def _is_answered(complaint: Complaint, asked: Asked) -> bool:
    found, decision = complaint.investigation, complaint.decision
    if is_found := _INVESTIGATED.get(asked.question):
        return found is not None and (asked.question in found.unknown or is_found(found))
    one = grievance_of(complaint, asked.number)
    match asked.question:
        case Question.GRIEVANCES:
            return bool(complaint.grievances) and decision.grievances_asked
        case Question.FINDING:
            return one is not None and one.finding is not None
        case Question.REASON:
            return one is not None and bool(one.reason)
        case Question.ACTIONS:
            return bool(complaint.actions) and decision.actions_asked
        case _:
            return decision.compensation_asked


# -- what can be tapped -----------------------------------------------------------------------


def offered(complaint: Complaint, asked: Asked) -> tuple[str, ...]:
    """The codes that answer a question, in order: causes, actions and reasons by motive."""
    match asked.question:
        case Question.FACTS:
            return ("file", "staff", "both")
        case Question.ISOLATED:
            return (ISOLATED, SHARED)
        case Question.FINDING:
            return tuple(Finding)
        case Question.CAUSES:
            return _by_motive(complaint, "causes")
        case Question.IMMEDIATE | Question.ACTIONS:
            chosen = {one.what for one in complaint.actions}
            codes = _by_motive(complaint, asked.question)
            return tuple(one for one in codes if words_of(asked, one) not in chosen)
        case Question.REASON:
            one = grievance_of(complaint, asked.number)
            return _reasons(complaint, one.finding) if one and one.finding else ()
        case Question.COMPENSATION:
            return _compensations(complaint)
    return ()


def words_of(asked: Asked, code: str) -> str:
    """What a tapped code says. Raises KeyError for one that the question never had."""
    return label(f"manager.{asked.question}_{code}")


def _by_motive(complaint: Complaint, kind: str) -> tuple[str, ...]:
    motive = complaint.motives[0] if complaint.motives else Motive.OTHER
    if motive.is_own:  # nobody has written causes for it: the plain ones
        motive = Motive.OTHER
    return _codes(kind, f"{motive}_")


def _reasons(complaint: Complaint, finding: Finding) -> tuple[str, ...]:
    """Those of the motive, then those that fit any."""
    motive = complaint.motives[0] if complaint.motives else Motive.OTHER
    return (*_codes("reason", f"{finding}_{motive}_"), *_codes("reason", f"{finding}_any_"))


def _compensations(complaint: Complaint) -> tuple[str, ...]:
    """None, one or two lessons, what was paid where the text says it, then each kind."""
    paid = complaint.extraction.source.amount
    known = (f"{CompensationKind.REFUND}.{paid}",) if paid else ()
    kinds = [one for one in CompensationKind if one is not CompensationKind.LESSONS]
    return (NONE, "lessons.1", "lessons.2", *known, *kinds)


def _codes(kind: str, start: str) -> tuple[str, ...]:
    key = f"manager.{kind}_{start}"
    return tuple(one.removeprefix(f"manager.{kind}_") for one in sources() if one.startswith(key))


def mark(text: str) -> str:
    """Six signs that stand for one item of a list."""
    return hashlib.sha256(text.encode()).hexdigest()[:6]


# -- where it begins --------------------------------------------------------------------------


def opened(complaint: Complaint, at: datetime, who: str) -> Complaint:
    """The complaint under investigation, its grievances proposed.

    Raises IllegalStep where an answer has been given, or none is owed any more: an old button
    must not open a closed complaint again.
    """
    letter = complaint.letter(LetterKind.ANSWER)
    if complaint.state in ANSWERED_STATES or (letter is not None and not letter.is_sent):
        raise IllegalStep(Refusal.ALREADY_ANSWERED, complaint)
    if not complaint.is_open:
        raise IllegalStep(Refusal.OUT_OF_ORDER, complaint)
    after = complaint.investigated(at, who)
    return after if after.grievances else after.with_grievances(at, who, proposed(after))


def proposed(complaint: Complaint) -> list[Grievance]:
    """What the client's text complains of; by its motive where there is no text."""
    texts = grievances(complaint.text) or (_unsaid(complaint),)
    return [Grievance(number=number, text=text) for number, text in enumerate(texts, 1)]


def _unsaid(complaint: Complaint) -> str:
    known = [one for one in complaint.motives if one is not Motive.OTHER]
    return named(known[0]) if known else label("manager.grievance_unsaid")
