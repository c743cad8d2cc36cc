"""The words: every code has a name, every letter what it must say, and nothing that it must not."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from importlib.resources import files
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from jinja2 import UndefinedError

from letters import compose
from letters.compose import acknowledgement, answer, letter_id_of, message_id
from letters.dispatch import Trouble
from letters.establishment import Establishment, Mediator
from letters.lint import Fault
from letters.words import amount, excerpt, long_date, moment, named, short_date, size
from register.complaint import (
    Address,
    Attachment,
    Complainant,
    Complaint,
    Concern,
    Decision,
    Finding,
    Grievance,
    Investigation,
    Letter,
    LetterKind,
    Outcome,
    ReceivedMessage,
    Refusal,
    State,
)
from register.labels import Channel, Motive, Role, Severity, Training
from register.remedy import Action, Compensation, CompensationKind, Verdict

PARIS = ZoneInfo("Europe/Paris")
RECEIVED = datetime(2026, 11, 22, 13, 5, tzinfo=UTC)
ACKNOWLEDGED = RECEIVED + timedelta(minutes=1)
ANSWERED = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
NBSP = "\u00a0"

LILAS = Establishment(
    name="Auto-école des Lilas",
    address="12 rue des Lilas, 93100 Montreuil",
    phone="01 99 00 12 34",
    email="reclamations@lilas.test",
    signatory="Paul Renard",
    quality="Gérant",
    mail_domain="lilas.test",
    website="https://lilas.test",
    privacy_url="https://lilas.test/donnees",
    mediator=Mediator(
        "Médiation Exemple", "1 place du Pont, 75000 Paris", "https://med.example.org"
    ),
)

ADDRESSES = {
    Channel.EMAIL: Address(Channel.EMAIL, "lea@example.org"),
    Channel.TELEGRAM: Address(Channel.TELEGRAM, "4242"),
    Channel.DESK: None,
}


def minimal(channel: Channel = Channel.EMAIL) -> Complaint:
    """A complaint that nobody has read, of somebody without a name."""
    return Complaint(
        reference="R-2026-0001",
        channel=channel,
        received_at=RECEIVED,
        registered_at=RECEIVED,
        answer_due=date(2026, 12, 2),
        complainant=Complainant(address=ADDRESSES[channel]),
        messages=(ReceivedMessage(source_id="sha256:0", received_at=RECEIVED, text=""),),
    )


def full(channel: Channel = Channel.EMAIL) -> Complaint:
    """A complaint with all that can be known of it, acknowledged and investigated."""
    photo = Attachment(name="facture.pdf", sha256="0", size=245_123, content_type="application/pdf")
    message = ReceivedMessage(
        source_id="three@example.org",
        received_at=RECEIVED,
        subject="Leçons annulées",
        text="Deux leçons ont été annulées la veille.",
        attachments=(photo,),
        references=("one@example.org", "<two@example.org>"),
    )
    return replace(
        minimal(channel),
        complainant=Complainant(name="Léa Martin", address=ADDRESSES[channel]),
        messages=(message,),
        motives=(Motive.SCHEDULING, Motive.BILLING),
        when="les 12 et 14 novembre",
        expectation="le remboursement de deux heures",
        letters=(sent_acknowledgement(),),
        investigation=Investigation(
            opened_at=ACKNOWLEDGED,
            opened_by="manager:7",
            heard="nous avons repris votre dossier",
            facts="Le planning montre deux annulations",
            causes="Le moniteur était absent.",
        ),
    )


def sent_acknowledgement() -> Letter:
    """The acknowledgement, as it left the day before the answer's first draft."""
    return Letter(
        letter_id="R-2026-0001.acknowledgement.1",
        kind=LetterKind.ACKNOWLEDGEMENT,
        to=None,
        subject="",
        body="",
        created_at=RECEIVED,
        sent_at=ACKNOWLEDGED,
    )


