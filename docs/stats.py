"""The picture of the README, from invented figures: python docs/stats.py"""

import random
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

sys.path.insert(0, str(Path(__file__).parent.parent))

from letters.chart import picture
from letters.figures import counted
from register.complaint import (
    Complainant,
    Complaint,
    Finding,
    Grievance,
    Letter,
    LetterKind,
    Outcome,
    State,
)
from register.deadlines import Timetable, answer_due
from register.labels import Channel, Motive, Severity

NOW = datetime(2026, 11, 27, 16, 30, tzinfo=UTC)
ZONE = ZoneInfo("Europe/Paris")
MOTIVES = {
    Motive.SCHEDULING: 16,
    Motive.BILLING: 11,
    Motive.EXAM: 8,
    Motive.CONDUCT: 5,
    Motive.PAPERWORK: 4,
    Motive.RECEPTION: 3,
    Motive.VEHICLE: 2,
    Motive.OTHER: 2,
}
RECENT = (318.5, 321.0, 325.0, 328.0, 329.5)  # days of the year
OUTCOMES = {Outcome.UPHELD: 9, Outcome.PARTLY_UPHELD: 6, Outcome.NOT_UPHELD: 5}


def invented(count: int = 48, seed: int = 2) -> list[Complaint]:
    """A year of complaints that nobody has made."""
    chance = random.Random(seed)
    days = [
        *sorted(chance.uniform(0, 318) for _ in range(count - 5)),
        318.5,
        321.0,
        325.0,
        328.0,
        329.5,
    ]
    start = datetime(2026, 1, 1, 8, 0, tzinfo=UTC)
    return [_one(number, start + timedelta(days=at), chance) for number, at in enumerate(days, 1)]


def _one(number: int, received_at: datetime, chance: random.Random) -> Complaint:
    motive = chance.choices(list(MOTIVES), list(MOTIVES.values()))[0]
    one = Complaint(
        reference=f"R-2026-{number:04d}",
        channel=chance.choice([Channel.EMAIL, Channel.EMAIL, Channel.TELEGRAM, Channel.PHONE]),
        received_at=received_at,
        registered_at=received_at,
        answer_due=answer_due(received_at, Timetable(zone=ZONE)),
        complainant=Complainant(),
        messages=(),
        motives=(motive,),
        severity=chance.choice(list(Severity)),
    )
    waited = timedelta(hours=chance.choice([0.01] * 30 + [51]))
    one = _with_letter(one, LetterKind.ACKNOWLEDGEMENT, waited, State.ACKNOWLEDGED)
    days = timedelta(days=chance.choice([2, 4, 5, 6, 6, 7, 8, 8, 9, 9, 10, 10, 10, 12]))
    outcome = chance.choices(list(OUTCOMES), list(OUTCOMES.values()))[0]
    one = replace(one, grievances=(Grievance(number=1, text="", finding=Finding(outcome)),))
    return _with_letter(one, LetterKind.ANSWER, days, State.ANSWERED)


def _with_letter(one: Complaint, kind: LetterKind, after: timedelta, state: State) -> Complaint:
    """The complaint once that letter has left; as it was, where that is still to come."""
    at = one.received_at + after
    if at > NOW:
        return one
    letter = Letter(
        letter_id=f"{one.reference}.{kind}.1",
        kind=kind,
        to=None,
        subject="",
        body="",
        created_at=at,
        sent_at=at,
    )
    return replace(one, letters=(*one.letters, letter), state=state)


def main() -> None:
    """Draw the picture beside this file."""
    figures = counted(invented(), NOW.year, NOW, ZONE)
    data = picture(figures, "Auto-école du Parc", NOW.astimezone(ZONE).date())
    Path(__file__).with_suffix(".png").write_bytes(data)


if __name__ == "__main__":
    main()
