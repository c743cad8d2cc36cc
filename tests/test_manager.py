"""The manager's desk, by its front door: a person taps and writes, the Bot API is the sandbox's."""

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from bot.callbacks import Desk as Button
from bot.texts import label
from letters.lint import Fault
from letters.words import named
from register.complaint import (
    Address,
    Attachment,
    Channel,
    Complainant,
    Complaint,
    Concern,
    Finding,
    Letter,
    LetterKind,
    Outcome,
    ReceivedMessage,
    Refusal,
    SetAsideMessage,
    State,
)
from register.labels import Motive, Severity
from sandbox.person import Person
from tests.complaints import LEA, NOON, complaint, decided, examined
from tests.desk import Desk, StillClock, opened, upholding
from tests.test_grievances import THREE
from tests.test_lint import REFUND

REFERENCE = "R-2026-0001"
PARTLY = label("manager.reason_partly_upheld_any_1")


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with opened(tmp_path, StillClock()) as running:
        yield running


@pytest.fixture
async def jeanne(desk: Desk) -> Person:
    return await desk.manager()


def acknowledgement(**changes: object) -> Letter:
    """The acknowledgement of the first complaint, queued."""
    plain = Letter(
        letter_id=f"{REFERENCE}.acknowledgement.1",
        kind=LetterKind.ACKNOWLEDGEMENT,
        to=LEA,
        subject="Accusé de réception",
        body="Nous avons bien reçu votre réclamation.",
        created_at=NOON,
    )
    return replace(plain, **changes)


def ready(*findings: Finding, **changes: object) -> Callable[[Complaint], Complaint]:
    """The step to a decision that only waits for its approval."""
    return lambda one: decided(one, *findings, compensations=(), **changes)  # type: ignore[arg-type]


# -- from the card to the letter --------------------------------------------------------------


@pytest.mark.parametrize("restarts", [False, True])
async def test_whole_path_to_one_queued_letter(desk: Desk, jeanne: Person, restarts: bool) -> None:
    """Twelve taps from the card to the letter; a restart before any of them changes nothing."""
    desk.receives()
    await desk.says(jeanne, f"/dossier {REFERENCE}")
    *taps, send = upholding(Motive.SCHEDULING)
    for tap in taps:
        if restarts:
            await desk.restart()
        await desk.taps(jeanne, tap)
    preview = await jeanne.sees("voici la lettre")
    if restarts:
        await desk.restart()
    await desk.taps(jeanne, send)

    (letter,) = desk.answers()
    after = desk.complaint()
    assert len(taps) + 1 <= 12
    assert after.investigation
    assert after.investigation.causes == label("manager.causes_scheduling_1")
    assert after.investigation.is_isolated is True
    assert after.outcome is Outcome.UPHELD
    assert [one.quantity for one in after.compensations] == [1]
    assert [(one.owner, one.due) for one in after.actions] == [
        ("Jeanne Morel", date(2026, 4, 1)),
    ]
    assert letter.to == LEA
    assert letter.body.strip() in preview.text
    assert label("manager.reason_upheld_scheduling_1") in letter.body
    assert "une leçon offerte, au plus tard le 1er avril 2026" in letter.body
    assert after.state is State.UNDER_INVESTIGATION  # answered once the letter has left
    assert desk.register.unsent() == [after]


THREE_TAPS: list[str] = [  # a text is written, what begins with "+" is a photo
    "Enquêter",
    "Le planning et la facture ont été relus.",
    "+",
    "↩️ Revenir",
    "Client et personnel entendus",
    "L’absence du moniteur n’a pas été remplacée.",
    "Grave",
    "Mineur",
    "✅ Confirmer la gravité",
    "La leçon a été reprogrammée avec vous.",
    "👤 1",
    "Karim Diallo",
    "📅 1",
    "3 mars",
    "✅ Continuer",
    "🤷 Je ne sais pas",
    "🔗 2 + 3",
    "➕ Autre grief",
    "Le moniteur est arrivé en retard.",
    "✏️ 3",
    "Le moniteur est arrivé en retard mardi.",
    "✅ C’est bien cela",
    "Fondé",
    "Le planning montre une annulation trop tardive.",
    "Non fondé",
    "La facture correspond au contrat signé.",
    "Impossible à établir",
    "Les récits diffèrent, sans pièce qui les départage.",
    "Prévoir un moniteur remplaçant.",
    "Un rappel chaque soir",
    "📅 3",
    "+ 60 jours",
    "✅ C’est tout",
    "Avoir…",
    "45,50",
    "✏️ Réécrire",
    "Bonjour, voilà.",
    "Revenir à la lettre proposée",
    "🔧 Corriger…",
    "Dédommagement",
    "📅 1",
    "+ 15 jours",
    "✅ C’est tout",
    "Envoyer",
]


@pytest.mark.parametrize("restarts", [False, True])
@pytest.mark.parametrize("channel", [Channel.EMAIL, Channel.TELEGRAM])
async def test_three_grievances_through_every_step(
    desk: Desk, jeanne: Person, channel: Channel, restarts: bool
) -> None:
    """Every kind of question by taps and words, ended and started again before each of them."""
    address = Address(channel, {Channel.EMAIL: LEA.value}.get(channel, "42"))
    message = ReceivedMessage(source_id="m1@home.test", received_at=NOON, text=THREE)
    desk.receives(
        channel=channel,
        messages=(message,),
        complainant=Complainant(name="Léa Martin", address=address),
    )
    await desk.says(jeanne, f"/dossier {REFERENCE}")
    for said in THREE_TAPS:
        if restarts:
            await desk.restart()
        if said == "+":
            await jeanne.sends_photo(b"jpg")
            await desk.settled()
        elif said in jeanne.from_bot()[-1].labels:
            await desk.taps(jeanne, said)
        else:
            await desk.says(jeanne, said)

    after, (letter,) = desk.complaint(), desk.answers()
    found = after.investigation
    assert found
    assert [desk.pieces.read(one) for one in found.pieces] == [b"jpg"]
    assert (found.facts, found.heard) == (THREE_TAPS[1], label("manager.heard_both"))
    assert (found.concerns, after.severity) == ((Concern.MINOR,), Severity.SERIOUS)
    assert found.unknown == ("isolated",)
    assert [(one.owner, one.due, one.is_immediate) for one in after.actions] == [
        ("Karim Diallo", date(2026, 3, 3), True),
        ("Jeanne Morel", date(2026, 4, 1), False),
        ("Jeanne Morel", date(2026, 5, 1), False),
    ]
    assert [one.finding for one in after.grievances] == [
        Finding.UPHELD,
        Finding.NOT_UPHELD,
        Finding.UNESTABLISHED,
    ]
    assert [(one.amount, one.due) for one in after.compensations] == [
        (Decimal("45.50"), date(2026, 3, 17))
    ]
    assert after.outcome is Outcome.PARTLY_UPHELD
    assert letter.to == address
    plain = " ".join(letter.body.split())
    for words in (
        "deux fois la même heure. Personne ne répond",
        "« Le moniteur est arrivé en retard mardi. »",
        "La leçon a été reprogrammée avec vous (le 3 mars 2026)",
        "Un rappel chaque soir, au plus tard le 1er mai 2026",
        "un avoir de 45,50 €, au plus tard le 17 mars 2026",
        *(one.reason for one in after.grievances),
        "Médiateur Exemple",
    ):
        assert words in plain


