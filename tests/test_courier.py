"""The Telegram courier: letters leave whole, and a refusal says whether to try again."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from telegram import Bot

from bot.courier import TelegramCourier, parts
from bot.line import Line
from letters.dispatch import Undeliverable, Unreachable
from register.complaint import Address, Letter, LetterKind
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
    proof = await TelegramCourier(bot).deliver(letter("Montant < 10 € & <b>rien</b> d’autre"))

    assert lea.texts() == ["Montant < 10 € & <b>rien</b> d’autre"]
    assert proof == f"telegram:7:{lea.from_bot()[0].id}"


async def test_a_long_letter_leaves_in_parts(bot: Bot, lea: Person) -> None:
    """Cut between paragraphs, in order, with a proof for each part."""
    proof = await TelegramCourier(bot).deliver(letter(PARAGRAPHS))
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
        await TelegramCourier(bot).deliver(letter(to=to))

    assert refusal.value.trouble == trouble


async def test_who_has_blocked_the_bot_gets_no_letter(bot: Bot, lea: Person) -> None:
    """The duty then stays with the manager."""
    await lea.blocks()
    with pytest.raises(Undeliverable) as refusal:
        await TelegramCourier(bot).deliver(letter())

    assert refusal.value.trouble == "blocked"


async def test_what_passes_is_tried_again(api: BotApi, bot: Bot, lea: Person) -> None:
    """Too many requests, and a server that is down: not now, but later."""
    api.flood(lea, 30)
    with pytest.raises(Unreachable):
        await TelegramCourier(bot).deliver(letter())
    api.down = True
    with pytest.raises(Unreachable):
        await TelegramCourier(bot).deliver(letter())
    api.down = False

    assert await TelegramCourier(bot).deliver(letter())


async def test_an_answer_lost_on_the_way_is_tried_again(api: BotApi, bot: Bot, lea: Person) -> None:
    """Sent, but we do not know it: a second copy is better than none."""
    api.lose_answers()
    with pytest.raises(Unreachable):
        await TelegramCourier(bot).deliver(letter())
    await TelegramCourier(bot).deliver(letter())

    assert lea.texts() == ["Bonjour,", "Bonjour,"]
