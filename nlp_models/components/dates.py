"""The day of the facts: of the days that a text names, the one on which something happened."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from math import log

from spacy.language import Language
from spacy.tokens import Doc

from nlp_models.components.calendar import DAY_NAMES, Named, days_named
from nlp_models.cues import spelled_out, words_of
from nlp_models.reading import Reading, declare

declare("incident_date")

_MOST = 40  # days that are weighed; a register of days is no story
_AROUND = 60
_OLDEST = 60  # days; what lies further back is not less likely still
_WORDS = words_of("calendar")
_SUM: dict[str, float] = _WORDS["sum"]
_MANNER: dict[str, float] = _WORDS["manner"]
_BEGINS = re.compile(r"(?:^|[.!?:,;(])[ ]{0,3}\Z")
_SENTENCE_END = re.compile(r"[.!?]")


@dataclass(frozen=True, slots=True)
class Clue:
    """Words about a day that speak for it as the day of the facts, or against it."""

    name: str
    weight: float
    pattern: re.Pattern[str]
    manner: str = ""


@Language.component(
    "dates",
    requires=["doc._.reading", "doc._.complaint_score"],
    assigns=["doc._.incident_date"],
)
def dates(doc: Doc) -> Doc:
    """Leave the day of the facts on the Doc."""
    reading: Reading = doc._.reading
    sent = reading.passage.sent.date()
    doc._.incident_date = incident_date(reading.folded, sent, doc._.complaint_score)
    return doc


def incident_date(folded: str, sent: date, complaint: float = 1.0) -> date | None:
    """Give the one day of the facts, never after `sent`; None when there is none, or doubt.

    The less a message is a complaint, the less a day in it is likely to be one of facts: it is
    that of a booking, of an absence, of a letter.
    """
    best: dict[date, float] = {}
    calm = _SUM["no_complaint"] * (1 - complaint)
    for day, weight in weighed(folded, sent, calm):
        again = _SUM["again"] if day.on in best else 0
        best[day.on] = max(best.get(day.on, weight), weight) + again
    on = max(best, key=lambda day: best[day], default=None)
    return on if on and best[on] >= _SUM["enough"] else None


def weighed(folded: str, sent: date, alike: float = 0) -> Iterator[tuple[Named, float]]:
    """Give the days that are named up to `sent`, each with what speaks for it beside `alike`."""
    days = [day for day in days_named(folded, sent) if day.on <= sent][:_MOST]
    if not days:
        return
    alike += _SUM["bias"] + _SUM["rivals"] * log(len({day.on for day in days}))
    alike += sum(clue.weight for clue in _ABOUT if clue.pattern.search(folded))
    for day in days:
        yield day, alike + _weight(folded, day, sent) + _SUM["first"] * (day is days[0])


def _weight(folded: str, day: Named, sent: date) -> float:
    age = min((sent - day.on).days, _OLDEST)
    manner = _MANNER[manner_of(day, age)]
    met = sum(clue.weight for clue in clues_met(folded, day))
    begins = _SUM["begins"] * bool(_BEGINS.search(folded[max(0, day.start - 4) : day.start]))
    return manner + met + begins + _SUM["age"] * log(1 + age)


def manner_of(day: Named, age: int) -> str:
    """Tell apart the manners that the age of the day divides."""
    if day.manner == "near":
        return "yesterday" if age else "today"
    return "this_weekday" if day.manner == "weekday" and age == 0 else day.manner


def clues_met(folded: str, day: Named) -> Iterator[Clue]:
    """Give the clues in the sentence about a day."""
    before = _SENTENCE_END.split(folded[max(0, day.start - _AROUND) : day.start])[-1]
    after = _SENTENCE_END.split(folded[day.end : day.end + _AROUND])[0]
    for clues, words in ((_BEFORE, before), (_NEAR, f"{before} | {after}")):
        yield from (clue for clue in clues if _holds(clue, day) and clue.pattern.search(words))
    yield from (clue for clue in _AFTER if clue.pattern.match(folded, day.end))


def _holds(clue: Clue, day: Named) -> bool:
    return not clue.manner or clue.manner == day.manner


def _clues(part: str, before: str = "", after: str = "") -> tuple[Clue, ...]:
    """Compile the clues of one part; `before` and `after` are formats of what surrounds them."""
    return tuple(
        Clue(
            f"{part}.{name}",
            clue["weight"],
            re.compile(
                f"{before.format(**clue)}(?:{'|'.join(map(_in_full, clue['cues']))})"
                f"{after.format(**clue)}"
            ),
            clue.get("manner", ""),
        )
        for name, clue in _WORDS[part].items()
    )


def _in_full(cue: str) -> str:
    return spelled_out(cue.replace("@weekday", f"(?:{DAY_NAMES})"))


_BEFORE = _clues("before", r"\b", r"(?:[ ]{{1,4}}\S{{1,30}}){{0,{words}}}[ ,:;(]{{0,3}}$")
_AFTER = _clues("after", r"[^.!?]{{0,{within}}}?(?<!\w)")
_NEAR = _clues("near", r"\b")
_ABOUT = _clues("about", r"\b")
