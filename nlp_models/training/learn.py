"""Weights from labelled messages: the heads, their calibration, and what they decide by.

Whole hands are left out in turn, so that scores are calibrated on messages by hands that the
heads have not read: a hand repeats itself, and clients are not the hands of the corpus.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from nlp_models import judgement
from nlp_models.encoder import SIZE
from nlp_models.features import Features, features_of
from nlp_models.heads import Head
from nlp_models.judgement import INFORMED, MOTIVES, PLAIN, ROLES, SEVERITIES, Judge
from nlp_models.ngrams import Floats, Vocabulary
from nlp_models.reading import open_passage
from nlp_models.training.corpus import Example
from nlp_models.training.settle import Scores, settle
from nlp_models.vectors import WordVectors

Told = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """The figures that training is done with, from `[heads]` of config.cfg."""

    strength: float = 10.0  # of the data against the wish for small weights
    signs: float = 0.15  # how loud the signs are beside the grams,
    words: float = 1.0  # the meanings of the words,
    vector: float = 1.2  # and the meaning of the whole
    folds: int = 5
    fewest_critical: float = 0.95  # of the critical ones, seen as serious or critical
    agreement: float = 0.98  # with the informed heads, where the plain ones are believed


@dataclass(slots=True)
class Table:
    """Many messages as numbers, a row for each."""

    examples: list[Example]
    grams: sparse.csr_matrix
    informed: Floats  # what is not grams: signs, meanings of the words, meaning of the whole

    def rest(self, side: str) -> Floats:
        """Give what is not grams, as the heads of one side see it."""
        return self.informed if side == INFORMED else self.informed[:, :-SIZE]

    def rows(self, chosen: NDArray[np.int64]) -> "Table":
        """Give some of the messages."""
        examples = [self.examples[row] for row in chosen]
        return Table(examples, self.grams[chosen], self.informed[chosen])


def tabulate(examples: Sequence[Example], vocabulary: Vocabulary, vectors: WordVectors) -> Table:
    """Count each message, and read its meaning."""
    counted = [features_of(open_passage(one.passage), vocabulary, vectors) for one in examples]
    informed = np.array([features.informed() for features in counted])
    return Table(list(examples), _grams(counted, len(vocabulary)), informed)


def _grams(counted: list[Features], columns: int) -> sparse.csr_matrix:
    rows = np.repeat(np.arange(len(counted)), [len(one.counted.columns) for one in counted])
    values = np.concatenate([one.counted.values for one in counted])
    places = np.concatenate([one.counted.columns for one in counted])
    return sparse.csr_matrix((values, (rows, places)), shape=(len(counted), columns))


def learn(table: Table, recipe: Recipe, tell: Told) -> Judge:
    """Train the heads on every message, and settle how to decide on those left out in turn."""
    held_out = _held_out(table, recipe, tell)
    settings = settle(table.examples, held_out, recipe.fewest_critical, recipe.agreement)
    tell("training on all of them")
    return Judge({**train(table, PLAIN, recipe), **train(table, INFORMED, recipe)}, settings)


def train(table: Table, side: str, recipe: Recipe) -> dict[str, Head]:
    """Train the heads of one side."""
    everyone = np.arange(len(table.examples))
    complaints = np.array([row for row in everyone if table.examples[row].is_complaint])
    answers: dict[str, list[tuple[NDArray[np.int64], list[Any]]]] = {
        "complaint": [(everyone, [one.is_complaint for one in table.examples])],
        "motives": [
            (complaints, [code in table.examples[row].motives for row in complaints])
            for code in MOTIVES
        ],
        "main": [
            (complaints, [MOTIVES.index(table.examples[row].motives[0]) for row in complaints])
        ],
        "severity": [(complaints, [_rank(table.examples[row]) for row in complaints])],
        "role": [(everyone, [ROLES.index(one.source.role) for one in table.examples])],
    }
    width = {"main": len(MOTIVES), "severity": len(SEVERITIES), "role": len(ROLES)}
    matrix, centre, loudness = _matrix(table, side, recipe)
    weights = np.array([one.weight for one in table.examples])
    made = {}
    for question, columns in answers.items():
        parts = [
            _regression(
                matrix[rows], np.array(labels), weights[rows], width.get(question, 1), recipe
            )
            for rows, labels in columns
        ]
        made[f"{side}-{question}"] = _head(parts, table.grams.shape[1], centre, loudness)
    return made


def _rank(example: Example) -> int:
    assert example.severity is not None
    return example.severity.rank


def _matrix(table: Table, side: str, recipe: Recipe) -> tuple[sparse.csr_matrix, Floats, Floats]:
    """Give features of like loudness, and what each was centred on and multiplied by."""
    rest = table.rest(side)
    centre = rest.mean(axis=0)
    loudness = _loudness(rest - centre, recipe)
    matrix = sparse.hstack([table.grams, sparse.csr_matrix((rest - centre) * loudness)]).tocsr()
    return matrix, centre, loudness


def _loudness(rest: Floats, recipe: Recipe) -> Floats:
    """Signs are measured one by one, vectors by their usual length."""
    signs = rest.shape[1] % SIZE
    loudness = np.empty(rest.shape[1], dtype=np.float32)
    loudness[:signs] = recipe.signs / np.maximum(rest[:, :signs].std(axis=0), 0.01)
    for number, start in enumerate(range(signs, rest.shape[1], SIZE)):
        usual = np.linalg.norm(rest[:, start : start + SIZE], axis=1).mean()
        loudness[start : start + SIZE] = (recipe.words if number < 2 else recipe.vector) / usual
    return loudness


def _regression(
    matrix: sparse.csr_matrix, labels: NDArray[Any], weights: Floats, width: int, recipe: Recipe
) -> tuple[Floats, Floats]:
    """Give weights [features, width] and bias [width]; what is never met stays unlikely."""
    met = np.unique(labels)
    scores, bias = np.zeros((matrix.shape[1], width)), np.full(width, -9.0)
    if len(met) > 1:
        fitted = LogisticRegression(C=recipe.strength, max_iter=200, tol=1e-3)
        fitted.fit(matrix, labels, sample_weight=weights)
        answers = met if width > 1 else [0]
        if width > 1 and len(met) == 2:  # two classes are fitted as one
            fitted.coef_ = np.vstack([-fitted.coef_, fitted.coef_]) / 2
            fitted.intercept_ = np.array([-fitted.intercept_[0], fitted.intercept_[0]]) / 2
        scores[:, answers], bias[answers] = fitted.coef_.T, fitted.intercept_
    return scores, bias


def _head(parts: list[tuple[Floats, Floats]], grams: int, centre: Floats, loudness: Floats) -> Head:
    """Fold the centring and the loudness into the weights."""
    weights = np.hstack([scores for scores, _ in parts])
    rest = weights[grams:] * loudness[:, None]
    bias = np.concatenate([bias for _, bias in parts]) - centre @ rest
    return Head(*(part.astype(np.float32) for part in (weights[:grams], rest, bias)))


def _held_out(table: Table, recipe: Recipe, tell: Told) -> dict[str, Scores]:
    """Score every message by heads that have read nothing of its hand."""
    scores: dict[str, Scores] = {
        side: {
            question: [np.empty(0, np.float32)] * len(table.examples)
            for question in judgement.QUESTIONS
        }
        for side in (PLAIN, INFORMED)
    }
    for number, (kept, left_out) in enumerate(folds(table.examples, recipe.folds), 1):
        tell(f"leaving out hands, {number} of {recipe.folds}")
        for side in (PLAIN, INFORMED):
            heads = train(table.rows(kept), side, recipe)
            rest = table.rest(side)
            for question in judgement.QUESTIONS:
                head = heads[f"{side}-{question}"]
                found = table.grams[left_out] @ head.grams + rest[left_out] @ head.rest + head.bias
                for row, score in zip(left_out, found, strict=True):
                    scores[side][question][row] = score
    return scores


def folds(
    examples: Sequence[Example], count: int
) -> list[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Give what to keep and what to leave out, each time other hands."""
    hands = sorted({hand_of(example) for example in examples})
    turn = {hand: number % count for number, hand in enumerate(hands)}
    turns = np.array([turn[hand_of(example)] for example in examples])
    return [(np.where(turns != one)[0], np.where(turns == one)[0]) for one in range(count)]


def hand_of(example: Example) -> str:
    """Give the hand that wrote a message: `lyon-c-17` is of `lyon`."""
    return example.id.rsplit("-", 2)[0]
