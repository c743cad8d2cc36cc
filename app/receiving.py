"""The mailbox's thread beside the event loop: values cross over, the register stays on its side.

The mailbox blocks in its own thread; what it takes is handed to the loop and waited for, so that a
message is moved only once its complaint is on the disk.
"""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import Any, TypeVar

from intake.mail import parse_mail
from intake.mailbox import Mailbox, MailboxSettings, MailboxState, RawMail
from intake.pieces import Pieces
from intake.progress import Position
from intake.reception import Reception
from register.database import Register
from register.people import MailboxPosition

T = TypeVar("T")


class MailReceiving:
    """Mail from one mailbox into reception, until `stop`."""

    def __init__(
        self,
        settings: MailboxSettings,
        register: Register,
        reception: Reception,
        pieces: Pieces,
        own_addresses: tuple[str, ...],
        receiving_addresses: tuple[str, ...],
        on_state: Callable[[MailboxState], None],
        clock: Callable[[], datetime],
    ) -> None:
        self._settings = settings
        self._register = register
        self._reception = reception
        self._pieces = pieces
        self._own = own_addresses
        self._receiving = receiving_addresses
        self._on_state = on_state
        self._clock = clock
        self._folder = f"{settings.user}/{settings.folder}"
        self._loop: asyncio.AbstractEventLoop

    async def run(self, stop: asyncio.Event) -> None:
        """Receive until `stop`; ends when the message in hand is saved and moved."""
        self._loop = asyncio.get_running_loop()
        halt = threading.Event()
        mailbox = Mailbox(
            self._settings,
            position=lambda: self._on_loop(self._position()),
            take=lambda raw: self._on_loop(self._take(raw)),
            save_position=lambda position: self._on_loop(self._save(position)),
            on_state=self._tell_state,
            clock=self._clock,
        )
        work = asyncio.create_task(asyncio.to_thread(mailbox.run, halt))
        waiting = asyncio.create_task(stop.wait())
        await asyncio.wait([work, waiting], return_when=asyncio.FIRST_COMPLETED)
        halt.set()
        waiting.cancel()
        await work

    def _on_loop(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def _tell_state(self, state: MailboxState) -> None:
        self._loop.call_soon_threadsafe(self._on_state, state)

    async def _take(self, raw: RawMail) -> bool:
        message = await asyncio.to_thread(
            parse_mail,
            raw.raw,
            received_at=raw.received_at,
            keep=self._pieces.keep,
            own_addresses=self._own,
            receiving_addresses=self._receiving,
        )
        await self._reception.take(message)
        return True

    async def _position(self) -> Position | None:
        known = self._register.position(self._folder)
        if known is None:
            return None
        return Position(known.uid_validity, known.next_uid, known.since, known.old_below)

    async def _save(self, position: Position) -> None:
        self._register.save_position(
            MailboxPosition(
                folder=self._folder,
                uid_validity=position.uid_validity,
                next_uid=position.next_uid,
                since=position.since,
                old_below=position.old_below,
            )
        )
