"""Where everything is built and joined: read outward from here.

Opened in order, closed in reverse; nothing happens at import. The one clock of the house is here.
"""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta

from app import settings
from app.agenda import Agenda
from app.config import Config
from app.reading import LateReader
from app.receiving import MailReceiving
from bot.access import Access
from bot.alarms import Alarms
from bot.complainant import ComplainantDesk
from bot.courier import TelegramCourier
from bot.following import Following
from bot.line import Line
from bot.manager import ManagerDesk
from bot.menus import show_menus
from bot.pairing import Pairing
from bot.prompts import Prompts
from bot.survey import AskingCourier
from intake.pieces import Pieces
from intake.reception import Reception
from letters.dispatch import Courier, Dispatch
from letters.smtp import SmtpCourier
from letters.words import name_motives
from register.database import Register
from register.labels import Channel

Clock = Callable[[], datetime]
Part = Callable[[asyncio.Event], Coroutine[object, object, None]]


def system_clock() -> datetime:
    """Now. Everything else is given the time."""
    return datetime.now(UTC)  # noqa: TID251 - the one place


class Application:
    """One establishment's complaints desk, from its configuration and a clock."""

    def __init__(self, config: Config, clock: Clock = system_clock) -> None:
        self.config = config
        self.clock = clock
        name_motives(settings.motive_names(config))
        self.timetable = settings.timetable(config)
        self.establishment = settings.establishment(config)
        self.register = Register(settings.register_path(config))
        self.pieces = Pieces(settings.pieces_path(config))
        self.agenda = Agenda()
        self.reader = LateReader(
            config.establishment.sites,
            config.establishment.staff,
            settings.learned_path(config),
            settings.own_motives(config),
        )
        self.line = Line(
            config.telegram.token.get_secret_value(),
            base_url=config.telegram.base_url,
            base_file_url=config.telegram.base_file_url,
            on_state=lambda state: self.alarms.note_line(state),
        )
        self.access = Access(self.register, config.telegram.managers)
        self.reception = Reception(
            self.register,
            self.reader.read,
            self.establishment,
            self.timetable,
            clock,
            changed=self.agenda.wake,
        )
        self.dispatch = Dispatch(self.register, self._couriers(), clock)
        self.prompts = Prompts(self.register, self.access, self.line.bot, self.timetable, clock)
        self.following = Following(
            self.register,
            self.access,
            self.line.bot,
            self.timetable,
            clock,
            self.establishment,
            config.follow_up.ask_after,
        )
        self.pairing = Pairing(
            self.register,
            self.access,
            settings.pairing_codes(config, clock),
            clock,
            self.establishment.signatory,
        )
        self.alarms = Alarms(self.access, self.line.bot, clock)
        self.complainant_desk = ComplainantDesk(
            self.register,
            self.reception,
            self.pieces.keep,
            self.access,
            clock,
            timedelta(minutes=config.telegram.silence_minutes),
            self.timetable,
            self.establishment,
        )
        self.manager_desk = ManagerDesk(
            self.register,
            self.reception,
            self.access,
            self.establishment,
            self.timetable,
            clock,
            self.agenda.wake,
            self.pieces.read,
            self.pieces.keep,
            self.reader.is_well,
        )

    async def run(self, stop: asyncio.Event) -> None:
        """Receive, acknowledge, prompt and answer until `stop`; then end in order."""
        self.access.admit_configured(self.clock())
        self.line.add(self.pairing.handlers())
        self.line.add(self.manager_desk.handlers())
        self.line.add(self.complainant_desk.handlers())
        self.line.when_open(lambda bot: show_menus(bot, self.access))
        self._set_agenda()
        self.reader.start()
        try:
            await self._work(stop)
        finally:
            await self.line.hang_up()
            self.register.close()

    async def _work(self, stop: asyncio.Event) -> None:
        """Both ways in until `stop`; the agenda after them, so that what came last still leaves."""
        received = asyncio.Event()
        agenda = asyncio.create_task(self.agenda.run(received))
        try:
            await _together(stop, self.line.run, *self._mail())
        finally:
            received.set()
            await agenda

    def _mail(self) -> list[Part]:
        if self.config.imap is None:
            return []
        receiving = MailReceiving(
            settings.mailbox_settings(self.config.imap, self.config.hours),
            self.register,
            self.reception,
            self.pieces,
            settings.own_addresses(self.config),
            settings.receiving_addresses(self.config),
            self.alarms.note_mailbox,
            self.clock,
        )
        return [receiving.run]

    def _couriers(self) -> dict[Channel, Courier]:
        couriers: dict[Channel, Courier] = {
            Channel.TELEGRAM: AskingCourier(
                TelegramCourier(self.line.bot, self.pieces.read), self.line.bot
            )
        }
        if self.config.smtp:
            couriers[Channel.EMAIL] = SmtpCourier(
                settings.smtp_settings(self.config.smtp), self.establishment, self.pieces.read
            )
        return couriers

    def _set_agenda(self) -> None:
        every, desk, bot = self.agenda.every, self.complainant_desk, self.line.bot
        every(2, "dispatch", self.dispatch.dispatch, on_change=True)
        every(2, "cards", self.prompts.cards, on_change=True)
        every(2, "checklists", self.prompts.checklists, on_change=True)
        every(5, "alerts", self.prompts.alerts)
        every(5, "troubles", self.prompts.troubles, on_change=True)
        every(5, "additions", self.prompts.additions, on_change=True)
        every(5, "doubts", self.prompts.doubts, on_change=True)
        every(5, "answers sent", self.prompts.answers_sent, on_change=True)
        every(2, "pings", self.prompts.pings)
        every(30, "conflicts", self.following.conflicts, on_change=True)
        every(5, "promises", self.following.promises)
        every(5, "checks", self.following.checks)
        every(30, "recurrences", self.following.recurrences)
        every(5, "asking clients", self.following.ask_clients)
        every(5, "opinions", self.following.opinions, on_change=True)
        every(5, "verdicts", self.following.verdicts, on_change=True)
        every(5, "alarm", self.alarms.step)
        every(5, "silent drafts", lambda: desk.close_silent_drafts(bot))


async def _together(stop: asyncio.Event, *parts: Part) -> None:
    """Run all parts until `stop`; where one ends or fails, end the others, then raise."""
    tasks = [asyncio.create_task(part(stop)) for part in parts]
    waiting = asyncio.create_task(stop.wait())
    await asyncio.wait([waiting, *tasks], return_when=asyncio.FIRST_COMPLETED)
    stop.set()
    await waiting
    ended = await asyncio.gather(*tasks, return_exceptions=True)
    for one in ended:
        if isinstance(one, BaseException):
            raise one
