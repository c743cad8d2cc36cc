"""The e-mail courier: the only user of smtplib.

A letter leaves over TLS or not at all, unless the configuration says that there is none. What the
server says is turned into our two exceptions by reply code (RFC 5321, 4.2.1), never by its words.
"""

import asyncio
import hashlib
import re
import smtplib
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.headerregistry import Address as Mailbox
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from pathlib import Path
from typing import Literal, NoReturn

from letters.compose import message_id
from letters.dispatch import Trouble, Undeliverable, Unreachable
from letters.enclosures import Enclosure, OpenPiece, enclosures
from letters.establishment import Establishment
from register.complaint import Letter, LetterKind

PROOF = 200  # characters of the server's reply that are kept
AUTHENTICATION_REQUIRED = 530  # RFC 4954, 6: about us, not about the recipient

# RFC 5321, 4.1.2 without quoted strings: what a person's address looks like.
_LOCAL_PART = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_DOMAIN = re.compile(
    r"(?=.{1,253}$)(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z0-9-]{2,63}"
)

# RFC 3834, 5: by a message, or by a day that has come; an answer is a person's.
_AUTOMATIC = {
    LetterKind.ACKNOWLEDGEMENT: "auto-replied",
    LetterKind.SATISFACTION: "auto-generated",
}

Security = Literal["tls", "starttls", "none"]


class SmtpRefused(Unreachable):
    """The server is there and refuses us: login, encryption, our own address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpSettings:
    """Where e-mail is handed over, and as whom; without `user` nobody logs in."""

    host: str
    port: int = 465
    security: Security = "tls"
    user: str = ""
    password: str = field(default="", repr=False)
    from_name: str
    from_address: str
    timeout: float = 20.0  # seconds, for each step of the exchange
    ca_file: Path | None = None  # where the server's certificate is not publicly signed


class SmtpCourier:
    """Takes letters to e-mail addresses."""

    def __init__(
        self, settings: SmtpSettings, establishment: Establishment, open_piece: OpenPiece
    ) -> None:
        self._settings = settings
        self._establishment = establishment
        self._open_piece = open_piece

    async def deliver(self, letter: Letter) -> str:
        """The Message-ID and the server's reply; raises Undeliverable or Unreachable."""
        recipient = checked_address(letter.to.value if letter.to else "")
        enclosed = await enclosures(letter, self._open_piece)
        message = written(letter, recipient, self._settings, self._establishment, enclosed)
        reply = await asyncio.to_thread(_send, self._settings, recipient, message.as_bytes())
        return f"{message['Message-ID']} {reply}"


def check(settings: SmtpSettings) -> None:
    """Connect, encrypt, log in, and leave again. Raises SmtpRefused or Unreachable."""
    with _connection(settings) as server:
        server.noop()


def checked_address(address: str) -> str:
    """The address as SMTP takes it, its domain in ASCII; raises Undeliverable for a bad one."""
    local, _, domain = address.strip().rpartition("@")
    with suppress(UnicodeError):
        domain = domain.encode("idna").decode("ascii")
    if len(local) > 64 or not (_LOCAL_PART.fullmatch(local) and _DOMAIN.fullmatch(domain)):
        raise Undeliverable(Trouble.BAD_ADDRESS)
    return f"{local}@{domain}"


def written(
    letter: Letter,
    recipient: str,
    settings: SmtpSettings,
    establishment: Establishment,
    enclosed: Sequence[Enclosure] = (),
) -> EmailMessage:
    """The letter as a mail; a second copy of it is the same to the byte."""
    message = EmailMessage(policy=_LETTERS)
    message["From"] = Mailbox(_one_line(settings.from_name), addr_spec=settings.from_address)
    message["To"] = recipient
    message["Subject"] = _one_line(letter.subject)
    message["Date"] = letter.created_at
    message["Message-ID"] = message_id(letter.letter_id, establishment)
    if letter.in_reply_to:
        message["In-Reply-To"] = _bracketed(letter.in_reply_to)
    if letter.references:
        message["References"] = " ".join(_bracketed(one) for one in letter.references)
    if letter.kind in _AUTOMATIC:
        message["Auto-Submitted"] = _AUTOMATIC[letter.kind]
        message["X-Auto-Response-Suppress"] = "All"
    message.set_content(letter.body, charset="utf-8", cte="quoted-printable")
    _enclose(message, enclosed)
    return message


def _enclose(message: EmailMessage, enclosed: Sequence[Enclosure]) -> None:
    for piece, data in enclosed:
        kind, _, subtype = piece.content_type.partition("/")
        message.add_attachment(data, kind, subtype, filename=piece.name)  # RFC 2183, RFC 2231
    if enclosed:  # the library's boundary is drawn by lot, and a second copy would be another mail
        mark = hashlib.sha256("".join(piece.sha256 for piece, _ in enclosed).encode()).hexdigest()
        message.set_boundary(f"=_{mark[:32]}")  # in no part: RFC 2045, 6.7 and 6.8


