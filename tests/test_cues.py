"""Cues: found in one pass over a text, as if each meaning had been asked in turn."""

import pytest

from nlp_models.cues import READ, Openings, cues_of, openings_of
from nlp_models.reading import open_passage
from nlp_models.training.corpus import CORPUS, load


def test_finds_what_each_meaning_would_find() -> None:
    """Looking words up by how they begin changes nothing but the time it takes."""
    parts = (*READ, "training")
    openings = openings_of(*parts)

    for example in load(CORPUS / "dev")[::3]:
        folded = open_passage(example.passage).folded
        asked_in_turn = {
            f"{part}.{meaning}": cues.weigh(folded)
            for part in parts
            for meaning, cues in cues_of(part).items()
        }
        assert asked_in_turn == openings.weigh(folded)


@pytest.mark.parametrize(
    ("cue", "text", "weight"),
    [
        pytest.param("annul(?:e|ee)", "lecon annulee", 2.0, id="letters"),
        pytest.param("a fuir", "ecole a fuir", 2.0, id="one_letter"),
        pytest.param("(?:lecon|cours) annule", "cours annule", 2.0, id="choice"),
        pytest.param("(?:deux|\\d) fois", "paye 3 fois", 2.0, id="figure_in_a_choice"),
        pytest.param("€", "80€", 2.0, id="sign"),
        pytest.param(r"\?", "alors?", 2.0, id="escaped_sign"),
        pytest.param(r"j\W?ai paye", "et j'ai paye", 2.0, id="apostrophe"),
        pytest.param("@lesson ~ @cancelled", "la seance a ete annulee", 2.0, id="words"),
        pytest.param("annule", "non annule, annule", 2.0, id="the_same_words_count_once"),
        pytest.param("ann(?:ule|ulation)", "annulation, annule", 4.0, id="others_count_too"),
        pytest.param("lecon", "la facon", 0.0, id="not_met"),
    ],
)
def test_looks_a_cue_up_by_its_opening(cue: str, text: str, weight: float) -> None:
    """Letters, figures, signs and choices of them open a cue."""
    assert {"it": weight} == Openings({"it": {"plain": [cue]}}).weigh(text)


@pytest.mark.parametrize("cue", ["n?explique", "(?:un )?peu", r"\w+ rien", "[ab]c"])
def test_refuses_a_cue_that_may_begin_anyhow(cue: str) -> None:
    """Such a cue would be looked for at every word; whoever writes it is told."""
    with pytest.raises(ValueError, match="must begin"):
        Openings({"it": {"plain": [cue]}})
