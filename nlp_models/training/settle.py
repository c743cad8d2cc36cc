"""From scores to decisions: how sure a score is, and from where on something is said.

Everything here is settled on messages of hands that the scoring heads had not read.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from nlp_models.judgement import (
    MOTIVES,
    QUESTIONS,
    SEVERITIES,
    Judgement,
    Scale,
    Settings,
    motives_named,
    scaled,
    severity_named,
)
from nlp_models.ngrams import Floats
from nlp_models.training.corpus import Example

Scores = dict[str, Floats]  # question -> the scores of each message, a row each

_SLOPES = np.linspace(0.4, 2.0, 33)
_THRESHOLDS = np.linspace(0.2, 0.7, 51)
_WATCHES = np.linspace(0.02, 0.5, 49)
NEARLY = 0.004  # of F1
CRITICAL = len(SEVERITIES) - 1
GRAVE = SEVERITIES[-2:]


def settle(
    examples: Sequence[Example],
    scores: Scores,
    fewest_critical: float,
) -> Settings:
    """Find the settings that decide best.

    Args:
        examples: messages with their labels.
        scores: what heads said of them that had not read them.
        fewest_critical: share of the critical that must be seen as serious or critical.
    """
    told = np.array([one.is_complaint for one in examples])
    complaints = [row for row, one in enumerate(examples) if one.is_complaint]
    scale = _scale(examples, scores, told, complaints)
    judged = _judged(scores, scale)
    return Settings(
        likely=_likely(np.array([one.complaint for one in judged]), told),
        beside=_beside(examples, judged, complaints),
        watch=_watch(examples, judged, complaints, fewest_critical),
        scale=scale,
    )


def _judged(scores: Scores, scale: Scale) -> list[Judgement]:
    columns = [scores[question] for question in QUESTIONS]
    nobody = np.zeros(0, np.float32)
    return [scaled(list(row), scale, nobody) for row in zip(*columns, strict=True)]


def _scale(
    examples: Sequence[Example], scores: Scores, told: NDArray[np.bool_], complaints: list[int]
) -> Scale:
    motives = [one.motives for one in examples]
    named = np.array([[code in motives[row] for code in MOTIVES] for row in complaints])
    main = [MOTIVES.index(motives[row][0]) for row in complaints]
    return Scale(
        complaint=_line(scores["complaint"].ravel(), told),
        motives=_line(scores["motives"][complaints].ravel(), named.ravel()),
        main=_slope(scores["main"][complaints], main),
        severity=_slope(
            scores["severity"][complaints], [_rank(examples[row]) for row in complaints]
        ),
    )


def _line(scores: Floats, truth: NDArray[np.bool_]) -> tuple[float, float]:
    """Fit slope and offset, so that at a probability of 0.9 about nine in ten are true (Platt)."""
    fitted = LogisticRegression(C=1e6).fit(scores.reshape(-1, 1), truth)
    return round(float(fitted.coef_[0, 0]), 4), round(float(fitted.intercept_[0]), 4)


def _slope(table: Floats, truth: list[int]) -> float:
    """Find the slope under which the true answers are the least surprising."""

    def surprise(slope: float) -> float:
        logs = table * slope
        logs = logs - np.log(np.exp(logs - logs.max(1, keepdims=True)).sum(1, keepdims=True))
        logs = logs - table.max(1, keepdims=True) * slope
        return -float(logs[np.arange(len(truth)), truth].mean())

    return round(float(min(_SLOPES, key=surprise)), 4)


def _rank(example: Example) -> int:
    assert example.severity is not None
    return example.severity.rank


def _likely(chance: Floats, told: NDArray[np.bool_]) -> float:
    """Find from where on to say `complaint`: of nearly equals the lowest, a missed one costs more.

    The manager sets a false one aside with a tap; one that is missed must first be looked for.
    """

    def f1(threshold: float) -> float:
        said = chance >= threshold
        return 2 * float((said & told).sum()) / float(said.sum() + told.sum())

    best = max(map(f1, _THRESHOLDS))
    return round(float(min(one for one in _THRESHOLDS if f1(one) >= best - NEARLY)), 4)


def _beside(examples: Sequence[Example], judged: list[Judgement], complaints: list[int]) -> float:
    """Find from where on to name another motive beside the main one."""

    def f1(threshold: float) -> float:
        right = said = there = 0
        for row in complaints:
            named = set(motives_named(judged[row], threshold))
            right += len(named & set(examples[row].motives))
            said += len(named)
            there += len(examples[row].motives)
        return 2 * right / (said + there)

    return round(float(max(_THRESHOLDS, key=f1)), 4)


def _watch(
    examples: Sequence[Example], judged: list[Judgement], complaints: list[int], fewest: float
) -> float:
    """Find the highest chance of `critical` to watch from, with which few of them are missed."""
    critical = [judged[row] for row in complaints if _rank(examples[row]) == CRITICAL]

    def caught(watch: float) -> float:
        seen = [severity_named(one, watch) in GRAVE for one in critical]
        return sum(seen) / max(1, len(seen))

    enough = [watch for watch in _WATCHES if caught(watch) >= fewest]
    return round(float(max(enough, default=_WATCHES[0])), 4)
