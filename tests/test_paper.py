"""The letter on letterhead at the manager's desk: seen before it leaves, kept as it left."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bot.texts import label
from intake.pieces import Pieces
from letters.lint import Fault
from letters.words import named
from register.complaint import Attachment, Complainant, Complaint, Finding, Letter
from sandbox.chats import Message
from sandbox.person import Person
from tests.complaints import NOON, decided
from tests.desk import SCHOOL, Desk, StillClock, opened
from tests.poppler import words_of
from tests.test_manager import REFERENCE

NAME = "reponse-R-2026-0001.pdf"


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with opened(tmp_path, StillClock()) as running:
        yield running


@pytest.fixture
async def jeanne(desk: Desk) -> Person:
    return await desk.manager()


class BusyPieces(Pieces):
    """A folder beside which the world goes on: something happens while a piece is being kept."""

    def __init__(self, folder: Path, meanwhile: Callable[[], object]) -> None:
        super().__init__(folder)
        self._meanwhile = meanwhile
        self._loop = asyncio.get_running_loop()

    def keep(self, name: str, data: bytes, content_type: str) -> Attachment:
        """Let it happen on the loop, then keep the piece."""
        self._loop.call_soon_threadsafe(self._meanwhile)
        return super().keep(name, data, content_type)


async def preview(desk: Desk, jeanne: Person, **changes: object) -> Message:
    """A decided complaint is received, and its answer shown; the message with the buttons."""
    desk.receives(**changes)
    desk.register.update(REFERENCE, decided)
    await desk.says(jeanne, f"/dossier {REFERENCE}")
    await desk.taps(jeanne, "Répondre")
    return jeanne.from_bot()[-1]


def papers(jeanne: Person) -> list[bytes]:
    """The PDFs that the chat shows now."""
    documents = [one for one in jeanne.from_bot() if one.document]
    assert {one.document["file_name"] for one in documents if one.document} <= {NAME}
    return [jeanne.file(one).content for one in documents]


def answer(desk: Desk) -> Letter:
    """The only answer."""
    (letter,) = desk.answers()
    return letter


def kept(desk: Desk) -> bytes:
    """The PDF that the register's answer has."""
    (piece,) = answer(desk).attachments
    return desk.pieces.read(piece)


def file_of(desk: Desk) -> Path:
    """Where it lies."""
    return desk.pieces.path(answer(desk).attachments[0])


def stuck(one: Complaint) -> Complaint:
    """Its answer cannot leave."""
    held = replace(one.letters[-1], is_stuck=True, trouble="piece_missing")
    return one.with_letter(held)


async def test_the_preview_has_the_pdf_and_the_words(desk: Desk, jeanne: Person) -> None:
    """The document, then the text with its buttons; the chat says that a file is coming."""
    shown = await preview(desk, jeanne)
    (paper,) = papers(jeanne)

    assert "Envoyer" in shown.labels
    assert "voici la lettre" in shown.text
    assert "Le planning montre que" in words_of(paper)
    assert (await desk.api.is_called("sendChatAction"))["action"] == "upload_document"


async def test_what_was_shown_is_what_leaves(desk: Desk, jeanne: Person) -> None:
    """To the byte; the letter and its proof are in the register with one save."""
    await preview(desk, jeanne)
    desk.clock.advance(hours=2)
    await desk.taps(jeanne, "Envoyer")
    (piece,) = answer(desk).attachments

    assert papers(jeanne) == [kept(desk)]
    assert (piece.name, piece.content_type) == (NAME, "application/pdf")
    assert [one.what for one in desk.complaint().events].count("approved") == 1


async def test_an_old_draft_does_not_stay(desk: Desk, jeanne: Person) -> None:
    """After a correction the chat has one PDF, the new one: nobody prints the wrong letter."""
    await preview(desk, jeanne)
    await desk.taps(jeanne, "🔧 Corriger…")
    await desk.taps(jeanne, "Raison")
    await desk.says(jeanne, "D’autres raisons.")
    await desk.taps(jeanne, "🔧 Corriger…")
    await desk.taps(jeanne, "Cas isolé ou non")
    await desk.taps(jeanne, "D’autres sont touchés")
    (paper,) = papers(jeanne)

    assert "D’autres raisons." in words_of(paper)
    assert jeanne.from_bot()[-1].labels[0] == "Envoyer"


async def test_only_what_was_read_leaves_whatever_happens_meanwhile(
    desk: Desk, jeanne: Person
) -> None:
    """A change that comes while the PDF is being kept is read before anything leaves."""
    await preview(desk, jeanne)
    desk.pieces = BusyPieces(
        desk.pieces.folder,
        lambda: desk.register.update(
            REFERENCE, lambda one: decided(one, reason="D’autres raisons.")
        ),
    )
    await desk.restart()

    said = await desk.taps(jeanne, "Envoyer")

    assert said == label("manager.preview_changed")
    assert desk.answers() == []
    assert "D’autres raisons." in jeanne.texts()[-1]


async def test_a_decision_taken_back_meanwhile_is_asked_again(desk: Desk, jeanne: Person) -> None:
    """Nothing leaves of what was read, and the question that is open now is shown."""
    await preview(desk, jeanne)
    bare = Finding.UPHELD
    desk.pieces = BusyPieces(
        desk.pieces.folder,
        lambda: desk.register.update(REFERENCE, lambda one: decided(one, bare, reason="")),
    )
    await desk.restart()

    assert await desk.taps(jeanne, "Envoyer") == label("manager.preview_changed")
    assert desk.answers() == []
    assert label("manager.ask_reason") in jeanne.texts()[-1]