async def test_a_second_approval_is_refused_and_says_so(desk: Desk, jeanne: Person) -> None:
    """However often "Envoyer" is tapped, one letter is queued."""
    desk.receives()
    desk.register.update(REFERENCE, ready())
    await desk.says(jeanne, f"/dossier {REFERENCE}")
    await desk.taps(jeanne, "Répondre")
    preview = await jeanne.sees("voici la lettre")
    await desk.taps(jeanne, "Envoyer")

    said = await desk.taps(jeanne, "Envoyer", on=preview)

    assert said == named(Refusal.ALREADY_ANSWERED)
    assert len(desk.answers()) == 1


async def test_an_answer_that_has_left_is_not_opened_by_an_old_card(
    desk: Desk, jeanne: Person
) -> None:
    """The buttons of an old card refuse, with the reason, once the answer has gone."""
    desk.receives()
    await desk.says(jeanne, f"/dossier {REFERENCE}")
    card = await jeanne.sees(REFERENCE)
    desk.register.update(REFERENCE, ready())
    await desk.taps(jeanne, "Répondre")
    await desk.taps(jeanne, "Envoyer")
    letter_id = desk.answers()[0].letter_id
    sent = desk.register.update(REFERENCE, lambda one: one.with_sent(letter_id, NOON, "proof"))

    for button in ("Enquêter", "Répondre"):
        assert await desk.taps(jeanne, button, on=card) == named(Refusal.ALREADY_ANSWERED)
    assert await desk.taps(jeanne, "Pas une réclamation", on=card) == ""
    assert await desk.taps(jeanne, "Oui, classer sans suite") == named(Refusal.OUT_OF_ORDER)
    assert desk.complaint() == sent


async def test_only_what_was_read_is_sent(desk: Desk, jeanne: Person) -> None:
    """Where another manager changes the decision after the preview, it must be read again."""
    desk.receives()
    desk.register.update(REFERENCE, ready())
    await desk.says(jeanne, f"/dossier {REFERENCE}")
    await desk.taps(jeanne, "Répondre")
    desk.register.update(REFERENCE, ready(reason="D’autres raisons."))

    said = await desk.taps(jeanne, "Envoyer")

    assert said == label("manager.preview_changed")
    assert desk.answers() == []
    assert "D’autres raisons." in jeanne.texts()[-1]
    await desk.taps(jeanne, "Envoyer")
    assert "D’autres raisons." in desk.answers()[0].body


async def test_answering_opens_the_investigation_without_fuss(desk: Desk, jeanne: Person) -> None:
    """ "Répondre" on a new card asks for the facts first."""
    desk.receives()
    await desk.says(jeanne, f"/dossier {REFERENCE}")

    await desk.taps(jeanne, "Répondre")

    assert desk.complaint().state is State.UNDER_INVESTIGATION
    assert label("manager.ask_facts") in jeanne.texts()[-1]


async def test_not_upheld_needs_only_reasons(desk: Desk, jeanne: Person) -> None:
    """A refusal with its reason goes straight to the preview."""
    desk.receives()
    desk.register.update(REFERENCE, examined)
    await desk.says(jeanne, f"/dossier {REFERENCE}")
    await desk.taps(jeanne, "Répondre")
    await desk.taps(jeanne, "Non fondé")

    shown = await desk.says(jeanne, "Le contrat le prévoit.")

    assert "Le contrat le prévoit." in shown
    assert "Envoyer" in jeanne.from_bot()[-1].labels
    await desk.taps(jeanne, "🔧 Corriger…")
    assert "Dédommagement" not in jeanne.from_bot()[-1].labels


async def test_free_words_wherever_buttons_are_offered(desk: Desk, jeanne: Person) -> None:
    """Causes, reasons, actions and compensation can be written; a refund asks for its amount."""
    desk.receives()
    desk.register.update(REFERENCE, lambda one: examined(one, causes=""))
    await desk.says(jeanne, f"/dossier {REFERENCE}")
    await desk.taps(jeanne, "Enquêter")
    await desk.says(jeanne, "Le moniteur <était> malade & seul.")
    await desk.taps(jeanne, "Fondé en partie")
    await desk.says(jeanne, "Oui et non.")
    await desk.says(jeanne, "Un remplaçant.")
    await desk.taps(jeanne, "✅ C’est tout")
    await desk.taps(jeanne, "Remboursement…")
    again = await desk.says(jeanne, "je ne sais pas")
    await desk.says(jeanne, "45,50 €")

    after = desk.complaint()
    assert label("manager.ask_amount") in again
    assert after.investigation
    assert after.investigation.causes == "Le moniteur <était> malade & seul."
    assert after.grievances[0].reason == "Oui et non."
    assert [one.what for one in after.actions] == ["Un remplaçant."]
    assert [one.amount for one in after.compensations] == [Decimal("45.50")]
    assert "Le moniteur <était> malade & seul." in jeanne.texts()[-1]


async def test_what_was_found_and_given_before_is_offered(desk: Desk, jeanne: Person) -> None:
    """Causes of closed cases of the motive are buttons, and what they gave stands beside."""
    past = decided(
        complaint(reference="R-2026-0009", received_at=NOON - timedelta(days=30)),
        Finding.UPHELD,
        compensations=(replace(REFUND, amount=Decimal(55)),),
    )
    desk.register.save(replace(past, state=State.CLOSED))
    desk.receives(reference=REFERENCE)
    desk.register.update(REFERENCE, lambda one: examined(one, causes="", is_isolated=None))
    await desk.says(jeanne, f"/dossier {REFERENCE}")
    await desk.taps(jeanne, "Enquêter")
    await desk.taps(jeanne, "🔁 Le moniteur a été remplacé trop tard.")
    isolated = jeanne.texts()[-1]
    await desk.taps(jeanne, "Cas isolé")
    await desk.taps(jeanne, "Fondé")
    await desk.says(jeanne, "Oui.")
    await desk.says(jeanne, "Un remplaçant.")
    await desk.taps(jeanne, "✅ C’est tout")

    assert desk.complaint().investigation.causes == "Le moniteur a été remplacé trop tard."  # type: ignore[union-attr]
    assert "1 cas semblable en un an : R-2026-0009" in isolated
    assert "R-2026-0009 : Remboursement : 55,00" in jeanne.texts()[-1]


async def test_what_nobody_knows_is_named_on_the_card(desk: Desk, jeanne: Person) -> None:
    """It is asked no more, and not forgotten either."""
    desk.receives()
    await desk.says(jeanne, f"/dossier {REFERENCE}")
    await desk.taps(jeanne, "Enquêter")
    for _ in range(5):
        await desk.taps(jeanne, "🤷 Je ne sais pas")
    asked = jeanne.texts()[-1]

    card = await desk.says(jeanne, f"/dossier {REFERENCE}")

    assert label("manager.ask_finding") in asked
    assert "non établi : Faits, Cause, Gravité, Action immédiate, Cas isolé ou non" in card


