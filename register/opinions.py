"""What the client says of the answer: when it is asked, and what each opinion leads to. Pure."""

from datetime import date, datetime, timedelta

from register.complaint import Complaint, ReceivedMessage, State
from register.deadlines import Timetable, is_worked
from register.promises import FOLLOWED, last_answer
from register.remedy import Verdict

ASK_AFTER = 7  # working days after the answer has left

ASKED_WITHIN = timedelta(days=30)  # of its day: later, an old answer is left in peace

_ASKED_IN = FOLLOWED | {State.CLOSED}


def ask_day(complaint: Complaint, timetable: Timetable, ask_after: int = ASK_AFTER) -> date | None:
    """The day on which the client is asked; None where no answer has left.

    Some working days after the answer; where a compensation is due later, the working day after
    that: before, there would be nothing to say of it.
    """
    answered = last_answer(complaint)
    if answered is None:
        return None
    day = _worked_after(timetable.local(answered).date(), ask_after, timetable)
    due = [one.due for one in complaint.compensations if one.due is not None]
    return max([day, *(_worked_after(one, 1, timetable) for one in due)])


def asking_is_due(
    complaint: Complaint, now: datetime, timetable: Timetable, ask_after: int = ASK_AFTER
) -> bool:
    """Whether the client is to be asked now: once, on a working day, at an hour for people."""
    if complaint.state not in _ASKED_IN or complaint.satisfaction is not None:
        return False
    local = timetable.local(now)
    if not timetable.hours.includes(local) or local.time() < timetable.ping_at:
        return False
    day = ask_day(complaint, timetable, ask_after)
    if day is None or not day <= local.date() <= day + ASKED_WITHIN:
        return False
    return is_worked(local.date(), timetable.closures)


def awaits_opinion(complaint: Complaint) -> bool:
    """Whether the client was asked and has not said yet."""
    return complaint.satisfaction is not None and complaint.satisfaction.verdict is None


def since_asked(complaint: Complaint) -> tuple[ReceivedMessage, ...]:
    """The client's messages that may say an opinion: after the question, or after the last one."""
    asked = complaint.satisfaction
    if asked is None:
        return ()
    since = asked.said_at or asked.asked_at
    return tuple(one for one in complaint.messages if one.received_at > since)


def with_opinion(
    complaint: Complaint, verdict: Verdict, at: datetime, who: str = "client"
) -> Complaint:
    """The complaint with what the client says of it; who contests has it taken up again."""
    after = complaint.with_verdict(verdict, at, who)
    if after is complaint or verdict is not Verdict.CONTESTED or after.state not in _ASKED_IN:
        return after
    return after.reopened(at, who)


def _worked_after(day: date, count: int, timetable: Timetable) -> date:
    while count:
        day += timedelta(days=1)
        count -= is_worked(day, timetable.closures)
    return day
