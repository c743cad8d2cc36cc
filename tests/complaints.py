"""Complaints to test with: invented people, example addresses."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from register.complaint import (
    Address,
    Complainant,
    Complaint,
    Decision,
    Finding,
    Grievance,
    Investigation,
    ReceivedMessage,
    State,
)
from register.deadlines import Timetable, answer_due
from register.labels import Channel, Motive, Severity
from register.remedy import Action, Compensation, CompensationKind

NOON = datetime(2026, 3, 2, 11, 0, tzinfo=UTC)  # Monday 2 March 2026, noon in Paris
LEA = Address(Channel.EMAIL, "lea.martin@home.test")
REASON = "Le planning montre que la leçon a été annulée une heure avant."
ACTION = Action(number=1, what="Un rappel la veille à chaque moniteur", due=date(2026, 4, 1))
LESSON = Compensation(number=1, kind=CompensationKind.LESSONS, quantity=1, due=date(2026, 4, 1))


def complaint(**changes: Any) -> Complaint:
    """A plain complaint received by e-mail on Monday noon, with what the test changes."""
    received_at = changes.get("received_at", NOON)
    plain: dict[str, Any] = {
        "reference": "R-2026-0001",
        "channel": Channel.EMAIL,
        "received_at": received_at,
        "registered_at": received_at,
        "answer_due": answer_due(received_at, Timetable()),
        "complainant": Complainant(name="Léa Martin", address=LEA),
        "messages": (
            ReceivedMessage(
                source_id="m1@home.test",
                received_at=received_at,
                text="Ma leçon de mardi a été annulée sans prévenir.",
                subject="Leçon annulée",
            ),
        ),
        "motives": (Motive.SCHEDULING,),
        "severity": Severity.MODERATE,
    }
    return Complaint(**(plain | changes))


def examined(one: Complaint, **found: Any) -> Complaint:
    """The complaint with an investigation that lacks nothing but what the test takes away."""
    whole: dict[str, Any] = {
        "opened_at": NOON,
        "opened_by": "manager:7",
        "heard": "nous avons repris les pièces de votre dossier",
        "causes": "Le moniteur a été remplacé trop tard.",
        "concerns": (),
        "is_weighed": True,
        "immediate_asked": True,
        "is_isolated": True,
    }
    investigation = Investigation(**(whole | found))
    return replace(one, state=State.UNDER_INVESTIGATION, investigation=investigation)


def decided(
    one: Complaint | None = None,
    *findings: Finding,
    reason: str = REASON,
    actions: Iterable[Action] = (ACTION,),
    compensations: Iterable[Compensation] = (LESSON,),
    **decision: Any,
) -> Complaint:
    """The complaint with all that an answer needs; upheld where the test does not say."""
    one = one or complaint()
    texts = [part.strip() for part in one.text.split("\n\n") if part.strip()] or ["Les faits"]
    grievances = tuple(
        Grievance(number=at + 1, text=texts[at % len(texts)], finding=finding, reason=reason)
        for at, finding in enumerate(findings or (Finding.UPHELD,))
    )
    is_refused = set(findings) == {Finding.NOT_UPHELD}
    asked = {"grievances_asked": True, "actions_asked": True, "compensation_asked": True}
    one = one if one.investigation else examined(one)
    return replace(
        one,
        grievances=grievances,
        actions=() if is_refused else tuple(actions),
        compensations=() if is_refused else tuple(compensations),
        decision=Decision(**(asked | decision)),
    )
