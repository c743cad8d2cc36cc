"""One folder of a mailbox, watched for ever.

    new message → `take` (saved for good) → moved to the folder of what is done → position saved

In this order, one message at a time, oldest first: a process that dies between any two steps does
the rest when it starts again, and at worst hands over a message that `take` knows. Nothing is
skipped; one message that cannot be taken never holds up the others. One that is saved but that the
server will not move stays where it lies.

Everything here blocks: it belongs in a thread of its own.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from datetime import time as time_of_day
from enum import StrEnum

import structlog

from intake.imap import (
    Cause,
    Connection,
    Fact,
    MailboxRefused,
    MailboxSettings,
    MailboxTrouble,
    MailboxUnreachable,
    RawMail,
    check,
)
from intake.progress import Position, Progress

__all__ = [
    "Cause",
    "Condition",
    "Fact",
    "Mailbox",
    "MailboxRefused",
    "MailboxSettings",
    "MailboxState",
    "MailboxTrouble",
    "MailboxUnreachable",
    "Position",
    "RawMail",
    "check",
]

LONGEST_IDLE = 60.0  # seconds; mail between a search and IDLE is announced by no server at once
FIRST_PAUSE = 1.0  # seconds before connecting again; doubled each time
LAST_PAUSE = 60.0
REFUSED_PAUSE = 300.0  # a wrong password does not heal by itself, and servers lock accounts

log = structlog.get_logger()


class Condition(StrEnum):
    """How the watching goes."""

    WATCHING = "watching"
    UNREACHABLE = "unreachable"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class MailboxState:
    """How the watching goes, and what waits in the folder because it could not be taken."""

    condition: Condition
    cause: Cause | None = None
    failures: int = 0  # attempts in a row without success
    stuck: tuple[int, ...] = ()  # uids


class Mailbox:
    """Watches one folder and hands over every new message, once it can.

    `take` saves a message and answers True; False or an exception mean "not saved", and the message
    is tried again later. It must know a message that it is handed twice.
    """

    def __init__(
        self,
        settings: MailboxSettings,
        *,
        position: Callable[[], Position | None],
        take: Callable[[RawMail], bool],
        save_position: Callable[[Position], None],
        on_state: Callable[[MailboxState], None],
        clock: Callable[[], datetime],
        pause: Callable[[float], object] | None = None,
    ) -> None:
        self._settings = settings
        self._known_position = position
        self._take = take
        self._save_position = save_position
        self._on_state = on_state
        self._clock = clock
        self._pause = pause
        self._progress: Progress | None = None
        self._saved: Position | None = None
        self._state: MailboxState | None = None
        self._failures = 0

    def run(self, stop: threading.Event) -> None:
        """Watch until stopped, whatever happens."""
        pause = self._pause or stop.wait
        while not stop.is_set():
            try:
                with Connection(self._settings) as connection:
                    self._watch(connection, stop)
            except MailboxTrouble as trouble:
                self._failed(trouble)
                pause(_pause_after(trouble, self._failures))
            except Exception as error:  # noqa: BLE001 - the watch outlives a full disk, or a fault
                log.error("mailbox.fault", error=type(error).__name__)
                self._failed(MailboxUnreachable(Cause.FAULT))
                pause(LAST_PAUSE)

    def _watch(self, connection: Connection, stop: threading.Event) -> None:
        progress = self._progress = self._start(connection)
        self._save(progress)
        while not stop.is_set():
            progress.listed(_present(connection, progress.position))
            self._save(progress)
            for uid in progress.due(time.monotonic()):
                if stop.is_set():
                    return
                self._deal_with(connection, progress, uid)
            self._succeeded(progress)
            connection.wait(stop, min(self._settings.idle_seconds, LONGEST_IDLE))

    def _start(self, connection: Connection) -> Progress:
        """Where to begin in the folder as the server numbers it now."""
        uid_validity, uid_next = connection.select()
        progress, known = self._progress, self._known_position()
        if known is None:
            return Progress(self._first_position(uid_validity, uid_next))
        if known.uid_validity != uid_validity:
            log.warning("mailbox.renumbered", before=known.uid_validity, now=uid_validity)
            return Progress(Position(uid_validity, 1, known.since, uid_next))
        return progress if progress and progress.position == known else Progress(known)

    def _first_position(self, uid_validity: int, uid_next: int) -> Position:
        if self._settings.since is None:
            return Position(uid_validity, uid_next, self._clock())
        since = datetime.combine(self._settings.since, time_of_day.min, self._settings.zone)
        return Position(uid_validity, 1, since.astimezone(UTC), uid_next)

    def _deal_with(self, connection: Connection, progress: Progress, uid: int) -> None:
        try:
            is_done = self._is_dealt_with(connection, uid)
        except MailboxTrouble:
            progress.failed(
                uid, time.monotonic()
            )  # or one that breaks the line would do so for ever
            raise
        if is_done:
            progress.handled(uid)
            self._save(progress)
        else:
            progress.failed(uid, time.monotonic())

    def _is_dealt_with(self, connection: Connection, uid: int) -> bool:
        mail = connection.fetch(uid)
        if mail is None:
            return True  # somebody moved it meanwhile
        try:
            is_taken = self._take(mail)
        except Exception as error:  # noqa: BLE001 - one message must not hold up the others
            log.error("mailbox.not_taken", uid=uid, error=type(error).__name__)
            return False
        if is_taken and not connection.move(uid):
            log.warning("mailbox.not_moved", uid=uid)
        return is_taken

    def _save(self, progress: Progress) -> None:
        if progress.position != self._saved:
            self._save_position(progress.position)
            self._saved = progress.position

    def _succeeded(self, progress: Progress) -> None:
        self._failures = 0
        self._report(MailboxState(Condition.WATCHING, stuck=progress.stuck))

    def _failed(self, trouble: MailboxTrouble) -> None:
        self._failures += 1
        log.warning("mailbox.trouble", cause=trouble.cause.value, failures=self._failures)
        refused = isinstance(trouble, MailboxRefused)
        self._report(
            MailboxState(
                Condition.REFUSED if refused else Condition.UNREACHABLE,
                trouble.cause,
                self._failures,
                self._progress.stuck if self._progress else (),
            )
        )

    def _report(self, state: MailboxState) -> None:
        if state != self._state:
            self._state = state
            self._on_state(state)


def _present(connection: Connection, position: Position) -> set[int]:
    """The messages from the position on that are not older than the first start."""
    there = connection.uids_from(position.next_uid)
    if position.since is None or position.next_uid >= position.old_below:
        return there
    renumbered = {uid for uid in there if uid < position.old_below}
    return (there - renumbered) | connection.arrived_since(position.since, renumbered)


def _pause_after(trouble: MailboxTrouble, failures: int) -> float:
    if isinstance(trouble, MailboxRefused):
        return REFUSED_PAUSE
    return min(LAST_PAUSE, FIRST_PAUSE * 2.0 ** min(failures - 1, 10))
