"""`reclamations demo`: ten days of a driving school in a minute, the real application in a sandbox.

Nothing of the application is changed: it is given a configuration that leads to servers on
127.0.0.1, and a clock that can be put forward. Each step of the story counts only once it was seen
at the client's or the manager's end; the exit status says whether all were.
"""

import asyncio
import base64
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from babel.dates import format_datetime as in_words
from rich.console import Console
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from app.config import Config, RehearsalConfig, make_config
from app.settings import pairing_codes
from app.wiring import Application
from app.words import tell
from bot.texts import label
from letters.words import size
from register.labels import Motive
from sandbox.chats import Message
from sandbox.person import Person
from sandbox.world import World

SCHOOL = "reclamations@auto-ecole.example"
SOPHIE = "sophie.lambert@famille.example"
NADIA_ID, MANAGER_ID = 7001, 9001
START = datetime(2026, 3, 2, 8, 12, tzinfo=UTC)  # Monday 2 March 2026, 9 h 12 in Paris
PATIENCE = 30.0  # seconds that a step may take to be seen
PAUSE = 1.0  # seconds to read a step in, where somebody looks on
_PHOTO = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


class NotSeen(Exception):
    """A step of the story did not come through to the person's end."""


async def play(console: Console, *, keep: bool = False) -> int:
    """Play the story; the exit status, 0 where every step was seen."""
    with tempfile.TemporaryDirectory(prefix="reclamations-demo-") as folder:
        async with _world() as world, _living(world, Path(folder)) as application:
            story = Story(console, world, application)
            status = await story.play()
            if keep:
                await _stay_open(console, world)
    return status


@asynccontextmanager
async def _world() -> AsyncIterator[World]:
    people = {
        NADIA_ID: tell("demo.chat_client_name"),
        MANAGER_ID: tell("demo.manager_name"),
    }
    accounts = {SCHOOL: "demo", SOPHIE: "demo"}
    async with World(START, accounts, people=people) as world:
        yield world


@asynccontextmanager
async def _living(world: World, folder: Path) -> AsyncIterator[Application]:
    """The application, running in that world."""
    application = Application(_config(world, folder), world.clock)
    stop = asyncio.Event()
    running = asyncio.create_task(application.run(stop))
    try:
        yield application
    finally:
        stop.set()
        await running


def _config(world: World, folder: Path) -> Config:
    there = world.settings()
    mail = {"security": "none", "user": there.imap_user, "password": there.imap_password}
    outgoing = {"from_address": SCHOOL, "from_name": tell("demo.school")}
    written = {
        "establishment": _establishment(),
        "telegram": {
            "token": there.telegram_token,
            "base_url": there.telegram_base_url,
            "base_file_url": there.telegram_base_file_url,
        },
        "imap": {
            **mail,
            "host": there.imap_host,
            "port": there.imap_port,
            "since": START.date(),  # a quick client may write before the first look
            "idle_seconds": 2,  # or between a look and IDLE, which this server does not tell
        },
        "smtp": {**mail, "host": there.smtp_host, "port": there.smtp_port, **outgoing},
        "data": folder,
    }
    return make_config(written, RehearsalConfig)


def _establishment() -> dict[str, Any]:
    return {
        "name": tell("demo.school"),
        "address": tell("demo.address"),
        "phone": tell("demo.phone"),
        "email": SCHOOL,
        "signatory": tell("demo.signatory"),
        "quality": tell("demo.quality"),
        "sites": ["Robespierre", "Croix de Chavaux"],
        "staff": ["Karim Benali"],
        "mediator": {
            "name": tell("demo.mediator"),
            "address": tell("demo.mediator_address"),
            "website": "https://mediation.example",
        },
    }


async def _stay_open(console: Console, world: World) -> None:
    console.print(tell("demo.keep", page=world.page_url), markup=False)
    console.print(tell("demo.keep_settings"), markup=False)
    console.print(str(world.settings()), markup=False, highlight=False)
    console.print(tell("demo.keep_stop"), markup=False)
    await asyncio.Event().wait()


