"""The motives of an establishment that is not a driving school: renamed and added by configuration.

From the tables that the operator writes to what the reader finds, the desk shows and the register
keeps; with the real encoder and the real model.
"""

import asyncio
import json
import pickle
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from app import settings
from app.config import Config, ConfigRefused, Motives, RehearsalConfig, make_config
from app.reading import open_reader
from bot.texts import label
from intake.reception import DOUBTFUL_FROM
from letters.words import known_motives, name_motives, named
from nlp_models.reader import Reader
from register.codec import from_document, to_document
from register.complaint import Complaint
from register.extraction import Extraction, ScoredMotive
from register.labels import Motive
from sandbox.person import Person
from sandbox.telegram import BotApi
from tests.complaints import complaint
from tests.desk import StillClock
from tests.test_config import example
from tests.test_reader import chat
from tests.town import PATIENCE, living

MEALS = {
    "name": "Repas servis",
    "examples": [
        "Le repas était froid",
        "Le plateau du midi est immangeable",
        "La cantine n'avait pas de menu sans porc pour ma mère",
    ],
}
PARCELS = {
    "name": "Livraison",
    "examples": [
        "Le colis n'est jamais arrivé",
        "Ma commande a été livrée avec deux semaines de retard",
        "Le livreur a laissé le paquet dans la rue",
    ],
}
OURS = {
    "scheduling": {"name": "Réservations"},
    "own": {"restauration": MEALS, "livraison": PARCELS},
}
OWN = Motive("own_restauration")
CLIENT_ID, MANAGER_ID = 7, 100


@pytest.fixture(autouse=True)
def _names_that_ship() -> Iterator[None]:
    """Each test begins and ends with the names that ship, as a process does."""
    name_motives({})
    yield
    name_motives({})


def configured(motives: dict[str, Any]) -> Config:
    """The example's configuration with these motives."""
    return make_config(example() | {"motives": motives})


# -- read ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def reader() -> Reader:
    """The reader of an establishment with two motives of its own."""
    return open_reader(own=settings.own_motives(configured(OURS))).reader


@pytest.mark.parametrize(
    ("text", "motive", "evidence"),
    [
        pytest.param(
            "Bonjour,\nle repas de ce midi était froid et sans goût.\nMerci de me répondre.",
            "own_restauration",
            "le repas de ce midi était froid et…",
            id="in nearly the same words",
        ),
        pytest.param(
            "La nourriture est infecte. Ma mère n'a pas eu à manger hier soir.",
            "own_restauration",
            "Ma mère n'a pas eu à manger hier…",
            id="in other words",
        ),
        pytest.param(
            "The food was cold and tasteless, I am very disappointed.",
            "own_restauration",
            "The food was cold and tasteless, I am…",
            id="in another language",
        ),
        pytest.param(
            "mon colis est perdu et personne ne fait rien",
            "own_livraison",
            "mon colis est perdu et personne ne fait…",
            id="the other of two",
        ),
    ],
)
def test_an_own_motive_is_read_from_real_sentences(
    reader: Reader, text: str, motive: str, evidence: str
) -> None:
    """What means the same as the examples is found, and the sentence is the evidence."""
    first = reader.read(chat(text)).motives[0]

    assert (first.motive, first.evidence) == (Motive(motive), (evidence,))


@pytest.mark.parametrize(
    "text",
    [
        "Ma leçon de mardi a été annulée sans prévenir.",
        "Le moniteur m'a crié dessus devant tout le monde.",
        "J'ai été prélevé deux fois de 45 euros.",
        "Personne ne répond au téléphone depuis lundi.",
        "La voiture est sale et en panne.",
    ],
)
def test_what_is_far_from_the_examples_is_read_as_ever(reader: Reader, text: str) -> None:
    """A complaint about something else keeps the motives of the reader."""
    assert [one.motive for one in reader.read(chat(text)).motives if one.motive.is_own] == []


