"""The whole story of a complaint: who did what when, with what came in and what left. Pure.

Events are codes without contents; the messages and letters that they speak of stand beside them in
the complaint, and are told where they belong.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from html import unescape
from zoneinfo import ZoneInfo

from bot.cards import NAME, PAGE, SHORT, SHOWN, written
from bot.texts import label, say
from letters import evidence
from letters.promises import promised
from letters.words import excerpt, hour, long_date, named
from register.complaint import Complaint, Event, Grievance, Letter, ReceivedMessage

MESSAGE = 1000  # characters of what a client wrote
WORDS = 300  # of facts, actions and the like: all of them fit on a page, emoji included
LINE = 160  # of one grievance
NameOf = Callable[[str], str]

_INVESTIGATION = frozenset(
    ("finding", "facts", "causes", "concerns", "immediate", "isolated", "piece")
)
_DECISION = frozenset(("decision", "grievances", "actions", "compensations"))
"""The events after the last of which it is told how things now stand."""

_TAG = re.compile(r"<[^>]*>")


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened; `detail` is what there is to read of it, as Telegram HTML."""

    at: datetime
    who: str
    what: str  # empty: it was received
    detail: str = ""
    count: int = 1  # the same done several times on end, such as questions of the interview


def pages(complaint: Complaint, zone: ZoneInfo, name_of: NameOf) -> list[str]:
    """The story as messages that Telegram takes, in the order of time; there is always one."""
    entries = _joined(_entries(complaint, name_of), zone)
    parts = [_Part(_told(one, complaint, zone, name_of), _day(one, zone)) for one in entries]
    now = _Part(say("manager.story_now", state=named(complaint.state)))
    bodies = _paged([*parts, now])
    return [
        say("manager.story_head", reference=complaint.reference, page=at, pages=len(bodies))
        + f"\n\n{body}"
        for at, body in enumerate(bodies, 1)
    ]


# -- what happened ----------------------------------------------------------------------------


def _entries(complaint: Complaint, name_of: NameOf) -> list[Entry]:
    """All that happened; what happened at one moment stays in the order in which it was noted."""
    came = [Entry(one.received_at, "client", "", _message(one)) for one in complaint.opening]
    added = iter(complaint.messages[len(came) :])
    last = {_chapter(one.what): at for at, one in enumerate(complaint.events)}
    for at, one in enumerate(complaint.events):
        is_last = last[_chapter(one.what)] == at
        detail = _detail(one, complaint, added, name_of, is_last=is_last)
        came.append(Entry(one.at, one.who, one.what, detail))
    return sorted(came, key=lambda one: one.at)


def _chapter(what: str) -> str:
    """What an event belongs to, where several are told together."""
    for codes in (_INVESTIGATION, _DECISION):
        if what in codes:
            return min(codes)
    return what


def _detail(
    event: Event,
    complaint: Complaint,
    added: Iterator[ReceivedMessage],
    name_of: NameOf,
    *,
    is_last: bool,
) -> str:
    """What the complaint holds of an event; findings and decision as they now stand, at the end."""
    if (event.who, event.what) == ("client", "message"):
        message = next(added, None)
        return _message(message) if message else ""
    if event.what in _INVESTIGATION and is_last:
        return _findings(complaint)
    if event.what in _DECISION and is_last:
        return _decision(complaint)
    letter = next((one for one in complaint.letters if _left_at(one, event)), None)
    return _letter(letter, name_of) if letter else ""


def _left_at(letter: Letter, event: Event) -> bool:
    return event.what == f"{letter.kind}:sent" and letter.sent_at == event.at


def _joined(entries: Sequence[Entry], zone: ZoneInfo) -> list[Entry]:
    """What one person did several times on end, on one day, is told once; its end is kept."""
    found: list[Entry] = []
    for one in entries:
        before = found[-1] if found else None
        if before and _is_again(before, one, zone):
            found[-1] = replace(before, detail=one.detail, count=before.count + 1)
        else:
            found.append(one)
    return found


