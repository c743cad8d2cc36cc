"""The client's opinion at the manager's desk: told, or set by hand where a person must read it."""

from collections.abc import Sequence

from telegram import InlineKeyboardMarkup

from bot import ledger
from bot.callbacks import Desk, UnknownButton
from bot.office import Office
from bot.screen import Screen
from bot.texts import label, say
from letters.words import named
from register.complaint import Complaint
from register.deadlines import Timetable
from register.opinions import with_opinion
from register.promises import FOLLOWED, OpenPromise, due_day
from register.remedy import Verdict


class Verdicts:
    """What the manager does with an opinion."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self.acts = {"verdict": self.set}

    async def set(self, screen: Screen, button: Desk) -> str:
        """What the client has said some other way."""
        try:
            verdict = Verdict(button.choice)
        except ValueError:
            raise UnknownButton(button.choice) from None
        now = self._office.clock()
        after = self._office.step(
            button.reference, lambda one: with_opinion(one, verdict, now, screen.who)
        )
        self._office.step(
            button.reference, lambda one: one.with_told([told_key(one, screen.telegram_id)], now)
        )
        self._office.changed()
        screen.keep()
        await screen.turn(*notice(after, self._office.timetable))
        return label("manager.noted")


def told_key(complaint: Complaint, telegram_id: int | None = None) -> str:
    """The notice of the newest opinion; with a manager's number, as that manager has had it."""
    said = complaint.satisfaction
    if said is None or said.verdict is None or said.said_at is None:
        return ""
    key = f"verdict:{said.verdict}:{said.said_at.isoformat()}"
    return key if telegram_id is None else f"{key}@{telegram_id}"


def notice(complaint: Complaint, timetable: Timetable) -> ledger.Page:
    """What the client says, and what it leads to."""
    verdict = complaint.satisfaction.verdict if complaint.satisfaction else None
    if verdict is None:
        raise ValueError(f"{complaint.reference}: no opinion to tell")
    still = _still_open(complaint, timetable) if verdict is not Verdict.CONTESTED else []
    text = say(
        f"following.verdict_{verdict}",
        reference=complaint.reference,
        name=complaint.complainant.name,
        is_reopened=complaint.is_open,
        still=[ledger.described(one.promise) for one in still],
    )
    return text, InlineKeyboardMarkup([*_next_rows(complaint, still)])


def by_hand(complaint: Complaint) -> ledger.Page:
    """Nobody can write to this client: the manager asks, and says what was answered."""
    text = say(
        "following.ask_by_voice",
        reference=complaint.reference,
        name=complaint.complainant.name,
        contact=complaint.complainant.contact,
    )
    return text, InlineKeyboardMarkup([*verdict_rows(complaint), _card_row(complaint)])


def verdict_rows(complaint: Complaint) -> list[ledger.Row]:
    """The three opinions, one a row."""
    return [
        [ledger.button(f"« {named(one)} »", "verdict", complaint.reference, one)] for one in Verdict
    ]


def _next_rows(complaint: Complaint, still: Sequence[OpenPromise]) -> list[ledger.Row]:
    rows = ledger.promise_rows(still)
    if complaint.is_open:
        words = label("following.button_examine")
        rows.append([ledger.button(words, "investigate", complaint.reference)])
    return [*rows, _card_row(complaint)]


def _card_row(complaint: Complaint) -> ledger.Row:
    return [ledger.to_card(complaint.reference)]


def _still_open(complaint: Complaint, timetable: Timetable) -> list[OpenPromise]:
    if complaint.state not in FOLLOWED:
        return []
    return [
        OpenPromise(complaint, one, due_day(complaint, one, timetable))
        for one in complaint.open_promises()
    ]
