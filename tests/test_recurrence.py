"""The recurrence radar: which cases come back, and what the manager makes of them."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.interview import Hand
from bot.promising import promising_nothing
from bot.texts import label
from register.complaint import Complaint, ReceivedMessage, State
from register.extraction import Extraction, Source
from register.labels import Motive, Training
from register.recurrence import Common, recurrences, returning, traits
from register.remedy import Action
from sandbox.person import Person
from tests.answered import BOSS, answered
from tests.complaints import NOON, complaint
from tests.desk import Desk, StillClock, opened

SITE = {"site": "Robespierre"}


def case(
    number: int, day: int, source: dict[str, object] | None = None, **more: object
) -> Complaint:
    """A complaint received so many days after Monday 2 March 2026."""
    at = NOON + timedelta(days=day)
    plain: dict[str, object] = {
        "reference": f"R-2026-{number:04d}",
        "received_at": at,
        "extraction": Extraction(is_complaint=True, source=Source(**(source or SITE))),  # type: ignore[arg-type]
    }
    return complaint(**(plain | more))


def written(text: str) -> dict[str, object]:
    """A case with this text."""
    message = ReceivedMessage(source_id=f"{text}@home.test", received_at=NOON, text=text)
    return {"messages": (message,)}


def found(*cases: Complaint, after: int = 400) -> list[list[int]]:
    """The numbers of the cases of each recurrence."""
    now = max(one.received_at for one in cases) if after == 400 else NOON + timedelta(days=after)
    return [
        [int(one.reference[-4:]) for one in recurrence.cases]
        for recurrence in recurrences(cases, now)
    ]


# -- what comes back --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        pytest.param((0,), [], id="once"),
        pytest.param((0, 90), [1, 2], id="twice in 90 days"),
        pytest.param((0, 91), [], id="twice in 91 days"),
        pytest.param((0, 180, 365), [1, 2, 3], id="three times in a year"),
        pytest.param((0, 180, 366), [], id="three times in a year and a day"),
        pytest.param((0, 200, 250), [1, 2, 3], id="both at once"),
        pytest.param((0, 0), [1, 2], id="on the same day"),
        pytest.param((90, 0), [1, 2], id="entered in another order"),
        pytest.param((0, 300, 301), [1, 2, 3], id="an old one and two together"),
    ],
)
def test_how_often_is_too_often(days: tuple[int, ...], expected: list[int]) -> None:
    """Twice in 90 days, or three times in a year."""
    group = [case(number, day) for number, day in enumerate(days, 1)]

    assert sorted(int(one.reference[-4:]) for one in returning(group)) == expected


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        pytest.param(case(2, 10), [[1, 2]], id="same motive, same site"),
        pytest.param(case(2, 10, {"site": "ROBESPIERRE"}), [[1, 2]], id="written otherwise"),
        pytest.param(case(2, 10, {"site": "Centre"}), [], id="another site"),
        pytest.param(case(2, 10, motives=(Motive.EXAM,)), [], id="another motive"),
        pytest.param(
            case(2, 10, motives=(Motive.EXAM, Motive.SCHEDULING)), [], id="only a second motive"
        ),
        pytest.param(case(2, 10, motives=()), [], id="no motive"),
        pytest.param(case(2, 10, {"staff": ("Karim",)}), [], id="a person, but no site"),
        pytest.param(case(2, 10, state=State.SET_ASIDE), [], id="set aside"),
        pytest.param(case(2, 10, state=State.WITHDRAWN), [], id="withdrawn"),
        pytest.param(case(2, 10, state=State.CLOSED), [[1, 2]], id="closed"),
    ],
)
def test_which_cases_belong_together(second: Complaint, expected: list[list[int]]) -> None:
    """The same main motive, and one thing more."""
    assert found(case(1, 0), second) == expected


@pytest.mark.parametrize(
    ("common", "one", "other"),
    [
        pytest.param(
            Common.STAFF, {"staff": ("Karim", "Sophie")}, {"staff": ("karim",)}, id="person"
        ),
        pytest.param(
            Common.TRAINING, {"training": Training.MOTO}, {"training": Training.MOTO}, id="training"
        ),
    ],
)
def test_a_person_or_a_training_in_common(
    common: Common, one: dict[str, object], other: dict[str, object]
) -> None:
    """As well as a site."""
    (recurrence,) = recurrences([case(1, 0, one), case(2, 5, other)], NOON + timedelta(days=5))

    assert [it.common for it in recurrence.shared] == [common]


def test_a_vehicle_is_known_by_its_plate() -> None:
    """However the client writes it."""
    nothing = {"site": None}
    one = case(1, 0, nothing, **written("La voiture AB-123-CD cale"))
    other = case(2, 5, nothing, **written("la clio ab 123 cd a encore calé"))
    (recurrence,) = recurrences([one, other], NOON + timedelta(days=5))

    assert [(it.common, it.value) for it in recurrence.shared] == [(Common.VEHICLE, "AB123CD")]


def test_the_same_cases_stand_in_one_proposal() -> None:
    """Whatever they share; cases that share something else stand in another."""
    both = {"site": "Robespierre", "staff": ("Karim",)}
    cases = [case(1, 0, both), case(2, 5, both), case(3, 9, {"staff": ("Karim",)})]

    assert found(*cases) == [[1, 2], [1, 2, 3]]
    assert len({trait.mark for one in cases for trait in traits(one)}) == 2


def test_what_was_shown_does_not_count_again() -> None:
    """Two new ones make a new proposal; one alone does not; old cases are history."""
    (first,) = recurrences([case(1, 0), case(2, 5)], NOON + timedelta(days=5))
    shown = [one.with_told(first.keys, NOON) for one in first.cases]

    assert found(*shown, case(3, 20)) == []
    assert found(*shown, case(3, 20), case(4, 30)) == [[3, 4]]
    assert found(case(1, 0), case(2, 5), after=371) == []


# -- at the desk ------------------------------------------------------------------------------


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with opened(tmp_path, StillClock(NOON + timedelta(days=10))) as running:
        yield running


@pytest.fixture
async def jeanne(desk: Desk) -> Person:
    return await desk.manager()


def two_cases(desk: Desk) -> None:
    """One that was answered, one under investigation."""
    desk.register.save(answered(extraction=case(1, 0).extraction))
    desk.register.save(case(2, 5).investigated(NOON + timedelta(days=6), BOSS))


async def test_the_manager_is_asked_once(desk: Desk, jeanne: Person) -> None:
    """The cases by name, what they share; after a restart and a third case nothing comes again."""
    two_cases(desk)
    await desk.following.recurrences()
    await desk.restart()
    desk.register.save(case(3, 9))
    await desk.following.recurrences()

    (told,) = jeanne.texts()[1:]
    assert "Cas non isolé" in told
    assert "R-2026-0001, reçue le 2 mars 2026" in told
    assert "R-2026-0002" in told
    assert "Agence : Robespierre" in told


async def test_taken_together_with_one_action_for_all(desk: Desk, jeanne: Person) -> None:
    """Not isolated where an investigation is open; the newest case carries the one action."""
    two_cases(desk)
    await desk.following.recurrences()
    proposal = jeanne.from_bot()[-1]
    await desk.taps(jeanne, label("following.button_shared"))
    await desk.restart()
    await desk.taps(jeanne, label("following.button_shared"), proposal)  # once more: no harm
    last = await desk.says(jeanne, "Un planning commun aux moniteurs, par Sophie")

    one, two = desk.complaint("R-2026-0001"), desk.complaint("R-2026-0002")
    assert two.investigation
    assert two.investigation.is_isolated is False
    assert [action.what for action in two.actions] == [
        "Un planning commun aux moniteurs, par Sophie"
    ]
    assert len(one.actions) == 1  # its own, from before
    assert one.events[-1].what == "common_action:R-2026-0002"
    assert sum(event.what == "recurrence:shared" for event in two.events) == 1
    assert "R-2026-0001, R-2026-0002" in last


async def test_the_common_action_stands_where_its_case_is_not_upheld(
    desk: Desk, jeanne: Person
) -> None:
    """What was meant for that case alone goes; the other cases point to the common one."""
    two_cases(desk)
    await desk.following.recurrences()
    await desk.taps(jeanne, label("following.button_shared"))
    await desk.says(jeanne, "Un planning commun aux moniteurs")
    two, hand = desk.complaint("R-2026-0002"), Hand(NOON, BOSS, "Jeanne", NOON.date())
    own = Action(number=0, what="Un rappel à Karim")
    two = two.with_actions(hand.at, hand.who, [*two.actions, own])

    after = promising_nothing(two, hand)

    assert [action.what for action in after.actions] == ["Un planning commun aux moniteurs"]


async def test_told_apart(desk: Desk, jeanne: Person) -> None:
    """Nothing is changed but the story, and they are not proposed together again."""
    two_cases(desk)
    await desk.following.recurrences()
    await desk.taps(jeanne, label("following.button_distinct"))
    await desk.following.recurrences()

    two = desk.complaint("R-2026-0002")
    assert two.investigation
    assert two.investigation.is_isolated is None
    assert two.events[-1].what == "recurrence:distinct"
    assert "cas distincts" in jeanne.texts()[-1]
    assert len(jeanne.texts()) == 2


async def test_a_manager_missed_is_asked_later(desk: Desk, jeanne: Person) -> None:
    """One who cannot be reached for the moment is asked at the next look, the other not twice."""
    karim = await desk.manager(8, "Karim Diallo")
    two_cases(desk)
    desk.api.flood(jeanne, 1)
    await desk.following.recurrences()
    await desk.following.recurrences()

    assert len(jeanne.texts()[1:]) == len(karim.texts()[1:]) == 1


async def test_at_night_nobody_is_asked(desk: Desk, jeanne: Person) -> None:
    """Inside the manager's hours only."""
    two_cases(desk)
    desk.clock.advance(hours=12)
    await desk.following.recurrences()

    assert jeanne.texts()[1:] == []


def test_a_trait_needs_its_value() -> None:
    """What the text does not say is nothing in common."""
    bare = replace(case(1, 0), extraction=Extraction())

    assert list(traits(bare)) == []
