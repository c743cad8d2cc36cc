"""All that is counted about a message before anything is decided."""

import math
from dataclasses import dataclass, field

import numpy as np

from nlp_models.cues import cues_of
from nlp_models.encoder import encode
from nlp_models.ngrams import Counted, Floats, Vocabulary
from nlp_models.reading import Reading
from nlp_models.vectors import WordVectors
from register.labels import Channel

CUE_PARTS = ("motive", "complaint", "severity", "role", "stranger")
_MUCH = 9.0  # cues of one meaning count to here: a long text says it no better


@dataclass(slots=True)
class Features:
    """The numbers of one message; the vector of its meaning is made when it is asked for."""

    reading: Reading
    counted: Counted
    plain: Floats  # the signs, then the meanings of the words: their mean and their maximum
    _informed: Floats | None = field(default=None)

    def informed(self) -> Floats:
        """Give what is plain and the vector of the whole text's meaning together."""
        if self._informed is None:
            self._informed = np.concatenate([self.plain, encode(self.reading.text)])
        return self._informed


def features_of(reading: Reading, vocabulary: Vocabulary, vectors: WordVectors) -> Features:
    """Count a message."""
    plain = np.concatenate([signs_of(reading), vectors.pooled(reading.text)])
    return Features(reading, vocabulary.count(reading.folded), plain)


def signs_of(reading: Reading) -> Floats:
    """Give the cues that are met, by meaning, and the outward shape; each about nought to one."""
    cues = [
        min(found.weigh(reading.folded), _MUCH) / _MUCH
        for part in CUE_PARTS
        for found in cues_of(part).values()
    ]
    return np.array([*cues, *_shape(reading)], dtype=np.float32)


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