@pytest.mark.parametrize(
    ("question", "tap", "refusal"),
    [
        ({"is_weighed": False}, "✅ Confirmer la gravité", "not_yet_concerns"),
    ],
)
async def test_a_tap_that_comes_too_early_says_what_is_missing(
    desk: Desk, jeanne: Person, question: dict[str, bool], tap: str, refusal: str
) -> None:
    """A severity that nobody has chosen cannot be confirmed."""
    desk.receives(severity=None)
    desk.register.update(REFERENCE, lambda one: examined(one, **question))
    await desk.says(jeanne, f"/dossier {REFERENCE}")
    await desk.taps(jeanne, "Enquêter")

    assert await desk.taps(jeanne, tap) == label(f"manager.{refusal}")


async def test_a_voice_is_a_piece_and_a_place_is_none(desk: Desk, jeanne: Person) -> None:
    """What has a file joins the investigation, and the question stays."""
    desk.receives()
    await desk.says(jeanne, f"/dossier {REFERENCE}")
    await desk.taps(jeanne, "Enquêter")
    await jeanne.sends_file(b"ogg", "temoin.ogg", "audio/ogg")
    await desk.settled()
    added = jeanne.texts()[-2:]
    await jeanne.sends_other(location={"latitude": 48.8, "longitude": 2.4})
    await desk.settled()

    refused = jeanne.texts()[-1]
    await desk.says(jeanne, f"/dossier {REFERENCE}")
    await desk.taps(jeanne, "📎 Pièces")

    (piece,) = desk.complaint().investigation.pieces  # type: ignore[union-attr]
    assert desk.pieces.read(piece) == b"ogg"
    assert "temoin.ogg" in added[0]
    assert label("manager.ask_facts") in added[1]
    assert refused == label("manager.text_wanted")
    assert jeanne.file(jeanne.from_bot()[-1]).content == b"ogg"


# -- the letter, rewritten and refused --------------------------------------------------------


async def test_a_rewritten_letter_is_checked(desk: Desk, jeanne: Person) -> None:
    """What is missing is said in a sentence, nothing can be sent, and the composed one is near."""
    desk.receives()
    desk.register.update(REFERENCE, ready())
    await desk.says(jeanne, f"/dossier {REFERENCE}")
    await desk.taps(jeanne, "Répondre")
    good = jeanne.from_bot()[-1]
    body = good.text.split(":", 1)[1].strip()
    await desk.taps(jeanne, "✏️ Réécrire")
    refused = await desk.says(jeanne, body.replace("mediateur.test", ""))
    held = jeanne.from_bot()[-1].labels
    changed = await desk.taps(jeanne, "Envoyer", on=good)
    sent_nothing = desk.answers() == []
    await desk.taps(jeanne, "🔧 Réécrire la lettre")
    own = body.replace("avec attention", "avec soin")
    shown = await desk.says(jeanne, own)
    await desk.taps(jeanne, "Envoyer")

    assert named(Fault.MEDIATOR_WEBSITE) in refused
    assert named(Fault.SIGNATORY) not in refused
    assert "Envoyer" not in held
    assert "Revenir à la lettre proposée" in held
    assert (changed, sent_nothing) == (label("manager.preview_changed"), True)
    assert "réécrite par vous" in shown
    assert desk.answers()[0].body == f"{own}\n"


async def test_a_long_letter_with_faults_is_shown_below_its_heading(
    desk: Desk, jeanne: Person
) -> None:
    """A message holds 4096 characters: what does not fit with the faults comes after them."""
    desk.receives()
    desk.register.update(REFERENCE, ready())
    await desk.says(jeanne, f"/dossier {REFERENCE}")
    await desk.taps(jeanne, "Répondre")
    await desk.taps(jeanne, "✏️ Réécrire")
    before = len(jeanne.texts())
    await desk.says(jeanne, ("Voici un mot. " * 300)[:3929])
    head, first, *_ = jeanne.texts()[before:]

    assert named(Fault.MEDIATOR_WEBSITE) in head
    assert first.startswith("Voici un mot.")
    assert "🔧 Réécrire la lettre" in jeanne.from_bot()[-1].labels


async def test_the_composed_letter_comes_back(desk: Desk, jeanne: Person) -> None:
    """One tap undoes a rewriting."""
    desk.receives()
    desk.register.update(REFERENCE, ready(body="Bonjour."))
    await desk.says(jeanne, f"/dossier {REFERENCE}")
    await desk.taps(jeanne, "Répondre")
    await desk.taps(jeanne, "Revenir à la lettre proposée")

    assert desk.complaint().decision.body == ""
    assert "Envoyer" in jeanne.from_bot()[-1].labels


async def test_another_clients_name_leads_to_the_answer_that_holds_it(
    desk: Desk, jeanne: Person
) -> None:
    """The reason that names somebody else is asked again, and the letter is then free to leave."""
    desk.receives()
    desk.receives(complainant=Complainant(name="Hugo Bernard"))
    desk.register.update(REFERENCE, ready(reason="Hugo Bernard dit la même chose."))
    await desk.says(jeanne, f"/dossier {REFERENCE}")
    await desk.taps(jeanne, "Répondre")
    refused = jeanne.texts()[-1]
    await desk.taps(jeanne, "🔧 Raison")
    await desk.says(jeanne, "Un autre élève dit la même chose.")

    assert named(Fault.OTHER_PERSON) in refused
    assert "Envoyer" in jeanne.from_bot()[-1].labels


async def test_a_letter_is_checked_again_as_it_is_sent(desk: Desk, jeanne: Person) -> None:
    """Somebody who complains after the preview may not be named in it either."""
    desk.receives()
    desk.register.update(REFERENCE, ready(reason="Hugo Bernard dit la même chose."))
    await desk.says(jeanne, f"/dossier {REFERENCE}")
    await desk.taps(jeanne, "Répondre")
    desk.receives(complainant=Complainant(name="Hugo Bernard"))

    await desk.taps(jeanne, "Envoyer")

    assert desk.answers() == []
    assert named(Fault.OTHER_PERSON) in jeanne.texts()[-1]


async def test_too_long_an_answer_is_told_its_length(desk: Desk, jeanne: Person) -> None:
    """The manager learns how much is too much, and is asked again."""
    desk.receives()
    desk.register.update(REFERENCE, ready(reason=""))
    await desk.says(jeanne, f"/dossier {REFERENCE}")
    await desk.taps(jeanne, "Répondre")

    shown = await desk.says(jeanne, "x" * 3001)

    assert "au plus 3000 caractères (le vôtre : 3001)" in jeanne.texts()[-2]
    assert label("manager.ask_reason") in shown


@pytest.mark.parametrize(
    ("channel", "way"),
    [
        (Channel.DESK, "à l’accueil"),
        (Channel.POST, "par courrier"),
        (Channel.PHONE, "par téléphone"),
        (Channel.EMAIL, "par e-mail"),
        (Channel.TELEGRAM, "par Telegram"),
    ],
)
async def test_the_card_says_by_which_way(
    desk: Desk, jeanne: Person, channel: Channel, way: str
) -> None:
    """In French each way has its own preposition."""
    desk.receives(channel=channel)

    assert f", {way}" in await desk.says(jeanne, f"/dossier {REFERENCE}")


async def test_an_answer_is_feminine(desk: Desk, jeanne: Person) -> None:
    """Trouble and proof agree with the letter that they name."""
    late = acknowledgement(
        letter_id=f"{REFERENCE}.answer.1", kind=LetterKind.ANSWER, attempts=9, trouble="fault"
    )
    desk.receives(letters=(late,))
    await desk.prompts.troubles()
    told = jeanne.texts()[-1]
    await desk.taps(jeanne, "Fait autrement")

    assert "la réponse n’est toujours pas partie" in told
    assert "la réponse est notée comme transmise" in jeanne.texts()[-1]


