"""The line: nothing is acknowledged to Telegram before it has been handled to its end."""

import asyncio
import errno
import logging
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs
from telegram import Update
from telegram.ext import ContextTypes, MessageHandler, filters

from bot.access import Access
from bot.line import Line, LineState, LineUnreachable, TokenRefused, check
from bot.menus import CLIENT_COMMANDS, MANAGER_COMMANDS, show_menus
from bot.texts import say
from register.database import Register
from sandbox.clock import SandboxClock
from sandbox.person import Person
from sandbox.telegram import BotApi

START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
SOON = 5.0  # seconds after which a test has failed

Handles = Callable[[Update, ContextTypes.DEFAULT_TYPE], Coroutine[Any, Any, None]]


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    async with BotApi(SandboxClock(START)) as running:
        yield running


@pytest.fixture
def lea(api: BotApi) -> Person:
    return api.person(7, "Léa Martin")


class Ear:
    """Hears texts; fails as often as it is told to, before or after having heard."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.failures: list[Exception] = []

    async def __call__(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        assert update.effective_message
        if self.failures:
            raise self.failures.pop(0)
        self.heard.append(update.effective_message.text or "")


class States:
    """Every state that a line has reported; a test waits for the next."""

    def __init__(self) -> None:
        self.all: list[LineState] = []
        self._news = asyncio.Event()

    def __call__(self, state: LineState) -> None:
        self.all.append(state)
        self._news.set()

    async def until(self, state: LineState) -> None:
        async with asyncio.timeout(SOON):
            while state not in self.all:
                self._news.clear()
                await self._news.wait()


def line_to(
    api: BotApi,
    handles: Handles,
    states: Callable[[LineState], None] = lambda state: None,
    poll: int = 30,
) -> Line:
    line = Line(
        api.token,
        base_url=api.base_url,
        base_file_url=api.base_file_url,
        poll=poll,
        first_wait=0.01,
        longest_wait=0.05,
        on_state=states,
    )
    line.add([MessageHandler(filters.TEXT, handles)])
    return line


@asynccontextmanager
async def running(line: Line) -> AsyncIterator[asyncio.Task[None]]:
    """The line at work, stopped and hung up at the end; how it ended is for the test to ask."""
    stop = asyncio.Event()
    task = asyncio.create_task(line.run(stop))
    try:
        yield task
    finally:
        stop.set()
        await asyncio.wait([task], timeout=SOON)
        task.cancel()
        await line.hang_up()


async def settled(api: BotApi) -> None:
    """Wait until Telegram has been told that everything is handled."""
    assert await api.bell.until(lambda: True if api.pending == 0 else None, SOON)


async def test_an_update_is_acknowledged_only_once_it_is_handled(api: BotApi, lea: Person) -> None:
    """While a handler is at work, Telegram still keeps the update."""
    entered, may_end = asyncio.Event(), asyncio.Event()

    async def slow(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        entered.set()
        await may_end.wait()

    async with running(line_to(api, slow)):
        await lea.sends("Bonjour")
        await asyncio.wait_for(entered.wait(), SOON)
        assert api.pending == 1
        may_end.set()
        await settled(api)


async def test_what_a_killed_handler_had_in_hand_comes_again(api: BotApi, lea: Person) -> None:
    """A process that dies inside a handler loses nothing: the next one is given the same."""
    entered, ear = asyncio.Event(), Ear()

    async def dies(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        entered.set()
        await asyncio.Event().wait()

    async with running(line_to(api, dies)) as task:
        await lea.sends("Ma leçon a été annulée.")
        await asyncio.wait_for(entered.wait(), SOON)
        task.cancel()
    async with running(line_to(api, ear)):
        await settled(api)

    assert ear.heard == ["Ma leçon a été annulée."]


async def test_a_full_disk_holds_the_line_until_it_has_room(api: BotApi, lea: Person) -> None:
    """What cannot be saved is tried again, however often, and what came after waits its turn."""
    ear, states = Ear(), States()
    ear.failures = [OSError(28, "No space left on device") for _ in range(6)]

    async with running(line_to(api, ear, states)):
        await lea.sends("un")
        await lea.sends("deux")
        await settled(api)

    assert ear.heard == ["un", "deux"]
    assert states.all == [LineState.OPEN, LineState.STALLED, LineState.OPEN, LineState.CLOSED]


async def test_an_error_that_is_not_the_disk_s_holds_nobody_up(api: BotApi, lea: Person) -> None:
    """A file that may not be read stays so: three tries, as with any other fault."""
    ear, states = Ear(), States()
    ear.failures = [PermissionError(errno.EACCES, "Permission denied") for _ in range(3)]

    async with running(line_to(api, ear, states)):
        await lea.sends("un")
        await lea.sends("deux")
        await settled(api)

    assert ear.heard == ["deux"]
    assert lea.texts() == [say("complainant.sorry")]
    assert LineState.STALLED not in states.all


async def test_a_handler_that_fails_twice_gets_its_third_try(api: BotApi, lea: Person) -> None:
    """A passing fault loses nothing and bothers nobody."""
    ear = Ear()
    ear.failures = [LookupError(), LookupError()]

    async with running(line_to(api, ear)):
        await lea.sends("un")
        await settled(api)

    assert ear.heard == ["un"]
    assert lea.texts() == []


async def test_an_update_that_always_fails_is_given_up_with_an_apology(
    api: BotApi, lea: Person
) -> None:
    """Three tries, a word to the client, and the next one is served; no content in the log."""
    ear = Ear()
    ear.failures = [LookupError("Mon secret") for _ in range(3)]

    with capture_logs() as logs:
        async with running(line_to(api, ear)):
            await lea.sends("Mon secret")
            await lea.sends("deux")
            await settled(api)

    assert ear.heard == ["deux"]
    assert lea.texts() == [say("complainant.sorry")]
    assert [entry["error"] for entry in logs if entry["event"] == "update.failed"] == [
        "LookupError"
    ] * 3
    assert "secret" not in str(logs)


async def test_an_unreadable_update_hides_no_other(api: BotApi, lea: Person) -> None:
    """Something that the library cannot read is passed over, what came with it is handled."""
    ear = Ear()
    await lea.sends("un")
    api.messenger.updates.put("message", {"message_id": "?", "shape": "of tomorrow"})
    await lea.sends("deux")

    async with running(line_to(api, ear)):
        await settled(api)

    assert ear.heard == ["un", "deux"]


async def test_the_line_waits_for_an_api_that_is_down(api: BotApi, lea: Person) -> None:
    """Started before the network is there, it begins by itself when it comes."""
    ear, states = Ear(), States()
    await lea.sends("un")
    api.down = True

    async with running(line_to(api, ear, states)):
        await states.until(LineState.UNREACHABLE)
        api.down = False
        await settled(api)

    assert ear.heard == ["un"]


async def test_an_outage_while_running_heals(api: BotApi, lea: Person) -> None:
    """The server goes away and comes back on the same port, which shows before anybody writes."""
    ear, states = Ear(), States()

    async with running(line_to(api, ear, states)):
        await states.until(LineState.OPEN)
        await api.stop()
        await states.until(LineState.UNREACHABLE)
        states.all.clear()
        await api.start()
        await states.until(LineState.OPEN)
        await lea.sends("un")
        await settled(api)

    assert ear.heard == ["un"]


async def test_an_outage_inside_a_handler_is_no_fault_of_the_update(
    api: BotApi, lea: Person
) -> None:
    """However long the API is away, the reply leaves when it is back."""
    states = States()

    async def answers(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        assert update.effective_chat
        if LineState.UNREACHABLE not in states.all:
            api.down = True
        await context.bot.send_message(update.effective_chat.id, "Reçu.")

    async with running(line_to(api, answers, states)):
        await lea.sends("un")
        await states.until(LineState.UNREACHABLE)
        for _ in range(5):  # more failures than an update has tries
            await api.bell.until(lambda: None, 0.05)
        api.down = False
        await settled(api)

    assert lea.texts() == ["Reçu."]


async def test_too_many_requests_are_waited_for(api: BotApi, lea: Person) -> None:
    """Telegram says how long, and the reply leaves after that."""

    async def answers(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        assert update.effective_chat
        await context.bot.send_message(update.effective_chat.id, "Reçu.")

    async with running(line_to(api, answers)):
        api.flood(lea, 1)
        await lea.sends("un")
        await settled(api)

    assert lea.texts() == ["Reçu."]


async def test_a_refused_token_is_told_without_being_shown(api: BotApi) -> None:
    """A typed error, without the token in it or behind it."""
    api.revoked = True
    line = line_to(api, Ear())
    with pytest.raises(TokenRefused) as refusal:
        await line.run(asyncio.Event())
    await line.hang_up()

    assert api.token not in repr(refusal.value)
    assert refusal.value.__suppress_context__


async def test_a_token_refused_in_the_middle_is_reported_and_asked_for_again(
    api: BotApi, lea: Person
) -> None:
    """The line goes on, for e-mail would end with it; once the token is good again it heals."""
    states, ear = States(), Ear()
    with capture_logs() as logs:
        async with running(line_to(api, ear, states)) as task:
            await states.until(LineState.OPEN)
            api.revoked = True
            await api.stop()
            await api.start()
            await states.until(LineState.REFUSED)
            assert not task.done()
            states.all.clear()
            api.revoked = False
            await states.until(LineState.OPEN)
            await lea.sends("un")
            await settled(api)

    assert ear.heard == ["un"]
    assert api.token not in str(logs)


async def test_a_token_refused_inside_a_handler_is_no_fault_of_the_update(
    api: BotApi, lea: Person
) -> None:
    """The reply leaves once the token is good again, however long it was not."""
    states = States()

    async def answers(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        assert update.effective_chat
        api.revoked = LineState.REFUSED not in states.all
        await context.bot.send_message(update.effective_chat.id, "Reçu.")

    async with running(line_to(api, answers, states)):
        await lea.sends("un")
        await settled(api)

    assert LineState.REFUSED in states.all
    assert lea.texts() == ["Reçu."]


async def test_two_lines_on_one_token_are_reported(api: BotApi, lea: Person) -> None:
    """The conflict is a state of its own, and ends when the other goes."""
    states, ear = States(), Ear()
    async with running(line_to(api, ear, states, poll=1)):
        await states.until(LineState.OPEN)
        async with running(line_to(api, ear)):
            await states.until(LineState.CONFLICT)
        states.all.clear()
        await states.until(LineState.OPEN)
        await lea.sends("un")
        await settled(api)

    assert ear.heard == ["un"]


async def test_a_stop_ends_the_long_poll_at_once(api: BotApi) -> None:
    """Nothing to do, nothing to wait for: well under a second."""
    states, stop = States(), asyncio.Event()
    line = line_to(api, Ear(), states)
    task = asyncio.create_task(line.run(stop))
    await states.until(LineState.OPEN)
    stop.set()

    await asyncio.wait_for(task, 1.0)
    await line.hang_up()
    assert states.all[-1] is LineState.CLOSED


async def test_a_letter_can_leave_between_the_stop_and_the_hanging_up(
    api: BotApi, lea: Person
) -> None:
    """Who sends through the bot comes to an end after the polling; hanging up twice is harmless."""
    states, stop = States(), asyncio.Event()
    await lea.sends("un")
    line = line_to(api, Ear(), states)
    task = asyncio.create_task(line.run(stop))
    await settled(api)
    stop.set()
    await asyncio.wait_for(task, SOON)
    await line.bot.send_message(lea.id, "Votre accusé de réception.")
    await line.hang_up()
    await line.hang_up()

    assert lea.texts() == ["Votre accusé de réception."]


async def test_a_stop_lets_a_handler_come_to_its_end(api: BotApi, lea: Person) -> None:
    """A handler that is nearly done is not torn apart."""
    entered, ended, stop = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def nearly_done(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        entered.set()
        await stop.wait()
        await context.bot.get_me()
        ended.set()

    line = line_to(api, nearly_done)
    task = asyncio.create_task(line.run(stop))
    await lea.sends("un")
    await asyncio.wait_for(entered.wait(), SOON)
    stop.set()
    await asyncio.wait_for(task, SOON)
    await line.hang_up()

    assert ended.is_set()


async def test_the_token_stays_out_of_the_log(
    api: BotApi, lea: Person, caplog: pytest.LogCaptureFixture
) -> None:
    """The library below writes every address it calls, and ours hold the token."""
    caplog.set_level(logging.INFO)
    async with running(line_to(api, Ear())):
        await lea.sends("un")
        await settled(api)

    assert api.token not in caplog.text


async def test_everybody_is_shown_their_menu_once_the_line_is_open(
    api: BotApi, lea: Person, tmp_path: Path
) -> None:
    """Clients have two commands, a manager has others, one who never wrote breaks nothing."""
    boss = api.person(100, "Camille Renaud")
    await boss.sends("Bonjour")
    register = Register(tmp_path / "register.json")
    access = Access(register, [100, 101])
    states = States()
    line = line_to(api, Ear(), states)
    line.when_open(lambda bot: show_menus(bot, access))
    async with running(line):
        await states.until(LineState.OPEN)

    register.close()
    assert [one["command"] for one in api.commands(lea)] == list(CLIENT_COMMANDS)
    assert [one["command"] for one in api.commands(boss)] == list(MANAGER_COMMANDS)


async def test_check_says_the_username(api: BotApi) -> None:
    """A right token is answered with the bot's name."""
    assert await check(api.token, api.base_url) == "ecole_bot"


async def test_check_tells_a_wrong_token_from_a_missing_network(api: BotApi) -> None:
    """Each has its error, because each has another remedy."""
    with pytest.raises(TokenRefused):
        await check("123456:WRONG", api.base_url)
    with pytest.raises(TokenRefused):
        await check("", api.base_url)
    await api.stop()
    with pytest.raises(LineUnreachable):
        await check(api.token, api.base_url)
