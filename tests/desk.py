"""A desk to test with: a real register and line, the sandbox, a clock that stands still."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.access import Access
from bot.following import Following
from bot.line import Line, LineState
from bot.manager import ManagerDesk
from bot.prompts import Prompts
from bot.texts import label
from intake.pieces import Pieces
from intake.reception import Reception
from letters.establishment import Establishment, Mediator
from register.complaint import Complaint, Letter, LetterKind
from register.database import Register
from register.deadlines import Timetable
from register.extraction import Extraction, Passage, ScoredMotive
from register.labels import Motive, Severity
from register.people import Manager
from sandbox.chats import Message
from sandbox.person import Person
from sandbox.telegram import BotApi
from tests.complaints import NOON, complaint

SCHOOL = Establishment(
    name="Auto-école du Parc",
    address="1 rue du Parc, 93100 Montreuil",
    phone="01 99 00 12 34",
    email="ecole@school.test",
    signatory="Jeanne Morel",
    quality="Gérante",
    mail_domain="school.test",
    mediator=Mediator("Médiateur Exemple", "2 rue du Pont, 75000 Paris", "mediateur.test"),
)


class StillClock:
    """A clock that moves only when it is told to."""

    def __init__(self, at: datetime = NOON) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def advance(self, **by: float) -> None:
        self.at += timedelta(**by)


def read(passage: Passage) -> Extraction:
    """A reader that always finds the same complaint."""
    return Extraction(
        is_complaint=True,
        score=0.9,
        motives=(ScoredMotive(Motive.BILLING, 0.82, ("payé deux fois",)),),
        severity=Severity.MODERATE,
    )


class Desk:
    """One establishment with its managers; it can be closed and opened again on the same file."""

    def __init__(self, folder: Path, api: BotApi, clock: StillClock) -> None:
        self.api = api
        self.clock = clock
        self.pieces = Pieces(folder / "pieces")
        self.changes = 0
        self.timetable = Timetable()
        self.school = SCHOOL
        self._path = folder / "register.json"
        self._stop: asyncio.Event | None = None
        self._running: asyncio.Task[None] | None = None
        self.register = Register(self._path)

    # -- opened, closed -----------------------------------------------------------------------

    async def open(self) -> None:
        """Build everything anew on the register and begin to poll."""
        self.access = Access(self.register)
        is_open = asyncio.Event()
        self.line = Line(
            self.api.token,
            base_url=self.api.base_url,
            base_file_url=self.api.base_file_url,
            first_wait=0.01,
            on_state=lambda state: is_open.set() if state is LineState.OPEN else None,
        )
        self.reception = Reception(
            self.register, read, self.school, self.timetable, self.clock, changed=self._changed
        )
        desk = ManagerDesk(
            self.register,
            self.reception,
            self.access,
            self.school,
            self.timetable,
            self.clock,
            self._changed,
            self.pieces.read,
            self.pieces.keep,
        )
        self.line.add(desk.handlers())
        self.prompts = Prompts(
            self.register, self.access, self.line.bot, self.timetable, self.clock
        )
        self.following = Following(
            self.register, self.access, self.line.bot, self.timetable, self.clock, SCHOOL
        )
        self._stop = asyncio.Event()
        self._running = asyncio.create_task(self.line.run(self._stop))
        await asyncio.wait_for(is_open.wait(), 5)

    async def close(self) -> None:
        """Stop polling and let go of the file."""
        if self._stop and self._running:
            self._stop.set()
            await self._running
            await self.line.hang_up()
        self.register.close()

    async def restart(self) -> None:
        """As after the end of the process: nothing is left but the file."""
        await self.close()
        self.register = Register(self._path)
        await self.open()

    def _changed(self) -> None:
        self.changes += 1

    # -- who and what is there ----------------------------------------------------------------

    async def manager(self, telegram_id: int = 7, name: str = "Jeanne Morel") -> Person:
        """A manager who is paired and has opened the chat."""
        self.register.save_manager(
            Manager(telegram_id=telegram_id, name=name, paired_at=self.clock())
        )
        person = self.api.person(telegram_id, name)
        await person.sends("/start")
        await self.settled()
        return person

    def receives(self, **changes: Any) -> Complaint:
        """One more complaint in the register, its card not told yet."""
        number = len(self.register.complaints()) + 1
        reference = f"R-2026-{number:04d}"
        one = complaint(**({"reference": reference} | changes))
        self.register.save(one)
        return one

    def complaint(self, reference: str = "R-2026-0001") -> Complaint:
        """What the register has."""
        found = self.register.get(reference)
        assert found is not None
        return found

    def answers(self, reference: str = "R-2026-0001") -> list[Letter]:
        """The answers that are queued or sent."""
        letters = self.complaint(reference).letters
        return [one for one in letters if one.kind is LetterKind.ANSWER]

    # -- acts ---------------------------------------------------------------------------------

    async def settled(self) -> None:
        """All that people did has been handled."""
        done: Callable[[], bool | None] = lambda: self.api.pending == 0 or None  # noqa: E731
        assert await self.api.bell.until(done, 5), "the desk does not answer"

    async def taps(self, person: Person, label: str, on: Message | None = None) -> str:
        """Tap a button and wait for its end: the words over the chat, empty for none."""
        before = len(person.toasts)
        await person.presses(label, on)
        await self.settled()
        return "".join(person.toasts[before:])

    async def says(self, person: Person, text: str) -> str:
        """Write a text and wait for its end: the newest message of the bot."""
        await person.sends(text)
        await self.settled()
        return person.texts()[-1]


def upholding(motive: Motive) -> list[str]:
    """What a manager taps from the card on, to uphold a plain complaint and send its answer."""
    taps = (
        "button_investigate",
        "facts_file",
        f"causes_{motive}_1",
        "done_concerns",
        "button_nothing_at_once",
        "isolated_yes",
        "finding_upheld",
        f"reason_upheld_{motive}_1",
        f"actions_{motive}_1",
        "done_actions",
        "compensation_lessons_1",
        "button_send",
    )
    return [label(f"manager.{one}") for one in taps]


@asynccontextmanager
async def opened(folder: Path, clock: StillClock) -> AsyncIterator[Desk]:
    """A desk on its own Bot API."""
    async with BotApi(clock) as api:
        desk = Desk(folder, api, clock)
        await desk.open()
        try:
            yield desk
        finally:
            await desk.close()


def at(hour: int, day: int = 2, minute: int = 0) -> datetime:
    """A moment of March 2026 in Paris, where it is one hour later than UTC."""
    return datetime(2026, 3, day, hour - 1, minute, tzinfo=UTC)
