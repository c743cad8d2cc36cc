"""The entity recogniser: names, staff, places, days and sums, as they stand in the text.

Each word gets a letter for where it stands in a span, with the span's label: B begins one, I is
inside, L is the last, U is one alone, O is in none (the BILUO scheme). spaCy's tagger says how well
each of them fits. A word that surely is in no span is in none, whatever stands beside it; of what
is left, of all rows that make sense, the one that fits best is taken (Viterbi, 1967). spaCy's own
recogniser goes from word to word instead, and takes several times as long.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray
from spacy.language import Language
from spacy.pipeline import Tagger
from spacy.tokens import Doc
from spacy.training import biluo_tags_to_spans
from thinc.api import Model

from nlp_models.ngrams import Floats

NOTHING = "O"
SURE = 6.0  # a word that fits nothing better than anything else by so much is in no span
_TOGETHER = 2_000  # words that are scored together
_NEVER = np.float32(-1e9)

Places = NDArray[np.int64]


@Language.factory("spans", assigns=["doc.ents"])
def make_spans(nlp: Language, name: str, model: Model[list[Doc], list[Floats]]) -> "SpansComponent":
    """Build the component around a model that gives a row of scores a word."""
    return SpansComponent(nlp.vocab, model, name, scorer=None)


class SpansComponent(Tagger):  # type: ignore[misc]  # compiled, without stubs
    """A tagger whose tags are parts of spans; it leaves the spans on the Doc as its entities."""

    def predict(self, docs: Sequence[Doc]) -> list[list[str]]:
        """Give each word of each Doc its tag."""
        labels, steps = self.labels, steps_between(self.labels)
        nothing = labels.index(NOTHING)
        return [
            [labels[place] for place in best_places(scores, steps, nothing)]
            for group in _groups(docs)
            for scores in self._scores(group)
        ]

    def _scores(self, docs: list[Doc]) -> list[Floats]:
        if not any(map(len, docs)):
            return [np.zeros((0, len(self.labels)), np.float32) for _ in docs]
        return list(self.model.predict(docs))

    def set_annotations(self, docs: Sequence[Doc], batch_tag_ids: list[list[str]]) -> None:
        """Leave the spans on the Docs."""
        for doc, tags in zip(docs, batch_tag_ids, strict=True):
            doc.ents = biluo_tags_to_spans(doc, tags)


def _groups(docs: Iterable[Doc]) -> Iterator[list[Doc]]:
    """Part Docs into groups to be scored together: of so few words that the caches hold them."""
    group: list[Doc] = []
    words = 0
    for doc in docs:
        if group and words + len(doc) > _TOGETHER:
            yield group
            group, words = [], 0
        group.append(doc)
        words += len(doc)
    if group:
        yield group


@cache
def steps_between(tags: tuple[str, ...]) -> Floats:
    """Give nought where the tag of a row can be followed by that of a column, else no chance."""

    def is_step(one: str, other: str) -> bool:
        is_open, goes_on = one[0] in "BI", other[0] in "IL"
        return is_open == goes_on and (not is_open or one[2:] == other[2:])

    return np.array(
        [[0 if is_step(one, other) else _NEVER for other in tags] for one in tags], "f4"
    )


def best_places(scores: Floats, steps: Floats, nothing: int) -> Places:
    """Give the row of tags that fits best of all that make sense, as places in the list of tags.

    Words that are surely in no span part the text, whatever stands beside them: what is left of it
    is short. A search over all of it finds the same in real messages, at six times the cost.

    Args:
        scores: how well each tag fits each word, [words, tags].
        steps: what `steps_between` gives.
        nothing: the place of the tag `O`.
    """
    places = np.full(len(scores), nothing, np.int64)
    others = np.delete(scores, nothing, axis=1).max(axis=1, initial=_NEVER)
    doubtful = np.flatnonzero(scores[:, nothing] - others < SURE)
    for run in np.split(doubtful, np.flatnonzero(np.diff(doubtful) > 1) + 1):
        if len(run):
            places[run] = _best_row(scores[run], steps, nothing)
    return places


def _best_row(scores: Floats, steps: Floats, nothing: int) -> list[int]:
    """Find the best row of tags between two words that are in no span."""
    fit = steps[nothing] + scores[0]
    came_from = []
    for row in scores[1:]:
        ways = fit[:, None] + steps
        came_from.append(ways.argmax(axis=0))
        fit = ways.max(axis=0) + row
    best = [int((fit + steps[:, nothing]).argmax())]
    for origin in reversed(came_from):
        best.append(int(origin[best[-1]]))
    return best[::-1]