@dataclass
class Story:
    """The steps in order; `seen` holds those that came through."""

    console: Console
    world: World
    application: Application
    seen: list[str] = field(default_factory=list)

    @property
    def nadia(self) -> Person:
        """The client who writes on Telegram."""
        return self.world.person(NADIA_ID)

    @property
    def manager(self) -> Person:
        """The manager, with her phone."""
        return self.world.person(MANAGER_ID)

    async def play(self) -> int:
        """Every step; 1 at the first that was not seen."""
        self.console.rule(tell("demo.title"))
        self.console.print(tell("demo.intro"), markup=False)
        try:
            await self._receive()
            await self._wait_for_day_nine()
            await self._answer()
        except NotSeen as missed:
            self.console.print(tell("demo.not_seen", step=missed), markup=False, style="bold red")
            return 1
        self._sum_up()
        return 0

    # -- the acts -----------------------------------------------------------------------------

    async def _receive(self) -> None:
        await self._step("pairing", self._pair())
        await self._step("mail_in", self._sophie_writes())
        await self._step("mail_acknowledged", self._letter_to_sophie("R-2026-0001"))
        await self._step("chat_in", self._nadia_writes())
        await self._step("chat_acknowledged", self._letter_to_nadia("R-2026-0002"))
        await self._step("cards", self._cards())

    async def _wait_for_day_nine(self) -> None:
        for day in (3, 5, 7, 8, 9):
            await self._step("ping", self._ping(day), number=day)

    async def _answer(self) -> None:
        mail, chat = "R-2026-0001", "R-2026-0002"
        await self._step("investigated", self._investigate(mail), reference=mail)
        await self._step("approved", self._decide("mail", "upheld", "upheld"), reference=mail)
        await self._step("mail_answered", self._letter_to_sophie(mail, is_answer=True))
        await self._step("investigated", self._investigate(chat), reference=chat)
        await self._step("approved", self._decide("chat", "partly_upheld"), reference=chat)
        await self._step("chat_answered", self._letter_to_nadia(chat, is_answer=True))

    def _sum_up(self) -> None:
        table = Table(title=tell("demo.seen"), show_header=False)
        for step in self.seen:
            table.add_row("✔", step)
        self.console.print(table)
        self.console.print(tell("demo.all_seen"), style="bold green", markup=False)

    # -- what people do -----------------------------------------------------------------------

    async def _pair(self) -> None:
        code = pairing_codes(self.application.config, self.world.clock).issue()
        await self.manager.sends(f"/gerant {code}")
        self._phone(self.manager, await self._on_phone(self.manager, lambda one: True))

    async def _sophie_writes(self) -> None:
        mail = EmailMessage()
        mail["From"] = f"{tell('demo.mail_client_name')} <{SOPHIE}>"
        mail["To"] = SCHOOL
        mail["Subject"] = tell("demo.mail_subject")
        mail["Date"] = format_datetime(self.world.clock())
        mail["Message-ID"] = "<lecons-annulees@famille.example>"
        mail.set_content(tell("demo.mail_body"))
        self._written(tell("demo.mail_client_name"), tell("demo.mail_body"))
        await self.world.mail.deliver(SCHOOL, mail.as_bytes())

    async def _nadia_writes(self) -> None:
        name = tell("demo.chat_client_name")
        await self.nadia.sends("/start")
        self._phone(self.nadia, await self._on_phone(self.nadia, lambda one: bool(one.labels)))
        await self._tap(self.nadia, label("complainant.button_file"))
        for key in ("demo.chat_first", "demo.chat_second"):
            await self.nadia.sends(tell(key))
            self._written(name, tell(key))
        await self.nadia.sends_photo(_PHOTO, caption=tell("demo.chat_photo"))
        self._written(name, f"📷 {tell('demo.chat_photo')}")
        await self._tap(self.nadia, label("complainant.button_done"))

    async def _cards(self) -> None:
        for reference in ("R-2026-0001", "R-2026-0002"):
            investigate = label("manager.button_investigate")
            self._phone(self.manager, await self._card(reference, investigate))

    async def _card(self, reference: str, button: str) -> Message:
        return await self._on_phone(
            self.manager, lambda one: reference in one.text and button in one.labels
        )

    async def _ping(self, day: int) -> None:
        mark = self.manager.mark
        self.world.clock.advance_to(_morning(day))
        digest = await self._on_phone(
            self.manager,
            lambda one: "R-2026-0001" in one.text and "R-2026-0002" in one.text,
            after=mark,
        )
        self._phone(self.manager, digest)

    async def _investigate(self, reference: str) -> None:
        mark = self.manager.mark
        await self.manager.sends(f"/dossier {reference}")
        await self._on_phone(self.manager, reference, after=mark)
        cause = f"causes_{self._motive(reference)}_1"
        taps = ("button_investigate", "facts_both", cause, "done_concerns")
        for tap in (*taps, "button_nothing_at_once", "isolated_yes"):
            await self._tap(self.manager, label(f"manager.{tap}"))

    async def _decide(self, case: str, *findings: str) -> None:
        """Each grievance with its finding and its reason, then what follows, then the letter."""
        if len(findings) > 1:
            await self._tap(self.manager, label("manager.done_grievances"))
        for number, finding in enumerate(findings, 1):
            await self._tap(self.manager, label(f"manager.finding_{finding}"))
            await self._on_phone(self.manager, label("manager.ask_reason"))
            await self._says(f"demo.{case}_reason_{number}")
        await self._on_phone(self.manager, label("manager.ask_actions"))
        await self._says(f"demo.{case}_actions")
        await self._tap(self.manager, label("manager.done_actions"))
        mark = self.manager.mark
        await self._tap(self.manager, label("manager.compensation_lessons_1"))
        send = label("manager.button_send")
        preview = await self._on_phone(self.manager, lambda one: send in one.labels, after=mark)
        self._phone(self.manager, await self._on_phone(self.manager, _is_file, after=mark))
        self._phone(self.manager, preview)
        await self._tap(self.manager, send)

    async def _says(self, key: str) -> None:
        await self.manager.sends(tell(key))
        self._written(self.manager.name, tell(key))

    # -- what people see ----------------------------------------------------------------------

    async def _letter_to_sophie(self, reference: str, *, is_answer: bool = False) -> None:
        kind = "answer" if is_answer else "acknowledgement"

        def fits(mail: EmailMessage) -> bool:
            return f"{reference}.{kind}" in str(mail["Message-ID"])

        try:
            mail = await self.world.mail.sees(SOPHIE, fits, timeout=PATIENCE)
        except TimeoutError as error:
            raise NotSeen(reference) from error
        pieces = [_enclosed(str(one.get_filename()), one.get_content()) for one in _pieces(mail)]
        if is_answer and not pieces:
            raise NotSeen(reference)
        words = mail.get_body(("plain",))
        subject = tell("demo.subject", subject=mail["Subject"])
        text = "\n\n".join([subject, words.get_content() if words else "", *pieces])
        self._panel(tell("demo.mailbox_of", name=tell("demo.mail_client_name")), text, "cyan")

    async def _letter_to_nadia(self, reference: str, *, is_answer: bool = False) -> None:
        decision = tell("demo.chat_reason_1" if is_answer else "demo.signatory")
        letter = await self._on_phone(
            self.nadia, lambda one: reference in one.text and decision in one.text
        )
        self._phone(self.nadia, letter)
        if is_answer:
            self._phone(self.nadia, await self._on_phone(self.nadia, _is_file))

    def _motive(self, reference: str) -> Motive:
        complaint = self.application.register.get(reference)
        if complaint is None or not complaint.motives:
            raise NotSeen(reference)
        return complaint.motives[0]

    async def _on_phone(
        self, person: Person, wanted: str | Callable[[Message], bool], after: int = 0
    ) -> Message:
        try:
            return await person.sees(wanted, timeout=PATIENCE, after=after)
        except TimeoutError as error:
            raise NotSeen(str(error)) from error

    async def _tap(self, person: Person, button: str) -> None:
        try:
            await person.presses(button, timeout=PATIENCE)
        except LookupError as error:
            raise NotSeen(str(error)) from error
        self.console.print(tell("demo.taps", name=person.name, buttons=button), style="dim")

    async def _all_noted(self) -> None:
        """Let the application note what has left, before the clock is put forward."""
        async with asyncio.timeout(PATIENCE):
            while self.application.register.unsent():
                await asyncio.sleep(0.01)

    # -- the terminal -------------------------------------------------------------------------

    async def _step(self, name: str, work: Awaitable[None], **values: object) -> None:
        words = tell(f"demo.step_{name}", **values)
        self.console.rule(f"[bold]{words}[/bold]", align="left")
        await work
        await self._all_noted()
        self.seen.append(words)
        if self.console.is_terminal:
            await asyncio.sleep(PAUSE)

    def _written(self, name: str, text: str) -> None:
        self._panel(tell("demo.writes", name=name), text, "white")

    def _phone(self, person: Person, message: Message) -> None:
        text = message.text
        if message.document:
            text += _enclosed(message.document["file_name"], person.file(message).content)
        if message.labels:
            text += "\n\n" + "  ".join(f"[ {one} ]" for one in message.labels)
        self._panel(tell("demo.phone_of", name=person.name), text, "green")

    def _panel(self, title: str, text: str, style: str) -> None:
        now = self.world.clock()
        number = (now.date() - START.date()).days
        moment = in_words(
            now.astimezone(self.application.timetable.zone), "EEEE d MMMM, H:mm", locale="fr"
        )
        day = tell("demo.day", number=number, moment=moment)
        self.console.print(
            Panel(Text(text), title=title, subtitle=day, border_style=style, width=96)
        )


def _is_file(message: Message) -> bool:
    return message.document is not None


def _pieces(mail: EmailMessage) -> list[EmailMessage]:
    return [one for one in mail.iter_attachments() if isinstance(one, EmailMessage)]


def _enclosed(name: str, data: bytes) -> str:
    """A file as it lies beside a text; it counts for no more than its first bytes say."""
    if not data.startswith(b"%PDF-"):
        raise NotSeen(name)
    return tell("demo.enclosed", name=name, size=size(len(data)))


def _morning(day: int) -> datetime:
    """Five past nine in Paris, that many days after the start (all before the clocks change)."""
    return START.replace(hour=8, minute=5) + timedelta(days=day)
