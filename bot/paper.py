"""The letter on letterhead at the manager's desk: shown before it leaves, kept when it does.

It is made beside the loop; the same letter gives the same bytes, so what was shown is what leaves.
"""

import asyncio
from dataclasses import replace

import structlog

from bot.office import Office
from bot.screen import Screen
from bot.texts import say
from letters.pdf import CONTENT_TYPE, NotPrinted, file_name, printed
from register.complaint import Attachment, Complaint, Letter

log = structlog.get_logger()


class Paper:
    """Makes the PDF of letters, and shows it."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._drafts: dict[tuple[int, str], int] = {}  # the message that shows it, by manager

    async def show_draft(self, screen: Screen, complaint: Complaint, letter: Letter) -> None:
        """The letter as it would leave. An older draft goes: nobody must print that one."""
        await screen.tell_upload()
        try:
            data = await self._printed(complaint, letter)
        except NotPrinted:
            return await screen.show(say("manager.preview_no_pdf", reference=complaint.reference))
        await self.drop_draft(screen, complaint)
        shown = await screen.give(file_name(letter), data)
        if shown:
            self._drafts[screen.telegram_id, complaint.reference] = shown
        return None

    async def drop_draft(self, screen: Screen, complaint: Complaint) -> None:
        """The draft is not the letter any more."""
        shown = self._drafts.pop((screen.telegram_id, complaint.reference), None)
        if shown:
            await screen.take_back(shown)

    def keep_draft(self, screen: Screen, complaint: Complaint) -> None:
        """The draft has become the letter: it stays in the chat."""
        self._drafts.pop((screen.telegram_id, complaint.reference), None)

    async def enclosed(self, complaint: Complaint, letter: Letter) -> Letter:
        """The letter with its PDF, which is on the disk once this returns.

        Where none can be made it is as it was: its words must not wait for their looks.
        """
        try:
            data = await self._printed(complaint, letter)
        except NotPrinted:
            return letter
        keep, name = self._office.keep_piece, file_name(letter)
        piece = await asyncio.to_thread(keep, name, data, CONTENT_TYPE)
        return replace(letter, attachments=(piece,))

    async def give(self, screen: Screen, complaint: Complaint, letter: Letter) -> None:
        """The PDF that was approved; where its file is gone, the same is made again."""
        if not letter.attachments:
            return
        await screen.tell_upload()
        if not all(map(self._is_there, letter.attachments)):
            await self.enclosed(complaint, letter)
        await self._office.show_pieces(screen, complaint.reference, letter.attachments)

    def _is_there(self, piece: Attachment) -> bool:
        try:
            return bool(self._office.open_piece(piece))
        except OSError:
            return False

    async def _printed(self, complaint: Complaint, letter: Letter) -> bytes:
        office, to = self._office, (complaint.complainant.name,)
        zone = office.timetable.zone
        try:
            return await asyncio.to_thread(printed, letter, office.establishment, to, zone)
        except NotPrinted as error:
            log.error("letter.not_printed", reference=complaint.reference, error=str(error))
            raise
