"""Each component of the reader on one sentence: these tables are its specification."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from nlp_models.components.amounts import in_words, main_amount
from nlp_models.components.complainant import complainant_of, is_a_persons
from nlp_models.components.complaint import LIKELY, score_of
from nlp_models.components.contact import email_in, phone_in
from nlp_models.components.dates import incident_date
from nlp_models.components.language import language_of
from nlp_models.components.motive import motives_of
from nlp_models.components.references import references_in
from nlp_models.components.role import role_of
from nlp_models.components.severity import severity_of
from nlp_models.components.site import known_sites, site_in
from nlp_models.components.staff import staff_in
from nlp_models.components.training import training_in
from nlp_models.cues import spelled_out
from nlp_models.reading import HEAD, TAIL, Reading, fold, legible, open_passage
from register.extraction import Passage
from register.labels import Channel, Motive, Role, Severity, Training

FRIDAY = date(2026, 11, 20)


def reading(text: str, **more: Any) -> Reading:
    """Give an e-mail made ready."""
    sent = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
    passage = Passage(text=text, channel=Channel.EMAIL, sent=sent)
    return open_passage(replace(passage, **more))


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("ma leçon d'hier", "2026-11-19"),
        ("Hier soir à 18 h", "2026-11-19"),
        ("avant-hier matin", "2026-11-18"),
        ("ce matin encore", "2026-11-20"),
        ("mardi dernier", "2026-11-17"),
        ("vendredi dernier", "2026-11-13"),  # a Friday writes of the Friday before
        ("vendredi il n'est pas venu", "2026-11-20"),
        ("lundi prochain", None),
        ("tous les mardis", None),
        ("il y a 15 jours", "2026-11-05"),
        ("il y a une semaine", "2026-11-13"),
        ("il y a deux mois", None),  # not one day
        ("la semaine dernière", None),
        ("le 3", "2026-11-03"),
        ("le 25", "2026-10-25"),  # never in the future of the message
        ("le 3 mars", "2026-03-03"),
        ("le 1er octobre", "2026-10-01"),
        ("le 14 décembre 2025", "2025-12-14"),
        ("mon examen du 5 janvier", None),  # no year: the next one is meant
        ("le 12/09", "2026-09-12"),
        ("le 12/09/26", "2026-09-12"),
        ("le 12.09.2026", "2026-09-12"),
        ("2026-10-02", "2026-10-02"),
        ("le 31/02", None),
        ("le 12/11 et le 13/11", None),  # several days
        ("les 2 et 3 novembre", None),
        ("du 2 au 7 novembre", None),
        ("depuis le 3 mars", None),
        ("avant le 12 novembre", None),
        ("née le 3 mars 2001, leçon annulée hier", "2026-11-19"),
        ("inscrit depuis le 2 janvier, leçon annulée le 9 novembre", "2026-11-09"),
        ("facture du 2 novembre", None),
        ("le 3 rue des Lilas", None),
        ("à 12h le 4 personnes", "2026-11-04"),
        ("on 3 March", "2026-03-03"),
        ("on March 3rd", "2026-03-03"),
        ("two days ago", None),  # counts in English words are not read yet
        ("2 days ago", "2026-11-18"),
        ("el martes", "2026-11-17"),
        ("ayer por la tarde", "2026-11-19"),
        ("24/7", None),
    ],
)
def test_finds_the_day_of_the_facts(text: str, day: str | None) -> None:
    """Words for a day are resolved against the day of the message, never after it."""
    found = incident_date(fold(text), FRIDAY)

    assert day == (found.isoformat() if found else None)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1 290 €", "1290"),
        ("1\u202f290\xa0€", "1290"),
        ("1.290,50 €", "1290.50"),
        ("80e", "80"),
        ("80€", "80"),
        ("45 euros", "45"),
        ("120€50", "120.50"),
        ("€30", "30"),
        ("30 EUR", "30"),
        ("deux cents euros", "200"),
        ("mille deux cent quatre-vingt-dix euros", "1290"),
        ("100 balles", "100"),
        ("la 3e fois", None),
        ("ma 20e heure", None),
        ("20 heures", None),
        ("forfait à 1 290 €, et on me réclame 60 € en plus", "60"),
        ("rendez-moi mes 50 €. Le forfait coûtait 900 €.", "50"),
        ("30 € puis 40 €", "40"),
        ("article 1290", None),
    ],
)
def test_finds_the_main_amount(text: str, amount: str | None) -> None:
    """What is claimed comes before what was paid, then the most."""
    assert (Decimal(amount) if amount else None) == main_amount(fold(text))


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("cent", 100),
        ("soixante-dix-sept", 77),
        ("quatre-vingts", 80),
        ("quatre-vingt-dix-neuf", 99),
        ("trois cent quatre-vingt", 380),
        ("deux mille cinq cents", 2500),
        ("vingt et un", 21),
    ],
)
def test_reads_numbers_in_words(words: str, number: int) -> None:
    """French numbers are sums and products."""
    assert number == in_words(words)


@pytest.mark.parametrize(
    ("text", "refs"),
    [
        ("facture n° FA-2026-0123", ("FA-2026-0123",)),
        ("Facture FA20260123 du 3 mars", ("FA20260123",)),
        ("mon NEPH 230975100321", ("230975100321",)),
        ("numéro NEPH : 2309 7510 0321", ("2309 7510 0321",)),
        ("dossier CPF n° 4501238877", ("4501238877",)),
        ("commande 88123 et facture 2026-77", ("88123", "2026-77")),
        ("facture de 80 €", ()),
        ("facture du 12/09/2026", ()),
        ("dossier 3 fois perdu", ()),
        ("mon CPF 1290 €", ()),
        ("appelez le 06 12 34 56 78", ()),
    ],
)
def test_finds_references(text: str, refs: tuple[str, ...]) -> None:
    """Numbers of invoices, files, NEPH, CPF and orders are found, sums and days are not."""
    assert refs == references_in(reading(text))


@pytest.mark.parametrize(
    ("text", "phone"),
    [
        ("06 12 34 56 78", "+33612345678"),
        ("0612345678", "+33612345678"),
        ("06.12.34.56.78", "+33612345678"),
        ("+33 6 12 34 56 78", "+33612345678"),
        ("+34 612 345 678", "+34612345678"),
        ("rappelez-moi au 06 12 34 56 78", "+33612345678"),
        ("j'ai appelé le 01 44 55 66 77 sans réponse", None),
        ("appelé au 01 44 55 66 77, mon numéro est le 06 12 34 56 78", "+33612345678"),
        ("dossier 4501238877", None),
        ("le 12/09/2026", None),
    ],
)
def test_finds_the_writers_phone(text: str, phone: str | None) -> None:
    """A number is given in E.164; one that the writer rang is not theirs."""
    assert phone == phone_in(text)


@pytest.mark.parametrize(
    ("text", "email"),
    [
        ("Écrivez-moi à lea.martin@example.org.", "lea.martin@example.org"),
        ("mon adresse est lea@example.net", None),  # the sender's own
        ("LEA@example.net", None),
        ("j'ai écrit à accueil@ecole.example", None),
        ("pas d'adresse", None),
    ],
)
def test_finds_another_address(text: str, email: str | None) -> None:
    """An address of the writer that differs from the sender's is found."""
    assert email == email_in(text, "lea@example.net")


