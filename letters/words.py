"""The French words: names of the codes, and how dates, hours and sums are written.

The names stand in templates/fr/codes.toml; nothing here knows a sentence. An establishment may have
names of its own for motives: one process serves one establishment, so they are told once, when
it starts, and every card, keyboard and letter has them without being handed them.
"""

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from babel.numbers import format_currency
from babel.units import format_unit

from register.labels import OWN, Motive

LOCALE = "fr_FR"

_STOPS = ".!?…»:)"
_LINK = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)


_motive_names: dict[Motive, str] = {}


def name_motives(names: Mapping[Motive, str]) -> None:
    """From now on these motives go by these names, all others by those that ship."""
    _motive_names.clear()
    _motive_names.update(names)


def known_motives() -> tuple[Motive, ...]:
    """The motives that one can choose from: the thirteen, then the establishment's own."""
    return (*Motive, *(one for one in _motive_names if one.is_own))


def named(code: StrEnum) -> str:
    """What people see of a code: a name, and for a `Refusal` its sentence.

    An own motive that has no name any more is still legible by its code.
    """
    if isinstance(code, Motive) and code in _motive_names:
        return _motive_names[code]
    if isinstance(code, Motive) and code.is_own:
        return code.removeprefix(OWN).replace("_", " ").capitalize()
    return texts("codes")[type(code).__name__][code.value]


def long_date(day: date) -> str:
    """Such as "mercredi 2 décembre 2026"."""
    return format_date(day, _ordinal("EEEE d MMMM y", day), locale=LOCALE)


def short_date(day: date) -> str:
    """Such as "2 décembre 2026"."""
    return format_date(day, _ordinal("d MMMM y", day), locale=LOCALE)


def moment(at: datetime, zone: ZoneInfo) -> str:
    """Such as "22 novembre 2026 à 14 h 05", in that zone; its hour does not break."""
    local = at.astimezone(zone)
    pattern = _ordinal("d MMMM y", local.date()) + " 'à' H'\u00a0h\u00a0'mm"
    return format_datetime(local, pattern, locale=LOCALE)


def month(number: int) -> str:
    """Such as "mars", for 3."""
    return format_date(date(2000, number, 1), "LLLL", locale=LOCALE)


def hour(at: datetime, zone: ZoneInfo) -> str:
    """Such as "14 h 05", in that zone; it does not break."""
    return format_datetime(at.astimezone(zone), "H'\u00a0h\u00a0'mm", locale=LOCALE)


def amount(euros: Decimal) -> str:
    """Such as "1 290,00 €", with spaces that do not break."""
    return format_currency(euros, "EUR", locale=LOCALE)


def size(count: int) -> str:
    """The size of a piece, such as "245 ko" or "1,2 Mo"."""
    if count < 1_000_000:
        return format_unit(max(1, round(count / 1000)), "digital-kilobyte", "short", locale=LOCALE)
    return format_unit(round(count / 1_000_000, 1), "digital-megabyte", "short", locale=LOCALE)


def excerpt(text: str, limit: int) -> str:
    """What somebody wrote, safe to repeat in a letter: one line, bounded, without links.

    Whoever writes to us chooses these words and, with a forged sender, who reads them again in
    our acknowledgement: nothing to click is carried along, nor any invisible character.
    """
    visible = "".join(one for one in _LINK.sub("…", text) if one.isspace() or _is_visible(one))
    line = " ".join(visible.split())
    if len(line) <= limit:
        return line
    head, _, torn = line[:limit].rpartition(" ")
    return (head or torn) + "…"


def clause(text: str) -> str:
    """What somebody wrote, to stand inside a sentence of ours: without its full stop."""
    return text.strip().rstrip(".").rstrip()


def sentence(text: str) -> str:
    """What somebody wrote, as a sentence of its own: it ends with a stop."""
    text = text.strip()
    return text if not text or text[-1] in _STOPS else f"{text}."


def _is_visible(one: str) -> bool:
    return not unicodedata.category(one).startswith("C")


def _ordinal(pattern: str, day: date) -> str:
    return pattern.replace("d ", "d'er' ") if day.day == 1 else pattern


@cache
def texts(name: str) -> dict[str, dict[str, str]]:
    """The words of templates/fr/<name>.toml: tables of short texts by key."""
    source = files("letters.templates.fr").joinpath(f"{name}.toml")
    return tomllib.loads(source.read_text(encoding="utf-8"))
