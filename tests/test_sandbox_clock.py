"""The sandbox's clock: it runs, it can be put forward, and it never goes back."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from sandbox.clock import SandboxClock

START = datetime(2026, 3, 2, 9, 0, tzinfo=timezone(timedelta(hours=1)))


def test_starts_where_it_is_told_in_utc():
    """The clock begins at the chosen moment and answers in UTC."""
    now = SandboxClock(START)()

    assert now.tzinfo is UTC
    assert START <= now < START + timedelta(seconds=5)


def test_runs():
    """Two looks at the clock are never in the wrong order."""
    clock = SandboxClock(START)

    looks = [clock() for _ in range(100)]

    assert looks == sorted(looks)
    assert looks[0] < looks[-1]


def test_advance_puts_it_forward():
    """A day ahead is a day ahead, and the clock says so at once."""
    clock = SandboxClock(START)

    told = clock.advance(timedelta(days=1))

    assert START + timedelta(days=1) <= told <= clock()
    assert clock() < START + timedelta(days=1, seconds=5)


def test_advance_to_a_moment():
    """The clock can be put to a moment to come, in any time zone."""
    clock = SandboxClock(START)

    clock.advance_to(START + timedelta(days=10))

    assert timedelta(0) <= clock() - (START + timedelta(days=10)) < timedelta(seconds=5)


def test_never_goes_back():
    """Neither a negative step nor a moment gone by moves the clock."""
    clock = SandboxClock(START)

    with pytest.raises(ValueError, match="never goes back"):
        clock.advance(timedelta(seconds=-1))
    with pytest.raises(ValueError, match="never goes back"):
        clock.advance_to(START - timedelta(days=1))

    assert clock() >= START


def test_refuses_a_start_without_a_zone():
    """A start that could mean two moments is refused."""
    with pytest.raises(ValueError, match="time zone"):
        SandboxClock(START.replace(tzinfo=None))
