"""How far a mailbox folder has been dealt with, so that nothing is lost and little is done twice.

The position only ever moves over messages that are dealt with without a gap: all below `next_uid`
are. One that cannot be taken holds the position where it is, while those after it pass; a process
that dies starts from the position again and meets at most messages that have been moved away.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

FIRST_RETRY = 5.0  # seconds; doubled each time
LAST_RETRY = 3600.0


@dataclass(frozen=True, slots=True)
class Position:
    """Where reading goes on in a folder (RFC 9051, 2.3.1.1).

    What lay in the folder before the first start is nobody's complaint. Numbers tell it apart
    until the server numbers anew; then, of the messages below `old_below`, those that arrived
    before `since` are left alone.
    """

    uid_validity: int
    next_uid: int
    since: datetime | None = None
    old_below: int = 0


@dataclass(frozen=True, slots=True)
class _Retry:
    attempts: int
    due_at: float


class Progress:
    """Which messages are still to be dealt with, by uid; times are seconds of any steady clock."""

    def __init__(self, position: Position) -> None:
        self._position = position
        self._open: list[int] = []
        self._handled: set[int] = set()
        self._retries: dict[int, _Retry] = {}

    @property
    def position(self) -> Position:
        """Where a new process would have to start."""
        return self._position

    @property
    def stuck(self) -> tuple[int, ...]:
        """Messages that could not be taken and wait for another attempt."""
        return tuple(sorted(self._retries))

    def listed(self, uids: Iterable[int]) -> None:
        """The folder holds these messages now, from the position on."""
        there = sorted(uid for uid in set(uids) if uid >= self._position.next_uid)
        self._open = [uid for uid in there if uid not in self._handled]
        self._retries = {uid: one for uid, one in self._retries.items() if uid in self._open}
        self._advance(there[-1] + 1 if there else self._position.next_uid)

    def due(self, now: float) -> tuple[int, ...]:
        """The messages to deal with now, oldest first."""
        return tuple(
            uid
            for uid in self._open
            if uid not in self._retries or self._retries[uid].due_at <= now
        )

    def handled(self, uid: int) -> None:
        """This message is saved and, where the server allows it, moved away; or it is gone."""
        self._open.remove(uid)
        self._handled.add(uid)
        self._retries.pop(uid, None)
        self._advance(uid + 1)

    def failed(self, uid: int, now: float) -> None:
        """This message stays where it is and is tried again, later each time."""
        attempts = self._retries[uid].attempts + 1 if uid in self._retries else 1
        pause = min(LAST_RETRY, FIRST_RETRY * 2.0 ** min(attempts - 1, 20))
        self._retries[uid] = _Retry(attempts, now + pause)

    def _advance(self, beyond: int) -> None:
        """Move the position up to the first open message, or beyond all that are known."""
        known = [beyond, *(uid + 1 for uid in self._handled)]
        reached = self._open[0] if self._open else max(known)
        next_uid = max(self._position.next_uid, reached)
        self._position = replace(self._position, next_uid=next_uid)
        self._handled = {uid for uid in self._handled if uid >= next_uid}
