"""The sandbox's Bot API, met by two real clients over HTTP, and by what Telegram refuses."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest
from aiogram import Bot as ReferenceBot
from aiogram import Dispatcher, F
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import BufferedInputFile
from telegram import (
    BotCommand,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    ReplyKeyboardMarkup,
    Update,
)
from telegram.error import BadRequest, Conflict, Forbidden, InvalidToken, NetworkError, RetryAfter
from telegram.ext import (
    Application,
    CallbackQueryHandler,
    ChatMemberHandler,
    CommandHandler,
    MessageHandler,
    filters,
)

from sandbox.clock import SandboxClock
from sandbox.people import people_routes
from sandbox.telegram import BotApi

START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
PNG = b"\x89PNG\r\n\x1a\n-- a picture --"


@pytest.fixture
def clock():
    return SandboxClock(START)


@pytest.fixture
async def api(clock):
    async with BotApi(clock) as running:
        yield running


@pytest.fixture
def alice(api):
    return api.person(7, "Léa Martin")


def application(api: BotApi) -> Application:
    builder = Application.builder().token(api.token).base_url(api.base_url)
    return builder.base_file_url(api.base_file_url).job_queue(None).build()


@asynccontextmanager
async def polling(app: Application, errors: list[Exception] | None = None) -> AsyncIterator[None]:
    """The bot as the application runs it: polling, beside other things in the same loop."""
    async with app:
        await app.start()
        noted = errors if errors is not None else []
        await app.updater.start_polling(poll_interval=0, error_callback=noted.append)
        try:
            yield
        finally:
            await app.updater.stop()
            await app.stop()


@pytest.fixture
async def desk(api):
    """A small bot that does everything once: answers, edits, takes and sends files."""

    async def start(update: Update, context: Any) -> None:
        keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("Oui", callback_data="yes")]])
        await update.message.reply_html("<b>Bonjour</b> &amp; bienvenue", reply_markup=keyboard)

    async def pressed(update: Update, context: Any) -> None:
        await update.callback_query.answer("C'est noté")
        await update.callback_query.edit_message_text(f"reçu : {update.callback_query.data}")

    async def took_file(update: Update, context: Any) -> None:
        file = await update.message.document.get_file()
        content = await file.download_as_bytearray()
        await update.message.reply_document(bytes(content)[::-1], filename="reponse.pdf")

    async def echo(update: Update, context: Any) -> None:
        await update.effective_message.reply_text(f"écho : {update.effective_message.text}")

    app = application(api)
    app.add_handler(CommandHandler("start", start))
    app.add_handler(CallbackQueryHandler(pressed))
    app.add_handler(MessageHandler(filters.Document.ALL, took_file))
    app.add_handler(MessageHandler(filters.TEXT, echo))
    return app


# A bot and a person


async def test_text_button_and_edit(api, alice, desk):
    """A command is answered with a button; its press edits the message and shows a toast."""
    async with polling(desk):
        await alice.sends("/start")
        welcome = await alice.sees("Bonjour & bienvenue")
        press = await alice.presses("Oui")
        edited = await alice.sees("reçu : yes", after=press)
        await alice.sees_toast("C'est noté")

    assert edited.id == welcome.id
    assert welcome.labels == ["Oui"]
    assert edited.labels == []
    assert alice.texts() == ["reçu : yes"]
    assert welcome.raw["entities"] == [{"type": "bold", "offset": 0, "length": 7}]


async def test_document_both_ways(api, alice, desk):
    """What a person sends can be downloaded, what the bot uploads can be opened."""
    async with polling(desk):
        await alice.sends_file(b"FDP%", "facture.pdf", "application/pdf", caption="ma facture")
        answer = await alice.sees(lambda message: message.document is not None)

    assert alice.file(answer).content == b"%PDF"
    assert alice.file(answer).name == "reponse.pdf"


async def test_restart_with_pending_updates(api, alice, desk):
    """What is written while the bot is away is answered by the bot that comes back."""
    before = await alice.sends("avant")
    async with polling(desk):
        await alice.sees("écho : avant", after=before)
    while_away = await alice.sends("pendant")
    assert api.pending == 1

    again = application(api)
    again.add_handlers(desk.handlers[0])
    async with polling(again):
        await alice.sees("écho : pendant", after=while_away)

    assert alice.texts() == ["écho : avant", "écho : pendant"]
    assert api.pending == 0


async def test_several_people(api, alice, desk):
    """Each person sees only the own chat."""
    ben = api.person(8, "Ben")
    async with polling(desk):
        await alice.sends("a")
        await ben.sends("b")
        await alice.sees("écho : a")
        await ben.sees("écho : b")

    assert (alice.texts(), ben.texts()) == (["écho : a"], ["écho : b"])


async def test_sees_only_what_came_after(api, alice):
    """With a mark, what the bot said before it does not count; what it edits after it does."""
    await alice.sends("x")
    await call(api, "sendMessage", chat_id="7", text="bonjour")
    mark = alice.mark

    assert (await alice.sees("bonjour")).id == 2
    with pytest.raises(TimeoutError, match="École: bonjour"):
        await alice.sees("bonjour", after=mark, timeout=0.01)
    await call(api, "editMessageText", chat_id="7", message_id="2", text="bonjour encore")
    assert (await alice.sees("bonjour", after=mark)).text == "bonjour encore"


async def test_old_button_can_still_be_pressed(api, alice):
    """A screen that the bot has since edited away still sends what its button carried."""
    got: asyncio.Queue[str] = asyncio.Queue()

    async def pressed(update: Update, context: Any) -> None:
        await got.put(f"{update.callback_query.data} on {update.callback_query.message.text}")

    app = application(api)
    app.add_handler(CallbackQueryHandler(pressed))
    await alice.sends("x")
    async with polling(app):
        keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("A", callback_data="a")]])
        sent = await app.bot.send_message(alice.id, "un", reply_markup=keyboard)
        old = await alice.sees("un")
        await sent.edit_text("deux")
        await alice.presses("A", on=old)

        assert await asyncio.wait_for(got.get(), 5) == "a on deux"


async def test_block_is_told_and_refuses(api, alice):
    """Blocking the bot tells it so and refuses what it sends, until the block is lifted."""
    statuses: asyncio.Queue[str] = asyncio.Queue()

    async def noted(update: Update, context: Any) -> None:
        await statuses.put(update.my_chat_member.new_chat_member.status)

    app = application(api)
    app.add_handler(ChatMemberHandler(noted))
    await alice.sends("x")
    async with polling(app):
        await alice.blocks()
        assert await asyncio.wait_for(statuses.get(), 5) == "kicked"
        with pytest.raises(Forbidden):
            await app.bot.send_message(alice.id, "a")
        await alice.unblocks()
        await app.bot.send_message(alice.id, "b")

    assert alice.texts() == ["b"]


async def test_reply_keyboard_is_shown_not_echoed(api, alice):
    """A reply keyboard appears under the text box, and its key sends its words or the contact."""
    keys = [["Aide"], [KeyboardButton("Mon numéro", request_contact=True)]]
    await alice.sends("x")
    async with application(api) as app:
        sent = await app.bot.send_message(alice.id, "a", reply_markup=ReplyKeyboardMarkup(keys))

    assert sent.reply_markup is None
    assert alice.keyboard_labels() == ["Aide", "Mon numéro"]
    assert (await alice.presses("Aide")).text == "Aide"
    assert (await alice.presses("Mon numéro")).raw["contact"]["phone_number"] == "+33612345678"


async def test_dates_are_the_sandbox_clock(api, alice, clock):
    """A message carries the sandbox's time, to the second."""
    clock.advance(timedelta(days=3))
    await alice.sends("x")
    async with application(api) as app:
        sent = await app.bot.send_message(alice.id, "a")

    assert (START + timedelta(days=3)).date() == sent.date.date()
    assert timedelta(0) <= sent.date - START - timedelta(days=3) < timedelta(minutes=1)


