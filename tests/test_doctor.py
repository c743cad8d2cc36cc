"""`reclamations doctor`: each part for real, one clear line each, exit 1 where one is ill."""

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.town import SCHOOL, Town, town


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Town]:
    async with town(tmp_path) as opened:
        yield opened


async def doctor(config: Path) -> tuple[int, list[str]]:
    """The exit status and the lines of the command."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "app.cli", "doctor", "--config", str(config)),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await asyncio.wait_for(process.communicate(), 60)
    return process.returncode or 0, output.decode().splitlines()


async def test_a_healthy_establishment(place: Town) -> None:
    """Every part is well, each has its line, and the exit status is 0."""
    status, lines = await doctor(place.write_config())

    assert status == 0, lines
    assert [line[0] for line in lines[:-1]] == ["✔"] * 8
    assert any("IMAP" in line and "INBOX" in line for line in lines)


@pytest.mark.parametrize(
    ("section", "changes", "words"),
    [
        pytest.param("imap", {"password": "wrong"}, ["IMAP", "mot de passe"], id="IMAP password"),
        pytest.param("imap", {"port": 1}, ["IMAP", "injoignable"], id="IMAP unreachable"),
        pytest.param("imap", {"folder": "Absent"}, ["IMAP", "Absent"], id="IMAP folder"),
        pytest.param("smtp", {"password": "wrong"}, ["SMTP", "mot de passe"], id="SMTP password"),
        pytest.param("smtp", {"port": 1}, ["SMTP", "injoignable"], id="SMTP unreachable"),
        pytest.param("telegram", {"token": "1:no"}, ["Telegram", "jeton refusé"], id="token"),
        pytest.param(
            "telegram",
            {"base_url": "http://127.0.0.1:1/bot"},
            ["Telegram", "injoignable"],
            id="Telegram unreachable",
        ),
    ],
)
async def test_one_ill_part_has_one_clear_line(
    place: Town, section: str, changes: dict[str, Any], words: list[str]
) -> None:
    """Exactly one line says what is wrong and what to do; the others stay well; exit status 1."""
    tables = place.tables()
    status, lines = await doctor(place.write_config(**{section: tables[section] | changes}))
    ill = [line for line in lines if line.startswith("✘")]

    assert status == 1
    assert len(ill) == 1, lines
    assert [word for word in words if word not in ill[0]] == []
    assert "pw" not in ill[0].split()


async def test_a_revoked_token_is_told(place: Town) -> None:
    """A token that was good and is no longer is refused by Telegram itself."""
    config = place.write_config()
    place.api.revoked = True

    status, lines = await doctor(config)

    assert status == 1
    assert any(line.startswith("✘") and "jeton refusé" in line for line in lines)


async def test_a_damaged_register_is_told_and_left_alone(place: Town) -> None:
    """What cannot be read is said, with what to restore; the file stays as it is."""
    damaged = place.root / "data" / "register.json"
    damaged.parent.mkdir()
    damaged.write_text("{")

    status, lines = await doctor(place.write_config())

    assert status == 1
    assert any(line.startswith("✘ registre") for line in lines)
    assert damaged.read_text() == "{"
    assert SCHOOL not in "\n".join(lines)
