"""Weights from labelled messages: the heads, their calibration, and what they decide by.

Whole hands are left out in turn, so that scores are calibrated on messages by hands that the
heads have not read: a hand repeats itself, and clients are not the hands of the corpus.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from nlp_models.features import Features, features_of
from nlp_models.heads import Heads
from nlp_models.judgement import QUESTIONS, Judge, by_question
from nlp_models.ngrams import Floats, Vocabulary
from nlp_models.reading import open_passage
from nlp_models.training.corpus import Example
from nlp_models.training.network import Network, Recipe, Rows, answers_of
from nlp_models.training.settle import Scores, settle

Told = Callable[[str], None]


@dataclass(slots=True)
class Table:
    """Many messages as numbers, a row for each."""

    examples: list[Example]
    grams: sparse.csr_matrix
    outward: Floats  # signs and shape

    def rows(self, chosen: Rows) -> "Table":
        """Give some of the messages."""
        examples = [self.examples[row] for row in chosen]
        return Table(examples, self.grams[chosen], self.outward[chosen])


def tabulate(examples: Sequence[Example], vocabulary: Vocabulary) -> Table:
    """Count each message."""
    counted = [features_of(open_passage(one.passage), vocabulary) for one in examples]
    outward = np.array([features.outward for features in counted])
    return Table(list(examples), _grams(counted, len(vocabulary)), outward)


def _grams(counted: list[Features], columns: int) -> sparse.csr_matrix:
    rows = np.repeat(np.arange(len(counted)), [len(one.counted.columns) for one in counted])
    values = np.concatenate([one.counted.values for one in counted])
    places = np.concatenate([one.counted.columns for one in counted])
    shape = (len(counted), columns)
    return sparse.csr_matrix((values.astype(np.float32), (rows, places)), shape=shape)


def learn(table: Table, recipe: Recipe, tell: Told) -> Judge:
    """Train the heads on every message, and settle how to decide on those left out in turn."""
    held_out = _held_out(table, recipe, tell)
    settings = settle(table.examples, held_out, recipe.fewest_critical)
    tell("heads: training on all of them")
    return Judge(train(table, recipe), settings)


def train(table: Table, recipe: Recipe) -> Heads:
    """Train heads on every message of a table, by Adam on the errors of some at a time."""
    centre = table.outward.mean(axis=0)
    loudness = recipe.signs / np.maximum(table.outward.std(axis=0), 0.01)
    outward = ((table.outward - centre) * loudness).astype(np.float32)
    chance = np.random.default_rng(recipe.seed)
    network = Network(table.grams.shape[1], outward.shape[1], recipe, chance)
    answers = answers_of(table.examples)
    count = len(table.examples)
    starts = range(0, count, recipe.batch)
    steps = recipe.epochs * len(starts)
    for epoch in range(recipe.epochs):
        order = chance.permutation(count)
        for number, start in enumerate(starts):
            rows = order[start : start + recipe.batch]
            left = 1 - (epoch * len(starts) + number) / steps
            network.learn(table.grams[rows], outward[rows], answers.rows(rows), left)
    return network.heads(centre, loudness)


def _held_out(table: Table, recipe: Recipe, tell: Told) -> Scores:
    """Score every message by heads that have read nothing of its hand."""
    scores = np.zeros((len(table.examples), sum(QUESTIONS.values())), np.float32)
    for number, (kept, left_out) in enumerate(folds(table.examples, recipe.folds), 1):
        tell(f"heads: leaving out hands, {number} of {recipe.folds}")
        scores[left_out] = _scores(train(table.rows(kept), recipe), table.rows(left_out))
    return dict(zip(QUESTIONS, by_question(scores), strict=True))


def _scores(heads: Heads, table: Table) -> Floats:
    pulled = table.grams @ heads.grams + table.outward @ heads.outward
    return np.asarray(np.maximum(pulled + heads.units, 0) @ heads.answers + heads.bias)


def folds(examples: Sequence[Example], count: int) -> list[tuple[Rows, Rows]]:
    """Give what to keep and what to leave out, each time other hands."""
    hands = sorted({hand_of(example) for example in examples})
    turn = {hand: number % count for number, hand in enumerate(hands)}
    turns = np.array([turn[hand_of(example)] for example in examples])
    return [(np.where(turns != one)[0], np.where(turns == one)[0]) for one in range(count)]


def hand_of(example: Example) -> str:
    """Give the hand that wrote a message: `lyon-c-17` is of `lyon`."""
    return example.id.rsplit("-", 2)[0]
