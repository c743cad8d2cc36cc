"""Where a fault of a letter is mended: the question whose answer holds it. Pure."""

from collections.abc import Iterable, Iterator, Sequence

from bot.interview import Asked, Question
from letters.establishment import Establishment
from letters.lint import Fault, spoiled
from register.complaint import Complaint

_BODY = Asked(Question.BODY)
_IN_THE_WORDS = frozenset({Fault.DEAD_PLATFORM, Fault.OTHER_PERSON, Fault.PLACEHOLDER})


def mended_by(
    faults: Iterable[Fault],
    complaint: Complaint,
    establishment: Establishment,
    others: Sequence[Complaint],
) -> list[tuple[Fault, Asked]]:
    """For each fault the question that mends it: the letter's words where they were rewritten."""
    if complaint.decision.body:
        return [(fault, _BODY) for fault in faults]
    return [(fault, _place(fault, complaint, establishment, others)) for fault in faults]


def _place(
    fault: Fault, complaint: Complaint, establishment: Establishment, others: Sequence[Complaint]
) -> Asked:
    if fault in _IN_THE_WORDS:
        for asked, words in _told(complaint):
            if fault in spoiled(words, complaint, establishment, others):
                return asked
    match fault:
        case Fault.GRIEVANCE:
            return Asked(Question.GRIEVANCES)
        case Fault.REASON:
            bare = [one.number for one in complaint.grievances if not one.is_answered]
            return Asked(Question.REASON, str(bare[0] if bare else 1))
        case Fault.DECISION:
            return Asked(Question.FINDING, "1")
        case Fault.ACTIONS:
            return Asked(Question.ACTIONS)
        case Fault.COMPENSATION:
            return Asked(Question.COMPENSATION)
    return _BODY


def _told(complaint: Complaint) -> Iterator[tuple[Asked, str]]:
    """All words of a composed letter that somebody has chosen, by the question they answer."""
    found = complaint.investigation
    yield Asked(Question.FACTS), found.facts if found else ""
    yield Asked(Question.CAUSES), found.causes if found else ""
    for one in complaint.grievances:
        yield Asked(Question.GRIEVANCE, str(one.number)), one.text
        yield Asked(Question.REASON, str(one.number)), one.reason
    for action in complaint.actions:
        at = Question.IMMEDIATE if action.is_immediate else Question.ACTIONS
        yield Asked(at), action.what
    for given in complaint.compensations:
        yield Asked(Question.COMPENSATION), given.words
    yield Asked(Question.REASONS), complaint.decision.reasons
