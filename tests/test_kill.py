"""kill -9 at any instant: the story ends the same.

`reclamations run` is a process of its own against a real Dovecot and the Bot API, and is killed and
started again at random instants while clients complain and the manager answers, story after story,
until it has died often enough.
"""

import asyncio
import json
import random
import sys
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.texts import label
from letters.compose import letter_id_of
from register.complaint import Complaint, LetterKind, State
from register.database import Register
from sandbox.chats import Message
from sandbox.clock import SandboxClock
from sandbox.person import Person
from tests.test_reception import SCHOOL as ESTABLISHMENT
from tests.town import CHAT_COMPLAINT, SCHOOL, Town, of_kind, town

DEATHS = 20
LONGEST_LIFE = 3.0  # seconds between "started" and the end
RESUME_AFTER = 6.0  # seconds without a new screen until the manager opens the case again
STORY_WITHIN = 120.0
UPHELD = "Votre réclamation est donc fondée."

TAPS = [  # what the manager taps where it is offered, the last question first
    label("manager.button_send"),
    "compensation",
    label("manager.done_actions"),
    "actions",
    "reason",
    label("manager.finding_upheld"),
    label("manager.done_grievances"),
    label("manager.isolated_yes"),
    label("manager.button_nothing_at_once"),
    label("manager.done_concerns"),
    "causes",
    "facts",
    label("manager.button_answer"),
    label("manager.button_investigate"),
]


class Mortal:
    """`reclamations run` as a process that can be killed."""

    def __init__(self, config: Path) -> None:
        self._config = config
        self._process: asyncio.subprocess.Process
        self.deaths = 0

    async def lives(self) -> None:
        """Start, and wait until it says so."""
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "app.cli", "run", "--config", str(self._config)),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
        assert self._process.stdout
        assert await self._process.stdout.readline(), "it did not start"

    async def dies(self) -> None:
        """kill -9: nothing is flushed, nobody is told."""
        self._process.kill()
        await self._process.communicate()
        self.deaths += 1

    async def ends(self) -> int:
        """SIGTERM: a clean end; the exit status."""
        self._process.terminate()
        await self._process.communicate()
        return self._process.returncode or 0


async def kill_at_random(mortal: Mortal, place: Town, chance: random.Random) -> None:
    """Let it live for a moment and die, often enough.

    One life in three ends at any time; the others end in the middle of an act: a letter that has
    just arrived, a message just sent, a register just replaced, and not yet marked as such.
    """
    while mortal.deaths < DEATHS:
        span = chance.uniform(0, LONGEST_LIFE)
        if mortal.deaths % 3 == 0:
            await asyncio.sleep(span)
        else:
            await acts_seen(place, chance.randrange(1, 9))
        await mortal.dies()
        await mortal.lives()


async def acts_seen(place: Town, count: int) -> None:
    """Return in the instant in which the application has acted so many times."""
    end = time.monotonic() + LONGEST_LIFE
    before = footprint(place)
    while count and time.monotonic() < end:
        await asyncio.sleep(0.001)
        now = footprint(place)
        count -= now != before
        before = now


def footprint(place: Town) -> tuple[int, int, int]:
    """What the outside world sees the application do: calls, letters, saves."""
    calls = sum(method.lower() != "getupdates" for method, _ in place.api.calls)
    saved = place.root / "data" / "register.json"
    return calls, len(place.hop.sent), saved.stat().st_mtime_ns if saved.exists() else 0


async def sees(person: Person, words: str) -> Message:
    """Something that a person sees in the end, however often the process dies meanwhile."""
    return await person.sees(words, timeout=STORY_WITHIN)


async def complains_in_chat(person: Person) -> None:
    """A client files a complaint, and goes on only when the screen does."""
    await person.sends("/start")
    await person.presses(label("complainant.button_file"), timeout=STORY_WITHIN)
    await person.sends("bonjour")
    await person.sends(CHAT_COMPLAINT)
    await person.presses(label("complainant.button_done"), timeout=STORY_WITHIN)


