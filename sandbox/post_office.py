"""What the SMTP side says to each command: who may send, who is known, what is down."""

import hmac
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from sandbox.clock import Clock

HOSTNAME = "mail.sandbox.test"
DOWN = "421 4.3.2 Service not available"

Deliver = Callable[[str, bytes, datetime], Awaitable[None]]


@dataclass(frozen=True)
class Accepted:
    """One transaction that the host has taken responsibility for."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes


class PostOffice:
    """The rules of a small provider, which hosts every account and relays for nobody.

    A sender with an account here logs in, and writes under that address only; strangers
    write to the accounts without a login, as other servers do.
    """

    def __init__(self, passwords: Mapping[str, str], clock: Clock, deliver: Deliver) -> None:
        self.down = False
        self.lost_answers = 0
        self.replies: dict[str, str] = {}
        self.accepted: list[Accepted] = []
        self._passwords = passwords
        self._clock = clock
        self._deliver = deliver

    def authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
    ) -> AuthResult:
        if not isinstance(data, LoginPassword):
            return AuthResult(success=False, handled=False)
        address = data.login.decode().lower()
        expected = self._passwords.get(address, "").encode()
        is_right = bool(expected) and hmac.compare_digest(expected, data.password)
        return AuthResult(success=is_right, handled=False, auth_data=address)

    async def handle_EHLO(  # noqa: N802 -- aiosmtpd's name
        self,
        server: SMTP,
        session: Session,
        envelope: Envelope,
        hostname: str,
        responses: list[str],
    ) -> list[str]:
        session.host_name = hostname
        return [DOWN] if self.down else responses

    async def handle_HELO(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str
    ) -> str:
        session.host_name = hostname
        return DOWN if self.down else f"250 {HOSTNAME}"

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.down:
            return DOWN
        sender = _sender(address).lower()
        if session.authenticated and sender not in ("", session.auth_data):
            return "553 5.7.1 Sender address rejected: not owned by the user logged in"
        if sender in self._passwords and not session.authenticated:
            return "530 5.7.0 Authentication required"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        recipient = address.lower()
        if recipient in self.replies:
            return self.replies[recipient]
        if recipient not in self._passwords:
            return _unknown(recipient, self._passwords)
        envelope.rcpt_tos.append(recipient)
        return "250 2.1.5 OK"

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        if self.down:
            return DOWN
        content = envelope.content
        assert isinstance(content, bytes)
        accepted = Accepted(_sender(envelope.mail_from), tuple(envelope.rcpt_tos), content)
        await self._take(accepted, session)
        if self.lost_answers:
            self.lost_answers -= 1
            assert server.transport is not None
            server.transport.close()
        return "250 2.0.0 OK"

    async def _take(self, accepted: Accepted, session: Session) -> None:
        now = self._clock()
        self.accepted.append(accepted)
        for recipient in accepted.recipients:
            trace = (
                f"Return-Path: <{accepted.sender}>\r\n"
                f"Received: from {session.host_name} by {HOSTNAME} for <{recipient}>;"
                f" {format_datetime(now)}\r\n"
            )
            await self._deliver(recipient, trace.encode() + accepted.content, now)


def _sender(reverse_path: str | None) -> str:
    """The envelope's sender; empty for the null one of bounces, RFC 5321 s.4.5.5."""
    return (reverse_path or "").removeprefix("<>")


def _unknown(recipient: str, accounts: Collection[str]) -> str:
    domains = {address.partition("@")[2] for address in accounts}
    if recipient.partition("@")[2] in domains:
        return "550 5.1.1 No such user here"
    return "550 5.7.1 Relaying denied"
