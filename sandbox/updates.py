"""What waits for the bot until it is acknowledged, and who may fetch it."""

import itertools
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sandbox.bell import Bell
from sandbox.clock import Clock
from sandbox.refusals import Refusal, bad_gateway, conflict

KEPT = timedelta(hours=24)  # core.telegram.org/bots/api#getting-updates: "not ... longer than 24"
NOT_SENT_UNASKED = frozenset({"chat_member", "message_reaction", "message_reaction_count"})

Update = dict[str, Any]


class Updates:
    """The queue of one bot: it outlives the bot's restarts, and serves one poller at a time."""

    def __init__(self, clock: Clock, bell: Bell) -> None:
        self._clock = clock
        self._bell = bell
        self._ids = itertools.count(1000)
        self._pending: list[tuple[datetime, Update]] = []
        self._allowed: frozenset[str] | None = None
        self._poll = 0
        self.down = False

    def __len__(self) -> int:
        return len(self._pending)

    def put(self, kind: str, content: Any) -> None:
        """Queue an update, unless the bot's last poll asked not to be told of its kind."""
        if self._is_wanted(kind):
            self._pending.append((self._clock(), {"update_id": next(self._ids), kind: content}))
            self._bell.ring()

    def clear(self) -> None:
        self._pending.clear()

    def allow(self, kinds: Collection[str]) -> None:
        """Keep to these kinds from now on; none of them means the usual ones."""
        self._allowed = frozenset(kinds) or None

    async def fetch(self, offset: int, limit: int, timeout: float) -> list[Update]:
        """Acknowledge what lies before the offset, then wait for what comes after it."""
        self._poll += 1
        this_poll = self._poll
        self._bell.ring()  # the earlier poll, if one still hangs, gives way to this one
        self._acknowledge(offset)

        def found() -> list[Update] | Refusal | None:
            if self.down:
                return bad_gateway()
            if this_poll != self._poll:
                return conflict()
            return [update for _, update in self._pending[:limit]] or None

        answer: list[Update] | Refusal | None = await self._bell.until(found, timeout)
        if isinstance(answer, Refusal):
            raise answer
        return answer or []

    def _acknowledge(self, offset: int) -> None:
        if offset < 0:
            self._pending = self._pending[offset:]
        oldest = self._clock() - KEPT
        self._pending = [
            (put_at, update)
            for put_at, update in self._pending
            if update["update_id"] >= offset and put_at >= oldest
        ]

    def _is_wanted(self, kind: str) -> bool:
        return kind not in NOT_SENT_UNASKED if self._allowed is None else kind in self._allowed
