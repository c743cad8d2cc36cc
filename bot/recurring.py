"""Cases that come back: shown to the manager once, taken together or told apart by a tap."""

from collections.abc import Sequence
from datetime import datetime

from telegram import InlineKeyboardMarkup

from bot import ledger
from bot.callbacks import Desk, UnknownButton
from bot.effects import ACTION_WITHIN, LONGEST_ACTION
from bot.office import Office
from bot.screen import Screen
from bot.texts import label, say
from letters.words import named, short_date
from register.complaint import Complaint, State
from register.deadlines import Timetable
from register.labels import Training
from register.promises import FOLLOWED
from register.recurrence import Common, Recurrence, Trait, shown_for

COMMON = "common_"
"""What the question for a common action begins with; the mark of the recurrence follows."""

SHARED = "recurrence:shared"
DISTINCT = "recurrence:distinct"
ISOLATED = "isolated"  # the question of the interview

SHOWN = 8  # cases with a button each


class Recurring:
    """What the manager makes of cases that look alike."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self.acts = {"shared": self.take_together, "distinct": self.tell_apart}

    async def take_together(self, screen: Screen, button: Desk) -> str:
        """Not isolated: noted in every case, and one action for all is asked for."""
        cases, now = self._cases(button.choice), self._office.clock()
        with self._office.register.one_save():
            for one in cases:
                self._office.step(one.reference, lambda it: _shared(it, now, screen.who))
        self._office.changed()
        screen.keep()
        reference = cases[-1].reference
        later = ledger.button(label("manager.button_later"), "later", reference)
        text = say("following.ask_common", references=[one.reference for one in cases])
        await screen.turn(text, InlineKeyboardMarkup([[later]]))
        self._office.ask(screen.telegram_id, reference, COMMON + button.choice)
        return label("manager.noted")

    async def tell_apart(self, screen: Screen, button: Desk) -> str:
        """They have nothing to do with each other: noted, and not proposed again."""
        cases, now = self._cases(button.choice), self._office.clock()
        with self._office.register.one_save():
            for one in cases:
                self._office.step(one.reference, lambda it: _noted(it, DISTINCT, now, screen.who))
        references = [one.reference for one in cases]
        await screen.turn(say("following.distinct", references=references))
        return label("manager.noted")

    async def hear_action(self, screen: Screen, reference: str, question: str, text: str) -> None:
        """One action for all: the newest case carries it, the others say where it stands."""
        cases, what = self._cases(question.removeprefix(COMMON)), " ".join(text.split())
        if len(what) > LONGEST_ACTION:
            words = say("manager.too_long", most=LONGEST_ACTION, length=len(what))
            return await screen.show(words)
        now = self._office.clock()
        due = self._office.timetable.local(now).date() + ACTION_WITHIN
        carrier = _carrier(cases)
        with self._office.register.one_save():
            self._office.step(
                carrier.reference,
                lambda it: _opened(it, now, screen.who).with_further_action(
                    what, now, screen.who, due=due, is_common=True
                ),
            )
            self._note_where(cases, carrier, now, screen.who)
        self._office.changed()
        words = say(
            "following.common_noted",
            what=what,
            day=short_date(due),
            carrier=carrier.reference,
            references=[one.reference for one in cases],
        )
        await screen.show(words, InlineKeyboardMarkup([[ledger.to_card(carrier.reference)]]))
        self._office.ask_nothing(screen.telegram_id)
        return None

    def _note_where(
        self, cases: Sequence[Complaint], carrier: Complaint, now: datetime, who: str
    ) -> None:
        where = f"common_action:{carrier.reference}"
        for one in cases:
            if one.reference != carrier.reference:
                self._office.step(one.reference, lambda it: _noted(it, where, now, who))

    def _cases(self, mark: str) -> list[Complaint]:
        """The cases of a proposal. Raises UnknownButton where none are left."""
        cases = shown_for(mark, self._office.register.complaints())
        if not cases:
            raise UnknownButton(mark)
        return cases


def proposal(found: Recurrence, timetable: Timetable) -> ledger.Page:
    """The cases, what they share, and the two ways to take it."""
    newest = found.cases[-1].reference
    text = say(
        "following.recurrence",
        motive=named(found.shared[0].motive),
        cases=[
            (one.reference, short_date(timetable.local(one.received_at).date()))
            for one in found.cases
        ],
        shared=[(label(f"following.common_{one.common}"), _value(one)) for one in found.shared],
    )
    rows = [
        [ledger.button(label(f"following.button_{act}"), act, newest, found.mark)]
        for act in ("shared", "distinct")
    ]
    cards = [ledger.button(one.reference, "card", one.reference) for one in found.cases[-SHOWN:]]
    pairs = [cards[at : at + 2] for at in range(0, len(cards), 2)]
    return text, InlineKeyboardMarkup([*rows, *pairs])


def _value(trait: Trait) -> str:
    return named(Training(trait.value)) if trait.common is Common.TRAINING else trait.value


def _shared(complaint: Complaint, at: datetime, who: str) -> Complaint:
    """Not isolated, where an investigation is open; the story says it everywhere, once."""
    found = complaint.investigation
    is_open = complaint.state is State.UNDER_INVESTIGATION and found is not None
    if is_open and found and found.is_isolated is not False:
        unknown = tuple(one for one in found.unknown if one != ISOLATED)
        complaint = complaint.assessed(at, who, ISOLATED, is_isolated=False, unknown=unknown)
    return _noted(complaint, SHARED, at, who)


def _noted(complaint: Complaint, what: str, at: datetime, who: str) -> Complaint:
    if any(one.what == what for one in complaint.events):
        return complaint
    return complaint.with_event(at, who, what)


def _carrier(cases: Sequence[Complaint]) -> Complaint:
    """The newest case that an action can be added to. Raises UnknownButton where none can."""
    for one in reversed(cases):
        if one.is_open or one.state in FOLLOWED:
            return one
    raise UnknownButton("no case is open")


def _opened(complaint: Complaint, at: datetime, who: str) -> Complaint:
    """Under investigation, where an answer is owed."""
    if not complaint.is_open:
        return complaint
    after = complaint.investigated(at, who)
    return _shared(after, at, who)
