"""A mail host on loopback, in this very loop: IMAP by pymap, SMTP by aiosmtpd, in memory.

One host holds every account, the school's and its clients'; nothing leaves the machine.
"""

import asyncio
from argparse import Namespace
from collections.abc import Callable, Mapping
from datetime import datetime
from email.message import EmailMessage
from uuid import uuid4
from weakref import WeakSet

from aiosmtpd.smtp import SMTP
from proxyprotocol.sock import SocketInfoLocal
from pymap.backend.dict import Config
from pymap.imap import IMAPServer
from pymap.parsing.message import AppendMessage
from pysasl.hashing import BuiltinHash

from sandbox.bell import Bell
from sandbox.clock import Clock
from sandbox.mailboxes import Mailboxes
from sandbox.post_office import HOSTNAME, Accepted, PostOffice

HOST = "127.0.0.1"

Wanted = str | Callable[[EmailMessage], bool]


class MailHost:
    """IMAP and SMTP for a few accounts, given as address and password."""

    def __init__(
        self,
        clock: Clock,
        accounts: Mapping[str, str],
        imap_port: int = 0,
        smtp_port: int = 0,
        folders: tuple[str, ...] = (),
    ) -> None:
        self.accounts = {address.lower(): password for address, password in accounts.items()}
        self.imap_port = imap_port
        self.smtp_port = smtp_port
        self.imap_down = False
        """While true, IMAP says BYE to whoever connects; see also `cut_imap`."""
        self._folders = folders
        self._bell = Bell()
        self._config = _config()
        self._mailboxes = Mailboxes(self._config, clock, self._bell)
        self._office = PostOffice(self.accounts, clock, self.deliver)
        self._servers: list[asyncio.Server] = []
        self._imap_sessions: set[asyncio.Task[None]] = set()
        self._smtp_sessions: WeakSet[SMTP] = WeakSet()

    async def __aenter__(self) -> "MailHost":
        await self.start()
        return self

    async def __aexit__(self, *failure: object) -> None:
        await self.stop()

    async def start(self) -> None:
        """Listen on both ports; after a `stop`, on the same ones and with the mail still there."""
        self._config.apply_context()
        await self._mailboxes.open(self.accounts, self._folders)
        loop = asyncio.get_running_loop()
        imap = await asyncio.start_server(self._serve_imap, HOST, self.imap_port)
        smtp = await loop.create_server(self._smtp_session, HOST, self.smtp_port)
        self.imap_port = imap.sockets[0].getsockname()[1]
        self.smtp_port = smtp.sockets[0].getsockname()[1]
        self._servers = [imap, smtp]

    async def stop(self) -> None:
        """Refuse connections and end those there are."""
        for server in self._servers:
            server.close()
        self.cut_smtp()
        await self.cut_imap()
        for server in self._servers:
            await server.wait_closed()

    # What goes wrong

    @property
    def smtp_down(self) -> bool:
        """While true, SMTP answers 421 to every greeting, sender and message."""
        return self._office.down

    @smtp_down.setter
    def smtp_down(self, is_down: bool) -> None:
        self._office.down = is_down

    def reject(self, address: str, reply: str = "550 5.1.1 No such user here") -> None:
        """Refuse this recipient from now on: for ever with a 5xx, for now with a 4xx."""
        self._office.replies[address.lower()] = reply

    def accept(self, address: str) -> None:
        """Take back what `reject` has ordered."""
        self._office.replies.pop(address.lower(), None)

    def lose_answers(self, times: int = 1) -> None:
        """Accept the next messages, deliver them, and hang up before saying so."""
        self._office.lost_answers = times

    async def cut_imap(self) -> None:
        """Drop every IMAP connection, as a restart of the server does."""
        sessions = list(self._imap_sessions)
        for session in sessions:
            session.cancel()
        await asyncio.gather(*sessions, return_exceptions=True)

    def cut_smtp(self) -> None:
        """Drop every SMTP connection."""
        for session in list(self._smtp_sessions):
            if session.transport is not None:
                session.transport.close()

    # What lies in the mailboxes

    @property
    def accepted(self) -> list[Accepted]:
        """Every message that SMTP has accepted, with its envelope, oldest first."""
        return self._office.accepted

    async def create_folder(self, address: str, name: str) -> None:
        await self._mailboxes.of(address).add_mailbox(name)

    def folders(self, address: str) -> list[str]:
        """The folders of an account, INBOX first."""
        return ["INBOX", *self._mailboxes.of(address).names()]

    async def deliver(
        self, address: str, raw: bytes, at: datetime | None = None, folder: str = "INBOX"
    ) -> None:
        """Put a message into a mailbox as it is; `at` is its INTERNALDATE, by default now."""
        message = AppendMessage(raw, at, frozenset())
        await self._mailboxes.of(address).folder(folder).append(message, recent=True)

    async def inbox(self, address: str, folder: str = "INBOX") -> list[EmailMessage]:
        """What lies in a folder, oldest first."""
        return self._mailboxes.of(address).folder(folder).messages_now()

    async def sees(
        self, address: str, wanted: Wanted, timeout: float = 5.0, folder: str = "INBOX"
    ) -> EmailMessage:
        """The newest mail that has these words in subject or text, or passes this test."""
        mailbox = self._mailboxes.of(address).folder(folder)
        fits = (lambda mail: wanted in words(mail)) if isinstance(wanted, str) else wanted

        def newest() -> EmailMessage | None:
            return next((mail for mail in reversed(mailbox.messages_now()) if fits(mail)), None)

        found = await self._bell.until(newest, timeout)
        if found is None:
            held = [mail["Subject"] for mail in mailbox.messages_now()]
            raise TimeoutError(f"{address} has no mail {wanted!r}, only {held}")
        return found

    # Who connects

    async def _serve_imap(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.imap_down:
            writer.write(b"* BYE Service not available\r\n")
            writer.close()
            return
        session = asyncio.current_task()
        assert session is not None
        self._imap_sessions.add(session)
        session.add_done_callback(self._imap_sessions.discard)
        server = IMAPServer(self._mailboxes.login, self._config)
        whole = _WholeResponses(reader, writer)
        await server(reader, whole, SocketInfoLocal(whole, unique_id=uuid4().bytes))

    def _smtp_session(self) -> SMTP:
        session = SMTP(
            self._office,
            hostname=HOSTNAME,
            ident="sandbox",
            enable_SMTPUTF8=True,
            authenticator=self._office.authenticate,
            auth_require_tls=False,
            loop=asyncio.get_running_loop(),
        )
        self._smtp_sessions.add(session)
        return session


class _WholeResponses(asyncio.StreamWriter):
    """Sends each response in one piece.

    pymap writes a line and its end apart; a client that idles may be woken between the two, and
    imaplib takes half a line for a broken connection.
    """

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        transport = writer.transport
        super().__init__(transport, transport.get_protocol(), reader, asyncio.get_running_loop())
        self._beneath = writer  # kept: it closes the connection when it is let go
        self._pieces = bytearray()

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self._pieces += data

    async def drain(self) -> None:
        pieces, self._pieces = self._pieces, bytearray()
        super().write(pieces)
        await super().drain()


def words(mail: EmailMessage) -> str:
    """Subject and text of a mail; HTML only where there is no plain text."""
    body = mail.get_body(("plain", "html"))
    text = str(body.get_content()).replace("\r\n", "\n") if body else ""
    return f"{mail['Subject'] or ''}\n{text}"


def _config() -> Config:
    """pymap without TLS, and with a hash that costs nothing: the passwords guard nothing."""
    return Config(
        Namespace(passlib_cfg=None, proxy_protocol=None),
        host=HOST,
        port=0,
        tls_enabled=False,
        demo_data=False,
        demo_user="",
        demo_password="",
        hash_context=BuiltinHash(rounds=1),
        invalid_user_sleep=0.0,
    )