FINDINGS = {
    Outcome.UPHELD: Finding.UPHELD,
    Outcome.PARTLY_UPHELD: Finding.PARTLY_UPHELD,
    Outcome.NOT_UPHELD: Finding.NOT_UPHELD,
}
GRIEVANCE = "Deux leçons ont été annulées la veille."
REPLACED = Action(number=1, what="Un remplaçant est désigné chaque semaine.", due=date(2027, 1, 1))
REFUND = Compensation(
    number=1, kind=CompensationKind.REFUND, amount=Decimal("1290"), due=date(2026, 12, 31)
)


def decided(
    complaint: Complaint, outcome: Outcome, *compensations: Compensation, **changes: object
) -> Complaint:
    """The complaint with a complete decision on its one grievance."""
    one = Grievance(
        number=1,
        text=GRIEVANCE,
        finding=FINDINGS[outcome],
        reason="Le contrat prévoit 48 heures de préavis.",
    )
    whole = replace(
        complaint,
        grievances=(one,),
        decision=Decision(grievances_asked=True, actions_asked=True, compensation_asked=True),
        actions=() if outcome is Outcome.NOT_UPHELD else (REPLACED,),
        compensations=compensations,
    )
    return replace(whole, **changes)  # type: ignore[arg-type]


def acknowledged(complaint: Complaint, establishment: Establishment = LILAS) -> Letter:
    """Its acknowledgement."""
    return acknowledgement(complaint, establishment, at=ACKNOWLEDGED, zone=PARIS)


def answered(complaint: Complaint, establishment: Establishment = LILAS) -> Letter:
    """Its answer."""
    return answer(complaint, establishment, at=ANSWERED, zone=PARIS)


def said(letter: Letter) -> str:
    """The words of a letter with plain spaces, to look for sentences."""
    return re.sub("[\u00a0\u202f]", " ", letter.body)


# -- names and formats --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "codes",
    [
        Motive,
        Severity,
        Role,
        Training,
        Channel,
        Outcome,
        State,
        Refusal,
        LetterKind,
        Trouble,
        Finding,
        Concern,
        CompensationKind,
        Verdict,
        Fault,
    ],
)
def test_every_code_has_a_name(codes: type[StrEnum]) -> None:
    """No code reaches a person without a French name."""
    assert all(named(code).strip() for code in codes)


@pytest.mark.parametrize("refusal", [*Refusal, *Fault])
def test_a_refusal_reads_as_a_sentence(refusal: Refusal | Fault) -> None:
    """A refused step, and what keeps a letter back, are explained, not labelled."""
    assert re.fullmatch(r"[A-ZÉ].+\.", named(refusal))


def test_a_trouble_unknown_here_reads_as_an_unexpected_error() -> None:
    """A courier's own code still has a name for the manager."""
    assert named(Trouble("telegram_42")) == named(Trouble.FAULT)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        pytest.param(date(2026, 12, 2), "mercredi 2 décembre 2026"),
        pytest.param(date(2027, 1, 1), "vendredi 1er janvier 2027"),  # an ordinal, on the 1st only
        pytest.param(date(2026, 8, 31), "lundi 31 août 2026"),
    ],
)
def test_long_date(day: date, expected: str) -> None:
    """A day is written out, so that nobody counts."""
    assert long_date(day) == expected


def test_short_date() -> None:
    """A day without its weekday."""
    assert short_date(date(2026, 5, 1)) == "1er mai 2026"


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        pytest.param(RECEIVED, "22 novembre 2026 à 14 h 05"),
        pytest.param(datetime(2026, 7, 1, 7, 0, tzinfo=UTC), "1er juillet 2026 à 9 h 00"),
        # the last minute of the year in UTC is next year in Paris
        pytest.param(datetime(2026, 12, 31, 23, 59, tzinfo=UTC), "1er janvier 2027 à 0 h 59"),
    ],
)
def test_moment(at: datetime, expected: str) -> None:
    """A moment is told in the establishment's zone; its hour does not break over two lines."""
    assert moment(at, PARIS) == expected.replace(" h ", f"{NBSP}h{NBSP}")


