"""The client's desk as it runs: a line over real HTTP, a register on a real file, a fake reader."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.access import Access
from bot.complainant import ComplainantDesk
from bot.courier import TelegramCourier
from bot.line import Line
from bot.pairing import Pairing, PairingCodes
from bot.survey import AskingCourier
from intake.pieces import Pieces
from intake.reception import Reception
from letters.dispatch import Dispatch
from letters.establishment import Establishment, Mediator
from register.complaint import Attachment, Complaint
from register.database import Register, telegram
from register.deadlines import Timetable
from register.extraction import Extraction, Passage, ScoredMotive, Source
from register.labels import Channel, Motive, Severity
from register.people import Draft
from sandbox.clock import SandboxClock
from sandbox.person import Person
from sandbox.telegram import BotApi

START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
SILENCE = timedelta(minutes=15)
SOON = 5.0  # seconds after which a test has failed

SCHOOL = Establishment(
    name="Auto-école du Parc",
    address="12 rue des Tilleuls, 93100 Montreuil",
    phone="01 99 00 12 34",
    email="contact@school.test",
    signatory="Camille Renaud",
    quality="Gérante",
    mail_domain="school.test",
    privacy_url="https://school.test/donnees",
    mediator=Mediator("Médiation de la Conduite", "BP 1, 75000 Paris", "https://mediation.test"),
)
NOTHING_MISSING = Source(phone="+33199001234", incident_date=START.date())
COMPLAINT = Extraction(
    is_complaint=True,
    score=0.9,
    motives=(ScoredMotive(Motive.SCHEDULING, 0.8),),
    severity=Severity.MODERATE,
    source=NOTHING_MISSING,
)
QUESTION = Extraction(is_complaint=False, score=0.2)


class Counter:
    """The desk, opened and closed as a process is started and stopped; its file stays."""

    def __init__(self, api: BotApi, clock: SandboxClock, folder: Path) -> None:
        self.api = api
        self.clock = clock
        self.folder = folder
        self.says: Extraction = COMPLAINT
        self.pieces = Pieces(folder / "pieces")
        self.keep: Callable[[str, bytes, str], Attachment] = self.pieces.keep
        self.codes = PairingCodes(folder / "pairing.json", clock)

    async def open(self) -> None:
        """Build everything anew on the same file, and begin to listen."""
        self.register = Register(self.folder / "register.json")
        self.access = Access(self.register)
        self.line = Line(
            self.api.token,
            base_url=self.api.base_url,
            base_file_url=self.api.base_file_url,
            first_wait=0.01,
            longest_wait=0.05,
        )
        self.reception = Reception(self.register, self._read, SCHOOL, Timetable(), self.clock)
        self.desk = ComplainantDesk(
            self.register,
            self.reception,
            lambda *piece: self.keep(*piece),
            self.access,
            self.clock,
            SILENCE,
            Timetable(),
            SCHOOL,
        )
        couriers = {
            Channel.TELEGRAM: AskingCourier(
                TelegramCourier(self.line.bot, self.pieces.read), self.line.bot
            )
        }
        self.dispatch = Dispatch(self.register, couriers, self.clock)
        pairing = Pairing(self.register, self.access, self.codes, self.clock, SCHOOL.signatory)
        self.line.add(pairing.handlers())
        self.line.add(self.desk.handlers())
        self._stop = asyncio.Event()
        self._task = asyncio.create_task(self.line.run(self._stop))

    async def close(self) -> None:
        """Stop in order."""
        self._stop.set()
        await asyncio.wait_for(self._task, SOON)
        await self.line.hang_up()
        self.register.close()

    async def kill(self) -> None:
        """Stop at once, whatever is under way."""
        self._task.cancel()
        await asyncio.wait([self._task], timeout=SOON)
        await self.line.hang_up()
        self.register.close()

    async def settled(self) -> None:
        """Wait until all that was sent to the bot has been handled."""
        assert await self.api.bell.until(lambda: True if not self.api.pending else None, SOON)

    async def presses(self, person: Person, label: str) -> None:
        """Press a button, and wait until it has been handled."""
        await person.presses(label)
        await self.settled()

    async def silence_falls(self) -> None:
        """Time goes by, and the agenda looks."""
        self.clock.advance(SILENCE)
        await self.desk.close_silent_drafts(self.line.bot)

    def draft(self, person: Person) -> Draft | None:
        return self.register.draft(str(person.id))

    def complaints(self, person: Person) -> list[Complaint]:
        """Those of one person, oldest first."""
        return self.register.by_address(telegram(person.id))[::-1]

    def complaint(self, person: Person) -> Complaint:
        """The only one of a person."""
        (only,) = self.complaints(person)
        return only

    def _read(self, passage: Passage) -> Extraction:
        return self.says
