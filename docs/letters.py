"""The two sample letters, of invented people: python docs/letters.py (needs poppler)"""

import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

sys.path.insert(0, str(Path(__file__).parent.parent))

from letters.compose import answer
from letters.establishment import Establishment, Mediator
from letters.lint import lint
from letters.pdf import printed
from register.assessment import Finding, Grievance, Investigation
from register.complaint import (
    Address,
    Complainant,
    Complaint,
    Decision,
    Letter,
    LetterKind,
    ReceivedMessage,
    State,
)
from register.deadlines import Timetable, answer_due
from register.labels import Channel, Motive, Severity
from register.remedy import Action, Compensation, CompensationKind

DOCS = Path(__file__).parent
ZONE = ZoneInfo("Europe/Paris")
RECEIVED = datetime(2026, 11, 16, 8, 12, tzinfo=UTC)
ANSWERED = datetime(2026, 11, 24, 15, 30, tzinfo=UTC)
SCHOOL = Establishment(
    name="Auto-école des Lilas",
    address="12 rue des Lilas, 93100 Montreuil",
    phone="01 99 00 12 34",
    email="reclamations@lilas.example",
    website="https://lilas.example",
    signatory="Camille Renaud",
    quality="Gérante",
    mail_domain="lilas.example",
    siret="123 456 789 00012",
    approval_number="E 21 093 0001 0",
    activity_number="11 93 01234 93",
    mediator=Mediator(
        name="Médiation de la conduite",
        address="1 place du Pont, 75001 Paris",
        website="https://mediation.example",
    ),
)


def complaint(name: str, text: str, *motives: Motive) -> Complaint:
    """A complaint by e-mail, acknowledged, under investigation."""
    address = Address(Channel.EMAIL, "client@home.example")
    message = ReceivedMessage(
        source_id="m1@home.example", received_at=RECEIVED, text=text, subject="Réclamation"
    )
    receipt = Letter(
        letter_id="R-2026-0042.acknowledgement.1",
        kind=LetterKind.ACKNOWLEDGEMENT,
        to=address,
        subject="",
        body="",
        created_at=RECEIVED,
        sent_at=RECEIVED,
    )
    return Complaint(
        reference="R-2026-0042",
        channel=Channel.EMAIL,
        received_at=RECEIVED,
        registered_at=RECEIVED,
        answer_due=answer_due(RECEIVED, Timetable()),
        complainant=Complainant(name=name, address=address),
        messages=(message,),
        motives=motives,
        severity=Severity.SERIOUS,
        is_confirmed=True,
        state=State.UNDER_INVESTIGATION,
        letters=(receipt,),
    )


def upheld() -> Complaint:
    """Two grievances, both upheld; an action, a refund and a lesson."""
    text = "Deux leçons annulées le matin même.\n\nOn m'a facturé ces deux leçons."
    grievances = (
        Grievance(
            number=1,
            text="Deux leçons ont été annulées le matin même, les 3 et 10 novembre",
            finding=Finding.UPHELD,
            reason="Le planning montre que les deux annulations vous ont été annoncées moins de"
            " deux heures avant le départ, alors que le contrat prévoit 48 heures.",
        ),
        Grievance(
            number=2,
            text="Ces deux leçons vous ont été facturées",
            finding=Finding.UPHELD,
            reason="Elles figurent bien sur votre facture du 12 novembre ; elles n’auraient pas"
            " dû y être.",
        ),
    )
    return replace(
        complaint("Léa Martin", text, Motive.SCHEDULING, Motive.BILLING),
        grievances=grievances,
        investigation=Investigation(
            opened_at=RECEIVED,
            opened_by="manager:1",
            facts="Les deux leçons ont été annulées le jour même",
            heard="nous avons entendu l’enseignant concerné et repris votre dossier",
            causes="L’enseignant en arrêt n’a été remplacé que le lendemain, faute de liste de"
            " remplaçants.",
            concerns=(),
            is_weighed=True,
            immediate_asked=True,
            is_isolated=True,
        ),
        actions=(
            Action(
                number=1,
                what="Une liste de remplaçants est tenue pour chaque semaine",
                owner="Camille Renaud",
                due=date(2026, 12, 7),
            ),
        ),
        compensations=(
            Compensation(
                number=1,
                kind=CompensationKind.REFUND,
                amount=Decimal("110.00"),
                due=date(2026, 12, 4),
            ),
        ),
        decision=Decision(grievances_asked=True, actions_asked=True, compensation_asked=True),
    )


def not_upheld() -> Complaint:
    """One grievance for which nothing speaks."""
    text = "L'examen pratique du 9 novembre a été déplacé par votre faute."
    grievance = Grievance(
        number=1,
        text="Votre examen pratique du 9 novembre a été déplacé par notre faute",
        finding=Finding.NOT_UPHELD,
        reason="La place a été retirée par le service des examens, qui nous en a informés le 6"
        " novembre ; nous vous avons prévenu le jour même et avons obtenu la première date libre.",
    )
    return replace(
        complaint("Marc Olivier", text, Motive.EXAM),
        grievances=(grievance,),
        investigation=Investigation(
            opened_at=RECEIVED,
            opened_by="manager:1",
            facts="La place d’examen a été retirée par l’administration",
            heard="nous avons repris les échanges avec le service des examens",
            causes="Une réorganisation des centres d’examen.",
            concerns=(),
            is_weighed=True,
            immediate_asked=True,
            is_isolated=True,
        ),
        decision=Decision(grievances_asked=True, actions_asked=True, compensation_asked=True),
    )


def main() -> None:
    """Draw the first page of each."""
    for name, case in (("letter-upheld", upheld()), ("letter-not-upheld", not_upheld())):
        letter = answer(case, SCHOOL, at=ANSWERED, zone=ZONE)
        faults = lint(letter, case, SCHOOL, [])
        if faults:
            sys.exit(f"{name}: {faults}")
        pdf = printed(letter, SCHOOL, [case.complainant.name], ZONE)
        command = ["pdftoppm", "-r", "80", "-png", "-singlefile", "-", str(DOCS / name)]
        subprocess.run(command, input=pdf, check=True)


if __name__ == "__main__":
    main()
