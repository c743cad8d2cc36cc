"""The writer's name: in the text, the signature, or the From of an e-mail."""

from datetime import UTC, datetime
from typing import Any

import pytest

from nlp_models.components.complainant import complainant_of, is_a_persons
from nlp_models.reading import Reading, open_passage
from register.extraction import Passage
from register.labels import Channel


def reading(text: str, **more: Any) -> Reading:
    """Give a message made ready, an e-mail if nothing else is said."""
    sent = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
    return open_passage(Passage(**{"text": text, "channel": Channel.EMAIL, "sent": sent, **more}))


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
        ("Bla.\n\nC. Morel", {"sender_name": "Cyril Morel"}, "Cyril Morel"),
        ("Bla.\nCordialement\nLéa", {}, "Léa"),
        ("Bla.", {"sender_name": "Service client"}, None),
        ("Bla.", {"sender_name": "lea@example.org"}, None),
        ("Bla.", {"sender_name": "Famille Roux"}, None),
        ("Bla.", {"sender_name": "Léa Roux", "sender_address": "contact@x.example"}, None),
        ("Bla.", {"sender_name": "Ravel Durit", "sender_address": "a@ravel.example"}, None),
        ("Bla.", {"sender_name": "Léa Martin", "channel": Channel.TELEGRAM}, None),
        ("Je suis très déçu.", {}, None),
        ("Bonjour, personne ne répond.", {}, None),
        ("slt c'est Lina, je serai absente", {"channel": Channel.TELEGRAM}, "Lina"),
        ("Rendez-moi mon livret. Yves Picot 06 39 98 11 22", {}, "Yves Picot"),
        ("Bla.\nBien à vous,\nMme Picot", {}, "Mme Picot"),
        ("Bla.\nCordialement,\nAnna van der Linden", {}, "Anna van der Linden"),
        ("C'est réglé, merci Karim", {}, None),
        ("Bonjour Mme Delmas, où en est mon dossier ?", {}, None),
    ],
)
def test_finds_the_name(text: str, more: dict[str, Any], name: str | None) -> None:
    """The fullest of what the text, the signature and the From name say, if it is a person's."""
    assert name == complainant_of(reading(text, **more))


@pytest.mark.parametrize(
    ("marked", "more", "name"),
    [
        (["marie dupont"], {}, "marie dupont"),
        (["Paul Roy", "Marie Dupont"], {}, "Marie Dupont"),
        (["Paul Roy", "M. Dupont"], {"sender_name": "Marie Dupont"}, "Marie Dupont"),
        (["Envoyé"], {}, None),
    ],
)
def test_hears_the_recogniser(marked: list[str], more: dict[str, Any], name: str | None) -> None:
    """Its last name is most likely the one that signed, unless From says which it is."""
    assert name == complainant_of(reading("Bla.", **more), marked)


@pytest.mark.parametrize(
    ("words", "verdict"),
    [
        ("Léa Martin", True),
        ("Jean-Paul Le Goff", True),
        ("Aïcha N'Diaye", True),
        ("Philippe d'Orval", True),
        ("María del Mar Ruiz", True),
        ("Auto École du Parc", False),
        ("Garage Morand SARL", False),
        ("Imprimerie Morand", False),
        ("léa martin", False),
        ("Léa M4rtin", False),
        ("A B C D E F", False),
    ],
)
def test_tells_a_persons_name(words: str, verdict: bool) -> None:
    """A name is a few words with capitals, none of them a firm's."""
    assert verdict is is_a_persons(words)