@pytest.mark.parametrize(
    ("euros", "expected"),
    [
        pytest.param(Decimal("1290"), "1\u202f290,00\u00a0€"),
        pytest.param(Decimal("0.5"), "0,50\u00a0€"),
        pytest.param(Decimal("-12.345"), "-12,34\u00a0€"),
    ],
)
def test_amount(euros: Decimal, expected: str) -> None:
    """A sum has two decimals and spaces that do not break."""
    assert amount(euros) == expected


@pytest.mark.parametrize(
    ("count", "expected"),
    [(12, "1 ko"), (245_123, "245 ko"), (1_240_000, "1,2 Mo"), (20_000_000, "20 Mo")],
)
def test_size(count: int, expected: str) -> None:
    """The size of a piece in the unit that people know."""
    assert size(count).replace("\u202f", " ").replace(NBSP, " ") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("Bonjour,\n\n  c’est   moi", "Bonjour, c’est moi"),
        pytest.param("un deux trois quatre", "un deux trois…"),
        pytest.param("a" * 20, "a" * 18 + "…"),
        pytest.param("Cliquez https://x.test/a?b ici", "Cliquez … ici"),
        pytest.param("WWW.x.test", "…"),
        pytest.param("a\u202eb\u200bc\x00d\x1be", "abcde"),  # bidi override, zero width, controls
        pytest.param("\ud800x", "x"),  # half a character, which no mail could carry
        pytest.param("", ""),
    ],
)
def test_excerpt(text: str, expected: str) -> None:
    """Words from outside are repeated on one line, bounded, without links or hidden characters."""
    assert excerpt(text, 18) == expected


# -- what each letter must say ------------------------------------------------------------------

EVERY_ACKNOWLEDGEMENT = {
    "reference": "référence R-2026-0001",
    "moment of reception": "le 22 novembre 2026 à 14 h 05",
    "motives": "– Planning des leçons\n– Facturation et remboursement",
    "their words": "« Deux leçons ont été annulées la veille. »",
    "when": "« les 12 et 14 novembre »",
    "expectation": "« le remboursement de deux heures »",
    "correction": "Si nous avons mal compris",
    "pieces": "– facture.pdf (245 ko)",
    "who handles it": "transmise à Paul Renard (Gérant)",
    "steps": "nous en recherchons les causes",
    "a person decides": "prise par une personne",  # RGPD, art. 22
    "date of the answer": "au plus tard le mercredi 2 décembre 2026",
    "no opinion": "ne préjuge pas",
    "adding something": "Pour ajouter une précision ou un document",
    "help": "appelez-nous au 01 99 00 12 34 (appel non surtaxé)",
    "free": "gratuit",
    "no more than needed": "pas plus d’informations sensibles",
    "controller": "12 rue des Lilas, 93100 Montreuil, responsable du traitement",
    "purpose": "la gestion des réclamations",
    "basis": "intérêt légitime",
    "recipients": "au médiateur de la consommation, à notre assureur",
    "duration": "cinq ans",
    "rights": "les faire rectifier ou effacer",
    "opposition": "vous y opposer, en écrivant à reclamations@lilas.test",
    "authority": "CNIL (www.cnil.fr)",
    "policy": "https://lilas.test/donnees",
}


@pytest.mark.parametrize("channel", list(ADDRESSES))
@pytest.mark.parametrize("mention", list(EVERY_ACKNOWLEDGEMENT))
def test_the_acknowledgement_says(mention: str, channel: Channel) -> None:
    """Every mention that an acknowledgement owes, whatever the channel."""
    assert EVERY_ACKNOWLEDGEMENT[mention] in said(acknowledged(full(channel)))