def test_what_the_heads_never_learned_is_asked_about(reader: Reader) -> None:
    """Near to the examples it is not set aside unseen; whether it is one, the manager says."""
    unknown = chat("mon colis est perdu")
    plain, read = open_reader().reader.read(unknown), reader.read(unknown)

    assert plain.score < DOUBTFUL_FROM <= read.score
    assert (plain.is_complaint, read.is_complaint) == (False, False)
    assert read.motives[0].motive == "own_livraison"


def test_thanks_are_no_complaint_about_what_they_are_for(reader: Reader) -> None:
    """Far enough from the examples they have no motive, and nobody is asked."""
    read = reader.read(chat("Merci pour le repas, c'était délicieux !"))

    assert (read.motives, read.score < DOUBTFUL_FROM) == ((), True)


def test_a_motive_that_is_sure_stays_beside_an_own_one(reader: Reader) -> None:
    """Two grievances, two motives; at most three in all."""
    read = reader.read(
        chat("Le repas était froid. En plus j'ai été facturé deux fois, payé deux fois !")
    )

    assert [one.motive for one in read.motives][:2] == [OWN, Motive.BILLING]
    assert len(read.motives) <= 3


def test_without_own_motives_nothing_is_added() -> None:
    """The driving school is the default: its names, its thirteen motives, nothing to encode."""
    plain = make_config(example())

    assert settings.own_motives(plain) == {}
    assert settings.motive_names(plain) == {}
    assert known_motives() == tuple(Motive)
    assert [one.value for one in Motive] == [one for one in Motives.model_fields if one != "own"]


# -- the code -----------------------------------------------------------------------------------


def test_an_own_motive_is_a_motive_like_the_others() -> None:
    """One member for one code, through pickle, JSON and the register's shape; thirteen listed."""
    kept = complaint(
        motives=(OWN, Motive.OTHER),
        extraction=Extraction(is_complaint=True, motives=(ScoredMotive(OWN, 0.5, ("froid",)),)),
    )

    assert Motive("own_restauration") is OWN
    assert pickle.loads(pickle.dumps(OWN)) is OWN
    assert json.loads(json.dumps({OWN: [OWN]})) == {"own_restauration": ["own_restauration"]}
    assert {OWN, "own_restauration"} == {OWN}
    assert from_document(Complaint, json.loads(json.dumps(to_document(kept)))) == kept
    assert len(list(Motive)) == 13
    assert OWN not in list(Motive)


@pytest.mark.parametrize("code", ["own_", "own_Repas", "own_" + "a" * 25, "repas", "own_é", ""])
def test_what_is_no_own_code_is_no_motive(code: str) -> None:
    """The list is open to own codes that fit a button, and to nothing else."""
    with pytest.raises(ValueError, match="not a valid Motive"):
        Motive(code)


# -- refused ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("motives", "words"),
    [
        pytest.param(
            {"schedulling": {"name": "Réservations"}},
            ["« schedulling »", "« scheduling »", "harassment", "[motives.own.schedulling]"],
            id="unknown code: the close one, the valid ones, and how to add one",
        ),
        pytest.param(
            {"own": {"restauration": MEALS | {"examples": ["Le repas était froid"] * 3}}},
            ["motives.own.restauration.examples", "au moins 3 phrases", "différentes"],
            id="three times the same example",
        ),
        pytest.param(
            {"own": {"restauration": MEALS | {"examples": MEALS["examples"][:2]}}},
            ["motives.own.restauration.examples", "au moins 3 phrases"],
            id="two examples",
        ),
        pytest.param(
            {"own": {"restauration": MEALS | {"examples": ["froid", "cher", "lent"]}}},
            ["motives.own.restauration.examples", "plusieurs mots"],
            id="words, no sentences",
        ),
        pytest.param(
            {"own": {"Repas servis": MEALS}},
            ["« Repas servis »", "minuscules", "[motives.own.restauration]"],
            id="a code that is a name",
        ),
        pytest.param(
            {"own": {"restauration": {"examples": MEALS["examples"]}}},
            ["motives.own.restauration.name"],
            id="no name",
        ),
        pytest.param(
            {"own": {"restauration": MEALS | {"exemples": []}}},
            ["motives.own.restauration.exemples", "« examples »", "name"],
            id="unknown key of an own motive",
        ),
        pytest.param(
            {"scheduling": "Réservations"},
            ["motives.scheduling", "Réservations", "une section est attendue"],
            id="a name without its section",
        ),
        pytest.param({"scheduling": {"name": " "}}, ["motives.scheduling.name"], id="empty name"),
        pytest.param({"exam": {"name": "x" * 41}}, ["motives.exam.name", "40"], id="long name"),
    ],
)
def test_a_mistake_is_one_sentence(motives: dict[str, Any], words: list[str]) -> None:
    """It is refused at the start; the sentence names the key and says what to do."""
    with pytest.raises(ConfigRefused) as refused:
        configured(motives)

    assert [word for word in words if word not in str(refused.value)] == []
    assert "\n" not in str(refused.value)


