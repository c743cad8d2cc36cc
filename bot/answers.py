"""What an answer does to a complaint: one tap or text, and how it then stands. Pure.

The same answer twice changes nothing, so an update may come twice. What could not be repeated
(taking something away) names what it means by a mark, and is let go once that is gone.
"""

from collections.abc import Callable
from dataclasses import replace

from bot.interview import (
    DONE,
    ISOLATED,
    NEW,
    NONE,
    UNKNOWABLE,
    UNKNOWN,
    Asked,
    Hand,
    NotAnAnswer,
    Question,
    grievance_of,
    mark,
    offered,
    opened,
    parent_of,
    words_of,
)
from bot.promising import (
    SUMS,
    acting,
    compensated,
    decided,
    dropped,
    due_in,
    due_on,
    given_in_words,
    one_of,
    owned,
    promising_nothing,
    told,
)
from bot.said import is_none
from bot.texts import label
from register.complaint import Attachment, Complaint, Concern, Finding, Grievance, Outcome
from register.labels import Severity
from register.remedy import CompensationKind

LONGEST_ANSWER = 3000  # characters: the letter must stay one that a person reads
LONGEST_LETTER = 12_000

_LISTS = {Question.GRIEVANCES, Question.IMMEDIATE, Question.ACTIONS, Question.COMPENSATION}


# -- where a choice leads ---------------------------------------------------------------------


def leads_to(asked: Asked, code: str) -> Asked | None:
    """The question that a tapped choice leads to; None where the choice is the answer."""
    op, _, about = code.partition(".")
    if asked.question is Question.COMPENSATION:
        if op == CompensationKind.GESTURE:
            return Asked(Question.GESTURE)
        if code in SUMS:
            return Asked(Question.AMOUNT, code)
        return Asked(Question.GIVEN_BY, about) if op == "due" else None
    if asked.question in (Question.GRIEVANCES, Question.FINDING):
        if op == "add":
            return Asked(Question.GRIEVANCE, NEW)
        return Asked(Question.GRIEVANCE, about or asked.about) if op == "edit" else None
    if asked.question in (Question.IMMEDIATE, Question.ACTIONS) and op in ("owner", "due"):
        return Asked(Question(op), about)
    return None


def stays_at(complaint: Complaint, asked: Asked, code: str) -> Asked | None:
    """The question that is shown again after an answer, for more of it; None to go on.

    `code` is what was tapped, or empty after words.
    """
    if code in (DONE, NONE, UNKNOWN):
        return None
    if asked.question is Question.COMPENSATION:
        return asked if code.startswith("drop.") else None
    if asked.question in (Question.CONCERNS, Question.GRIEVANCES):
        return asked
    if asked.question in (Question.IMMEDIATE, Question.ACTIONS):
        return asked
    if asked.question in (Question.AMOUNT, Question.GESTURE):
        return None
    parent = parent_of(complaint, asked)
    return None if parent and parent.question is Question.FINDING else parent


# -- taps -------------------------------------------------------------------------------------


def tapped(complaint: Complaint, asked: Asked, code: str, hand: Hand) -> Complaint:
    """The complaint after a tap.

    Raises KeyError or NotAnAnswer for a code that the question does not offer, IllegalStep where
    it is no longer open.
    """
    complaint = opened(complaint, hand.at, hand.who)
    if code == UNKNOWN:
        return _unknown(complaint, asked, hand)
    match asked.question:
        case Question.FACTS:
            return _found(complaint, asked, hand, heard=label(f"manager.heard_{code}"))
        case Question.CONCERNS:
            return _weighed(complaint, code, hand)
        case Question.ISOLATED:
            one_of(code, offered(complaint, asked))
            return _found(complaint, asked, hand, is_isolated=code == ISOLATED)
        case Question.FINDING:
            return _judged(complaint, asked, code, hand)
        case Question.DUE | Question.GIVEN_BY:
            return due_in(complaint, asked, code, hand)
        case question if question in _LISTS:
            return _listed(complaint, asked, code, hand)
    return heard(complaint, asked, words_of(asked, code), hand)


