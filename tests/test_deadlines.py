"""48 hours, day 10, and which notice is due, across clock changes and days off."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from register.complaint import Letter, LetterKind
from register.deadlines import (
    CARD,
    Closure,
    OfficeHours,
    Timetable,
    acknowledge_by,
    answer_due,
    card_is_due,
    days_left,
    due_alerts,
    due_pings,
    internal_target,
    is_overdue,
    is_worked,
)
from register.labels import Severity
from tests.complaints import LEA, NOON, complaint

PARIS = Timetable()


def paris(text: str) -> datetime:
    """A wall-clock moment in Paris, as "2026-03-28 23:30"."""
    return datetime.fromisoformat(text).replace(tzinfo=PARIS.zone).astimezone(UTC)


@pytest.mark.parametrize(
    ("received", "by"),
    [
        pytest.param("2026-03-02 12:00", "2026-03-04 12:00", id="plain"),
        pytest.param("2026-03-28 12:00", "2026-03-30 13:00", id="clocks go forward in between"),
        pytest.param("2026-10-24 12:00", "2026-10-26 11:00", id="clocks go back in between"),
        pytest.param("2028-02-28 09:00", "2028-03-01 09:00", id="leap day in between"),
    ],
)
def test_48_hours_are_real_hours(received: str, by: str) -> None:
    """The acknowledgement is owed 48 elapsed hours after reception."""
    assert acknowledge_by(paris(received)) == paris(by)


@pytest.mark.parametrize(
    ("received", "due"),
    [
        pytest.param("2026-03-02 12:00", date(2026, 3, 12), id="plain"),
        pytest.param("2026-03-02 00:00", date(2026, 3, 12), id="first moment of a day"),
        pytest.param("2026-03-02 23:59", date(2026, 3, 12), id="last minute of a day"),
        pytest.param("2026-03-25 23:30", date(2026, 4, 4), id="across spring's clock change"),
        pytest.param("2026-10-20 00:30", date(2026, 10, 30), id="across autumn's clock change"),
        pytest.param("2026-01-31 10:00", date(2026, 2, 10), id="end of January"),
        pytest.param("2026-02-20 10:00", date(2026, 3, 2), id="February without leap day"),
        pytest.param("2028-02-20 10:00", date(2028, 3, 1), id="February with leap day"),
        pytest.param("2026-12-25 10:00", date(2027, 1, 4), id="across New Year"),
    ],
)
def test_day_10_is_a_calendar_day_of_the_establishment(received: str, due: date) -> None:
    """Day 10 counts calendar days in Paris from the local day of reception."""
    assert answer_due(paris(received), PARIS) == due


def test_the_day_of_reception_is_the_local_one() -> None:
    """22:30 UTC in summer is already the next day in Paris."""
    assert answer_due(datetime(2026, 7, 1, 22, 30, tzinfo=UTC), PARIS) == date(2026, 7, 12)


@pytest.mark.parametrize(
    ("received", "closures", "target"),
    [
        pytest.param("2026-03-02 12:00", (), date(2026, 3, 12), id="a Thursday stays"),
        pytest.param("2026-03-05 12:00", (), date(2026, 3, 14), id="a Sunday moves to Saturday"),
        pytest.param("2026-04-21 12:00", (), date(2026, 4, 30), id="1 May moves to 30 April"),
        pytest.param("2026-12-15 12:00", (), date(2026, 12, 24), id="Christmas moves to the 24th"),
        pytest.param(
            "2026-12-16 12:00",
            (Closure(first=date(2026, 12, 24), last=date(2026, 12, 26)),),
            date(2026, 12, 23),
            id="24 to 26 December closed",
        ),
        pytest.param("2026-03-27 12:00", (), date(2026, 4, 4), id="Easter Monday, then Sunday"),
        pytest.param(
            "2026-08-03 12:00",
            (Closure(first=date(2026, 8, 1), last=date(2026, 8, 31)),),
            date(2026, 8, 3),
            id="closed ever since: the day of reception",
        ),
    ],
)
def test_the_target_moves_earlier_never_later(
    received: str, closures: tuple[Closure, ...], target: date
) -> None:
    """On a day off the internal target is the last worked day before it."""
    timetable = Timetable(closures=closures)

    assert internal_target(paris(received), timetable) == target
    assert target <= answer_due(paris(received), timetable)


@pytest.mark.parametrize(
    "day",
    [date(2026, 1, 1), date(2026, 4, 6), date(2026, 5, 1), date(2026, 7, 14), date(2027, 5, 6)],
)
def test_public_holidays_are_known_offline(day: date) -> None:
    """New Year, Easter Monday, 1 May, 14 July and Ascension are not worked."""
    assert not is_worked(day)


def told_until(moment: datetime) -> list[str]:
    """Every ping's key in the order in which the manager has them, looking each hour."""
    one, told, now = complaint(), [], NOON
    while now <= moment:
        due = due_pings(one, now, PARIS)
        told += [f"{PARIS.local(now):%a %d %Hh} {key}" for key in due]
        one = one.with_told(due, now)
        now += timedelta(hours=1)
    return told


