"""Both ways through every step, with the whole application ended and started again after each tap.

One complaint by mail with three grievances and one by chat, from their arrival to their closing.
"""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from pathlib import Path

import certifi
import pytest

from bot.texts import label
from register.complaint import Complaint, Finding, LetterKind, Outcome, State
from register.promises import code_of
from register.remedy import Verdict
from sandbox.chats import Message
from sandbox.clock import SandboxClock
from sandbox.person import Person
from tests.complaints import NOON
from tests.desk import upholding
from tests.poppler import plain, words_of
from tests.test_grievances import THREE
from tests.town import CHAT_COMPLAINT, PATIENCE, Town, living, of_kind, town

BY_MAIL, BY_CHAT = "R-2026-0001", "R-2026-0002"
WRITTEN = "> "  # begins what the manager writes; all else is the words of a button
ACTS = 80  # taps and texts, at least, with a new life after each
WITHOUT_IDLE = "IMAP4rev1 UIDPLUS MOVE"  # a server on which the mailbox is let go of at once
PROMISED = datetime.fromisoformat("2026-04-02T10:00+02:00")  # a Thursday: most of it is due
CHECKS = {  # Mondays, on which the looks after so many days are owed
    30: datetime.fromisoformat("2026-05-04T10:00+02:00"),
    90: datetime.fromisoformat("2026-07-06T10:00+02:00"),
}

TAPS_BY_MAIL = [
    "Enquêter",
    "> Le planning et la facture ont été relus.",
    "↩️ Revenir",
    "Client et personnel entendus",
    "L’absence du moniteur n’a pas été remplacée.",
    "Grave",
    "✅ Confirmer la gravité",
    "La leçon a été reprogrammée avec vous.",
    "👤 1",
    "> Karim Diallo",
    "✅ Continuer",
    "Cas isolé",
    "✅ C’est bien cela",
    "Fondé",
    "Le planning montre une annulation trop tardive.",
    "Non fondé",
    "> La facture correspond au contrat signé.",
    "Impossible à établir",
    "Les récits diffèrent, sans pièce qui les départage.",
    "Prévoir un moniteur remplaçant.",
    "> Un rappel chaque soir",
    "📅 3",
    "+ 60 jours",
    "✅ C’est tout",
    "Rembourser 55,00\u00a0€",
    "🔧 Corriger…",
    "Dédommagement",
    "📅 1",
    "+ 15 jours",
    "✅ C’est tout",
]
SAID_BY_MAIL = [  # in the letter, in this order
    "3 griefs",
    "« Ma leçon de conduite de mardi a été annulée une heure avant, sans excuse. » "
    "Ce grief est fondé. Le planning montre une annulation trop tardive.",
    "« La facture de mars compte deux fois la même heure. » "
    "Nous ne pouvons pas tenir ce grief pour fondé. La facture correspond au contrat signé.",
    "« Personne ne répond au téléphone de l’agence. » "
    "Nous n’avons pas pu établir si ce grief est fondé. "
    "Les récits diffèrent, sans pièce qui les départage.",
    "Votre réclamation est donc fondée en partie.",
    "L’absence du moniteur n’a pas été remplacée.",
    "La leçon a été reprogrammée avec vous (le 2 mars 2026).",
    "Prévoir un moniteur remplaçant, au plus tard le 1er avril 2026.",
    "Un rappel chaque soir, au plus tard le 1er mai 2026.",
    "un remboursement de 55,00 €, au plus tard le 17 mars 2026.",
]
MENTIONS = [
    "Médiation de la Conduite BP 1, 75000 Paris https://mediation.test",
    "dans un délai d’un an",
    "Camille Renaud Gérante",
]


