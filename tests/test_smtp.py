"""The e-mail courier against a real SMTP server: what it writes, and what it makes of replies."""

import asyncio
import hashlib
import socket
import ssl
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from letters.dispatch import NotDelivered, Trouble, Undeliverable, Unreachable
from letters.establishment import Establishment
from letters.smtp import SmtpCourier, SmtpRefused, SmtpSettings, check, checked_address
from register.complaint import Address, Attachment, Letter, LetterKind
from register.labels import Channel

USER, PASSWORD = "reclamations@lilas.test", "s3cret-" + "x" * 420
CREATED = datetime(2026, 11, 22, 13, 5, tzinfo=UTC)
OUTLOOK_ID = "PR3P192MB0780" + "ABCDEF0123456789" * 8 + "@PR3P192MB0780.EURP192.PROD.OUTLOOK.COM"

LILAS = Establishment(
    name="Auto-école des Lilas",
    address="12 rue des Lilas, 93100 Montreuil",
    phone="01 99 00 12 34",
    email="reclamations@lilas.test",
    signatory="Paul Renard",
    quality="Gérant",
    mail_domain="lilas.test",
    mediator=None,
)

LETTER = Letter(
    letter_id="R-2026-0001.acknowledgement.1",
    kind=LetterKind.ACKNOWLEDGEMENT,
    to=Address(Channel.EMAIL, "lea@example.org"),
    subject="Re: [R-2026-0001] Leçons annulées",
    body="Bonjour Léa,\n\n.une ligne qui commence par un point\n" + "é" * 500 + "\n",
    created_at=CREATED,
    in_reply_to=OUTLOOK_ID,
    references=("one@example.org", OUTLOOK_ID),
)


def no_piece(piece: Attachment) -> bytes:
    """The folder of pieces where nothing is."""
    raise FileNotFoundError(piece.name)


@dataclass
class PostOffice:
    """What happens on the server: mails that it took, and replies that a test gives it."""

    envelopes: list[Envelope] = field(default_factory=list)
    logins: list[str] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)
    on_mail: str = ""
    on_rcpt: str = ""
    on_data: str = ""
    on_quit: str = ""

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """MAIL FROM."""
        envelope.mail_from = address
        assert server.transport
        self.encrypted.append(server.transport.get_extra_info("ssl_object") is not None)
        return self.on_mail or "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """RCPT TO."""
        envelope.rcpt_tos.append(address)
        return self.on_rcpt or "250 OK"

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """The mail itself."""
        self.envelopes.append(envelope)
        return self.on_data or "250 2.0.0 queued as 42"

    async def handle_QUIT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Goodbye."""
        return self.on_quit or "221 Bye"

    def authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
    ) -> AuthResult:
        """Whether the password is right."""
        assert isinstance(data, LoginPassword)
        self.logins.append(mechanism)
        right = (data.login, data.password) == (USER.encode(), PASSWORD.encode())
        return AuthResult(success=right, handled=False)

    def mail(self) -> EmailMessage:
        """The only mail that came."""
        (envelope,) = self.envelopes
        assert isinstance(envelope.content, bytes)
        message = message_from_bytes(envelope.content, policy=default)
        assert isinstance(message, EmailMessage)
        return message

    def raw(self) -> bytes:
        """The bytes of the only mail that came."""
        (envelope,) = self.envelopes
        assert isinstance(envelope.content, bytes)
        return envelope.content


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1 that only its own file vouches for; its key lies beside it."""
    folder = tmp_path_factory.mktemp("tls")
    subject = ["-subj", "/CN=lilas.test", "-addext", "subjectAltName=IP:127.0.0.1"]
    key = ["-newkey", "rsa:2048", "-nodes", "-days", "1"]
    files = ["-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")]
    command = ["openssl", "req", "-x509", *key, *subject, *files]
    subprocess.run(command, check=True, capture_output=True)
    return folder / "cert.pem"


@contextmanager
def serving(office: PostOffice, settings: SmtpSettings, **options: Any) -> Iterator[None]:
    """The post office, open on the port of these settings."""
    controller = Controller(
        office,
        hostname="127.0.0.1",
        port=settings.port,
        authenticator=office.authenticate,
        auth_require_tls=False,
        **options,
    )
    controller.start()
    try:
        yield
    finally:
        controller.stop()


def tls(certificate: Path) -> ssl.SSLContext:
    """The server's side of TLS."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, certificate.with_name("key.pem"))
    return context


