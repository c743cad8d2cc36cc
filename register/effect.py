"""The effect of an action: complaints like the one that led to it, before and after. Pure.

An action is looked at 30 and 90 days after it was done; a look that is owed is told at once, then
every week.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from register.complaint import Complaint, State
from register.deadlines import Timetable
from register.promises import is_promised, weekly
from register.remedy import Action, Check


@dataclass(frozen=True, slots=True)
class OwedCheck:
    """One look that is owed: which action, after how many days, and what is counted."""

    complaint: Complaint
    action: Action
    days: int
    before: int
    after: int

    def check(self, is_effective: bool, at: datetime) -> Check:
        """The look, once the manager has said what it shows."""
        return Check(
            days=self.days,
            before=self.before,
            after=self.after,
            is_effective=is_effective,
            at=at,
        )


def owed_checks(complaints: Iterable[Complaint], now: datetime) -> list[OwedCheck]:
    """The looks whose day has come, the longest owed first; one for each action at a time."""
    known = list(complaints)
    found = [
        owed
        for complaint in known
        for action in complaint.actions
        if is_promised(complaint, action) and (owed := _owed(complaint, action, known, now))
    ]
    return sorted(found, key=_since)


def owed_check(
    complaint: Complaint, number: int, days: int, complaints: Iterable[Complaint], now: datetime
) -> OwedCheck | None:
    """That very look; None where it is not owed (any more)."""
    action = next((one for one in complaint.actions if one.number == number), None)
    owed = _owed(complaint, action, list(complaints), now) if action else None
    return owed if owed and owed.days == days else None


def due_notices(owed: OwedCheck, now: datetime, timetable: Timetable) -> tuple[str, ...]:
    """The keys of the notices whose day has come and that the manager has not had."""
    local = timetable.local(now)
    if not timetable.hours.includes(local) or local.time() < timetable.ping_at:
        return ()
    first = timetable.local(_since(owed)).date()
    keys = [
        f"check:{owed.action.number}:{owed.days}:{which}" for which in weekly(first, local.date())
    ]
    return tuple(key for key in keys if not owed.complaint.was_told(key))


def _since(owed: OwedCheck) -> datetime:
    assert owed.action.done_at is not None
    return owed.action.done_at + timedelta(days=owed.days)


def _owed(
    complaint: Complaint, action: Action, known: list[Complaint], now: datetime
) -> OwedCheck | None:
    days = action.next_check()
    if action.done_at is None or days is None:
        return None
    if now < action.done_at + timedelta(days=days):
        return None
    before = _count(complaint, known, action.done_at - timedelta(days=days), action.done_at)
    after = _count(complaint, known, action.done_at, action.done_at + timedelta(days=days))
    return OwedCheck(complaint, action, days, before, after)


def _count(complaint: Complaint, known: list[Complaint], start: datetime, end: datetime) -> int:
    """Complaints received in that time, the one itself included: start counts, end does not."""
    return sum(start <= one.received_at < end and is_alike(complaint, one) for one in known)


def is_alike(complaint: Complaint, other: Complaint) -> bool:
    """Of the same main motive, and of the same site where that is known."""
    if other.state is State.SET_ASIDE or complaint.motives[:1] != other.motives[:1]:
        return False
    site = complaint.extraction.source.site
    return site is None or _same(site, other.extraction.source.site)


def _same(site: str, other: str | None) -> bool:
    return other is not None and site.casefold() == other.casefold()
