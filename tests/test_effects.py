"""The effect of an action, looked at after 30 and 90 days; and how a complaint ends."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from bot.texts import label
from letters.words import named
from register.complaint import Complaint, IllegalStep, LetterKind, Refusal, State
from register.deadlines import Timetable
from register.effect import due_notices, owed_check, owed_checks
from register.extraction import Extraction, Source
from register.labels import Motive
from sandbox.person import Person
from tests.answered import ANSWERED_AT, BOSS, answered
from tests.complaints import complaint
from tests.desk import Desk, StillClock, at, opened

REFERENCE = "R-2026-0001"
DONE_AT = at(10, day=16)
THIRTY, NINETY = DONE_AT + timedelta(days=30), DONE_AT + timedelta(days=90)
CLOSE = label("following.button_close")


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with opened(tmp_path, StillClock(THIRTY)) as running:
        yield running


@pytest.fixture
async def jeanne(desk: Desk) -> Person:
    return await desk.manager()


def at_site(site: str | None) -> Extraction:
    return Extraction(is_complaint=True, source=Source(site=site))


def acted(**changes: object) -> Complaint:
    """An answered complaint whose one action was done on 16 March."""
    one = answered(compensations=(), **changes)  # type: ignore[arg-type]
    return one.with_action_done(1, DONE_AT, BOSS, "Vu.")


def others(*days: int, **changes: object) -> list[Complaint]:
    """One complaint of the same motive for each number of days after the action was done."""
    return [
        complaint(
            reference=f"R-2026-{number:04d}",
            received_at=DONE_AT + timedelta(days=count),
            **changes,
        )
        for number, count in enumerate(days, 10)
    ]


def numbers(one: Complaint, *more: Complaint, now: datetime = THIRTY) -> tuple[int, int] | None:
    owed = owed_checks([one, *more], now)
    return (owed[0].before, owed[0].after) if owed else None


# -- what is counted --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        pytest.param([], (1, 0), id="the complaint itself lies before"),
        pytest.param(others(-29, -1, 0, 1, 29), (3, 3), id="thirty days each way"),
        pytest.param(others(-31, 30), (1, 0), id="outside the thirty days"),
        pytest.param(others(-5, 5, motives=(Motive.EXAM,)), (1, 0), id="another motive"),
        pytest.param(others(-5, 5, motives=()), (1, 0), id="no motive"),
        pytest.param(
            others(5, motives=(Motive.EXAM, Motive.SCHEDULING)), (1, 0), id="only a second motive"
        ),
        pytest.param(others(5, state=State.SET_ASIDE), (1, 0), id="no complaint at all"),
        pytest.param(others(5, extraction=at_site("Robespierre")), (1, 1), id="any site"),
    ],
)
def test_complaints_before_and_after(more: list[Complaint], expected: tuple[int, int]) -> None:
    """Of the same main motive, in as many days before the action was done as after."""
    assert numbers(acted(), *more) == expected


@pytest.mark.parametrize(
    ("site", "expected"), [("robespierre", (1, 1)), ("Centre", (1, 0)), (None, (1, 0))]
)
def test_a_known_site_counts(site: str | None, expected: tuple[int, int]) -> None:
    """Where the complaint names a site, only that site's count."""
    one = acted(extraction=at_site("Robespierre"))

    assert numbers(one, *others(5, extraction=at_site(site))) == expected


def test_a_look_is_owed_after_thirty_and_after_ninety_days() -> None:
    """Not before, in that order, and not once it was taken."""
    one = acted()
    early = owed_checks([one], THIRTY - timedelta(minutes=1))
    (first,) = owed_checks([one], NINETY)
    looked = one.with_check(1, first.check(True, NINETY), BOSS)
    (second,) = owed_checks([looked], NINETY)
    both = looked.with_check(1, second.check(True, NINETY), BOSS)

    assert early == []
    assert (first.days, second.days) == (30, 90)
    assert owed_checks([looked], NINETY - timedelta(days=1)) == []
    assert owed_checks([both], NINETY) == []
    assert owed_check(looked, 1, 30, [looked], NINETY) is None
    assert both.closed(NINETY, BOSS).state is State.CLOSED


def test_a_look_is_told_at_once_then_every_week() -> None:
    """Inside the hours; what was told is not due again."""
    (owed,) = owed_checks([acted()], THIRTY)
    timetable = Timetable()
    keys = due_notices(owed, THIRTY, timetable)
    told = replace(owed, complaint=owed.complaint.with_told(keys, THIRTY))

    assert keys == ("check:1:30:week0",)
    assert due_notices(owed, THIRTY + timedelta(hours=12), timetable) == ()
    assert due_notices(told, THIRTY + timedelta(days=6), timetable) == ()
    assert due_notices(told, THIRTY + timedelta(days=7), timetable) == ("check:1:30:week1",)


