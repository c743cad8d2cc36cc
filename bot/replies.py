"""What we say back, to people who may have blocked us and on screens that may be gone.

The duty lies in the register: a reply that Telegram refuses breaks nothing, so it is noted and let
go. A network that is down is another thing, and raises.
"""

import structlog
from telegram import (
    Bot,
    CallbackQuery,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
)
from telegram.constants import ParseMode
from telegram.error import BadRequest, Forbidden

from bot.callbacks import Callback

log = structlog.get_logger()

Button = tuple[str, Callback]
"""What it says, and what it carries."""


async def tell(bot: Bot, chat: str, text: str, *buttons: Button) -> bool:
    """Send a text (Telegram HTML) with its buttons, one a row; whether it could be sent."""
    try:
        await bot.send_message(
            int(chat),
            text,
            parse_mode=ParseMode.HTML,
            reply_markup=keyboard(*buttons),
            link_preview_options=LinkPreviewOptions(is_disabled=True),
        )
    except (Forbidden, BadRequest) as error:
        log.warning("reply.refused", error=type(error).__name__)
        return False
    return True


async def alert(query: CallbackQuery, text: str = "") -> None:
    """Answer a tap, with a short plain text over the chat; too late an answer is let go."""
    try:
        await query.answer(text or None)
    except (Forbidden, BadRequest) as error:
        log.info("alert.refused", error=type(error).__name__)


async def take_buttons_away(query: CallbackQuery) -> None:
    """Leave the tapped message without its buttons: what they asked is done."""
    try:
        await query.edit_message_reply_markup(None)
    except (Forbidden, BadRequest, TypeError) as error:  # TypeError: a message we cannot see
        log.info("buttons.stay", error=type(error).__name__)


def keyboard(*buttons: Button) -> InlineKeyboardMarkup | None:
    """Buttons below one another; None without any."""
    rows = [[InlineKeyboardButton(words, callback_data=data.pack())] for words, data in buttons]
    return InlineKeyboardMarkup(rows) if rows else None
