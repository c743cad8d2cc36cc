"""How far a folder has been dealt with: nothing open is ever passed over."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from intake.progress import FIRST_RETRY, LAST_RETRY, Position, Progress


def begun(next_uid: int = 1) -> Progress:
    return Progress(Position(7, next_uid))


def test_the_position_follows_what_is_handled() -> None:
    """With every message handled in turn, the position is right behind it."""
    progress = begun()
    progress.listed([3, 1, 2])
    reached = []
    for uid in progress.due(0):
        progress.handled(uid)
        reached.append(progress.position.next_uid)

    assert reached == [2, 3, 4]


def test_a_message_that_fails_holds_the_position() -> None:
    """Those behind it pass, and a new process would still meet it."""
    progress = begun()
    progress.listed([1, 2, 3])
    progress.failed(1, now=0)
    for uid in (2, 3):
        progress.handled(uid)

    assert progress.position.next_uid == 1
    assert progress.stuck == (1,)
    assert progress.due(0) == ()


def test_what_was_handled_behind_a_failed_one_is_not_due_again() -> None:
    """On a server that leaves handled messages where they are, they are not handed over twice."""
    progress = begun()
    progress.listed([1, 2, 3])
    progress.failed(1, now=0)
    progress.handled(2)
    progress.handled(3)
    progress.listed([1, 2, 3])

    assert progress.due(FIRST_RETRY) == (1,)


def test_a_failed_message_is_tried_again_later_each_time() -> None:
    """The pause doubles, up to an hour."""
    progress = begun()
    progress.listed([1])
    pauses = []
    for _ in range(14):
        progress.failed(1, now=0)
        pause = next(second for second in range(1, 4000) if progress.due(second))
        pauses.append(pause)

    assert pauses[:3] == [FIRST_RETRY, 2 * FIRST_RETRY, 4 * FIRST_RETRY]
    assert pauses[-1] == LAST_RETRY


def test_once_the_failed_one_is_handled_the_position_catches_up() -> None:
    """The position jumps over all that was handled meanwhile."""
    progress = begun()
    progress.listed([1, 2, 5])
    progress.failed(1, now=0)
    progress.handled(2)
    progress.handled(5)
    progress.handled(1)

    assert progress.position.next_uid == 6
    assert progress.stuck == ()


def test_a_failed_message_that_somebody_moved_is_forgotten() -> None:
    """What is no longer in the folder does not hold the position."""
    progress = begun()
    progress.listed([1, 2])
    progress.failed(1, now=0)
    progress.handled(2)
    progress.listed([])

    assert progress.position.next_uid == 3
    assert progress.stuck == ()


def test_what_is_known_of_the_start_stays() -> None:
    """The day of the first start and the old numbers travel with the position."""
    since = datetime(2026, 3, 1, tzinfo=UTC)
    progress = Progress(Position(7, 1, since, 40))
    progress.listed([1])
    progress.handled(1)

    assert progress.position == Position(7, 2, since, 40)


@given(
    there=st.sets(st.integers(1, 30)),
    steps=st.lists(st.tuples(st.integers(1, 30), st.booleans())),
    start=st.integers(1, 31),
)
def test_no_open_message_lies_below_the_position(
    there: set[int], steps: list[tuple[int, bool]], start: int
) -> None:
    """Whatever succeeds and fails in whatever order, a new process meets all that is open."""
    progress = begun(start)
    open_uids = {uid for uid in there if uid >= start}
    progress.listed(there)
    before = progress.position.next_uid
    for uid, succeeds in steps:
        if uid not in open_uids:
            continue
        if succeeds:
            progress.handled(uid)
            open_uids.discard(uid)
        else:
            progress.failed(uid, now=0)
        assert before <= progress.position.next_uid <= min(open_uids, default=99)
        before = progress.position.next_uid
