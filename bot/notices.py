"""How the register remembers what a manager has been told, where there are several.

A notice is told once all have had it, or can never have it. While one of them cannot be reached
for the moment, those who have had it are remembered by name.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import structlog
from telegram.error import BadRequest, Forbidden, TelegramError

from register.complaint import Complaint, Letter, ReceivedMessage
from register.deadlines import CARD

log = structlog.get_logger()


def personal(key: str, telegram_id: int) -> str:
    """The key of a notice that this manager has had, and others may not."""
    return f"{key}@{telegram_id}"


@dataclass(frozen=True, slots=True)
class Reach:
    """Whom a notice has reached, and whom it will have to be told later."""

    had: tuple[int, ...]
    later: tuple[int, ...]

    def among(self, managers: Sequence[int]) -> "Reach":
        """The same for some of them."""
        return Reach(
            tuple(one for one in self.had if one in managers),
            tuple(one for one in self.later if one in managers),
        )

    def keys(self, keys: Sequence[str]) -> tuple[str, ...]:
        """What the register is to remember."""
        if self.later:
            return tuple(personal(key, one) for key in keys for one in self.had)
        return tuple(keys) if self.had else ()


async def reach(
    managers: Sequence[int],
    knows: Callable[[int], bool],
    tell: Callable[[int], Awaitable[None]],
) -> Reach:
    """Tell those who do not know yet; one who cannot be reached keeps nobody waiting."""
    had, later = [], []
    for one in managers:
        if knows(one):
            had.append(one)
            continue
        try:
            await tell(one)
        except (Forbidden, BadRequest) as error:  # they have left, or never written: not to be had
            log.warning("manager.unreachable", error=type(error).__name__)
        except TelegramError as error:
            log.warning("manager.not_told", error=type(error).__name__)
            later.append(one)
        else:
            had.append(one)
    return Reach(tuple(had), tuple(later))


def message_key(message: ReceivedMessage) -> str:
    """The notice that the client has written this."""
    return f"message:{message.source_id}"


def card_keys(complaint: Complaint) -> tuple[str, ...]:
    """A card tells that there is a complaint, and all that the client has written so far."""
    return (CARD, *map(message_key, complaint.messages))


def retry_event(letter: Letter) -> str:
    """How the story of a complaint names another try of a letter."""
    return f"{letter.kind}:retry"


def trouble_key(complaint: Complaint, letter: Letter, trouble: str) -> str:
    """The notice that a letter does not leave; after each retry it is news again."""
    retries = sum(event.what == retry_event(letter) for event in complaint.events)
    again = f":{retries}" if retries else ""
    return f"trouble:{letter.letter_id}:{trouble}{again}"