# -- from the first word to the register, and after ---------------------------------------------


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    async with BotApi(StillClock()) as running:
        yield running


def there(api: BotApi, folder: Path, motives: dict[str, Any]) -> Config:
    """An establishment on Telegram alone, with these motives."""
    written = example(imap=None, smtp=None) | {"motives": motives, "data": folder}
    written["telegram"] = {
        "token": api.token,
        "base_url": api.base_url,
        "base_file_url": api.base_file_url,
        "managers": [MANAGER_ID],
    }
    return make_config(written, RehearsalConfig)


async def turned_to(manager: Person, reference: str) -> str:
    """The text of a card that the manager asks for."""
    sent = await manager.sends(f"/dossier {reference}")
    button = label("manager.button_motive")
    return (await manager.sees(lambda one: button in one.labels, PATIENCE, after=sent)).text


async def corrects(manager: Person, name: str) -> None:
    """The manager chooses a motive by its name, and the card shows it first."""
    mark = manager.mark
    await manager.presses(name, timeout=PATIENCE)
    shown = await manager.sees(f"🏷 {name}", PATIENCE, after=mark)
    assert shown.text.split("🏷 ")[1].startswith(name)


async def test_from_the_configuration_to_the_register_and_without_it(
    api: BotApi, tmp_path: Path
) -> None:
    """Read, shown, told to the client, offered and corrected by name; legible without its name."""
    client, manager = api.person(CLIENT_ID, "Léa Martin"), api.person(MANAGER_ID, "Jeanne Morel")
    await manager.sends("/aide")
    async with living(there(api, tmp_path, OURS), StillClock()):
        await client.sends("/start")
        await client.presses(label("complainant.button_file"), timeout=PATIENCE)
        await client.sends("Le repas servi à midi était froid et immangeable, c'est inadmissible.")
        await client.presses(label("complainant.button_done"), timeout=PATIENCE)
        receipt = await client.sees("Repas servis", timeout=PATIENCE)
        read = await turned_to(manager, "R-2026-0001")
        await manager.presses(label("manager.button_motive"), timeout=PATIENCE)
        offered = await manager.sees(lambda one: "Réservations" in one.labels, PATIENCE)
        await corrects(manager, "Réservations")
        await manager.presses(label("manager.button_motive"), timeout=PATIENCE)
        await corrects(manager, "Repas servis")
    async with living(there(api, tmp_path, {}), StillClock()) as application:
        kept = application.register.get("R-2026-0001")
        after = await turned_to(manager, "R-2026-0001")
        await manager.presses_data("m:is_motive:R-2026-0001:own_restauration", on=offered)
        await manager.sees_toast(label("manager.old_button"), PATIENCE)
        read_now = await asyncio.to_thread(application.reader.read, chat("Le repas était froid."))

    assert "R-2026-0001" in receipt.text
    assert "🏷 Repas servis" in read
    assert offered.labels == [*map(named_then, Motive), "Repas servis", "Livraison", "↩️ Retour"]
    assert kept is not None
    assert kept.motives[0] is OWN
    assert "🏷 Restauration" in after
    assert not any(one.motive.is_own for one in read_now.motives)


def named_then(motive: Motive) -> str:
    """The name of a motive while the establishment had its own words."""
    return "Réservations" if motive is Motive.SCHEDULING else named(motive)
