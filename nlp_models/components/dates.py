"""The day of the facts: words for days, resolved against the day the message was sent."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice

from spacy.language import Language
from spacy.tokens import Doc

from nlp_models.cues import spelled_out, words_of
from nlp_models.reading import declare

declare("incident_date")

_MOST = 20
_WORDS = words_of("calendar")
_MONTH = {name: month for month, names in enumerate(_WORDS["months"], start=1) for name in names}
_WEEKDAY = {name: day for day, names in enumerate(_WORDS["weekdays"]) for name in names}
_NUMBER = {
    "un": 1, "une": 1, "deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "six": 6, "sept": 7,
    "huit": 8, "dix": 10, "quinze": 15,
}  # fmt: skip

_MONTH_NAMES = "|".join(sorted(_MONTH, key=len, reverse=True))
_DAY_NAMES = "|".join(_WEEKDAY)
_COUNT = rf"(?:\d{{1,2}}|{'|'.join(_NUMBER)})"
_SOON = 75  # a day and month that come round again within so many days were meant to come


@dataclass(frozen=True, slots=True)
class Day:
    """A day that a text names, and whether the words about it say that something happened on it."""

    on: date
    of_the_facts: bool


@Language.component("dates", requires=["doc._.reading"], assigns=["doc._.incident_date"])
def dates(doc: Doc) -> Doc:
    """Leave the day of the facts on the Doc."""
    reading = doc._.reading
    doc._.incident_date = incident_date(reading.folded, reading.passage.sent.date())
    return doc


def incident_date(folded: str, sent: date) -> date | None:
    """Give the one day of the facts, never after `sent`; None when there are several, or none."""
    named = [day for day in days_in(folded, sent) if day.on <= sent]
    facts = {day.on for day in named if day.of_the_facts}
    return facts.pop() if len(facts) == 1 else None


def days_in(folded: str, sent: date) -> Iterator[Day]:
    """Give the days that a text names, each reading in its own manner and none twice."""
    taken: list[tuple[int, int]] = []
    for pattern, resolve in _MANNERS:
        for match in islice(pattern.finditer(folded), _MOST):
            if any(match.start() < end and start < match.end() for start, end in taken):
                continue
            taken.append(match.span())
            on = resolve(match, sent)
            if on:
                yield Day(on, not _told_otherwise(folded, match))


_OTHERWISE_BEFORE = re.compile(
    rf"\b(?:{'|'.join(spelled_out(words) for words in _WORDS['otherwise'])})"
    r"[ ,]{1,3}(?:le |du |au |ce )?$"
)
_OTHERWISE_AFTER = re.compile(
    r"[ ,]{0,2}(?:prochaine?|qui vient|a venir|next|proximo|au \d|et (?:le )?\d{1,2}\b|"
    rf"et (?:{_DAY_NAMES}))"
)
_HABIT = re.compile(r"(?:tous les|chaque|les|every|todos los) $")


def _told_otherwise(folded: str, match: re.Match[str]) -> bool:
    before = folded[max(0, match.start() - 45) : match.start()]
    return bool(
        _OTHERWISE_BEFORE.search(before)
        or _HABIT.search(before)
        or _OTHERWISE_AFTER.match(folded, match.end())
    )


def _whole(match: re.Match[str], sent: date) -> date | None:
    """A day, a month, perhaps a year: without the year, the last time it came round."""
    month = _MONTH.get(match["month"]) or int(match["month"])
    if match["year"]:
        year = int(match["year"])
        return _day(year + 2000 if year < 100 else year, month, int(match["day"]))
    day = int(match["day"])
    latest = _latest([_day(year, month, day) for year in (sent.year, sent.year - 1)], sent)
    return latest if latest and (sent - latest).days <= 365 - _SOON else None


def _iso(match: re.Match[str], sent: date) -> date | None:
    return _day(int(match["year"]), int(match["month"]), int(match["day"]))


def _day_of_month(match: re.Match[str], sent: date) -> date | None:
    """`le 3`: the last third of a month."""
    first = sent.replace(day=1)
    last_month = first - timedelta(days=1)
    day = int(match["day"])
    months = ((first.year, first.month), (last_month.year, last_month.month))
    return _latest([_day(year, month, day) for year, month in months], sent)


def _latest(days: list[date | None], sent: date) -> date | None:
    """Give the first that is not after the message."""
    return next((day for day in days if day and day <= sent), None)


def _weekday(match: re.Match[str], sent: date) -> date:
    """`mardi`: the last Tuesday, the day of the message itself only without `dernier`."""
    behind = (sent.weekday() - _WEEKDAY[match["weekday"]]) % 7
    if behind == 0 and match["last"]:
        behind = 7
    return sent - timedelta(days=behind)


def _relative(match: re.Match[str], sent: date) -> date:
    word = match.group()
    if re.match(r"avant|the day before|anteayer", word):
        return sent - timedelta(days=2)
    return sent - timedelta(days=1 if re.match(r"hier|yesterday|last night|ayer", word) else 0)


def _ago(match: re.Match[str], sent: date) -> date:
    count = _NUMBER.get(match["count"]) or int(match["count"])
    return sent - timedelta(days=count * (7 if match["unit"][0] in "sw" else 1))


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


_ISO = re.compile(r"\b(?P<year>20\d\d)-(?P<month>\d\d)-(?P<day>\d\d)\b")
_FIGURES = re.compile(
    r"(?<![\d/.-])(?!24/7\b)(?P<day>\d{1,2})[/.-](?P<month>\d{1,2})(?:[/.-](?P<year>20\d\d|\d\d))?"
    r"(?![\d/€]|[ ]?(?:€|e\b|euros|h\b))"
)
_DAY_AND_MONTH = re.compile(
    rf"\b(?P<day>\d{{1,2}})(?:er|th|st|nd|rd)? (?:de |of )?(?P<month>{_MONTH_NAMES})\b\.?"
    r"(?: (?:de )?(?P<year>20\d\d))?"
)
_MONTH_AND_DAY = re.compile(
    rf"\b(?P<month>{_MONTH_NAMES}) (?P<day>\d{{1,2}})(?:th|st|nd|rd)?\b(?!\d)"
    r"(?:,? (?P<year>20\d\d))?(?! ?(?:h|€|e\b|euros))"
)
_NEAR = re.compile(
    r"\b(?:avant.?hier|the day before yesterday|anteayer|hier|yesterday|last night|ayer|"
    r"aujourd'? ?hui|auj\b|ce matin|cet? (?:apres|aprem)|ce midi|ce soir|tout a l'heure|today|"
    r"this (?:morning|afternoon)|hoy|esta manana)"
)
_AGO = re.compile(
    rf"\b(?:il y a|y a|ya|hace) (?P<count>{_COUNT}) "
    r"(?P<unit>jours?|j\b|semaines?|dias?|semanas?)"
)
_AGO_ENGLISH = re.compile(rf"\b(?P<count>{_COUNT}) (?P<unit>days?|weeks?) ago")
_NAMED_DAY = re.compile(
    rf"\b(?:last |el )?(?P<weekday>{_DAY_NAMES})\b(?P<last> (?:dernier|passe|pasado))?"
    r"(?! (?:prochain|qui vient))"
)
_NUMBERED_DAY = re.compile(
    r"\b(?:le|du) (?P<day>[1-9]|[12]\d|3[01])(?:er)?\b(?!(?:[ ]?(?:h\b|heures?|€|e\b|euros?|rue|"
    r"avenue|eme|e |ieme|/|\d|%|premier|dernier))|[.,]\d| (?:a|au) \d)"
)

# In this order: what an earlier manner has read is not read again.
_MANNERS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], date], date | None]], ...] = (
    (_ISO, _iso),
    (_FIGURES, _whole),
    (_DAY_AND_MONTH, _whole),
    (_MONTH_AND_DAY, _whole),
    (_NEAR, _relative),
    (_AGO, _ago),
    (_AGO_ENGLISH, _ago),
    (_NAMED_DAY, _weekday),
    (_NUMBERED_DAY, _day_of_month),
)
