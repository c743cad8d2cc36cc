"""How a draft ends: filed or joined to what is known, by a tap or by silence; and what is said."""

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from telegram import Bot

from bot.callbacks import Client
from bot.questions import Questions
from bot.replies import tell
from bot.texts import label, say
from intake.reception import Fate, Reception
from letters.establishment import Establishment
from register.complaint import OPEN_STATES, Complainant, Complaint, State
from register.database import Register, telegram
from register.labels import Channel
from register.people import Draft, Filing

log = structlog.get_logger()

JOINABLE = OPEN_STATES | {State.ANSWERED, State.ACTIONS_FOLLOWED}


class Closing:
    """Takes drafts to the reception; the acknowledgement itself leaves by dispatch."""

    def __init__(
        self,
        register: Register,
        reception: Reception,
        questions: Questions,
        clock: Callable[[], datetime],
        silence: timedelta,
        establishment: Establishment,
    ) -> None:
        self._register = register
        self._reception = reception
        self._questions = questions
        self._clock = clock
        self._silence = silence
        self._establishment = establishment

    def joinable(self, chat: str) -> list[Complaint]:
        """Those of a chat that are open, or answered (not to its liking, perhaps); newest first."""
        known = self._register.by_address(telegram(chat))
        return [one for one in known if one.state in JOINABLE]

    async def file(self, bot: Bot, draft: Draft) -> None:
        """Make a complaint of it, or pass it on; then say which."""
        complainant = Complainant(name=draft.sender_name, address=telegram(draft.chat))
        taken = await self._reception.file(draft, complainant=complainant)
        if taken.fate is Fate.REGISTERED and taken.reference:
            await self.tell_registered(bot, draft.chat, taken.reference)
        elif taken.fate is Fate.SET_ASIDE:
            await self._tell_passed_on(bot, draft.chat, taken.number)

    async def join(self, bot: Bot, draft: Draft, reference: str) -> None:
        """Make it a piece of a complaint that is known, and say so."""
        self._reception.join_draft(draft, reference)
        await tell(bot, draft.chat, say("complainant.joined", reference=reference))

    async def tell_registered(self, bot: Bot, chat: str, reference: str) -> None:
        """Say the reference, and begin to ask what is missing."""
        self._questions.begin(chat, reference)
        await tell(bot, chat, say("complainant.registered", reference=reference))
        await self._questions.ask(bot, chat)

    async def _tell_passed_on(self, bot: Bot, chat: str, number: int | None) -> None:
        own = self._establishment
        text = say("complainant.passed_on", phone=own.phone, email=own.email)
        recall = Client("its_a_complaint", str(number))
        await tell(bot, chat, text, (label("complainant.button_its_a_complaint"), recall))

    async def close_silent(self, bot: Bot) -> None:
        """File what clients have not gone on with; one that fails keeps no other waiting.

        OSError (disk full) passes up: the drafts stay, and the next tick finds them.
        """
        for draft in self._register.drafts():
            try:
                await self._close_if_silent(bot, draft.chat)
            except OSError:
                raise
            except Exception as error:  # noqa: BLE001 - the drafts after it are still due
                log.error("draft.not_closed", error=type(error).__name__)

    async def _close_if_silent(self, bot: Bot, chat: str) -> None:
        draft = self._register.draft(chat)
        if draft is None or draft.channel != Channel.TELEGRAM:  # the others are a manager's
            return
        if self._clock() - draft.last_at < self._silence:
            return
        known = self.joinable(chat)
        if not draft.messages:
            self._register.drop_draft(chat)
        elif draft.filing is Filing.UNSAID and known:
            await self.join(bot, draft, known[0].reference)
        else:
            await self.file(bot, draft)