@pytest.mark.parametrize(
    ("channel", "expected", "absent"),
    [
        pytest.param(Channel.EMAIL, "14 h 05, par e-mail. Elle", "/suivi"),
        pytest.param(Channel.EMAIL, "répondez à cet e-mail en conservant son objet", "Telegram"),
        pytest.param(Channel.TELEGRAM, "14 h 05, par Telegram. Elle", "répondez à cet e-mail"),
        pytest.param(Channel.TELEGRAM, "La commande /suivi", "répondez à cet e-mail"),
        pytest.param(Channel.TELEGRAM, "hors de l’Union européenne", "répondez à cet e-mail"),
        pytest.param(Channel.TELEGRAM, "poursuivre par e-mail, à reclamations@lilas.test", "objet"),
        pytest.param(Channel.DESK, "14 h 05, à l’accueil. Elle", "Telegram"),
        pytest.param(Channel.DESK, "écrivez à reclamations@lilas.test", "répondez à cet e-mail"),
    ],
)
def test_the_acknowledgement_fits_its_channel(channel: Channel, expected: str, absent: str) -> None:
    """Everybody is told to go on by the way that they have."""
    words = said(acknowledged(full(channel)))

    assert expected in words
    assert absent not in words


@pytest.mark.parametrize("channel", list(ADDRESSES))
def test_an_unread_complaint_is_acknowledged_all_the_same(channel: Channel) -> None:
    """Without name, motive, text or piece the letter is whole, and claims nothing."""
    words = said(acknowledged(minimal(channel)))

    assert words.startswith("Madame, Monsieur,\n\nNous avons bien reçu votre réclamation")
    assert "aucune pièce jointe" in words
    assert "pas trouvé de texte" in words
    assert "porte sur" not in words
    assert "« »" not in words


def test_a_known_name_is_greeted() -> None:
    """Whoever gave a name reads it."""
    assert said(acknowledged(full())).startswith("Bonjour Léa Martin,\n\n")


def test_the_motive_other_is_not_told() -> None:
    """ "Autre" teaches a client nothing."""
    words = said(acknowledged(replace(full(), motives=(Motive.OTHER,))))

    assert "porte sur" not in words
    assert "Autre" not in words


@pytest.mark.parametrize("word", ["excus", "fondée", "responsabilité", "indemnis", "médiateur,"])
def test_the_acknowledgement_takes_no_side(word: str) -> None:
    """No opinion on the merits, no apology, no promise."""
    assert word not in said(acknowledged(full()))


def test_the_longest_acknowledgement_fits_one_telegram_message() -> None:
    """What is repeated of the client's words is bounded: Telegram takes 4096 characters."""
    long = "mot " * 3000
    complaint = replace(full(Channel.TELEGRAM), when=long, expectation=long)
    complaint = replace(complaint, messages=(replace(complaint.messages[0], text=long),))

    assert len(acknowledged(complaint).body) < 4096


EVERY_ANSWER = {
    "reference": "référence R-2026-0001",
    "date of the complaint": "Vous nous avez adressé le 22 novembre 2026",
    "date of the acknowledgement": "accusé réception le 22 novembre 2026",
    "grievance": "Vous nous dites : « Deux leçons ont été annulées la veille. »",
    "how it was established": "Pour établir les faits, nous avons repris votre dossier",
    "pieces": "tenu compte des pièces que vous nous avez transmises",
    "facts": "Le planning montre deux annulations.",
    "reasons": "Le contrat prévoit 48 heures de préavis.",
    "what next": "Si vous avez des éléments nouveaux",
    "mediator": "Médiation Exemple\n1 place du Pont, 75000 Paris\nhttps://med.example.org",
    "free mediation": "recourir gratuitement au médiateur de la consommation",
    "written complaint first": "après une réclamation écrite",
    "one year": "dans un délai d’un an",
    "court": "saisir la justice",
    "date": "Le mardi 1er décembre 2026",
    "signatory": "Paul Renard\nGérant\nAuto-école des Lilas",
    "phone": "01 99 00 12 34 (appel non surtaxé)",
}


@pytest.mark.parametrize("outcome", list(Outcome))
@pytest.mark.parametrize("channel", list(ADDRESSES))
@pytest.mark.parametrize("mention", list(EVERY_ANSWER))
def test_the_answer_says(mention: str, channel: Channel, outcome: Outcome) -> None:
    """Every mention that an answer owes, whatever was decided and by whichever channel."""
    assert EVERY_ANSWER[mention] in said(answered(decided(full(channel), outcome)))


