"""What the follow-up looks like on the manager's phone: lines with a number, buttons by number.

Several things stand in one message, so each has its own row of buttons under it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.callbacks import Desk
from bot.texts import label, say
from letters.promises import promised
from letters.words import excerpt, short_date
from register.complaint import Complaint, LetterKind
from register.promises import FOLLOWED, OpenPromise, Promise, code_of

Row = list[InlineKeyboardButton]
Page = tuple[str, InlineKeyboardMarkup | None]

NAME = 40
WHAT = 160  # characters of what was promised
PUT_OFF = (7, 30)  # days


@dataclass(frozen=True, slots=True)
class Line:
    """One open promise in a list."""

    number: int
    reference: str
    name: str
    what: str
    left: str
    is_over: bool


def digest(promises: Sequence[OpenPromise], today: date) -> Page:
    """What is to be done soon, or should have been."""
    text = say("following.digest", lines=_lines(promises, today))
    return text, _buttons(promises)


def listed(promises: Sequence[OpenPromise], total: int, today: date) -> Page:
    """All that is promised and open; `promises` may be the first of it only."""
    lines = _lines(promises, today)
    text = say("following.ledger", lines=lines, total=total, more=total - len(lines))
    return text, _buttons(promises)


def other_days(complaint: Complaint, promise: Promise, today: date) -> InlineKeyboardMarkup:
    """A week or a month from its day on, or from today where that is over."""
    start = max(promise.due or today, today)
    days = [(count, start + timedelta(days=count)) for count in PUT_OFF]
    rows = [
        [
            button(
                say("following.button_until", days=count, day=short_date(day)),
                "until",
                complaint.reference,
                f"{code_of(promise)}.{day.isoformat()}",
            )
        ]
        for count, day in days
    ]
    return InlineKeyboardMarkup([*rows, [to_card(complaint.reference)]])


def done_button(reference: str, code: str, number: int | None = None) -> InlineKeyboardButton:
    """It is done: the proof is asked for next."""
    return button(numbered("following.button_done", number), "done", reference, code)


def to_card(reference: str) -> InlineKeyboardButton:
    """The way to the card."""
    return button(label("manager.button_card"), "card", reference)


def ending_rows(complaint: Complaint) -> list[Row]:
    """Under a card: to close what was answered; to hold what is open, or that it is taken back."""
    if complaint.state in FOLLOWED:
        return [[_ending("close", complaint)]]
    answer = complaint.letter(LetterKind.ANSWER)
    if complaint.is_open and (answer is None or answer.is_sent):
        return [[_ending(one, complaint) for one in ("hold", "withdraw")]]
    return []


def button(words: str, action: str, reference: str = "", choice: str = "") -> InlineKeyboardButton:
    """One button of the desk."""
    return InlineKeyboardButton(words, callback_data=Desk(action, reference, choice).pack())


def numbered(key: str, number: int | None) -> str:
    """The words of a button; with its number where there are several of them."""
    words = label(key)
    return words if number is None else f"{words} · {number}"


def described(promise: Promise) -> str:
    """A promise in one bounded line."""
    return excerpt(promised(promise), WHAT)


def promise_rows(promises: Sequence[OpenPromise]) -> list[Row]:
    """For each promise, by its number: done, or another day."""
    is_one = len(promises) == 1
    return [_row(one, None if is_one else number) for number, one in enumerate(promises, 1)]


def _ending(action: str, complaint: Complaint) -> InlineKeyboardButton:
    return button(label(f"following.button_{action}"), action, complaint.reference)


def _row(one: OpenPromise, number: int | None) -> Row:
    reference = one.complaint.reference
    put_off = button(numbered("following.button_put_off", number), "put_off", reference, one.code)
    return [done_button(reference, one.code, number), put_off]


def _buttons(promises: Sequence[OpenPromise]) -> InlineKeyboardMarkup | None:
    return InlineKeyboardMarkup(promise_rows(promises)) if promises else None


def _lines(promises: Sequence[OpenPromise], today: date) -> list[Line]:
    return [_line(number, one, today) for number, one in enumerate(promises, 1)]


def _line(number: int, one: OpenPromise, today: date) -> Line:
    days = (one.due - today).days
    which = "over" if days < 0 else "left" if days else "today"
    return Line(
        number=number,
        reference=one.complaint.reference,
        name=excerpt(one.complaint.complainant.name, NAME),
        what=described(one.promise),
        left=say(f"following.due_{which}", days=abs(days), date=short_date(one.due)),
        is_over=days < 0,
    )
