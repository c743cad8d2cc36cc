"""The line to Telegram: each update is handled to its end before Telegram is told to forget it.

The library's own polling acknowledges a batch before its handlers have finished, so a crash in a
handler would lose what a client wrote. Here the next fetch, which acknowledges, waits: after a
crash the same update comes again, and handlers must bear that. An update that cannot be saved
(disk full) holds the line until it can; one whose handler fails again and again is given up with
an apology. A token that was good once is asked for again: the mailbox goes on meanwhile.
"""

import asyncio
import errno
import logging
import os
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import suppress
from datetime import timedelta
from enum import StrEnum
from typing import Any, Final, TypeVar

import structlog
from telegram import Bot, Update
from telegram.constants import ChatType, ParseMode, UpdateType
from telegram.error import (
    BadRequest,
    Conflict,
    EndPointNotFound,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)
from telegram.ext import Application, ApplicationBuilder, BaseHandler, ExtBot

from bot.texts import say

log = structlog.get_logger()

T = TypeVar("T")

TRIES = 3  # of a handler that fails on one update, before the update is given up
GRACE = 0.7  # seconds for a handler to come to its end when the line is closed
REQUEST_TIMEOUT = 10.0  # seconds for an answer of the Bot API, on top of a long poll
DISK_ERRORS = frozenset(
    {errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS, errno.EMFILE, errno.ENFILE}
)
REFUSALS = (InvalidToken, EndPointNotFound)  # 401 and 404: their words hold the token
UPDATES = (UpdateType.MESSAGE, UpdateType.EDITED_MESSAGE, UpdateType.CALLBACK_QUERY)


class TokenRefused(Exception):
    """Telegram does not know this token: somebody must put in another."""


class LineUnreachable(Exception):
    """The Bot API cannot be reached now."""


class LineState(StrEnum):
    """How the line stands, for alarms."""

    OPEN = "open"
    UNREACHABLE = "unreachable"
    CONFLICT = "conflict"  # another process polls with the same token
    REFUSED = "refused"  # the token was good once, and is not now
    STALLED = "stalled"  # an update cannot be saved: the disk
    CLOSED = "closed"