UPHELD, PARTLY, NOT_UPHELD = Outcome


@pytest.mark.parametrize(
    ("outcome", "given", "present", "absent"),
    [
        pytest.param(UPHELD, (), "Ce grief est fondé. Le contrat", "en partie"),
        pytest.param(UPHELD, (), "donc fondée. Nous vous présentons nos excuses", "commercial"),
        pytest.param(UPHELD, (), "– Un remplaçant est désigné", "nous vous accordons"),
        pytest.param(UPHELD, (), "semaine, au plus tard le 1er janvier 2027.", "accordons"),
        pytest.param(UPHELD, (), "pas de dédommagement", "nous vous accordons"),
        pytest.param(
            UPHELD,
            (REFUND,),
            "nous vous accordons un remboursement de 1 290,00 €, au plus tard le 31 décembre 2026.",
            "pas de dédommagement",
        ),
        pytest.param(PARTLY, (), "fondée en partie", "pas tenir"),
        pytest.param(PARTLY, (), "nos excuses", "pas tenir"),
        pytest.param(NOT_UPHELD, (), "pas tenir votre réclamation pour fondée", "excuses"),
        pytest.param(NOT_UPHELD, (), "pas tenir ce grief pour fondé. Le contrat", "dédommagement"),
        pytest.param(UPHELD, (), "à cette situation. Le moniteur était absent.", "en partie"),
        pytest.param(PARTLY, (), "à cette situation. Le moniteur était absent.", "pas tenir"),
        # what is not upheld admits no cause
        pytest.param(NOT_UPHELD, (), "Le contrat prévoit", "à cette situation"),
        pytest.param(NOT_UPHELD, (REFUND,), "geste commercial, un remboursement", "excuses"),
    ],
)
def test_the_answer_follows_the_decision(
    outcome: Outcome, given: tuple[Compensation, ...], present: str, absent: str
) -> None:
    """Excuses, measures and compensation are said where they were decided, and only there."""
    words = said(answered(decided(full(), outcome, *given)))

    assert present in words
    assert absent not in words


@pytest.mark.parametrize(
    ("kind", "what", "words"),
    [
        ("refund", {"amount": Decimal("45.5")}, "un remboursement de 45,50 €."),
        ("credit_note", {"amount": Decimal(20)}, "un avoir de 20,00 €."),
        ("discount", {"amount": Decimal(20)}, "une remise de 20,00 €."),
        ("lessons", {"quantity": 1}, "une leçon offerte."),
        ("lessons", {"quantity": 3}, "3 leçons offertes."),
        ("gesture", {"words": "Un café."}, "le geste suivant : Un café."),
    ],
)
def test_a_compensation_in_words(kind: str, what: dict[str, Any], words: str) -> None:
    """What is given, and how much; without a day none is promised."""
    one = Compensation(number=1, kind=CompensationKind(kind), **what)

    assert f"nous vous accordons {words}\n" in said(answered(decided(full(), UPHELD, one)))


def test_each_grievance_has_its_own_answer() -> None:
    """They are numbered, and each is followed by its finding and its reason."""
    one, two, three = (
        Grievance(number=number, text=text, finding=finding, reason=reason)
        for number, text, finding, reason in (
            (1, "La leçon a été annulée.", Finding.UPHELD, "Le planning le montre"),
            (2, "La facture est fausse.", Finding.NOT_UPHELD, "Elle suit le contrat."),
            (3, "On m’a crié dessus.", Finding.UNESTABLISHED, "Les récits diffèrent."),
        )
    )
    complaint = replace(decided(full(), UPHELD), grievances=(one, two, three))

    words = said(answered(complaint))

    assert "3 griefs" in words
    assert (
        "1. Vous nous dites : « La leçon a été annulée. »\nCe grief est fondé. Le planning" in words
    )
    assert "2. Vous nous dites : « La facture est fausse. »\nNous ne pouvons pas tenir" in words
    assert "\nNous n’avons pas pu établir si ce grief est fondé. Les récits diffèrent." in words
    assert "donc fondée en partie" in words


