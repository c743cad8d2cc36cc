"""48 hours, day 10, and which notice is due to the manager. Pure: time comes in as an argument.

All dates are the establishment's: a moment is turned into its zone before its day is looked at.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

from register.complaint import Complaint
from register.labels import Severity

ACKNOWLEDGE_WITHIN = timedelta(hours=48)  # real hours from reception
ACKNOWLEDGEMENT_ALERTS = {"ack_24h": timedelta(hours=24), "ack_36h": timedelta(hours=36)}
ANSWER_DAYS = 10  # calendar days

DEPUTY_FROM = 8  # days after reception on which the deputy hears of it too

CARD = "card"  # the notice that a complaint has come in
ALERT_PREFIX = "ack_"


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeHours:
    """When the manager may be disturbed; a critical complaint does not ask."""

    opens: time = time(8, 30)
    closes: time = time(19, 0)
    weekdays: frozenset[int] = frozenset(range(6))  # Monday is 0; Sunday is left alone

    def includes(self, moment: datetime) -> bool:
        """Whether this moment, in the establishment's zone, lies inside the hours."""
        return moment.weekday() in self.weekdays and self.opens <= moment.time() < self.closes


@dataclass(frozen=True, slots=True, kw_only=True)
class Closure:
    """Days on which the establishment has announced that it is closed, both ends included."""

    first: date
    last: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Timetable:
    """The establishment's time: its zone, hours, closures, and the days of the pings."""

    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Europe/Paris"))
    hours: OfficeHours = field(default_factory=OfficeHours)
    closures: tuple[Closure, ...] = ()
    ping_days: tuple[int, ...] = (3, 5, 7, 8, 9)
    ping_at: time = time(9, 0)
    second_ping_at: time = time(14, 0)  # on the last day, once more

    def local(self, moment: datetime) -> datetime:
        """An aware moment in the establishment's zone."""
        return moment.astimezone(self.zone)


def acknowledge_by(received_at: datetime) -> datetime:
    """The moment by which an acknowledgement is owed: 48 real hours, across any clock change."""
    return received_at.astimezone(UTC) + ACKNOWLEDGE_WITHIN


def answer_due(received_at: datetime, timetable: Timetable) -> date:
    """Day 10: the tenth calendar day after reception, its last moment included."""
    return timetable.local(received_at).date() + timedelta(days=ANSWER_DAYS)


def internal_target(received_at: datetime, timetable: Timetable) -> date:
    """The day to answer on: day 10, or the last day before it that is worked. Never later.

    Where every day since reception is closed, it is the day of reception.
    """
    first = timetable.local(received_at).date()
    day = answer_due(received_at, timetable)
    while day > first and not is_worked(day, timetable.closures):
        day -= timedelta(days=1)
    return day


def is_worked(day: date, closures: Collection[Closure] = ()) -> bool:
    """Neither Sunday, nor a public holiday of France, nor an announced closure."""
    if day.weekday() == 6 or day in _public_holidays(day.year):
        return False
    return not any(closure.first <= day <= closure.last for closure in closures)


@lru_cache(maxsize=64)
def _public_holidays(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("FR", years=year))  # Code du travail, L3133-1


def days_left(complaint: Complaint, now: datetime, timetable: Timetable) -> int:
    """Whole days until day 10; 0 on the day itself, negative once it is past."""
    return (complaint.answer_due - timetable.local(now).date()).days


def is_overdue(complaint: Complaint, now: datetime, timetable: Timetable) -> bool:
    """Whether an answer is owed and day 10 is over."""
    return complaint.is_open and days_left(complaint, now, timetable) < 0


def deputy_is_due(complaint: Complaint, now: datetime, timetable: Timetable) -> bool:
    """Whether an answer is still owed on day 8: from then on the deputy is told too."""
    first = timetable.local(complaint.received_at).date()
    return complaint.is_open and (timetable.local(now).date() - first).days >= DEPUTY_FROM


def acknowledged_in_time(complaint: Complaint, now: datetime) -> bool | None:
    """Whether the acknowledgement left within 48 hours.

    None while the time runs, and where none left and none is owed any more.
    """
    if complaint.acknowledged_at is not None:
        return complaint.acknowledged_at <= acknowledge_by(complaint.received_at)
    is_missed = complaint.is_open and now > acknowledge_by(complaint.received_at)
    return False if is_missed else None


def answered_in_time(complaint: Complaint, now: datetime, zone: ZoneInfo) -> bool | None:
    """Whether the first answer left by day 10, its last moment included.

    None while the time runs, and where none left and none is owed any more.
    """
    if complaint.answered_at is not None:
        return complaint.answered_at.astimezone(zone).date() <= complaint.answer_due
    is_missed = complaint.is_open and now.astimezone(zone).date() > complaint.answer_due
    return False if is_missed else None


def pings(received_at: datetime, timetable: Timetable) -> Iterator[tuple[str, datetime]]:
    """Every ping of a complaint as (key, moment), oldest first; daily without end after the target.

    The last day is the internal target: it has a morning and an afternoon ping.
    """
    first = timetable.local(received_at).date()
    target = internal_target(received_at, timetable)
    for days in timetable.ping_days:
        if first + timedelta(days=days) < target:
            yield f"day{days}", _at(first + timedelta(days=days), timetable.ping_at, timetable)
    last = (target - first).days
    yield f"day{last}", _at(target, timetable.ping_at, timetable)
    yield f"day{last}_afternoon", _at(target, timetable.second_ping_at, timetable)
    while True:
        last += 1
        day = first + timedelta(days=last)
        yield f"day{last}", _at(day, timetable.ping_at, timetable)


def due_pings(complaint: Complaint, now: datetime, timetable: Timetable) -> tuple[str, ...]:
    """The keys of the pings whose moment has come and that the manager has not had.

    Several mean that some were missed: one digest tells them all. Outside the manager's hours,
    or where no answer is owed, there are none.
    """
    if not complaint.is_open or not timetable.hours.includes(timetable.local(now)):
        return ()
    due = []
    for key, moment in pings(complaint.received_at, timetable):
        if moment > now:
            break
        if not complaint.was_told(key):
            due.append(key)
    return tuple(due)


def card_is_due(complaint: Complaint, now: datetime, timetable: Timetable) -> bool:
    """Whether the manager is to be shown a new complaint now: at once where it is critical."""
    if complaint.was_told(CARD) or not complaint.is_open:
        return False
    if complaint.severity is Severity.CRITICAL:
        return True
    return timetable.hours.includes(timetable.local(now))


def due_alerts(complaint: Complaint, now: datetime) -> tuple[str, ...]:
    """The alerts owed because no acknowledgement has left yet, at any hour of the day."""
    if not complaint.is_open or complaint.acknowledged_at is not None:
        return ()
    waited = now - complaint.received_at
    return tuple(
        key
        for key, after in ACKNOWLEDGEMENT_ALERTS.items()
        if waited >= after and not complaint.was_told(key)
    )


def _at(day: date, hour: time, timetable: Timetable) -> datetime:
    return datetime.combine(day, hour, tzinfo=timetable.zone).astimezone(UTC)
