"""The sandbox's mail host, met by imapclient and smtplib, as any server would be."""

import asyncio
import smtplib
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import pytest
from imapclient import IMAPClient
from imapclient.exceptions import LoginError

from sandbox.clock import SandboxClock
from sandbox.mail import MailHost

START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
SCHOOL, CLIENT = "ecole@sandbox.test", "lea@sandbox.test"
PASSWORDS = {SCHOOL: "secret", CLIENT: "mot de passe"}


@pytest.fixture
def clock():
    return SandboxClock(START)


@pytest.fixture
async def host(clock):
    async with MailHost(clock, PASSWORDS, folders=("Traités",)) as running:
        yield running


def letter(subject: str = "Réclamation", to: str = SCHOOL, sender: str = CLIENT) -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, to, subject
    mail["Message-ID"] = f"<{subject.encode().hex()}@sandbox.test>"
    mail.set_content("Ma leçon a été annulée.")
    return mail


def imap(host: MailHost, address: str = SCHOOL, password: str = "") -> IMAPClient:
    client = IMAPClient("127.0.0.1", host.imap_port, ssl=False, timeout=5)
    client.normalise_times = False
    try:
        client.login(address, password or PASSWORDS[address])
    except Exception:
        client.shutdown()
        raise
    return client


def post(
    host: MailHost,
    mail: EmailMessage,
    login: str | None = None,
    sender: str | None = None,
    to: str | None = None,
) -> dict[str, tuple[int, bytes]]:
    """Send as a mail program does; the refused recipients are answered."""
    with smtplib.SMTP("127.0.0.1", host.smtp_port, timeout=5) as smtp:
        if login:
            smtp.login(login, PASSWORDS[login])
        return smtp.send_message(mail, sender, [to] if to else None)


# IMAP


async def test_delivered_mail_is_fetched_as_it_is(host):
    """What is delivered is fetched byte for byte, and its arrival is the sandbox's time."""
    raw = letter().as_bytes().replace(b"\n", b"\r\n")
    await host.deliver(SCHOOL, raw)

    def fetch():
        with imap(host) as client:
            client.select_folder("INBOX")
            return client.fetch(client.search(), ["BODY.PEEK[]", "INTERNALDATE", "FLAGS"])

    [(uid, fetched)] = (await asyncio.to_thread(fetch)).items()

    assert uid > 0
    assert fetched[b"BODY[]"] == raw
    assert fetched[b"INTERNALDATE"] == START
    assert b"\\Seen" not in fetched[b"FLAGS"]


async def test_arrival_can_be_given(host):
    """The time of arrival can be ansmtp than now: a mail that has waited for days."""
    at = START - timedelta(days=3)
    await host.deliver(SCHOOL, letter().as_bytes(), at=at)

    def fetch():
        with imap(host) as client:
            client.select_folder("INBOX")
            return client.fetch(client.search(), ["INTERNALDATE"])

    [fetched] = (await asyncio.to_thread(fetch)).values()

    assert fetched[b"INTERNALDATE"] == at


async def test_append_is_dated_by_the_sandbox(host, clock):
    """A copy that the application files without a date gets the sandbox's, not the wall's."""
    clock.advance(timedelta(days=9))

    def append_and_fetch():
        with imap(host) as client:
            client.append("Traités", letter().as_bytes())
            client.select_folder("Traités")
            return client.fetch(client.search(), ["INTERNALDATE"])

    [fetched] = (await asyncio.to_thread(append_and_fetch)).values()

    late = fetched[b"INTERNALDATE"] - START - timedelta(days=9)
    assert timedelta(0) <= late < timedelta(minutes=1)


async def test_idle_tells_of_new_mail(host):
    """A client that idles is told of a mail at once."""
    idling = asyncio.Event()
    loop = asyncio.get_running_loop()

    def idle():
        with imap(host) as client:
            client.select_folder("INBOX")
            client.idle()
            loop.call_soon_threadsafe(idling.set)
            told = client.idle_check(timeout=5)
            client.idle_done()
            return told

    told = asyncio.create_task(asyncio.to_thread(idle))
    await idling.wait()
    await host.deliver(SCHOOL, letter().as_bytes())

    assert (1, b"EXISTS") in await told


