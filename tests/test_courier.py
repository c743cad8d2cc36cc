"""The Telegram courier: letters leave whole, and a refusal says whether to try again."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from telegram import Bot

from bot.courier import TelegramCourier, parts
from bot.line import Line
from letters.dispatch import Undeliverable, Unreachable
from register.complaint import Address, Attachment, Letter, LetterKind
from register.database import telegram
from register.labels import Channel
from sandbox.clock import SandboxClock
from sandbox.person import Person
from sandbox.telegram import BotApi

START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
PARAGRAPHS = "\n\n".join(f"§{number} " + "a" * 900 for number in range(12))


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    async with BotApi(SandboxClock(START)) as running:
        yield running


@pytest.fixture
async def lea(api: BotApi) -> Person:
    person = api.person(7, "Léa Martin")
    await person.sends("/start")
    return person


@pytest.fixture
async def bot(api: BotApi) -> AsyncIterator[Bot]:
    line = Line(api.token, base_url=api.base_url, base_file_url=api.base_file_url)
    async with line.bot as opened:
        yield opened


def no_piece(piece: Attachment) -> bytes:
    """The folder of pieces where nothing is."""
    raise FileNotFoundError(piece.name)


def letter(body: str = "Bonjour,", to: Address | None = None) -> Letter:
    return Letter(
        letter_id="R-2026-0001.acknowledgement.1",
        kind=LetterKind.ACKNOWLEDGEMENT,
        to=to or telegram(7),
        subject="Votre réclamation",
        body=body,
        created_at=START,
    )


async def test_a_letter_leaves_as_it_is_written(bot: Bot, lea: Person) -> None:
    """Signs that mean something in HTML are only signs; the proof names chat and message."""
    proof = await TelegramCourier(bot, no_piece).deliver(
        letter("Montant < 10 € & <b>rien</b> d’autre")
    )

    assert lea.texts() == ["Montant < 10 € & <b>rien</b> d’autre"]
    assert proof == f"telegram:7:{lea.from_bot()[0].id}"


async def test_a_long_letter_leaves_in_parts(bot: Bot, lea: Person) -> None:
    """Cut between paragraphs, in order, with a proof for each part."""
    proof = await TelegramCourier(bot, no_piece).deliver(letter(PARAGRAPHS))
    ids = [str(message.id) for message in lea.from_bot()]

    assert "\n\n".join(lea.texts()) == PARAGRAPHS
    assert proof == f"telegram:7:{','.join(ids)}"
    assert len(ids) == 3


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        pytest.param("ab", 2, ["ab"], id="fits"),
        pytest.param("aa\n\nbb cc", 6, ["aa", "bb cc"], id="between paragraphs"),
        pytest.param("aa bb\ncc dd", 8, ["aa bb", "cc dd"], id="else between lines"),
        pytest.param("aa bb cc", 6, ["aa bb", "cc"], id="else between words"),
        pytest.param("aaaa", 3, ["aaa", "a"], id="else anywhere"),
        pytest.param("🚗🚗🚗", 4, ["🚗🚗", "🚗"], id="an emoji counts twice"),
        pytest.param("🚗🚗", 3, ["🚗", "🚗"], id="and is never cut in two"),
    ],
)
def test_where_a_text_is_cut(text: str, limit: int, expected: list[str]) -> None:
    """The best place that there is, and nothing is lost."""
    assert parts(text, limit) == expected


@pytest.mark.parametrize(
    ("to", "trouble"),
    [
        pytest.param(telegram(404), "bad_address", id="never wrote"),
        pytest.param(telegram("Léa"), "bad_address", id="no number"),
        pytest.param(Address(Channel.EMAIL, "lea@home.test"), "bad_address", id="other channel"),
    ],
)
async def test_who_cannot_be_written_to_never_will(bot: Bot, to: Address, trouble: str) -> None:
    """A chat that is not there is told apart from a network that is not."""
    with pytest.raises(Undeliverable) as refusal:
        await TelegramCourier(bot, no_piece).deliver(letter(to=to))

    assert refusal.value.trouble == trouble


async def test_who_has_blocked_the_bot_gets_no_letter(bot: Bot, lea: Person) -> None:
    """The duty then stays with the manager."""
    await lea.blocks()
    with pytest.raises(Undeliverable) as refusal:
        await TelegramCourier(bot, no_piece).deliver(letter())

    assert refusal.value.trouble == "blocked"


async def test_what_passes_is_tried_again(api: BotApi, bot: Bot, lea: Person) -> None:
    """Too many requests, and a server that is down: not now, but later."""
    api.flood(lea, 30)
    with pytest.raises(Unreachable):
        await TelegramCourier(bot, no_piece).deliver(letter())
    api.down = True
    with pytest.raises(Unreachable):
        await TelegramCourier(bot, no_piece).deliver(letter())
    api.down = False

    assert await TelegramCourier(bot, no_piece).deliver(letter())


async def test_an_answer_lost_on_the_way_is_tried_again(api: BotApi, bot: Bot, lea: Person) -> None:
    """Sent, but we do not know it: a second copy is better than none."""
    api.lose_answers()
    with pytest.raises(Unreachable):
        await TelegramCourier(bot, no_piece).deliver(letter())
    await TelegramCourier(bot, no_piece).deliver(letter())

    assert lea.texts() == ["Bonjour,", "Bonjour,"]


# -- the PDF that leaves with it ------------------------------------------------------------------

PDF = b"%PDF-1.7 fictif"
LONG = "Une raison.\n\n" * 100  # more than a caption holds


def with_pdf(body: str) -> Letter:
    """An answer with its PDF."""
    digest = hashlib.sha256(PDF).hexdigest()
    piece = Attachment(name="r.pdf", sha256=digest, size=len(PDF), content_type="application/pdf")
    return replace(letter(body), attachments=(piece,))


def files(person: Person) -> list[bytes]:
    """The documents that this person has had."""
    return [person.file(one).content for one in person.from_bot() if one.document]


async def test_the_words_then_the_pdf(bot: Bot, lea: Person) -> None:
    """The words in a message, the PDF under its name below; both are in the proof."""
    proof = await TelegramCourier(bot, lambda piece: PDF).deliver(with_pdf(LONG))
    words, document = lea.from_bot()

    assert words.text == LONG.strip()
    assert document.document
    assert document.document["file_name"] == "r.pdf"
    assert files(lea) == [PDF]
    assert proof == f"telegram:7:{words.id},{document.id}"


async def test_short_words_stand_below_the_pdf(bot: Bot, lea: Person) -> None:
    """One message that arrives whole or not at all."""
    proof = await TelegramCourier(bot, lambda piece: PDF).deliver(with_pdf("Montant < 10 € & <b>"))
    (only,) = lea.from_bot()

    assert only.text == "Montant < 10 € & <b>"
    assert files(lea) == [PDF]
    assert proof == f"telegram:7:{only.id}"


async def test_what_has_arrived_is_not_sent_again(api: BotApi, bot: Bot, lea: Person) -> None:
    """The words are there when Telegram stops: the next attempt brings the PDF, and it alone."""
    courier, one = TelegramCourier(bot, lambda piece: PDF), with_pdf(LONG)
    attempt = asyncio.create_task(courier.deliver(one))
    await api.is_called("sendMessage")
    api.flood(lea, 30)
    with pytest.raises(Unreachable):
        await attempt
    halfway = lea.texts(), files(lea)
    proof = await courier.deliver(replace(one, attempts=1, trouble="unreachable"))

    assert halfway == ([LONG.strip()], [])
    assert lea.texts() == [LONG.strip(), ""]
    assert files(lea) == [PDF]
    assert proof == f"telegram:7:{','.join(str(message.id) for message in lea.from_bot())}"


async def test_other_words_are_another_letter(api: BotApi, bot: Bot, lea: Person) -> None:
    """What has arrived of a first version counts for nothing in the one that replaces it."""
    courier = TelegramCourier(bot, lambda piece: PDF)
    attempt = asyncio.create_task(courier.deliver(with_pdf(LONG)))
    await api.is_called("sendMessage")
    api.flood(lea, 30)
    with pytest.raises(Unreachable):
        await attempt
    await courier.deliver(with_pdf(f"{LONG}Autrement."))

    assert lea.texts() == [LONG.strip(), f"{LONG}Autrement.", ""]


async def test_after_a_crash_both_parts_come_again(bot: Bot, lea: Person) -> None:
    """Another courier knows nothing of the first one's half: words and PDF leave, none is lost."""
    for _ in range(2):
        await TelegramCourier(bot, lambda piece: PDF).deliver(with_pdf(LONG))

    assert lea.texts() == [LONG.strip(), ""] * 2
    assert files(lea) == [PDF] * 2


@pytest.mark.parametrize(
    "open_piece",
    [
        pytest.param(no_piece, id="gone"),
        pytest.param(lambda piece: PDF[:-1], id="cut short"),
    ],
)
async def test_half_a_letter_never_leaves(
    bot: Bot, lea: Person, open_piece: Callable[[Attachment], bytes]
) -> None:
    """Where the PDF is not what was approved, the words do not leave alone."""
    with pytest.raises(Undeliverable) as refusal:
        await TelegramCourier(bot, open_piece).deliver(with_pdf(LONG))

    assert refusal.value.trouble == "piece_missing"
    assert lea.from_bot() == []