async def test_commands_have_scopes(api, alice):
    """The menu set for one chat is that chat's alone; deleted, the usual one is back."""
    await alice.sends("x")
    scope = {"type": "chat", "chat_id": alice.id}
    async with application(api) as app:
        await app.bot.set_my_commands([BotCommand("aide", "Aide")])
        await app.bot.set_my_commands([BotCommand("registre", "Registre")], scope=scope)
        own = api.commands(alice)
        await app.bot.delete_my_commands(scope=scope)

        assert (BotCommand("aide", "Aide"),) == await app.bot.get_my_commands()

    assert [command["command"] for command in own] == ["registre"]
    assert [command["command"] for command in api.commands(alice)] == ["aide"]


# Another client as referee


async def test_referee(api, alice):
    """A second, unrelated client library agrees: text, button, edit, document both ways."""
    session = AiohttpSession(api=TelegramAPIServer.from_base(api.url))
    bot, dispatcher = ReferenceBot(api.token, session=session), Dispatcher()

    @dispatcher.message(F.text == "/start")
    async def start(message: Any) -> None:
        keyboard = [[{"text": "A", "callback_data": "a"}]]
        await message.answer("bonjour", reply_markup={"inline_keyboard": keyboard})

    @dispatcher.callback_query()
    async def pressed(query: Any) -> None:
        await query.answer("ok")
        await query.message.edit_text("fait")

    @dispatcher.message(F.document)
    async def took_file(message: Any) -> None:
        file = await message.bot.download(message.document)
        await message.answer_document(
            BufferedInputFile(file.read()[::-1], "r.bin"), caption="voilà"
        )

    running = asyncio.create_task(dispatcher.start_polling(bot, handle_signals=False))
    try:
        await alice.sends("/start")
        await alice.sees("bonjour")
        await alice.presses("A")
        await alice.sees("fait")
        await alice.sends_file(b"abc", "a.bin")
        answer = await alice.sees("voilà")
    finally:
        await dispatcher.stop_polling()
        await running
        await bot.session.close()

    assert alice.file(answer).content == b"cba"
    assert alice.toasts == ["ok"]


