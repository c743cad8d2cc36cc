"""One connection to a mailbox (IMAP4rev2, RFC 9051): the only user of its library.

Whatever the server, TLS or the network do becomes a `MailboxTrouble` with a short cause. Every
wait has an end, encryption is never quietly given up, and nothing is ever deleted or marked read.
"""

import re
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, tzinfo
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Any, Literal, NamedTuple, Self

import structlog
from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import (
    CapabilityError,
    IMAPClientAbortError,
    IMAPClientError,
    LoginError,
)

SLICE = 1.0  # seconds between two looks at whether to stop

_CODE = re.compile(r"\[([A-Z]+)")  # RFC 5530: the machine's word in an answer meant for people
_PASSING = {"UNAVAILABLE", "INUSE", "LIMIT", "SERVERBUG"}

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class MailboxSettings:
    """Which folder of which mailbox, and how to get there."""

    host: str
    port: int = 993
    security: Literal["tls", "starttls", "none"] = "tls"
    user: str
    password: str = field(repr=False)
    folder: str = "INBOX"
    done_folder: str = "Traités"
    since: date | None = None  # the first start takes mail from this day on; None: from now on
    zone: tzinfo = UTC  # where that day begins
    idle_seconds: float = 60
    timeout: float = 30  # seconds, for every single answer of the server
    ca_file: Path | None = None  # the authority behind the server's certificate; None: the usual


@dataclass(frozen=True, slots=True, kw_only=True)
class RawMail:
    """A message as it lies on the server."""

    uid: int
    uid_validity: int
    raw: bytes
    received_at: datetime  # INTERNALDATE, UTC


class Cause(StrEnum):
    """Why a mailbox cannot be read."""

    LOGIN = "login"
    ENCRYPTION = "encryption"  # asked for and not to be had
    CERTIFICATE = "certificate"
    FOLDER = "folder"
    NAME = "name"  # no such host
    TIMEOUT = "timeout"
    CONNECTION = "connection"
    BUSY = "busy"  # the server says: not now
    PROTOCOL = "protocol"
    FAULT = "fault"  # on our side


class MailboxTrouble(Exception):
    """The mailbox cannot be read; `cause` says why."""

    def __init__(self, cause: Cause) -> None:
        super().__init__(cause.value)
        self.cause = cause


class MailboxRefused(MailboxTrouble):
    """Somebody has to act: the settings do not fit the server."""


class MailboxUnreachable(MailboxTrouble):
    """It may heal by itself."""


class Fact(NamedTuple):
    """One thing that a check found: "folder", "INBOX: 12 messages"."""

    what: str
    value: str


# -- the connection ---------------------------------------------------------------------------


@contextmanager
def _troubles() -> Iterator[None]:
    """What the library, TLS and the network raise, as a `MailboxTrouble`."""
    try:
        yield
    except (IMAPClientError, OSError) as error:
        raise _trouble(error) from error


