"""The network that becomes the heads: how it learns from what was wrong with its answers.

One hidden layer, all questions at once. Adam (Kingma and Ba, 2015) moves the weights; of those of
the grams only the rows that a step has met, since a step meets one in ten of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from nlp_models.heads import Heads, sigmoid, softmax
from nlp_models.judgement import MOTIVES, QUESTIONS, ROLES, SEVERITIES, by_question
from nlp_models.ngrams import Floats
from nlp_models.training.corpus import Example

Rows = NDArray[np.int64]

_WARM = 0.05  # of all steps: the rate rises first
_FORGET, _FORGET_SQUARES, _NEVER_NOUGHT = 0.9, 0.999, 1e-8  # as in the paper
_LOUDNESS = {"complaint": 1.0, "motives": 6.0, "main": 1.0, "severity": 0.7, "role": 0.7}
"""How much an error in each question counts; one of thirteen motives is a thirteenth."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """The figures that training is done with, from `[heads]` of config.cfg."""

    seed: int = 1
    units: int = 128
    epochs: int = 7
    batch: int = 64
    rate: float = 0.003  # at which Adam begins; it ends at nought
    unread: float = 0.3  # the part of the grams that is left out at each step
    asleep: float = 0.3  # and of the units
    signs: float = 0.15  # how loud the signs are beside the grams
    folds: int = 4
    fewest_critical: float = 0.95  # of the critical ones, seen as serious or critical


@dataclass(slots=True)
class Answers:
    """What is right, a row a message: for each question the answers, and how much the row counts.

    A row that says nothing of a question counts nought there: no motive where there is no
    complaint, no role in what a manager has corrected.
    """

    complaint: Floats
    motives: Floats
    main: Floats
    severity: Floats
    role: Floats
    counts: dict[str, Floats]

    def rows(self, chosen: Rows) -> "Answers":
        """Give those of some messages."""
        parts = {one.name: getattr(self, one.name) for one in fields(self)}
        counts = {question: column[chosen] for question, column in parts.pop("counts").items()}
        return Answers(**{name: part[chosen] for name, part in parts.items()}, counts=counts)


def answers_of(examples: Sequence[Example]) -> Answers:
    """Give what is right for each message."""
    return Answers(
        complaint=np.array([[one.is_complaint] for one in examples], np.float32),
        motives=np.array([[code in one.motives for code in MOTIVES] for one in examples], "f4"),
        main=np.array([[code in one.motives[:1] for code in MOTIVES] for one in examples], "f4"),
        severity=np.array(
            [[one.severity is level for level in SEVERITIES] for one in examples], "f4"
        ),
        role=np.array([[one.source.role is role for role in ROLES] for one in examples], "f4"),
        counts={
            question: np.array([[_count(one, question)] for one in examples], np.float32)
            for question in QUESTIONS
        },
    )


def _count(example: Example, question: str) -> float:
    is_said = example.said is None or question in example.said
    is_there = example.is_complaint or question in {"complaint", "role"}
    return example.weight * (is_said and is_there)


class Network:
    """The weights while they are learned."""

    def __init__(self, grams: int, signs: int, recipe: Recipe, chance: np.random.Generator) -> None:
        answers = sum(QUESTIONS.values())
        self._recipe, self._chance = recipe, chance
        self._grams = _Weights(chance.normal(0, 0.05, (grams, recipe.units)))
        self._outward = _Weights(chance.normal(0, 0.05, (signs, recipe.units)))
        self._units = _Weights(np.zeros(recipe.units))
        self._answers = _Weights(chance.normal(0, 0.1, (recipe.units, answers)))
        self._bias = _Weights(np.zeros(answers))

    def learn(self, grams: sparse.csr_matrix, outward: Floats, right: Answers, left: float) -> None:
        """Take one step; `left` is the part of all steps that is still to come, from 1 to 0."""
        met, places = np.unique(grams.indices, return_inverse=True)
        unread = self._chance.random(len(places)) < self._recipe.unread
        values = np.where(unread, 0, grams.data / (1 - self._recipe.unread)).astype(np.float32)
        shape = (grams.shape[0], len(met))
        read = sparse.csr_matrix((values, places.astype(np.int32), grams.indptr), shape=shape)
        pulled = read @ self._grams.now[met] + outward @ self._outward.now + self._units.now
        awake = (pulled > 0) & (self._chance.random(pulled.shape) > self._recipe.asleep)
        woken = pulled * awake / (1 - self._recipe.asleep)
        errors = _errors(woken @ self._answers.now + self._bias.now, right)
        on_units = (errors @ self._answers.now.T) * awake / (1 - self._recipe.asleep)
        rate = self._recipe.rate * min(left, (1 - left) / _WARM + _WARM)
        self._answers.move(woken.T @ errors, rate)
        self._bias.move(errors.sum(axis=0), rate)
        self._units.move(on_units.sum(axis=0), rate)
        self._outward.move(outward.T @ on_units, rate)
        self._grams.move(read.T @ on_units, rate, met)

    def heads(self, centre: Floats, loudness: Floats) -> Heads:
        """Give what was learned; the centring and the loudness of the signs go into the weights."""
        outward = self._outward.now * loudness[:, None]
        return Heads(
            grams=self._grams.now,
            outward=outward.astype(np.float32),
            units=(self._units.now - centre @ outward).astype(np.float32),
            answers=self._answers.now,
            bias=self._bias.now,
        )


class _Weights:
    """Some weights, with the mean and the mean square of the slopes that moved them."""

    def __init__(self, first: NDArray[np.float64]) -> None:
        self.now: Floats = first.astype(np.float32)
        self._mean, self._square = np.zeros_like(self.now), np.zeros_like(self.now)
        self._steps = 0

    def move(self, slope: Floats, rate: float, met: Rows | None = None) -> None:
        """Move them down a slope, or those rows alone that were met."""
        rows = slice(None) if met is None else met
        self._steps += 1
        mean = _FORGET * self._mean[rows] + (1 - _FORGET) * slope
        square = _FORGET_SQUARES * self._square[rows] + (1 - _FORGET_SQUARES) * slope**2
        self._mean[rows], self._square[rows] = mean, square
        scale = rate / (1 - _FORGET**self._steps)
        usual = np.sqrt(square / (1 - _FORGET_SQUARES**self._steps)) + _NEVER_NOUGHT
        self.now[rows] -= (scale * mean / usual).astype(np.float32)


def _errors(scores: Floats, right: Answers) -> Floats:
    """Give the slope of the loss at the scores: what is said less what is right."""
    columns = []
    for question, said in zip(QUESTIONS, by_question(scores), strict=True):
        chance = sigmoid(said) if question in {"complaint", "motives"} else softmax(said)
        counts = right.counts[question]
        loudness = _LOUDNESS[question] / (len(MOTIVES) if question == "motives" else 1)
        wrong = (chance - getattr(right, question)) * counts
        columns.append(wrong * loudness / max(1.0, float(counts.sum())))
    return np.hstack(columns).astype(np.float32)
