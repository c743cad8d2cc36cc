"""Answered complaints to test with: what was promised stands in them, as the domain takes it."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from register.complaint import Complaint, Letter, LetterKind
from register.remedy import Action, Compensation, CompensationKind
from tests.complaints import NOON, complaint, decided

ANSWERED_AT = NOON + timedelta(days=2)  # Wednesday 4 March 2026, noon in Paris
DUE = date(2026, 3, 16)  # a Monday
BOSS = "manager:7"

REMINDER = Action(number=1, what="Un rappel la veille", owner="Karim", due=DUE)
REFUND = Compensation(
    number=1, kind=CompensationKind.REFUND, amount=Decimal("45.50"), due=date(2026, 3, 20)
)


def answered(
    *,
    actions: tuple[Action, ...] = (REMINDER,),
    compensations: tuple[Compensation, ...] = (REFUND,),
    at: datetime = ANSWERED_AT,
    **changes: Any,
) -> Complaint:
    """A complaint whose answer has left, with these promises in it."""
    one = complaint(**changes).with_told(["card"], at).investigated(at, BOSS)
    one = decided(one)
    letter = Letter(
        letter_id=f"{one.reference}.answer.1",
        kind=LetterKind.ANSWER,
        to=one.complainant.address,
        subject="Réponse",
        body="Votre réclamation est fondée.",
        created_at=at,
    )
    one = one.approved(at, BOSS, letter).with_sent(letter.letter_id, at, "250 ok")
    keys = [f"sent:{letter.letter_id}", *(f"message:{it.source_id}" for it in one.messages)]
    return replace(one.with_told(keys, at), actions=actions, compensations=compensations)
