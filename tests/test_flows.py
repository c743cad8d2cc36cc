"""The journeys, through the front doors: real Dovecot, a real SMTP hop, the Bot API over HTTP,
the real model, and the whole application as `reclamations run` builds it."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest

from app.wiring import Application
from bot.texts import label
from letters.words import named
from register.complaint import Outcome, State
from register.labels import Motive
from sandbox.clock import SandboxClock
from sandbox.person import Mark, Person
from tests.complaints import NOON
from tests.desk import upholding
from tests.poppler import words_of
from tests.town import (
    CHAT_COMPLAINT,
    LEA,
    PATIENCE,
    SCHOOL,
    STRANGER_ID,
    Town,
    living,
    of_kind,
    town,
)

BROKEN = (
    b'From: x@home.test\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n'
    b"--b\r\nContent-Type: text/plain; charset=klingon\r\n\r\n\xe9\xe9"
)
UPHELD = "Votre réclamation est donc fondée."


@pytest.fixture
def clock() -> SandboxClock:
    return SandboxClock(NOON)


@pytest.fixture
async def place(tmp_path: Path, clock: SandboxClock) -> AsyncIterator[Town]:
    async with town(tmp_path, clock) as opened:
        yield opened


async def all_sent(application: Application) -> None:
    """Wait until the application has noted what has left."""
    async with asyncio.timeout(PATIENCE):
        while application.register.unsent():
            await asyncio.sleep(0.01)


async def files(person: Person, *texts: str) -> None:
    """A client files a complaint in a chat, in so many messages."""
    await person.sends("/start")
    await person.presses(label("complainant.button_file"), timeout=PATIENCE)
    for text in texts:
        await person.sends(text)
    await person.presses(label("complainant.button_done"), timeout=PATIENCE)


async def upholds(manager: Person, reference: str, motive: Motive) -> None:
    """The manager investigates and answers in taps alone: upheld, with a lesson offered.

    A text of several grievances has them joined into one first.
    """
    sent = await manager.sends(f"/dossier {reference}")
    *taps, send = upholding(motive)
    for tap in taps:
        if tap == label("manager.finding_upheld"):
            await joins_grievances(manager, sent)
        shown = await manager.sees(lambda one, tap=tap: tap in one.labels, PATIENCE, after=sent)
        sent = await manager.presses(tap, on=shown)
    await manager.presses(send, timeout=PATIENCE)


async def joins_grievances(manager: Person, after: Mark) -> None:
    """Whatever was proposed is one grievance."""
    one, many = label("manager.finding_upheld"), label("manager.done_grievances")
    while True:
        shown = await manager.sees(
            lambda screen: {one, many} & set(screen.labels), PATIENCE, after=after
        )
        merges = [words for words in shown.labels if words.startswith("🔗")]
        if one in shown.labels:
            return
        after = await manager.presses(merges[0] if merges else many, on=shown)


async def card(manager: Person, reference: str) -> str:
    """The text of the card that the manager is shown."""
    investigate = label("manager.button_investigate")
    shown = await manager.sees(
        lambda one: reference in one.text and investigate in one.labels, timeout=PATIENCE
    )
    return shown.text


async def test_an_email_complaint_from_arrival_to_answer(place: Town, clock: SandboxClock) -> None:
    """Registered, acknowledged in its thread, told to the manager, investigated, answered."""
    async with living(place.config(), clock) as application:
        await place.delivers(place.mail())
        receipt = await place.letter(of_kind("acknowledgement"))
        shown = await card(place.manager, "R-2026-0001")
        motive = application.register.complaints()[0].motives[0]
        await upholds(place.manager, "R-2026-0001", motive)
        answer = await place.letter(of_kind("answer"))
        sent = application.pieces.read(
            application.register.complaints()[0].letters[-1].attachments[0]
        )
        kept = await place.letters(SCHOOL, "Traités")

    assert receipt["In-Reply-To"] == "<m1@home.test>"
    assert receipt["Auto-Submitted"] == "auto-replied"
    assert "R-2026-0001" in receipt["Subject"]
    assert "12 mars 2026" in receipt.get_content()
    assert "Léa Martin" in shown
    assert named(motive) in shown
    assert answer["Auto-Submitted"] is None
    body, (piece,) = answer.get_body(("plain",)), answer.iter_attachments()
    assert body
    assert UPHELD in body.get_content()
    assert "Médiation de la Conduite" in body.get_content()
    assert piece.get_filename() == "reponse-R-2026-0001.pdf"
    assert piece.get_content() == sent  # the proof of what left
    for words in (UPHELD, "Médiation de la Conduite", "Léa Martin", "Camille Renaud Gérante"):
        assert words in words_of(sent)
    assert [one["Message-ID"] for one in kept] == ["<m1@home.test>"]


async def test_a_chat_complaint_from_the_first_word_to_the_answer(
    place: Town, clock: SandboxClock
) -> None:
    """Gathered message by message, acknowledged at "J'ai terminé", answered in the same chat."""
    async with living(place.config(), clock) as application:
        await files(place.client, "bonjour jai un souci", CHAT_COMPLAINT)
        receipt = await place.client.sees("12 mars 2026", timeout=PATIENCE)
        motive = application.register.complaints()[0].motives[0]
        await upholds(place.manager, "R-2026-0001", motive)
        answer = await place.client.sees(UPHELD, timeout=PATIENCE)
        paper = await place.client.sees(lambda one: bool(one.document), timeout=PATIENCE)
        await all_sent(application)
        entry = application.register.complaints()[0]

    assert "R-2026-0001" in receipt.text
    assert "Médiation de la Conduite" in answer.text
    assert UPHELD in words_of(place.client.file(paper).content)
    assert len(entry.messages) >= 2
    assert (entry.state, entry.outcome) == (State.ANSWERED, Outcome.UPHELD)


async def test_pings_come_until_the_answer(place: Town, clock: SandboxClock) -> None:
    """On days 3 to 10 the manager has one digest each; after the answer there is silence."""
    async with living(place.config(), clock) as application:
        await place.delivers(place.mail())
        await card(place.manager, "R-2026-0001")
        for day in (3, 5, 7, 8, 9, 10):
            mark = place.manager.mark
            clock.advance_to(NOON.replace(hour=8, minute=5) + timedelta(days=day))
            await place.manager.sees("R-2026-0001", timeout=PATIENCE, after=mark)
        motive = application.register.complaints()[0].motives[0]
        await upholds(place.manager, "R-2026-0001", motive)
        await place.letter(of_kind("answer"))
        await all_sent(application)
        told = [key for key, _ in application.register.complaints()[0].told]

    assert [key for key in told if key.startswith("day")] == [
        "day3",
        "day5",
        "day7",
        "day8",
        "day9",
        "day10",
    ]


async def test_the_same_mail_delivered_twice_is_one_complaint(
    place: Town, clock: SandboxClock
) -> None:
    """A second copy in the mailbox is put away without a second entry or letter."""
    async with living(place.config(), clock) as application:
        await place.delivers(place.mail())
        await place.delivers(place.mail())
        await place.delivers(place.mail(number=2, subject="Une autre"))
        await place.letter(lambda one: "R-2026-0002" in str(one["Subject"]))
        entries = application.register.complaints()

    assert len(entries) == 2
    assert len([one for one in await place.letters() if of_kind("acknowledgement")(one)]) == 2


async def test_letters_wait_for_a_mail_server_that_is_down(
    place: Town, clock: SandboxClock
) -> None:
    """With SMTP down the complaint is registered; the acknowledgement leaves once it is back."""
    place.hop.down()
    async with living(place.config(), clock) as application:
        await place.delivers(place.mail())
        await card(place.manager, "R-2026-0001")
        async with asyncio.timeout(PATIENCE):  # until it has tried in vain
            while not application.register.unsent()[0].letters[0].attempts:
                await asyncio.sleep(0.01)

        place.hop.up()
        clock.advance(timedelta(minutes=2))
        letter = await place.letter(of_kind("acknowledgement"))

    assert "R-2026-0001" in letter["Subject"]


async def test_a_client_who_blocked_the_bot_is_told_otherwise(
    place: Town, clock: SandboxClock
) -> None:
    """A letter that nobody takes is brought to the manager, who notes how it was handed over."""
    async with living(place.config(), clock) as application:
        await place.client.sends(CHAT_COMPLAINT)
        await place.client.sees(
            lambda one: label("complainant.button_done") in one.labels, timeout=PATIENCE
        )
        await place.client.presses(label("complainant.button_done"))
        await place.client.blocks()
        await place.manager.presses(label("manager.button_otherwise"), timeout=PATIENCE)
        await place.manager.sees("R-2026-0001", timeout=PATIENCE)
        entry = application.register.complaints()[0]

    assert entry.reference == "R-2026-0001"


async def test_what_is_no_complaint_can_be_recalled(place: Town, clock: SandboxClock) -> None:
    """A question is set aside and passed on; one tap of the manager makes a complaint of it."""
    async with living(place.config(), clock) as application:
        await place.client.sends("Bonjour, c'est combien le permis B chez vous svp ?")
        await place.client.presses(label("complainant.button_done"), timeout=PATIENCE)
        await place.manager.presses(label("manager.button_complaint"), timeout=PATIENCE)
        receipt = await place.client.sees("R-2026-0001", timeout=PATIENCE)
        aside = application.register.set_aside_messages()

    assert aside[0].became == "R-2026-0001"
    assert "réclamation" in receipt.text


async def test_a_reply_to_the_acknowledgement_joins_its_complaint(
    place: Town, clock: SandboxClock
) -> None:
    """What the client adds by mail is in the same entry, told to the manager, not acknowledged."""
    async with living(place.config(), clock) as application:
        await place.delivers(place.mail())
        receipt = await place.letter(of_kind("acknowledgement"))
        await all_sent(application)
        await place.delivers(
            place.mail("J'ajoute que c'était à 14 h.", 2, in_reply_to=str(receipt["Message-ID"]))
        )
        await place.manager.sees("14 h", timeout=PATIENCE)
        entries = application.register.complaints()

    assert len(entries) == 1
    assert len(entries[0].messages) == 2
    assert len(await place.letters()) == 1


async def test_a_stranger_is_a_client(place: Town, clock: SandboxClock) -> None:
    """What a stranger sends is never a command: a manager's words and buttons do nothing."""
    async with living(place.config(), clock) as application:
        await place.delivers(place.mail())
        shown = await place.manager.sees(
            lambda one: label("manager.button_investigate") in one.labels, timeout=PATIENCE
        )
        data = next(
            one.data for one in shown.buttons if one.label == label("manager.button_investigate")
        )
        stranger = place.api.person(STRANGER_ID, "Inconnu")
        await stranger.sends("/dossier R-2026-0001")
        greeting = await stranger.sees(lambda one: True, timeout=PATIENCE)
        press = await stranger.presses_data(data or "", on=greeting)
        await place.api.bell.until(lambda: stranger.answer_to(press), PATIENCE)
        entry = application.register.complaints()[0]

    assert entry.investigation is None
    assert not any("Léa Martin" in text for text in stranger.texts())


