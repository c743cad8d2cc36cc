"""The real servers that other tests stand on do what a mail server does."""

import smtplib
from collections.abc import Iterator
from email.message import EmailMessage

import pytest

from tests.servers.dovecot import Dovecot
from tests.servers.exim import Exim
from tests.servers.smtp_hop import SmtpHop

SCHOOL, CLIENT = "reclamations@ecole.test", "client@home.test"
USERS = {SCHOOL: "secret-1", CLIENT: "secret-2"}


@pytest.fixture
def dovecot() -> Iterator[Dovecot]:
    with Dovecot(USERS) as server:
        yield server


@pytest.fixture
def hop(dovecot: Dovecot) -> Iterator[SmtpHop]:
    with SmtpHop(dovecot) as server:
        yield server


def letter(sender: str = CLIENT, receiver: str = SCHOOL) -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, receiver, "Réclamation"
    mail["Message-ID"] = "<lettre-1@home.test>"
    mail.set_content("Ma leçon a été annulée.\n")
    return mail


def test_a_letter_goes_through_a_real_mail_server(dovecot: Dovecot) -> None:
    """A client's letter to exim lies in the school's mailbox, with the trace that servers add."""
    with (
        Exim(USERS, dovecot.lmtp_port) as exim,
        dovecot.client(SCHOOL) as reader,
        smtplib.SMTP("127.0.0.1", exim.port) as line,
    ):
        reader.select_folder("INBOX")
        reader.idle()
        line.login(CLIENT, USERS[CLIENT])
        line.send_message(letter())
        reader.idle_check(timeout=10)
        reader.idle_done()

    (mail,) = dovecot.mails(SCHOOL)
    assert b"Return-Path: <client@home.test>" in mail
    assert b"Received: from" in mail
    assert b"Message-ID: <lettre-1@home.test>" in mail


def test_a_real_mail_server_refuses_strangers(dovecot: Dovecot) -> None:
    """exim refuses a wrong password, an unknown receiver, and mail for elsewhere."""
    with (
        Exim(USERS, dovecot.lmtp_port) as exim,
        smtplib.SMTP("127.0.0.1", exim.port) as line,
    ):
        with pytest.raises(smtplib.SMTPAuthenticationError):
            line.login(CLIENT, "wrong")
        for receiver in ("nobody@ecole.test", "someone@elsewhere.test"):
            with pytest.raises(smtplib.SMTPRecipientsRefused):
                line.send_message(letter(receiver=receiver))


def test_a_letter_goes_through_the_hop(dovecot: Dovecot, hop: SmtpHop) -> None:
    """What the hop accepts lies in the mailbox before it says so."""
    with smtplib.SMTP("127.0.0.1", hop.port) as line:
        line.login(SCHOOL, USERS[SCHOOL])
        line.send_message(letter(SCHOOL, CLIENT))

    assert len(dovecot.mails(CLIENT)) == 1
    assert [receiver for _, receiver, _ in hop.sent] == [CLIENT]


@pytest.mark.parametrize(("control", "code"), [("refused", 550), ("busy", 451)])
def test_the_hop_refuses_on_demand(hop: SmtpHop, control: str, code: int) -> None:
    """A receiver can be refused for good, or for now."""
    getattr(hop, control).add(CLIENT)
    with (
        smtplib.SMTP("127.0.0.1", hop.port) as line,
        pytest.raises(smtplib.SMTPRecipientsRefused) as refusal,
    ):
        line.send_message(letter(SCHOOL, CLIENT))

    assert refusal.value.recipients[CLIENT][0] == code
    assert hop.sent == []


def test_the_hop_can_be_down(hop: SmtpHop) -> None:
    """Nothing listens while it is down, and it comes back on the same port."""
    hop.down()
    with pytest.raises(ConnectionRefusedError):
        smtplib.SMTP("127.0.0.1", hop.port)

    hop.up()
    with smtplib.SMTP("127.0.0.1", hop.port) as line:
        assert line.noop()[0] == 250


def test_the_hop_refuses_a_wrong_password(hop: SmtpHop) -> None:
    """Only those who know the password may send as ourselves."""
    with (
        smtplib.SMTP("127.0.0.1", hop.port) as line,
        pytest.raises(smtplib.SMTPAuthenticationError),
    ):
        line.login(SCHOOL, "wrong")


def test_mail_outlives_a_crash(dovecot: Dovecot) -> None:
    """A mailbox holds after a crash what it held before."""
    dovecot.deliver(SCHOOL, letter().as_bytes())
    dovecot.crash()
    dovecot.start()

    assert len(dovecot.mails(SCHOOL)) == 1