@pytest.fixture
def settings() -> SmtpSettings:
    """A server on this machine, without TLS."""
    return SmtpSettings(
        host="127.0.0.1",
        port=free_port(),
        security="none",
        user=USER,
        password=PASSWORD,
        from_name="Auto-école des Lilas, réclamations",
        from_address="reclamations@lilas.test",
        timeout=5,
    )


@pytest.fixture
def office(settings: SmtpSettings) -> Iterator[PostOffice]:
    """A post office that takes everything from whoever logs in."""
    opened = PostOffice()
    with serving(opened, settings):
        yield opened


@pytest.fixture
def courier(settings: SmtpSettings) -> SmtpCourier:
    """The courier."""
    return SmtpCourier(settings, LILAS, no_piece)


# -- what is written ----------------------------------------------------------------------------


async def test_a_letter_arrives_as_it_was_composed(
    office: PostOffice, courier: SmtpCourier
) -> None:
    """Words, subject, names and thread survive the way."""
    await courier.deliver(LETTER)

    mail = office.mail()
    assert mail.get_content().replace("\r\n", "\n") == LETTER.body
    assert mail["Subject"] == LETTER.subject
    assert mail["To"] == "lea@example.org"
    assert mail["From"].addresses[0].display_name == "Auto-école des Lilas, réclamations"
    assert mail["From"].addresses[0].addr_spec == "reclamations@lilas.test"
    assert mail["Date"].datetime == CREATED
    assert mail["Message-ID"] == "<R-2026-0001.acknowledgement.1@lilas.test>"
    assert mail["In-Reply-To"] == f"<{OUTLOOK_ID}>"
    assert mail["References"].split() == ["<one@example.org>", f"<{OUTLOOK_ID}>"]
    assert office.envelopes[0].mail_from == "reclamations@lilas.test"
    assert office.envelopes[0].rcpt_tos == ["lea@example.org"]


async def test_long_message_ids_are_written_whole(office: PostOffice, courier: SmtpCourier) -> None:
    """An id longer than a line is no encoded word, or the thread would be lost."""
    await courier.deliver(LETTER)

    assert f"In-Reply-To: <{OUTLOOK_ID}>\r\n".encode() in office.raw()
    assert f"References: <one@example.org>\r\n <{OUTLOOK_ID}>\r\n".encode() in office.raw()


async def test_every_server_can_carry_the_bytes(office: PostOffice, courier: SmtpCourier) -> None:
    """Seven bits, lines of RFC 5322 length."""
    await courier.deliver(LETTER)

    assert office.raw().isascii()
    assert max(map(len, office.raw().split(b"\r\n"))) < 998


async def test_a_second_copy_is_the_same_mail(office: PostOffice, courier: SmtpCourier) -> None:
    """Whoever receives it twice can tell: the same Message-ID, the same bytes."""
    await courier.deliver(LETTER)
    await courier.deliver(LETTER)

    first, second = (one.content for one in office.envelopes)
    assert first == second


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        pytest.param(LetterKind.ACKNOWLEDGEMENT, ("auto-replied", "All")),
        pytest.param(LetterKind.SATISFACTION, ("auto-generated", "All")),  # nobody has asked for it
        pytest.param(LetterKind.ANSWER, (None, None)),  # a person has written it
        pytest.param(LetterKind.HOLDING_REPLY, (None, None)),  # and its reason too
    ],
)
async def test_what_no_person_has_written_says_so(
    office: PostOffice, courier: SmtpCourier, kind: LetterKind, expected: tuple[str | None, ...]
) -> None:
    """RFC 3834: a letter of the software's own says so, that no machine may answer it."""
    await courier.deliver(replace(LETTER, kind=kind))

    mail = office.mail()
    assert (mail["Auto-Submitted"], mail["X-Auto-Response-Suppress"]) == expected


async def test_a_letter_that_begins_a_thread(office: PostOffice, courier: SmtpCourier) -> None:
    """Without anything to reply to there are no such headers."""
    await courier.deliver(replace(LETTER, in_reply_to=None, references=()))

    assert (office.mail()["In-Reply-To"], office.mail()["References"]) == (None, None)


@pytest.mark.parametrize(
    "hostile",
    [
        pytest.param({"subject": "Re: x\r\nBcc: spy@evil.test\r\n\r\nbody"}, id="subject"),
        pytest.param({"subject": "x\n\u2028Bcc: spy@evil.test"}, id="line separator"),
        pytest.param({"in_reply_to": "a@b.test>\r\nBcc: spy@evil.test"}, id="in-reply-to"),
        pytest.param({"references": ("a@b.test\r\nBcc: spy@evil.test",)}, id="references"),
    ],
)
async def test_no_header_can_be_smuggled_in(
    office: PostOffice, courier: SmtpCourier, hostile: dict[str, Any]
) -> None:
    """A newline in what a client chose adds no header and no recipient."""
    await courier.deliver(replace(LETTER, **hostile))

    assert office.mail()["Bcc"] is None
    assert office.mail().get_content().startswith("Bonjour Léa")
    assert office.envelopes[0].rcpt_tos == ["lea@example.org"]


