"""The interview that leads to the answer: which question comes next, and what an answer does. Pure.

    causes → isolated → outcome → reasons → actions → compensation → preview

What is asked follows from what the complaint still lacks, so it goes on where it stopped after any
pause or restart, and nothing is asked twice.
"""

import re
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from bot.texts import label, say, sources
from letters.words import amount
from register.complaint import (
    Complaint,
    Decision,
    IllegalStep,
    LetterKind,
    Outcome,
    Refusal,
    State,
)
from register.labels import Motive

LONGEST_ANSWER = 3000  # characters: the letter must stay one that a person reads

_AMOUNT = re.compile(
    r"(\d{1,3}(?:[ \u00a0\u202f.]\d{3})+|\d{1,7})(?:[.,](\d{1,2}))?\s*(?:€|euros?)?"
)
_WORD = re.compile(r"[^\W\d_]{2}")
ANSWERED = frozenset({State.ANSWERED, State.ACTIONS_FOLLOWED, State.CLOSED})


class Question(StrEnum):
    """What the manager is asked, one at a time; the last two are asked by a choice alone."""

    CAUSES = "causes"
    ISOLATED = "isolated"
    OUTCOME = "outcome"
    REASONS = "reasons"
    ACTIONS = "actions"
    COMPENSATION = "compensation"
    REFUND = "refund"  # how much
    GESTURE = "gesture"  # which one


class NextStep(StrEnum):
    """What an open complaint waits for."""

    INVESTIGATE = "investigate"
    ANSWER = "answer"
    APPROVE = "approve"
    LEAVING = "leaving"
    ACT = "act"  # its answer cannot leave


class NotAnAnswer(Exception):
    """What was said does not answer the question; it is asked again."""


NO_COMPENSATION = "none"
ISOLATED, SHARED = "yes", "no"
_CHOICES: dict[Question, tuple[str, ...]] = {
    Question.ISOLATED: (ISOLATED, SHARED),
    Question.OUTCOME: tuple(Outcome),
    Question.COMPENSATION: (NO_COMPENSATION, "lesson", Question.REFUND, Question.GESTURE),
}
_BY_MOTIVE = (Question.CAUSES, Question.ACTIONS)
_FOLLOW_UPS = (Question.REFUND, Question.GESTURE)


# -- which question ---------------------------------------------------------------------------


def next_question(complaint: Complaint) -> Question | None:
    """What is still to be asked; None once the answer can be previewed."""
    found, decision = complaint.investigation, complaint.decision
    if found is None or not found.causes:
        return Question.CAUSES
    if found.is_isolated is None:
        return Question.ISOLATED
    if decision.outcome is None:
        return Question.OUTCOME
    if not decision.reasons:
        return Question.REASONS
    if decision.outcome is Outcome.NOT_UPHELD:
        return None
    if not decision.actions:
        return Question.ACTIONS
    return None if decision.compensation_asked else Question.COMPENSATION


def next_step(complaint: Complaint) -> NextStep:
    """What an open complaint waits for, said in one word."""
    letter = complaint.letter(LetterKind.ANSWER)
    if letter is not None and not letter.is_sent:
        return NextStep.ACT if letter.is_stuck else NextStep.LEAVING
    question = next_question(complaint)
    if question in (Question.CAUSES, Question.ISOLATED):
        return NextStep.INVESTIGATE
    return NextStep.ANSWER if question else NextStep.APPROVE


def offered(complaint: Complaint, question: Question) -> tuple[str, ...]:
    """The codes that can be tapped for a question, in order; causes and actions by motive."""
    if question in _CHOICES:
        return _CHOICES[question]
    if question not in _BY_MOTIVE:
        return ()
    motive = complaint.motives[0] if complaint.motives else Motive.OTHER
    if motive.is_own:  # nobody has written causes for it: the plain ones
        motive = Motive.OTHER
    start = f"manager.{question}_{motive}_"
    return tuple(
        key.removeprefix(f"manager.{question}_") for key in sources() if key.startswith(start)
    )


def words_of(question: Question, code: str) -> str:
    """What a tapped code says. Raises KeyError for one that the question never had."""
    return label(f"manager.{question}_{code}")


def followed_up(question: Question, code: str) -> Question | None:
    """The question that a tapped choice leads to; None where the choice is the answer."""
    if question is Question.COMPENSATION and code in _FOLLOW_UPS:
        return Question(code)
    return None


# -- what an answer does ----------------------------------------------------------------------


def opened(complaint: Complaint, at: datetime, who: str) -> Complaint:
    """The complaint under investigation.

    Raises IllegalStep where an answer has been given, or none is owed any more: an old button
    must not open a closed complaint again.
    """
    letter = complaint.letter(LetterKind.ANSWER)
    if complaint.state in ANSWERED or (letter is not None and not letter.is_sent):
        raise IllegalStep(Refusal.ALREADY_ANSWERED, complaint)
    if not complaint.is_open:
        raise IllegalStep(Refusal.OUT_OF_ORDER, complaint)
    return complaint.investigated(at, who)


