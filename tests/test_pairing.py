"""Becoming a manager: by a code that was shown once, or by the configuration; nobody else."""

import errno
import stat
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.access import Access
from bot.menus import MANAGER_COMMANDS
from bot.pairing import LIVES, WRONG_TRIES, PairingCodes
from bot.texts import say
from register.complaint import ReceivedMessage
from register.database import Register
from register.people import Manager
from sandbox.clock import SandboxClock
from sandbox.person import Person
from sandbox.telegram import BotApi
from tests.complaints import NOON, complaint
from tests.counter import START, Counter

REFUSED = say("complainant.not_paired")


@pytest.fixture
def clock() -> SandboxClock:
    return SandboxClock(START)


@pytest.fixture
async def api(clock: SandboxClock) -> AsyncIterator[BotApi]:
    async with BotApi(clock) as running:
        yield running


@pytest.fixture
async def counter(api: BotApi, clock: SandboxClock, tmp_path: Path) -> AsyncIterator[Counter]:
    desk = Counter(api, clock, tmp_path)
    await desk.open()
    yield desk
    await desk.close()


@pytest.fixture
def boss(api: BotApi) -> Person:
    return api.person(100, "Camille Renaud")


@pytest.fixture
def codes(clock: SandboxClock, tmp_path: Path) -> PairingCodes:
    return PairingCodes(tmp_path / "pairing.json", clock)


def wrong(code: str) -> str:
    """A code of the same shape that is not this one."""
    return code[:-1] + str((int(code[-1]) + 1) % 10)


async def test_the_right_code_makes_a_manager(counter: Counter, boss: Person) -> None:
    """Welcomed, in the register, with the manager's menu, over a restart too."""
    await boss.sends(f"/gerant {counter.codes.issue()}")
    await boss.sees("Bienvenue")
    await counter.settled()
    await counter.close()
    await counter.open()

    assert counter.access.managers() == [100]
    assert [one["command"] for one in counter.api.commands(boss)] == list(MANAGER_COMMANDS)


async def test_who_is_named_already_is_barred_as_they_come(counter: Counter, api: BotApi) -> None:
    """A complaint that was there first is never shown to them, however fast they look."""
    message = ReceivedMessage(
        source_id="m1@home.test", received_at=NOON, text="Karim Diallo m’a crié dessus."
    )
    counter.register.save(complaint(messages=(message,)))
    karim = api.person(100, "Karim Diallo")
    await karim.sends(f"/gerant {counter.codes.issue()}")
    await karim.sees("Bienvenue")

    (one,) = counter.register.complaints()
    assert one.barred == (100,)


@pytest.mark.parametrize("code", ["", "1234-5678", "x"])
async def test_a_stranger_without_the_code_stays_one(
    counter: Counter, boss: Person, code: str
) -> None:
    """Refused with a harmless sentence, and no draft is made of it."""
    await boss.sends(f"/gerant {code}")
    await boss.sees(REFUSED)

    assert counter.access.managers() == []
    assert counter.draft(boss) is None


async def test_a_code_serves_one_account(counter: Counter, api: BotApi, boss: Person) -> None:
    """The second who sends it is refused; the first who sends it again is told what they are."""
    other, code = api.person(101, "Hugo Petit"), counter.codes.issue()
    await boss.sends(f"/gerant {code}")
    await other.sends(f"/gerant {code}")
    await boss.sends(f"/gerant {code}")
    await counter.settled()

    assert other.texts() == [REFUSED]
    assert boss.texts()[-1] == say("complainant.already_paired")
    assert counter.access.managers() == [100]


def test_a_code_expires(codes: PairingCodes, clock: SandboxClock) -> None:
    """A moment before its end it is good, from its end on it is not."""
    code = codes.issue()
    clock.advance(LIVES)
    assert not codes.redeem(code)
    code = codes.issue()
    clock.advance(LIVES - timedelta(seconds=5))

    assert codes.redeem(code)


def test_a_code_cannot_be_guessed(codes: PairingCodes) -> None:
    """After five wrong tries the right one is void; after four it is not."""
    code = codes.issue()
    assert not any(codes.redeem(wrong(code)) for _ in range(WRONG_TRIES))
    assert not codes.redeem(code)
    code = codes.issue()
    assert not any(codes.redeem(wrong(code)) for _ in range(WRONG_TRIES - 1))

    assert codes.redeem(code)