def test_one_more_action_after_the_answer() -> None:
    """It gets the next number and its story; the same words twice are one; not while it is new."""
    after = answered().with_further_action(
        "Un second rappel", ANSWERED_AT, BOSS, due=date(2026, 4, 1)
    )

    assert [one.number for one in after.actions] == [1, 2]
    assert after.state is State.ACTIONS_FOLLOWED
    assert after.events[-1].what == "action:2"
    assert after.with_further_action("Un second rappel", ANSWERED_AT, BOSS) == after
    with pytest.raises(IllegalStep):
        complaint().with_further_action("Un rappel", ANSWERED_AT, BOSS)


# -- at the desk ------------------------------------------------------------------------------


async def test_the_manager_gets_the_numbers_and_judges(desk: Desk, jeanne: Person) -> None:
    """One digest, told once; a tap keeps the look with its numbers; a second tap is old."""
    for one in (acted(), *others(-1, 3, 4)):
        desk.register.save(one)
    await desk.following.checks()
    await desk.restart()
    await desk.following.checks()
    (told,) = jeanne.texts()[1:]
    digest = jeanne.from_bot()[-1]
    await desk.taps(jeanne, label("following.button_effective"))

    assert "Un rappel la veille" in told
    assert f"({named(Motive.SCHEDULING)}) : 2 dans les 30 jours avant, 2 dans" in told
    (check,) = desk.complaint().actions[0].checks
    assert (check.days, check.before, check.after, check.is_effective) == (30, 2, 2, True)
    assert await desk.taps(jeanne, label("following.button_effective"), digest) == label(
        "manager.old_button"
    )


async def test_what_was_not_effective_leads_to_another_action(desk: Desk, jeanne: Person) -> None:
    """It is proposed at once, written in a sentence, and stands in the ledger, due in a month."""
    desk.register.save(acted())
    await desk.following.checks()
    await desk.taps(jeanne, label("following.button_ineffective"))
    await desk.restart()
    await desk.taps(jeanne, label("following.button_further"))
    last = await desk.says(jeanne, "Un SMS la veille, par Sophie")

    one = desk.complaint()
    assert not one.actions[0].checks[0].is_effective
    assert one.actions[1].what == "Un SMS la veille, par Sophie"
    assert one.actions[1].due == date(2026, 5, 15)
    assert "15 mai 2026" in last
    assert "Un SMS la veille" in await desk.says(jeanne, "/suivi")


async def test_closing_waits_for_promises_and_looks(desk: Desk, jeanne: Person) -> None:
    """Refused with its sentence while a promise is open, then while a look is missing."""
    desk.clock.at = NINETY + timedelta(days=1)  # a Monday
    desk.register.save(answered(compensations=()))
    await desk.says(jeanne, f"/dossier {REFERENCE}")
    assert await desk.taps(jeanne, CLOSE) == named(Refusal.PROMISES_OPEN)

    desk.register.save(acted())
    assert await desk.taps(jeanne, CLOSE) == named(Refusal.NOT_CHECKED)

    for _ in range(2):
        await desk.following.checks()
        await desk.taps(jeanne, label("following.button_effective"))
    await desk.says(jeanne, f"/dossier {REFERENCE}")
    assert await desk.taps(jeanne, CLOSE) == label("following.closed")
    assert desk.complaint().state is State.CLOSED
    assert CLOSE not in jeanne.from_bot()[-1].labels
    assert "Close" in jeanne.texts()[-1]


async def test_the_client_takes_an_open_complaint_back(desk: Desk, jeanne: Person) -> None:
    """Asked once more; then nothing is owed, nothing leaves, and there are no pings."""
    desk.receives()
    await desk.says(jeanne, f"/dossier {REFERENCE}")
    await desk.taps(jeanne, "Retirée par le client")
    assert desk.complaint().is_open
    await desk.taps(jeanne, "Oui, le client la retire")
    await desk.prompts.pings()

    assert desk.complaint().state is State.WITHDRAWN
    assert desk.complaint().events[-1].who == "manager:7"
    assert "retirée par le client" in jeanne.texts()[-1]


@pytest.mark.parametrize("is_leaving", [True, False])
async def test_what_is_answered_or_leaving_is_not_taken_back(
    desk: Desk, jeanne: Person, is_leaving: bool
) -> None:
    """Once the answer is approved the button is gone; once it has left an old one is refused."""
    one = acted()
    letter = one.letter(LetterKind.ANSWER)
    assert letter
    if is_leaving:
        one = one.reopened(THIRTY, BOSS).with_letter(replace(letter, sent_at=None))
    desk.register.save(one)
    await desk.says(jeanne, f"/dossier {REFERENCE}")
    shown = jeanne.from_bot()[-1]
    if not is_leaving:
        await jeanne.presses_data("m:is_withdrawn:R-2026-0001:", on=shown)
        await desk.settled()

    assert label("following.button_withdraw") not in shown.labels
    assert desk.complaint().state is one.state
