"""What the register can be asked for: the whole story of one complaint."""

from bot import keyboards
from bot.callbacks import Desk, UnknownButton
from bot.office import Office
from bot.screen import Screen
from bot.story import pages
from register.complaint import Complaint


class Reports:
    """Looks at the register and changes nothing."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self.acts = {"story": self.go_on_telling}

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