async def test_a_letter_that_lacks_something_is_shown_and_held(desk: Desk, jeanne: Person) -> None:
    """Its PDF and its words, with what keeps it back and the way to mend it in place of sending."""
    await preview(desk, jeanne)
    await desk.taps(jeanne, "✏️ Réécrire")
    told = await desk.says(jeanne, "Bonjour,\nNous sommes désolés.")
    (paper,) = papers(jeanne)

    assert "Nous sommes désolés." in words_of(paper)
    assert named(Fault.MEDIATOR_NAME) in told
    assert "Envoyer" not in jeanne.from_bot()[-1].labels


async def test_a_letter_to_hand_over_comes_as_pdf(desk: Desk, jeanne: Person) -> None:
    """Where there is no address the manager gets what is to be printed, once."""
    await preview(desk, jeanne, complainant=Complainant(name="Léa Martin"))
    await desk.taps(jeanne, "Envoyer")
    (paper,) = papers(jeanne)

    assert paper == kept(desk)
    assert "Par e-mail" not in words_of(paper)
    assert "imprimez-la" in (await jeanne.sees("la réponse est prête")).text


async def test_a_letter_to_hand_over_can_be_had_again(desk: Desk, jeanne: Person) -> None:
    """ "Lire le courrier" brings the PDF and the words; a file that is gone is made again."""
    await preview(desk, jeanne, complainant=Complainant(name="Léa Martin"))
    await desk.taps(jeanne, "Envoyer")
    before = kept(desk)
    file_of(desk).unlink()

    await desk.taps(jeanne, "Lire le courrier")

    assert papers(jeanne) == [before, before]
    assert kept(desk) == before
    assert jeanne.texts()[-1] == answer(desk).body.strip()


async def test_an_answer_that_has_left_is_read_as_it_left(desk: Desk, jeanne: Person) -> None:
    """ "Lire la réponse" brings the kept PDF, not one with the letterhead of today."""
    await preview(desk, jeanne)
    await desk.taps(jeanne, "Envoyer")
    letter_id, sent = answer(desk).letter_id, kept(desk)
    desk.register.update(REFERENCE, lambda one: one.with_sent(letter_id, NOON, "proof"))
    desk.school = replace(SCHOOL, name="Auto-école du Bois")
    await desk.restart()

    await desk.says(jeanne, f"/dossier {REFERENCE}")
    await desk.taps(jeanne, "Lire la réponse")
    assert papers(jeanne)[-1] == sent
    file_of(desk).unlink()
    await desk.taps(jeanne, "Lire la réponse")

    assert any("ne peut pas être lue" in text for text in jeanne.texts())
    assert len(papers(jeanne)) == 2  # the draft and the first reading


async def test_trying_again_makes_the_pdf_again(desk: Desk, jeanne: Person) -> None:
    """The trouble says what is wrong and what the button does; the same letter then waits."""
    await preview(desk, jeanne)
    await desk.taps(jeanne, "Envoyer")
    before = kept(desk)
    file_of(desk).unlink()
    desk.register.update(REFERENCE, stuck)
    await desk.prompts.troubles()
    told = jeanne.texts()[-1]

    await desk.taps(jeanne, "Réessayer")

    assert "son PDF n’est plus sur le disque" in told
    assert kept(desk) == before
    assert desk.register.unsent() == [desk.complaint()]


async def test_trying_again_takes_the_letterhead_of_today(desk: Desk, jeanne: Person) -> None:
    """What leaves and what is kept are the same, where the establishment has changed its name."""
    await preview(desk, jeanne)
    await desk.taps(jeanne, "Envoyer")
    desk.register.update(REFERENCE, stuck)
    desk.school = replace(SCHOOL, name="Auto-école du Bois")
    await desk.restart()
    await desk.prompts.troubles()

    await desk.taps(jeanne, "Réessayer")

    assert "Auto-école du Bois" in words_of(kept(desk))


async def test_another_address_is_on_the_pdf_too(desk: Desk, jeanne: Person) -> None:
    """Words and date stay as approved; only where it goes is written anew."""
    await preview(desk, jeanne)
    await desk.taps(jeanne, "Envoyer")
    first = answer(desk)
    desk.register.update(REFERENCE, stuck)
    desk.clock.advance(days=1)
    await desk.prompts.troubles()
    await desk.taps(jeanne, "Corriger l’adresse")
    await desk.says(jeanne, "lea@elsewhere.test")
    shown = words_of(kept(desk))

    assert answer(desk).body == first.body
    assert "Par e-mail : lea@elsewhere.test" in shown
    assert "Montreuil, le 2 mars 2026" in shown


async def test_a_letter_that_cannot_be_set_leaves_in_words(desk: Desk, jeanne: Person) -> None:
    """The manager is told before, and the answer does not wait for its looks."""
    desk.school = replace(SCHOOL, logo=b"no picture any more")
    await desk.restart()
    await preview(desk, jeanne)
    told = jeanne.texts()[-2]

    await desk.taps(jeanne, "Envoyer")

    assert "la mise en page en PDF a échoué" in told
    assert papers(jeanne) == []
    assert answer(desk).attachments == ()
    assert desk.register.unsent() == [desk.complaint()]