@pytest.mark.parametrize(
    ("button", "said"),
    [
        ("Cause", "La vraie cause."),
        ("Raison", "Mieux dit."),
        ("Ajouter un mot", "Nous avons appris de vous."),
    ],
)
async def test_the_preview_can_be_corrected(
    desk: Desk, jeanne: Person, button: str, said: str
) -> None:
    """One answer is given again, and the letter is shown anew."""
    desk.receives()
    desk.register.update(REFERENCE, ready())
    await desk.says(jeanne, f"/dossier {REFERENCE}")
    await desk.taps(jeanne, "Répondre")
    await desk.taps(jeanne, "🔧 Corriger…")
    await desk.taps(jeanne, button)

    shown = await desk.says(jeanne, said)

    assert said in shown
    assert "Envoyer" in jeanne.from_bot()[-1].labels


async def test_wrong_taps_are_corrected_from_the_preview(desk: Desk, jeanne: Person) -> None:
    """Isolated or not, the measures and the decision itself can be given again."""
    desk.receives()
    desk.register.update(REFERENCE, ready())
    await desk.says(jeanne, f"/dossier {REFERENCE}")
    await desk.taps(jeanne, "Répondre")
    for taps in (
        ("🔧 Corriger…", "Cas isolé ou non", "D’autres sont touchés"),
        ("🔧 Corriger…", "Mesures", "🗑 1", "Prévoir un moniteur remplaçant.", "✅ C’est tout"),
        (
            "🔧 Corriger…",
            "Décision",
            "Fondé en partie",
            "Une partie seulement des faits est confirmée.",
        ),
    ):
        for tap in taps:
            await desk.taps(jeanne, tap)

    after = desk.complaint()
    assert after.investigation
    assert after.investigation.is_isolated is False
    assert after.grievances[0].reason == PARTLY
    assert [one.what for one in after.actions] == ["Prévoir un moniteur remplaçant."]
    assert after.outcome is Outcome.PARTLY_UPHELD
    assert "Envoyer" in jeanne.from_bot()[-1].labels


async def test_later_leaves_everything_where_it_is(desk: Desk, jeanne: Person) -> None:
    """After "Plus tard" a text answers nothing, and "Répondre" goes on with the same question."""
    desk.receives()
    await desk.says(jeanne, f"/dossier {REFERENCE}")
    await desk.taps(jeanne, "Enquêter")
    await desk.taps(jeanne, "Plus tard")
    before = desk.complaint()

    said = await desk.says(jeanne, "Bonjour")

    assert said == label("manager.no_question")
    assert desk.complaint() == before
    await desk.taps(jeanne, "Voir le dossier")
    await desk.taps(jeanne, "Répondre")
    assert label("manager.ask_facts") in jeanne.texts()[-1]


async def test_a_letter_without_address_is_handed_over(desk: Desk, jeanne: Person) -> None:
    """The desk says that it must be handed over; the manager's word is the proof."""
    desk.receives(complainant=Complainant(name="Léa Martin"))
    desk.register.update(REFERENCE, ready())
    await desk.says(jeanne, f"/dossier {REFERENCE}")
    await desk.taps(jeanne, "Répondre")
    await desk.taps(jeanne, "Envoyer")
    waiting = await jeanne.sees("remettez-la-lui")

    await desk.taps(jeanne, "Remis en main propre")
    again = await desk.taps(jeanne, "Lu au téléphone", on=waiting)

    (letter,) = desk.answers()
    assert letter.proof == "handed over by manager:7"
    assert letter.sent_at == NOON
    assert desk.complaint().state is State.ANSWERED
    assert again == label("manager.already_sent")


async def test_a_long_letter_is_shown_whole(desk: Desk, jeanne: Person) -> None:
    """A preview longer than a message comes in several, the buttons under the last."""
    desk.receives()
    desk.register.update(REFERENCE, ready(reason="Une raison <b>&</b> 😀. " * 130))
    await desk.says(jeanne, f"/dossier {REFERENCE}")

    await desk.taps(jeanne, "Répondre")

    first, last = jeanne.from_bot()[-2:]
    assert "voici la lettre" in first.text
    assert first.labels == []
    assert "Envoyer" in last.labels
    await desk.taps(jeanne, "Envoyer")
    body = desk.answers()[0].body
    assert "".join(body.split()) in "".join(f"{first.text}{last.text}".split())


# -- the card ---------------------------------------------------------------------------------


async def test_confirming_twice_is_one_event(desk: Desk, jeanne: Person) -> None:
    """The second tap, on the screen as it was, changes nothing and says so."""
    desk.receives()
    await desk.says(jeanne, f"/dossier {REFERENCE}")
    card = await jeanne.sees(REFERENCE)
    first = await desk.taps(jeanne, "✅ Confirmer")

    second = await desk.taps(jeanne, "✅ Confirmer", on=card)

    assert (first, second) == (label("manager.confirmed"), label("manager.nothing_to_change"))
    assert [one.what for one in desk.complaint().events].count("confirmed") == 1
    assert desk.changes == 1
    assert len(jeanne.from_bot()) == 2  # the greeting, and the card that was turned


async def test_motive_and_severity_are_corrected(desk: Desk, jeanne: Person) -> None:
    """Two taps each, and the card shows what stands now."""
    desk.receives()
    await desk.says(jeanne, f"/dossier {REFERENCE}")
    await desk.taps(jeanne, "Corriger le motif")
    choices = jeanne.from_bot()[-1].labels
    await desk.taps(jeanne, named(Motive.PRIVACY))
    await desk.taps(jeanne, "Corriger la gravité")
    await desk.taps(jeanne, named(Severity.SERIOUS))

    after = desk.complaint()
    assert choices == [*map(named, Motive), "↩️ Retour"]
    assert after.motives == (Motive.PRIVACY,)
    assert after.severity is Severity.SERIOUS
    assert after.is_confirmed
    assert named(Motive.PRIVACY) in jeanne.texts()[-1]


async def test_set_aside_and_taken_back(desk: Desk, jeanne: Person) -> None:
    """One question before, one button after; the acknowledgement is queued again."""
    desk.receives()
    desk.register.update(REFERENCE, lambda one: one.with_letter(acknowledgement()))
    await desk.says(jeanne, f"/dossier {REFERENCE}")
    await desk.taps(jeanne, "Pas une réclamation")
    assert desk.complaint().state is State.RECEIVED
    await desk.taps(jeanne, "Oui, classer sans suite")
    aside = desk.complaint()
    await desk.restart()

    await desk.taps(jeanne, "Annuler, c’est une réclamation")

    assert aside.state is State.SET_ASIDE
    assert aside.letters == ()
    assert desk.complaint().state is State.RECEIVED
    assert len(desk.complaint().unsent()) == 1


async def test_a_change_of_mind_before_setting_aside(desk: Desk, jeanne: Person) -> None:
    """The way back shows the card again."""
    before = desk.receives()
    await desk.says(jeanne, f"/dossier {REFERENCE}")
    await desk.taps(jeanne, "Pas une réclamation")

    await desk.taps(jeanne, "↩️ Retour")

    assert "Enquêter" in jeanne.from_bot()[-1].labels
    assert desk.complaint() == before


