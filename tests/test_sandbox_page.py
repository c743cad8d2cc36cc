"""The page where one person plays everybody, and the settings an application lives with."""

from datetime import UTC, datetime, timedelta

import aiohttp
import pytest

from sandbox.world import World

START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
SCHOOL, CLIENT = "ecole@sandbox.test", "lea@sandbox.test"


@pytest.fixture
async def world():
    accounts = {SCHOOL: "secret", CLIENT: "autre"}
    people = {1: "Paul Gérant", 7: "Léa Martin"}
    async with World(START, accounts, people=people, folders=("Traités",)) as running:
        yield running


@pytest.fixture
async def browser(world):
    async with aiohttp.ClientSession(world.telegram.url) as session:
        yield session


async def test_page_is_served(browser):
    """The page comes whole, and nothing in it may come from elsewhere."""
    async with browser.get("/") as answer:
        html = await answer.text()

    assert "+1 jour" in html
    assert "innerHTML" not in html
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")


async def test_world_is_told(browser):
    """The page learns the time, the people and the addresses."""
    async with browser.get("/sandbox/world") as answer:
        told = await answer.json()

    assert [person["name"] for person in told["people"]] == ["Paul Gérant", "Léa Martin"]
    assert told["addresses"] == [SCHOOL, CLIENT]
    assert datetime.fromisoformat(told["now"]) >= START


async def test_clock_is_put_forward(world, browser):
    """The clock goes forward by what the page asks, and not back."""
    async with browser.post("/sandbox/clock", json={"seconds": 86400}) as answer:
        assert answer.status == 200
    for nonsense in ({"seconds": -1}, {"seconds": "x"}, {}, {"seconds": 1e300}):
        async with browser.post("/sandbox/clock", json=nonsense) as answer:
            assert answer.status == 400

    assert timedelta(days=1) <= world.clock() - START < timedelta(days=1, minutes=1)


async def test_client_writes_and_school_answers(world, browser):
    """A mail written on the page lies in the school's mailbox with its piece; so does an answer."""
    fields = {"to": SCHOOL, "subject": "Réclamation", "text": "Annulée."}
    form = aiohttp.FormData(fields, quote_fields=False)
    form.add_field("piece0", b"%PDF", filename="photo d'écran.pdf", content_type="application/pdf")
    async with browser.post(f"/sandbox/mailboxes/{CLIENT}/outgoing", data=form) as answer:
        message_id = (await answer.json())["message_id"]
    back = {"to": CLIENT, "subject": "Re", "text": "Reçu.", "in_reply_to": message_id}
    async with browser.post(f"/sandbox/mailboxes/{SCHOOL}/outgoing", data=back) as answer:
        assert answer.status == 200

    async with browser.get(f"/sandbox/mailboxes/{SCHOOL}") as answer:
        folders = await answer.json()
    async with browser.get(f"/sandbox/mailboxes/{SCHOOL}/INBOX/0/0") as answer:
        piece = await answer.read()

    assert list(folders) == ["INBOX", "Traités"]
    [mail] = folders["INBOX"]
    assert (mail["from"], mail["subject"], mail["text"]) == (CLIENT, "Réclamation", "Annulée.\n")
    assert mail["pieces"] == ["photo d'écran.pdf"]
    assert piece == b"%PDF"
    assert (await world.mail.sees(CLIENT, "Reçu."))["In-Reply-To"] == message_id


async def test_page_refuses_what_is_not_there(browser):
    """Unknown accounts, addresses and pieces are refused, and a broken header is no mail."""
    async with browser.get("/sandbox/mailboxes/x@y.z") as answer:
        assert answer.status == 404
    async with browser.get(f"/sandbox/mailboxes/{SCHOOL}/INBOX/0/0") as answer:
        assert answer.status == 404
    for fields in ({"to": "x@y.z"}, {"to": SCHOOL, "subject": "a\nBcc: b"}):
        async with browser.post(f"/sandbox/mailboxes/{CLIENT}/outgoing", data=fields) as answer:
            assert answer.status == 400


async def test_an_uploaded_page_is_saved_not_shown(world, browser):
    """A file that a person uploads comes back as a download, whatever it claims to be."""
    lea = world.person(7)
    sent = await lea.sends_file(b"<script>", 'a".html', "text/html")

    async with browser.get(f"/sandbox/files/{sent.file_id}") as answer:
        assert answer.content_type == "application/octet-stream"
        assert answer.headers["Content-Disposition"] == 'attachment; filename="a_.html"'
        assert await answer.read() == b"<script>"


async def test_settings_lead_into_the_world(world):
    """The settings name the school's account, both mail ports and the Bot API."""
    settings = world.settings()

    assert (settings.imap_user, settings.imap_password) == (SCHOOL, "secret")
    assert (settings.imap_port, settings.smtp_port) == (world.mail.imap_port, world.mail.smtp_port)
    assert settings.telegram_base_url == f"{world.telegram.url}/bot"
    assert f"smtp_user = '{SCHOOL}'" in str(settings)
    assert world.settings(CLIENT).smtp_password == "autre"
