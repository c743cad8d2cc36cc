"""The site: a place is ours by the words beside it."""

from datetime import UTC, datetime
from typing import Any

import pytest

from nlp_models.components.site import Marked, known_sites, site_in
from nlp_models.reading import Reading, open_passage
from register.extraction import Passage
from register.labels import Channel


def reading(text: str, **more: Any) -> Reading:
    """Give a message made ready, an e-mail if nothing else is said."""
    sent = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
    return open_passage(Passage(**{"text": text, "channel": Channel.EMAIL, "sent": sent, **more}))


@pytest.mark.parametrize(
    ("text", "site"),
    [
        ("à l'agence de Bagnolet hier", "Bagnolet"),
        ("agence d'Aubervilliers", "Aubervilliers"),
        ("l'agence de la rue Pasteur", "rue Pasteur"),
        ("l'agence du Pré Saint-Gervais est fermée", "Pré Saint-Gervais"),
        ("a montreuil personne ne repond", "Montreuil"),  # configured
        ("jattends devant lagence creteil", "creteil"),
        ("votre bureau 12 rue des Tonneliers est fermé", "12 rue des Tonneliers"),
        ("je suis inscrite chez vous à Saint-Herblain", "Saint-Herblain"),
        ("Leçon annulée mardi à Villeneuve d'Ascq", "Villeneuve d'Ascq"),
        ("I paid at your Cholet branch", "Cholet"),
        ("en la oficina de Bayonne no contestan", "Bayonne"),
        ("J'habite à Meaux, je viens à l'agence de Torcy", "Torcy"),
        ("l'agence de voyage", None),
        ("l'auto-école du coin", None),
        ("ma leçon à Paris", None),
        ("mon examen avec l'inspecteur était vers Meaux", None),
        ("Je travaille avec ma mère, route de Meaux", None),
        ("avec Mme Fontaine", None),
    ],
)
def test_finds_the_site(text: str, site: str | None) -> None:
    """A configured site is known by its name alone, another by what stands around it."""
    assert site == site_in(reading(text), known_sites(["Montreuil", ""]))


@pytest.mark.parametrize(
    ("text", "place", "site"),
    [
        ("personne hier à Bourgoin; rien", "Bourgoin;", "Bourgoin"),
        ("rendez-vous à Le Mans gare", "Le Mans", "Le Mans gare"),
        ("c'est Marcel", "Marcel", None),
    ],
)
def test_hears_the_recogniser(text: str, place: str, site: str | None) -> None:
    """What it marked is freed of punctuation, made whole, and weighed like any other place."""
    start = text.index(place)
    marked = Marked(sites=((start, start + len(place)),))

    assert site == site_in(reading(text), {}, marked)