async def test_hostile_words_are_harmless(desk: Desk, jeanne: Person) -> None:
    """HTML, emoji and any length in what a client wrote reach the phone as text."""
    hostile = '<b>gras & "cité"</b> <script> 😀 ' * 300
    piece = Attachment(name="a&b<i>.pdf", sha256="0" * 64, size=1, content_type="text/plain")
    message = ReceivedMessage(
        source_id="m1@home.test", received_at=NOON, text=hostile, attachments=(piece,)
    )
    desk.receives(
        messages=(message,), complainant=Complainant(name="<i>Léa</i> &amp; Cie", address=LEA)
    )

    card = await desk.says(jeanne, f"/dossier {REFERENCE}")
    await desk.taps(jeanne, "Texte entier")

    assert "<i>Léa</i> &amp; Cie" in card
    assert '<b>gras & "cité"</b> <script> 😀' in card
    assert "a&b<i>.pdf" in card
    assert "".join(hostile.split()) == "".join("".join(jeanne.texts()[3:]).split())


async def test_pieces_come_back_as_files(desk: Desk, jeanne: Person) -> None:
    """What the client sent is given as it was; a piece that is gone is named."""
    kept = desk.pieces.keep("facture.pdf", b"%PDF", "application/pdf")
    gone = Attachment(name="perdu.pdf", sha256="1" * 64, size=3, content_type="application/pdf")
    message = ReceivedMessage(
        source_id="m1@home.test", received_at=NOON, text="…", attachments=(kept, gone)
    )
    desk.receives(messages=(message,))
    await desk.says(jeanne, f"/dossier {REFERENCE}")

    await desk.taps(jeanne, "📎 Pièces")

    sent, missing = jeanne.from_bot()[-2:]
    assert jeanne.file(sent).content == b"%PDF"
    assert jeanne.file(sent).name == "facture.pdf"
    assert "perdu.pdf" in missing.text


@pytest.mark.parametrize("said", [REFERENCE, "2026-1", "r-2026-0001 svp"])
async def test_a_reference_as_people_write_it(desk: Desk, jeanne: Person, said: str) -> None:
    """Half a reference opens the card too."""
    desk.receives()

    assert REFERENCE in await desk.says(jeanne, f"/dossier {said}")


@pytest.mark.parametrize(
    ("said", "answer"),
    [("", "which_reference"), ("R-2026-0009", "unknown_reference"), ("hier", "which_reference")],
)
async def test_a_card_that_there_is_not(desk: Desk, jeanne: Person, said: str, answer: str) -> None:
    """The desk says what it did not find."""
    words = await desk.says(jeanne, f"/dossier {said}".strip())

    assert words.split(":")[0].split("/")[0] in label(f"manager.{answer}")


async def test_open_complaints_the_late_one_first(desk: Desk, jeanne: Person) -> None:
    """Overdue first, days left and next step in each line, a button to each card."""
    desk.receives(received_at=NOON)
    desk.clock.advance(days=-12)
    desk.receives(received_at=desk.clock())
    desk.clock.advance(days=12)

    shown = await desk.says(jeanne, "/ouvertes")

    assert shown.index("R-2026-0002") < shown.index("R-2026-0001")
    assert "retard : 2 jours · à examiner" in shown
    assert "10 jours · à examiner" in shown
    await desk.taps(jeanne, "R-2026-0001 · 10 jours")
    assert "Enquêter" in jeanne.from_bot()[-1].labels


async def test_nothing_is_open(desk: Desk, jeanne: Person) -> None:
    """An empty list says so."""
    assert "Aucune réclamation" in await desk.says(jeanne, "/ouvertes")


# -- who may, and what is old -----------------------------------------------------------------


async def test_a_stranger_does_nothing(desk: Desk, jeanne: Person) -> None:
    """A manager's button forged by somebody else, or a command, changes and shows nothing."""
    desk.receives()
    stranger = desk.api.person(99, "Un Inconnu")
    jeannes = await jeanne.sees("bureau")
    await stranger.sends(f"/dossier {REFERENCE}")
    await stranger.presses_data(Button("set_aside", REFERENCE).pack(), on=jeannes)
    await stranger.presses_data(Button("confirm", REFERENCE).pack(), on=jeannes)
    await desk.settled()

    assert stranger.from_bot() == []
    assert desk.complaint().events == ()
    # the same tap by the manager counts
    await jeanne.presses_data(Button("confirm", REFERENCE).pack(), on=jeannes)
    await desk.settled()
    assert desk.complaint().is_confirmed


@pytest.mark.parametrize(
    "data",
    [
        "m:confirm:R-2020-0001:",
        "m:dance:R-2026-0001:",
        "m:confirm",
        "m:is_motive:R-2026-0001:nonsense",
        "m:causes:R-2026-0001:nonsense_1",
        "m:isolated:R-2026-0001:perhaps",
        "m:retry:R-2026-0001:answer.9",
        "m:complaint::77",
        "m:complaint::x",
        "m:older::",
        "m:skip:new:name",
        "m:finished:new:",
        "m:entry:new:pigeon",
    ],
)
async def test_an_old_or_forged_button_is_harmless(desk: Desk, jeanne: Person, data: str) -> None:
    """It is answered with a sentence, and the register stays as it is."""
    before = desk.receives()
    message = jeanne.from_bot()[-1]
    await jeanne.presses_data(data, on=message)
    await desk.settled()

    assert jeanne.toasts == [label("manager.old_button")]
    assert desk.complaint() == before


async def test_a_tap_that_waited_too_long_still_counts(desk: Desk, jeanne: Person) -> None:
    """The query is too old to be answered, the step is taken all the same."""
    desk.receives()
    await desk.says(jeanne, f"/dossier {REFERENCE}")
    await desk.close()
    await jeanne.presses("✅ Confirmer")
    desk.clock.advance(hours=1)

    await desk.restart()
    await desk.settled()

    assert desk.complaint().is_confirmed
    assert "vérifiée" in jeanne.texts()[-1]


async def test_an_answer_lost_on_the_way_is_not_given_twice(desk: Desk, jeanne: Person) -> None:
    """Where our reply is refused at first, the same text comes again and answers one question."""
    desk.receives()
    desk.register.update(REFERENCE, ready(reason="", actions=(), actions_asked=False))
    await desk.says(jeanne, f"/dossier {REFERENCE}")
    await desk.taps(jeanne, "Répondre")
    desk.api.flood(jeanne, 0)

    shown = await desk.says(jeanne, "Le planning le montre.")

    after = desk.complaint()
    assert (after.grievances[0].reason, after.actions) == ("Le planning le montre.", ())
    assert label("manager.ask_actions") in shown


async def test_two_managers_at_one_complaint(desk: Desk, jeanne: Person) -> None:
    """Each sees who else is at it; the last word stands, and the story names both."""
    karim = await desk.manager(8, "Karim Diallo")
    desk.receives()
    for person in (jeanne, karim):
        await desk.says(person, f"/dossier {REFERENCE}")
    await desk.taps(jeanne, "Enquêter")
    await desk.taps(karim, "Enquêter")
    both = karim.texts()[-1]
    await desk.says(karim, "Une erreur.")

    await desk.says(jeanne, "Une autre erreur.")

    after = desk.complaint()
    assert "Jeanne Morel" in both
    assert after.investigation
    assert after.investigation.facts == "Une autre erreur."
    assert {one.who for one in after.events} == {"manager:7", "manager:8"}


