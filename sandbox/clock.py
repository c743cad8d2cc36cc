"""The sandbox's own time: it runs like a clock on the wall, from a moment one chooses."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

Clock = Callable[[], datetime]


class SandboxClock:
    """What time it is in the sandbox, in UTC; it can be put forward, never back.

    Ten days of a procedure are rehearsed in a minute by putting it forward.
    """

    def __init__(self, start: datetime) -> None:
        if start.tzinfo is None:
            raise ValueError("The sandbox's clock needs a start with a time zone.")
        self._start = start.astimezone(UTC)
        self._started = time.monotonic()

    def __call__(self) -> datetime:
        return self._start + timedelta(seconds=time.monotonic() - self._started)

    def advance(self, by: timedelta) -> datetime:
        """Put the clock forward; answers the new time."""
        if by < timedelta(0):
            raise ValueError("The sandbox's clock never goes back.")
        self._start += by
        return self()

    def advance_to(self, moment: datetime) -> datetime:
        """Put the clock forward to a moment that is still to come."""
        return self.advance(moment - self())