# What Telegram refuses


def markup(*data: str) -> str:
    row = [{"text": f"b{number}", "callback_data": one} for number, one in enumerate(data)]
    return json.dumps({"inline_keyboard": [row]})


async def call(api: BotApi, method: str, token: str = "", **parameters: Any) -> tuple[int, Any]:
    """One raw call: the HTTP status, and the result or the description of the refusal."""
    url = f"{api.base_url}{token or api.token}/{method}"
    form = aiohttp.FormData()
    for name, value in parameters.items():
        form.add_field(name, value, filename=name if isinstance(value, bytes) else None)
    async with aiohttp.ClientSession() as session, session.post(url, data=form) as answer:
        body = await answer.json()
        assert body["ok"] is (answer.status == 200)
        assert body.get("error_code", 200) == answer.status
        return answer.status, body.get("result", body.get("description"))


HTML = {"chat_id": "7", "parse_mode": "HTML"}
MINE, HERS, GONE, FILE = "2", "1", "99", "3"

REFUSALS = [
    pytest.param("sendMessage", {"text": "a"}, "chat_id is empty", id="no chat"),
    pytest.param("sendMessage", {"chat_id": "8", "text": "a"}, "chat not found", id="never wrote"),
    pytest.param("sendMessage", {"chat_id": "@x", "text": "a"}, "chat not found", id="a name"),
    pytest.param("sendMessage", {"chat_id": "7", "text": " "}, "text is empty", id="blank"),
    pytest.param("sendMessage", {"chat_id": "7", "text": "x" * 4097}, "too long", id="4097"),
    # an emoji counts twice
    pytest.param("sendMessage", {"chat_id": "7", "text": "🚗" * 2049}, "too long", id="utf-16"),
    pytest.param("sendMessage", {**HTML, "text": "1 <2> 3"}, 'start tag "2"', id="bare <"),
    pytest.param("sendMessage", {**HTML, "text": "a < b"}, 'start tag ""', id="lone <"),
    pytest.param("sendMessage", {**HTML, "text": "<p>a</p>"}, 'start tag "p"', id="not ours"),
    pytest.param("sendMessage", {**HTML, "text": "é<br>"}, "byte offset 2", id="byte offset"),
    pytest.param("sendMessage", {**HTML, "text": "<b>a"}, "Can't find end tag", id="left open"),
    pytest.param("sendMessage", {**HTML, "text": "a</b>"}, "Unexpected end tag", id="not open"),
    pytest.param("sendMessage", {**HTML, "text": "<b><i>a</b></i>"}, "Unmatched", id="crossed"),
    pytest.param("sendMessage", {**HTML, "text": "<b></b>"}, "text is empty", id="only tags"),
    pytest.param("sendMessage", {**HTML, "text": "<span>a</span>"}, "tg-spoiler", id="span"),
    pytest.param(
        "sendMessage",
        {"chat_id": "7", "text": "a", "reply_markup": markup("é" * 33)},
        "BUTTON_DATA_INVALID",
        id="66 bytes of data",
    ),
    pytest.param(
        "sendMessage",
        {"chat_id": "7", "text": "a", "reply_markup": markup("")},
        "BUTTON_DATA_INVALID",
        id="no data",
    ),
    pytest.param(
        "sendMessage",
        {"chat_id": "7", "text": "a", "reply_markup": "{"},
        "can't parse reply_markup",
        id="broken JSON",
    ),
    pytest.param(
        "sendMessage",
        {"chat_id": "7", "text": "a", "reply_parameters": '{"message_id": 99}'},
        "replied not found",
        id="answers nothing",
    ),
    pytest.param(
        "editMessageText",
        {"chat_id": "7", "message_id": MINE, "text": "un", "reply_markup": markup("a")},
        "message is not modified",
        id="same text, same buttons",
    ),
    pytest.param(
        "editMessageText",
        {"chat_id": "7", "message_id": HERS, "text": "b"},
        "can't be edited",
        id="hers",
    ),
    pytest.param(
        "editMessageText",
        {"chat_id": "7", "message_id": GONE, "text": "b"},
        "to edit not found",
        id="gone",
    ),
    pytest.param(
        "editMessageText",
        {"chat_id": "7", "message_id": FILE, "text": "b"},
        "no text in the message",
        id="text of a file",
    ),
    pytest.param(
        "editMessageText",
        {"chat_id": "7", "message_id": MINE, "text": "b", "reply_markup": '{"keyboard": [["x"]]}'},
        "inline keyboard expected",
        id="edit with a reply keyboard",
    ),
    pytest.param(
        "editMessageCaption",
        {"chat_id": "7", "message_id": FILE, "caption": "x" * 1025},
        "caption is too long",
        id="1025",
    ),
    pytest.param(
        "editMessageCaption",
        {"chat_id": "7", "message_id": FILE, "caption": "pièce"},
        "message is not modified",
        id="same caption",
    ),
    pytest.param(
        "editMessageReplyMarkup",
        {"chat_id": "7", "message_id": MINE, "reply_markup": markup("a")},
        "message is not modified",
        id="same buttons",
    ),
    pytest.param(
        "deleteMessage", {"chat_id": "7", "message_id": GONE}, "to delete not found", id="deleted"
    ),
    pytest.param(
        "answerCallbackQuery", {"callback_query_id": "99"}, "query is too old", id="old query"
    ),
    pytest.param("sendDocument", {"chat_id": "7", "document": "F9"}, "wrong file", id="file id"),
    pytest.param(
        "sendDocument", {"chat_id": "7", "document": b""}, "must be non-empty", id="empty file"
    ),
    pytest.param("sendPhoto", {"chat_id": "7", "photo": b"%PDF"}, "IMAGE_PROCESS", id="no photo"),
    pytest.param(
        "sendChatAction", {"chat_id": "7", "action": "x"}, "parameter action", id="action"
    ),
    pytest.param("getFile", {"file_id": "F9"}, "invalid file_id", id="unknown file"),
    pytest.param(
        "setMyCommands",
        {"commands": '[{"command": "Aïe", "description": "a"}]'},
        "BOT_COMMAND_INVALID",
        id="command name",
    ),
]