async def test_the_proof_names_the_mail_and_the_reply(
    office: PostOffice, courier: SmtpCourier
) -> None:
    """What is kept shows which mail was handed over and what the server said, bounded."""
    office.on_data = "250 2.0.0 queued as " + "9" * 400

    proof = await courier.deliver(LETTER)

    assert proof.startswith("<R-2026-0001.acknowledgement.1@lilas.test> 250 2.0.0 queued as 99")
    assert len(proof) < 260


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("lea@example.org", "lea@example.org"),
        (" l.martin+ecole@mail.example.org ", "l.martin+ecole@mail.example.org"),
        ("o'neil@example.org", "o'neil@example.org"),
        ("contact@école.example.org", "contact@xn--cole-9oa.example.org"),
    ],
)
def test_good_addresses(address: str, expected: str) -> None:
    """An address as people have them, its domain as SMTP writes it."""
    assert checked_address(address) == expected


@pytest.mark.parametrize(
    "address",
    [
        "",
        "lea",
        "@example.org",
        "lea@",
        "lea@localhost",
        "léa@example.org",
        "a@b@example.org",
        "a..b@example.org",
        "lea@example..org",
        "lea@-example.org",
        "lea@example.org,eve@evil.test",
        "<lea@example.org>",
        "lea@example.org\r\nRCPT TO:<eve@evil.test>",
        "x" * 65 + "@example.org",
        "lea@" + "x." * 130 + "org",
        '"a b"@example.org',
    ],
)
async def test_bad_addresses_are_never_tried(
    office: PostOffice, courier: SmtpCourier, address: str
) -> None:
    """What is no address of one person is undeliverable, and no server hears of it."""
    with pytest.raises(Undeliverable) as raised:
        await courier.deliver(replace(LETTER, to=Address(Channel.EMAIL, address)))

    assert raised.value.trouble == Trouble.BAD_ADDRESS
    assert office.logins == []


# -- the PDF that leaves with it ------------------------------------------------------------------

PDF = b"%PDF-1.7\n" + bytes(range(256)) * 40
ANSWER = replace(
    LETTER,
    letter_id="R-2026-0001.answer.1",
    kind=LetterKind.ANSWER,
    attachments=(
        Attachment(
            name="reponse-R-2026-0001.pdf",
            sha256=hashlib.sha256(PDF).hexdigest(),
            size=len(PDF),
            content_type="application/pdf",
        ),
    ),
)


async def test_a_pdf_leaves_with_its_words(office: PostOffice, settings: SmtpSettings) -> None:
    """The words as before, the PDF beside them to the byte, under its name."""
    await SmtpCourier(settings, LILAS, lambda piece: PDF).deliver(ANSWER)

    mail = office.mail()
    (piece,) = mail.iter_attachments()
    words = mail.get_body(("plain",))
    assert words
    assert words.get_content().replace("\r\n", "\n") == LETTER.body
    assert piece.get_content() == PDF
    assert piece.get_content_type() == "application/pdf"
    assert piece["Content-Disposition"] == 'attachment; filename="reponse-R-2026-0001.pdf"'
    assert mail["Message-ID"] == "<R-2026-0001.answer.1@lilas.test>"
    assert office.raw().isascii()
    assert max(map(len, office.raw().split(b"\r\n"))) < 998


async def test_a_name_in_french_survives_too(office: PostOffice, settings: SmtpSettings) -> None:
    """RFC 2231: a name that is not ASCII is told whole."""
    named = replace(ANSWER.attachments[0], name="réponse à Léa, n° 1.pdf")
    letter = replace(ANSWER, attachments=(named,))
    await SmtpCourier(settings, LILAS, lambda piece: PDF).deliver(letter)

    (piece,) = office.mail().iter_attachments()
    assert piece.get_filename() == "réponse à Léa, n° 1.pdf"
    assert b"filename*=utf-8''" in office.raw()


async def test_a_second_copy_with_its_pdf_is_the_same_mail(
    office: PostOffice, settings: SmtpSettings
) -> None:
    """No boundary is drawn by lot: the same bytes, the same Message-ID."""
    courier = SmtpCourier(settings, LILAS, lambda piece: PDF)
    await courier.deliver(ANSWER)
    await courier.deliver(replace(ANSWER, attempts=3))

    first, second = (one.content for one in office.envelopes)
    assert first == second