async def test_hostile_mail_stops_nobody(place: Town, clock: SandboxClock) -> None:
    """Broken bytes, an empty mail, a bounce and an auto-reply, then a complaint: it is answered."""
    async with living(place.config(), clock) as application:
        for raw in (
            b"\x00\xff\xfe no headers at all\r\n" * 5,
            place.mail("", 11),
            BROKEN,
            place.mail("Je suis absent", 12, auto_submitted="auto-replied"),
        ):
            await place.delivers(raw)
        await place.delivers(place.mail(number=13))
        letter = await place.letter(lambda one: one["In-Reply-To"] == "<m13@home.test>")
        asides = [one.reason for one in application.register.set_aside_messages()]

    assert isinstance(letter, EmailMessage)
    assert "auto_reply" in asides
    assert len(await place.letters(SCHOOL)) == 0  # nothing is left behind in the inbox


async def test_the_address_of_every_proof(place: Town, clock: SandboxClock) -> None:
    """An entry keeps the message's own bytes and what the server said of each letter."""
    async with living(place.config(), clock) as application:
        raw = place.mail()
        await place.delivers(raw)
        await place.letter(of_kind("acknowledgement"))
        await all_sent(application)
        entry = application.register.complaints()[0]
        original = entry.messages[0].raw
        assert original is not None
        kept = application.pieces.read(original)

    assert b"<m1@home.test>" in kept
    assert "250" in entry.letters[0].proof
    assert entry.complainant.address is not None
    assert entry.complainant.address.value == LEA
