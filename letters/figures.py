"""The figures of a year, counted from the register, for the picture and the workbook. Pure.

A complaint belongs to the year in which it was received, in the establishment's zone. What was set
aside is no complaint: it is counted apart and in nothing else.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from register.complaint import Complaint, Outcome, State
from register.deadlines import acknowledged_in_time, answered_in_time
from register.labels import Channel, Motive, Severity

AGES = (3, 7, 10)
"""The last day, counted from reception, of each age of an open complaint; older ones follow."""

Series = tuple[Motive | None, tuple[int, ...]]
"""A main motive with its complaints month by month; None for those of no motive that is named."""


@dataclass(frozen=True, slots=True)
class Share:
    """How many of those that were owed something had it in time."""

    kept: int
    owed: int

    @property
    def percent(self) -> int | None:
        """Whole percent, never 100 where one was missed; None where nothing was owed."""
        if not self.owed:
            return None
        return 100 if self.kept == self.owed else min(99, round(100 * self.kept / self.owed))


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """One year in numbers."""

    year: int
    received: int
    set_aside: int
    unanswered: int  # of those received in the year, owed an answer now
    motives: tuple[Series, ...]  # the most frequent first, what has no named motive last
    channels: tuple[tuple[Channel, int], ...]
    severities: tuple[tuple[Severity | None, int], ...]  # None: nobody has said
    acknowledged: Share  # within 48 hours
    answered: Share  # by day 10
    outcomes: tuple[tuple[Outcome, int], ...]  # of those whose answer has left
    open_by_age: tuple[int, ...]  # now, one for each of AGES, then the older: earlier years' too

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to show."""
        return not (self.received or self.set_aside or self.open)

    @property
    def open(self) -> int:
        """How many are owed an answer now."""
        return sum(self.open_by_age)

    @property
    def by_month(self) -> tuple[int, ...]:
        """All complaints, month by month."""
        return tuple(
            sum(months) for months in zip(*(each for _, each in self.motives), strict=True)
        )


def year_of(complaint: Complaint, zone: ZoneInfo) -> int:
    """The year that a complaint belongs to."""
    return complaint.received_at.astimezone(zone).year


def of_year(complaints: Iterable[Complaint], year: int, zone: ZoneInfo) -> list[Complaint]:
    """The complaints of a year by reference, those that were set aside included."""
    found = (one for one in complaints if year_of(one, zone) == year)
    return sorted(found, key=lambda one: one.reference)


def counted(complaints: Sequence[Complaint], year: int, now: datetime, zone: ZoneInfo) -> Figures:
    """The figures of a year as they stand now."""
    all_of_year = of_year(complaints, year, zone)
    found = [one for one in all_of_year if one.state is not State.SET_ASIDE]
    channels = Counter(one.channel for one in found)
    severities = Counter(one.severity for one in found)
    outcomes = Counter(one.outcome for one in found if one.answered_at)
    return Figures(
        year=year,
        received=len(found),
        set_aside=len(all_of_year) - len(found),
        unanswered=sum(one.is_open for one in found),
        motives=_motives(found, zone),
        channels=tuple((one, channels[one]) for one in Channel),
        severities=tuple((one, severities[one]) for one in (*Severity, None)),
        acknowledged=_share(acknowledged_in_time(one, now) for one in found),
        answered=_share(answered_in_time(one, now, zone) for one in found),
        outcomes=tuple((one, outcomes[one]) for one in Outcome),
        open_by_age=_ages(complaints, year, now, zone),
    )


def folded(motives: Sequence[Series], most: int) -> tuple[Series, ...]:
    """The most frequent motives, all others together in the last one; none that is empty."""
    named = [one for one in motives if one[0] is not None]
    rest = [*named[most:], *(one for one in motives if one[0] is None)]
    others = _added(rest)
    return (*named[:most], *([(None, others)] if sum(others) else []))


def _added(motives: Sequence[Series]) -> tuple[int, ...]:
    """All of them together, month by month."""
    return tuple(map(sum, zip(*(months for _, months in motives), strict=True)))


def _motives(complaints: Iterable[Complaint], zone: ZoneInfo) -> tuple[Series, ...]:
    months: dict[Motive | None, list[int]] = {None: [0] * 12}
    for one in complaints:
        main = one.motives[0] if one.motives else None
        motive = None if main is Motive.OTHER else main
        months.setdefault(motive, [0] * 12)[one.received_at.astimezone(zone).month - 1] += 1
    by_frequency = sorted(
        months.items(), key=lambda each: (each[0] is None, -sum(each[1]), str(each[0]))
    )
    return tuple((motive, tuple(counts)) for motive, counts in by_frequency)


def _share(answers: Iterable[bool | None]) -> Share:
    known = [one for one in answers if one is not None]
    return Share(kept=sum(known), owed=len(known))


def _ages(
    complaints: Iterable[Complaint], year: int, now: datetime, zone: ZoneInfo
) -> tuple[int, ...]:
    today = now.astimezone(zone).date()
    found = [0] * (len(AGES) + 1)
    for one in complaints:
        if one.is_open and year_of(one, zone) <= year:
            days = (today - one.received_at.astimezone(zone).date()).days
            found[sum(days > last for last in AGES)] += 1
    return tuple(found)
