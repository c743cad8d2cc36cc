"""What is new in a text, what is history, and what is a signature."""

import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from intake.quoting import split

NEW = "Je maintiens ma demande."
OLD = "Bonjour,\nNous avons bien reçu votre lettre."


@pytest.mark.parametrize(
    "separator",
    [
        "Le lun. 2 mars 2026 à 09:15, École <reclamations@ecole.example> a écrit :",
        "Le lun. 2 mars 2026 à 09:15, École <reclamations@ecole.example>\na écrit :",
        "Le lundi 2 mars 2026 à 09:15:33 UTC+1, École\n<reclamations@ecole.example> a\nécrit :",
        "Le 02/03/2026 à 09:15, École Exemple a écrit :",
        "On Mon, Mar 2, 2026 at 9:15 AM School <a@ecole.example> wrote:",
        "El lun, 2 mar 2026 a las 9:15, Escuela (<a@ecole.example>) escribió:",
        "-----Message d'origine-----",
        "----- Mail original -----",
        "-------- Message transféré --------",
        "-----Original Message-----",
        "---------- Forwarded message ---------",
        "Début du message transféré :",
        "Begin forwarded message:",
        "-----Mensaje original-----",
        "De : École <a@ecole.example>\nEnvoyé : lundi 2 mars 2026 09:15\nÀ : Camille\nObjet : x",
        "*De :* École\n*Date :* 2 mars\n*À :* Camille\n*Objet :* x",
        "From: School <a@ecole.example>\nSent: Monday\nTo: Camille\nSubject: x",
        "________________________________\nDe : École\nEnvoyé : lundi\nÀ : Camille\nObjet : x",
        "envoyé : 2 mars 2026 à 09:15\nde : École\nà : Camille\nobjet : x",
    ],
)
def test_history_begins_where_programs_say_so(separator: str) -> None:
    """The sentences that programs put above what is answered."""
    parts = split(f"{NEW}\n\n{separator}\n\n{OLD}")

    assert parts.new == NEW
    assert parts.quoted == f"{separator}\n\n{OLD}"
    assert parts.signature == ""


@pytest.mark.parametrize(
    "text",
    [
        "Bonjour,\nLe 3 mars à 9:00 votre secrétaire m'a écrit :\nVenez à 10:15.\nPersonne.",
        "Bonjour,\nLe 3 mars à 10:15, elle nous a écrit :\nrendez-vous annulé.",
        "Bonjour,\nLe moniteur a écrit :\nrien du tout.",
        "Mes griefs :\n- le retard\n- la voiture\n\nMerci de me répondre.",
        "Bonjour,\nDe : Lyon\nje viens chaque semaine, et la leçon est annulée.",
        "Merci,\nmais cela ne règle rien.",
        "Envoyé avec accusé de réception le 3 mars, sans réponse.",
        "Cordialement, c'est beaucoup dire : le moniteur a crié.",
        "Ce message est ma troisième réclamation.",
        "Bonjour,\n\nCordialement\n\nPS : remboursez-moi aussi les 55 €.",
        "--\nLa leçon\n--\nLe moniteur est parti avant la fin, et "
        + "puis " * 30
        + "\n" * 20
        + "fin",
    ],
)
def test_a_grievance_is_never_cut_off(text: str) -> None:
    """What only looks like history or a signature stays in the new text."""
    parts = split(text)

    assert parts.quoted == ""
    assert parts.signature == ""


@pytest.mark.parametrize(
    ("below", "signature"),
    [
        ("-- \nCamille Perrin", "--\nCamille Perrin"),
        ("--\nCamille Perrin\n06 12 34 56 78", "--\nCamille Perrin\n06 12 34 56 78"),
        ("Cordialement,\n\nCamille Perrin", "Cordialement,\n\nCamille Perrin"),
        ("Bien cordialement\nCamille", "Bien cordialement\nCamille"),
        ("Bonne journée !\nCamille", "Bonne journée !\nCamille"),
        ("Kind regards,\nCamille", "Kind regards,\nCamille"),
        ("Envoyé de mon iPhone", "Envoyé de mon iPhone"),
        ("Envoyé depuis mon téléphone Orange", "Envoyé depuis mon téléphone Orange"),
        ("Envoyé à partir de Outlook pour Android", "Envoyé à partir de Outlook pour Android"),
        ("Télécharger Outlook pour iOS", "Télécharger Outlook pour iOS"),
        ("Sent from my iPad", "Sent from my iPad"),
        ("Enviado desde mi iPhone", "Enviado desde mi iPhone"),
        ("Provenance : Courrier pour Windows", "Provenance : Courrier pour Windows"),
        (
            "Ce courriel et ses pièces jointes sont confidentiels.\nMerci de le détruire.",
            "Ce courriel et ses pièces jointes sont confidentiels.\nMerci de le détruire.",
        ),
        ("Garanti sans virus. www.antivirus.example", "Garanti sans virus. www.antivirus.example"),
    ],
)
def test_a_signature_is_told_apart(below: str, signature: str) -> None:
    """Cards, closing formulas, telephones and disclaimers."""
    parts = split(f"{NEW}\n\n{below}")

    assert parts.new == NEW
    assert parts.signature == signature


def test_answers_between_quoted_lines_are_new() -> None:
    """Where history is marked, what is not marked is an answer."""
    text = "Le 02/03/2026 à 09:15, École a écrit :\n> Quand ?\nHier.\n> Qui ?\nM. Durand."

    assert split(text).new == "Hier.\nM. Durand."
    assert "> Quand ?" in split(text).quoted


def test_a_text_that_is_all_history_is_kept_whole() -> None:
    """Somebody who only forwards has still sent something."""
    text = f"Début du message transféré :\n\n{OLD}"

    assert split(text) == (text, "", "")


def test_a_signature_above_the_history_is_found() -> None:
    """The signature belongs to the new text."""
    parts = split(f"{NEW}\n\nCordialement,\nCamille\n\n-----Message d'origine-----\n{OLD}")

    assert (parts.new, parts.signature) == (NEW, "Cordialement,\nCamille")


@pytest.mark.parametrize(
    "line",
    [
        "Le 3 mars 10:10 ",
        "> ",
        "De : a\nÀ : b\n",
        "-- \n",
        "\n",
        "_" * 40,
        "Ce message ",
        "a écrit :\n",
    ],
)
def test_the_time_grows_with_the_length_only(line: str) -> None:
    """Two hundred thousand characters take a moment, whatever they are."""
    text = line * (200_000 // len(line))
    began = time.monotonic()
    split(text)

    assert time.monotonic() - began < 1.5


PIECES = [
    "Bonjour",
    "> cité",
    "-- ",
    "",
    "Cordialement",
    "Le 2 mars à 10:10, X a écrit :",
    "De : a",
]
LINES = st.lists(st.sampled_from(PIECES) | st.text(max_size=20))


@given(LINES.map("\n".join))
@example("Bonjour\n> cité\nLe 2 mars à 10:10, X a écrit :\n> cité")
def test_no_word_is_lost(text: str) -> None:
    """Every word is in one of the three parts, and only an empty text has nothing new."""
    parts = split(text)

    assert sorted(" ".join(parts).split()) == sorted(text.split())
    assert bool(parts.new.strip()) == bool(text.strip())