def test_a_new_code_voids_the_one_before(codes: PairingCodes) -> None:
    """Only the last one shown is good."""
    first, second = codes.issue(), codes.issue()

    assert not codes.redeem(first)
    assert codes.redeem(second)


def test_another_process_issues_what_this_one_redeems(
    codes: PairingCodes, clock: SandboxClock, tmp_path: Path
) -> None:
    """The file is the only thing between them: for its owner alone, and without the code in it."""
    path = tmp_path / "pairing.json"
    code = PairingCodes(path, clock).issue()

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert code.replace("-", "") not in path.read_text()
    assert codes.redeem(f" {code.replace('-', ' ')} ")


def test_a_damaged_file_is_no_code(codes: PairingCodes, tmp_path: Path) -> None:
    """Whatever stands there, nobody gets in by it."""
    at = '"expires_at": "2030-01-01T00:00:00+00:00"'
    for text in (
        *(b"", b"[]", b"null", b"\xff\xfe", b"[" * 100_000, b'{"sha256": 1}'),
        b'{"sha256": "ab", "expires_at": "2030-01-01T00:00:00", "tries": 0}',
        *(f'{{"sha256": {one}, {at}, "tries": 0}}'.encode() for one in ('"\u00e9"', "1", "null")),
        f'{{"sha256": "ab", {at}, "tries": "x"}}'.encode(),
    ):
        (tmp_path / "pairing.json").write_bytes(text)

        assert not codes.redeem("1234-5678")


async def test_a_file_that_cannot_be_read_is_no_code(
    counter: Counter, boss: Person, tmp_path: Path
) -> None:
    """The sender is refused as with a wrong code; the log has the reason, and no path."""
    (tmp_path / "pairing.json").mkdir()
    with capture_logs() as logs:
        await boss.sends("/gerant 1234-5678")
        await boss.sees(REFUSED)

    assert "IsADirectoryError" in [one["error"] for one in logs if "unreadable" in one["event"]]
    assert str(tmp_path) not in str(logs)


def test_the_folder_is_made_for_its_owner_alone(clock: SandboxClock, tmp_path: Path) -> None:
    """A code can be issued before the application has ever run."""
    codes = PairingCodes(tmp_path / "data" / "pairing.json", clock)

    assert codes.redeem(codes.issue())
    assert stat.S_IMODE((tmp_path / "data").stat().st_mode) == 0o700


def test_a_code_that_cannot_be_removed_is_void_all_the_same(
    codes: PairingCodes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that may not be touched gives nobody a second entry."""

    def refuses(path: Path, *, missing_ok: bool = False) -> None:
        raise PermissionError

    code = codes.issue()
    monkeypatch.setattr(Path, "unlink", refuses)

    assert codes.redeem(code)
    assert not codes.redeem(code)


def test_what_cannot_be_counted_cannot_be_guessed(
    codes: PairingCodes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a wrong try cannot be written down, it is the last."""

    def refuses(path: Path, *, missing_ok: bool = False) -> None:
        raise PermissionError

    code = codes.issue()
    monkeypatch.setattr(Path, "unlink", refuses)
    assert not codes.redeem(wrong(code))

    assert not codes.redeem(code)


async def test_a_full_disk_costs_nobody_their_code(
    counter: Counter, boss: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The manager is saved before the code is void."""
    save, failures = counter.register.save_manager, [OSError(errno.ENOSPC, "full")]

    def full(manager: Manager) -> None:
        if failures:
            raise failures.pop()
        save(manager)

    monkeypatch.setattr(counter.register, "save_manager", full)
    code = counter.codes.issue()
    await boss.sends(f"/gerant {code}")
    await boss.sees("Bienvenue")

    assert counter.access.managers() == [100]
    assert not counter.codes.redeem(code)


def test_the_configuration_makes_managers_too(tmp_path: Path) -> None:
    """They are entered once, keep what is known of them, and come first."""
    register = Register(tmp_path / "register.json")
    access = Access(register, [100, 100])
    access.admit_configured(START)
    access.admit_configured(START + timedelta(days=1))
    (manager,) = register.managers()

    assert (access.managers(), manager.paired_at) == ([100], START)
    assert access.is_manager(100)
    assert not access.is_manager(101)
    register.close()
