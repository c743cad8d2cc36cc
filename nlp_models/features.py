"""All that is counted about a message before anything is decided."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from nlp_models.cues import cues_of
from nlp_models.encoder import encode
from nlp_models.ngrams import Counted, Floats, Vocabulary
from nlp_models.reading import Reading
from nlp_models.vectors import WordVectors
from register.labels import Channel

CUE_PARTS = ("motive", "complaint", "severity", "role", "stranger")
MUCH = 9.0  # cues of one meaning count to here: a long text says it no better


Signs = Mapping[str, Mapping[str, float]]
"""For each part of the table of cues, and each meaning in it: the weight of the cues met."""


@dataclass(slots=True)
class Features:
    """The numbers of one message; the vector of its meaning is made when it is asked for."""

    reading: Reading
    counted: Counted
    signs: Signs
    plain: Floats  # the signs and the shape, then the meanings of the words: mean and maximum
    _informed: Floats | None = field(default=None)

    def informed(self) -> Floats:
        """Give what is plain and the vector of the whole text's meaning together."""
        if self._informed is None:
            self._informed = np.concatenate([self.plain, encode(self.reading.text)])
        return self._informed


def features_of(reading: Reading, vocabulary: Vocabulary, vectors: WordVectors) -> Features:
    """Count a message."""
    signs = signs_of(reading.folded)
    met = [min(weight, MUCH) / MUCH for part in signs.values() for weight in part.values()]
    outward = np.array([*met, *_shape(reading)], dtype=np.float32)
    plain = np.concatenate([outward, vectors.pooled(reading.text)])
    return Features(reading, vocabulary.count(reading.folded), signs, plain)


def signs_of(folded: str) -> Signs:
    """Weigh the cues that are met in a folded text."""
    return {
        part: {meaning: cues.weigh(folded) for meaning, cues in cues_of(part).items()}
        for part in CUE_PARTS
    }


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
