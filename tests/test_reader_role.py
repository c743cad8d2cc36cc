"""In what quality somebody writes: these tables are the specification of the component."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from nlp_models.components.role import role_of
from nlp_models.reading import Reading, open_passage
from register.extraction import Passage
from register.labels import Channel, Role


def reading(text: str, **more: Any) -> Reading:
    """Give an e-mail made ready."""
    sent = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
    passage = Passage(text=text, channel=Channel.EMAIL, sent=sent)
    return open_passage(replace(passage, **more))


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("Ma leçon a été annulée", Role.STUDENT),
        ("personne ne répond, c'est une honte", Role.STUDENT),  # who says nothing else learns
        ("my instructor is late again", Role.STUDENT),
        ("mon moniteur parle de sa femme pendant mes heures", Role.STUDENT),
        ("mon père a payé mon forfait", Role.STUDENT),
        ("ma sœur trouve ça drôle, moi non : mon nom est mal écrit", Role.STUDENT),
        ("j'ai emmené ma fille de 2 ans au code, faute de nounou", Role.STUDENT),
        ("mon fils attend sa date d'examen", Role.PARENT),
        ("mon petit-fils attend sa leçon", Role.PARENT),
        ("je suis la maman de Zélie, elle ne viendra pas", Role.PARENT),
        ("our daughter's lesson was cancelled", Role.PARENT),
        ("mi hijo no tiene fecha de examen", Role.PARENT),
        ("o meu filho espera a aula", Role.PARENT),
        ("je suis une ancienne élève", Role.FORMER_STUDENT),
        ("j'ai eu mon permis chez vous en 2019", Role.FORMER_STUDENT),
        ("notre salarié n'a pas eu sa formation", Role.COMPANY),
        ("je suis responsable RH et nos chauffeurs attendent", Role.COMPANY),
        ("en tant que financeur nous", Role.FUNDER),
        ("la commune finance le permis de M. Oury", Role.FUNDER),
        ("je suis riverain", Role.THIRD_PARTY),
        ("Votre voiture auto-école m'a coupé la route", Role.THIRD_PARTY),
        ("your learner car nearly knocked me off my bike", Role.THIRD_PARTY),
        ("ma compagne n'ose plus aller à sa leçon", Role.THIRD_PARTY),
    ],
)
def test_tells_the_role(text: str, role: Role) -> None:
    """The quality is that of whoever says "I"; who states none learns."""
    assert role is role_of(reading(text))


@pytest.mark.parametrize(
    "text",
    [
        "Bonjour, c'est combien le permis ?",
        "hello, how much is it for 20 hours?",
        "Candidature : titulaire du titre pro, je cherche un poste de moniteur",
        "Sauf erreur de notre part, notre facture 118 demeure impayée",
        "Ceci est un message automatique, merci de ne pas y répondre",
        "Votre site en première page : audit gratuit, cliquez ici",
        "Au sommaire de la lettre : les délais d'examen. Se désabonner",
        "vous avez vu le journal ? une auto-école fermée d'un coup",
        "oups, mauvais groupe désolé",
    ],
)
def test_gives_strangers_no_role(text: str) -> None:
    """Machines, sellers, applicants, the press and who asks for a price are nothing to us."""
    assert role_of(reading(text)) is None


@pytest.mark.parametrize(
    ("sender_name", "sender_address", "role"),
    [
        ("Léa Martin", "lea@example.org", Role.STUDENT),
        ("Maman de Zélie", "zelie.m@example.org", Role.PARENT),
        ("Mission locale du Perche", "suivi@perche.example", Role.FUNDER),
        ("Résidence du Lac - syndic", "syndic@lac.example", Role.THIRD_PARTY),
        ("", "no-reply@chose.example", None),
        ("Garage Morand", "compta@morand.example", None),
    ],
)
def test_hears_the_sender(sender_name: str, sender_address: str, role: Role | None) -> None:
    """Name and address of the sender count as words of the message."""
    text = "Nous attendons toujours votre réponse."

    assert role is role_of(reading(text, sender_name=sender_name, sender_address=sender_address))
