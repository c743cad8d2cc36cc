"""The chat of one manager while one tap or one message of theirs is answered.

What Telegram refuses to show harms nothing: the facts are in the register by then. A network that
is down raises, and the update comes again.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

import structlog
from telegram import Bot, CallbackQuery, InlineKeyboardMarkup, LinkPreviewOptions, Message, Update
from telegram.constants import CallbackQueryLimit, ChatAction, ParseMode
from telegram.error import BadRequest

log = structlog.get_logger()

T = TypeVar("T")

ACTION_LASTS = 4.0  # seconds: Telegram shows an action for five

_SILENT = LinkPreviewOptions(is_disabled=True)


class Screen:
    """Where a manager reads: new messages below, or the tapped one turned into something else."""

    def __init__(self, update: Update, bot: Bot) -> None:
        user = update.effective_user
        if user is None:
            raise ValueError("an update without a person has no screen")
        self.telegram_id = user.id
        self.message: Message | None = update.effective_message
        self.who = f"manager:{user.id}"
        self.bot = bot
        self._query: CallbackQuery | None = update.callback_query
        self._is_kept = False

    def keep(self) -> None:
        """The tapped message stays as it is: what comes next comes below it."""
        self._is_kept = True

    async def show(self, text: str, keyboard: InlineKeyboardMarkup | None = None) -> None:
        """One more message."""
        await show(self.bot, self.telegram_id, text, keyboard)

    async def turn(self, text: str, keyboard: InlineKeyboardMarkup | None = None) -> None:
        """The tapped message becomes this one; where it is gone, or none was, a new one comes."""
        if self._query is None or self._is_kept:
            return await self.show(text, keyboard)
        try:
            await self._query.edit_message_text(
                text, ParseMode.HTML, reply_markup=keyboard, link_preview_options=_SILENT
            )
        except (BadRequest, TypeError) as error:  # TypeError: a message that is no longer there
            if not _is_the_same(error):
                await self.show(text, keyboard)

    async def settle(self, text: str) -> None:
        """The tapped message becomes this line, and what comes next comes below it."""
        if self._query is not None and not self._is_kept:
            await self.turn(text)
        self.keep()

    async def turn_buttons(self, keyboard: InlineKeyboardMarkup) -> None:
        """Other buttons under the tapped message."""
        if self._query is not None:
            with suppress(BadRequest, TypeError):
                await self._query.edit_message_reply_markup(keyboard)

    async def give(self, name: str, data: bytes, words: str = "") -> int | None:
        """A file, with words (Telegram HTML) below it.

        The number of its message, None where Telegram does not take it.
        """
        with suppress(BadRequest):
            sent = await self.bot.send_document(
                self.telegram_id,
                data,
                filename=name,
                caption=words or None,
                parse_mode=ParseMode.HTML,
            )
            return sent.message_id
        return None

    async def take_back(self, message_id: int) -> None:
        """A message of ours goes from the chat; one that is too old to go stays."""
        with suppress(BadRequest):
            await self.bot.delete_message(self.telegram_id, message_id)

    async def tell_upload(self) -> None:
        """The chat says that a file is on its way."""
        with suppress(BadRequest):
            await self.bot.send_chat_action(self.telegram_id, ChatAction.UPLOAD_DOCUMENT)

    async def give_picture(self, data: bytes, words: str) -> None:
        """A picture with words (Telegram HTML) that say the same; without it, the words alone."""
        try:
            await self.bot.send_photo(self.telegram_id, data, words, parse_mode=ParseMode.HTML)
        except BadRequest as error:
            log.warning("picture.refused", error=type(error).__name__)
            await self.show(words)

    async def during(
        self, action: ChatAction, work: Callable[[], T], every: float = ACTION_LASTS
    ) -> T:
        """What a slow work gives, done in a thread while the chat says that it goes on."""
        task = asyncio.create_task(asyncio.to_thread(work))
        try:
            while not task.done():
                with suppress(BadRequest):
                    await self.bot.send_chat_action(self.telegram_id, action)
                await asyncio.wait([task], timeout=every)
            return task.result()
        finally:
            task.cancel()

    async def answer(self, words: str = "", *, alert: bool = False) -> None:
        """End the tap, with plain words over the chat; one that is too old is let go."""
        if self._query is None:
            return
        words = words[: CallbackQueryLimit.ANSWER_CALLBACK_QUERY_TEXT_LENGTH]
        try:
            await self._query.answer(words or None, show_alert=alert)
        except BadRequest as error:
            log.info("tap.too_old", error=type(error).__name__)


async def show(
    bot: Bot, telegram_id: int, text: str, keyboard: InlineKeyboardMarkup | None = None
) -> None:
    """A message (Telegram HTML) with its buttons. Raises what Telegram raises."""
    await bot.send_message(
        telegram_id,
        text,
        parse_mode=ParseMode.HTML,
        reply_markup=keyboard,
        link_preview_options=_SILENT,
    )


def _is_the_same(error: Exception) -> bool:
    """Whether nothing had to change, as on a second tap; Telegram has only words for it."""
    return "not modified" in str(error).lower()
