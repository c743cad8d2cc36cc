"""When we look: the periodic steps, on `schedule`, with a guard around each.

`schedule` alone would let one raising job starve every job after it, and never awaits a coroutine.
Here a job only starts a task; the step runs there, guarded: what it raises is logged once and the
next time comes. A step never runs beside itself: asked again while it runs, it runs once more
after. Steps ask the register what is due, so a missed time costs nothing.
"""

import asyncio
from collections.abc import Awaitable, Callable

import schedule
import structlog

log = structlog.get_logger()

Step = Callable[[], Awaitable[object]]


class Agenda:
    """The rhythm of the application. Every step runs once at the start, then at its interval."""

    def __init__(self, tick: float = 0.25) -> None:
        self._tick = tick  # seconds between two looks at the schedule
        self._scheduler = schedule.Scheduler()
        self._guarded: list[_Guarded] = []
        self._on_change: list[_Guarded] = []
        self._longest = 0  # seconds of the longest interval
        self._is_ended = False

    def every(self, seconds: int, name: str, step: Step, *, on_change: bool = False) -> None:
        """Run a step every so many seconds; with `on_change`, also whenever `wake` is called."""
        guarded = _Guarded(name, step)
        self._guarded.append(guarded)
        if on_change:
            self._on_change.append(guarded)
        self._longest = max(self._longest, seconds)
        self._scheduler.every(seconds).seconds.do(guarded.start)

    def wake(self) -> None:
        """Something was saved: the steps that live on changes look at once.

        Once the agenda has ended nothing is started: the register remembers what is due.
        """
        if not self._is_ended:
            for guarded in self._on_change:
                guarded.start()

    async def run(self, stop: asyncio.Event) -> None:
        """Keep the rhythm until `stop`; then let running steps end."""
        for guarded in self._guarded:
            guarded.start()
        while not stop.is_set():
            self._look()
            try:
                await asyncio.wait_for(stop.wait(), self._tick)
            except TimeoutError:
                continue
        self._is_ended = True
        await asyncio.gather(*(guarded.finish() for guarded in self._guarded))

    def _look(self) -> None:
        """Start what is due. `schedule` goes by the wall clock of the machine's zone.

        Where that was put back (the end of summer time, a correction) nothing would run until it
        has caught up: everything is then started at once and planned anew.
        """
        if (self._scheduler.idle_seconds or 0) > self._longest:
            self._scheduler.run_all()
        self._scheduler.run_pending()


class _Guarded:
    """A step that cannot hurt the others, and never runs beside itself."""

    def __init__(self, name: str, step: Step) -> None:
        self._name = name
        self._step = step
        self._task: asyncio.Task[None] | None = None
        self._again = False

    def start(self) -> None:
        """Begin the step, or have it run once more where it is running."""
        if self._task and not self._task.done():
            self._again = True
            return
        self._task = asyncio.get_running_loop().create_task(self._run(), name=self._name)

    async def finish(self) -> None:
        """Wait for the step, if it runs, without starting it again."""
        self._again = False
        if self._task:
            await self._task

    async def _run(self) -> None:
        self._again = True
        while self._again:
            self._again = False
            try:
                await self._step()
            except asyncio.CancelledError:
                raise
            except Exception as error:  # noqa: BLE001 - the guard: one failing step starves nobody
                log.error("agenda.failed", step=self._name, error=type(error).__name__)