def test_what_was_done_at_once_and_before_is_said_so() -> None:
    """An immediate measure has its day, a promise kept before a second answer the day it was."""
    now = Action(number=1, what="Changement de moniteur", due=date(2026, 12, 1), is_immediate=True)
    kept = replace(REPLACED, number=2, done_at=ANSWERED)
    words = said(answered(decided(full(), UPHELD, actions=(now, kept))))

    assert "pris la mesure suivante :\n– Changement de moniteur (le 1er décembre 2026)." in words
    assert "– Un remplaçant est désigné chaque semaine (fait le 1er décembre 2026)." in words


def test_a_letter_that_was_rewritten_is_the_managers() -> None:
    """It leaves in their words alone, under the same number and subject."""
    complaint = decided(full(), UPHELD)
    own = replace(complaint, decision=replace(complaint.decision, body="Bonjour,\n\nVoilà."))

    assert answered(own) == replace(answered(complaint), body="Bonjour,\n\nVoilà.\n")


@pytest.mark.parametrize("outcome", list(Outcome))
@pytest.mark.parametrize("channel", list(ADDRESSES))
def test_the_least_known_complaint_is_answered(channel: Channel, outcome: Outcome) -> None:
    """Without acknowledgement, motive or cause no sentence is left half said."""
    words = said(answered(decided(minimal(channel), outcome)))

    assert "référence R-2026-0001. Nous l’avons examinée" in words
    assert "Nous nous sommes fondés sur ce que vous nous avez dit.\n" in words
    assert "à cette situation" not in words


@pytest.mark.parametrize(
    "lacks",
    [
        pytest.param({"grievances": ()}, id="nothing"),
        pytest.param({"actions": ()}, id="no action"),
        pytest.param({"decision": Decision(actions_asked=True)}, id="not asked"),
    ],
)
def test_no_answer_without_a_complete_decision(lacks: dict[str, object]) -> None:
    """A letter that would not say everything is not composed."""
    with pytest.raises(ValueError, match="R-2026-0001"):
        answered(decided(full(), UPHELD, **lacks))


def test_a_company_reads_of_another_way() -> None:
    """The consumer mediator is for consumers (Code de la consommation, L611-1)."""
    company = replace(full(), complainant=Complainant(name="Transports Nord", is_consumer=False))
    words = said(answered(decided(company, Outcome.NOT_UPHELD)))

    assert "médiateur" not in words
    assert "solution amiable" in words
    assert "médiateur" not in said(acknowledged(company))


def test_an_establishment_without_mediator_names_none() -> None:
    """Nothing is promised that does not exist."""
    words = said(answered(decided(full(), UPHELD), replace(LILAS, mediator=None)))

    assert "médiateur" not in words
    assert "Paul Renard" in words


def test_what_was_said_aloud_is_to_be_written_before_mediation() -> None:
    """L612-2, 1° asks for a written complaint: whoever came to the desk is told so."""
    aloud = said(answered(decided(full(Channel.DESK), UPHELD)))
    written = said(answered(decided(full(Channel.EMAIL), UPHELD)))

    assert "confirmez-la-nous par écrit" in aloud
    assert "confirmez-la-nous par écrit" not in written


@pytest.mark.parametrize("banned", ["ec.europa.eu", "odr", "plateforme européenne", "RLL"])
@pytest.mark.parametrize("channel", list(ADDRESSES))
def test_the_closed_european_platform_is_named_nowhere(channel: Channel, banned: str) -> None:
    """It closed on 20 July 2025 (Regulation (EU) 2024/3228)."""
    complaint = full(channel)
    letters = [acknowledged(complaint), *(answered(decided(complaint, one)) for one in Outcome)]

    assert not any(re.search(rf"\b{banned}\b", said(one), re.IGNORECASE) for one in letters)


