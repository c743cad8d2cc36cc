"""What a manager types, read: a sum, a day, "none". Pure."""

import re
from datetime import date
from decimal import Decimal

from babel.dates import get_month_names

from bot.texts import label
from letters.words import LOCALE

_AMOUNT = re.compile(
    r"(\d{1,3}(?:[ \u00a0\u202f.]\d{3})+|\d{1,7})(?:[.,](\d{1,2}))?\s*(?:€|euros?)?"
)
_WORD = re.compile(r"[^\W\d_]{2}")
_IN_FIGURES = re.compile(r"(\d{1,2})\s*[/.-]\s*(\d{1,2})(?:\s*[/.-]\s*(\d{4}|\d{2}))?")
_IN_WORDS = re.compile(r"(\d{1,2})(?:er)?\s+([^\W\d_]+)\.?(?:\s+(\d{4}))?")


def euros(text: str) -> Decimal | None:
    """The sum of a text such as "120", "1 290,50 €"; None where it is not one, or nothing."""
    read = _AMOUNT.fullmatch(text.strip())
    if read is None:
        return None
    sum_ = Decimal(f"{re.sub(r'[^0-9]', '', read[1])}.{read[2] or '0'}")
    return sum_.quantize(Decimal("0.01")) or None


def day(text: str, today: date) -> date | None:
    """The day of "15/03", "15 mars 2026": without a year the next one; None where it is none."""
    text = text.strip().casefold().removeprefix("le ").strip()
    if figures := _IN_FIGURES.fullmatch(text):
        return _day(figures[1], int(figures[2]), figures[3], today)
    if words := _IN_WORDS.fullmatch(text):
        return _day(words[1], _month(words[2]), words[3], today)
    return None


def is_none(text: str) -> bool:
    """Whether it says that there is nothing."""
    return text.strip(" .!\n").casefold() in label("manager.said_none").split(", ")


def is_word(text: str) -> bool:
    """Whether it says anything; a stray sign does not."""
    return bool(_WORD.search(text))


def _month(name: str) -> int:
    months = get_month_names("wide", locale=LOCALE)
    return next((at for at, one in months.items() if len(name) > 2 and one.startswith(name)), 0)


def _day(number: str, month: int, year: str | None, today: date) -> date | None:
    try:
        if year:
            return date(int(year) % 100 + today.year // 100 * 100, month, int(number))
        this = date(today.year, month, int(number))
        return this if this >= today else this.replace(year=today.year + 1)
    except ValueError:
        return None
