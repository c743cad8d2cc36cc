"""Scores from features: what training has learned, one small network for all questions.

Each gram of the text and each sign about it pulls on the units of one hidden layer, and those pull
for or against each answer of each question. What a unit has learned for one question serves the
others. Through the units that a text has woken, a score can be told apart into the words behind it.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from nlp_models.features import Features
from nlp_models.ngrams import Floats, Word


@dataclass(frozen=True, slots=True)
class Heads:
    """The weights of the network."""

    grams: Floats  # [grams of the vocabulary, units]
    outward: Floats  # [signs and shape, units]
    units: Floats  # [units], what each begins with
    answers: Floats  # [units, answers of all questions]
    bias: Floats  # [answers]

    @classmethod
    def empty(cls) -> "Heads":
        """Give heads that know nothing."""
        none, flat = np.zeros((0, 0), np.float32), np.zeros(0, np.float32)
        return cls(none, none, flat, none, flat)

    def wake(self, features: Features) -> Floats:
        """Give what each unit makes of a text; nought where it sleeps."""
        pulled = features.counted.values @ self.grams[features.counted.columns]
        pulled += features.outward @ self.outward + self.units
        return np.asarray(np.maximum(pulled, 0), dtype=np.float32)

    def score(self, woken: Floats) -> Floats:
        """Give a score for each answer, of what the units make of a text: above nought for it."""
        return np.asarray(woken @ self.answers + self.bias, dtype=np.float32)

    def pulls_of(
        self,
        words: Sequence[Word],
        rarity: Floats,
        features: Features,
        woken: Floats,
        answers: slice,
    ) -> Floats:
        """Say how much each word of a text, with its pieces, pulls for some answers.

        Args:
            words: some of the text's own, so that their columns are among those counted.
            rarity: the weight of each column of the vocabulary.
            features: the text.
            woken: what the units make of it.
            answers: which ones, in the order of the scores.
        """
        known = features.counted.columns
        awake = self.answers[:, answers] * (woken > 0)[:, None]
        pulls = self.grams[known] @ awake * rarity[known, None]
        columns = np.fromiter(itertools.chain(*(word.columns for word in words)), np.int32)
        starts = np.cumsum([0, *(len(word.columns) for word in words[:-1])])
        return np.asarray(np.add.reduceat(pulls[np.searchsorted(known, columns)], starts, axis=0))

    def save(self, path: Path) -> None:
        """Write the weights down in half precision: a third digit of one tells nothing.

        Not compressed: that would spare a tenth, and cost a fifth of a second at every start.
        """
        arrays = {name: getattr(self, name).astype(np.float16) for name in self.__slots__}
        np.savez(path, **arrays)

    @classmethod
    def load(cls, path: Path) -> "Heads":
        """Read what `save` wrote."""
        with np.load(path, allow_pickle=False) as arrays:
            return cls(*(arrays[name].astype(np.float32) for name in cls.__slots__))


def sigmoid(scores: Floats) -> Floats:
    """Turn scores into probabilities, each for itself."""
    return np.asarray(1 / (1 + np.exp(-scores)), dtype=np.float32)


def softmax(scores: Floats) -> Floats:
    """Turn scores into probabilities of which one is true."""
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True), dtype=np.float32)