# -- entering what came by another way --------------------------------------------------------


async def enter(desk: Desk, jeanne: Person) -> None:
    """A complaint by telephone, up to the question for the name."""
    await desk.says(jeanne, "/nouvelle")
    await desk.taps(jeanne, "Téléphone")
    await desk.says(jeanne, "Le client a payé deux fois.")
    await desk.says(jeanne, "Il veut 300 euros.")
    await jeanne.sends_file(b"%PDF", "recu.pdf", "application/pdf")
    await desk.settled()
    await desk.taps(jeanne, "Terminé")


@pytest.mark.parametrize("restarts", [False, True])
async def test_by_telephone_with_an_email(desk: Desk, jeanne: Person, restarts: bool) -> None:
    """Two messages and a piece become one complaint whose letters go to the e-mail given."""
    await enter(desk, jeanne)
    await desk.says(jeanne, "Paul Petit")
    if restarts:
        await desk.restart()
    await desk.says(jeanne, "paul.petit@home.test")

    one = desk.complaint()
    assert one.channel is Channel.PHONE
    assert one.text == "Le client a payé deux fois.\n\nIl veut 300 euros."
    assert [desk.pieces.read(piece) for piece in one.attachments] == [b"%PDF"]
    assert one.complainant.name == "Paul Petit"
    assert one.complainant.address == Address(Channel.EMAIL, "paul.petit@home.test")
    assert [letter.to for letter in one.unsent()] == [one.complainant.address]
    assert "Enquêter" in jeanne.from_bot()[-1].labels
    assert desk.register.drafts() == []
    assert desk.register.manager(7).question is None  # type: ignore[union-attr]


async def test_by_telephone_without_an_address(desk: Desk, jeanne: Person) -> None:
    """Both questions can be passed; a second tap on "Passer" files nothing more."""
    await enter(desk, jeanne)
    await desk.taps(jeanne, "Passer")
    last = await jeanne.sees("Son e-mail")
    await desk.taps(jeanne, "Passer")
    again = await desk.taps(jeanne, "Passer", on=last)

    (one,) = desk.register.complaints()
    assert one.complainant == Complainant()
    assert again == label("manager.old_button")


async def test_a_telephone_number_is_kept_as_contact(desk: Desk, jeanne: Person) -> None:
    """What is neither e-mail nor number is asked again; a number is no address for letters."""
    await enter(desk, jeanne)
    await desk.says(jeanne, "Paul Petit")
    refused = await desk.says(jeanne, "je demanderai")
    await desk.says(jeanne, "01 99 00 45 67")

    assert refused == label("manager.entry_bad_contact")
    assert desk.complaint().complainant == Complainant(name="Paul Petit", contact="01 99 00 45 67")


async def test_the_one_who_enters_gets_no_second_card(desk: Desk, jeanne: Person) -> None:
    """The other manager is told by a card, the one who wrote it has it already."""
    karim = await desk.manager(8, "Karim Diallo")
    await enter(desk, jeanne)
    await desk.taps(jeanne, "Passer")
    await desk.taps(jeanne, "Passer")
    seen = len(jeanne.texts())

    await desk.prompts.cards()
    await desk.prompts.cards()

    assert len(jeanne.texts()) == seen
    assert sum("Client inconnu" in text for text in karim.texts()) == 1


async def test_an_entry_goes_on_where_it_stopped(desk: Desk, jeanne: Person) -> None:
    """After other work "/nouvelle" takes up the same words; nothing is asked twice."""
    desk.receives(reference="R-2025-0001")
    await desk.says(jeanne, "/nouvelle")
    await desk.taps(jeanne, "Courrier")
    await desk.says(jeanne, "La lettre dit…")
    await desk.says(jeanne, "/dossier R-2025-0001")
    await desk.taps(jeanne, "Enquêter")
    await desk.says(jeanne, "Une erreur.")

    await desk.says(jeanne, "/nouvelle")
    await desk.taps(jeanne, "Continuer")
    await desk.says(jeanne, "La suite.")
    await desk.taps(jeanne, "Terminé")
    await desk.taps(jeanne, "Passer")
    await desk.taps(jeanne, "Passer")

    (entered,) = (one for one in desk.register.complaints() if one.channel is Channel.POST)
    assert entered.text == "La lettre dit…\n\nLa suite."


async def test_a_cancelled_entry_leaves_nothing(desk: Desk, jeanne: Person) -> None:
    """What was written is gone, and the next text answers nothing."""
    await enter(desk, jeanne)
    await desk.taps(jeanne, "Annuler")
    assert len(desk.register.drafts()) == 1  # asked once
    await desk.taps(jeanne, "Oui, supprimer")

    assert await desk.says(jeanne, "Paul") == label("manager.no_question")
    assert desk.register.complaints() == []
    assert desk.register.drafts() == []


async def test_an_abandoned_entry_is_not_poured_into_the_next(desk: Desk, jeanne: Person) -> None:
    """The words of one client are named and dropped before another's are entered."""
    await desk.says(jeanne, "/nouvelle")
    await desk.taps(jeanne, "Téléphone")
    await desk.says(jeanne, "Les mots du client A.")
    desk.clock.advance(days=1)
    shown = await desk.says(jeanne, "/nouvelle")
    await desk.taps(jeanne, "Nouvelle saisie")
    assert "Les mots du client A." in jeanne.texts()[-1]
    await desk.taps(jeanne, "Oui, recommencer")
    await desk.taps(jeanne, "Courrier")
    await desk.says(jeanne, "Les mots du client B.")
    await desk.taps(jeanne, "Terminé")
    await desk.taps(jeanne, "Passer")
    await desk.taps(jeanne, "Passer")

    assert "Une saisie du" in shown
    assert "Les mots du client A." in shown
    assert desk.complaint().text == "Les mots du client B."
    assert desk.complaint().channel is Channel.POST


@pytest.mark.parametrize("old", ["Annuler", "Terminé"])
@pytest.mark.parametrize("ends", ["filed", "replaced"])
async def test_a_button_of_another_entry_drops_nothing(
    desk: Desk, jeanne: Person, old: str, ends: str
) -> None:
    """Once an entry is filed or replaced its buttons claim nothing, whatever is under way."""
    await desk.says(jeanne, "/nouvelle")
    await desk.taps(jeanne, "Téléphone")
    await desk.says(jeanne, "Les mots du client A.")
    first = jeanne.from_bot()[-1]
    desk.clock.advance(minutes=1)
    if ends == "filed":
        await desk.taps(jeanne, "Terminé", on=jeanne.from_bot()[-2])
        await desk.taps(jeanne, "Passer")
        await desk.taps(jeanne, "Passer")
        await desk.says(jeanne, "/nouvelle")
    else:
        await desk.says(jeanne, "/nouvelle")
        await desk.taps(jeanne, "Nouvelle saisie")
        await desk.taps(jeanne, "Oui, recommencer")
    await desk.taps(jeanne, "Accueil")
    await desk.says(jeanne, "Les mots du client B.")
    before = desk.register.drafts()

    said = await desk.taps(jeanne, old, on=first)

    assert said == label("manager.old_button")
    assert desk.register.drafts() == before
    assert not any(label("manager.entry_cancelled") in text for text in jeanne.texts())


