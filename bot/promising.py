"""What is promised in an answer: actions with owner and day, compensations with amount. Pure.

What is done, or stands in an answer that has left, is never taken back. The same answer twice
changes nothing.
"""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation

from bot.interview import DONE, NONE, Asked, Hand, NotAnAnswer, Question, mark
from bot.said import day, euros, is_none, is_word
from register.complaint import Complaint
from register.remedy import Action, Compensation, CompensationKind

PROMISED_WITHIN = timedelta(days=30)  # where nobody says otherwise
LATER = (15, 30, 60)  # days that are offered
SUMS = (CompensationKind.REFUND, CompensationKind.CREDIT_NOTE, CompensationKind.DISCOUNT)


# -- actions ----------------------------------------------------------------------------------


def acting(complaint: Complaint, asked: Asked, what: str, hand: Hand) -> Complaint:
    """One more action: at once, or within thirty days."""
    if any(one.what == what for one in complaint.actions):
        return complaint
    at_once = asked.question is Question.IMMEDIATE
    due = hand.today if at_once else hand.today + PROMISED_WITHIN
    new = Action(number=0, what=what, owner=hand.name, due=due, is_immediate=at_once)
    return complaint.with_actions(hand.at, hand.who, [*complaint.actions, new])


def owned(complaint: Complaint, asked: Asked, name: str, hand: Hand) -> Complaint:
    """Somebody else does it."""
    return _with_action(complaint, replace(_the_action(complaint, asked), owner=name), hand)


def due_in(complaint: Complaint, asked: Asked, code: str, hand: Hand) -> Complaint:
    """A day so many days from now."""
    days = int(one_of(code, tuple(map(str, LATER))))
    return _put_off(complaint, asked, hand.today + timedelta(days=days), hand)


def due_on(complaint: Complaint, asked: Asked, text: str, hand: Hand) -> Complaint:
    """A day that was typed."""
    due = day(text, hand.today)
    if due is None:
        raise NotAnAnswer(asked)
    return _put_off(complaint, asked, due, hand)


def _put_off(complaint: Complaint, asked: Asked, due: date, hand: Hand) -> Complaint:
    """Another day for an action, or for what is given."""
    if due < hand.today:
        raise NotAnAnswer(asked)
    if asked.question is Question.DUE:
        return _with_action(complaint, replace(_the_action(complaint, asked), due=due), hand)
    if all(one.number != asked.number for one in complaint.compensations):
        raise NotAnAnswer(asked)
    given = [
        replace(one, due=due) if one.number == asked.number else one
        for one in complaint.compensations
    ]
    return complaint.with_compensations(hand.at, hand.who, given)


def _the_action(complaint: Complaint, asked: Asked) -> Action:
    for one in complaint.actions:
        if one.number == asked.number:
            return one
    raise NotAnAnswer(asked)


def _with_action(complaint: Complaint, action: Action, hand: Hand) -> Complaint:
    all_ = [action if one.number == action.number else one for one in complaint.actions]
    return complaint.with_actions(hand.at, hand.who, all_)


def dropped(complaint: Complaint, asked: Asked, number: str, seen: str, hand: Hand) -> Complaint:
    """An action or a compensation taken back; not what is fixed, or no longer there."""
    if asked.question is Question.COMPENSATION:
        given = [
            one
            for one in complaint.compensations
            if one.is_fixed or (str(one.number), mark(label_of(one))) != (number, seen)
        ]
        return complaint.with_compensations(hand.at, hand.who, given)
    kept = [
        one
        for one in complaint.actions
        if one.is_fixed or (str(one.number), mark(one.what)) != (number, seen)
    ]
    return complaint.with_actions(hand.at, hand.who, kept)


def promising_nothing(complaint: Complaint, hand: Hand) -> Complaint:
    """Where nothing is upheld, the letter must not promise what was meant before.

    What an earlier answer has promised stays promised.
    """
    if complaint.answered_at is not None:
        return complaint
    kept = [one for one in complaint.actions if one.is_immediate or one.is_done or one.is_common]
    given = [one for one in complaint.compensations if one.is_done]
    after = complaint.with_actions(hand.at, hand.who, kept)
    after = after.with_compensations(hand.at, hand.who, given)
    return decided(after, hand, actions_asked=False, compensation_asked=False)


# -- compensation -----------------------------------------------------------------------------


def label_of(one: Compensation) -> str:
    """What a compensation is told apart by."""
    return f"{one.kind} {one.amount} {one.quantity} {one.words}"


def compensated(complaint: Complaint, op: str, rest: str, hand: Hand) -> Complaint:
    """A kind that was tapped with its amount or quantity, none, or no more."""
    if op == DONE:
        return told(complaint, hand, "compensation_asked")
    if op == NONE:
        kept = [one for one in complaint.compensations if one.is_fixed]
        after = complaint.with_compensations(hand.at, hand.who, kept)
        return told(after, hand, "compensation_asked")
    if op == CompensationKind.LESSONS and rest.isdecimal():
        kind = CompensationKind.LESSONS
        return _give(complaint, hand, Compensation(number=0, kind=kind, quantity=int(rest)))
    if op in SUMS and rest:
        try:
            amount = Decimal(rest)
        except InvalidOperation:
            raise KeyError(rest) from None
        if not amount.is_finite() or amount <= 0:
            raise KeyError(rest)
        kind = CompensationKind(op)
        return _give(complaint, hand, Compensation(number=0, kind=kind, amount=amount))
    raise KeyError(op)


def given_in_words(complaint: Complaint, asked: Asked, text: str, hand: Hand) -> Complaint:
    """ "Aucun" is none, a bare sum a refund of it, other words a gesture."""
    question, sum_ = asked.question, euros(text)
    if question is Question.COMPENSATION and is_none(text):
        return compensated(complaint, NONE, "", hand)
    if question is Question.AMOUNT or (question is Question.COMPENSATION and sum_):
        kind = CompensationKind(asked.about or CompensationKind.REFUND)
        if not sum_ or kind not in SUMS:
            raise NotAnAnswer(asked)
        return _give(complaint, hand, Compensation(number=0, kind=kind, amount=sum_))
    if sum_ is not None or not is_word(text):
        raise NotAnAnswer(asked)
    gesture = Compensation(number=0, kind=CompensationKind.GESTURE, words=text)
    return _give(complaint, hand, gesture)


def _give(complaint: Complaint, hand: Hand, new: Compensation) -> Complaint:
    if not any(label_of(one) == label_of(new) for one in complaint.compensations):
        given = [*complaint.compensations, replace(new, due=hand.today + PROMISED_WITHIN)]
        complaint = complaint.with_compensations(hand.at, hand.who, given)
    return told(complaint, hand, "compensation_asked")


# -- the decision ----------------------------------------------------------------------------


def told(complaint: Complaint, hand: Hand, what: str) -> Complaint:
    """The manager has said that this is all."""
    return decided(complaint, hand, **{what: True})


def decided(complaint: Complaint, hand: Hand, **said: object) -> Complaint:
    """The decision with what was said of it."""
    decision = replace(complaint.decision, **said)  # type: ignore[arg-type]
    return complaint.decided(hand.at, hand.who, decision)


def one_of(code: str, codes: tuple[str, ...]) -> str:
    """The same code. Raises KeyError for one that was never offered."""
    if code not in codes:
        raise KeyError(code)
    return code