@pytest.mark.parametrize(("method", "parameters", "reason"), REFUSALS)
async def test_bad_request(api, alice, method, parameters, reason):
    """What Telegram refuses with 400 is refused with 400, in words that name the reason."""
    api.person(8, "Ben, qui n'a pas écrit")
    await alice.sends("bonjour")
    await call(api, "sendMessage", chat_id="7", text="un", reply_markup=markup("a"))
    await call(api, "sendDocument", chat_id="7", document=b"%PDF", caption="pièce")
    before = alice.screen()

    status, description = await call(api, method, **parameters)

    assert status == 400
    assert description.startswith("Bad Request: ")
    assert reason in description
    assert before == alice.screen()


async def test_what_is_just_allowed(api, alice):
    """The longest text, caption and data, and well-formed HTML, are accepted."""
    await alice.sends("bonjour")
    longest = markup("x", "é" * 32)
    link = '<a href="https://x.test/?a=1&amp;b=2">x</a>'

    results = [
        await call(api, "sendMessage", chat_id="7", text="🚗" * 2048),
        await call(api, "sendDocument", chat_id="7", document=b"1", caption="x" * 1024),
        await call(api, "sendMessage", chat_id="7", text="a", reply_markup=longest),
        await call(api, "sendMessage", **HTML, text=f"🚗<b>{'x' * 4080}<i>y</i></b> &lt;{link}"),
        await call(api, "sendPhoto", chat_id="7", photo=PNG),
    ]

    assert [status for status, _ in results] == [200] * 5
    _, styled = results[3]
    assert styled["text"].endswith("y <x")
    assert styled["entities"] == [
        {"type": "bold", "offset": 2, "length": 4081},
        {"type": "italic", "offset": 4082, "length": 1},
        {"type": "text_link", "offset": 4085, "length": 1, "url": "https://x.test/?a=1&b=2"},
    ]