@pytest.mark.parametrize(
    ("text", "more", "name"),
    [
        ("Je m'appelle Léa Martin.", {}, "Léa Martin"),
        ("Je soussigné Jean-Paul Le Goff, né à Brest", {}, "Jean-Paul Le Goff"),
        ("Bonjour,\nBla.\nCordialement,\nLéa Martin", {}, "Léa Martin"),
        ("Bla.\n\nMme Léa MARTIN\n06 12 34 56 78", {"signature": "Mme Léa MARTIN"}, "Léa MARTIN"),
        ("Bla.", {"signature": "Léa Martin\nInfirmière"}, "Léa Martin"),
        ("Bla.", {"sender_name": "Léa Martin"}, "Léa Martin"),
        ("Bla.", {"sender_name": "MARTIN, Léa"}, "Léa MARTIN"),
        ("Bla.\nCordialement\nLéa", {"sender_name": "Léa Martin"}, "Léa Martin"),
        ("Bla.\nCordialement\nLéa", {}, "Léa"),
        ("Bla.", {"sender_name": "Service client"}, None),
        ("Bla.", {"sender_name": "lea@example.org"}, None),
        ("Bla.", {"sender_name": "Léa Martin", "channel": Channel.TELEGRAM}, None),
        ("Je suis très déçu.", {}, None),
        ("Bonjour, personne ne répond.", {}, None),
    ],
)
def test_finds_the_name(text: str, more: dict[str, Any], name: str | None) -> None:
    """The fullest of what the text, the signature and the From name say, if it is a person's."""
    assert name == complainant_of(reading(text, **more))


@pytest.mark.parametrize(
    ("words", "verdict"),
    [
        ("Léa Martin", True),
        ("Jean-Paul Le Goff", True),
        ("Aïcha N'Diaye", True),
        ("Auto École du Parc", False),
        ("Garage Morand SARL", False),
        ("léa martin", False),
        ("Léa M4rtin", False),
        ("A B C D E F", False),
    ],
)
def test_tells_a_persons_name(words: str, verdict: bool) -> None:
    """A name is a few words with capitals, none of them a firm's."""
    assert verdict is is_a_persons(words)