# -- typography and layout ----------------------------------------------------------------------


def templates() -> list[Path]:
    """All that people read, as files."""
    folder = files("letters.templates.fr")
    return sorted(Path(str(one)) for one in folder.iterdir() if one.name.endswith((".j2", ".toml")))


@pytest.mark.parametrize("template", templates(), ids=lambda path: path.name)
def test_templates_keep_french_typography(template: Path) -> None:
    """No space that could break before : ; ? ! or inside « »; no straight apostrophe."""
    text = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", "x", template.read_text(), flags=re.DOTALL)
    if template.suffix == ".toml":
        text = "\n".join(re.findall(r'= "(.*)"', text))

    assert not re.search(r" [:;?!»]|« |[^\W\d]'[^\W\d]|\.\.\.", text)


def every_letter() -> list[Letter]:
    """Both letters, whole and bare, by every channel, in every outcome."""
    complaints = [build(channel) for build in (minimal, full) for channel in ADDRESSES]
    return [
        *map(acknowledged, complaints),
        *(answered(decided(one, outcome)) for one in complaints for outcome in Outcome),
    ]


def test_letters_are_laid_out() -> None:
    """No torn line, no double gap, no trace of a template."""
    torn = re.compile(r"\n{3,}|\n |  | \n|[{}]|None|\[\]")

    assert [one.body for one in every_letter() if torn.search(one.body)] == []
    assert {one.body[-1] for one in every_letter()} == {"\n"}


def test_a_template_without_its_fact_is_refused() -> None:
    """A word misspelt in a template stops the letter, it leaves no gap in it."""
    with pytest.raises(UndefinedError, match="name"):
        compose._rendered("greeting.j2", {})


# -- words from outside stay words --------------------------------------------------------------

HOSTILE = "{{ 7 * 7 }} {% raw %} {# x #} ${x} %s <b>"


@pytest.mark.parametrize("letter", [acknowledged, answered])
def test_no_word_from_outside_is_read_as_a_template(letter: Callable[[Complaint], Letter]) -> None:
    """Clients and managers may write braces: they are printed."""
    gesture = Compensation(number=1, kind=CompensationKind.GESTURE, words=HOSTILE)
    complaint = decided(full(), UPHELD, gesture)
    complaint = replace(
        complaint,
        complainant=replace(complaint.complainant, name=HOSTILE),
        messages=(replace(complaint.messages[0], text=HOSTILE, subject=HOSTILE),),
        when=HOSTILE,
        expectation=HOSTILE,
    )
    composed = letter(complaint)

    assert composed.body.startswith(f"Bonjour {HOSTILE},")
    assert composed.body.count(HOSTILE) >= 2
    assert composed.subject == f"Re: [R-2026-0001] {HOSTILE}"
    assert "49" not in composed.body


def test_an_acknowledgement_carries_nothing_to_click_for_a_stranger() -> None:
    """A forged sender cannot have us mail a link to somebody else."""
    link = "https://evil.test/win"
    complaint = replace(
        full(),
        complainant=Complainant(name=f"Gagnez {link}", address=ADDRESSES[Channel.EMAIL]),
        messages=(replace(full().messages[0], text=link, subject=link),),
        when=link,
        expectation=link,
    )
    letter = acknowledged(complaint)

    assert "evil" not in letter.body + letter.subject


# -- subject, thread, number --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("theirs", "expected"),
    [
        pytest.param("Leçons annulées", "Re: [R-2026-0001] Leçons annulées"),
        pytest.param("RE: Re : leçons", "Re: [R-2026-0001] leçons"),
        pytest.param("Re: [R-2026-0001] leçons", "Re: [R-2026-0001] leçons"),
        pytest.param("TR: Fwd: leçons", "Re: [R-2026-0001] leçons"),
        pytest.param("Remboursement : rien", "Re: [R-2026-0001] Remboursement : rien"),
        pytest.param("a\r\nBcc: x@y.test", "Re: [R-2026-0001] a Bcc: x@y.test"),
        pytest.param("   ", "[R-2026-0001] Accusé de réception de votre réclamation"),
    ],
)
def test_the_subject_answers_theirs(theirs: str, expected: str) -> None:
    """One "Re:", one reference, their words, on one line."""
    complaint = replace(full(), messages=(replace(full().messages[0], subject=theirs),))

    assert acknowledged(complaint).subject == expected