async def test_an_entry_disarms_the_question_before_it(desk: Desk, jeanne: Person) -> None:
    """After "/nouvelle" a text enters no letter; the channel is asked for again."""
    desk.receives()
    desk.register.update(REFERENCE, ready(reason=""))
    await desk.says(jeanne, f"/dossier {REFERENCE}")
    await desk.taps(jeanne, "Répondre")
    await desk.says(jeanne, "/nouvelle")

    await desk.says(jeanne, "Un autre client appelle.")

    assert desk.complaint().grievances[0].reason == ""
    assert jeanne.texts()[-2] == label("manager.entry_choose_first")
    assert "Téléphone" in jeanne.from_bot()[-1].labels
    await desk.taps(jeanne, "Annuler")
    assert await desk.says(jeanne, "…") == label("manager.no_question")


@pytest.mark.parametrize("way", ["/dossier", "Voir le dossier"])
async def test_another_card_disarms_the_question(desk: Desk, jeanne: Person, way: str) -> None:
    """Where another complaint is looked at, a text does not enter the first one's letter."""
    desk.receives()
    desk.receives()
    desk.register.update(REFERENCE, ready(reason=""))
    await desk.says(jeanne, "/dossier R-2026-0002")
    await desk.taps(jeanne, "Enquêter")
    await desk.taps(jeanne, "Plus tard")
    await desk.says(jeanne, f"/dossier {REFERENCE}")
    await desk.taps(jeanne, "Répondre")
    if way == "/dossier":
        await desk.says(jeanne, "/dossier R-2026-0002")
    else:
        await desk.taps(jeanne, way)

    said = await desk.says(jeanne, "Des raisons pour l’autre.")

    assert said == label("manager.no_question")
    assert desk.complaint().grievances[0].reason == ""


async def test_an_empty_entry_is_not_finished(desk: Desk, jeanne: Person) -> None:
    """Without a word there is nothing to register."""
    await desk.says(jeanne, "/nouvelle")
    await desk.taps(jeanne, "Accueil")

    assert await desk.taps(jeanne, "Terminé") == label("manager.entry_empty")


# -- what was set aside -----------------------------------------------------------------------


def aside(desk: Desk, number: int) -> SetAsideMessage:
    """A message that was not taken as a complaint."""
    message = ReceivedMessage(
        source_id=f"q{number}@home.test", received_at=NOON, text=f"Question n° {number} <b>"
    )
    return desk.register.set_aside(
        SetAsideMessage(
            number=0,
            reason="not_a_complaint",
            channel=Channel.EMAIL,
            message=message,
            sender=LEA,
            sender_name="Léa Martin",
        )
    )


async def test_set_aside_messages_are_found_and_recalled(desk: Desk, jeanne: Person) -> None:
    """The newest five, then the older; one tap makes a complaint of one, a second no other."""
    for number in range(1, 8):
        aside(desk, number)
    await desk.says(jeanne, "/ecartes")
    newest = jeanne.from_bot()[-6:]
    await desk.taps(jeanne, "Plus anciens")
    await desk.taps(jeanne, "C’est une réclamation", on=newest[0])
    await desk.taps(jeanne, "C’est une réclamation", on=newest[0])

    (one,) = desk.register.complaints()
    for number, shown in zip((7, 6, 5, 4, 3), newest[:5], strict=True):
        assert f"Question n° {number} <b>" in shown.text
    assert one.text == "Question n° 7 <b>"
    assert any("Question n° 1" in text for text in jeanne.texts())


async def test_a_set_aside_message_is_read_whole(desk: Desk, jeanne: Person) -> None:
    """Who wrote, from where, all of it and its pieces: enough to judge it."""
    kept = aside(desk, 1)
    piece = desk.pieces.keep("photo.jpg", b"jpg", "image/jpeg")
    message = replace(kept.message, text="Long. " * 200, attachments=(piece,))
    desk.register.save_set_aside(replace(kept, message=message))

    shown = await desk.says(jeanne, "/ecartes")
    listed = jeanne.from_bot()[-1]
    await desk.taps(jeanne, "Texte entier", on=listed)
    read = jeanne.texts()[-1]
    await desk.taps(jeanne, "📎 Pièces", on=listed)

    assert "Léa Martin · lea.martin@home.test" in shown
    assert read == message.text.strip()
    assert jeanne.file(jeanne.from_bot()[-1]).content == b"jpg"


def question(desk: Desk, chat: Address) -> SetAsideMessage:
    """A question that was asked in a chat, or by e-mail."""
    kept = replace(aside(desk, 1), sender=chat, channel=chat.channel, is_doubtful=True)
    desk.register.save_set_aside(kept)
    return kept


async def test_a_question_is_answered_in_its_chat(desk: Desk, jeanne: Person) -> None:
    """The next text of the manager, and no other, reaches the one who asked."""
    client = desk.api.person(42, "Léa Martin")
    await client.sends("/start")
    question(desk, Address(Channel.TELEGRAM, "42"))
    await desk.prompts.doubts()
    await desk.taps(jeanne, "Répondre")
    await desk.says(jeanne, "Oui, samedi <matin> & soir.")
    after = await desk.says(jeanne, "Autre chose.")

    (told,) = [text for text in client.texts() if "samedi" in text]
    assert "Oui, samedi <matin> & soir." in told
    assert "Auto-école du Parc" in told
    assert label("manager.reply_sent") in jeanne.texts()
    assert after == label("manager.no_question")


async def test_a_client_who_has_left_cannot_be_answered(desk: Desk, jeanne: Person) -> None:
    """The manager is told that nothing has arrived."""
    client = desk.api.person(42, "Léa Martin")
    await client.sends("/start")
    await client.blocks()
    question(desk, Address(Channel.TELEGRAM, "42"))
    await desk.says(jeanne, "/ecartes")
    await desk.taps(jeanne, "Répondre")

    assert await desk.says(jeanne, "Oui.") == label("manager.reply_refused")


async def test_an_email_is_not_answered_from_here(desk: Desk, jeanne: Person) -> None:
    """No button for what the chat cannot reach."""
    question(desk, LEA)
    await desk.says(jeanne, "/ecartes")

    assert "Répondre" not in jeanne.from_bot()[-1].labels


async def test_complaints_set_aside_are_listed_too(desk: Desk, jeanne: Person) -> None:
    """What a manager has set aside is found again, the newest five first, and taken back."""
    for _ in range(7):
        desk.receives(state=State.SET_ASIDE)
    await desk.says(jeanne, "/ecartes")
    await desk.taps(jeanne, "Plus anciens")
    shown = [text[:11] for text in jeanne.texts() if "classée sans suite" in text]

    await desk.taps(jeanne, "Annuler, c’est une réclamation")

    assert shown == [f"R-2026-{number:04d}" for number in (7, 6, 5, 4, 3, 2, 1)]
    assert [one.reference for one in desk.register.open_complaints()] == ["R-2026-0001"]


async def test_nothing_was_set_aside(desk: Desk, jeanne: Person) -> None:
    """An empty list says so."""
    assert await desk.says(jeanne, "/ecartes") == label("manager.aside_none")


# -- letters that do not leave ----------------------------------------------------------------