async def answers(place: Town, reference: str) -> None:
    """The manager follows whatever screen comes, and opens the case again where none does."""
    manager = place.manager
    mark = manager.mark
    await manager.sends(f"/dossier {reference}")
    while not is_approved(place, reference):
        try:
            screen = await manager.sees(
                lambda one: reference in one.text, timeout=RESUME_AFTER, after=mark
            )
        except TimeoutError:
            await manager.sends(f"/dossier {reference}")
            continue
        mark = screen.serial
        await _acts(manager, screen)


def is_approved(place: Town, reference: str) -> bool:
    """Whether the answer is in the register, queued or sent, as its file stands."""
    file = place.root / "data" / "register.json"
    letters = json.loads(file.read_bytes())["complaints"][reference]["letters"]
    return any(one["kind"] == LetterKind.ANSWER for one in letters)


async def _acts(manager: Person, screen: Message) -> None:
    for tap in TAPS:
        offered = [
            one for one in screen.buttons if tap == one.label or f":{tap}:" in (one.data or "")
        ]
        if offered:
            await manager.presses(offered[0].label, on=screen)
            return


async def story(place: Town, number: int) -> None:
    """One complaint by mail and one by chat, from arrival to answer."""
    client = place.api.person(1000 + number, f"Cliente {number}")
    raw = place.mail(f"{number} : ma leçon a été annulée, c'est inadmissible.", number)
    await place.delivers(raw)
    await complains_in_chat(client)
    receipt = await place.letter(
        lambda one: one["In-Reply-To"] == f"<m{number}@home.test>", STORY_WITHIN
    )
    by_mail = reference_of(str(receipt["Message-ID"]))
    by_chat = (await sees(client, "R-20")).text.split("R-20", 1)[1]
    for reference in (by_mail, f"R-20{by_chat[:7]}"):
        await answers(place, reference)
    await place.letter(
        lambda one: of_kind("answer")(one) and by_mail in str(one["Subject"]), STORY_WITHIN
    )
    await sees(client, UPHELD)


def reference_of(message_id: str) -> str:
    """The reference that a letter of ours is about."""
    letter_id = letter_id_of(message_id, ESTABLISHMENT)
    assert letter_id
    return letter_id.split(".")[0]


@pytest.mark.kill
async def test_the_story_ends_the_same_however_often_it_is_killed(tmp_path: Path) -> None:
    """After 20 deaths at random instants: no message lost, none twice, every letter once."""
    seed = random.SystemRandom().randrange(10**6)
    async with town(tmp_path, SandboxClock(datetime.now(UTC))) as place:  # noqa: TID251
        hours = {"opens": "00:00", "closes": "23:59:59", "weekdays": list(range(7))}
        mortal = Mortal(place.write_config(hours=hours))
        await mortal.lives()
        killing = asyncio.create_task(kill_at_random(mortal, place, random.Random(seed)))
        number = 0
        while not killing.done() or number == 0:
            number += 1
            await story(place, number)
        await killing
        number += 1
        await story(place, number)  # and once more in peace: nothing is left half done
        status = await mortal.ends()
        letters = await place.letters()
        left = await place.letters(SCHOOL)

    register = Register(tmp_path / "data" / "register.json")
    entries = register.complaints()
    register.close()
    assert status == 0, f"seed {seed}"
    assert mortal.deaths >= DEATHS
    assert_all_ended(entries, number)
    assert left == [], "mail was taken but not moved"
    ids = Counter(str(one["Message-ID"]) for one in letters)
    assert len(ids) == 2 * number, f"seed {seed}: {ids}"


def assert_all_ended(entries: list[Complaint], stories: int) -> None:
    """Each story left two complaints, answered, each message of a client in exactly one of them."""
    sources = Counter(one.source_id for entry in entries for one in entry.messages)
    assert len(entries) == 2 * stories
    assert {entry.state for entry in entries} == {State.ANSWERED}
    assert set(sources.values()) == {1}
    assert all(len(entry.letters) == 2 for entry in entries)