def _listed(complaint: Complaint, asked: Asked, code: str, hand: Hand) -> Complaint:
    op, _, rest = code.partition(".")
    if op in ("drop", "merge"):
        number, _, seen = rest.partition(".")
        if asked.question is Question.GRIEVANCES:
            return _regrouped(complaint, op, number, seen, hand)
        return dropped(complaint, asked, number, seen, hand)
    match asked.question:
        case Question.GRIEVANCES:
            one_of(code, (DONE,))
            return told(complaint, hand, "grievances_asked")
        case Question.IMMEDIATE if code == NONE:
            return _nothing_at_once(complaint, asked, hand)
        case Question.IMMEDIATE if code == DONE:
            return _found(complaint, asked, hand, immediate_asked=True)
        case Question.ACTIONS if code == DONE:
            if not complaint.actions:
                raise NotAnAnswer(asked)
            return told(complaint, hand, "actions_asked")
        case Question.COMPENSATION:
            return compensated(complaint, op, rest, hand)
    return acting(complaint, asked, words_of(asked, code), hand)


# -- words ------------------------------------------------------------------------------------


def heard(complaint: Complaint, asked: Asked, text: str, hand: Hand) -> Complaint:
    """The complaint after an answer in words.

    Raises NotAnAnswer where the words do not answer the question, IllegalStep where it is no
    longer open.
    """
    text = text.strip()
    longest = LONGEST_LETTER if asked.question is Question.BODY else LONGEST_ANSWER
    if not text or len(text) > longest:
        raise NotAnAnswer(asked)
    complaint = opened(complaint, hand.at, hand.who)
    if hears := _HEARD.get(asked.question):
        return hears(complaint, asked, text, hand)
    return tapped(complaint, asked, _code_said(complaint, asked, text), hand)


def with_piece(complaint: Complaint, piece: Attachment, hand: Hand) -> Complaint:
    """The complaint with one more piece of the investigation; a known one changes nothing."""
    complaint = opened(complaint, hand.at, hand.who)
    pieces = complaint.investigation.pieces if complaint.investigation else ()
    if any(one.sha256 == piece.sha256 for one in pieces):
        return complaint
    return complaint.assessed(hand.at, hand.who, "piece", pieces=(*pieces, piece))


def _code_said(complaint: Complaint, asked: Asked, text: str) -> str:
    """The choice that typed words name: "Fondé", "cas isolé"."""
    said = text.strip(" .!").casefold()
    for code in offered(complaint, asked):
        if words_of(asked, code).casefold() == said:
            return code
    raise NotAnAnswer(asked)


# -- the investigation ------------------------------------------------------------------------


def _found(complaint: Complaint, asked: Asked, hand: Hand, **found: object) -> Complaint:
    """An answer takes a question out of what is not known."""
    before = complaint.investigation
    unknown = tuple(one for one in (before.unknown if before else ()) if one != asked.question)
    return complaint.assessed(hand.at, hand.who, asked.question, unknown=unknown, **found)


def _unknown(complaint: Complaint, asked: Asked, hand: Hand) -> Complaint:
    if asked.question not in UNKNOWABLE:
        raise NotAnAnswer(asked)
    before = complaint.investigation.unknown if complaint.investigation else ()
    unknown = tuple(dict.fromkeys((*before, asked.question.value)))
    bare = _BARE.get(asked.question, {})
    what = f"unknown:{asked.question}"
    return complaint.assessed(hand.at, hand.who, what, unknown=unknown, **bare)


def _nothing_at_once(complaint: Complaint, asked: Asked, hand: Hand) -> Complaint:
    kept = [one for one in complaint.actions if not one.is_immediate or one.is_fixed]
    after = complaint.with_actions(hand.at, hand.who, kept)
    return _found(after, asked, hand, immediate_asked=True)


_BARE: dict[Question, dict[str, object]] = {
    Question.FACTS: {"facts": "", "heard": ""},
    Question.CAUSES: {"causes": ""},
    Question.ISOLATED: {"is_isolated": None},
}
"""What an answer leaves once it is taken back: the letter no longer says it."""


