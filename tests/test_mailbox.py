"""One folder of a real mailbox, watched: nothing is lost, nothing is taken twice."""

import queue
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from imapclient.exceptions import IMAPClientError
from structlog.testing import capture_logs

from intake import mailbox as mailbox_module
from intake.imap import Connection
from intake.mailbox import (
    Cause,
    Condition,
    Mailbox,
    MailboxRefused,
    MailboxSettings,
    MailboxState,
    MailboxUnreachable,
    Position,
    RawMail,
    check,
)
from tests.servers import free_port
from tests.servers.dovecot import Dovecot

SCHOOL = "reclamations@ecole.test"
USERS = {SCHOOL: "secret"}
LONG = 15.0  # seconds: a test that waits as long has failed
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
DONE = "Traités"


def mail(number: int) -> bytes:
    """A letter that can be told from others."""
    return (
        f"From: client@home.test\r\nTo: {SCHOOL}\r\nSubject: Lettre {number}\r\n"
        f"Message-ID: <{number}@home.test>\r\n\r\nBonjour.\r\n"
    ).encode()


class Desk:
    """What stands behind a mailbox: it saves messages, and remembers the position."""

    def __init__(self) -> None:
        self.position: Position | None = None
        self.saved: list[str] = []
        self.refused: set[str] = set()  # subjects that cannot be saved
        self.received: dict[str, datetime] = {}
        self._taken: queue.Queue[str] = queue.Queue()
        self._states: queue.Queue[MailboxState] = queue.Queue()

    def take(self, raw: RawMail) -> bool:
        subject = raw.raw.split(b"Subject: ")[1].split(b"\r\n")[0].decode()
        self._taken.put(subject)
        if subject in self.refused:
            raise OSError("the disk is full")
        self.saved.append(subject)
        self.received[subject] = raw.received_at
        return True

    def save_position(self, position: Position) -> None:
        self.position = position

    def on_state(self, state: MailboxState) -> None:
        self._states.put(state)

    def next(self, patience: float = LONG) -> str:
        """The subject of the next message that is handed over."""
        return self._taken.get(timeout=patience)

    def state(self, is_meant: Callable[[MailboxState], object]) -> MailboxState:
        """Wait for a state."""
        while True:
            state = self._states.get(timeout=LONG)
            if is_meant(state):
                return state

    def is_watching(self) -> None:
        self.state(lambda state: state.condition is Condition.WATCHING)


@pytest.fixture
def dovecot() -> Iterator[Dovecot]:
    with Dovecot(USERS) as server:
        yield server


@pytest.fixture
def desk() -> Desk:
    return Desk()


def settings(server: Dovecot, **changes: Any) -> MailboxSettings:
    plain = MailboxSettings(
        host="127.0.0.1",
        port=server.imap_port,
        security="none",
        user=SCHOOL,
        password=USERS[SCHOOL],
        idle_seconds=20,
        timeout=5,
    )
    return replace(plain, **changes)


@contextmanager
def watched(desk: Desk, chosen: MailboxSettings) -> Iterator[list[float]]:
    """A mailbox in its thread; gives the pauses that it made, which last no time here."""
    stop, pauses = threading.Event(), []

    def pause(seconds: float) -> None:
        pauses.append(seconds)
        stop.wait(min(seconds, 0.1))

    mailbox = Mailbox(
        chosen,
        position=lambda: desk.position,
        take=desk.take,
        save_position=desk.save_position,
        on_state=desk.on_state,
        clock=lambda: NOW,
        pause=pause,
    )
    thread = threading.Thread(target=mailbox.run, args=(stop,))
    thread.start()
    try:
        yield pauses
    finally:
        stop.set()
        thread.join(LONG)
        assert not thread.is_alive()


def move_is_over(dovecot: Dovecot, count: int) -> None:
    """Wait until so many messages lie in the folder of what is done."""
    with dovecot.client(SCHOOL) as reader:
        reader.select_folder(DONE)
        for _ in range(100):
            if len(reader.search(["ALL"])) >= count:
                return
            reader.idle()
            reader.idle_check(timeout=0.1)
            reader.idle_done()
    raise AssertionError("not moved")


# -- the first start --------------------------------------------------------------------------