class Connection:
    """One logged-in connection; whatever happens to it is a `MailboxTrouble`, and its end."""

    @_troubles()
    def __init__(self, settings: MailboxSettings) -> None:
        self._settings = settings
        self._uid_validity = 0
        self._client = _connected(settings)
        try:
            _log_in(self._client, settings)
            self._done_folder = self._personal(settings.done_folder)
        except BaseException:
            self._hang_up()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            with suppress(IMAPClientError, OSError):
                self._client.logout()
        self._hang_up()

    @_troubles()
    def select(self) -> tuple[int, int]:
        """Open the folder and make the other one; give UIDVALIDITY and UIDNEXT."""
        self._make_done_folder()
        try:
            answer = self._client.select_folder(self._settings.folder)
        except IMAPClientAbortError:
            raise
        except IMAPClientError as error:
            raise MailboxRefused(Cause.FOLDER) from error
        self._uid_validity = answer[b"UIDVALIDITY"]
        if b"UIDNEXT" in answer:  # old servers leave it out (RFC 9051 s.6.3.2)
            return self._uid_validity, answer[b"UIDNEXT"]
        return self._uid_validity, max(self._client.search(["ALL"]), default=0) + 1

    @_troubles()
    def uids_from(self, first: int) -> set[int]:
        """The messages numbered so or higher."""
        # "99:*" means the last message too, whatever its number (RFC 9051 s.9, seq-range).
        return {uid for uid in self._client.search(["UID", f"{first}:*"]) if uid >= first}

    @_troubles()
    def arrived_since(self, since: datetime, among: set[int]) -> set[int]:
        """Those of some messages that did not arrive before an instant."""
        day_before = (since - timedelta(days=1)).date()  # SINCE knows days, in the server's zone
        likely = sorted(among & set(self._client.search(["SINCE", day_before])))
        if not likely:
            return set()
        arrivals = self._client.fetch(likely, ["INTERNALDATE"])
        return {uid for uid in likely if uid in arrivals and _arrival(arrivals[uid]) >= since}

    @_troubles()
    def fetch(self, uid: int) -> RawMail | None:
        """A message, unread as it was; None where it is gone."""
        answer = self._client.fetch([uid], ["BODY.PEEK[]", "INTERNALDATE"])
        if uid not in answer:
            return None
        raw = answer[uid].get(b"BODY[]")
        if raw is None:
            raise MailboxUnreachable(Cause.PROTOCOL)
        return RawMail(
            uid=uid,
            uid_validity=self._uid_validity,
            raw=raw,
            received_at=_arrival(answer[uid]),
        )

    @_troubles()
    def move(self, uid: int) -> bool:
        """Move a message to the folder of what is done; False where the server will not."""
        if self._is_moved(uid):
            return True
        self._make_done_folder()  # somebody may have removed it
        return self._is_moved(uid)

    @_troubles()
    def wait(self, stop: threading.Event, seconds: float) -> None:
        """Until the server announces something, or it is time to look again (RFC 2177)."""
        if not self._client.has_capability("IDLE"):
            stop.wait(seconds)
            self._client.noop()
            return
        self._client.idle()
        try:
            self._idle(stop, time.monotonic() + seconds)
        finally:
            self._client.idle_done()  # the only call that notices a line that is dead

    @_troubles()
    def facts(self) -> list[Fact]:
        """What is there, and what the server can do."""
        folder, done = self._settings.folder, self._done_folder
        if not self._client.folder_exists(folder):
            raise MailboxRefused(Cause.FOLDER)
        count = self._client.folder_status(folder, ["MESSAGES"])[b"MESSAGES"]
        return [
            Fact("encryption", self._settings.security),
            Fact("folder", f"{folder}: {count}"),
            Fact("done_folder", f"{done}: {_yes(self._client.folder_exists(done))}"),
            Fact("idle", _yes(self._client.has_capability("IDLE"))),
            Fact("move", _yes(self._client.has_capability("MOVE"))),
        ]

    def _idle(self, stop: threading.Event, until: float) -> None:
        while not stop.is_set() and (left := until - time.monotonic()) > 0:
            asked_at, patience = time.monotonic(), min(SLICE, left)
            heard = self._client.idle_check(timeout=patience)
            # On a line that is dead it answers "nothing" at once, for ever.
            if heard or time.monotonic() - asked_at < patience / 2:
                return

    def _is_moved(self, uid: int) -> bool:
        try:
            self._move(uid)
        except IMAPClientAbortError:
            raise
        except IMAPClientError:
            return False
        return True

    def _move(self, uid: int) -> None:
        if self._client.has_capability("MOVE"):  # RFC 6851
            self._client.move([uid], self._done_folder)
            return
        self._client.copy([uid], self._done_folder)
        self._client.add_flags([uid], [b"\\Deleted"], silent=True)
        if self._client.has_capability("UIDPLUS"):  # a bare EXPUNGE would take others along
            self._client.uid_expunge([uid])  # RFC 4315 s.2.1

    def _make_done_folder(self) -> None:
        """Make it where it is missing; where that is refused, messages are taken and stay."""
        if self._client.folder_exists(self._done_folder):
            return
        try:
            self._client.create_folder(self._done_folder)
            self._client.subscribe_folder(self._done_folder)
        except IMAPClientAbortError:
            raise
        except IMAPClientError:
            log.warning("mailbox.no_done_folder")

    def _personal(self, name: str) -> str:
        """A folder's whole name: some servers keep all below "INBOX." (RFC 2342)."""
        if not self._client.has_capability("NAMESPACE"):
            return name
        personal = self._client.namespace().personal
        prefix = personal[0][0] if personal else ""
        return name if name.startswith(prefix) else prefix + name

    def _hang_up(self) -> None:
        with suppress(IMAPClientError, OSError):
            self._client.shutdown()


