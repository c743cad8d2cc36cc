"""A text as numbers: which words, pairs of words and pieces of words stand in it, and how often.

Pieces of two to five letters carry what whole words cannot: SMS, slips, other languages. Counts
are dampened and weighed by how rare a gram is in the corpus, each family scaled to length one.
"""

import re
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice, pairwise

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Columns = NDArray[np.int32]

WORDS, PIECES = 40_000, 60_000  # grams kept of each family
RARE_WORD, RARE_PIECE = 2, 3  # messages in which a gram must stand to be kept
SHORTEST, LONGEST = 2, 5  # letters of a piece, the edges of the word counted
_WORD = re.compile(r"\w+|[^\w\s]")
_DIGIT = re.compile(r"\d")
_REMEMBERED = 50_000  # words whose pieces are kept at hand
MOST = 5_000  # words and signs of one text that are counted: more than a letter of ten pages


@dataclass(frozen=True, slots=True)
class Counted:
    """The grams of one text: their columns, each once and in rising order, and their values."""

    columns: Columns
    values: Floats


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text, where it stands, and the columns that its own grams have."""

    start: int
    end: int
    columns: Columns


@dataclass(slots=True)
class Vocabulary:
    """The grams that are known; words and pairs have the first columns, pieces the others."""

    words: dict[str, int]
    pieces: dict[str, int]
    rarity: Floats  # a weight for each column
    _of_word: dict[str, tuple[int, ...]] = field(default_factory=dict)

    @classmethod
    def learn(cls, texts: Iterable[str]) -> "Vocabulary":
        """Keep the grams of folded texts that are met often enough."""
        words: Counter[str] = Counter()
        pieces: Counter[str] = Counter()
        count = 0
        for text in texts:
            count += 1
            found = [word for _, _, word in words_of(text)]
            words.update({*found, *pairs_of(found)})
            pieces.update({piece for word in set(found) for piece in pieces_of(word)})
        kept_words = _commonest(words, RARE_WORD, WORDS)
        kept_pieces = _commonest(pieces, RARE_PIECE, PIECES)
        met = [*(words[gram] for gram in kept_words), *(pieces[gram] for gram in kept_pieces)]
        rarity = np.log((1 + count) / (1 + np.array(met, dtype=np.float32))) + 1
        return cls.of(kept_words, kept_pieces, rarity.astype(np.float32))

    @classmethod
    def of(cls, words: list[str], pieces: list[str], rarity: Floats) -> "Vocabulary":
        """Number the grams in the order given."""
        numbered = {gram: column for column, gram in enumerate(words)}
        return cls(numbered, {gram: len(words) + i for i, gram in enumerate(pieces)}, rarity)

    def __len__(self) -> int:
        """Give the number of columns."""
        return len(self.rarity)

    def count(self, folded: str) -> Counted:
        """Turn a folded text into numbers."""
        words = [word for _, _, word in words_of(folded)]
        whole = array("i", self._whole(words))
        pieces = array("i", (column for word in words for column in self._pieces(word)))
        parts = [self._weighed(family) for family in (whole, pieces)]
        return Counted(
            np.concatenate([columns for columns, _ in parts]),
            np.concatenate([values for _, values in parts]),
        )

    def each_word(self, folded: str, shortest: int = 1) -> Iterator[Word]:
        """Give the words of a folded text that are known, each once, with their columns."""
        seen: set[str] = set()
        for start, end, word in words_of(folded):
            if end - start >= shortest and word not in seen:
                seen.add(word)
                whole = self.words.get(word)
                columns = self._pieces(word) if whole is None else (whole, *self._pieces(word))
                if columns:
                    yield Word(start, end, np.array(columns, dtype=np.int32))

    def _whole(self, words: list[str]) -> Iterator[int]:
        for gram in (*words, *pairs_of(words)):
            column = self.words.get(gram)
            if column is not None:
                yield column

    def _pieces(self, word: str) -> tuple[int, ...]:
        columns = self._of_word.get(word)
        if columns is None:
            known = (self.pieces.get(piece) for piece in pieces_of(word))
            columns = tuple(column for column in known if column is not None)
            if len(self._of_word) < _REMEMBERED:
                self._of_word[word] = columns
        return columns

    def _weighed(self, columns: "array[int]") -> tuple[Columns, Floats]:
        met, counts = np.unique(np.frombuffer(columns, dtype=np.int32), return_counts=True)
        values = (1 + np.log(counts.astype(np.float32))) * self.rarity[met]
        length = float(np.sqrt(values @ values)) or 1.0
        return met, values / length


def words_of(folded: str) -> Iterator[tuple[int, int, str]]:
    """Give the words and signs of a text with where they stand; every figure is a nought."""
    for match in islice(_WORD.finditer(folded), MOST):
        yield match.start(), match.end(), _DIGIT.sub("0", match.group())


def pairs_of(words: list[str]) -> Iterator[str]:
    """Give each two words that follow one another."""
    return (f"{first} {second}" for first, second in pairwise(words))


def pieces_of(word: str) -> Iterator[str]:
    """Give the pieces of a word, its edges written as blanks."""
    edged = f" {word} "
    for length in range(SHORTEST, LONGEST + 1):
        for start in range(len(edged) - length + 1):
            yield edged[start : start + length]


def _commonest(counts: Counter[str], fewest: int, most: int) -> list[str]:
    """Give the grams that are met often enough, in an order that does not depend on chance."""
    kept = [(-count, gram) for gram, count in counts.items() if count >= fewest]
    return sorted(gram for _, gram in sorted(kept)[:most])
