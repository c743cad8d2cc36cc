"""The days that a text names, resolved against the day it was sent."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import islice

from nlp_models.cues import words_of

_MOST = 20
_WORDS = words_of("calendar")
_MONTH = {name: month for month, names in enumerate(_WORDS["months"], start=1) for name in names}
_WEEKDAY = {name: day for day, names in enumerate(_WORDS["weekdays"]) for name in names}
_SHORT = {name: day for day, name in enumerate(_WORDS["short_weekdays"])}
_NUMBER = {name: count for count, names in enumerate(_WORDS["numbers"]) for name in names}


def _one_of(names: dict[str, int]) -> str:
    return "|".join(sorted(names, key=len, reverse=True))


_MONTH_NAMES, DAY_NAMES = _one_of(_MONTH), _one_of(_WEEKDAY)
_COUNT = rf"(?:\d{{1,2}}|{_one_of(_NUMBER)})"
_BETWEEN = re.compile(r",? (?:\(|le |the |dia |el )?")
_SOON = 75  # a day and month that come round again within so many days were meant to come


@dataclass(frozen=True, slots=True)
class Named:
    """A day and the words that name it; `manner` says how: `near`, `weekday`, `number`, ..."""

    on: date
    start: int
    end: int
    manner: str


def days_named(folded: str, sent: date) -> list[Named]:
    """Give the days that a text names, each reading in its own manner, no words read twice."""
    manners = _MANNERS if _DIGIT.search(folded) else _IN_WORDS
    found: list[Named] = []
    taken: list[tuple[int, int]] = []
    for manner, pattern, resolve in manners:
        for match in islice(pattern.finditer(folded), _MOST):
            start, end = match.span()
            if any(start < other_end and other < end for other, other_end in taken):
                continue
            taken.append((start, end))
            on = resolve(match, sent)
            if on and not (manner == "weekday" and _joined(found, match)):
                found.append(Named(on, start, end, _exactly(manner, match)))
    return sorted(found, key=lambda day: day.start)


def _exactly(manner: str, match: re.Match[str]) -> str:
    if manner != "weekday":
        return manner
    if match["day"]:
        return "weekday_and_day"
    return "last_weekday" if match["last"] or match["before"] else manner


def _joined(found: list[Named], match: re.Match[str]) -> bool:
    """Let `mardi` before `le 12 mars` or after `hier` belong to it; `mardi, jeudi` are two."""
    for at, day in enumerate(found):
        if "weekday" in day.manner:
            continue
        gap = match.string[match.end() : day.start] or match.string[day.end : match.start()]
        if _BETWEEN.fullmatch(gap):
            start, end = min(day.start, match.start()), max(day.end, match.end())
            found[at] = replace(day, start=start, end=end)
            return True
    return False


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
    return _latest([_day(*month, int(match["day"])) for month in _months_back(sent, 2)], sent)


def _named_day(match: re.Match[str], sent: date) -> date | None:
    if match["day"]:
        return _weekday_and_day(match, sent)
    return _weekday(match, sent) if match["weekday"] in _WEEKDAY else None


def _weekday_and_day(match: re.Match[str], sent: date) -> date | None:
    """`jeudi 12`: the last twelfth that was a Thursday; the last twelfth where there is none."""
    weekday = _WEEKDAY.get(match["weekday"], _SHORT.get(match["weekday"]))
    days = [_day(*month, int(match["day"])) for month in _months_back(sent, 4)]
    return _latest([day for day in days if day and day.weekday() == weekday], sent) or _latest(
        days[:2], sent
    )


def _months_back(sent: date, count: int) -> Iterator[tuple[int, int]]:
    first = sent.replace(day=1)
    for _ in range(count):
        yield first.year, first.month
        first = (first - timedelta(days=1)).replace(day=1)


def _latest(days: list[date | None], sent: date) -> date | None:
    """Give the first that is not after the message."""
    return next((day for day in days if day and day <= sent), None)


def _weekday(match: re.Match[str], sent: date) -> date:
    """`mardi`: the last Tuesday, the day of the message itself only without `dernier`."""
    behind = (sent.weekday() - _WEEKDAY[match["weekday"]]) % 7
    if behind == 0 and (match["last"] or match["before"]):
        behind = 7
    if match["week"] and behind <= sent.weekday():
        behind += 7
    return sent - timedelta(days=behind)


def _near(match: re.Match[str], sent: date) -> date:
    behind = 2 if match["two"] else 1 if match["one"] else 0
    return sent - timedelta(days=behind)


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
    r"(?<![\w/.,-])(?!24/7\b)(?P<day>\d{1,2})[/.-](?P<month>\d{1,2})(?:[/.-](?P<year>20\d\d|\d\d))?"
    r"(?![\d/€]|[.,-]\d|[ ]?(?:€|e\b|eur|euros|h\b|%|km|min))"
)
_DAY_AND_MONTH = re.compile(
    rf"\b(?P<day>\d{{1,2}})(?:er|th|st|nd|rd)? ?(?:de |of )?(?P<month>{_MONTH_NAMES})\b"
    r"(?: (?:de )?(?P<year>20\d\d))?"
)
_MONTH_AND_DAY = re.compile(
    rf"\b(?P<month>{_MONTH_NAMES}) (?P<day>\d{{1,2}})(?:th|st|nd|rd)?\b(?!\d)"
    r"(?:,? (?P<year>20\d\d))?(?! ?(?:h\b|h\d|:|€|e\b|euros|heures|min|lecons))"
)
_NEAR = re.compile(
    rf"\b(?:(?P<two>{'|'.join(_WORDS['two_days_before'])})|"
    rf"(?P<one>{'|'.join(_WORDS['day_before'])})|(?:{'|'.join(_WORDS['same_day'])}))\b"
)
_AGO = re.compile(
    rf"\b(?:(?:il )?y ?'?a|ilya|hace|ha) (?P<count>{_COUNT}) ?"
    r"(?P<unit>jours?|j\b|semaines?|dias?|semanas?)"
)
_AGO_ENGLISH = re.compile(
    rf"\b(?P<count>{_COUNT}) (?P<unit>days?|weeks?|dias|semanas?) (?:ago|atras)"
)
_NAMED_DAY = re.compile(
    rf"\b(?P<before>last |ultim[oa] )?(?P<weekday>{DAY_NAMES}|(?:{_one_of(_SHORT)})(?=\.? \d))\b\.?"
    r"(?:,? (?:le |the |dia )?(?P<day>[1-9]|[12]\d|3[01])(?:th|st|nd|rd|er)?\b"
    r"(?![ ]?(?:h\b|h\d|heures?|:|€|e\b|euros?|min|lecons|am\b|pm\b|a \d)|[/.,:-]\d"
    rf"|(?: de)? (?:{_MONTH_NAMES})\b))?"
    r"(?P<last> (?:matin |soir |apres.midi )?(?:derniere?|dernie|passee?|pasad[oa]|passad[oa]))?"
    r"(?P<week> (?:matin |soir )?(?:de )?(?:la semaine (?:derniere|passee|d'avant)|last week))?"
)
_NUMBERED_DAY = re.compile(
    r"\b(?:le|du|au|el(?: dia)?|(?:no )?dia|the|on the) (?P<day>[1-9]|[12]\d|3[01])"
    r"(?:er|th|st|nd|rd)?\b(?!(?:[ ]?(?:h\b|h\d|heures?|€|e\b|euros?|rue|avenue|eme|e |ieme|"
    r"minutes?|min\b|fois|personnes?|eleves?|lecons?|ans|mois|jours|semaines|bis|"
    rf"{_MONTH_NAMES}|/|\d|%|:|premier|dernier|floor|time|lesson|hour))|[.,:-]\d| (?:a|au) \d)"
)

# In this order: what an earlier manner has read is not read again.
_Manner = tuple[str, re.Pattern[str], Callable[[re.Match[str], date], date | None]]
_MANNERS: tuple[_Manner, ...] = (
    ("whole", _ISO, _iso),
    ("figures", _FIGURES, _whole),
    ("whole", _DAY_AND_MONTH, _whole),
    ("near", _NEAR, _near),
    ("ago", _AGO, _ago),
    ("ago", _AGO_ENGLISH, _ago),
    ("weekday", _NAMED_DAY, _named_day),
    ("whole", _MONTH_AND_DAY, _whole),
    ("number", _NUMBERED_DAY, _day_of_month),
)
_DIGIT = re.compile(r"\d")
_IN_FIGURES = (_ISO, _FIGURES, _DAY_AND_MONTH, _MONTH_AND_DAY, _NUMBERED_DAY)
_IN_WORDS = tuple(manner for manner in _MANNERS if manner[1] not in _IN_FIGURES)
