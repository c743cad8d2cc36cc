"""A complaint that came by telephone, by letter or at the desk, entered by the manager.

The draft and the question that waits are in the register: it goes on after a restart. What comes
twice is kept once. A button says which entry it belongs to, so that one client's words never meet
another's.
"""

import asyncio
import re
from dataclasses import replace

from telegram import Message

from bot import keyboards
from bot.callbacks import Desk, UnknownButton
from bot.downloads import Unfetchable, fetch, sent_file
from bot.gathering import Gathering, received
from bot.keyboards import ENTERED_BY, ENTRY, FILED
from bot.office import Office
from bot.screen import Screen
from bot.texts import label, say
from letters.words import excerpt, moment
from register.complaint import Address, Complainant
from register.labels import Channel
from register.people import Draft, Filing

CHANNEL, TEXT, NAME, CONTACT = "channel", "text", "name", "contact"
EXCERPT = 200  # characters that remind of an entry under way

_MAIL = re.compile(r"[^@\s<>,;]{1,64}@[^@\s<>,;]{1,190}\.[^@\s<>,;.]{2,63}")
_PHONE = re.compile(r"\+?[\d\s.()/-]{6,25}")


class Entry:
    """Channel, words and pieces, name, address: then it is filed like any other."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._gathering = Gathering(office.register, office.clock)
        self.acts = {
            "entry": self.choose_channel,
            "resume": self.resume,
            "anew": self.ask_to_start_over,
            "start_over": self.start_over,
            "finished": self.finish,
            "skip": self.skip,
            "cancel": self.cancel,
            "drop": self.drop,
        }

    async def begin(self, screen: Screen) -> None:
        """Ask for the channel; where words of another entry wait, ask what becomes of them."""
        draft = self._draft(screen)
        if draft and draft.messages:
            text = self._about(draft, "entry_under_way")
            await screen.show(text, keyboards.entry_under_way(_mark(draft)))
        else:
            await screen.show(say("manager.entry_channel"), keyboards.entry_channels())
        self._office.ask(screen.telegram_id, ENTRY, CHANNEL)

    async def choose_channel(self, screen: Screen, button: Desk) -> str:
        """How it came; an old button changes no entry that holds words."""
        known = self._draft(screen)
        if button.choice not in ENTERED_BY or (known and known.messages):
            raise UnknownButton(button.choice)
        now = self._office.clock()
        draft = Draft(
            chat=_chat(screen),
            filing=Filing.COMPLAINT,
            channel=button.choice,
            started_at=now,
            last_at=now,
        )
        self._office.register.save_draft(draft)
        await self._ask_text(screen, draft)
        return ""

    async def resume(self, screen: Screen, button: Desk) -> str:
        """The entry under way goes on with its words."""
        await self._ask_text(screen, self._meant(screen, button.choice))
        return ""

    async def ask_to_start_over(self, screen: Screen, button: Desk) -> str:
        """One question before the words of an entry are given up for another one."""
        draft = self._meant(screen, button.choice)
        keyboard = keyboards.entry_sure("start_over", button.choice)
        await screen.turn(self._about(draft, "entry_start_over_sure"), keyboard)
        return ""

    async def start_over(self, screen: Screen, button: Desk) -> str:
        """A new entry in place of that one, which is dropped once the new one is offered."""
        draft = self._meant(screen, button.choice)
        await screen.turn(say("manager.entry_channel"), keyboards.entry_channels())
        with self._office.register.one_save():
            self._office.register.drop_draft(draft.chat)
            self._office.ask(screen.telegram_id, ENTRY, CHANNEL)
        return ""

    async def finish(self, screen: Screen, button: Desk) -> str:
        """The words are all there."""
        draft = self._meant(screen, button.choice)
        if not draft.messages:
            return label("manager.entry_empty")
        await self._ask(screen, draft, NAME)
        return ""

    async def skip(self, screen: Screen, button: Desk) -> str:
        """The name, or the address, is not known."""
        asked = self._office.asked(screen.telegram_id)
        if asked and asked[1] == FILED:
            await self.show_filed(screen, asked[0])
            return ""
        question, _, mark = button.choice.partition(".")
        draft = self._meant(screen, mark)
        if asked != (ENTRY, question):
            raise UnknownButton(button.choice)
        if question == NAME:
            await self._ask(screen, draft, CONTACT)
        else:
            await self._file(screen, Complainant())
        return ""

    async def cancel(self, screen: Screen, button: Desk) -> str:
        """Nothing is entered; asked once more where there are words already."""
        if not button.choice:
            return await self._cancel_channel(screen)
        draft = self._meant(screen, button.choice)
        if not draft.messages:
            return await self.drop(screen, button)
        keyboard = keyboards.entry_sure("drop", button.choice)
        await screen.turn(self._about(draft, "entry_drop_sure"), keyboard)
        return ""

    async def drop(self, screen: Screen, button: Desk) -> str:
        """That entry is given up."""
        self._meant(screen, button.choice)
        await self._leave(screen)
        return ""

    async def hear(self, screen: Screen, asked: str, message: Message) -> None:
        """What the manager writes while entering a complaint."""
        if asked == CHANNEL:
            await screen.show(say("manager.entry_choose_first"))
            return await self.begin(screen)
        draft = self._draft(screen)
        if draft is None:
            self._office.ask_nothing(screen.telegram_id)
            await screen.show(say("manager.entry_none"))
        elif asked == TEXT:
            await self._keep(screen, message)
        elif not message.text:
            await screen.show(say("manager.text_wanted"))
        elif asked == NAME:
            named = replace(draft, sender_name=message.text.strip())
            self._office.register.save_draft(named)
            await self._ask(screen, named, CONTACT)
        else:
            await self._hear_contact(screen, draft, message.text)

    async def show_filed(self, screen: Screen, reference: str) -> None:
        """The card of what was entered."""
        complaint = self._office.complaint(reference)
        await screen.show(say("manager.entry_filed", reference=reference))
        if screen.telegram_id in complaint.barred:
            await screen.show(say("conflict.barred"))
        else:
            await screen.show(*self._office.card(complaint, screen.telegram_id))
        self._office.ask_nothing(screen.telegram_id)

    # -- below --------------------------------------------------------------------------------

    async def _hear_contact(self, screen: Screen, draft: Draft, text: str) -> None:
        known = reachable(text)
        if known is None:
            keyboard = keyboards.entry_question(CONTACT, _mark(draft))
            await screen.show(say("manager.entry_bad_contact"), keyboard)
        else:
            await self._file(screen, known)

    async def _cancel_channel(self, screen: Screen) -> str:
        """Before the channel is chosen there is nothing to drop; an old button says nothing."""
        draft = self._draft(screen)
        is_asked = self._office.asked(screen.telegram_id) == (ENTRY, CHANNEL)
        if not is_asked or (draft and draft.messages):
            raise UnknownButton(ENTRY)
        await self._leave(screen)
        return ""

    async def _leave(self, screen: Screen) -> None:
        """Say that nothing is entered, and drop it after: an update that comes twice ends once."""
        await screen.turn(say("manager.entry_cancelled"))
        asked = self._office.asked(screen.telegram_id)
        with self._office.register.one_save():
            self._office.register.drop_draft(_chat(screen))
            if asked and asked[0] == ENTRY:
                self._office.ask_nothing(screen.telegram_id)

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
        await screen.show(text, keyboards.entry_text(_mark(draft)))

    async def _keep_piece(self, screen: Screen, message: Message, source_id: str) -> bool:
        """Fetch the file of a message, if it has one; False where Telegram does not give it."""
        file = sent_file(message)
        if file is None:
            return True
        try:
            data = await fetch(screen.bot, file)
        except Unfetchable:
            keyboard = keyboards.entry_text(_mark(self._known_draft(screen)))
            await screen.show(say("manager.entry_too_big"), keyboard)
            return False
        keep = self._office.keep_piece
        piece = await asyncio.to_thread(keep, file.name, data, file.content_type)
        self._gathering.attach(_chat(screen), source_id, piece)
        return True

    async def _ask_text(self, screen: Screen, draft: Draft) -> None:
        text = say("manager.entry_text", channel=label(f"manager.entry_{draft.channel}"))
        await screen.turn(text, keyboards.entry_text(_mark(draft)))
        self._office.ask(screen.telegram_id, ENTRY, TEXT)

    async def _ask(self, screen: Screen, draft: Draft, asked: str) -> None:
        keyboard = keyboards.entry_question(asked, _mark(draft))
        await screen.turn(say(f"manager.entry_{asked}"), keyboard)
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

    def _about(self, draft: Draft, text: str) -> str:
        written = " ".join(one.text for one in draft.messages if one.text)
        return say(
            f"manager.{text}",
            at=moment(draft.started_at, self._office.timetable.zone),
            excerpt=excerpt(written, EXCERPT),
            pieces=sum(len(one.attachments) for one in draft.messages),
        )

    def _meant(self, screen: Screen, mark: str) -> Draft:
        """The entry that a button belongs to. Raises UnknownButton where it is over."""
        draft = self._known_draft(screen)
        if _mark(draft) != mark:
            raise UnknownButton(mark)
        return draft

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


def _mark(draft: Draft) -> str:
    """What the buttons of an entry know it by: the second in which it began."""
    return str(int(draft.started_at.timestamp()))


def _chat(screen: Screen) -> str:
    """The draft of a manager never meets the one that the same person may have as a client."""
    return screen.who
