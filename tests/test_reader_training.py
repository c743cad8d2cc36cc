"""The course that a message is about: this table is the specification of the component."""

from datetime import UTC, datetime

import pytest

from nlp_models.components.training import training_in
from nlp_models.reading import Reading, open_passage
from register.extraction import Passage
from register.labels import Channel, Training


def reading(text: str) -> Reading:
    """Give an e-mail made ready."""
    sent = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
    return open_passage(Passage(text=text, channel=Channel.EMAIL, sent=sent))


@pytest.mark.parametrize(
    ("text", "training"),
    [
        ("le permis B", Training.PERMIS_B),
        ("category B, please", Training.PERMIS_B),
        ("a carta de ligeiros", Training.PERMIS_B),
        ("ma conduite accompagnée", Training.AAC),
        ("en AAC", Training.AAC),
        ("le deuxième rendez-vous pédagogique de Louise", Training.AAC),
        ("accompanied driving", Training.AAC),
        ("conduite supervisée", Training.CS),
        ("le rendez-vous pédagogique de la conduite supervisée", Training.CS),
        ("sur boîte automatique", Training.BVA),
        ("le permis B en boîte auto", Training.BVA),
        ("my automatic lessons", Training.BVA),
        ("clases de automático", Training.BVA),
        ("permis moto A2", Training.MOTO),
        ("la 125 ne démarre plus", Training.MOTO),
        ("les motos du plateau sont usées", Training.MOTO),
        ("le carné de moto", Training.MOTO),
        ("je passe le A en juin", Training.MOTO),
        ("mon BSR", Training.AM),
        ("mon scooter de location a calé", Training.AM),
        ("l'examen du code", Training.CODE),
        ("l'examen du code de la route", Training.CODE),
        ("inscrit à la poste pour le code", Training.CODE),
        ("the theory test", Training.CODE),
        ("examen teórico", Training.CODE),
        ("le permis BE, avec la remorque", Training.REMORQUE),
        ("deux jours de BE annulés", Training.REMORQUE),
        ("la B96", Training.REMORQUE),
        ("permis C", Training.POIDS_LOURD),
        ("la session CE de mars", Training.POIDS_LOURD),
        ("aulas de pesados", Training.POIDS_LOURD),
        ("stage de récupération de points", Training.POINTS),
        ("l'échange de permis étranger", Training.OTHER),
        ("j'ai eu mon code, maintenant le permis B", Training.PERMIS_B),
        ("le code puis la moto", Training.MOTO),
    ],
)
def test_tells_the_training(text: str, training: Training) -> None:
    """The course is the particular one that is named, else the licence or the theory."""
    assert training is training_in(reading(text))


@pytest.mark.parametrize(
    "text",
    [
        "ma leçon",
        "j'ai mon permis depuis un an",  # which one is not said
        "c'est permis ce matin",
        "le permis c'est pour bientôt",
        "le code postal",
        "le code promo du forfait",
        "l'article R. 213-3 du Code de la route",
        "le code de la consommation",
        "la salle de code est glaciale",
        "elle a eu son code en avril",
        "réponse automatique",
        "le prélèvement automatique de mai",
        "CE MATIN ENCORE PERSONNE",
        "L'AUTO-ÉCOLE EST FERMÉE",
        "la formation d'un ami",
        "la place du marché",
    ],
)
def test_tells_no_training_that_is_not_said(text: str) -> None:
    """Other codes, other permissions and other automatons are no course."""
    assert training_in(reading(text)) is None
