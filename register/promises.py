"""What was promised to a client and is still open: when it is told, and how urgent it is. Pure.

three days before → on the day → every week, until it is done or has another day
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from register.complaint import Complaint, LetterKind, State
from register.deadlines import Timetable
from register.remedy import Action, Compensation

Promise = Action | Compensation

FOLLOWED = frozenset({State.ANSWERED, State.ACTIONS_FOLLOWED})
"""The states in which the client has been promised something, and waits for it."""

PROMISED_IN = FOLLOWED | {State.UNDER_INVESTIGATION}
"""Those in which a promise can be open: an answered complaint may have been taken up again."""

BEFORE = timedelta(days=3)
WEEK = timedelta(days=7)
WITHOUT_A_DAY = timedelta(days=7)  # after the answer, where a promise names no day


@dataclass(frozen=True, slots=True)
class OpenPromise:
    """One open promise, with the day by which it is to be kept."""

    complaint: Complaint
    promise: Promise
    due: date

    @property
    def code(self) -> str:
        """What a button calls it by inside its complaint."""
        return code_of(self.promise)


def code_of(promise: Promise) -> str:
    """A promise inside its complaint: "a1" for the first action, "c2" for a compensation."""
    return f"{'a' if isinstance(promise, Action) else 'c'}{promise.number}"


def promise_of(complaint: Complaint, code: str) -> Promise | None:
    """The promise of that code; None where the complaint has none such."""
    promises: tuple[Promise, ...] = (*complaint.actions, *complaint.compensations)
    return next((one for one in promises if code_of(one) == code), None)


def last_answer(complaint: Complaint) -> datetime | None:
    """When the newest answer left; None where none has."""
    sent = [one.sent_at for one in complaint.letters if one.kind is LetterKind.ANSWER]
    return max((at for at in sent if at is not None), default=None)


def ledger(complaints: Iterable[Complaint], timetable: Timetable) -> list[OpenPromise]:
    """All that was promised to clients and is open, the earliest due first."""
    found = [
        OpenPromise(complaint, promise, due_day(complaint, promise, timetable))
        for complaint in complaints
        for promise in complaint.open_promises()
        if is_promised(complaint, promise)
    ]
    return sorted(found, key=lambda one: (one.due, one.complaint.reference))


def is_promised(complaint: Complaint, promise: Promise) -> bool:
    """Whether it stands in a letter that has left, not only in one that is being written."""
    if complaint.state is State.UNDER_INVESTIGATION:
        return promise.is_promised
    return complaint.state in FOLLOWED


def due_day(complaint: Complaint, promise: Promise, timetable: Timetable) -> date:
    """The day by which it is to be kept; without one, a week after the answer."""
    if promise.due is not None:
        return promise.due
    return timetable.local(_promised_at(complaint)).date() + WITHOUT_A_DAY


def due_reminders(promised: OpenPromise, now: datetime, timetable: Timetable) -> tuple[str, ...]:
    """The keys of the reminders whose day has come and that the manager has not had.

    Several mean that some were missed: one line tells them all. Outside the manager's hours, and
    before the hour of the pings, there are none. Another day brings reminders of its own.
    """
    local = timetable.local(now)
    if not timetable.hours.includes(local) or local.time() < timetable.ping_at:
        return ()
    start = f"promise:{promised.code}:{promised.due.isoformat()}"
    days = _reminders(promised, local.date(), timetable)
    keys = [f"{start}:{which}" for which in days]
    return tuple(key for key in keys if not promised.complaint.was_told(key))


def _reminders(promised: OpenPromise, today: date, timetable: Timetable) -> Iterator[str]:
    """Which reminders have come by today, oldest first."""
    before = promised.due - BEFORE
    answered = timetable.local(_promised_at(promised.complaint)).date()
    if answered < before <= today:  # not on the very day on which it was promised
        yield "before"
    yield from weekly(promised.due, today)


def weekly(first: date, today: date) -> Iterator[str]:
    """That day, then every week: the names of those that have come by today."""
    for week in range((today - first).days // WEEK.days + 1):
        yield f"week{week}"


def _promised_at(complaint: Complaint) -> datetime:
    return last_answer(complaint) or complaint.registered_at