async def test_wrong_or_revoked_token(api):
    """A wrong token is answered 401, and so is the right one once it is revoked."""
    assert await call(api, "getMe", token="1:WRONG") == (401, "Unauthorized")
    assert (await call(api, "getMe"))[0] == 200

    api.revoked = True

    assert await call(api, "getMe") == (401, "Unauthorized")
    bot = application(api).bot
    with pytest.raises(InvalidToken):
        await bot.initialize()
    await bot.shutdown()


async def test_unknown_method(api):
    """A method that does not exist is answered 404."""
    assert await call(api, "sendPigeon") == (404, "Not Found")


async def test_blocked_is_403(api, alice):
    """A person who has blocked the bot gets nothing more from it."""
    await alice.sends("x")
    await alice.blocks()

    refused = await call(api, "sendMessage", chat_id="7", text="a")

    assert refused == (403, "Forbidden: bot was blocked by the user")
    assert alice.texts() == []


async def test_flood_is_429_then_over(api, alice, monkeypatch):
    """A queued flood refuses as many calls as it was given, saying how long to wait."""
    monkeypatch.setenv("PTB_TIMEDELTA", "true")
    await alice.sends("x")
    api.flood(alice, 3)
    async with application(api) as app:
        with pytest.raises(RetryAfter) as refusal:
            await app.bot.send_message(alice.id, "a")
        await app.bot.send_message(alice.id, "b")

    assert timedelta(seconds=3) == refusal.value.retry_after
    assert alice.texts() == ["b"]


async def test_down_is_502_then_heals(api, alice, desk):
    """An outage ends the poll that hangs; when it is over the bot goes on by itself."""
    errors: list[Exception] = []
    async with polling(desk, errors):
        await alice.sends("un")
        await alice.sees("écho : un")
        api.down = True
        assert await call(api, "getMe") == (502, "Bad Gateway")
        await alice.sends("deux")
        api.down = False
        await alice.sees("écho : deux", timeout=10)

    assert all(type(error) is NetworkError for error in errors)


