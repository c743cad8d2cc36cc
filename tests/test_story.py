"""The whole story of a complaint, as the manager asks for it on the phone."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.callbacks import Desk as Button
from bot.story import pages
from bot.texts import label
from letters.evidence import actor
from register.complaint import (
    Address,
    Attachment,
    Complaint,
    Concern,
    Decision,
    Finding,
    Grievance,
    LetterKind,
    ReceivedMessage,
)
from register.deadlines import Timetable
from register.labels import Channel, Motive, Severity
from register.remedy import Compensation, CompensationKind
from sandbox.markup import read_html, utf16_length
from sandbox.person import Person
from tests.complaints import ACTION, LESSON, NOON, REASON, complaint
from tests.desk import Desk, StillClock, opened
from tests.test_manager import REFERENCE, acknowledgement, enter

ZONE = Timetable().zone
RAW = re.compile(r"manager:|system|client:|_|\b(?:queued|sent|bounced|motive|severity|finding)\b")


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with opened(tmp_path, StillClock()) as running:
        yield running


@pytest.fixture
async def jeanne(desk: Desk) -> Person:
    return await desk.manager()


def whole_life(one: Complaint) -> Complaint:
    """From its acknowledgement to its answer, as two managers and the client lived it."""
    later = [NOON + timedelta(hours=at) for at in range(1, 12)]
    piece = Attachment(name="reçu.pdf", sha256="0" * 64, size=9, content_type="application/pdf")
    more = ReceivedMessage(
        source_id="m2@home.test",
        received_at=later[2],
        text="Voici <mon> reçu & merci.",
        attachments=(piece,),
    )
    one = one.with_event(NOON, "system", "registered").with_letter(acknowledgement())
    one = one.with_sent(f"{REFERENCE}.acknowledgement.1", later[0], "<a1@school.test> 250 OK")
    one = one.corrected(later[1], "manager:7", motive=Motive.BILLING, severity=Severity.SERIOUS)
    one = one.with_message(more)
    one = one.investigated(later[4], "manager:7")
    one = one.assessed(later[4], "manager:7", "causes", causes="Une erreur.")
    one = one.assessed(later[4], "manager:7", "isolated", is_isolated=True)
    judged = Grievance(number=1, text="Annulée.", finding=Finding.UPHELD, reason=REASON)
    one = one.with_grievances(later[5], "manager:7", [replace(judged, finding=None)])
    one = one.with_grievances(later[5], "manager:7", [judged])
    one = one.with_actions(later[5], "manager:7", [ACTION])
    one = one.with_compensations(later[5], "manager:7", [LESSON])
    asked = Decision(grievances_asked=True, actions_asked=True, compensation_asked=True)
    one = one.decided(later[5], "manager:7", asked)
    answer = acknowledgement(
        letter_id=f"{REFERENCE}.answer.1",
        kind=LetterKind.ANSWER,
        subject="Réponse",
        created_at=later[5],
    )
    one = one.approved(later[5], "manager:8", answer)
    return one.with_sent(f"{REFERENCE}.answer.1", later[6], "handed over by manager:7")


async def test_the_whole_story_is_told_in_order(desk: Desk, jeanne: Person) -> None:
    """One tap under the card: who did what when, messages and letters with it, in French."""
    desk.receives()
    desk.register.update(REFERENCE, whole_life)
    await desk.says(jeanne, f"/dossier {REFERENCE}")

    await desk.taps(jeanne, "📜 Toute l’histoire")

    told = jeanne.texts()[-1]
    ordered = (
        "lundi 2 mars 2026",
        "12\u00a0h\u00a000 · Réception par e-mail",
        "Ma leçon de mardi a été annulée sans prévenir.",
        "12\u00a0h\u00a000 · Le logiciel a inscrit la réclamation au registre.",
        "13\u00a0h\u00a000 · Le logiciel a noté le départ de l’accusé de réception.",
        "Accusé de réception », à lea.martin@home.test",
        "Preuve : <a1@school.test> 250 OK",
        "Jeanne Morel a retenu le motif «\u00a0Facturation et remboursement\u00a0».",
        "Le client a ajouté un message.",
        "Voici <mon> reçu & merci.",
        "📎 reçu.pdf",
        "Jeanne Morel a noté les causes.",
        "Jeanne Morel a noté si le cas est isolé.",
        "Cause : Une erreur. · cas isolé",
        "Jeanne Morel a repris la liste des griefs (2 fois).",
        "Jeanne Morel a complété la décision.",
        "Fondée",
        "1. Fondé : Le planning montre",
        "Mesures : Un rappel la veille",
        "Dédommagement : Leçons offertes : 1",
        "Responsable n°\u00a08 a approuvé la réponse.",
        "Preuve : remis en main propre, selon Jeanne Morel",
        "État actuel : Réponse envoyée",
    )
    places = [told.find(words) for words in ordered]
    assert -1 not in places, ordered[places.index(-1)]
    assert places == sorted(places)
    assert RAW.findall(told) == []
    assert told.count("lundi 2 mars 2026") == 1


async def test_the_story_by_its_command(desk: Desk, jeanne: Person) -> None:
    """The word after the reference is enough; the question of another case is disarmed."""
    desk.receives()
    desk.receives()
    await desk.says(jeanne, f"/dossier {REFERENCE}")
    await desk.taps(jeanne, "Enquêter")

    told = await desk.says(jeanne, "/dossier R-2026-0002 histoire")

    assert told.startswith("📜 R-2026-0002 · toute l’histoire\n")
    assert await desk.says(jeanne, "Des raisons.") == label("manager.no_question")


async def test_what_was_entered_by_telephone_says_so(desk: Desk, jeanne: Person) -> None:
    """A complaint that no machine has received is told by its way."""
    await enter(desk, jeanne)
    await desk.taps(jeanne, "Passer")
    await desk.taps(jeanne, "Passer")
    await desk.taps(jeanne, "📜 Toute l’histoire")

    told = jeanne.texts()[-1]
    assert told.count("Réception par téléphone") == 3  # two texts and a piece
    assert "📎 recu.pdf" in told


async def test_a_long_story_has_pages(desk: Desk, jeanne: Person) -> None:
    """Page after page, each under its own button; every message is told once."""
    desk.receives()
    for number in range(30):
        message = ReceivedMessage(
            source_id=f"more{number}@home.test",
            received_at=NOON + timedelta(hours=7 * number),
            text=f"Message {number}. " + "Rien de neuf. " * 30,
        )
        desk.register.update(REFERENCE, lambda one, added=message: one.with_message(added))
    await desk.says(jeanne, f"/dossier {REFERENCE} histoire")
    first = jeanne.from_bot()[-1]
    last = re.search(r"1/(\d+)", first.text)
    assert last
    for page in range(2, int(last[1]) + 1):
        await desk.taps(jeanne, f"📜 Suite ({page}/{last[1]})")
    shown = jeanne.from_bot()[-int(last[1]) :]

    text = "\n".join(one.text for one in shown)
    assert int(last[1]) > 2
    assert [text.count(f"Message {number}. ") for number in range(30)] == [1] * 30
    assert shown[-1].labels == []
    assert all("🗓 " in one.text.split("\n\n")[1] for one in shown)


@pytest.mark.parametrize("page", ["0", "2", "x", "-1", "9" * 30])
async def test_a_page_that_there_is_not(desk: Desk, jeanne: Person, page: str) -> None:
    """An old or forged button is answered with a sentence."""
    desk.receives()
    await desk.says(jeanne, f"/dossier {REFERENCE} histoire")
    await jeanne.presses_data(Button("story", REFERENCE, page).pack(), on=jeanne.from_bot()[-1])
    await desk.settled()

    assert jeanne.toasts == [label("manager.old_button")]


@pytest.mark.parametrize("sign", ["😀 ", "<&> ", "a"])
def test_no_page_is_too_long_for_telegram(sign: str) -> None:
    """However long and strange the words, each page is one that Telegram takes."""
    piece = Attachment(name=sign * 90, sha256="0" * 64, size=9, content_type="text/plain")
    long = sign * 4000
    messages = tuple(
        ReceivedMessage(
            source_id=f"m{number}", received_at=NOON, text=long, attachments=(piece,) * 9
        )
        for number in range(9)
    )
    judged = Grievance(number=1, text=long, finding=Finding.UPHELD, reason=long)
    gesture = Compensation(number=1, kind=CompensationKind.GESTURE, words=long)
    sent = acknowledgement(
        subject=long, proof=long, sent_at=NOON, to=Address(Channel.EMAIL, f"{sign * 500}@home.test")
    )
    one = complaint(messages=messages, letters=(sent,)).investigated(NOON, "manager:7")
    told = {"facts": long, "heard": long, "causes": long, "concerns": tuple(Concern)}
    one = one.assessed(NOON, "manager:7", "facts", **told)
    one = one.with_grievances(NOON, "manager:7", [judged] * 9)
    one = one.with_actions(NOON, "manager:7", [replace(ACTION, what=long)] * 9)
    one = one.with_compensations(NOON, "manager:7", [gesture] * 9)
    one = one.decided(NOON, "manager:7", Decision(reasons=long))
    one = one.with_event(NOON, "system", "acknowledgement:sent")

    told = pages(one, ZONE, actor)

    assert len(told) > 2
    for page in told:
        text, _ = read_html(page)
        assert utf16_length(text) <= 4096


def test_the_same_done_on_end_is_told_once() -> None:
    """Four answers of the interview are one line; on another day it is a new one."""
    one = complaint().investigated(NOON, "manager:7")
    for number in range(4):
        at = NOON + timedelta(minutes=number)
        one = one.decided(at, "manager:7", Decision(reasons=f"Raison {number}"))
    one = one.decided(NOON + timedelta(days=1), "manager:7", Decision(reasons="La bonne."))

    (told,) = pages(one, ZONE, actor)

    assert "a complété la décision (4 fois)." in told
    assert told.count("a complété la décision") == 2
    assert "Raison 3" not in told
    assert "Raisons : La bonne." in told


def test_an_unknown_event_is_legible() -> None:
    """A register that a newer program has written can still be read."""
    one = complaint().with_event(NOON, "manager:7", "effect_checked:fine")

    (told,) = pages(one, ZONE, actor)

    assert "Responsable n°\u00a07 a noté\u00a0: effect checked fine." in told


def test_a_letter_that_came_back_has_no_proof() -> None:
    """Its departure is told, but nothing claims that the client has it."""
    letter_id = f"{REFERENCE}.acknowledgement.1"
    one = complaint().with_letter(acknowledgement())
    one = one.with_sent(letter_id, NOON + timedelta(hours=1), "<a1@school.test> 250 OK")
    one = one.with_bounce(letter_id, NOON + timedelta(hours=2))

    (told,) = pages(one, ZONE, actor)

    assert "a constaté que l’accusé de réception est revenu" in told
    assert "Preuve" not in told


def test_what_was_noted_late_is_told_in_its_place() -> None:
    """A mail that was fetched after a tap is told before it, where it came before."""
    early = ReceivedMessage(
        source_id="m2@home.test", received_at=NOON + timedelta(hours=1), text="Encore moi."
    )
    one = complaint().confirmed(NOON + timedelta(hours=2), "manager:7").with_message(early)

    (told,) = pages(one, ZONE, actor)

    assert told.index("Encore moi.") < told.index("a confirmé le motif")