def test_the_first_start_begins_now(dovecot: Dovecot, desk: Desk) -> None:
    """Mail that lay there before is left alone, and where reading begins is remembered at once."""
    dovecot.deliver(SCHOOL, mail(1))
    with watched(desk, settings(dovecot)):
        desk.is_watching()
        assert desk.position is not None
        assert (desk.position.next_uid, desk.position.since) == (2, NOW)
        dovecot.deliver(SCHOOL, mail(2))
        assert desk.next() == "Lettre 2"

    assert desk.saved == ["Lettre 2"]
    assert dovecot.mails(SCHOOL) != []


def test_the_first_start_can_begin_on_a_day(dovecot: Dovecot, desk: Desk) -> None:
    """Told a day, it takes what arrived from then on, and leaves what is older."""
    with dovecot.client(SCHOOL) as other:
        for number, day in ((1, 10), (2, 20), (3, 15), (4, 22)):
            other.append("INBOX", mail(number), msg_time=datetime(2026, 2, day, 12, tzinfo=UTC))
    with watched(desk, settings(dovecot, since=date(2026, 2, 15))):
        taken = [desk.next() for _ in range(3)]
        move_is_over(dovecot, 3)
        desk.is_watching()

    assert taken == ["Lettre 2", "Lettre 3", "Lettre 4"]
    assert desk.received["Lettre 2"] == datetime(2026, 2, 20, 12, tzinfo=UTC)
    assert desk.position is not None
    assert desk.position.next_uid == 5
    assert len(dovecot.mails(SCHOOL)) == 1


def test_that_day_begins_where_the_establishment_is(dovecot: Dovecot, desk: Desk) -> None:
    """Half past midnight in Paris is still the day before in UTC, and is taken."""
    paris = ZoneInfo("Europe/Paris")
    with dovecot.client(SCHOOL) as other:
        for number, hour in ((1, 22), (2, 23)):
            at = datetime(2026, 2, 14, hour, 30, tzinfo=UTC)
            other.append("INBOX", mail(number), msg_time=at)
    with watched(desk, settings(dovecot, since=date(2026, 2, 15), zone=paris)):
        assert desk.next() == "Lettre 2"
        move_is_over(dovecot, 1)

    assert desk.position is not None
    assert desk.position.since == datetime(2026, 2, 14, 23, tzinfo=UTC)
    assert len(dovecot.mails(SCHOOL)) == 1


# -- new mail ---------------------------------------------------------------------------------


def test_new_mail_is_handed_over_at_once(dovecot: Dovecot, desk: Desk) -> None:
    """The server's announcement is enough: nobody waits for the next look."""
    with watched(desk, settings(dovecot)):
        desk.is_watching()
        for number in (1, 2):
            dovecot.deliver(SCHOOL, mail(number))
            assert desk.next(patience=3) == f"Lettre {number}"


def test_saved_mail_is_moved_unread(dovecot: Dovecot, desk: Desk) -> None:
    """What is saved leaves the folder for the other, its bytes and its being unread untouched."""
    with watched(desk, settings(dovecot)):
        desk.is_watching()
        dovecot.deliver(SCHOOL, mail(1))
        desk.next()
        move_is_over(dovecot, 1)

    assert dovecot.mails(SCHOOL) == []
    assert dovecot.mails(SCHOOL, DONE)[0].endswith(mail(1))
    with dovecot.client(SCHOOL) as reader:
        reader.select_folder(DONE)
        assert b"\\Seen" not in reader.get_flags([1])[1]


def test_a_second_run_takes_nothing_twice(dovecot: Dovecot, desk: Desk) -> None:
    """Stopped and started again, it goes on where it was; mail of the time between is taken."""
    for number in (1, 2):
        with watched(desk, settings(dovecot)):
            desk.is_watching()
            dovecot.deliver(SCHOOL, mail(number))
            assert desk.next() == f"Lettre {number}"
    dovecot.deliver(SCHOOL, mail(3))
    with watched(desk, settings(dovecot)):
        assert desk.next() == "Lettre 3"
        move_is_over(dovecot, 3)

    assert desk.saved == ["Lettre 1", "Lettre 2", "Lettre 3"]