async def test_stopped_server_refuses_connections_and_keeps_its_port(api, alice):
    """A stop ends a hanging poll at once and refuses connections; a start is on the same port."""
    port = api.port
    async with aiohttp.ClientSession() as session:
        poll = asyncio.create_task(
            session.post(f"{api.base_url}{api.token}/getUpdates", data={"timeout": 50})
        )
        await api.is_called("getUpdates")
        async with asyncio.timeout(2):
            await api.stop()
            assert (await poll).status == 502
        with pytest.raises(aiohttp.ClientConnectionError):
            await session.post(f"{api.base_url}{api.token}/getMe")

    await alice.sends("entre-temps")
    await api.start()

    assert port == api.port
    assert len((await call(api, "getUpdates"))[1]) == 1


async def test_two_pollers_conflict(api, alice, desk):
    """A second poller ends the first one's poll with 409, and gets what comes next."""
    errors: list[Exception] = []
    conflict = asyncio.Event()

    def note(error: Exception) -> None:
        errors.append(error)
        conflict.set()

    async with desk:
        await desk.start()
        await desk.updater.start_polling(error_callback=note)
        await api.is_called("getUpdates")
        second = asyncio.create_task(call(api, "getUpdates", timeout="5"))
        await asyncio.wait_for(conflict.wait(), 5)
        await desk.updater.stop()
        await desk.stop()
        await second

    assert isinstance(errors[0], Conflict)


# What is fetched, and when


async def test_offset_acknowledges(api, alice):
    """An update is repeated until a higher offset acknowledges it."""
    await alice.sends("un")
    await alice.sends("deux")

    _, first = await call(api, "getUpdates")
    _, again = await call(api, "getUpdates", offset=str(first[0]["update_id"]))
    _, rest = await call(api, "getUpdates", offset=str(first[0]["update_id"] + 1))
    _, last = await call(api, "getUpdates", offset="-1")

    assert first == again
    assert first[1:] == rest == last


async def test_limit_and_kinds(api, alice):
    """Only so many updates come at once, and only of the kinds last asked for."""
    await call(api, "getUpdates", allowed_updates='["message"]')
    await alice.sends("un")
    await alice.blocks()
    await alice.unblocks()
    await alice.sends("deux")

    _, one = await call(api, "getUpdates", limit="1")
    _, all_of_them = await call(api, "getUpdates")

    assert [update["message"]["text"] for update in one] == ["un"]
    assert [update["message"]["text"] for update in all_of_them] == ["un", "deux"]


async def test_long_poll_ends_with_the_first_update(api, alice):
    """A poll hangs until something comes, and then answers at once."""
    poll = asyncio.create_task(call(api, "getUpdates", timeout="50"))
    await api.is_called("getUpdates")
    assert not poll.done()

    await alice.sends("enfin")
    _, updates = await asyncio.wait_for(poll, 5)

    assert updates[0]["message"]["text"] == "enfin"


async def test_pending_updates_can_be_dropped(api, alice):
    """`drop_pending_updates` forgets what waits; without it nothing is forgotten."""
    await alice.sends("x")
    await call(api, "deleteWebhook")
    assert (await call(api, "getWebhookInfo"))[1]["pending_update_count"] == 1

    await call(api, "deleteWebhook", drop_pending_updates="true")

    assert (await call(api, "getWebhookInfo"))[1]["pending_update_count"] == 0


async def test_updates_are_kept_for_a_day(api, alice, clock):
    """What nobody fetched for more than 24 hours is gone, as with Telegram."""
    await alice.sends("trop vieux")
    clock.advance(timedelta(hours=23))
    await alice.sends("récent")
    clock.advance(timedelta(hours=2))

    _, updates = await call(api, "getUpdates")

    assert [update["message"]["text"] for update in updates] == ["récent"]