@pytest.mark.parametrize(
    ("text", "staff"),
    [
        ("mon moniteur Karim est en retard", ("Karim",)),
        ("mon moniteur karim est en retard", ("karim",)),
        ("Mme Delmas à l'accueil a raccroché", ("Mme Delmas",)),
        ("M. Benali m'a insulté, puis M. Benali est parti", ("M. Benali",)),
        ("la leçon avec Sofiane était bien", ("Sofiane",)),
        ("Karim, mon moniteur, et la secrétaire Julie Perrot", ("Karim", "Julie Perrot")),
        ("annulée par Karim", ("Karim",)),
        ("ma fille Julie a pleuré", ()),
        ("notre salarié M. Traoré", ()),
        ("mon moniteur est en retard", ()),
        ("Bonjour Madame, Monsieur", ()),
        ("j'ai vu Bérangère hier", ("Bérangère",)),  # configured
    ],
)
def test_finds_the_staff(text: str, staff: tuple[str, ...]) -> None:
    """Members of staff are named by their post, a title, a lesson, or the configuration."""
    assert staff == staff_in(reading(text), known=["Bérangère"])


def test_does_not_take_the_writer_for_staff() -> None:
    """The complainant's own name is not that of a member of staff."""
    assert staff_in(reading("Je soussignée Mme Martin"), complainant="Léa Martin") == ()


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("Ma leçon a été annulée", Role.STUDENT),
        ("mon fils attend sa date d'examen", Role.PARENT),
        ("mon petit-fils attend sa leçon", Role.PARENT),
        ("je suis une ancienne élève", Role.FORMER_STUDENT),
        ("notre salarié n'a pas eu sa formation", Role.COMPANY),
        ("en tant que financeur nous", Role.FUNDER),
        ("je suis riverain", Role.THIRD_PARTY),
        ("Votre voiture auto-école m'a coupé la route", Role.THIRD_PARTY),
        ("c'est une honte", None),
    ],
)
def test_tells_the_role(text: str, role: Role | None) -> None:
    """The quality is what the text states; who speaks of lessons and states none learns."""
    assert role is role_of(fold(text))


@pytest.mark.parametrize(
    ("text", "training"),
    [
        ("le permis B", Training.PERMIS_B),
        ("le permis de conduire", Training.PERMIS_B),
        ("ma conduite accompagnée", Training.AAC),
        ("en AAC", Training.AAC),
        ("conduite supervisée", Training.CS),
        ("sur boîte automatique", Training.BVA),
        ("permis moto A2", Training.MOTO),
        ("mon BSR", Training.AM),
        ("l'examen du code", Training.CODE),
        ("le permis BE, avec la remorque", Training.REMORQUE),
        ("permis C", Training.POIDS_LOURD),
        ("c'est permis ce matin", None),
        ("stage de récupération de points", Training.POINTS),
        ("le code postal", None),
        ("ma leçon", None),
    ],
)
def test_tells_the_training(text: str, training: Training | None) -> None:
    """The course is the most particular that is named."""
    assert training is training_in(fold(text))


@pytest.mark.parametrize(
    ("text", "site"),
    [
        ("à l'agence de Bagnolet hier", "Bagnolet"),
        ("agence d'Aubervilliers", "Aubervilliers"),
        ("l'agence de la rue Pasteur", "la rue Pasteur"),
        ("l'agence du Pré Saint-Gervais est fermée", "Pré Saint-Gervais"),
        ("a montreuil personne ne repond", "Montreuil"),  # configured
        ("l'agence de voyage", None),
        ("l'auto-école du coin", None),
        ("ma leçon à Paris", None),
    ],
)
def test_finds_the_site(text: str, site: str | None) -> None:
    """A configured site is known by its name alone, another by being called an agency."""
    assert site == site_in(reading(text), known_sites(["Montreuil", ""]))


