"""What is given to a reader, and what it finds: values without any library of language.

The reader (nlp_models) fills an `Extraction`; intake asks for one; the register keeps it beside
what the manager made of it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from register.labels import Channel, Motive, Role, Severity, Training


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """One message as a reader is given it: new text only, quotes and signature already apart."""

    text: str
    channel: Channel
    sent: datetime  # aware; relative dates are resolved against it, in its own zone
    subject: str = ""
    signature: str = ""
    sender_name: str = ""  # From display name, or the Telegram profile's name
    sender_address: str = ""  # e-mail address; empty on other channels


@dataclass(frozen=True, slots=True)
class ScoredMotive:
    """A motive with how sure the reader is (0 to 1) and the words that carried it."""

    motive: Motive
    score: float
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where the complaint comes from. What the text does not say is None, or an empty tuple."""

    name: str | None = None
    role: Role | None = None
    training: Training | None = None
    site: str | None = None
    staff: tuple[str, ...] = ()
    incident_date: date | None = None
    amount: Decimal | None = None  # EUR
    refs: tuple[str, ...] = ()
    phone: str | None = None  # E.164
    email: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Extraction:
    """What a text says, by machine. An empty one (`Extraction()`) means: nobody has read it."""

    is_complaint: bool | None = None  # None: not read
    score: float = 0.0  # how sure that it is a complaint, 0 to 1
    motives: tuple[ScoredMotive, ...] = ()  # the main one first, at most three
    severity: Severity | None = None
    source: Source = field(default_factory=Source)
    language: str | None = None  # ISO 639-1


Reads = Callable[[Passage], Extraction]
"""A reader as the other rooms know it: a function that may be slow and may raise."""