async def test_a_press_grows_old(api, alice, clock):
    """A press can be answered for a short time only."""
    await alice.sends("x")
    await call(api, "sendMessage", chat_id="7", text="a", reply_markup=markup("a", "b"))
    quick, slow = await alice.presses("b0"), await alice.presses("b1")

    in_time = await call(api, "answerCallbackQuery", callback_query_id=quick.id, text="ok")
    clock.advance(timedelta(hours=1))
    too_late = await call(api, "answerCallbackQuery", callback_query_id=slow.id)

    assert in_time == (200, True)
    assert too_late[0] == 400
    assert (alice.answer_to(quick), alice.answer_to(slow)) == ("ok", None)


async def test_delete_within_48_hours(api, alice, clock):
    """A message can be deleted for 48 hours, and then no more."""
    await alice.sends("x")
    await call(api, "sendMessage", chat_id="7", text="a")
    await call(api, "sendMessage", chat_id="7", text="b")

    soon = await call(api, "deleteMessage", chat_id="7", message_id="2")
    clock.advance(timedelta(hours=49))
    late = await call(api, "deleteMessage", chat_id="7", message_id="3")

    assert soon == (200, True)
    assert late == (400, "Bad Request: message can't be deleted for everyone")
    assert alice.texts() == ["b"]


async def test_lost_answer(api, alice):
    """An answer lost on the way: the message is there, the bot does not know it."""
    await alice.sends("x")
    api.lose_answers()

    with pytest.raises(aiohttp.ClientError):
        await call(api, "sendMessage", chat_id="7", text="a")

    assert alice.texts() == ["a"]


async def test_refused_file_of_another_token(api, alice):
    """A file is downloaded with the right token only."""
    sent = await alice.sends_file(b"secret", "a.txt")
    _, file = await call(api, "getFile", file_id=sent.file_id)

    async with aiohttp.ClientSession() as session:
        async with session.get(f"{api.base_file_url}{api.token}/{file['file_path']}") as right:
            assert (right.status, await right.read()) == (200, b"secret")
        async with session.get(f"{api.base_file_url}1:WRONG/{file['file_path']}") as wrong:
            assert wrong.status == 401


# The same from another process


async def test_people_over_http(clock):
    """Another process writes, taps and sends files as a person, and reads the chat."""
    api = BotApi(clock)
    api.serve(people_routes(api))
    async with api, aiohttp.ClientSession(api.url) as page:
        await page.post("/sandbox/people/7/messages", json={"text": "bonjour", "name": "Léa"})
        await call(api, "sendMessage", chat_id="7", text="a", reply_markup=markup("oui"))
        await page.post("/sandbox/people/7/presses", json={"data": "oui", "message_id": 2})
        form = aiohttp.FormData({"caption": "ma pièce"})
        form.add_field("file", b"%PDF", filename="p.pdf", content_type="application/pdf")
        await page.post("/sandbox/people/7/files", data=form)
        dialog = await (await page.get("/sandbox/people/7/dialog")).json()
        _, updates = await call(api, "getUpdates")

    assert [list(update)[1] for update in updates] == ["message", "callback_query", "message"]
    assert [message["text"] for message in dialog["messages"]] == ["bonjour", "a", "ma pièce"]
    assert dialog["messages"][1]["rows"] == [[{"label": "b0", "data": "oui", "url": None}]]
    assert dialog["messages"][2]["file"]["name"] == "p.pdf"


async def test_people_over_http_refuses_nonsense(clock):
    """A text too long, a button that is not there, and a wrong body are refused with 400."""
    api = BotApi(clock)
    api.serve(people_routes(api))
    async with api, aiohttp.ClientSession(api.url) as page:
        answers = [
            await page.post("/sandbox/people/7/messages", json={"text": "x" * 4097}),
            await page.post("/sandbox/people/7/messages", data=b"nonsense"),
            await page.post("/sandbox/people/7/presses", json={"data": "none"}),
        ]

    assert [answer.status for answer in answers] == [400, 400, 400]
    assert api.pending == 0


async def test_bad_request_reaches_the_client_as_its_own_error(api, alice):
    """The refusals are those that python-telegram-bot turns into its own exceptions."""
    await alice.sends("x")
    async with application(api) as app:
        sent = await app.bot.send_message(alice.id, "a")
        with pytest.raises(BadRequest, match="not modified"):
            await sent.edit_text("a")