def test_pings_come_closer_and_then_daily() -> None:
    """Days 3, 5, 7, 8, 9, twice on day 10, then each day; never on a Sunday."""
    assert told_until(paris("2026-03-16 20:00")) == [
        "Thu 05 09h day3",
        "Sat 07 09h day5",
        "Mon 09 09h day7",
        "Tue 10 09h day8",
        "Wed 11 09h day9",
        "Thu 12 09h day10",
        "Thu 12 14h day10_afternoon",
        "Fri 13 09h day11",
        "Sat 14 09h day12",
        "Mon 16 09h day13",
        "Mon 16 09h day14",
    ]


def test_missed_pings_come_together() -> None:
    """After four days without power all missed pings are due at once, in the hours."""
    assert due_pings(complaint(), paris("2026-03-10 10:00"), PARIS) == (
        "day3",
        "day5",
        "day7",
        "day8",
    )
    assert due_pings(complaint(), paris("2026-03-10 07:00"), PARIS) == ()


def test_the_last_day_is_the_target() -> None:
    """Where day 10 is a Sunday the last morning and afternoon are Saturday's."""
    one = complaint(received_at=paris("2026-03-05 12:00"))
    saturday = due_pings(one, paris("2026-03-14 15:00"), PARIS)

    assert saturday[-2:] == ("day9", "day9_afternoon")


def test_nobody_is_pinged_for_what_is_answered() -> None:
    """A complaint that is set aside has no pings, no alerts and no card."""
    one = complaint().set_aside(NOON, "manager:1")
    later = NOON + timedelta(days=4)

    assert not due_pings(one, later, PARIS)
    assert not due_alerts(one, later)
    assert not card_is_due(one, later, PARIS)


@pytest.mark.parametrize(
    ("moment", "severity", "due"),
    [
        pytest.param("2026-03-02 12:05", Severity.LOW, True, id="inside the hours"),
        pytest.param("2026-03-02 23:00", Severity.SERIOUS, False, id="at night it waits"),
        pytest.param("2026-03-08 12:00", Severity.SERIOUS, False, id="on Sunday it waits"),
        pytest.param("2026-03-08 03:00", Severity.CRITICAL, True, id="critical, at any hour"),
        pytest.param("2026-03-02 12:05", None, True, id="not read at all"),
    ],
)
def test_a_card_respects_the_hours_unless_critical(
    moment: str, severity: Severity | None, due: bool
) -> None:
    """The manager is told of a new complaint inside the hours; of a critical one at once."""
    assert card_is_due(complaint(severity=severity), paris(moment), PARIS) is due


def test_a_card_is_shown_once() -> None:
    """A card that was told is not due again."""
    assert not card_is_due(complaint().with_told([CARD], NOON), NOON, PARIS)


@pytest.mark.parametrize(
    ("hours", "due"),
    [(23.9, ()), (24, ("ack_24h",)), (36, ("ack_24h", "ack_36h")), (100, ("ack_24h", "ack_36h"))],
)
def test_no_complaint_passes_48_hours_in_silence(hours: float, due: tuple[str, ...]) -> None:
    """Without an acknowledgement sent the manager is alerted at 24 and at 36 hours."""
    assert due_alerts(complaint(), NOON + timedelta(hours=hours)) == due


def test_an_acknowledged_complaint_raises_no_alert() -> None:
    """Once the acknowledgement has left there is nothing to alert of."""
    letter = Letter(
        letter_id="L",
        kind=LetterKind.ACKNOWLEDGEMENT,
        to=LEA,
        subject="",
        body="",
        created_at=NOON,
    )
    one = complaint().with_letter(letter).with_sent("L", NOON, "250")

    assert due_alerts(one, NOON + timedelta(hours=40)) == ()


def test_days_left_are_counted_in_the_establishments_days() -> None:
    """The last moment of day 10 is still in time; the next is not."""
    one = complaint()

    assert days_left(one, paris("2026-03-12 23:59"), PARIS) == 0
    assert not is_overdue(one, paris("2026-03-12 23:59"), PARIS)
    assert is_overdue(one, paris("2026-03-13 00:00"), PARIS)


def test_hours_end_before_the_closing_minute() -> None:
    """The closing hour itself is already outside."""
    hours = OfficeHours(opens=time(9), closes=time(18))

    assert hours.includes(datetime(2026, 3, 2, 17, 59, tzinfo=PARIS.zone))
    assert not hours.includes(datetime(2026, 3, 2, 18, 0, tzinfo=PARIS.zone))
