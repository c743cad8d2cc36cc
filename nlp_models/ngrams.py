"""A text as numbers: which words, pairs of words and pieces of words stand in it, and how often.

Pieces of two to five letters carry what whole words cannot: SMS, slips, other languages. What
stands in the first half of a text is counted once more by itself: of two troubles people mostly
begin with the one that caused the other. Counts are dampened and weighed by how rare a gram is in
the corpus, each family scaled to length one.
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

WORDS, PIECES, EARLY = 40_000, 60_000, 25_000  # grams kept of each family
RARE_WORD, RARE_PIECE, RARE_EARLY = 2, 3, 3  # messages in which a gram must stand to be kept
SHORTEST, LONGEST = 2, 5  # letters of a piece, the edges of the word counted
_WORD = re.compile(r"\w+|[^\w\s]")
_DIGIT = re.compile(r"\d")
_REMEMBERED = 50_000  # words whose pieces are kept at hand
SHORT_HALF = 12  # words that are early in any text
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
    columns: tuple[int, ...]


@dataclass(slots=True)
class Vocabulary:
    """The grams that are known, in families one behind the other, each gram with its column."""

    words: dict[str, int]  # and pairs of words
    pieces: dict[str, int]
    early: dict[str, int]  # words and pairs of the first half
    rarity: Floats  # a weight for each column
    _of_word: dict[str, tuple[int, ...]] = field(default_factory=dict)

    @classmethod
    def learn(cls, texts: Iterable[str]) -> "Vocabulary":
        """Keep the grams of folded texts that are met often enough."""
        words: Counter[str] = Counter()
        pieces: Counter[str] = Counter()
        early: Counter[str] = Counter()
        count = 0
        for text in texts:
            count += 1
            found = [word for _, _, word in words_of(text)]
            first = found[: half_of(len(found))]
            words.update({*found, *pairs_of(found)})
            pieces.update({piece for word in set(found) for piece in pieces_of(word)})
            early.update({*first, *pairs_of(first)})
        kept = (
            _commonest(words, RARE_WORD, WORDS),
            _commonest(pieces, RARE_PIECE, PIECES),
            _commonest(early, RARE_EARLY, EARLY),
        )
        met = [
            counts[gram]
            for counts, grams in zip((words, pieces, early), kept, strict=True)
            for gram in grams
        ]
        rarity = np.log((1 + count) / (1 + np.array(met, dtype=np.float32))) + 1
        return cls.of(*kept, rarity.astype(np.float32))

    @classmethod
    def of(
        cls, words: list[str], pieces: list[str], early: list[str], rarity: Floats
    ) -> "Vocabulary":
        """Number the grams in the order given."""
        to_early = len(words) + len(pieces)
        numbered = _numbered(words, 0), _numbered(pieces, len(words)), _numbered(early, to_early)
        return cls(*numbered, rarity)

    def __len__(self) -> int:
        """Give the number of columns."""
        return len(self.rarity)

    def count(self, folded: str) -> Counted:
        """Turn a folded text into numbers."""
        words = [word for _, _, word in words_of(folded)]
        first = words[: half_of(len(words))]
        families = (
            _known(self.words, (*words, *pairs_of(words))),
            (column for word in words for column in self._pieces(word)),
            _known(self.early, (*first, *pairs_of(first))),
        )
        parts = [self._weighed(array("i", family)) for family in families]
        return Counted(
            np.concatenate([columns for columns, _ in parts]),
            np.concatenate([values for _, values in parts]),
        )

    def each_word(self, folded: str, shortest: int = 1) -> Iterator[Word]:
        """Give the words of a folded text that are known, each once, with their columns."""
        found = list(words_of(folded))
        half = half_of(len(found))
        seen: set[str] = set()
        for place, (start, end, word) in enumerate(found):
            if end - start >= shortest and word not in seen:
                seen.add(word)
                columns = self._pieces(word)
                if word in self.words:
                    columns += (self.words[word],)
                if place < half and word in self.early:
                    columns += (self.early[word],)
                if columns:
                    yield Word(start, end, columns)

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
    for match in islice(_WORD.finditer(_DIGIT.sub("0", folded)), MOST):
        yield match.start(), match.end(), match.group()


def half_of(count: int) -> int:
    """Say how many of so many words are the first half."""
    return max(SHORT_HALF, count // 2)


def pairs_of(words: list[str]) -> Iterator[str]:
    """Give each two words that follow one another."""
    return (f"{first} {second}" for first, second in pairwise(words))


def pieces_of(word: str) -> Iterator[str]:
    """Give the pieces of a word, its edges written as blanks."""
    edged = f" {word} "
    for length in range(SHORTEST, LONGEST + 1):
        for start in range(len(edged) - length + 1):
            yield edged[start : start + length]


def _numbered(grams: list[str], first: int) -> dict[str, int]:
    return {gram: column for column, gram in enumerate(grams, first)}


def _known(family: dict[str, int], grams: Iterable[str]) -> Iterator[int]:
    """Give the columns of those that are known."""
    for gram in grams:
        column = family.get(gram)
        if column is not None:
            yield column


def _commonest(counts: Counter[str], fewest: int, most: int) -> list[str]:
    """Give the grams that are met often enough, in an order that does not depend on chance."""
    kept = [(-count, gram) for gram, count in counts.items() if count >= fewest]
    return sorted(gram for _, gram in sorted(kept)[:most])
