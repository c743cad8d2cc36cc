"""What the register can be asked for: a complaint's story, a year's workbook and its figures."""

import re
from datetime import date, datetime
from html import unescape

from telegram.constants import ChatAction

from bot import keyboards
from bot.callbacks import Desk, UnknownButton
from bot.office import Office
from bot.screen import Screen
from bot.story import pages
from bot.summary import summary
from bot.texts import say
from letters.figures import Figures, counted, of_year
from letters.words import moment
from letters.workbook import workbook
from register.complaint import Complaint

EARLIEST = 2000  # a year before it is a slip of the finger

_YEAR = re.compile(r"\d{4}")


class Reports:
    """Looks at the register and changes nothing; slow works get what it holds, in a thread."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self.acts = {"story": self.go_on_telling}

    # -- the story of a complaint -------------------------------------------------------------

    async def go_on_telling(self, screen: Screen, button: Desk) -> str:
        """The first page of a story, or the one that the button names, below what was tapped."""
        complaint = self._office.complaint(button.reference)
        if not (button.choice or "1").isdecimal():
            raise UnknownButton(button.choice)
        await self.tell(screen, complaint, int(button.choice or "1"))
        return ""

    async def tell(self, screen: Screen, complaint: Complaint, page: int = 1) -> None:
        """One page of all that happened. Raises UnknownButton where there is no such page."""
        told = pages(complaint, self._office.timetable.zone, self._office.name_of)
        if not 1 <= page <= len(told):
            raise UnknownButton(str(page))
        keyboard = keyboards.story_next(complaint.reference, page, len(told))
        await screen.show(told[page - 1], keyboard)
        self._office.turned_to(screen.telegram_id, complaint.reference)

    # -- the register of a year ---------------------------------------------------------------

    async def give_register(self, screen: Screen, said: str) -> None:
        """The workbook of the year that was said, or of this one."""
        office, now = self._office, self._office.clock()
        year = _year(said, office.timetable.local(now))
        if year is None:
            return await self._ask_year(screen, "registre", now)
        complaints, zone = office.register.complaints(), office.timetable.zone
        found = of_year(complaints, year, zone)
        withheld = [one.reference for one in found if screen.telegram_id in one.barred]
        data = await screen.during(
            ChatAction.UPLOAD_DOCUMENT,
            lambda: workbook(complaints, office.establishment, zone, year, now, withheld),
        )
        words = say(
            "manager.register_caption" if found else "manager.register_nothing",
            year=year,
            count=len(found),
            at=moment(now, zone),
            withheld=len(withheld),
        )
        await screen.give(unescape(say("manager.register_file", year=year)), data, words)

    # -- the figures of a year ----------------------------------------------------------------

    async def give_figures(self, screen: Screen, said: str) -> None:
        """The picture of a year, with the same in words; where there is nothing, it says so."""
        office, now = self._office, self._office.clock()
        today = office.timetable.local(now)
        year = _year(said, today)
        if year is None:
            return await self._ask_year(screen, "stats", now)
        figures = counted(office.register.complaints(), year, now, office.timetable.zone)
        if figures.is_empty:
            return await screen.show(say("manager.stats_nothing", year=year))
        data = await screen.during(
            ChatAction.UPLOAD_PHOTO,
            lambda: _drawn(figures, office.establishment.name, today.date()),
        )
        await screen.give_picture(data, summary(figures))

    async def _ask_year(self, screen: Screen, command: str, now: datetime) -> None:
        year = self._office.timetable.local(now).year
        await screen.show(say("manager.which_year", command=command, year=year))


def _drawn(figures: Figures, name: str, day: date) -> bytes:
    """The picture; matplotlib is loaded by the first one, for it takes a second."""
    from letters.chart import picture

    return picture(figures, name, day)


def _year(said: str, today: datetime) -> int | None:
    """The year that was said, this one where none was; None for a text that is no such year."""
    if not said.strip():
        return today.year
    year = int(said) if _YEAR.fullmatch(said.strip()) else 0
    return year if EARLIEST <= year <= today.year else None
