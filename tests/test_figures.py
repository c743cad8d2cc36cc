"""The figures of a year: what is counted, in which year, and what is not."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from letters.figures import Figures, Share, counted, folded
from register.complaint import Complaint, Finding, Grievance, LetterKind, Outcome, State
from register.deadlines import Timetable
from register.labels import Channel, Motive, Severity
from tests.complaints import NOON, complaint
from tests.test_manager import acknowledgement

ZONE = Timetable().zone
NOW = NOON + timedelta(days=30)  # Wednesday 1 April 2026


def received(number: int, **changes: Any) -> Complaint:
    """One complaint of many."""
    return complaint(reference=f"R-2026-{number:04d}", **changes)


def sent(one: Complaint, kind: LetterKind, after: timedelta) -> Complaint:
    """The complaint with a letter that left so long after it was received."""
    letter = acknowledgement(
        letter_id=f"{one.reference}.{kind}.1", kind=kind, sent_at=one.received_at + after
    )
    return replace(one, letters=(*one.letters, letter))


def figures(*complaints: Complaint, year: int = 2026, now: datetime = NOW) -> Figures:
    """Counted in Paris."""
    return counted(complaints, year, now, ZONE)


# -- which year, which month --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("received_at", "year", "month"),
    [
        pytest.param(datetime(2026, 1, 1, 0, 0, tzinfo=UTC), 2026, 1, id="one o'clock in Paris"),
        pytest.param(datetime(2025, 12, 31, 23, 30, tzinfo=UTC), 2026, 1, id="after midnight"),
        pytest.param(datetime(2026, 12, 31, 22, 59, tzinfo=UTC), 2026, 12, id="last minute"),
        pytest.param(datetime(2026, 6, 30, 22, 0, tzinfo=UTC), 2026, 7, id="summer time"),
    ],
)
def test_a_complaint_belongs_to_its_local_day(received_at: datetime, year: int, month: int) -> None:
    """Year and month are those of the establishment's zone."""
    one = received(1, received_at=received_at)

    assert figures(one, year=year).by_month[month - 1] == 1
    assert figures(one, year=year).received == 1
    assert figures(one, year=year + 1).received == 0


def test_an_empty_year() -> None:
    """Nothing received, set aside or open: nothing to show, and no share of nothing."""
    nothing = figures()

    assert nothing.is_empty
    assert nothing.by_month == (0,) * 12
    assert (nothing.acknowledged.percent, nothing.answered.percent) == (None, None)
    assert not figures(received(1)).is_empty
    assert not figures(received(1, state=State.SET_ASIDE)).is_empty


# -- motives ------------------------------------------------------------------------------------


def test_motives_by_frequency_the_unnamed_last() -> None:
    """Only the main motive counts; none, and "other", are one and come last."""
    found = figures(
        received(1, motives=(Motive.EXAM, Motive.BILLING)),
        received(2, motives=(Motive.BILLING,)),
        received(3, motives=(Motive.BILLING,), received_at=NOON - timedelta(days=31)),
        received(4, motives=()),
        received(5, motives=(Motive.OTHER,)),
        received(6, motives=(Motive.OTHER,)),
        received(7, motives=(Motive.EXAM,), state=State.SET_ASIDE),
    )

    assert [(motive, sum(months)) for motive, months in found.motives] == [
        (Motive.BILLING, 2),
        (Motive.EXAM, 1),
        (None, 3),
    ]
    assert found.motives[0][1][:4] == (1, 0, 1, 0)  # 30 January, 2 March
    assert found.by_month[:4] == (1, 0, 5, 0)
    assert (found.received, found.set_aside) == (6, 1)


def test_the_rare_ones_are_folded() -> None:
    """The first few stay, the others are added up month by month; an empty rest is left out."""
    one, two = (1,) + (0,) * 11, (0, 2) + (0,) * 10
    motives = ((Motive.BILLING, two), (Motive.EXAM, one), (Motive.SAFETY, one), (None, two))

    assert folded(motives, 1) == ((Motive.BILLING, two), (None, (2, 2) + (0,) * 10))
    assert folded(motives, 3) == motives
    assert folded((*motives[:3], (None, (0,) * 12)), 3) == motives[:3]
    assert folded(figures().motives, 4) == ()


# -- delays -------------------------------------------------------------------------------------

