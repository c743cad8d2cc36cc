"""The agenda: every step at its time, and none can hurt another."""

import asyncio
from datetime import timedelta

from app.agenda import Agenda


async def _run_until(agenda: Agenda, seen: asyncio.Event) -> None:
    stop = asyncio.Event()
    running = asyncio.create_task(agenda.run(stop))
    await asyncio.wait_for(seen.wait(), 5)
    stop.set()
    await asyncio.wait_for(running, 5)


async def test_every_step_runs_at_the_start() -> None:
    """A step with an interval of a day runs at once when the agenda starts."""
    agenda, seen = Agenda(), asyncio.Event()

    async def step() -> None:
        seen.set()

    agenda.every(86_400, "daily", step)

    await _run_until(agenda, seen)


async def test_a_failing_step_starves_nobody() -> None:
    """A step that raises every time does not keep the one after it from running."""
    agenda, seen = Agenda(tick=0.01), asyncio.Event()
    ran = []

    async def bad() -> None:
        raise ValueError

    async def good() -> None:
        ran.append(1)
        if len(ran) == 2:
            seen.set()

    agenda.every(1, "bad", bad)
    agenda.every(1, "good", good)

    await _run_until(agenda, seen)


async def test_a_woken_step_runs_once_more_after_itself_and_never_beside_itself() -> None:
    """Waking a step that is running makes it look again when it has ended."""
    agenda, seen, gate = Agenda(), asyncio.Event(), asyncio.Event()
    running = most = runs = 0

    async def step() -> None:
        nonlocal running, most, runs
        running += 1
        most = max(most, running)
        runs += 1
        if runs == 1:
            agenda.wake()
            agenda.wake()
            gate.set()
        await asyncio.sleep(0)
        running -= 1
        if runs == 2:
            seen.set()

    agenda.every(86_400, "dispatch", step, on_change=True)

    await _run_until(agenda, seen)
    assert (runs, most) == (2, 1)
    assert gate.is_set()


async def test_a_clock_that_is_put_back_holds_up_nothing() -> None:
    """At the end of summer time the wall clock loses an hour; the steps go on."""
    agenda, seen = Agenda(tick=0.01), asyncio.Event()
    ran = []

    async def step() -> None:
        ran.append(1)
        if len(ran) == 1:
            for job in agenda._scheduler.jobs:  # as if an hour had been taken from the clock
                assert job.next_run
                job.next_run += timedelta(hours=1)
        else:
            seen.set()

    agenda.every(1, "dispatch", step)

    await _run_until(agenda, seen)


async def test_nothing_is_started_after_the_end() -> None:
    """A change that comes while the application closes is left to the next start."""
    agenda, seen = Agenda(), asyncio.Event()
    ran = []

    async def step() -> None:
        ran.append(1)
        seen.set()

    agenda.every(86_400, "dispatch", step, on_change=True)
    await _run_until(agenda, seen)
    agenda.wake()
    await asyncio.sleep(0)

    assert len(ran) == 1
