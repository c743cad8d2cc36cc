"""A town to test the whole application in: a real Dovecot, an SMTP hop into it, and the Bot API.

Everything listens on 127.0.0.1. The application is given the addresses as a configuration, as the
operator would write it.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError

from app.config import Config, RehearsalConfig, make_config
from app.wiring import Application
from sandbox.clock import SandboxClock
from sandbox.person import Person
from sandbox.telegram import BotApi
from tests.complaints import NOON
from tests.servers.dovecot import Dovecot
from tests.servers.smtp_hop import SmtpHop

SCHOOL = "reclamations@school.test"
LEA = "lea.martin@home.test"
CLIENT_ID, MANAGER_ID, STRANGER_ID = 7, 100, 13
PATIENCE = 20.0  # seconds for something to be seen; a busy machine takes a few of them

COMPLAINT = (
    "Bonjour, ma leçon de conduite de mardi a encore été annulée une heure avant, sans excuse. "
    "C'est inadmissible, je demande le remboursement des 55 €. Léa Martin"
)
CHAT_COMPLAINT = "mon moniteur m'a crié dessus hier pendant la leçon, c'est inadmissible"


class Town:
    """The servers, the people, and a clock that can be put forward."""

    def __init__(
        self, root: Path, dovecot: Dovecot, hop: SmtpHop, api: BotApi, clock: SandboxClock
    ) -> None:
        self.root = root
        self.dovecot = dovecot
        self.hop = hop
        self.api = api
        self.clock = clock
        self._readers: dict[str, IMAPClient] = {}

    @property
    def client(self) -> Person:
        """The client with a phone."""
        return self.api.person(CLIENT_ID, "Inès Haddad")

    @property
    def manager(self) -> Person:
        """The manager with a phone."""
        return self.api.person(MANAGER_ID, "Camille Renaud")

    def tables(self, **changes: Any) -> dict[str, Any]:
        """The configuration as tables; a change replaces a whole section."""
        mail = {"host": "127.0.0.1", "security": "none", "user": SCHOOL, "password": "pw"}
        tables: dict[str, Any] = {
            "establishment": {
                "name": "Auto-école du Parc",
                "address": "12 rue des Tilleuls, 93100 Montreuil",
                "phone": "01 99 00 12 34",
                "email": SCHOOL,
                "signatory": "Camille Renaud",
                "quality": "Gérante",
                "mediator": {
                    "name": "Médiation de la Conduite",
                    "address": "BP 1, 75000 Paris",
                    "website": "https://mediation.test",
                },
            },
            "telegram": {
                "token": self.api.token,
                "managers": [MANAGER_ID],
                "base_url": self.api.base_url,
                "base_file_url": self.api.base_file_url,
            },
            "imap": {**mail, "port": self.dovecot.imap_port, "since": "2026-01-01"},
            "smtp": {**mail, "port": self.hop.port, "from_address": SCHOOL, "from_name": "École"},
            "data": self.root / "data",
        }
        return tables | changes

    def config(self, **changes: Any) -> Config:
        """The configuration, checked."""
        return make_config(self.tables(**changes), RehearsalConfig)

    def write_config(self, **changes: Any) -> Path:
        """The configuration as a file, as the operator would write it."""
        path = self.root / "config.toml"
        path.write_text(_toml(self.tables(**changes)), encoding="utf-8")
        return path

    def mail(self, text: str = COMPLAINT, number: int = 1, **headers: str) -> bytes:
        """A mail of Léa's; headers as keywords, "in_reply_to" for In-Reply-To."""
        mail = EmailMessage()
        mail["From"] = f"Léa Martin <{LEA}>"
        mail["To"] = SCHOOL
        mail["Subject"] = "Leçon annulée"
        mail["Date"] = format_datetime(NOON)
        mail["Message-ID"] = f"<m{number}@home.test>"
        for name, value in headers.items():
            del mail[name.replace("_", "-")]
            mail[name.replace("_", "-").title()] = value
        mail.set_content(text)
        return mail.as_bytes()

    async def delivers(self, raw: bytes) -> None:
        """A mail reaches the school's mailbox, at the town's own time (INTERNALDATE)."""
        await asyncio.to_thread(self._append, raw)

    def _append(self, raw: bytes) -> None:
        with self.dovecot.client(SCHOOL) as client:
            client.append("INBOX", raw, msg_time=self.clock())

    async def letters(self, address: str = LEA, folder: str = "INBOX") -> list[EmailMessage]:
        """What lies in a mailbox, oldest first."""
        raws = await asyncio.to_thread(self._mails, address, folder)
        return [message_from_bytes(raw, policy=policy.default) for raw in raws]  # type: ignore[misc]

    def _mails(self, address: str, folder: str) -> list[bytes]:
        """Through one connection for each address: a hundred logins a second wear Dovecot out."""
        if address not in self._readers:
            self._readers[address] = self.dovecot.client(address)
        reader = self._readers[address]
        reader.select_folder(folder, readonly=True)
        found = reader.fetch(reader.search(["ALL"]), ["BODY.PEEK[]"])
        return [found[uid][b"BODY[]"] for uid in sorted(found)]

    def close(self) -> None:
        """End the connections that were opened to look."""
        for reader in self._readers.values():
            try:
                reader.logout()
            except (IMAPClientError, OSError):
                reader.shutdown()

    async def letter(
        self, wanted: Callable[[EmailMessage], bool], timeout: float = PATIENCE
    ) -> EmailMessage:
        """The first letter in Léa's mailbox that is the one wanted, waited for."""
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            for one in await self.letters():
                if wanted(one):
                    return one
            await asyncio.sleep(0.1)
        raise TimeoutError([str(one["Subject"]) for one in await self.letters()])


def _toml(table: dict[str, Any], path: str = "") -> str:
    """Tables as TOML: values first, then the sections below; JSON's texts and lists are TOML's."""
    values = {key: one for key, one in table.items() if not isinstance(one, dict)}
    lines = [f"{key} = {json.dumps(one, default=str)}" for key, one in values.items()]
    for key, one in table.items():
        if isinstance(one, dict):
            lines += [f"[{path}{key}]", _toml(one, f"{path}{key}.")]
    return "\n".join(lines)


def of_kind(kind: str) -> Callable[[EmailMessage], bool]:
    """Whether a letter is an acknowledgement or an answer, by its Message-ID."""
    return lambda letter: f".{kind}." in str(letter["Message-ID"])


@asynccontextmanager
async def town(
    root: Path, clock: SandboxClock | None = None, *, capability: str = ""
) -> AsyncIterator[Town]:
    """Open the servers below a folder; the Bot API tells the time by the clock.

    `capability` is what the IMAP server says it can do; empty, the truth.
    """
    clock = clock or SandboxClock(NOON)
    users = {SCHOOL: "pw", LEA: "pw"}
    with Dovecot(users, capability=capability) as dovecot, SmtpHop(dovecot) as hop:
        async with BotApi(clock) as api:
            opened = Town(root, dovecot, hop, api, clock)
            for address in (SCHOOL, LEA):  # Dovecot stumbles where two make a mailbox at once
                await opened.letters(address)
            await opened.manager.sends("/aide")  # Telegram lets a bot write to who wrote first
            try:
                yield opened
            finally:
                opened.close()


@asynccontextmanager
async def living(config: Config, clock: Callable[[], Any]) -> AsyncIterator[Application]:
    """The application, running; stopped cleanly after."""
    application = Application(config, clock)
    stop = asyncio.Event()
    running = asyncio.create_task(application.run(stop))
    try:
        yield application
    finally:
        stop.set()
        await running