def _arrival(answer: dict[bytes, Any]) -> datetime:
    arrived: datetime = answer[b"INTERNALDATE"]
    return arrived.astimezone(UTC)


def check(settings: MailboxSettings) -> list[Fact]:
    """What a look at the mailbox finds; raises `MailboxRefused` or `MailboxUnreachable`."""
    with Connection(settings) as connection:
        return connection.facts()


# -- getting there ----------------------------------------------------------------------------


def _connected(settings: MailboxSettings) -> IMAPClient:
    context = None if settings.security == "none" else _tls(settings)
    client = IMAPClient(
        settings.host,
        port=settings.port,
        ssl=settings.security == "tls",
        ssl_context=context,
        timeout=SocketTimeout(connect=settings.timeout, read=settings.timeout),
    )
    client.normalise_times = False  # or arrivals come in the machine's own zone, without saying so
    if settings.security == "starttls":
        try:
            client.starttls(context)  # raises where it is not offered: never on without it
        except BaseException:
            with suppress(IMAPClientError, OSError):
                client.shutdown()
            raise
    return client


def _tls(settings: MailboxSettings) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=settings.ca_file)


def _log_in(client: IMAPClient, settings: MailboxSettings) -> None:
    if settings.password.isascii() and settings.user.isascii():
        client.login(settings.user, settings.password)
    else:
        client.plain_login(settings.user, settings.password)  # LOGIN is ASCII; RFC 4616 is UTF-8


# -- what went wrong --------------------------------------------------------------------------


def _trouble(error: IMAPClientError | OSError) -> MailboxTrouble:
    """Told by classes and by RFC 5530's codes, never by a sentence. The first that fits counts."""
    if isinstance(error, LoginError):
        return _login_trouble(error)
    for kind, trouble in _TROUBLES:
        if isinstance(error, kind):
            return trouble()
    return MailboxUnreachable(Cause.CONNECTION)


def _login_trouble(error: LoginError) -> MailboxTrouble:
    # The library wraps whatever happens while logging in.
    if isinstance(error.__context__, IMAPClientAbortError):
        return MailboxUnreachable(Cause.CONNECTION)
    codes = set(_CODE.findall(str(error)))
    if codes & _PASSING:
        return MailboxUnreachable(Cause.BUSY)
    return MailboxRefused(Cause.ENCRYPTION if "PRIVACYREQUIRED" in codes else Cause.LOGIN)


def _yes(is_so: bool) -> str:
    return "yes" if is_so else "no"


_TROUBLES: tuple[tuple[type[Exception], Callable[[], MailboxTrouble]], ...] = (
    (CapabilityError, partial(MailboxRefused, Cause.ENCRYPTION)),  # STARTTLS alone is demanded
    (IMAPClientAbortError, partial(MailboxUnreachable, Cause.CONNECTION)),
    (IMAPClientError, partial(MailboxUnreachable, Cause.PROTOCOL)),
    (ssl.SSLCertVerificationError, partial(MailboxRefused, Cause.CERTIFICATE)),
    (ssl.SSLError, partial(MailboxUnreachable, Cause.ENCRYPTION)),
    (socket.gaierror, partial(MailboxUnreachable, Cause.NAME)),
    (TimeoutError, partial(MailboxUnreachable, Cause.TIMEOUT)),
)