@pytest.mark.parametrize(
    "capability",
    [
        pytest.param("IMAP4rev1 IDLE UIDPLUS", id="no MOVE"),
        pytest.param("IMAP4rev1 UIDPLUS", id="no IDLE"),
        pytest.param("IMAP4rev1 IDLE", id="neither MOVE nor UIDPLUS"),
    ],
)
def test_a_poorer_server_will_do(desk: Desk, capability: str) -> None:
    """Without an extension, mail still comes in once, and what others marked stays."""
    with Dovecot(USERS, capability=capability) as poor:
        with poor.client(SCHOOL) as other:
            other.append("INBOX", mail(0), flags=[b"\\Deleted"])
        with watched(desk, settings(poor, idle_seconds=0.2)):
            desk.is_watching()
            for number in (1, 2):
                poor.deliver(SCHOOL, mail(number))
                assert desk.next() == f"Lettre {number}"
            move_is_over(poor, 2)

        assert any(b"Lettre 0" in one for one in poor.mails(SCHOOL))
        assert len(poor.mails(SCHOOL, DONE)) == 2
    assert desk.saved == ["Lettre 1", "Lettre 2"]


def test_a_server_with_a_prefix_gets_its_folder_below_it(desk: Desk) -> None:
    """Where all folders live below "INBOX.", so does the folder of what is done."""
    with Dovecot(USERS, prefix="INBOX.") as server:
        with watched(desk, settings(server)):
            desk.is_watching()
            server.deliver(SCHOOL, mail(1))
            desk.next()
        assert len(server.mails(SCHOOL, f"INBOX.{DONE}")) == 1


def test_a_range_beyond_the_last_message_is_empty(dovecot: Dovecot) -> None:
    """Servers answer "99:*" with the last message, which is no new one."""
    dovecot.deliver(SCHOOL, mail(1))
    with Connection(settings(dovecot)) as connection:
        connection.select()
        assert connection.uids_from(1) == {1}
        assert connection.uids_from(99) == set()


# -- what cannot be saved ---------------------------------------------------------------------