def tapped(
    complaint: Complaint, question: Question, code: str, at: datetime, who: str
) -> Complaint:
    """The complaint after a tap on a code that the question offers. Raises KeyError for others."""
    words = words_of(question, code)
    if question in _BY_MOTIVE:
        return answered(complaint, question, words, at, who)
    if followed_up(question, code):
        raise NotAnAnswer(question)
    if question is Question.COMPENSATION and code != NO_COMPENSATION:
        return _compensated(complaint, label(f"manager.letter_{code}"), at, who)
    return answered(complaint, question, code, at, who)


def choice_said(question: Question, text: str) -> str | None:
    """The choice that typed words name, where they name one: "aucun", "Leçon offerte."."""
    if question is not Question.COMPENSATION:
        return None
    plain = text.strip(" .!\n").casefold()
    if plain in label("manager.said_none").split(", "):
        return NO_COMPENSATION
    codes = _CHOICES[question]
    return next((one for one in codes if words_of(question, one).casefold() == plain), None)


def heard(complaint: Complaint, question: Question, text: str, at: datetime, who: str) -> Complaint:
    """The complaint after an answer in words; for a compensation, a bare sum is a refund of it.

    Raises NotAnAnswer and IllegalStep as `answered` does.
    """
    if code := choice_said(question, text):
        return tapped(complaint, question, code, at, who)
    if question is Question.COMPENSATION and _AMOUNT.fullmatch(text.strip()):
        question = Question.REFUND
    return answered(complaint, question, text, at, who)


def answered(
    complaint: Complaint, question: Question, value: str, at: datetime, who: str
) -> Complaint:
    """The complaint after an answer; the same answer twice changes nothing.

    Raises NotAnAnswer where the value does not answer the question, IllegalStep where it is no
    longer open.
    """
    value = value.strip()
    if not value or len(value) > LONGEST_ANSWER:
        raise NotAnAnswer(question)
    complaint = opened(complaint, at, who)
    match question:
        case Question.CAUSES:
            return _found(complaint, at, who, causes=value)
        case Question.ISOLATED:
            return _found(complaint, at, who, is_isolated=_one_of(question, value) == ISOLATED)
        case Question.COMPENSATION | Question.GESTURE:
            return _compensated(complaint, _gesture(question, value), at, who)
        case Question.REFUND:
            return _compensated(complaint, _refund(value), at, who)
        case _:
            return _decided(complaint, _with(complaint.decision, question, value), at, who)


def _found(
    complaint: Complaint,
    at: datetime,
    who: str,
    *,
    causes: str | None = None,
    is_isolated: bool | None = None,
) -> Complaint:
    after = complaint.with_findings(at, who, causes=causes, is_isolated=is_isolated)
    return complaint if after.investigation == complaint.investigation else after


def _with(decision: Decision, question: Question, value: str) -> Decision:
    if question is Question.REASONS:
        return replace(decision, reasons=value)
    if question is Question.ACTIONS:
        return replace(decision, actions=value)
    outcome = Outcome(_one_of(Question.OUTCOME, value))
    if outcome is Outcome.NOT_UPHELD:  # then nothing is owed: the letter must not promise it
        return Decision(outcome=outcome, reasons=decision.reasons)
    return replace(decision, outcome=outcome)


def _compensated(complaint: Complaint, words: str, at: datetime, who: str) -> Complaint:
    decision = replace(complaint.decision, compensation=words, compensation_asked=True)
    return _decided(opened(complaint, at, who), decision, at, who)


def _decided(complaint: Complaint, decision: Decision, at: datetime, who: str) -> Complaint:
    if decision == complaint.decision:
        return complaint
    return complaint.decided(at, who, decision)


def _one_of(question: Question, value: str) -> str:
    if value not in _CHOICES[question]:
        raise NotAnAnswer(question)
    return value


def _gesture(question: Question, value: str) -> str:
    """The gesture in words, empty for none; a bare number or sign would say nothing to a client."""
    if not _WORD.search(value) or _AMOUNT.fullmatch(value):
        raise NotAnAnswer(question)
    return "" if value == NO_COMPENSATION else value


def _refund(value: str) -> str:
    """The sentence of the letter for a sum such as "120", "1 290,50 €"."""
    read = _AMOUNT.fullmatch(value)
    if read is None:
        raise NotAnAnswer(Question.REFUND)
    euros = Decimal(f"{re.sub(r'[^0-9]', '', read[1])}.{read[2] or '0'}")
    if not euros:
        raise NotAnAnswer(Question.REFUND)
    return say("manager.letter_refund", amount=amount(euros))
