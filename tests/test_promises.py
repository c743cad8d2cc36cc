"""What was promised: on which day it is told, and in which order it stands."""

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

import pytest

from letters.promises import promised
from register.complaint import IllegalStep, Refusal
from register.deadlines import Timetable
from register.promises import OpenPromise, code_of, due_day, due_reminders, ledger, promise_of
from register.remedy import Action, Compensation, CompensationKind
from tests.answered import ANSWERED_AT, BOSS, DUE, REFUND, REMINDER, answered
from tests.desk import at

TIMETABLE = Timetable()


def reminders(now: datetime, promise: Action | Compensation = REMINDER) -> list[str]:
    """Which reminders of a promise are due, without what names it."""
    one = answered(actions=(replace(REMINDER, due=promise.due),))
    open_one = OpenPromise(one, one.actions[0], due_day(one, one.actions[0], TIMETABLE))
    return [key.rpartition(":")[2] for key in due_reminders(open_one, now, TIMETABLE)]


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        pytest.param(at(10, day=12), [], id="four days before"),
        pytest.param(at(8, day=13, minute=45), [], id="three days before, too early in the day"),
        pytest.param(at(10, day=13), ["before"], id="three days before"),
        pytest.param(at(10, day=15), [], id="a Sunday"),
        pytest.param(at(20, day=16), [], id="on the day, after hours"),
        pytest.param(at(10, day=16), ["before", "week0"], id="on the day, the first was missed"),
        pytest.param(at(10, day=21), ["before", "week0"], id="five days late"),
        pytest.param(at(10, day=23), ["before", "week0", "week1"], id="a week late"),
        pytest.param(at(10, day=30), ["before", "week0", "week1", "week2"], id="two weeks late"),
    ],
)
def test_a_promise_is_told_before_on_and_every_week_after_its_day(
    now: datetime, expected: list[str]
) -> None:
    """Inside the manager's hours, from the hour of the pings on; what was missed is made up for."""
    assert reminders(now) == expected


def test_what_was_told_is_not_due_again() -> None:
    """Only the reminders that the manager has not had are due."""
    one = answered()
    (first, _) = ledger([one], TIMETABLE)
    told = one.with_told(due_reminders(first, at(10, day=13), TIMETABLE), at(10, day=13))
    (again, _) = ledger([told], TIMETABLE)

    assert due_reminders(again, at(11, day=13), TIMETABLE) == ()
    assert len(due_reminders(again, at(10, day=16), TIMETABLE)) == 1


@pytest.mark.parametrize(
    ("due", "now", "expected"),
    [
        pytest.param(date(2026, 3, 6), at(14, day=4), [], id="not on the day of the answer"),
        pytest.param(date(2026, 3, 6), at(10, day=6), ["week0"], id="its own day"),
        pytest.param(None, at(10, day=7), [], id="no day: quiet at first"),
        pytest.param(None, at(10, day=11), ["before", "week0"], id="no day: a week after"),
    ],
)
def test_short_promises_and_those_without_a_day(
    due: date | None, now: datetime, expected: list[str]
) -> None:
    """What is due at once is not told twice; what names no day is told a week after the answer."""
    assert reminders(now, replace(REMINDER, due=due)) == expected


def test_the_ledger_has_the_most_urgent_first() -> None:
    """Open promises of answered complaints by their day, also where one was taken up again."""
    later = answered(reference="R-2026-0002", actions=(replace(REMINDER, due=date(2026, 3, 18)),))
    done = answered(reference="R-2026-0003").with_action_done(1, ANSWERED_AT, BOSS, "Vu.")
    reopened = answered(reference="R-2026-0004").reopened(ANSWERED_AT, BOSS)

    found = ledger([later, answered(), done, reopened], TIMETABLE)

    assert [(one.complaint.reference[-1], one.code, one.due.day) for one in found] == [
        ("1", "a1", 16),
        ("4", "a1", 16),
        ("2", "a1", 18),
        ("1", "c1", 20),
        ("2", "c1", 20),
        ("3", "c1", 20),
        ("4", "c1", 20),
    ]


def test_a_promise_is_found_by_its_code() -> None:
    """What a button carries leads back to the promise, and to no other."""
    one = answered()

    assert [promise_of(one, code_of(it)) for it in (REMINDER, REFUND)] == [REMINDER, REFUND]
    assert promise_of(one, "a2") is None


def test_another_day() -> None:
    """It is kept with who said so; the same day twice changes nothing; what is done has none."""
    later = date(2026, 4, 1)
    after = answered().with_promise_due(REMINDER, later, ANSWERED_AT, BOSS)
    paid = answered().with_promise_due(REFUND, later, ANSWERED_AT, BOSS)
    done = answered().with_action_done(1, ANSWERED_AT, BOSS, "Vu.")

    assert (after.actions[0].due, after.compensations[0].due) == (later, REFUND.due)
    assert (paid.actions[0].due, paid.compensations[0].due) == (DUE, later)
    assert after.events[-1].what == "action_due:1:2026-04-01"
    assert after.with_promise_due(REMINDER, later, ANSWERED_AT, BOSS) == after
    with pytest.raises(IllegalStep) as refused:
        done.with_promise_due(REMINDER, later, ANSWERED_AT, BOSS)
    assert refused.value.refusal is Refusal.NO_SUCH_PROMISE


@pytest.mark.parametrize(
    ("promise", "words"),
    [
        pytest.param(REMINDER, "Un rappel la veille (Karim)", id="action with its owner"),
        pytest.param(replace(REMINDER, owner=""), "Un rappel la veille", id="nobody named"),
        pytest.param(REFUND, "Remboursement : 45,50\u00a0€", id="refund"),
        pytest.param(
            Compensation(number=1, kind=CompensationKind.LESSONS, quantity=2),
            "Leçons offertes : 2",
            id="lessons",
        ),
        pytest.param(
            Compensation(number=1, kind=CompensationKind.GESTURE, words="Un stage offert"),
            "Geste commercial : Un stage offert",
            id="gesture",
        ),
        pytest.param(
            Compensation(
                number=1, kind=CompensationKind.DISCOUNT, amount=Decimal("30"), words="sur le code"
            ),
            "Remise : 30,00\u00a0€ : sur le code",
            id="discount with words",
        ),
    ],
)
def test_a_promise_in_words(promise: Action | Compensation, words: str) -> None:
    """What it is, with its owner, sum or number."""
    assert promised(promise) == words