@pytest.mark.parametrize(
    "open_piece",
    [
        pytest.param(no_piece, id="gone"),
        pytest.param(lambda piece: PDF[:-1], id="cut short"),
        pytest.param(lambda piece: b"", id="empty"),
    ],
)
async def test_half_a_letter_never_leaves(
    office: PostOffice, settings: SmtpSettings, open_piece: Callable[[Attachment], bytes]
) -> None:
    """Where the PDF is not what was approved, nothing is sent and the manager must act."""
    with pytest.raises(Undeliverable) as refusal:
        await SmtpCourier(settings, LILAS, open_piece).deliver(ANSWER)

    assert refusal.value.trouble == Trouble.PIECE_MISSING
    assert office.envelopes == []


# -- what the server says -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("step", "reply", "error", "trouble"),
    [
        pytest.param("on_rcpt", "550 5.1.1 no such user", Undeliverable, Trouble.REFUSED),
        pytest.param("on_rcpt", "552 mailbox full", Undeliverable, Trouble.REFUSED),
        pytest.param("on_rcpt", "450 greylisted", Unreachable, Trouble.SMTP_BUSY),
        # about us: no fault of the recipient, and it will not last
        pytest.param("on_rcpt", "530 authentication required", SmtpRefused, Trouble.SMTP_LOGIN),
        pytest.param("on_rcpt", "what?", Unreachable, Trouble.SMTP_BUSY),
        pytest.param("on_data", "354 go on", Unreachable, Trouble.SMTP_BUSY),
        pytest.param("on_data", "554 5.7.1 rejected", Undeliverable, Trouble.REFUSED),
        pytest.param("on_data", "451 try again", Unreachable, Trouble.SMTP_BUSY),
        pytest.param("on_mail", "550 5.7.60 not your address", SmtpRefused, Trouble.SMTP_SENDER),
        pytest.param("on_mail", "421 too many", Unreachable, Trouble.SMTP_BUSY),
    ],
)
async def test_replies_are_told_apart_by_their_code(
    office: PostOffice,
    courier: SmtpCourier,
    step: str,
    reply: str,
    error: type[NotDelivered],
    trouble: Trouble,
) -> None:
    """A refusal of this letter is for good; all that concerns the server or us is for now."""
    setattr(office, step, reply)

    with pytest.raises(NotDelivered) as raised:
        await courier.deliver(LETTER)

    assert (type(raised.value), raised.value.trouble) == (error, trouble.value)


async def test_a_rude_goodbye_changes_nothing(office: PostOffice, courier: SmtpCourier) -> None:
    """A letter that was taken is sent, or it would be sent again and again."""
    office.on_quit = "500 what?"

    assert "250 2.0.0 queued" in await courier.deliver(LETTER)
    assert len(office.envelopes) == 1


async def test_a_wrong_password_is_no_fault_of_the_letter(
    office: PostOffice, settings: SmtpSettings
) -> None:
    """It waits until the login works again, and nothing was handed over."""
    courier = SmtpCourier(replace(settings, password="old"), LILAS, no_piece)

    with pytest.raises(SmtpRefused) as raised:
        await courier.deliver(LETTER)

    assert raised.value.trouble == Trouble.SMTP_LOGIN
    assert office.envelopes == []


async def test_a_long_password_is_sent_on_a_line_of_its_own(
    office: PostOffice, courier: SmtpCourier
) -> None:
    """Servers refuse an AUTH line beyond 512 characters; this password is longer."""
    await courier.deliver(LETTER)

    assert office.logins == ["PLAIN"]  # at the first attempt


async def test_nobody_logs_in_without_a_user(office: PostOffice, settings: SmtpSettings) -> None:
    """A relay that asks for no login gets none."""
    await SmtpCourier(replace(settings, user=""), LILAS, no_piece).deliver(LETTER)

    assert office.logins == []
    assert len(office.envelopes) == 1


async def test_a_server_that_is_away(courier: SmtpCourier) -> None:
    """Nobody listens: later."""
    with pytest.raises(Unreachable) as raised:
        await courier.deliver(LETTER)

    assert raised.value.trouble == Trouble.UNREACHABLE


