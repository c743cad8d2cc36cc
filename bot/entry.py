"""A complaint that came by telephone, by letter or at the desk, entered by the manager.

The draft and the question that waits are in the register: it goes on after a restart. What comes
twice is kept once.
"""

import asyncio
import re
from dataclasses import replace

from telegram import Message

from bot import keyboards
from bot.callbacks import Desk, UnknownButton
from bot.downloads import Unfetchable, fetch, sent_file
from bot.gathering import Gathering, received
from bot.keyboards import ENTERED_BY, ENTRY
from bot.office import Office
from bot.screen import Screen
from bot.texts import label, say
from register.complaint import Address, Complainant
from register.labels import Channel
from register.people import Draft, Filing

TEXT, NAME, CONTACT = "text", "name", "contact"
FILED = "filed"  # a question without an answer: the card is still to be shown

_MAIL = re.compile(r"[^@\s<>,;]{1,64}@[^@\s<>,;]{1,190}\.[^@\s<>,;.]{2,63}")
_PHONE = re.compile(r"\+?[\d\s.()/-]{6,25}")


class Entry:
    """Channel, words and pieces, name, address: then it is filed like any other."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._gathering = Gathering(office.register, office.clock)
        self.acts = {
            "entry": self.choose_channel,
            "finished": self.finish,
            "skip": self.skip,
            "cancel": self.cancel,
        }

    async def begin(self, screen: Screen) -> None:
        """Ask for the channel; an entry under way goes on where it stopped."""
        asked = self._office.asked(screen.telegram_id)
        draft = self._draft(screen)
        if draft is None:
            await screen.show(say("manager.entry_channel"), keyboards.entry_channels())
        elif asked and asked[0] == ENTRY and asked[1] != TEXT:
            await self._ask(screen, asked[1])
        else:
            await self._ask_text(screen, draft)

    async def choose_channel(self, screen: Screen, button: Desk) -> str:
        """How it came."""
        if button.choice not in ENTERED_BY:
            raise UnknownButton(button.choice)
        now = self._office.clock()
        fresh = Draft(chat=_chat(screen), filing=Filing.COMPLAINT, started_at=now, last_at=now)
        draft = replace(self._draft(screen) or fresh, channel=button.choice)
        self._office.register.save_draft(draft)
        await self._ask_text(screen, draft)
        return ""

    async def finish(self, screen: Screen, button: Desk) -> str:
        """The words are all there."""
        draft = self._known_draft(screen)
        if not draft.messages:
            return label("manager.entry_empty")
        await self._ask(screen, NAME)
        return ""

    async def skip(self, screen: Screen, button: Desk) -> str:
        """The name, or the address, is not known."""
        asked = self._office.asked(screen.telegram_id)
        if asked and asked[1] == FILED:
            await self.show_filed(screen, asked[0])
        elif asked != (ENTRY, button.choice):
            raise UnknownButton(button.choice)
        elif button.choice == NAME:
            await self._ask(screen, CONTACT)
        else:
            await self._file(screen, Complainant())
        return ""

    async def cancel(self, screen: Screen, button: Desk) -> str:
        """Nothing is entered."""
        self._office.register.drop_draft(_chat(screen))
        await screen.turn(say("manager.entry_cancelled"))
        asked = self._office.asked(screen.telegram_id)
        if asked and asked[0] == ENTRY:
            self._office.ask_nothing(screen.telegram_id)
        return ""

    async def hear(self, screen: Screen, asked: str, message: Message) -> None:
        """What the manager writes while entering a complaint."""
        draft = self._draft(screen)
        if draft is None:
            self._office.ask_nothing(screen.telegram_id)
            await screen.show(say("manager.entry_none"))
        elif asked == TEXT:
            await self._keep(screen, message)
        elif not message.text:
            await screen.show(say("manager.text_wanted"))
        elif asked == NAME:
            self._office.register.save_draft(replace(draft, sender_name=message.text.strip()))
            await self._ask(screen, CONTACT)
        elif (known := reachable(message.text)) is None:
            await screen.show(say("manager.entry_bad_contact"), keyboards.entry_question(CONTACT))
        else:
            await self._file(screen, known)

    async def show_filed(self, screen: Screen, reference: str) -> None:
        """The card of what was entered."""
        complaint = self._office.complaint(reference)
        await screen.show(say("manager.entry_filed", reference=reference))
        await screen.show(*self._office.card(complaint))
        self._office.ask_nothing(screen.telegram_id)

    # -- below --------------------------------------------------------------------------------

    async def _keep(self, screen: Screen, message: Message) -> None:
        chat, kept = _chat(screen), received(message)
        if not self._gathering.knows(chat, kept.source_id):
            self._gathering.add(chat, kept, "")
        if not await self._keep_piece(screen, message, kept.source_id):
            return
        draft = self._known_draft(screen)
        text = say(
            "manager.entry_noted",
            texts=sum(bool(one.text) for one in draft.messages),
            pieces=sum(len(one.attachments) for one in draft.messages),
        )
        await screen.show(text, keyboards.entry_text())

    async def _keep_piece(self, screen: Screen, message: Message, source_id: str) -> bool:
        """Fetch the file of a message, if it has one; False where Telegram does not give it."""
        file = sent_file(message)
        if file is None:
            return True
        try:
            data = await fetch(screen.bot, file)
        except Unfetchable:
            await screen.show(say("manager.entry_too_big"), keyboards.entry_text())
            return False
        keep = self._office.keep_piece
        piece = await asyncio.to_thread(keep, file.name, data, file.content_type)
        self._gathering.attach(_chat(screen), source_id, piece)
        return True

    async def _ask_text(self, screen: Screen, draft: Draft) -> None:
        text = say("manager.entry_text", channel=label(f"manager.entry_{draft.channel}"))
        await screen.turn(text, keyboards.entry_text())
        self._office.ask(screen.telegram_id, ENTRY, TEXT)

    async def _ask(self, screen: Screen, asked: str) -> None:
        await screen.turn(say(f"manager.entry_{asked}"), keyboards.entry_question(asked))
        self._office.ask(screen.telegram_id, ENTRY, asked)

    async def _file(self, screen: Screen, known: Complainant) -> None:
        """File the draft; what is still to be shown is saved before anything is said."""
        draft = self._known_draft(screen)
        complainant = replace(known, name=draft.sender_name)
        taken = await self._office.reception.file(draft, complainant=complainant)
        if taken.reference is None:
            raise UnknownButton(ENTRY)
        with self._office.register.one_save():
            self._office.entered(taken.reference, screen.telegram_id)
            self._office.ask(screen.telegram_id, taken.reference, FILED)
        await self.show_filed(screen, taken.reference)

    def _draft(self, screen: Screen) -> Draft | None:
        return self._office.register.draft(_chat(screen))

    def _known_draft(self, screen: Screen) -> Draft:
        draft = self._draft(screen)
        if draft is None:
            raise UnknownButton(ENTRY)
        return draft


def reachable(text: str) -> Complainant | None:
    """How a client can be reached, from what the manager wrote: an e-mail or a telephone.

    None where it is neither.
    """
    text = text.strip()
    if _MAIL.fullmatch(text):
        return Complainant(address=Address(Channel.EMAIL, text))
    if _PHONE.fullmatch(text):
        return Complainant(contact=text)
    return None


def _chat(screen: Screen) -> str:
    """The draft of a manager never meets the one that the same person may have as a client."""
    return screen.who