async def test_a_stuck_letter_is_tried_again(desk: Desk, jeanne: Person) -> None:
    """ "Réessayer" queues it as if for the first time, and wakes the dispatch."""
    stuck = acknowledgement(is_stuck=True, trouble="automatic_sender", attempts=3)
    desk.receives()
    desk.register.update(REFERENCE, lambda one: one.with_letter(stuck))
    await desk.prompts.troubles()

    await desk.taps(jeanne, "Réessayer")

    (letter,) = desk.complaint().unsent()
    assert letter == acknowledgement(retry_at=NOON)
    assert desk.changes == 1


async def test_stuck_letters_are_mended_from_the_card(desk: Desk, jeanne: Person) -> None:
    """Two letters that wait are told apart; each has its ways, and leaves the card once done."""
    desk.receives()
    desk.register.update(REFERENCE, ready())
    stuck = acknowledgement(is_stuck=True, trouble="blocked")
    second = replace(stuck, letter_id=f"{REFERENCE}.answer.1", kind=LetterKind.ANSWER)
    desk.register.update(REFERENCE, lambda one: one.with_letter(stuck).with_letter(second))
    card = await desk.says(jeanne, f"/dossier {REFERENCE}")
    await desk.taps(jeanne, "Fait autrement (réponse)")
    await desk.taps(jeanne, "Voir le dossier")
    await desk.taps(jeanne, "Réessayer")

    assert "Accusé de réception bloqué : " in card
    assert "Réponse bloquée : " in card
    assert desk.answers()[0].is_sent
    assert [one.letter_id for one in desk.complaint().unsent()] == [stuck.letter_id]
    await desk.says(jeanne, f"/dossier {REFERENCE}")
    assert "Réessayer" not in jeanne.from_bot()[-1].labels


async def test_a_letter_to_hand_over_is_on_the_card(desk: Desk, jeanne: Person) -> None:
    """After a "Plus tard" the way to say that it was done is still there."""
    desk.receives(complainant=Complainant(name="Léa Martin"))
    desk.register.update(REFERENCE, lambda one: one.with_letter(acknowledgement(to=None)))
    await desk.says(jeanne, f"/dossier {REFERENCE}")

    await desk.taps(jeanne, "Lu au téléphone")

    assert desk.complaint().acknowledged_at == NOON


@pytest.mark.parametrize("opens", ["notice", "card"])
async def test_a_wrong_address_is_corrected(desk: Desk, jeanne: Person, opens: str) -> None:
    """The next text is checked, and the letters that wait leave for it."""
    desk.receives()
    stuck = acknowledgement(is_stuck=True, trouble="bounced", attempts=3)
    desk.register.update(REFERENCE, lambda one: one.with_letter(stuck))
    if opens == "notice":
        await desk.prompts.troubles()
    else:
        await desk.says(jeanne, f"/dossier {REFERENCE}")
    await desk.taps(jeanne, "Corriger l’adresse")
    refused = await desk.says(jeanne, "lea.martin chez home")
    await desk.says(jeanne, "lea@home.test")

    new = Address(Channel.EMAIL, "lea@home.test")
    assert refused.startswith("Ce n’est pas une adresse e-mail")
    assert desk.complaint().complainant == Complainant(name="Léa Martin", address=new)
    assert desk.complaint().unsent() == (acknowledgement(to=new, retry_at=NOON),)
    assert desk.changes == 1
    assert await desk.says(jeanne, "…") == label("manager.no_question")


async def test_an_answered_complaint_is_reopened(desk: Desk, jeanne: Person) -> None:
    """What the client adds can lead to a second decision and a second letter."""
    desk.receives()
    desk.register.update(REFERENCE, ready())
    await desk.says(jeanne, f"/dossier {REFERENCE}")
    await desk.taps(jeanne, "Répondre")
    await desk.taps(jeanne, "Envoyer")
    first = desk.answers()[0]
    desk.register.update(REFERENCE, lambda one: one.with_sent(first.letter_id, NOON, "proof"))
    more = ReceivedMessage(source_id="m2@home.test", received_at=NOON, text="J’ai un reçu.")
    desk.register.update(REFERENCE, lambda one: one.with_message(more))
    await desk.prompts.additions()
    await desk.taps(jeanne, "Lire la réponse")
    read = jeanne.texts()[-1]
    await desk.taps(jeanne, "Rouvrir")
    assert desk.complaint().state is State.ANSWERED  # asked once
    await desk.taps(jeanne, "Oui, rouvrir")
    await desk.taps(jeanne, "Non fondé")
    await desk.says(jeanne, "Le reçu est d’un autre mois.")
    await desk.taps(jeanne, "Envoyer")

    assert read == first.body.strip()
    assert [one.letter_id for one in desk.answers()] == [
        f"{REFERENCE}.answer.1",
        f"{REFERENCE}.answer.2",
    ]
    assert "Le reçu est d’un autre mois." in desk.answers()[1].body


async def test_a_card_of_an_answered_complaint_offers_to_reopen(desk: Desk, jeanne: Person) -> None:
    """A second tap on the old question changes nothing more."""
    sent = acknowledgement(letter_id=f"{REFERENCE}.answer.1", kind=LetterKind.ANSWER, sent_at=NOON)
    desk.receives()
    desk.register.update(REFERENCE, lambda one: ready()(one).with_letter(sent))
    desk.register.update(REFERENCE, lambda one: replace(one, state=State.CLOSED))
    await desk.says(jeanne, f"/dossier {REFERENCE}")
    await desk.taps(jeanne, "Rouvrir")
    sure = jeanne.from_bot()[-1]
    await desk.taps(jeanne, "Oui, rouvrir")
    await jeanne.presses_data(Button("is_reopened", REFERENCE).pack(), on=sure)
    await desk.settled()

    after = desk.complaint()
    assert [one.what for one in after.events].count("reopened") == 1
    assert after.state is State.UNDER_INVESTIGATION
    assert label("manager.ask_finding") in jeanne.texts()[-1]


async def test_a_held_letter_of_what_was_set_aside_is_not_offered(
    desk: Desk, jeanne: Person
) -> None:
    """Nothing leaves for a message that is no complaint."""
    held = acknowledgement(is_stuck=True, trouble="automatic_sender")
    before = desk.receives(state=State.SET_ASIDE, letters=(held,))
    await desk.says(jeanne, f"/dossier {REFERENCE}")
    shown = jeanne.from_bot()[-1]

    await jeanne.presses_data(Button("retry", REFERENCE, "acknowledgement.1").pack(), on=shown)
    await jeanne.presses_data(Button("address", REFERENCE).pack(), on=shown)
    said = await desk.says(jeanne, "lea@home.test")

    assert "Réessayer" not in shown.labels
    assert said == named(Refusal.OUT_OF_ORDER)
    assert desk.complaint() == before


async def test_a_stuck_letter_was_done_otherwise(desk: Desk, jeanne: Person) -> None:
    """The manager's word closes the duty and is the proof."""
    desk.receives()
    stuck = acknowledgement(is_stuck=True, trouble="blocked")
    desk.register.update(REFERENCE, lambda one: one.with_letter(stuck))
    await desk.prompts.troubles()
    await desk.taps(jeanne, "Lire le courrier")
    read = jeanne.texts()[-1]

    await desk.taps(jeanne, "Fait autrement")

    assert read == stuck.body
    assert desk.complaint().state is State.ACKNOWLEDGED
    assert desk.complaint().letters[0].proof == "done otherwise by manager:7"