async def speaking(settings: SmtpSettings, speak: Callable[[asyncio.StreamWriter], None]) -> str:
    """What the courier makes of a server that says only this."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        speak(writer)
        await reader.read()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", settings.port)
    async with server:
        with pytest.raises(Unreachable) as raised:
            await SmtpCourier(replace(settings, timeout=0.2), LILAS, no_piece).deliver(LETTER)
    return raised.value.trouble


@pytest.mark.parametrize(
    ("speak", "trouble"),
    [
        pytest.param(lambda writer: None, Trouble.UNREACHABLE, id="mute"),
        pytest.param(lambda writer: writer.close(), Trouble.UNREACHABLE, id="hangs up"),
        pytest.param(
            lambda writer: writer.write(b"421 shutting down\r\n"), Trouble.SMTP_BUSY, id="busy"
        ),
        pytest.param(
            lambda writer: writer.write(b"554 go away\r\n"), Trouble.UNREACHABLE, id="closed to us"
        ),
        pytest.param(lambda writer: writer.write(b"\x00\xff\r\n"), Trouble.SMTP_BUSY, id="noise"),
    ],
)
async def test_a_server_that_is_not_well(
    settings: SmtpSettings, speak: Callable[[asyncio.StreamWriter], None], trouble: Trouble
) -> None:
    """Silence, noise or a closed door: later."""
    assert await speaking(settings, speak) == trouble


# -- TLS ----------------------------------------------------------------------------------------

WAYS = [("tls", "ssl_context"), ("starttls", "tls_context")]  # and how aiosmtpd calls them


@pytest.mark.parametrize(("security", "option"), WAYS)
async def test_letters_travel_encrypted(
    settings: SmtpSettings, certificate: Path, security: Any, option: str
) -> None:
    """From the first byte, or from STARTTLS on; with a certificate that the settings vouch for."""
    encrypted = replace(settings, security=security, ca_file=certificate)
    office = PostOffice()
    with serving(office, encrypted, **{option: tls(certificate)}):
        await SmtpCourier(encrypted, LILAS, no_piece).deliver(LETTER)
        check(encrypted)

    assert office.mail()["Subject"] == LETTER.subject
    assert office.encrypted == [True]


@pytest.mark.parametrize(("security", "option"), WAYS)
async def test_an_unknown_certificate_is_refused(
    settings: SmtpSettings, certificate: Path, security: Any, option: str
) -> None:
    """Whoever cannot prove to be the server hears neither password nor letter."""
    trusting_nobody = replace(settings, security=security)
    office = PostOffice()
    with (
        serving(office, trusting_nobody, **{option: tls(certificate)}),
        pytest.raises(SmtpRefused) as raised,
    ):
        await SmtpCourier(trusting_nobody, LILAS, no_piece).deliver(LETTER)

    assert raised.value.trouble == Trouble.SMTP_TLS
    assert (office.logins, office.envelopes) == ([], [])


async def test_a_server_without_starttls_gets_nothing(
    office: PostOffice, settings: SmtpSettings
) -> None:
    """Where encryption was asked for and is not offered, nothing goes in the clear."""
    with pytest.raises(SmtpRefused) as raised:
        await SmtpCourier(replace(settings, security="starttls"), LILAS, no_piece).deliver(LETTER)

    assert raised.value.trouble == Trouble.SMTP_TLS
    assert (office.logins, office.envelopes) == ([], [])


async def test_a_plain_server_where_tls_was_meant(
    office: PostOffice, settings: SmtpSettings
) -> None:
    """The wrong port is told as what it is: no encryption."""
    with pytest.raises(SmtpRefused) as raised:
        await SmtpCourier(replace(settings, security="tls"), LILAS, no_piece).deliver(LETTER)

    assert raised.value.trouble == Trouble.SMTP_TLS


# -- the doctor, and secrets --------------------------------------------------------------------


def test_check_is_content_with_a_good_server(office: PostOffice, settings: SmtpSettings) -> None:
    """It connects, logs in, and hands nothing over."""
    check(settings)

    assert len(office.logins) == 1
    assert office.envelopes == []


def test_check_tells_a_refused_login(office: PostOffice, settings: SmtpSettings) -> None:
    """The cause is a short code with a name."""
    with pytest.raises(SmtpRefused, match="smtp_login"):
        check(replace(settings, password="old"))


def test_check_tells_a_server_that_is_away(settings: SmtpSettings) -> None:
    """It does not blame the login."""
    with pytest.raises(Unreachable, match="unreachable") as raised:
        check(settings)

    assert not isinstance(raised.value, SmtpRefused)


def test_the_password_is_never_printed(settings: SmtpSettings) -> None:
    """Settings may stand in a traceback; their secret may not."""
    assert PASSWORD not in repr(settings)
