"""The assessment: what was found, grievance by grievance (ISO 10002, 7.4 and 7.5). Pure values.

A complaint is split into grievances; each gets a finding and the reason for it. The outcome of
the whole follows from the findings: nobody decides it a second time.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from register.attachment import Attachment


class Outcome(StrEnum):
    """What was decided of the whole."""

    UPHELD = "upheld"
    PARTLY_UPHELD = "partly_upheld"
    NOT_UPHELD = "not_upheld"


class Finding(StrEnum):
    """What was found of one grievance."""

    UPHELD = "upheld"
    PARTLY_UPHELD = "partly_upheld"
    NOT_UPHELD = "not_upheld"
    UNESTABLISHED = "unestablished"  # neither can be established


class Concern(StrEnum):
    """What makes a complaint more than its severity says."""

    SAFETY = "safety"
    MINOR = "minor"
    DISABILITY = "disability"


@dataclass(frozen=True, slots=True, kw_only=True)
class Grievance:
    """One thing that is complained of; `number` is what the letter calls it by, from 1."""

    number: int
    text: str
    finding: Finding | None = None
    reason: str = ""

    @property
    def is_answered(self) -> bool:
        """True once there is a finding with its reason: "réponse motivée"."""
        return self.finding is not None and bool(self.reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class Investigation:
    """What was found, filled one question at a time; what is empty was not asked yet.

    `unknown` holds the questions that were answered by "I do not know": they are not asked again
    by themselves, and the card names them.
    """

    opened_at: datetime
    opened_by: str
    facts: str = ""  # what happened, and how that was established
    heard: str = ""  # who was heard
    pieces: tuple[Attachment, ...] = ()  # what the manager added
    causes: str = ""
    concerns: tuple[Concern, ...] | None = None  # None: not asked; empty: none
    is_weighed: bool = False  # severity and concerns were confirmed together
    immediate_asked: bool = False  # True once said whether something had to be done at once
    is_isolated: bool | None = None
    unknown: tuple[str, ...] = ()


def outcome_of(grievances: Iterable[Grievance]) -> Outcome | None:
    """What the findings make of the whole; None while one of them is missing.

    What cannot be established counts neither for nor against, unless nothing else is there:
    then the complaint is not upheld, since nothing speaks for it.
    """
    findings = [one.finding for one in grievances]
    if not findings or None in findings:
        return None
    told = {one for one in findings if one is not Finding.UNESTABLISHED}
    if told == {Finding.UPHELD}:
        return Outcome.UPHELD if Finding.UNESTABLISHED not in findings else Outcome.PARTLY_UPHELD
    if told & {Finding.UPHELD, Finding.PARTLY_UPHELD}:
        return Outcome.PARTLY_UPHELD
    return Outcome.NOT_UPHELD
