"""Promises at the manager's desk: told in one digest, closed with a proof, put off, listed."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.texts import label
from letters.words import named
from register.complaint import Refusal, State
from register.labels import Motive
from sandbox.person import Person
from tests.answered import REMINDER, answered
from tests.desk import Desk, StillClock, at, opened, upholding

REFERENCE = "R-2026-0001"
DONE, PUT_OFF = label("following.button_done"), label("following.button_put_off")
PROOF = "Qu’est-ce qui le prouve"


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with opened(tmp_path, StillClock(at(10, day=16))) as running:
        yield running


@pytest.fixture
async def jeanne(desk: Desk) -> Person:
    return await desk.manager()


async def test_one_digest_of_what_is_due_told_once(desk: Desk, jeanne: Person) -> None:
    """Every promise whose day nears or has come stands in one message; a restart tells nothing."""
    desk.register.save(answered())
    desk.register.save(answered(reference="R-2026-0002", compensations=()))
    await desk.following.promises()
    await desk.restart()
    await desk.following.promises()

    (digest,) = jeanne.texts()[1:]
    assert "1. R-2026-0001 · Léa Martin" in digest
    assert "Un rappel la veille (Karim) · pour aujourd’hui" in digest
    assert "2. R-2026-0002" in digest
    assert "Remboursement" not in digest  # due on the 20th: not yet


async def test_what_the_interview_has_promised_is_followed(desk: Desk, jeanne: Person) -> None:
    """From the card to the sent letter by taps: its measure and its lesson are then reminded."""
    desk.receives()
    await desk.says(jeanne, f"/dossier {REFERENCE}")
    for tap in upholding(Motive.SCHEDULING):
        await desk.taps(jeanne, tap)
    (letter,) = desk.answers()
    desk.register.update(REFERENCE, lambda one: one.with_sent(letter.letter_id, at(11), "250 ok"))
    before = len(jeanne.texts())
    desk.clock.at = at(10, day=16) + timedelta(days=28)  # a Monday, two days before
    await desk.following.promises()

    (digest,) = jeanne.texts()[before:]
    assert f"{label('manager.actions_scheduling_1')} (Jeanne Morel)" in digest
    assert "Leçons offertes : 1" in digest
    assert digest.count("pour le 15 avril 2026") == 2


async def test_late_promises_are_told_every_week(desk: Desk, jeanne: Person) -> None:
    """Days of lateness are said; the next word comes a week after, not before."""
    desk.register.save(answered(compensations=()))
    told = []
    for day in range(16, 31):
        desk.clock.at = at(10, day=day)
        before = len(jeanne.texts())
        await desk.following.promises()
        told += [day] * (len(jeanne.texts()) - before)

    assert told == [16, 23, 30]
    assert "retard : 14 jours" in jeanne.texts()[-1]


@pytest.mark.parametrize("restarts", [False, True])
async def test_a_promise_is_closed_with_its_proof_in_words(
    desk: Desk, jeanne: Person, restarts: bool
) -> None:
    """Two acts: the button, the proof; what is still promised is offered next."""
    desk.register.save(answered())
    await desk.following.promises()
    await desk.taps(jeanne, DONE)
    if restarts:
        await desk.restart()
    last = await desk.says(jeanne, "Consigne affichée et signée par l’équipe.")

    after = desk.complaint()
    assert after.actions[0].evidence == "Consigne affichée et signée par l’équipe."
    assert after.actions[0].done_at == desk.clock()
    assert after.state is State.ACTIONS_FOLLOWED
    assert "est noté comme fait" in last
    assert "Remboursement" in last
    await desk.taps(jeanne, DONE)
    await desk.says(jeanne, "Virement du 16 mars.")
    assert desk.complaint().open_promises() == []


@pytest.mark.parametrize("kind", ["photo", "document"])
async def test_a_photo_or_a_document_is_a_proof(desk: Desk, jeanne: Person, kind: str) -> None:
    """The file is kept with the promise, its caption as the words."""
    desk.register.save(answered(actions=()))
    await desk.says(jeanne, "/suivi")
    await desk.taps(jeanne, DONE)
    if kind == "photo":
        await jeanne.sends_photo(b"jpeg", caption="le virement")
    else:
        await jeanne.sends_file(b"%PDF", "virement.pdf", caption="le virement")
    await desk.settled()

    (paid,) = desk.complaint().compensations
    assert paid.is_done
    assert paid.evidence == "le virement"
    assert desk.pieces.read(paid.pieces[0]) == (b"jpeg" if kind == "photo" else b"%PDF")


async def test_an_album_is_one_proof(desk: Desk, jeanne: Person) -> None:
    """Telegram sends each picture by itself: all are kept, and then a text answers nothing."""
    desk.register.save(answered(actions=()))
    await desk.says(jeanne, "/suivi")
    await desk.taps(jeanne, DONE)
    await jeanne.sends_photo(b"one", media_group_id="A")
    await jeanne.sends_photo(b"two", media_group_id="A")
    await desk.settled()

    (paid,) = desk.complaint().compensations
    assert [desk.pieces.read(piece) for piece in paid.pieces] == [b"one", b"two"]
    assert await desk.says(jeanne, "voilà") == label("manager.no_question")


async def test_what_proves_nothing_is_refused_and_asked_on(desk: Desk, jeanne: Person) -> None:
    """A shared contact closes nothing: the sentence says what is missing."""
    desk.register.save(answered())
    await desk.says(jeanne, "/suivi")
    await desk.taps(jeanne, DONE + " · 1")
    await jeanne.shares_contact("+33199001234")
    await desk.settled()

    assert jeanne.texts()[-1] == named(Refusal.NO_EVIDENCE)
    assert not desk.complaint().actions[0].is_done
    await desk.says(jeanne, "Fait le 16.")
    assert desk.complaint().actions[0].is_done


async def test_another_day_by_two_taps(desk: Desk, jeanne: Person) -> None:
    """A week later, counted from the day itself; a second tap on the same button adds nothing."""
    desk.register.save(answered(compensations=()))
    await desk.following.promises()
    await desk.taps(jeanne, PUT_OFF)
    asked = jeanne.from_bot()[-1]
    await desk.taps(jeanne, "+7 jours : 23 mars 2026")
    await jeanne.presses_data("m:until:R-2026-0001:a1.2026-03-23", on=asked)
    await desk.settled()

    assert desk.complaint().actions[0].due == date(2026, 3, 23)
    assert sum("action_due" in one.what for one in desk.complaint().events) == 1
    assert "23 mars 2026" in jeanne.texts()[-1]


async def test_a_late_promise_is_put_off_from_today(desk: Desk, jeanne: Person) -> None:
    """The new day never lies in the past."""
    desk.clock.at = at(10, day=31)
    desk.register.save(answered(compensations=()))
    await desk.says(jeanne, "/suivi")
    await desk.taps(jeanne, PUT_OFF)

    assert jeanne.from_bot()[-1].labels[:2] == [
        "+7 jours : 7 avril 2026",
        "+30 jours : 30 avril 2026",
    ]


async def test_the_ledger_lists_the_most_urgent_first(desk: Desk, jeanne: Person) -> None:
    """`/suivi` shows what is open, and says when nothing is."""
    empty = await desk.says(jeanne, "/suivi")
    desk.register.save(answered())
    desk.register.save(
        answered(reference="R-2026-0002", actions=(replace(REMINDER, due=date(2026, 3, 10)),))
    )
    text = await desk.says(jeanne, "/suivi")

    assert empty == "✅ Tout ce qui a été promis est fait."
    assert "4 promesses à tenir" in text
    assert text.index("retard : 6 jours") < text.index("pour aujourd’hui") < text.index("20 mars")


async def test_a_button_of_a_promise_that_is_kept_is_old(desk: Desk, jeanne: Person) -> None:
    """Done is done: the proof is not asked a second time."""
    desk.register.save(answered(compensations=()))
    await desk.following.promises()
    digest = jeanne.from_bot()[-1]
    await desk.taps(jeanne, DONE)
    await desk.says(jeanne, "Fait.")

    assert await desk.taps(jeanne, DONE, digest) == label("manager.old_button")


async def test_a_stranger_closes_no_promise(desk: Desk, jeanne: Person) -> None:
    """The manager's button in a stranger's hand does nothing."""
    desk.register.save(answered())
    await desk.says(jeanne, "/suivi")
    stranger = desk.api.person(13, "Inconnu")
    await stranger.sends("/suivi")
    await stranger.presses_data("m:done:R-2026-0001:a1", on=jeanne.from_bot()[-1])
    await stranger.sends("Fait.")
    await desk.settled()

    assert not desk.complaint().actions[0].is_done
    assert stranger.from_bot() == []
