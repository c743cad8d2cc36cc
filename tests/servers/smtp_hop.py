"""A mail server in the test's own process: SMTP with a login in front, Dovecot behind.

What a real server does to a letter can be asked of it: to be down, to refuse a receiver for good,
or to say "not now".
"""

import asyncio
import smtplib
from typing import Any, Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, Session

from tests.servers import free_port
from tests.servers.dovecot import Dovecot


class SmtpHop:
    """Takes mail from those who log in, and from strangers for our own users.

    `sent` lists what was delivered: sender, receiver, and the bytes.
    """

    def __init__(self, dovecot: Dovecot) -> None:
        self.port = free_port()
        self.refused: set[str] = set()  # receivers that get a 550
        self.busy: set[str] = set()  # receivers that get a 451
        self.sent: list[tuple[str, str, bytes]] = []
        self._dovecot = dovecot
        self._controller: Controller | None = None

    def __enter__(self) -> Self:
        self.up()
        return self

    def __exit__(self, *_: object) -> None:
        self.down()

    def up(self) -> None:
        """Listen, on the same port as before."""
        self._controller = Controller(
            self,
            hostname="127.0.0.1",
            port=self.port,
            authenticator=self._is_known,
            auth_require_tls=False,
            enable_SMTPUTF8=True,
        )
        self._controller.start()

    def down(self) -> None:
        """Answer nobody; nothing to do where it is down."""
        if self._controller:
            self._controller.stop()
            self._controller = None

    async def handle_RCPT(  # noqa: N802 - aiosmtpd calls it so
        self, server: Any, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Accept a receiver, or not."""
        if address.lower() in self.refused:
            return "550 5.1.1 No such user here"
        if address.lower() in self.busy:
            return "451 4.3.0 Try again later"
        if address.lower() not in self._dovecot.users:
            return "550 5.7.1 Relay not permitted" if session.authenticated else "550 5.1.1 Unknown"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802
        self, server: Any, session: Session, envelope: Envelope
    ) -> str:
        """Pass the letter on, and say so only once it lies in the mailbox."""
        try:
            await asyncio.to_thread(self._pass_on, envelope)
        except (OSError, smtplib.SMTPException):
            return "451 4.4.1 Mailbox not reachable"
        return "250 OK"

    def _pass_on(self, envelope: Envelope) -> None:
        raw = envelope.content if isinstance(envelope.content, bytes) else b""
        for receiver in envelope.rcpt_tos:  # one by one: smtplib reads one LMTP reply a letter
            self._dovecot.deliver(receiver, raw, envelope.mail_from or "")
            self.sent.append((envelope.mail_from or "", receiver, raw))

    def _is_known(
        self, server: Any, session: Session, envelope: Envelope, mechanism: str, data: Any
    ) -> AuthResult:
        password = self._dovecot.users.get(data.login.decode())
        return AuthResult(success=password == data.password.decode(), handled=False)