def _is_again(before: Entry, one: Entry, zone: ZoneInfo) -> bool:
    is_same = (before.who, before.what) == (one.who, one.what)
    is_one_day = _day(before, zone) == _day(one, zone)
    return is_same and is_one_day and bool(one.what) and not before.detail


def _day(entry: Entry, zone: ZoneInfo) -> date:
    return entry.at.astimezone(zone).date()


# -- how it is told ---------------------------------------------------------------------------


def _told(entry: Entry, complaint: Complaint, zone: ZoneInfo, name_of: NameOf) -> str:
    at = hour(entry.at, zone)
    if not entry.what:
        way = label(f"manager.way_{complaint.channel}")
        head = say("manager.story_received", at=at, way=way)
    else:
        who, what = name_of(entry.who), evidence.deed(entry.what)
        head = say("manager.story_event", at=at, who=who, what=what, count=entry.count)
    return f"{head}\n{entry.detail}" if entry.detail else head


def _message(message: ReceivedMessage) -> str:
    pieces = [excerpt(one.name, NAME) for one in message.attachments]
    return say(
        "manager.story_message",
        text=excerpt(message.text, MESSAGE),
        pieces=", ".join(pieces[:SHOWN]) + ("…" if len(pieces) > SHOWN else ""),
    )


def _letter(letter: Letter, name_of: NameOf) -> str:
    return say(
        "manager.story_letter",
        subject=excerpt(letter.subject, SHORT),
        to=excerpt(written(letter.to), SHORT) if letter.to else "",
        proof=excerpt(evidence.proof(letter, name_of), WORDS),
    )


def _findings(complaint: Complaint) -> str:
    found = complaint.investigation
    if found is None:
        return ""
    isolated = {None: "", True: "found_isolated", False: "found_shared"}[found.is_isolated]
    return say(
        "manager.story_findings",
        facts=excerpt(found.facts, WORDS),
        heard=excerpt(found.heard, WORDS),
        causes=excerpt(found.causes, WORDS),
        concerns=", ".join(named(one) for one in found.concerns or ()),
        isolated=label(f"manager.{isolated}") if isolated else "",
    )


def _decision(complaint: Complaint) -> str:
    return say(
        "manager.story_decision",
        outcome=named(complaint.outcome) if complaint.outcome else "",
        grievances=[excerpt(_grievance(one), LINE) for one in complaint.grievances[:SHOWN]],
        reasons=excerpt(complaint.decision.reasons, WORDS),
        actions=excerpt(" ; ".join(map(promised, complaint.actions)), WORDS),
        compensation=excerpt(" ; ".join(map(promised, complaint.compensations)), WORDS),
    )


def _grievance(one: Grievance) -> str:
    """What was found of it and why; its words, until somebody has said."""
    if one.finding is None:
        return f"{one.number}. {one.text}"
    return f"{one.number}. {named(one.finding)} : {one.reason}"


# -- pages ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Part:
    """What stays together on a page, below the heading of its day."""

    text: str
    day: date | None = None

    def below(self, shown: date | None) -> str:
        """The part where that day's heading is the last above it."""
        if self.day is None or self.day == shown:
            return self.text
        return f"{say('manager.story_day', day=long_date(self.day))}\n{self.text}"


def _paged(parts: Sequence[_Part]) -> list[str]:
    """As few pages as hold the parts; each begins with the heading of its day."""
    found: list[str] = []
    page, shown = "", None
    for part in parts:
        longer = f"{page}\n\n{part.below(shown)}" if page else part.below(None)
        if page and _length(longer) > PAGE:
            found.append(page)
            longer = part.below(None)
        page, shown = longer, part.day or shown
    return [*found, page]


def _length(html: str) -> int:
    """How Telegram measures: what is seen, in units of UTF-16."""
    return len(unescape(_TAG.sub("", html)).encode("utf-16-le")) // 2
