"""The Telegram courier: a letter leaves as plain text, in as many messages as it needs."""

import re

from telegram import Bot, LinkPreviewOptions
from telegram.constants import MessageLimit
from telegram.error import BadRequest, Forbidden, TelegramError

from letters.dispatch import Trouble, Undeliverable, Unreachable
from register.complaint import Letter
from register.labels import Channel

_BREAKS = (r"\n\s*\n", r"\n", r"\s")  # where a long text is cut: paragraph, line, word


class TelegramCourier:
    """Takes letters to Telegram chats, through the bot of a line that runs."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot

    async def deliver(self, letter: Letter) -> str:
        """The proof, "telegram:<chat>:<message>,...". Raises Undeliverable, Unreachable."""
        chat = _chat(letter)
        try:
            sent = [await self._send(chat, part) for part in parts(letter.body)]
        except Forbidden:  # blocked, or the account is gone
            raise Undeliverable(Trouble.BLOCKED) from None
        except BadRequest:  # plain text of a lawful length: only the chat can be wrong
            raise Undeliverable(Trouble.BAD_ADDRESS) from None
        except TelegramError:  # no network, too many requests, a token refused
            raise Unreachable(Trouble.UNREACHABLE) from None
        return f"telegram:{chat}:{','.join(map(str, sent))}"

    async def _send(self, chat: int, text: str) -> int:
        without_preview = LinkPreviewOptions(is_disabled=True)
        sent = await self._bot.send_message(chat, text, link_preview_options=without_preview)
        return sent.message_id


def parts(text: str, limit: int = MessageLimit.MAX_TEXT_LENGTH) -> list[str]:
    """The text in parts of lawful length, cut between paragraphs where that can be done.

    Telegram counts in units of UTF-16: an emoji is two.
    """
    found, rest = [], text.strip()
    while _length(rest) > limit:
        at = _cut(rest, limit)
        found.append(rest[:at].rstrip())
        rest = rest[at:].lstrip()
    return [*found, rest]


def _cut(text: str, limit: int) -> int:
    head = text.encode("utf-16-le")[: limit * 2].decode("utf-16-le", errors="ignore")
    for pattern in _BREAKS:
        if breaks := [found.start() for found in re.finditer(pattern, head) if found.start()]:
            return breaks[-1]
    return len(head)


def _length(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _chat(letter: Letter) -> int:
    if letter.to is None or letter.to.channel is not Channel.TELEGRAM:
        raise Undeliverable(Trouble.BAD_ADDRESS)
    try:
        return int(letter.to.value)
    except ValueError:
        raise Undeliverable(Trouble.BAD_ADDRESS) from None
