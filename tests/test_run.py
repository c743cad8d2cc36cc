"""`reclamations run` as the operator meets it: what it says at the start, and how it ends."""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from register.database import Register
from tests.town import Town, town


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Town]:
    async with town(tmp_path) as opened:
        yield opened


async def started(config: Path) -> asyncio.subprocess.Process:
    """The command, as a process whose two outputs can be read."""
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "app.cli", "run", "--config", str(config)),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


async def ended(process: asyncio.subprocess.Process) -> tuple[int, str, str]:
    """Exit status and both outputs."""
    out, err = await asyncio.wait_for(process.communicate(), 60)
    return process.returncode or 0, out.decode(), err.decode()


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGINT])
async def test_it_stops_cleanly(place: Town, end: signal.Signals) -> None:
    """Both signals end it with status 0 and a word, and its secrets are in no output."""
    process = await started(place.write_config())
    assert process.stdout
    first = await process.stdout.readline()
    await place.api.is_called("GetUpdates", timeout=30)
    process.send_signal(end)
    status, out, err = await ended(process)

    assert status == 0, err
    assert "en marche" in first.decode()
    assert "Arrêté proprement" in out
    assert place.api.token not in out + err
    assert "Traceback" not in err


async def test_a_second_instance_is_refused_with_a_sentence(place: Town) -> None:
    """Two applications on one register: the second says so and leaves the first alone."""
    config = place.write_config()
    register = Register(place.root / "data" / "register.json")
    status, _, err = await ended(await started(config))
    register.close()

    assert status == 1
    assert "autre instance" in err
    assert "Traceback" not in err


async def test_a_damaged_register_stops_the_start(place: Town) -> None:
    """A register that cannot be read is never replaced by an empty one."""
    damaged = place.root / "data" / "register.json"
    damaged.parent.mkdir()
    damaged.write_text("{")
    status, _, err = await ended(await started(place.write_config()))

    assert status == 1
    assert "sauvegarde" in err
    assert damaged.read_text() == "{"


async def test_a_refused_token_is_told(place: Town) -> None:
    """A token that Telegram does not know ends the start with what to do."""
    place.api.revoked = True
    status, _, err = await ended(await started(place.write_config()))

    assert status == 1
    assert "BotFather" in err
    assert place.api.token not in err
