"""One bell for everybody who waits for something to change."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")


class Bell:
    """Rung after each change, so that those who wait look again; nobody ever polls."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()

    def ring(self) -> None:
        self._rung.set()
        self._rung = asyncio.Event()

    async def until(self, look: Callable[[], Found | None], timeout: float) -> Found | None:
        """What `look` finds, now or after a ring; None when the seconds have run out."""
        try:
            async with asyncio.timeout(timeout):
                while (found := look()) is None:
                    await self._rung.wait()
                return found
        except TimeoutError:
            return None
