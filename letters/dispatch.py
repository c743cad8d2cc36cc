"""Every unsent letter to the courier of its channel: act, then mark.

What waits is a question to the register, so a restart has nothing to recover. A letter leaves at
least once; its second copy, after a crash between the two, carries the same letter_id.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

import structlog

from register.complaint import Complaint, Letter
from register.database import Register
from register.labels import Channel

BACK_OFF = tuple(timedelta(minutes=count) for count in (1, 5, 15, 60))
"""How long to wait after the first, second ... attempt that failed; the last one for ever."""

_log = structlog.get_logger(__name__)


class Trouble(StrEnum):
    """Why a letter has not left; couriers may use codes of their own, which read as `FAULT`."""

    NO_ADDRESS = "no_address"
    NO_COURIER = "no_courier"
    BAD_ADDRESS = "bad_address"
    BLOCKED = "blocked"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    SMTP_BUSY = "smtp_busy"
    SMTP_LOGIN = "smtp_login"
    SMTP_TLS = "smtp_tls"
    SMTP_SENDER = "smtp_sender"
    PIECE_MISSING = "piece_missing"
    FAULT = "fault"

    @classmethod
    def _missing_(cls, value: object) -> "Trouble":
        return cls.FAULT


class NotDelivered(Exception):
    """A letter did not leave; `trouble` is a short code without personal data."""

    def __init__(self, trouble: str) -> None:
        super().__init__(str(trouble))
        self.trouble = str(trouble)


class Undeliverable(NotDelivered):
    """It never will, by this way: bad address, unknown recipient, blocked."""


class Unreachable(NotDelivered):
    """Not now: no network, a busy server, a login refused."""


class Courier(Protocol):
    """Takes one letter to its channel."""

    async def deliver(self, letter: Letter) -> str:
        """The proof that it left; raises Undeliverable or Unreachable."""
        ...


class Dispatch:
    """Carries what the register says is unsent, one letter at a time on each channel."""

    def __init__(
        self,
        register: Register,
        couriers: Mapping[Channel, Courier],
        clock: Callable[[], datetime],
    ) -> None:
        self._register = register
        self._couriers = couriers
        self._clock = clock
        self._lanes: dict[Channel | None, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._unmarked: dict[str, _Departure] = {}  # by letter_id, until the register has it

    async def dispatch(self) -> int:
        """Take every letter that is due to its courier; how many have left.

        Raises OSError where the register cannot be saved: nothing else leaves on that channel
        until it can, and what has left is marked first, without a second copy.
        """
        waiting = [*(letter for _, letter in self._due()), *self._unmarked_letters()]
        lanes = [self._clear(channel) for channel in {_channel(letter) for letter in waiting}]
        outcomes = await asyncio.gather(*lanes, return_exceptions=True)
        for outcome in outcomes:
            if isinstance(outcome, BaseException):
                raise outcome
        return sum(one for one in outcomes if isinstance(one, int))

    def _due(self) -> list[tuple[str, Letter]]:
        now = self._clock()
        return [
            (complaint.reference, letter)
            for complaint in self._register.unsent()
            for letter in complaint.unsent()
            if letter.retry_at is None or letter.retry_at <= now
        ]

    def _unmarked_letters(self) -> list[Letter]:
        return [departure.letter for departure in self._unmarked.values()]

    async def _clear(self, channel: Channel | None) -> int:
        """One channel, alone: a slow server keeps no other channel waiting."""
        async with self._lanes[channel]:
            left = sum([self._mark(letter) for letter in self._unmarked_letters_of(channel)])
            for reference, letter in self._due():
                if _channel(letter) is channel:
                    left += await self._carry(reference, letter.letter_id)
            return left

    def _unmarked_letters_of(self, channel: Channel | None) -> list[Letter]:
        return [letter for letter in self._unmarked_letters() if _channel(letter) is channel]

    async def _carry(self, reference: str, letter_id: str) -> bool:
        """Whether the letter has left; it is looked up again, for others were sent meanwhile."""
        letter = self._waiting(reference, letter_id)
        if letter is None:
            return False
        try:
            proof = await self._courier(letter).deliver(letter)
        except Exception as error:  # noqa: BLE001 - one letter never stops the others
            self._note_failure(reference, letter, error)
            return False
        self._unmarked[letter_id] = _Departure(reference, letter, self._clock(), proof)
        return self._mark(letter)

    def _waiting(self, reference: str, letter_id: str) -> Letter | None:
        complaint = self._register.get(reference)
        waiting = complaint.unsent() if complaint else ()
        return next((one for one in waiting if one.letter_id == letter_id), None)

    def _courier(self, letter: Letter) -> Courier:
        if letter.to is None:
            raise Undeliverable(Trouble.NO_ADDRESS)
        courier = self._couriers.get(letter.to.channel)
        if courier is None:
            raise Undeliverable(Trouble.NO_COURIER)
        return courier

    def _mark(self, letter: Letter) -> bool:
        departure = self._unmarked[letter.letter_id]
        self._register.update(departure.reference, departure.marked)
        del self._unmarked[letter.letter_id]
        _log.info("letter_sent", reference=departure.reference, kind=letter.kind.value)
        return True

    def _note_failure(self, reference: str, letter: Letter, error: Exception) -> None:
        failed = _after_failure(letter, error, self._clock())

        def noted(complaint: Complaint) -> Complaint:
            return complaint.with_letter(failed) if _has(complaint, letter) else complaint

        self._register.update(reference, noted)
        _log.warning(
            "letter_not_sent",
            reference=reference,
            kind=letter.kind.value,
            trouble=failed.trouble,
            error=type(error).__name__,
        )


@dataclass(frozen=True, slots=True)
class _Departure:
    """A letter that has left, with what its courier said."""

    reference: str
    letter: Letter
    at: datetime
    proof: str

    def marked(self, complaint: Complaint) -> Complaint:
        """The complaint with this letter sent.

        Where it was withdrawn while it was leaving, it has left all the same, and the register
        says so.
        """
        known = complaint if _has(complaint, self.letter) else complaint.with_letter(self.letter)
        return known.with_sent(self.letter.letter_id, self.at, self.proof)


def unstick(letter: Letter, at: datetime) -> Letter:
    """The same letter, to be tried again from that moment on as if for the first time."""
    return replace(letter, is_stuck=False, attempts=0, retry_at=at, trouble="")


def _has(complaint: Complaint, letter: Letter) -> bool:
    return any(one.letter_id == letter.letter_id for one in complaint.letters)


def _channel(letter: Letter) -> Channel | None:
    return letter.to.channel if letter.to else None


def _after_failure(letter: Letter, error: Exception, now: datetime) -> Letter:
    trouble = error.trouble if isinstance(error, NotDelivered) else Trouble.FAULT.value
    failed = replace(letter, attempts=letter.attempts + 1, trouble=trouble)
    if isinstance(error, Undeliverable):
        return replace(failed, is_stuck=True, retry_at=None)
    wait = BACK_OFF[min(letter.attempts, len(BACK_OFF) - 1)]
    return replace(failed, retry_at=now + wait)
