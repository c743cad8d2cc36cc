"""What the words of a text mean, one by one: cheap, since a word means the same each time.

The vectors are the sentence encoder's. Those of the words that the corpus has are kept in the
model; another word is encoded when it is first met, and remembered.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from nlp_models.encoder import SIZE, encode_many
from nlp_models.ngrams import Floats

_WORD = re.compile(r"[^\W\d_]{2,}")
_REMEMBERED = 20_000  # words met at run time
MOST = 400  # different words of one text that are looked up
MOST_NEW = 12  # of them such as were never met: encoding one costs as much as looking up hundreds
_LISTED, _TABLE = "vocabulary.txt", "vectors.npz"


@dataclass(slots=True)
class WordVectors:
    """Vectors of words, and how rare each word is."""

    known: dict[str, int]  # word -> row of `table` and of `rarity`
    table: "np.ndarray[tuple[int, int], np.dtype[np.float16]]"
    rarity: Floats
    rarest: float  # of a word that the corpus has not
    _met: dict[str, Floats] = field(default_factory=dict)

    @classmethod
    def empty(cls) -> "WordVectors":
        """Give the vectors of no words."""
        return cls({}, np.zeros((0, SIZE), np.float16), np.zeros(0, np.float32), 1.0)

    @classmethod
    def learn(cls, texts: Iterable[str]) -> "WordVectors":
        """Keep the words of texts."""
        counts: Counter[str] = Counter()
        messages = 0
        for text in texts:
            messages += 1
            counts.update(set(words_of(text)))
        kept = sorted(counts)
        rarity = np.log(messages / np.array([counts[word] for word in kept], dtype=np.float32))
        table = encode_many(kept).astype(np.float16)
        known = {word: row for row, word in enumerate(kept)}
        return cls(known, table, rarity.astype(np.float32), float(np.log(messages)))

    def pooled(self, text: str) -> Floats:
        """Give the mean of a text's words, the rare ones counting more, and their maximum."""
        words = list(words_of(text))
        distinct = self._met_or_new(list(dict.fromkeys(words))[:MOST])
        if not distinct:
            return np.zeros(2 * SIZE, np.float32)
        vectors, rarity = self._looked_up(distinct)
        times = Counter(words)
        weights = rarity * np.array([times[word] for word in distinct], dtype=np.float32)
        mean = weights @ vectors / max(float(weights.sum()), 1e-6)
        return np.concatenate([mean, vectors.max(axis=0)]).astype(np.float32)

    def _met_or_new(self, words: list[str]) -> list[str]:
        """Leave words out that are not known where there are too many; encode the others."""
        if len(self._met) > _REMEMBERED:
            self._met.clear()
        new = [word for word in words if word not in self.known and word not in self._met]
        self._met.update(zip(new[:MOST_NEW], encode_many(new[:MOST_NEW]), strict=True))
        left_out = set(new[MOST_NEW:])
        return [word for word in words if word not in left_out]

    def _looked_up(self, words: list[str]) -> tuple[Floats, Floats]:
        rows = [self.known.get(word, -1) for word in words]
        vectors = np.empty((len(words), SIZE), np.float32)
        rarity = np.full(len(words), self.rarest, np.float32)
        for place, (word, row) in enumerate(zip(words, rows, strict=True)):
            if row < 0:
                vectors[place] = self._met[word]
            else:
                vectors[place] = self.table[row]
                rarity[place] = self.rarity[row]
        return vectors, rarity

    def save(self, folder: Path) -> None:
        """Write the vectors into a folder."""
        (folder / _LISTED).write_text("\n".join(self.known), encoding="utf-8")
        np.savez_compressed(
            folder / _TABLE, table=self.table, rarity=self.rarity, rarest=np.array(self.rarest)
        )

    @classmethod
    def load(cls, folder: Path) -> "WordVectors":
        """Read what `save` wrote."""
        words = (folder / _LISTED).read_text(encoding="utf-8").split("\n")
        with np.load(folder / _TABLE, allow_pickle=False) as kept:
            known = {word: row for row, word in enumerate(words)}
            return cls(known, kept["table"], kept["rarity"], float(kept["rarest"]))


def words_of(text: str) -> Iterable[str]:
    """Give the words of a text as they are looked up: lower case, accents kept."""
    return _WORD.findall(text.lower())
