"""The menus behind the slash: every client has the same, each manager has one more."""

import structlog
from telegram import Bot, BotCommand, BotCommandScopeAllPrivateChats, BotCommandScopeChat
from telegram.error import BadRequest, Forbidden

from bot.access import Access
from bot.texts import label

log = structlog.get_logger()

CLIENT_COMMANDS = ("start", "suivi")
MANAGER_COMMANDS = ("ouvertes", "suivi", "nouvelle", "registre", "stats", "ecartes")


async def show_menus(bot: Bot, access: Access) -> None:
    """Show everybody their menu; a manager who has never written yet gets it later."""
    await bot.set_my_commands(_menu(CLIENT_COMMANDS), BotCommandScopeAllPrivateChats())
    for telegram_id in access.managers():
        await show_manager_menu(bot, telegram_id)


async def show_manager_menu(bot: Bot, telegram_id: int) -> None:
    """Show one manager theirs."""
    try:
        menu = _menu(MANAGER_COMMANDS, suivi=label("following.menu_suivi"))
        await bot.set_my_commands(menu, BotCommandScopeChat(telegram_id))
    except (BadRequest, Forbidden) as error:
        log.warning("menu.refused", error=type(error).__name__)


def _menu(commands: tuple[str, ...], **otherwise: str) -> list[BotCommand]:
    """The commands with their words; `otherwise` for one that says another thing here."""
    return [
        BotCommand(one, otherwise.get(one) or label(f"complainant.menu_{one}")) for one in commands
    ]