class Desk:
    """The whole application, ended and started again on what it has left on the disk."""

    def __init__(self, place: Town) -> None:
        self.place = place
        self.lives = 0

    async def opens(self) -> None:
        self._life = living(self.place.config(), self.place.clock)
        self._application = await self._life.__aenter__()
        self.lives += 1

    async def ends(self) -> None:
        await self._life.__aexit__(None, None, None)

    async def restarts(self) -> None:
        """End once all that people did has been handled, and begin another life."""
        done: Callable[[], bool | None] = lambda: self.place.api.pending == 0 or None  # noqa: E731
        assert await self.place.api.bell.until(done, PATIENCE), "nobody answers"
        await self.ends()
        await self.opens()

    async def taps(self, person: Person, words: str, on: Message | None = None) -> None:
        await person.presses(words, on, timeout=PATIENCE)
        await self.restarts()

    async def says(self, person: Person, words: str) -> None:
        await person.sends(words)
        await self.restarts()

    async def follows(self, person: Person, acts: Iterable[str]) -> None:
        """Tap and write, one after the other."""
        for act in acts:
            if act.startswith(WRITTEN):
                await self.says(person, act.removeprefix(WRITTEN))
            else:
                await self.taps(person, act)

    async def delivers(self, raw: bytes) -> None:
        """A mail comes while the application is down: the next life finds it in the mailbox."""
        await self.place.delivers(raw)
        await self.restarts()

    def complaint(self, reference: str) -> Complaint:
        found = self._application.register.get(reference)
        assert found
        return found

    def kept(self, reference: str) -> bytes:
        """The PDF of the answer, as it was kept for a proof."""
        (answer,) = (
            one for one in self.complaint(reference).letters if one.kind is LetterKind.ANSWER
        )
        return self._application.pieces.read(answer.attachments[0])


def in_order(said: Iterable[str], pdf: bytes) -> None:
    """Each of these words stands in the PDF, one after the other."""
    text, at = words_of(pdf), 0
    for words in map(plain, said):
        assert words in text[at:], words
        at = text.index(words, at)


async def complain(desk: Desk) -> None:
    """Both complaints come in and both clients have it in writing."""
    place = desk.place
    await desk.delivers(place.mail(THREE))
    receipt = await place.letter(of_kind("acknowledgement"))
    await desk.says(place.client, "/start")
    await desk.taps(place.client, label("complainant.button_file"))
    await desk.says(place.client, CHAT_COMPLAINT)
    await desk.taps(place.client, label("complainant.button_done"))
    told = await place.client.sees(BY_CHAT, PATIENCE)

    assert BY_MAIL in receipt["Subject"]
    assert "12 mars 2026" in receipt.get_content()
    assert "12 mars 2026" in told.text


async def answer_mail(desk: Desk) -> None:
    """Three grievances judged otherwise each; the letter leaves as it was shown, with its PDF."""
    camille = desk.place.manager
    await desk.says(camille, f"/dossier {BY_MAIL}")
    await desk.follows(camille, TAPS_BY_MAIL)
    shown = await camille.sees(lambda one: bool(one.document), PATIENCE)
    await desk.taps(camille, label("manager.button_send"))
    letter = await desk.place.letter(of_kind("answer"))
    body, (piece,) = letter.get_body(("plain",)), letter.iter_attachments()
    pdf = piece.get_content()

    assert body
    assert "Médiation de la Conduite" in body.get_content()
    assert piece.get_content_type() == "application/pdf"
    assert pdf == camille.file(shown).content == desk.kept(BY_MAIL)
    in_order([*SAID_BY_MAIL, *MENTIONS], pdf)


async def answer_chat(desk: Desk) -> None:
    """Taps alone; the client has the words and the paper in the same chat."""
    camille, client = desk.place.manager, desk.place.client
    motive = desk.complaint(BY_CHAT).motives[0]
    await desk.says(camille, f"/dossier {BY_CHAT}")
    await desk.follows(camille, upholding(motive))
    text = await client.sees("Votre réclamation est donc fondée.", PATIENCE)
    paper = await client.sees(lambda one: bool(one.document), PATIENCE)
    pdf = client.file(paper).content

    assert "Médiation de la Conduite" in text.text
    assert pdf == desk.kept(BY_CHAT)
    in_order(
        [
            f"« {CHAT_COMPLAINT} » Ce grief est fondé. "
            + label(f"manager.reason_upheld_{motive}_1"),
            "Votre réclamation est donc fondée.",
            label(f"manager.causes_{motive}_1"),
            label(f"manager.actions_{motive}_1").rstrip(".") + ", au plus tard le 1er avril 2026.",
            "une leçon offerte, au plus tard le 1er avril 2026.",
            *MENTIONS,
        ],
        pdf,
    )


async def keep_promises(desk: Desk, reference: str) -> None:
    """Each promise from the list of what is to be done, with a word that proves it."""
    camille = desk.place.manager
    while promises := desk.complaint(reference).open_promises():
        sent = camille.mark
        await desk.says(camille, "/suivi")
        shown = await camille.sees(reference, PATIENCE, after=sent)
        done = next(
            button.label
            for button in shown.buttons
            if f":done:{reference}:{code_of(promises[0])}" in (button.data or "")
        )
        await desk.taps(camille, done, on=shown)
        await desk.says(camille, f"Vu par moi : {code_of(promises[0])}.")
        await camille.sees("est noté comme fait", PATIENCE, after=shown)


