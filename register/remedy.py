"""What is promised: actions that mend the cause, compensations, and what the client says of them.

A promise has an owner or a kind, a day by which it is due, and is closed by what proves it. Pure.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from register.attachment import Attachment

CHECKED_AFTER = (30, 90)
"""Days after an action was done on which its effect is looked at."""


class CompensationKind(StrEnum):
    """How a client is compensated."""

    REFUND = "refund"
    CREDIT_NOTE = "credit_note"
    LESSONS = "lessons"
    DISCOUNT = "discount"
    GESTURE = "gesture"


class Verdict(StrEnum):
    """What the client says of the answer and of what was promised."""

    SETTLED = "settled"
    NOT_KEPT = "not_kept"  # a promise is still open for the client
    CONTESTED = "contested"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A look at the effect of an action: complaints of the motive before and after it."""

    days: int  # one of CHECKED_AFTER
    before: int  # complaints in that many days before the action was done
    after: int  # and after it
    is_effective: bool
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """A corrective action: what is done, by whom, by when; immediate ones before the answer."""

    number: int
    what: str
    owner: str = ""
    due: date | None = None
    is_immediate: bool = False
    is_promised: bool = False  # an answer that left has said it: it is not taken back
    is_common: bool = False  # for several cases: it stands, whatever this one comes to
    done_at: datetime | None = None
    evidence: str = ""  # what proves it, in words
    pieces: tuple[Attachment, ...] = ()
    checks: tuple[Check, ...] = ()

    @property
    def is_done(self) -> bool:
        """True once it was closed with its evidence."""
        return self.done_at is not None

    @property
    def is_fixed(self) -> bool:
        """True once it is done or the client has it in writing: it is not taken back."""
        return self.is_done or self.is_promised

    def next_check(self) -> int | None:
        """The days of the look that is still owed; None when it was looked at each time."""
        seen = {one.days for one in self.checks}
        return next((days for days in CHECKED_AFTER if days not in seen), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Compensation:
    """What is given: `amount` in EUR (a discount's too), or `quantity` of lessons, or words."""

    number: int
    kind: CompensationKind
    amount: Decimal | None = None
    quantity: int | None = None
    words: str = ""
    due: date | None = None
    is_promised: bool = False  # an answer that left has said it: it is not taken back
    done_at: datetime | None = None
    evidence: str = ""
    pieces: tuple[Attachment, ...] = ()

    @property
    def is_done(self) -> bool:
        """True once it was given, with its evidence."""
        return self.done_at is not None

    @property
    def is_fixed(self) -> bool:
        """True once it is done or the client has it in writing: it is not taken back."""
        return self.is_done or self.is_promised


@dataclass(frozen=True, slots=True, kw_only=True)
class Satisfaction:
    """What the client was asked after the answer, and said."""

    asked_at: datetime
    verdict: Verdict | None = None
    said_at: datetime | None = None


def open_promises(
    actions: Iterable[Action], compensations: Iterable[Compensation]
) -> list[Action | Compensation]:
    """What was promised and is not done, the earliest due first; without a day last."""
    promises: list[Action | Compensation] = [*actions, *compensations]
    return sorted((one for one in promises if not one.is_done), key=lambda one: one.due or date.max)