async def test_move_to_a_folder(host):
    """A handled mail is moved: gone from the inbox, kept in the folder, whose name has accents."""
    await host.deliver(SCHOOL, letter("un").as_bytes())
    await host.deliver(SCHOOL, letter("deux").as_bytes())

    def move_first():
        with imap(host) as client:
            client.select_folder("INBOX")
            client.move(client.search()[:1], "Traités")
            return client.search()

    left = await asyncio.to_thread(move_first)

    assert len(left) == 1
    assert [mail["Subject"] for mail in await host.inbox(SCHOOL)] == ["deux"]
    assert [mail["Subject"] for mail in await host.inbox(SCHOOL, "Traités")] == ["un"]


async def test_accounts_are_apart(host):
    """Each account opens with its own password and sees its own mail."""
    await host.deliver(CLIENT, letter().as_bytes())

    def look():
        with imap(host) as client:
            return client.select_folder("INBOX")[b"EXISTS"]

    assert await asyncio.to_thread(look) == 0
    for address, password in [(SCHOOL, "wrong"), (SCHOOL, PASSWORDS[CLIENT]), ("x@y.z", "secret")]:
        with pytest.raises(LoginError):
            await asyncio.to_thread(imap, host, address, password)


async def test_cut_connections_end(host):
    """A cut ends the connections there are; the next one is served again."""

    def connect():
        client = imap(host)
        client.select_folder("INBOX")
        return client

    client = await asyncio.to_thread(connect)
    await host.cut_imap()

    with pytest.raises(Exception, match=r"(?i)bye|eof|reset|closed"):
        await asyncio.to_thread(client.noop)
    await asyncio.to_thread(client.shutdown)
    await asyncio.to_thread(lambda: imap(host).logout())


async def test_imap_down_says_bye(host):
    """While IMAP is down nobody gets in; afterwards everybody does."""
    host.imap_down = True
    with pytest.raises(Exception, match=r"(?i)bye|eof|not available"):
        await asyncio.to_thread(imap, host)

    host.imap_down = False
    await asyncio.to_thread(lambda: imap(host).logout())


# SMTP


async def test_mail_reaches_the_mailbox(host):
    """A mail posted with a login arrives with its envelope sender and its trace."""
    await asyncio.to_thread(post, host, letter(), login=CLIENT)

    mail = await host.sees(SCHOOL, "leçon a été annulée")

    assert mail["Return-Path"] == f"<{CLIENT}>"
    assert f"for <{SCHOOL}>; Mon, 02 Mar 2026 08:0" in mail["Received"]
    assert [(one.sender, one.recipients) for one in host.accepted] == [(CLIENT, (SCHOOL,))]


async def test_posted_mail_wakes_idle(host):
    """The whole way: posted by SMTP, told by IDLE."""
    idling = asyncio.Event()
    loop = asyncio.get_running_loop()

    def idle():
        with imap(host) as client:
            client.select_folder("INBOX")
            client.idle()
            loop.call_soon_threadsafe(idling.set)
            told = client.idle_check(timeout=5)
            client.idle_done()
            return told

    told = asyncio.create_task(asyncio.to_thread(idle))
    await idling.wait()
    await asyncio.to_thread(post, host, letter(), login=CLIENT)

    assert (1, b"EXISTS") in await told


async def test_strangers_write_without_a_login(host):
    """A server from elsewhere delivers to the accounts, also with the null sender of a bounce."""
    stranger = "paul@elsewhere.test"
    await asyncio.to_thread(post, host, letter(sender=stranger), sender=stranger)
    await asyncio.to_thread(post, host, letter("Undelivered"), sender="<>")

    assert [one.sender for one in host.accepted] == [stranger, ""]
    assert len(await host.inbox(SCHOOL)) == 2


@pytest.mark.parametrize(
    ("login", "sender", "to", "code"),
    [
        pytest.param(CLIENT, CLIENT, "nobody@sandbox.test", 550, id="unknown here"),
        pytest.param(CLIENT, CLIENT, "paul@elsewhere.test", 550, id="relay, logged in"),
        pytest.param(None, "a@elsewhere.test", "b@elsewhere.test", 550, id="relay, stranger"),
        pytest.param(None, CLIENT, SCHOOL, 530, id="ours without a login"),
        pytest.param(CLIENT, SCHOOL, CLIENT, 553, id="somebody else's address"),
    ],
)
async def test_refused_mail(host, login, sender, to, code):
    """A mail that a provider would refuse is refused, with its code, and delivered to nobody."""
    with pytest.raises(smtplib.SMTPException) as refusal:
        await asyncio.to_thread(post, host, letter(), login, sender, to)

    assert str(code) in str(refusal.value)
    assert host.accepted == []
    assert [await host.inbox(address) for address in PASSWORDS] == [[], []]