def test_a_message_that_cannot_be_saved_holds_up_nobody(
    dovecot: Dovecot, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It stays and is said to be stuck, the others pass, and later it is tried again."""
    monkeypatch.setattr("intake.progress.FIRST_RETRY", 0.2)
    desk.refused = {"Lettre 1"}
    with watched(desk, settings(dovecot, idle_seconds=0.5)):
        desk.is_watching()
        for number in (1, 2, 3):
            dovecot.deliver(SCHOOL, mail(number))
        move_is_over(dovecot, 2)
        stuck = desk.state(lambda state: state.stuck).stuck
        assert len(dovecot.mails(SCHOOL)) == 1
        assert desk.position is not None
        assert desk.position.next_uid == 1

        desk.refused = set()
        healed = desk.state(lambda state: not state.stuck)
        move_is_over(dovecot, 3)

    assert stuck == (1,)
    assert healed.condition is Condition.WATCHING
    assert desk.saved == ["Lettre 2", "Lettre 3", "Lettre 1"]
    assert desk.position.next_uid == 4


def test_a_process_that_dies_before_moving_takes_the_message_again(
    dovecot: Dovecot, desk: Desk
) -> None:
    """Saved but not moved, a message is handed over once more at the next start, then moved."""
    desk.position = Position(0, 1)
    with Connection(settings(dovecot)) as connection:
        desk.position = Position(connection.select()[0], 1)
    dovecot.deliver(SCHOOL, mail(1))
    desk.saved = ["Lettre 1"]
    with watched(desk, settings(dovecot)):
        assert desk.next() == "Lettre 1"
        move_is_over(dovecot, 1)

    assert dovecot.mails(SCHOOL) == []


def test_a_folder_that_somebody_removed_is_made_again(dovecot: Dovecot, desk: Desk) -> None:
    """With the folder of what is done gone, the message is moved all the same, taken once."""
    with watched(desk, settings(dovecot, idle_seconds=0.5)) as _:
        desk.is_watching()
        with dovecot.client(SCHOOL) as other:
            other.delete_folder(DONE)
        dovecot.deliver(SCHOOL, mail(1))
        assert desk.next() == "Lettre 1"
        move_is_over(dovecot, 1)

    assert desk.saved == ["Lettre 1"]
    assert dovecot.mails(SCHOOL) == []


def test_a_server_that_moves_nothing_holds_up_nothing(
    dovecot: Dovecot, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is saved counts as dealt with where it lies: it is neither stuck nor taken again."""

    def refuse(connection: Connection, uid: int) -> None:
        raise IMAPClientError("[NOPERM] not yours")

    monkeypatch.setattr(Connection, "_move", refuse)
    with capture_logs() as logs, watched(desk, settings(dovecot, idle_seconds=0.2)):
        desk.is_watching()
        for number in (1, 2):
            dovecot.deliver(SCHOOL, mail(number))
            assert desk.next() == f"Lettre {number}"

    assert desk.position is not None
    assert desk.position.next_uid == 3
    assert desk.saved == ["Lettre 1", "Lettre 2"]
    assert [one["uid"] for one in logs if one["event"] == "mailbox.not_moved"] == [1, 2]


# -- trouble ----------------------------------------------------------------------------------


def test_a_crash_of_the_server_is_waited_out(dovecot: Dovecot, desk: Desk) -> None:
    """While the server is away it is asked again, less and less often; then all goes on."""
    with watched(desk, settings(dovecot)) as pauses:
        desk.is_watching()
        dovecot.crash()
        desk.state(lambda state: state.failures >= 3)
        dovecot.start()
        desk.is_watching()
        dovecot.deliver(SCHOOL, mail(1))
        assert desk.next() == "Lettre 1"

    assert pauses[:3] == [1, 2, 4]


def hang_up_while_idle(server: socket.socket) -> None:
    """A server that logs anybody in, then closes the line in the middle of IDLE."""
    line, _ = server.accept()
    with line, line.makefile("rb") as commands:
        line.sendall(b"* OK [CAPABILITY IMAP4rev1 IDLE] ready\r\n")
        for command in commands:
            tag, word = command.split()[:2]
            if word == b"IDLE":
                line.sendall(b"+ idling\r\n")
                return
            if word == b"CAPABILITY":
                line.sendall(b"* CAPABILITY IMAP4rev1 IDLE\r\n")
            line.sendall(tag + b" OK done\r\n")


def test_a_line_that_dies_quietly_is_noticed() -> None:
    """Closed by the other side while waiting, it ends at once: no waiting on, no spinning."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        peer = threading.Thread(target=hang_up_while_idle, args=(server,))
        peer.start()
        chosen = MailboxSettings(
            host="127.0.0.1",
            port=server.getsockname()[1],
            security="none",
            user=SCHOOL,
            password="x",
            timeout=5,
        )
        began = time.monotonic()
        with pytest.raises(MailboxUnreachable) as trouble, Connection(chosen) as connection:
            connection.wait(threading.Event(), LONG)
        peer.join(LONG)

    assert trouble.value.cause is Cause.CONNECTION
    assert time.monotonic() - began < 3


def test_numbers_that_change_lose_nothing(dovecot: Dovecot, desk: Desk) -> None:
    """When the server numbers anew, all that arrived since the first start is looked at."""
    with dovecot.client(SCHOOL) as other:
        other.append("INBOX", mail(1), msg_time=NOW - timedelta(days=400))
    with watched(desk, settings(dovecot)):
        desk.is_watching()
    before = desk.position
    with dovecot.client(SCHOOL) as other:
        other.append("INBOX", mail(2), msg_time=NOW + timedelta(seconds=1))
    dovecot.crash()
    dovecot.renumber(SCHOOL)
    dovecot.start()
    with watched(desk, settings(dovecot)):
        assert desk.next() == "Lettre 2"
        move_is_over(dovecot, 1)
        desk.is_watching()

    assert before is not None
    assert desk.position is not None
    assert desk.position.uid_validity != before.uid_validity
    assert desk.position.since == NOW
    assert desk.saved == ["Lettre 2"]


def test_a_wrong_password_is_said_and_tried_slowly(dovecot: Dovecot, desk: Desk) -> None:
    """A refusal is told from a server that is away, and asked again rarely."""
    with watched(desk, settings(dovecot, password="wrong")) as pauses:
        state = desk.state(lambda state: state.condition is Condition.REFUSED)

    assert state.cause is Cause.LOGIN
    assert pauses[0] == mailbox_module.REFUSED_PAUSE


def test_a_fault_of_ours_does_not_end_the_watch(dovecot: Dovecot, desk: Desk) -> None:
    """Even with a position that cannot be saved, it goes on trying."""
    failing = threading.Event()
    failing.set()
    save = desk.save_position

    def save_position(position: Position) -> None:
        if failing.is_set():
            raise OSError("the disk is full")
        save(position)

    desk.save_position = save_position  # type: ignore[method-assign]
    with watched(desk, settings(dovecot)):
        assert desk.state(lambda state: state.cause).cause is Cause.FAULT
        failing.clear()
        desk.is_watching()


# -- encryption, and a look at what is there --------------------------------------------------


@pytest.fixture
def sealed() -> Iterator[Dovecot]:
    with Dovecot(USERS, tls=True) as server:
        yield server


def test_tls_and_starttls_work(sealed: Dovecot) -> None:
    """With the authority that signed the server's certificate, both ways get in."""
    for security, port in (("tls", sealed.imaps_port), ("starttls", sealed.imap_port)):
        facts = check(settings(sealed, security=security, port=port, ca_file=sealed.ca_file))
        assert ("encryption", security) in facts


def test_an_unknown_certificate_is_refused(sealed: Dovecot) -> None:
    """Without that authority nothing is sent, least of all the password."""
    for security, port in (("tls", sealed.imaps_port), ("starttls", sealed.imap_port)):
        with pytest.raises(MailboxRefused) as refusal:
            check(settings(sealed, security=security, port=port))
        assert refusal.value.cause is Cause.CERTIFICATE


def test_starttls_is_never_given_up(dovecot: Dovecot) -> None:
    """A server that does not offer what was asked for is not talked to."""
    with pytest.raises(MailboxRefused) as refusal:
        check(settings(dovecot, security="starttls"))

    assert refusal.value.cause is Cause.ENCRYPTION


def test_a_check_says_what_is_there(dovecot: Dovecot) -> None:
    """The folder with its messages, and whether the other one exists yet."""
    dovecot.deliver(SCHOOL, mail(1))

    assert check(settings(dovecot)) == [
        ("encryption", "none"),
        ("folder", "INBOX: 1"),
        ("done_folder", "Traités: no"),
        ("idle", "yes"),
        ("move", "yes"),
    ]


def test_a_check_refuses_a_folder_that_is_not_there(dovecot: Dovecot) -> None:
    """A folder by a wrong name is said so."""
    with pytest.raises(MailboxRefused) as refusal:
        check(settings(dovecot, folder="Plaintes"))

    assert refusal.value.cause is Cause.FOLDER


def test_a_server_that_is_not_there_is_unreachable() -> None:
    """Nothing listens: it may heal by itself."""
    chosen = MailboxSettings(host="127.0.0.1", port=free_port(), user=SCHOOL, password="x")
    with pytest.raises(MailboxUnreachable) as trouble:
        check(chosen)

    assert trouble.value.cause is Cause.CONNECTION


def test_a_server_that_says_nothing_is_given_up() -> None:
    """A peer that accepts and keeps silent costs no more than the time-out."""
    with socket.create_server(("127.0.0.1", 0)) as mute:
        chosen = MailboxSettings(
            host="127.0.0.1",
            port=mute.getsockname()[1],
            security="none",
            user=SCHOOL,
            password="x",
            timeout=0.3,
        )
        with pytest.raises(MailboxUnreachable) as trouble:
            check(chosen)

    assert trouble.value.cause is Cause.TIMEOUT


def test_a_password_outside_ascii_works() -> None:
    """LOGIN cannot carry an accent; the mailbox is reached all the same."""
    with Dovecot({SCHOOL: "été-2026"}) as server:
        assert check(settings(server, password="été-2026"))


def test_the_password_is_never_shown() -> None:
    """What is printed of the settings does not hold it."""
    chosen = MailboxSettings(host="mail.example", user=SCHOOL, password="tr3s-secret")

    assert "tr3s-secret" not in repr(chosen)