@pytest.mark.parametrize(
    ("text", "motive"),
    [
        ("leçon annulée", Motive.SCHEDULING),
        ("jai tjrs pas eu mon rdv", Motive.SCHEDULING),
        ("PLUS AUCUN CRENEAU AVANT MARS", Motive.SCHEDULING),
        ("pas de date d'examen", Motive.EXAM),
        ("encore changé de moniteur", Motive.TEACHING),
        ("la secrétaire est très désagréable", Motive.CONDUCT),
        ("prélevé deux fois", Motive.BILLING),
        ("mon dossier a été perdu", Motive.PAPERWORK),
        ("personne ne répond", Motive.RECEPTION),
        ("vous repondez jamais", Motive.RECEPTION),
        ("la voiture est tombée en panne", Motive.VEHICLE),
        ("nous avons failli percuter un bus", Motive.SAFETY),
        ("des propos racistes", Motive.HARASSMENT),
        ("aucun aménagement pour mon handicap", Motive.ACCESSIBILITY),
        ("vous avez publié ma photo", Motive.PRIVACY),
        ("votre voiture se gare devant mon garage", Motive.OTHER),
        ("my lesson was cancelled", Motive.SCHEDULING),
        ("nobody answers", Motive.RECEPTION),
        ("nadie responde", Motive.RECEPTION),
        ("bonjour à tous", None),
    ],
)
def test_finds_the_main_motive(text: str, motive: Motive | None) -> None:
    """Each motive is known by its own words, accents and capitals aside."""
    found = motives_of(reading(text))

    assert motive == (found[0].motive if found else None)


def test_gives_three_motives_at_most() -> None:
    """A letter that complains of everything has three motives, each with a score from 0 to 1."""
    found = motives_of(
        reading(
            "Leçon annulée, dossier perdu, voiture en panne, prélevé deux fois, "
            "personne ne répond, moniteur désagréable."
        )
    )

    assert len(found) == 3
    assert all(0 < motive.score <= 1 and motive.evidence for motive in found)


@pytest.mark.parametrize(
    ("text", "severity"),
    [
        ("la voiture est un peu sale", Severity.LOW),
        ("ma leçon a été annulée", Severity.MODERATE),
        ("je vais saisir un avocat", Severity.SERIOUS),
        ("il m'a humiliée devant tout le monde", Severity.SERIOUS),
        ("on a failli percuter un bus", Severity.SERIOUS),
        ("je suis blessée après l'accident", Severity.CRITICAL),
        ("des remarques racistes", Severity.CRITICAL),
        ("le moniteur sentait l'alcool", Severity.CRITICAL),
    ],
)
def test_tells_the_severity(text: str, severity: Severity) -> None:
    """Harm is critical, what blocks or humiliates serious, one failure moderate, the rest low."""
    ready = reading(text)

    assert severity is severity_of(ready.folded, motives_of(ready), None)


@pytest.mark.parametrize(
    ("amount", "severity"), [(299, Severity.MODERATE), (300, Severity.SERIOUS)]
)
def test_weighs_the_sum(amount: int, severity: Severity) -> None:
    """Three hundred euros at stake are serious."""
    assert severity is severity_of("trop paye", (), Decimal(amount))


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("Leçon annulée sans prévenir, c'est inadmissible", True),
        ("c abusé", True),
        ("Bravo, encore une leçon annulée", True),
        ("merci de me rembourser rapidement la leçon annulée", True),
        ("Merci beaucoup pour votre aide", False),
        ("Pourriez-vous déplacer ma leçon ?", False),
        ("candidature au poste de moniteur", False),
        ("bonjour", False),
    ],
)
def test_weighs_for_and_against(text: str, verdict: bool) -> None:
    """Discontent and motives speak for a complaint, thanks and requests against."""
    ready = reading(text)

    assert verdict is (score_of(ready.folded, motives_of(ready)) >= LIKELY)


@pytest.mark.parametrize(
    ("text", "language"),
    [("le la les", "fr"), ("the and my", "en"), ("el los mi", "es"), ("zzz", "fr"), ("!", None)],
)
def test_lets_small_words_vote(text: str, language: str | None) -> None:
    """French wins when nobody votes; without a word there is no language."""
    assert language == language_of(text)


def test_folds_one_character_for_one() -> None:
    """Folding keeps every position, so that what is found can be shown as written."""
    text = "ÉLÈVE İ ǅ œuf ½ ﬁn … ’ 😡\t\n"

    assert len(text) == len(fold(text))
    assert fold(text).startswith("eleve")


def test_keeps_head_and_tail() -> None:
    """Of a long text the beginning and the end are kept, and no word is longer than a line."""
    kept = legible("a" * 200_000 + " fin")

    assert len(kept) == HEAD + 1 + TAIL
    assert kept.endswith(" fin")
    assert max(len(word) for word in kept.split()) < 100


def test_spells_out_the_short_hand() -> None:
    """A cue is written in full: blanks, gaps and named words."""
    assert spelled_out("pas de @times") == (
        "pas(?:[ ]{1,4})de(?:[ ]{1,4})(?:deux|trois|quatre|cinq|six|dix|\\d{1,2}|plusieurs|"
        "de(?:[ ]{1,4})nombreuses)"
    )