async def test_wrong_password_is_535(host):
    """A login with a wrong password is refused, and so is one with an unknown name."""

    def log_in(address: str) -> None:
        with smtplib.SMTP("127.0.0.1", host.smtp_port, timeout=5) as smtp:
            smtp.login(address, "wrong")

    for address in (CLIENT, "paul@sandbox.test"):
        with pytest.raises(smtplib.SMTPAuthenticationError) as refusal:
            await asyncio.to_thread(log_in, address)
        assert refusal.value.smtp_code == 535


async def test_smtp_down_is_421_for_a_while(host):
    """While SMTP is down it says 421; afterwards the same mail is taken."""
    host.smtp_down = True
    with pytest.raises(smtplib.SMTPHeloError, match="421"):
        await asyncio.to_thread(post, host, letter(), login=CLIENT)

    host.smtp_down = False
    await asyncio.to_thread(post, host, letter(), login=CLIENT)

    assert len(host.accepted) == 1


@pytest.mark.parametrize(
    "reply", ["550 5.1.1 No such user here", "451 4.7.1 Greylisted", "552 5.2.2 Mailbox full"]
)
async def test_rejected_recipient(host, reply):
    """One recipient can be refused, for ever or for now, until he is accepted again."""
    mail = letter(to=CLIENT, sender=SCHOOL)
    host.reject(CLIENT, reply)
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refusal:
        await asyncio.to_thread(post, host, mail, login=SCHOOL)

    host.accept(CLIENT)
    await asyncio.to_thread(post, host, mail, login=SCHOOL)

    assert refusal.value.recipients[CLIENT][0] == int(reply[:3])
    assert len(await host.inbox(CLIENT)) == 1


async def test_lost_answer(host):
    """A connection that ends before the last 250: the mail is there, the sender cannot know."""
    host.lose_answers()
    with pytest.raises(smtplib.SMTPServerDisconnected):
        await asyncio.to_thread(post, host, letter(), login=CLIENT)

    assert len(await host.inbox(SCHOOL)) == 1


async def test_what_is_not_there_is_not_seen(host):
    """Waiting for a mail that does not come ends, and says what lies there instead."""
    await host.deliver(SCHOOL, letter("autre chose").as_bytes())

    with pytest.raises(TimeoutError, match="autre chose"):
        await host.sees(SCHOOL, "introuvable", timeout=0.01)


async def test_a_restart_keeps_ports_and_mail(host):
    """A host that stops refuses connections; started again, it is where it was, with its mail."""
    ports = host.imap_port, host.smtp_port
    await asyncio.to_thread(post, host, letter(), login=CLIENT)
    await host.stop()
    with pytest.raises(ConnectionRefusedError):
        await asyncio.to_thread(imap, host)

    await host.start()

    def count():
        with imap(host) as client:
            return client.select_folder("INBOX")[b"EXISTS"]

    assert await asyncio.to_thread(count) == 1
    assert ports == (host.imap_port, host.smtp_port)
    assert host.folders(SCHOOL) == ["INBOX", "Traités"]


async def test_a_stop_ends_open_connections(clock):
    """A host that stops waits for nobody, neither on IMAP nor on SMTP."""
    async with MailHost(clock, PASSWORDS) as host:
        client = await asyncio.to_thread(imap, host)

        smtp = await asyncio.to_thread(smtplib.SMTP, "127.0.0.1", host.smtp_port, timeout=5)
        await host.stop()
        with pytest.raises(smtplib.SMTPServerDisconnected):
            await asyncio.to_thread(smtp.noop)
        with pytest.raises(Exception, match=r"(?i)bye|eof|reset|closed"):
            await asyncio.to_thread(client.noop)

    client.shutdown()
    with pytest.raises(ConnectionRefusedError):
        await asyncio.to_thread(smtplib.SMTP, "127.0.0.1", host.smtp_port)
