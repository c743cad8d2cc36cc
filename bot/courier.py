"""The Telegram courier: a letter leaves as plain text, in so many messages, then as PDF.

What of a letter has arrived is remembered while the process lives: where a later part fails, the
next attempt goes on from there, and the client does not get the words again each time. After a
crash the whole letter leaves anew: twice is better than half.
"""

import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial

from telegram import Bot, LinkPreviewOptions
from telegram.constants import MessageLimit
from telegram.error import BadRequest, Forbidden, TelegramError

from letters.dispatch import Trouble, Undeliverable, Unreachable
from letters.enclosures import Enclosure, OpenPiece, enclosures
from register.complaint import Attachment, Letter
from register.labels import Channel

_BREAKS = (r"\n\s*\n", r"\n", r"\s")  # where a long text is cut: paragraph, line, word


class TelegramCourier:
    """Takes letters to Telegram chats, through the bot of a line that runs."""

    def __init__(self, bot: Bot, open_piece: OpenPiece) -> None:
        self._bot = bot
        self._open_piece = open_piece
        self._arrived: dict[Letter, list[int]] = {}  # the messages of letters that are half there

    async def deliver(self, letter: Letter) -> str:
        """The proof, "telegram:<chat>:<message>,...". Raises Undeliverable, Unreachable."""
        chat = _chat(letter)
        enclosed = await enclosures(letter, self._open_piece)
        steps = self._steps(chat, letter.body, enclosed)
        sent = self._arrived.setdefault(_words(letter), [])
        try:
            for step in steps[len(sent) :]:
                sent.append(await step())
        except Forbidden:  # blocked, or the account is gone
            raise Undeliverable(Trouble.BLOCKED) from None
        except BadRequest:  # plain text of a lawful length: only the chat can be wrong
            raise Undeliverable(Trouble.BAD_ADDRESS) from None
        except TelegramError:  # no network, too many requests, a token refused
            raise Unreachable(Trouble.UNREACHABLE) from None
        del self._arrived[_words(letter)]
        return f"telegram:{chat}:{','.join(map(str, sent))}"

    def _steps(
        self, chat: int, body: str, enclosed: list[Enclosure]
    ) -> list[Callable[[], Awaitable[int]]]:
        """A message each; words that fit below the one document are part of it."""
        if len(enclosed) == 1 and _length(body.strip()) <= MessageLimit.CAPTION_LENGTH:
            return [partial(self._give, chat, *enclosed[0], caption=body.strip())]
        words = [partial(self._send, chat, part) for part in parts(body)]
        return [*words, *(partial(self._give, chat, piece, data) for piece, data in enclosed)]

    async def _give(self, chat: int, piece: Attachment, data: bytes, caption: str = "") -> int:
        sent = await self._bot.send_document(
            chat, data, filename=piece.name, caption=caption or None
        )
        return sent.message_id

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


def _words(letter: Letter) -> Letter:
    """The letter whatever has become of its attempts: what a client has of it stays true."""
    return replace(letter, attempts=0, retry_at=None, trouble="", is_stuck=False)


def _chat(letter: Letter) -> int:
    if letter.to is None or letter.to.channel is not Channel.TELEGRAM:
        raise Undeliverable(Trouble.BAD_ADDRESS)
    try:
        return int(letter.to.value)
    except ValueError:
        raise Undeliverable(Trouble.BAD_ADDRESS) from None
