"""Complaints to test with: invented people, example addresses."""

from datetime import UTC, datetime
from typing import Any

from register.complaint import Address, Complainant, Complaint, Decision, Outcome, ReceivedMessage
from register.deadlines import Timetable, answer_due
from register.labels import Channel, Motive, Severity

NOON = datetime(2026, 3, 2, 11, 0, tzinfo=UTC)  # Monday 2 March 2026, noon in Paris
LEA = Address(Channel.EMAIL, "lea.martin@home.test")


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


def upheld() -> Decision:
    """A whole decision in the client's favour."""
    return Decision(
        outcome=Outcome.UPHELD,
        reasons="Le planning montre que la leçon a été annulée une heure avant.",
        actions="Un rappel la veille à chaque moniteur.",
        compensation="Une leçon offerte.",
        compensation_asked=True,
    )
