"""Scores from features: what training has learned, as one matrix for each question.

A head is linear: each gram of the text and each number about it pulls for or against an answer.
So a score can be told apart into the words that made it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from nlp_models.features import Features
from nlp_models.ngrams import Columns, Floats, Word


@dataclass(frozen=True, slots=True)
class Head:
    """The weights of one question: columns of `grams` and of `rest` are its answers."""

    grams: Floats  # [grams of the vocabulary, answers]
    rest: Floats  # [what is plain, or what is plain and the whole meaning; answers]
    bias: Floats  # [answers]

    def score(self, features: Features) -> Floats:
        """Give a score for each answer: above nought speaks for it."""
        counted = features.counted
        rest = features.informed() if len(self.rest) > len(features.plain) else features.plain
        pulls: Floats = counted.values @ self.grams[counted.columns] + rest @ self.rest + self.bias
        return pulls

    def pulls_of(self, words: Sequence[Word], rarity: Floats) -> Floats:
        """Say how much each word of a text, with its pieces, pulls for each answer."""
        columns = np.concatenate([word.columns for word in words])
        starts = np.cumsum([0, *(len(word.columns) for word in words[:-1])])
        pulled = self.grams[columns] * rarity[columns, None]
        return np.asarray(np.add.reduceat(pulled, starts, axis=0))


def joined(heads: Sequence[Head]) -> Head:
    """Give one head that has the answers of several, side by side: one look-up for all."""
    parts = ("grams", "rest", "bias")
    return Head(*(np.concatenate([getattr(one, part) for one in heads], -1) for part in parts))


def parted(head: Head, edges: Columns) -> Iterator[Head]:
    """Give the heads that were joined, as views of the one; `edges` is where each ends."""
    for start, end in pairwise([0, *edges]):
        yield Head(head.grams[:, start:end], head.rest[:, start:end], head.bias[start:end])


def save(heads: dict[str, Head], path: Path) -> None:
    """Write heads down in half precision: a third digit of a weight tells nothing."""
    arrays = {
        f"{name}.{part}": getattr(head, part).astype(np.float16)
        for name, head in heads.items()
        for part in ("grams", "rest", "bias")
    }
    np.savez_compressed(path, **arrays)


def load(path: Path) -> dict[str, Head]:
    """Read heads that `save` wrote."""
    with np.load(path, allow_pickle=False) as arrays:
        names = dict.fromkeys(name.partition(".")[0] for name in arrays.files)
        return {
            name: Head(
                *(arrays[f"{name}.{part}"].astype(np.float32) for part in ("grams", "rest", "bias"))
            )
            for name in names
        }


def sigmoid(scores: Floats) -> Floats:
    """Turn scores into probabilities, each for itself."""
    return np.asarray(1 / (1 + np.exp(-scores)), dtype=np.float32)


def softmax(scores: Floats) -> Floats:
    """Turn scores into probabilities of which one is true."""
    powers = np.exp(scores - scores.max())
    return np.asarray(powers / powers.sum(), dtype=np.float32)
