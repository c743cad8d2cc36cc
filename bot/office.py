"""What every part of the manager's desk works with, built once by the application."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from html import unescape

import structlog
from telegram import InlineKeyboardMarkup

from bot import cards, keyboards
from bot.callbacks import UnknownButton
from bot.keyboards import ENTRY, FILED
from bot.notices import card_keys, personal, trouble_key
from bot.screen import Screen
from bot.texts import say
from intake.reception import Reception
from letters.dispatch import Trouble
from letters.establishment import Establishment
from letters.evidence import actor
from letters.words import excerpt
from register.complaint import Attachment, Complaint, Letter
from register.database import Register
from register.deadlines import Timetable
from register.people import Manager

log = structlog.get_logger()


class Barred(Exception):
    """A complaint that names the manager who wants to see it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """The register and its surroundings, as one manager's tap finds them."""

    register: Register
    reception: Reception
    establishment: Establishment
    timetable: Timetable
    clock: Callable[[], datetime]
    changed: Callable[[], None]
    open_piece: Callable[[Attachment], bytes]
    keep_piece: Callable[[str, bytes, str], Attachment]

    def complaint(self, reference: str) -> Complaint:
        """The complaint that a button is about. Raises UnknownButton where there is none."""
        found = self.register.get(reference)
        if found is None:
            raise UnknownButton(reference)
        return found

    def is_barred(self, reference: str | None, telegram_id: int) -> bool:
        """Whether that complaint names this manager: nothing of it is shown to them."""
        found = self.register.get(reference) if reference else None
        return found is not None and telegram_id in found.barred

    def step(self, reference: str, take: Callable[[Complaint], Complaint]) -> Complaint:
        """Take a step on the complaint as it is now. Raises UnknownButton, and as the step does."""
        self.complaint(reference)
        return self.register.update(reference, take)

    def similar(self, complaint: Complaint) -> list[Complaint]:
        """The cases of the last year that resemble it."""
        return self.register.similar(complaint, within=cards.SIMILAR_WITHIN)

    def similar_for(self, complaint: Complaint, telegram_id: int) -> list[Complaint]:
        """Those that may be quoted to this manager: none that names them."""
        return [one for one in self.similar(complaint) if telegram_id not in one.barred]

    def card(self, complaint: Complaint, telegram_id: int) -> tuple[str, InlineKeyboardMarkup]:
        """The card of a complaint with its buttons, as this manager may see it."""
        similar = self.similar_for(complaint, telegram_id)
        text = cards.card(complaint, similar, self.clock(), self.timetable)
        return text, keyboards.card(complaint)

    def name_of(self, who: str) -> str:
        """Whoever did something, as a sentence begins: a manager by name, where one is known."""
        role, _, number = who.partition(":")
        is_manager = role == "manager" and number.isdecimal()
        known = self.register.manager(int(number)) if is_manager else None
        return (excerpt(known.name, cards.NAME) if known else "") or actor(who)

    async def show_text(self, screen: Screen, name: str, text: str) -> str:
        """All that a client wrote, in as many messages as it takes; words for where it is none."""
        pages = cards.pages(text)
        if not pages:
            return unescape(say("manager.no_text", reference=name))
        await screen.show(say("manager.whole_text", reference=name))
        for page in pages:
            await screen.show(page)
        return ""

    async def show_pieces(self, screen: Screen, name: str, pieces: Iterable[Attachment]) -> None:
        """The pieces as the client sent them."""
        for piece in pieces:
            try:
                data = self.open_piece(piece)
            except OSError:
                log.error("piece.unreadable", sha256=piece.sha256)
                words = say("manager.piece_missing", reference=name, name=piece.name)
                await screen.show(words)
            else:
                await screen.give(piece.name, data)

    def entered(self, reference: str, telegram_id: int) -> Complaint:
        """The complaint that this manager has entered: no card comes to tell what is known."""
        keys = [personal(key, telegram_id) for key in card_keys(self.complaint(reference))]
        now = self.clock()
        return self.step(reference, lambda one: one.with_told(keys, now))

    def warned(self, complaint: Complaint, letter: Letter, telegram_id: int) -> None:
        """This manager knows that the letter, without an address, will not leave by itself."""
        key = personal(trouble_key(complaint, letter, Trouble.NO_ADDRESS), telegram_id)
        now = self.clock()
        self.step(complaint.reference, lambda one: one.with_told([key], now))

    def manager_name(self, telegram_id: int) -> str:
        """A manager's name; where it is not known, that of who signs the letters."""
        known = self.register.manager(telegram_id)
        return (known.name if known else "") or self.establishment.signatory

    def others_at(self, reference: str, telegram_id: int) -> list[str]:
        """The other managers who are being asked about this complaint now."""
        return [
            self.manager_name(one.telegram_id)
            for one in self.register.managers()
            if one.telegram_id != telegram_id and one.question and one.question[0] == reference
        ]

    # -- the question that a manager's next text answers --------------------------------------

    def asked(self, telegram_id: int) -> tuple[str, str] | None:
        """What that manager's next text answers; None where nothing is asked."""
        manager = self.register.manager(telegram_id)
        return manager.question if manager else None

    def ask(self, telegram_id: int, reference: str, question: str) -> None:
        """Remember what was asked: call it once it has been shown."""
        self._remember(telegram_id, (reference, question))

    def ask_nothing(self, telegram_id: int) -> None:
        """The next text of that manager answers nothing."""
        self._remember(telegram_id, None)

    def turned_to(self, telegram_id: int, reference: str) -> None:
        """That manager looks at this complaint now: a text no longer answers for another one."""
        asked = self.asked(telegram_id)
        if asked and asked[0] not in (ENTRY, reference) and asked[1] != FILED:
            self.ask_nothing(telegram_id)

    def _remember(self, telegram_id: int, question: tuple[str, str] | None) -> None:
        known = self.register.manager(telegram_id)
        manager = known or Manager(telegram_id=telegram_id, paired_at=self.clock())
        if known is None or manager.question != question:
            self.register.save_manager(replace(manager, question=question))
