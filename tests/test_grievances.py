"""What a text complains of: as many grievances as it has matters, in its own words."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.grievances import LONGEST, MOST, grievances
from letters.words import excerpt

THREE = """Bonjour,

Ma leçon de conduite de mardi a été annulée une heure avant, sans excuse. La facture de mars \
compte deux fois la même heure. Personne ne répond au téléphone de l'agence.

Je demande le remboursement des 55 €.

Léa Martin
"""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            THREE,
            (
                "Ma leçon de conduite de mardi a été annulée une heure avant, sans excuse.",
                "La facture de mars compte deux fois la même heure.",
                "Personne ne répond au téléphone de l'agence.",
            ),
            id="three sentences, no demand, no name",
        ),
        pytest.param(
            "Voici mes griefs :\n- leçon annulée deux fois\n- moniteur désagréable\n"
            "- facture fausse\nMerci de me répondre.\nPaul",
            ("leçon annulée deux fois", "moniteur désagréable", "facture fausse"),
            id="a list",
        ),
        pytest.param(
            "1) La voiture était sale.\n2) Le moniteur est arrivé en retard.",
            ("La voiture était sale.", "Le moniteur est arrivé en retard."),
            id="a numbered list",
        ),
        pytest.param(
            "Ma leçon a été annulée. C'est la troisième fois que le planning est faux.",
            ("Ma leçon a été annulée. C'est la troisième fois que le planning est faux.",),
            id="two sentences on one matter are one",
        ),
        pytest.param(
            "Ma leçon a encore été\nannulée hier sans prévenir.",
            ("Ma leçon a encore été annulée hier sans prévenir.",),
            id="a wrapped line",
        ),
        pytest.param(
            "La voiture est tombée en panne. Je demande le remboursement des heures perdues.",
            ("La voiture est tombée en panne.",),
            id="a demand is none, whatever it laments",
        ),
        pytest.param(
            "J'ai un problème avec ma facture. La leçon a été annulée.",
            ("J'ai un problème avec ma facture. La leçon a été annulée.",),
            id="what only heralds it is not counted",
        ),
        pytest.param(
            "bonjour jai un souci\n\nmon moniteur m'a crié dessus",
            ("jai un souci. mon moniteur m'a crié dessus",),
            id="what only heralds it goes with it",
        ),
        pytest.param(
            "Depuis 4 leçons il me dit des horreurs et il rigole. Je ne veux plus monter avec lui."
            "\n\nLéa Martin\n06 99 00 12 34",
            (
                "Depuis 4 leçons il me dit des horreurs et il rigole. "
                "Je ne veux plus monter avec lui.",
            ),
            id="what was told goes with the only grievance, name and number do not",
        ),
        pytest.param(
            "On m'a prélevé le 9 et encore le 20. Dossier 302 : on me dit « bonjour » et rien.",
            ("On m'a prélevé le 9 et encore le 20. Dossier 302 : on me dit « bonjour » et rien.",),
            id="a number or a greeting inside a sentence stays",
        ),
        pytest.param(
            "J'ai dit à M. Sicre que la facture est fausse. Mes leçons n'avancent pas.",
            (
                "J'ai dit à M. Sicre que la facture est fausse.",
                "Mes leçons n'avancent pas.",
            ),
            id="a title ends no sentence",
        ),
        pytest.param("ça va pas du tout", ("ça va pas du tout",), id="in doubt one"),
        pytest.param("La chose du 3.", ("La chose du 3.",), id="no reproach: the whole"),
        pytest.param("", (), id="no text"),
        pytest.param("Bonjour", (), id="nothing but a greeting"),
    ],
)
def test_a_text_is_split_by_what_it_complains_of(text: str, expected: tuple[str, ...]) -> None:
    """A reproach each, neighbours on one matter together; demands and courtesies are none."""
    assert grievances(text) == expected


def test_a_long_list_loses_nothing() -> None:
    """Six at most: what is more goes with the last."""
    found = grievances("\n".join(f"- facture n° {n} fausse" for n in range(9)))

    assert len(found) == MOST
    assert "8 fausse" in found[-1]


@given(st.text(max_size=2000))
def test_it_never_says_more_than_the_text(text: str) -> None:
    """Whatever comes, each word of a grievance is one of the client's, and there are few."""
    found = grievances(text)

    assert len(found) <= MOST
    assert all(len(one) <= LONGEST + 1 for one in found)
    told = set(re.findall(r"\w+", excerpt(text, len(text) + 1)))
    assert all(set(re.findall(r"\w+", one)) <= told for one in found if "…" not in one)


def test_a_hostile_text_costs_no_time() -> None:
    """A hundred thousand characters are split as quickly as they are read."""
    assert len(grievances("- non ! " * 20_000)) <= MOST
    assert len(grievances("a" * 100_000)) <= MOST
    assert len(grievances("n'a " * 30_000)) <= MOST
