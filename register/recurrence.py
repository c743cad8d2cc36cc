"""The recurrence radar: the same motive at the same site, with the same person ... again. Pure.

Twice in 90 days or three times in a year is no accident any more: the cases are shown to the
manager, who says whether they belong together. What was shown once does not count again.
"""

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from register.complaint import Complaint, State
from register.labels import Motive

TWICE_WITHIN = timedelta(days=90)
THREE_TIMES_WITHIN = timedelta(days=365)

_PLATE = re.compile(r"\b[A-HJ-NP-TV-Z]{2}[- ]?\d{3}[- ]?[A-HJ-NP-TV-Z]{2}\b")  # since 2009
_NO_CASES = frozenset({State.SET_ASIDE, State.WITHDRAWN})


class Common(StrEnum):
    """What cases of one motive can have in common."""

    SITE = "site"
    STAFF = "staff"
    TRAINING = "training"
    VEHICLE = "vehicle"


@dataclass(frozen=True, slots=True)
class Trait:
    """One thing that a case can share with others, as it was written there."""

    motive: Motive
    common: Common
    value: str

    @property
    def mark(self) -> str:
        """Eight signs that stand for it: no name stands in a button or a notice."""
        plain = " ".join(self.value.casefold().split())
        return hashlib.sha256(f"{self.motive}|{self.common}|{plain}".encode()).hexdigest()[:8]


@dataclass(frozen=True, slots=True)
class Recurrence:
    """Cases that come back, oldest first, with all that they share."""

    cases: tuple[Complaint, ...]
    shared: tuple[Trait, ...]

    @property
    def mark(self) -> str:
        """What a button calls it by."""
        return self.shared[0].mark

    @property
    def keys(self) -> tuple[str, ...]:
        """The notices that these cases have been shown for this."""
        return tuple(notice(one.mark) for one in self.shared)


def notice(mark: str) -> str:
    """The key of the notice that a case has been shown for what this mark stands for."""
    return f"recurrence:{mark}"


def recurrences(complaints: Iterable[Complaint], now: datetime) -> list[Recurrence]:
    """What comes back and was not shown yet; the same cases stand in one, whatever they share."""
    since = now - THREE_TIMES_WITHIN
    groups: dict[str, list[tuple[Trait, Complaint]]] = defaultdict(list)
    for complaint in complaints:
        if complaint.state in _NO_CASES or complaint.received_at < since:
            continue
        for trait in traits(complaint):
            if not complaint.was_told(notice(trait.mark)):
                groups[trait.mark].append((trait, complaint))
    found: dict[tuple[str, ...], tuple[tuple[Complaint, ...], list[Trait]]] = {}
    for group in groups.values():
        if cases := returning([one for _, one in group]):
            references = tuple(one.reference for one in cases)
            found.setdefault(references, (cases, []))[1].append(group[0][0])
    return [Recurrence(cases, tuple(shared)) for cases, shared in found.values()]


def returning(group: Sequence[Complaint]) -> tuple[Complaint, ...]:
    """Those of a group that lie close enough together, oldest first; empty where none do."""
    ordered = sorted(group, key=lambda one: (one.received_at, one.reference))
    close: dict[str, Complaint] = {}
    for count, within in ((2, TWICE_WITHIN), (3, THREE_TIMES_WITHIN)):
        for start in range(len(ordered) - count + 1):
            window = ordered[start : start + count]
            if window[-1].received_at - window[0].received_at <= within:
                close |= {one.reference: one for one in window}
    return tuple(one for one in ordered if one.reference in close)


def traits(complaint: Complaint) -> Iterator[Trait]:
    """What a case could share with others, as far as its text says."""
    if not complaint.motives:
        return
    source, motive = complaint.extraction.source, complaint.motives[0]
    named = {
        Common.SITE: (source.site,),
        Common.STAFF: source.staff,
        Common.TRAINING: (source.training,),
        Common.VEHICLE: tuple(_plates(complaint.text.upper())),
    }
    for common, values in named.items():
        for value in dict.fromkeys(one for one in values if one):
            yield Trait(motive, common, value)


def shown_for(mark: str, complaints: Iterable[Complaint]) -> list[Complaint]:
    """The cases that a proposal of that mark has named, oldest first; set aside ones are gone."""
    found = [one for one in complaints if one.state not in _NO_CASES and _was_shown(one, mark)]
    return sorted(found, key=lambda one: (one.received_at, one.reference))


def _was_shown(complaint: Complaint, mark: str) -> bool:
    """To one manager at least; a notice may still wait for another one."""
    key = notice(mark)
    return any(known == key or known.startswith(f"{key}@") for known, _ in complaint.told)


def _plates(text: str) -> list[str]:
    """Number plates, written the same way however the client writes them."""
    return [re.sub(r"[- ]", "", found) for found in _PLATE.findall(text)]
