"""From scores to decisions: how sure a score is, and from where on something is said.

Everything here is settled on messages of hands that the scoring heads had not read.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from nlp_models.judgement import (
    INFORMED,
    MOTIVES,
    PLAIN,
    QUESTIONS,
    SEVERITIES,
    Judgement,
    Scale,
    Settings,
    is_sure,
    motives_named,
    scaled,
    severity_named,
)
from nlp_models.ngrams import Floats
from nlp_models.training.corpus import Example

Scores = dict[str, list[Floats]]  # question -> the scores of each message

_SLOPES = np.linspace(0.4, 2.0, 33)
_THRESHOLDS = np.linspace(0.2, 0.7, 51)
_WATCHES = np.linspace(0.02, 0.5, 49)
_SURE = (0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 0.97, 0.99, 1.0)
CRITICAL = len(SEVERITIES) - 1
GRAVE = SEVERITIES[-2:]


def settle(
    examples: Sequence[Example],
    scores: dict[str, Scores],
    fewest_critical: float,
    agreement: float,
) -> Settings:
    """Find the settings that decide best.

    Args:
        examples: messages with their labels.
        scores: what each side's heads said of them, unread.
        fewest_critical: share of the critical that must be seen as serious or critical.
        agreement: share of the messages where the plain heads are believed on which they must
            say what the informed ones would have said.
    """
    told = np.array([one.is_complaint for one in examples])
    complaints = [row for row, one in enumerate(examples) if one.is_complaint]
    settings = Settings(
        plain=_scale(examples, scores[PLAIN], told, complaints),
        informed=_scale(examples, scores[INFORMED], told, complaints),
    )
    informed = _judged(INFORMED, scores[INFORMED], settings)
    settings = replace(
        settings,
        likely=_likely(np.array([one.complaint for one in informed]), told),
        beside=_beside(examples, informed, complaints),
        watch=_watch(examples, informed, complaints, fewest_critical),
    )
    return replace(settings, sure=_sure(scores, settings, agreement))


def _judged(side: str, scores: Scores, settings: Settings) -> list[Judgement]:
    columns = [scores[question] for question in QUESTIONS]
    return [scaled(side, list(row), settings) for row in zip(*columns, strict=True)]


def _scale(
    examples: Sequence[Example], scores: Scores, told: NDArray[np.bool_], complaints: list[int]
) -> Scale:
    motives = [one.motives for one in examples]
    named = np.array([[code in motives[row] for code in MOTIVES] for row in complaints])
    main = [MOTIVES.index(motives[row][0]) for row in complaints]
    return Scale(
        complaint=_line(np.concatenate(scores["complaint"]), told),
        motives=_line(
            np.concatenate([scores["motives"][row] for row in complaints]), named.ravel()
        ),
        main=_slope([scores["main"][row] for row in complaints], main),
        severity=_slope(
            [scores["severity"][row] for row in complaints],
            [_rank(examples[row]) for row in complaints],
        ),
    )


def _line(scores: Floats, truth: NDArray[np.bool_]) -> tuple[float, float]:
    """Fit slope and offset, so that at a probability of 0.9 about nine in ten are true (Platt)."""
    fitted = LogisticRegression(C=1e6).fit(scores.reshape(-1, 1), truth)
    return round(float(fitted.coef_[0, 0]), 4), round(float(fitted.intercept_[0]), 4)


def _slope(scores: list[Floats], truth: list[int]) -> float:
    """Find the slope under which the true answers are the least surprising."""
    table = np.array(scores)

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
    """Find from where on to say `complaint`; of equals the lowest: a missed one costs more."""

    def f1(threshold: float) -> float:
        said = chance >= threshold
        return 2 * float((said & told).sum()) / float(said.sum() + told.sum())

    return round(float(max(_THRESHOLDS, key=lambda one: (round(f1(one), 3), -one))), 4)


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


def _sure(scores: dict[str, Scores], settings: Settings, agreement: float) -> float:
    """Find from where on the plain heads may be believed."""
    pairs = list(
        zip(
            _judged(PLAIN, scores[PLAIN], settings),
            _judged(INFORMED, scores[INFORMED], settings),
            strict=True,
        )
    )
    for sure in _SURE:
        believed = [(plain, full) for plain, full in pairs if is_sure(plain, sure)]
        same = sum(
            _decided(plain, settings) == _decided(full, settings) for plain, full in believed
        )
        if same >= agreement * len(believed):
            return sure
    return _SURE[-1]


def _decided(said: Judgement, settings: Settings) -> tuple[object, ...]:
    if said.complaint < settings.likely:
        return (False,)
    return (True, motives_named(said, settings.beside)[0], severity_named(said, settings.watch))