def _weighed(complaint: Complaint, code: str, hand: Hand) -> Complaint:
    """Severity and concerns are changed one by one, then confirmed together."""
    asked, before = Asked(Question.CONCERNS), complaint.investigation
    concerns = (before.concerns if before else None) or ()
    if code == DONE:
        if complaint.severity is None:
            raise NotAnAnswer(asked)
        return _found(complaint, asked, hand, concerns=concerns, is_weighed=True)
    op, _, value = code.partition(".")
    if op == "severity" and value in set(Severity):
        severity = Severity(value)
        if complaint.severity is severity:
            return complaint
        return complaint.corrected(hand.at, hand.who, severity=severity)
    if op in ("with", "without") and value in set(Concern):
        others = {*concerns, value} if op == "with" else {*concerns} - {value}
        kept = tuple(one for one in Concern if one in others)
        return complaint.assessed(hand.at, hand.who, asked.question, concerns=kept)
    raise KeyError(code)


# -- grievances -------------------------------------------------------------------------------


def _regrouped(complaint: Complaint, op: str, number: str, seen: str, hand: Hand) -> Complaint:
    """One grievance joined to the next, or taken away; not what is no longer there."""
    all_ = list(complaint.grievances)
    at = int(number) - 1 if number.isdecimal() else -1
    if not 0 <= at < len(all_) or mark(all_[at].text) != seen:
        return complaint
    if len(all_) == 1 or (op == "merge" and at + 1 == len(all_)):
        raise NotAnAnswer(op)
    if op == "drop":
        del all_[at]
    else:
        text = f"{all_[at].text} {all_[at + 1].text}"
        all_[at : at + 2] = [Grievance(number=0, text=text)]
    return complaint.with_grievances(hand.at, hand.who, all_)


def _worded(complaint: Complaint, about: str, text: str, hand: Hand) -> Complaint:
    all_ = list(complaint.grievances)
    if about != NEW:
        one = _the_grievance(complaint, Asked(Question.GRIEVANCE, about))
        all_[one.number - 1] = replace(one, text=text)
    elif not any(one.text == text for one in all_):
        all_.append(Grievance(number=0, text=text))
    return complaint.with_grievances(hand.at, hand.who, all_)


def _judged(complaint: Complaint, asked: Asked, code: str, hand: Hand) -> Complaint:
    """A finding; its reason is asked again where it has changed."""
    finding = Finding(one_of(code, tuple(Finding)))
    one = _the_grievance(complaint, asked)
    if one.finding is finding:
        return complaint
    after = _with(complaint, replace(one, finding=finding, reason=""), hand)
    after = told(after, hand, "grievances_asked")
    if after.outcome is not complaint.outcome:
        after = decided(after, hand, body="")  # a letter that was rewritten said otherwise
    return promising_nothing(after, hand) if after.outcome is Outcome.NOT_UPHELD else after


def _reasoned(complaint: Complaint, asked: Asked, text: str, hand: Hand) -> Complaint:
    return _with(complaint, replace(_the_grievance(complaint, asked), reason=text), hand)


def _with(complaint: Complaint, grievance: Grievance, hand: Hand) -> Complaint:
    all_ = [grievance if one.number == grievance.number else one for one in complaint.grievances]
    return complaint.with_grievances(hand.at, hand.who, all_)


def _the_grievance(complaint: Complaint, asked: Asked) -> Grievance:
    one = grievance_of(complaint, asked.number)
    if one is None:
        raise NotAnAnswer(asked)
    return one


_HEARD: dict[Question, Callable[[Complaint, Asked, str, Hand], Complaint]] = {
    Question.FACTS: lambda one, asked, text, hand: _found(one, asked, hand, facts=text),
    Question.CAUSES: lambda one, asked, text, hand: _found(one, asked, hand, causes=text),
    Question.IMMEDIATE: lambda one, asked, text, hand: (
        _nothing_at_once(one, asked, hand) if is_none(text) else acting(one, asked, text, hand)
    ),
    Question.GRIEVANCES: lambda one, asked, text, hand: _worded(one, NEW, text, hand),
    Question.GRIEVANCE: lambda one, asked, text, hand: _worded(one, asked.about, text, hand),
    Question.REASON: _reasoned,
    Question.ACTIONS: acting,
    Question.OWNER: owned,
    Question.DUE: due_on,
    Question.GIVEN_BY: due_on,
    Question.COMPENSATION: given_in_words,
    Question.AMOUNT: given_in_words,
    Question.GESTURE: given_in_words,
    Question.REASONS: lambda one, asked, text, hand: decided(
        one, hand, reasons="" if is_none(text) else text
    ),
    Question.BODY: lambda one, asked, text, hand: decided(one, hand, body=text),
}
"""What words do where no choice is meant; elsewhere they name one."""
