"""All that is counted about a message before anything is decided."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from nlp_models.cues import READ, openings_of
from nlp_models.ngrams import Counted, Floats, Vocabulary
from nlp_models.reading import Reading
from register.labels import Channel

MUCH = 9.0  # cues of one meaning count to here: a long text says it no better


Signs = Mapping[str, Mapping[str, float]]
"""For each part of the table of cues, and each meaning in it: the weight of the cues met."""


@dataclass(frozen=True, slots=True)
class Features:
    """The numbers of one message."""

    reading: Reading
    counted: Counted
    signs: Signs
    outward: Floats  # the signs, then the shape


def features_of(reading: Reading, vocabulary: Vocabulary) -> Features:
    """Count a message."""
    signs = signs_of(reading.folded)
    met = [min(weight, MUCH) / MUCH for part in signs.values() for weight in part.values()]
    outward = np.array([*met, *_shape(reading)], dtype=np.float32)
    return Features(reading, vocabulary.count(reading.folded), signs, outward)


def signs_of(folded: str) -> Signs:
    """Weigh the cues that are met in a folded text."""
    signs: dict[str, dict[str, float]] = {part: {} for part in READ}
    for name, weight in openings_of(*READ).weigh(folded).items():
        part, _, meaning = name.partition(".")
        signs[part][meaning] = weight
    return signs


def _shape(reading: Reading) -> list[float]:
    text = reading.text
    words = len(text.split())
    capitals = sum(map(str.isupper, text)) / max(1, len(text))
    return [
        math.log1p(words) / 6,
        min(text.count("?"), 4) / 4,
        min(text.count("!"), 4) / 4,
        capitals,
        float(reading.passage.channel is Channel.EMAIL),
        float(any(map(str.isdigit, text))),
    ]