def test_the_answers_subject_without_theirs() -> None:
    """Off e-mail a letter has a title of its own."""
    telegram = decided(full(Channel.TELEGRAM), UPHELD)

    assert answered(telegram).subject == "[R-2026-0001] Réponse à votre réclamation"


def test_a_letter_continues_their_thread() -> None:
    """RFC 5322, 3.6.4: the parent's references, then the parent."""
    letter = acknowledged(full())

    assert letter.in_reply_to == "three@example.org"
    assert letter.references == ("one@example.org", "two@example.org", "three@example.org")


@pytest.mark.parametrize(
    ("channel", "source_id"),
    [
        pytest.param(Channel.EMAIL, "sha256:abc"),  # came without a Message-ID
        pytest.param(Channel.EMAIL, "x@y.test\r\nBcc: z@y.test"),
        pytest.param(Channel.TELEGRAM, "telegram:42:7"),
        pytest.param(Channel.TELEGRAM, "three@example.org"),
    ],
)
def test_no_thread_without_a_message_id(channel: Channel, source_id: str) -> None:
    """Only a Message-ID of an e-mail can be replied to."""
    complaint = full(channel)
    message = replace(complaint.messages[0], source_id=source_id)
    letter = acknowledged(replace(complaint, messages=(message,)))

    assert (letter.in_reply_to, letter.references) == (None, ())


def test_a_long_thread_is_bounded() -> None:
    """Of a thread without end, the newest ids are kept."""
    chain = tuple(f"{count}@example.org" for count in range(100))
    complaint = replace(full(), messages=(replace(full().messages[0], references=chain),))

    references = acknowledged(complaint).references

    assert references == (*chain[-20:], "three@example.org")


def test_letters_are_numbered_by_kind() -> None:
    """The second answer is another letter than the first, and than the acknowledgement."""
    complaint = decided(full(), UPHELD)
    first = answered(complaint)
    second = answered(complaint.with_letter(first))

    assert first.letter_id == "R-2026-0001.answer.1"
    assert second.letter_id == "R-2026-0001.answer.2"
    assert acknowledged(minimal()).letter_id == "R-2026-0001.acknowledgement.1"


def test_a_letter_goes_to_the_complainant_and_waits() -> None:
    """It is addressed, dated, and not sent."""
    letter = acknowledged(full())

    assert letter.to == Address(Channel.EMAIL, "lea@example.org")
    assert letter.created_at == ACKNOWLEDGED
    assert not letter.is_sent
    assert acknowledged(full(Channel.DESK)).to is None


def test_a_message_id_is_found_again() -> None:
    """A reply to a letter names it."""
    letter = acknowledged(minimal())
    written = message_id(letter.letter_id, LILAS)

    assert written == "<R-2026-0001.acknowledgement.1@lilas.test>"
    assert letter_id_of(written, LILAS) == letter.letter_id
    assert letter_id_of(" R-2026-0001.acknowledgement.1@LILAS.test ", LILAS) == letter.letter_id


@pytest.mark.parametrize(
    "foreign",
    [
        "<R-2026-0001.acknowledgement.1@other.test>",
        "<hello@lilas.test>",
        "<R-2026-0001.reminder.1@lilas.test>",
        "<R-2026-0001.acknowledgement.1@lilas.test.evil.test>",
        "R-2026-0001.acknowledgement.1",
        "@lilas.test",
        "",
    ],
)
def test_a_foreign_message_id_is_no_letter(foreign: str) -> None:
    """Only what we can have written is taken for ours."""
    assert letter_id_of(foreign, LILAS) is None
