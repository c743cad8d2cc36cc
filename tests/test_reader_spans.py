"""The entity recogniser: that the row of tags it takes is the best of those that make sense."""

import itertools

import numpy as np
import pytest

from nlp_models.components.spans import SURE, best_places, steps_between
from nlp_models.french import load_french
from nlp_models.ngrams import Floats
from nlp_models.reader import TRAINED

TAGS = ("B-name", "B-site", "I-name", "I-site", "L-name", "L-site", "O", "U-name", "U-site")
NOTHING = TAGS.index("O")
STEPS = steps_between(TAGS)


def fit(scores: Floats, row: tuple[int, ...]) -> float:
    """Say how well a row of tags fits; one that makes no sense, not at all."""
    edged = (NOTHING, *row, NOTHING)
    return float(
        sum(scores[word, tag] for word, tag in enumerate(row))
        + sum(STEPS[one, other] for one, other in itertools.pairwise(edged))
    )


@pytest.mark.parametrize("seed", range(20))
def test_the_row_taken_fits_best_of_all(seed: int) -> None:
    """Every row of four words is tried."""
    scores = np.random.default_rng(seed).normal(0, 3, (4, len(TAGS))).astype(np.float32)

    taken = tuple(best_places(scores, STEPS, NOTHING))

    rows = itertools.product(range(len(TAGS)), repeat=4)
    assert taken == max(rows, key=lambda row: fit(scores, row))


def test_words_surely_in_no_span_part_a_long_text() -> None:
    """What is found on one side does not change what is found on the other."""
    left, right = (np.random.default_rng(n).normal(0, 3, (4, len(TAGS))) for n in (1, 2))
    sure = np.zeros((3, len(TAGS)))
    sure[:, NOTHING] = 30.0
    scores = np.vstack([left, sure, right]).astype(np.float32)

    taken = best_places(scores, STEPS, NOTHING)

    alone = [best_places(part.astype(np.float32), STEPS, NOTHING) for part in (left, right)]
    assert [*taken] == [*alone[0], *[NOTHING] * 3, *alone[1]]


def test_a_word_surely_in_no_span_is_in_none() -> None:
    """Even where the words on both sides would like to have it between them."""
    scores = np.zeros((3, len(TAGS)), np.float32)
    scores[0, TAGS.index("B-name")] = scores[2, TAGS.index("L-name")] = 20.0
    scores[1, NOTHING] = SURE + 0.5
    parted = [TAGS[place] for place in best_places(scores, STEPS, NOTHING)]
    scores[1, NOTHING] = SURE - 0.5
    whole = [TAGS[place] for place in best_places(scores, STEPS, NOTHING)]

    assert "I-name" not in parted
    assert whole == ["B-name", "I-name", "L-name"]


@pytest.mark.parametrize(
    ("one", "other", "is_step"),
    [
        ("O", "B-name", True),
        ("O", "L-name", False),
        ("B-name", "L-name", True),
        ("B-name", "L-site", False),
        ("I-site", "I-site", True),
        ("I-site", "O", False),
        ("L-name", "U-site", True),
        ("U-name", "I-name", False),
    ],
)
def test_a_span_begins_goes_on_and_ends(one: str, other: str, is_step: bool) -> None:
    """BILUO: what may follow what."""
    assert bool(STEPS[TAGS.index(one), TAGS.index(other)] == 0) is is_step


def test_texts_without_a_word_have_no_span() -> None:
    """Alone, and among others."""
    nlp = load_french(TRAINED)
    with nlp.select_pipes(enable=["spans"]):
        docs = list(nlp.pipe(["", "Merci, Nadège Corvec", ""]))
        nothing = nlp("")

    assert [len(doc.ents) for doc in docs] == [0, 1, 0]
    assert not nothing.ents


def test_reads_many_as_it_reads_one() -> None:
    """However long they are, and however they are put together."""
    nlp = load_french(TRAINED)
    short, long = "Merci, Nadège Corvec", "Ma leçon avec Karim à Melun a été annulée hier. " * 60
    texts = [short, long, "", long, long, short, *[short] * 40]
    with nlp.select_pipes(enable=["spans"]):
        together = [[str(span) for span in doc.ents] for doc in nlp.pipe(texts, batch_size=50)]
        alone = [[str(span) for span in nlp(text).ents] for text in texts]

    assert together == alone
    assert together[1]