ACKNOWLEDGED, ANSWERED = LetterKind.ACKNOWLEDGEMENT, LetterKind.ANSWER
OPEN = State.UNDER_INVESTIGATION
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.mark.parametrize(
    ("after", "waited", "state", "share"),
    [
        pytest.param(HOUR, 30 * DAY, State.ACKNOWLEDGED, Share(1, 1), id="at once"),
        pytest.param(48 * HOUR, 30 * DAY, State.ACKNOWLEDGED, Share(1, 1), id="to the second"),
        pytest.param(49 * HOUR, 30 * DAY, State.ACKNOWLEDGED, Share(0, 1), id="late"),
        pytest.param(None, 47 * HOUR, State.RECEIVED, Share(0, 0), id="there is still time"),
        pytest.param(None, 49 * HOUR, State.RECEIVED, Share(0, 1), id="missed"),
        pytest.param(None, 30 * DAY, State.WITHDRAWN, Share(0, 0), id="no longer owed"),
        pytest.param(HOUR, 30 * DAY, State.SET_ASIDE, Share(0, 0), id="no complaint"),
    ],
)
def test_acknowledged_within_48_hours(
    after: timedelta | None, waited: timedelta, state: State, share: Share
) -> None:
    """What left counts by when, what did not once its time is over."""
    one = received(1, state=state)
    one = sent(one, ACKNOWLEDGED, after) if after else one

    assert figures(one, now=NOON + waited).acknowledged == share


@pytest.mark.parametrize(
    ("left", "now", "state", "share"),
    [
        pytest.param("2026-03-12 22:59", NOW, State.ANSWERED, Share(1, 1), id="last minute"),
        pytest.param("2026-03-12 23:01", NOW, State.ANSWERED, Share(0, 1), id="day 11 in Paris"),
        pytest.param(
            "2026-03-05 10:00", NOW, State.UNDER_INVESTIGATION, Share(1, 1), id="reopened"
        ),
        pytest.param(None, NOON + 10 * DAY, State.RECEIVED, Share(0, 0), id="day 10 is not over"),
        pytest.param(None, NOON + 11 * DAY, State.RECEIVED, Share(0, 1), id="missed"),
        pytest.param(None, NOW, State.WITHDRAWN, Share(0, 0), id="no longer owed"),
    ],
)
def test_answered_by_day_10(left: str | None, now: datetime, state: State, share: Share) -> None:
    """The first answer counts, its day taken in the establishment's zone."""
    one = received(1, state=state)
    if left:
        at = datetime.fromisoformat(left).replace(tzinfo=UTC)
        one = sent(one, ANSWERED, at - one.received_at)

    assert one.answer_due == date(2026, 3, 12)
    assert figures(one, now=now).answered == share


@pytest.mark.parametrize(
    ("share", "percent"),
    [(Share(0, 0), None), (Share(0, 3), 0), (Share(2, 3), 67), (Share(999, 1000), 99)],
)
def test_percent_never_flatters(share: Share, percent: int | None) -> None:
    """One that was missed among a thousand is not a hundred percent."""
    assert share.percent == percent


# -- what is open, what was decided -------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "ages"),
    [
        (0, (1, 0, 0, 0)),
        (3, (1, 0, 0, 0)),
        (4, (0, 1, 0, 0)),
        (7, (0, 1, 0, 0)),
        (8, (0, 0, 1, 0)),
        (10, (0, 0, 1, 0)),
        (11, (0, 0, 0, 1)),
        (400, (0, 0, 0, 1)),  # of a year before, and still owed an answer
    ],
)
def test_open_complaints_by_age(days: int, ages: tuple[int, ...]) -> None:
    """Calendar days since reception, whatever the hour."""
    late = datetime(2026, 6, 2, 22, 30, tzinfo=UTC)  # the 3rd in Paris
    one = received(1, received_at=late - days * DAY)

    assert figures(one, now=late).open_by_age == ages
    assert figures(replace(one, state=State.ANSWERED), now=late).open == 0


def test_what_came_after_the_year_is_not_open_in_it() -> None:
    """The figures of a past year do not count what is new."""
    assert figures(received(1), year=2025).is_empty


def test_outcomes_channels_severities() -> None:
    """A decision counts once its answer has left; every channel and severity has its number."""
    upheld = (Grievance(number=1, text="Annulée.", finding=Finding.UPHELD, reason="Oui."),)
    found = figures(
        sent(received(1, grievances=upheld, state=State.ANSWERED), ANSWERED, DAY),
        received(2, grievances=upheld, channel=Channel.PHONE, severity=None),
    )

    assert found.outcomes == (
        (Outcome.UPHELD, 1),
        (Outcome.PARTLY_UPHELD, 0),
        (Outcome.NOT_UPHELD, 0),
    )
    assert dict(found.channels)[Channel.PHONE] == 1
    assert dict(found.severities) == {
        Severity.LOW: 0,
        Severity.MODERATE: 1,
        Severity.SERIOUS: 0,
        Severity.CRITICAL: 0,
        None: 1,
    }