async def ask_clients(desk: Desk) -> None:
    """One client answers by mail, the other by a tap; the manager hears of both."""
    place, camille = desk.place, desk.place.manager
    asked = await place.letter(of_kind("satisfaction"))
    await place.client.sees("votre réclamation R-2026-0002", PATIENCE)
    place.clock.advance(timedelta(minutes=5))
    reply = {"in_reply_to": str(asked["Message-ID"]), "subject": "Re: avis"}
    await desk.delivers(place.mail("1", 2, **reply))
    await desk.taps(place.client, label("opinion.button_settled"))
    for reference in (BY_MAIL, BY_CHAT):
        await camille.sees(
            lambda one, about=reference: about in one.text and "est satisfait" in one.text,
            PATIENCE,
        )


async def look_at_effects(desk: Desk, day: datetime) -> None:
    """Every action that was to end it is looked at, from one digest."""
    camille = desk.place.manager
    sent = camille.mark
    desk.place.clock.advance_to(day)
    shown = await camille.sees("ont-elles servi", PATIENCE, after=sent)
    effective = label("following.button_effective")
    for words in [one for one in shown.labels if one.startswith(effective)]:
        await desk.taps(camille, words, on=shown)


async def close(desk: Desk, reference: str) -> None:
    await desk.says(desk.place.manager, f"/dossier {reference}")
    await desk.taps(desk.place.manager, label("following.button_close"))


@pytest.fixture
def _few_authorities(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing here speaks TLS, and reading 150 certificates is the dearest part of a new life."""
    first, end, _ = certifi.contents().partition("-----END CERTIFICATE-----")
    (tmp_path / "one.pem").write_text(first + end)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "one.pem"))


@pytest.mark.usefixtures("_few_authorities")
async def test_two_complaints_from_arrival_to_closing(tmp_path: Path) -> None:
    """Nothing is asked twice, lost or sent twice, however often the application begins anew."""
    async with town(tmp_path, SandboxClock(NOON), capability=WITHOUT_IDLE) as place:
        desk = Desk(place)
        await desk.opens()
        try:
            await complain(desk)
            await answer_mail(desk)
            await answer_chat(desk)
            place.clock.advance_to(PROMISED)
            await place.manager.sees("Promis aux clients", PATIENCE)
            for reference in (BY_MAIL, BY_CHAT):
                await keep_promises(desk, reference)
            await ask_clients(desk)
            for day in CHECKS.values():
                await look_at_effects(desk, day)
            for reference in (BY_MAIL, BY_CHAT):
                await close(desk, reference)
            letters = [one for one in await place.letters() if one["Message-ID"]]
            ends(desk)
        finally:
            await desk.ends()

    kinds = [str(one["Message-ID"]).split(".")[1] for one in letters]
    papers = [one.document["file_name"] for one in place.client.from_bot() if one.document]
    assert kinds == ["acknowledgement", "answer", "satisfaction"]
    assert papers == [f"reponse-{BY_CHAT}.pdf"]
    assert label("manager.old_button") not in place.manager.toasts
    assert desk.lives > ACTS


def ends(desk: Desk) -> None:
    """What the register has of both, once all is over."""
    first, second = map(desk.complaint, (BY_MAIL, BY_CHAT))
    promises = [*first.actions, *second.actions, *first.compensations, *second.compensations]

    assert [one.finding for one in first.grievances] == [
        Finding.UPHELD,
        Finding.NOT_UPHELD,
        Finding.UNESTABLISHED,
    ]
    assert (first.outcome, second.outcome) == (Outcome.PARTLY_UPHELD, Outcome.UPHELD)
    assert first.actions[0].owner == "Karim Diallo"
    assert [one.evidence for one in promises] == [
        f"Vu par moi : {code_of(one)}." for one in promises
    ]
    for one in (first, second):
        assert one.state is State.CLOSED
        assert one.satisfaction
        assert one.satisfaction.verdict is Verdict.SETTLED
        assert [[it.days for it in action.checks] for action in one.actions] == [
            [*CHECKS] for _ in one.actions
        ]
