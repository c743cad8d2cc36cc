"""The question how it went, as it stands in a client's chat: the letter, with its three buttons."""

import structlog
from telegram import Bot
from telegram.error import TelegramError

from bot.callbacks import Client
from bot.replies import keyboard
from bot.texts import label
from letters.dispatch import Courier
from register.complaint import Letter, LetterKind
from register.remedy import Verdict

log = structlog.get_logger()


class AskingCourier:
    """The courier of Telegram; under a letter that asks something it puts the buttons."""

    def __init__(self, courier: Courier, bot: Bot) -> None:
        self._courier = courier
        self._bot = bot

    async def deliver(self, letter: Letter) -> str:
        """The proof. Raises what the courier raises; buttons that fail do not undo a letter."""
        proof = await self._courier.deliver(letter)
        if letter.kind is LetterKind.SATISFACTION:
            await self._ask(letter, proof)
        return proof

    async def _ask(self, letter: Letter, proof: str) -> None:
        """Under its last message; the letter can be answered by a number without them too."""
        _, chat, messages = proof.split(":")
        reference = letter.letter_id.partition(".")[0]
        buttons = [(label(f"opinion.button_{one}"), Client(one, reference)) for one in Verdict]
        try:
            await self._bot.edit_message_reply_markup(
                int(chat), int(messages.split(",")[-1]), reply_markup=keyboard(*buttons)
            )
        except TelegramError as error:
            log.warning("buttons.not_shown", error=type(error).__name__)