class Line:
    """One bot's polling, from the first greeting of the API to a clean stop.

    `on_state` is called at each change of state. Times are in seconds; a failing call is tried
    again after `first_wait`, then twice as long each time, up to `longest_wait`.
    """

    def __init__(
        self,
        token: str,
        *,
        base_url: str | None = None,
        base_file_url: str | None = None,
        poll: int = 30,
        first_wait: float = 1.0,
        longest_wait: float = 60.0,
        on_state: Callable[[LineState], None] = lambda state: None,
    ) -> None:
        _keep_libraries_discreet()
        self._application = _application(token, base_url, base_file_url)
        self._application.add_error_handler(self._note_failure)
        self._poll: Final = poll
        self._first_wait: Final = first_wait
        self._longest_wait: Final = longest_wait
        self._on_state = on_state
        self._greetings: list[Callable[[Bot], Awaitable[None]]] = []
        self._failure: Exception | None = None
        self._handling: asyncio.Task[None] | None = None
        self.state = LineState.CLOSED

    @property
    def bot(self) -> Bot:
        """The bot at our end: couriers and prompts speak through it once the line runs."""
        return self._application.bot

    def add(self, handlers: Iterable[BaseHandler[Any, Any, Any]]) -> None:
        """Take a desk's handlers; the first that fits an update has it, so order matters."""
        self._application.add_handlers(list(handlers))

    def when_open(self, greeting: Callable[[Bot], Awaitable[None]]) -> None:
        """Do this once the API has answered for the first time, such as setting menus."""
        self._greetings.append(greeting)

    async def run(self, stop: asyncio.Event) -> None:
        """Fetch and handle until told to stop; `hang_up` once nobody speaks through the bot.

        Raises TokenRefused where the token never was good; all else heals by itself.
        """
        work = asyncio.create_task(self._work())
        told = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait({work, told}, return_when=asyncio.FIRST_COMPLETED)
            if self._handling and not work.done():
                await asyncio.wait({self._handling}, timeout=GRACE)
        finally:
            work.cancel()
            told.cancel()
            outcome, _ = await asyncio.gather(work, told, return_exceptions=True)
            self._report(LineState.CLOSED)
        if isinstance(outcome, Exception):
            raise outcome

    async def hang_up(self) -> None:
        """Close the connections, which couriers use to the last. Twice does no harm."""
        await self._application.shutdown()
        await self.bot.shutdown()  # where it never came to be initialised

    # -- opening, closing ---------------------------------------------------------------------

    async def _work(self) -> None:
        await self._insist(self._open)
        offset = 0
        while True:
            for raw in await self._insist(lambda after=offset: self._fetch(after)):  # type: ignore[misc]
                await self._take(raw)
                offset = raw["update_id"] + 1

    async def _open(self) -> None:
        try:
            await self._application.initialize()
        except REFUSALS:
            raise TokenRefused from None
        await self.bot.delete_webhook(drop_pending_updates=False)  # or getUpdates is a Conflict
        for greeting in self._greetings:
            with suppress(BadRequest):  # such as a menu for somebody who has never written
                await greeting(self.bot)

    # -- fetching -----------------------------------------------------------------------------

    async def _fetch(self, offset: int) -> list[dict[str, Any]]:
        """What came in, still unread: one update that the library cannot read hides no other.

        Method names are not case-sensitive (Bot API, "Making requests").
        """
        is_cut = self.state in (LineState.UNREACHABLE, LineState.REFUSED)
        poll = 0 if is_cut else self._poll  # 0: soon known to be open
        asked = {"offset": offset, "timeout": poll, "allowed_updates": UPDATES}
        found: Any = await self.bot.do_api_request(
            "GetUpdates", api_kwargs=asked, read_timeout=poll + REQUEST_TIMEOUT
        )
        return list(found)

    async def _insist(self, call: Callable[[], Awaitable[T]]) -> T:
        """Call the API as often as it takes."""
        waits = self._waits()
        while True:
            try:
                answer = await call()
            except TelegramError as error:
                self._report(_state_after(error))
                await asyncio.sleep(self._wait_after(error, waits))
            else:
                self._report(LineState.OPEN)
                return answer

    # -- handling -----------------------------------------------------------------------------

    async def _take(self, raw: dict[str, Any]) -> None:
        """Handle one update until it is done, or given up."""
        update = self._read(raw)
        waits, tries = self._waits(), 0
        while update is not None and (failure := await self._fails(update)):
            tries += not await self._is_excused(failure)
            log.warning("update.failed", update_id=update.update_id, error=type(failure).__name__)
            if tries == TRIES:
                log.error("update.given_up", update_id=update.update_id)
                return await self._apologise(update)
            await asyncio.sleep(self._wait_after(failure, waits))
        self._report(LineState.OPEN)
        return None

    def _read(self, raw: dict[str, Any]) -> Update | None:
        try:
            return Update.de_json(raw, self.bot)
        except Exception as error:  # noqa: BLE001 - whatever a newer API may send
            unread = {"update_id": raw.get("update_id"), "error": type(error).__name__}
            log.error("update.unreadable", **unread)
            return None

    async def _fails(self, update: Update) -> Exception | None:
        """Let the desks handle the update; the error of the one that could not, or None."""
        self._failure = None
        self._handling = asyncio.create_task(self._application.process_update(update))
        try:
            await self._handling
        finally:
            self._handling = None
        return self._failure

    async def _note_failure(self, update: object, context: Any) -> None:
        self._failure = context.error

    async def _is_excused(self, failure: Exception) -> bool:
        """Whether it says nothing about the update: the disk, the token, or no network at all."""
        if isinstance(failure, OSError) and failure.errno in DISK_ERRORS:
            self._report(LineState.STALLED)
            return True
        if isinstance(failure, REFUSALS):
            self._report(LineState.REFUSED)
            return True
        if not isinstance(failure, NetworkError) or isinstance(failure, BadRequest):
            return False
        return not await self._answers()

    async def _answers(self) -> bool:
        try:
            await self.bot.get_me()
        except TelegramError as error:
            self._report(_state_after(error))
            return False
        return True

    async def _apologise(self, update: Update) -> None:
        chat = update.effective_chat
        if chat is None or chat.type != ChatType.PRIVATE:
            return
        with suppress(TelegramError):
            await self.bot.send_message(
                chat.id, say("complainant.sorry"), parse_mode=ParseMode.HTML
            )

    # -- below --------------------------------------------------------------------------------

    def _waits(self) -> Iterator[float]:
        wait = self._first_wait
        while True:
            yield wait
            wait = min(wait * 2, self._longest_wait)

    def _wait_after(self, error: Exception, waits: Iterator[float]) -> float:
        if isinstance(error, RetryAfter):
            asked = error.retry_after
            return asked.total_seconds() if isinstance(asked, timedelta) else asked
        if isinstance(error, (Conflict, *REFUSALS)):
            return self._longest_wait
        return next(waits)

    def _report(self, state: LineState) -> None:
        if state is not self.state:
            self.state = state
            note = log.error if state is LineState.REFUSED else log.info
            note("line.state", state=state)
            self._on_state(state)


async def check(token: str, base_url: str | None = None) -> str:
    """The username that the Bot API knows this token by. Raises TokenRefused, LineUnreachable."""
    _keep_libraries_discreet()
    try:
        async with _application(token, base_url, None).bot as bot:
            return bot.username
    except InvalidToken:
        raise TokenRefused from None
    except TelegramError as error:
        raise LineUnreachable(type(error).__name__) from None


def _application(
    token: str, base_url: str | None, base_file_url: str | None
) -> Application[ExtBot[None], Any, Any, Any, Any, Any]:
    builder: Any = ApplicationBuilder().token(token).job_queue(None).updater(None)
    builder = builder.concurrent_updates(False).read_timeout(REQUEST_TIMEOUT)
    if base_url:
        builder = builder.base_url(base_url)
    if base_file_url:
        builder = builder.base_file_url(base_file_url)
    try:
        application: Application[ExtBot[None], Any, Any, Any, Any, Any] = builder.build()
    except InvalidToken:
        raise TokenRefused from None
    return application


def _keep_libraries_discreet() -> None:
    """No token in the log, and none of the library's warnings about its own next version."""
    logging.getLogger("httpx").setLevel(logging.WARNING)  # its INFO lines hold the token
    os.environ.setdefault("PTB_TIMEDELTA", "true")


def _state_after(error: TelegramError) -> LineState:
    if isinstance(error, REFUSALS):
        return LineState.REFUSED
    return LineState.CONFLICT if isinstance(error, Conflict) else LineState.UNREACHABLE