class _LettersPolicy(EmailPolicy):
    """SMTP's policy, with Message-IDs whole.

    The library writes an id longer than a line as an encoded word, which no mail program
    recognises as the id of its thread; Outlook's are that long.
    """

    def fold_binary(self, name: str, value: str) -> bytes:
        if name.lower() in ("message-id", "in-reply-to", "references"):
            one_a_line = "\r\n ".join(str(value).split())
            return f"{name}: {one_a_line}\r\n".encode("ascii", "replace")
        return super().fold_binary(name, value)


_LETTERS = _LettersPolicy(linesep=SMTP.linesep, max_line_length=SMTP.max_line_length)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _bracketed(source_id: str) -> str:
    return f"<{''.join(source_id.split()).strip('<>')}>"


def _send(settings: SmtpSettings, recipient: str, message: bytes) -> str:
    with _connection(settings) as server:
        return _hand_over(server, settings.from_address, recipient, message)


@contextmanager
def _connection(settings: SmtpSettings) -> Iterator[smtplib.SMTP]:
    """A server that we are logged in to. What goes wrong inside is one of our exceptions."""
    try:
        server = _open(settings)
        try:
            _log_in(server, settings)
            yield server
        finally:
            _leave(server)
    except smtplib.SMTPResponseException as error:
        _refuse(error.smtp_code, Trouble.UNREACHABLE)
    except ssl.SSLError as error:
        raise SmtpRefused(Trouble.SMTP_TLS) from error
    except (smtplib.SMTPException, OSError) as error:
        raise Unreachable(Trouble.UNREACHABLE) from error


def _open(settings: SmtpSettings) -> smtplib.SMTP:
    host, port, timeout = settings.host, settings.port, settings.timeout
    if settings.security == "tls":
        return smtplib.SMTP_SSL(host, port, timeout=timeout, context=_trust(settings))
    server = smtplib.SMTP(host, port, timeout=timeout)
    if settings.security == "starttls":
        try:
            _encrypt(server, settings)
        except BaseException:
            server.close()
            raise
    return server


def _encrypt(server: smtplib.SMTP, settings: SmtpSettings) -> None:
    """STARTTLS, or nothing at all: a server that offers none may not be the one we mean."""
    try:
        server.starttls(context=_trust(settings))
    except (smtplib.SMTPNotSupportedError, smtplib.SMTPResponseException) as error:
        raise SmtpRefused(Trouble.SMTP_TLS) from error


def _trust(settings: SmtpSettings) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=settings.ca_file)


def _log_in(server: smtplib.SMTP, settings: SmtpSettings) -> None:
    server.ehlo_or_helo_if_needed()
    if not settings.user:
        return
    try:
        # The secret on a line of its own: servers refuse a long AUTH line (500, RFC 5321, 4.5.3.1).
        server.login(settings.user, settings.password, initial_response_ok=False)
    except (smtplib.SMTPAuthenticationError, smtplib.SMTPNotSupportedError) as error:
        raise SmtpRefused(Trouble.SMTP_LOGIN) from error


def _leave(server: smtplib.SMTP) -> None:
    """Say goodbye; a letter that was taken is taken, whatever the server says to that."""
    with suppress(smtplib.SMTPException, OSError):
        server.quit()
    server.close()


def _hand_over(server: smtplib.SMTP, sender: str, recipient: str, message: bytes) -> str:
    code, _ = server.mail(sender)
    if not _is_yes(code):
        _refuse(code, Trouble.SMTP_SENDER)
    code, _ = server.rcpt(recipient)
    if not _is_yes(code):
        _refuse_letter(code)
    try:
        code, text = server.data(message)
    except smtplib.SMTPDataError as error:
        _refuse_letter(error.smtp_code)
    if not _is_yes(code):
        _refuse_letter(code)
    return _one_line(f"{code} {text.decode('ascii', 'replace')}")[:PROOF]


def _is_yes(code: int) -> bool:
    return code // 100 == 2


def _refuse_letter(code: int) -> NoReturn:
    """The server does not take this letter: for good, or for now."""
    if code >= 500 and code != AUTHENTICATION_REQUIRED:
        raise Undeliverable(Trouble.REFUSED)
    _refuse(code, Trouble.SMTP_LOGIN)


def _refuse(code: int, trouble: Trouble) -> NoReturn:
    """The server does not take anything from us: it is busy, or something is set up wrongly."""
    if code < 500:
        raise Unreachable(Trouble.SMTP_BUSY)
    raise SmtpRefused(trouble)
