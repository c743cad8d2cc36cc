"""Members of staff, known by what is done by them, with them, to them."""

from datetime import UTC, datetime
from typing import Any

import pytest

from nlp_models.components.staff import given_names, staff_in
from nlp_models.reading import Reading, open_passage
from register.extraction import Passage
from register.labels import Channel


def reading(text: str, **more: Any) -> Reading:
    """Give a message made ready, an e-mail if nothing else is said."""
    sent = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
    return open_passage(Passage(**{"text": text, "channel": Channel.EMAIL, "sent": sent, **more}))


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
        ("solène a encore oublié ma feuille", ("solène",)),
        ("Bravo à Blandine !", ("Blandine",)),
        ("Bonjour Madame Perrot,", ("Madame Perrot",)),
        ("mon moniteur est en retard", ()),
        ("ma fille Julie a pleuré", ()),
        ("Ma fille Julie est inscrite. Julie a pleuré hier.", ()),
        ("notre salarié M. Traoré", ()),
        ("l'inspecteur M. Morin m'a recalé", ()),
        ("Bonjour Madame, Monsieur", ()),
        ("je roulais vers Pontivy", ()),
        ("j'ai vu Bérangère hier", ("Bérangère",)),  # configured
    ],
)
def test_finds_the_staff(text: str, staff: tuple[str, ...]) -> None:
    """A name is of the staff by its title, its post, what it does, or the configuration."""
    assert staff == staff_in(reading(text), known=["Bérangère"])


def test_hears_the_recogniser() -> None:
    """A name that nobody bears is taken where the entity recogniser saw staff, marks left out."""
    text = "hier Zibou, a crié"

    assert staff_in(reading(text), marked={"staff": [(5, 11)]}) == ("Zibou",)


def test_does_not_take_the_writer_for_staff() -> None:
    """The complainant's own name is not that of a member of staff."""
    assert staff_in(reading("Je soussignée Mme Martin"), complainant="Léa Martin") == ()


def test_knows_given_names() -> None:
    """Given names are read from the table of cues, folded."""
    assert {"karim", "solene", "zoe"} <= given_names()
