"""The motives that the establishment has added: found by the meaning of its example sentences.

The heads cannot know them, so each sentence of a message is held against the examples. How near
it is to a motive is the mean of its cosines with the two nearest examples: with one alone,
"L'accueil était froid" is as near to "Le repas était froid" as most complaints about meals are.

Measured with six motives of other trades, three examples each: on 28 sentences written to be
found, and on the 217 complaints of the corpus's `dev`, none of which is about any of the six:

    near from                   0.25   0.30   0.35   0.40   0.45
    found, of 28                  26     22     16     11      6
    wrongly found, per motive   3.9%   0.8%   0.3%   0.2%     0%   of the messages
"""

import re
from collections.abc import Callable, Iterator

import numpy as np
from spacy.language import Language
from spacy.tokens import Doc

from nlp_models.components.judgement import judge_of
from nlp_models.encoder import encode
from nlp_models.judgement import MOST
from nlp_models.ngrams import Floats
from nlp_models.reading import declare
from register.extraction import ScoredMotive
from register.labels import Motive

NAMED = 0.30  # found from here: hardly ever wrongly, three times in four where it should be
FIRST = 0.40  # the main motive from here, even before one that the heads are sure of
DOUBT = 0.3
"""How sure it is, at the least, that a message is a complaint which is near enough to be `FIRST`.

The heads have learned the complaints of a driving school, and take "Le repas était immangeable" for
none. The examples alone cannot tell it from "Quel est le repas de midi ?": so it does not become a
complaint either, but one that the manager is asked about."""
SENTENCE = 30  # words: of those who write without a full stop, so many at a time
HEAD, TAIL = 40, 20  # sentences of a long text that are held against the examples
EVIDENCE = 8  # words of the sentence that are shown

# A full stop, or the end of a line; but a long line was broken by the mail program, not the writer.
_END = re.compile(r"(?<=[.!?…])\s+|\n\s*\n|(?<![^\n]{50})\n")

declare("motives", ())


@Language.factory(
    "own_motives",
    default_config={"own": {}},
    requires=["doc._.reading", "doc._.motives", "doc._.complaint_score"],
    assigns=["doc._.motives", "doc._.complaint_score"],
)
def make_own_motives(nlp: Language, name: str, own: dict[str, list[str]]) -> Callable[[Doc], Doc]:
    """Build the component for these motives, each by its code with its examples."""
    examples = {Motive(code): encode(sentences) for code, sentences in own.items()}
    settings = judge_of(nlp).settings
    stands, doubt = settings.beside, min(DOUBT, settings.likely - 0.01)

    def add_own_motives(doc: Doc) -> Doc:
        found = own_motives_in(doc._.reading.text, examples)
        is_near = bool(found) and found[0].score >= FIRST
        if is_near:
            doc._.complaint_score = max(doc._.complaint_score, doubt)
        if is_near or doc._.motives:  # else it is hardly a complaint, such as thanks for a meal
            doc._.motives = together(found, doc._.motives, stands)
        return doc

    return add_own_motives


def own_motives_in(text: str, examples: dict[Motive, Floats]) -> list[ScoredMotive]:
    """Give the motives that a sentence of the text is near to, the nearest first."""
    sentences = list(sentences_of(text))
    if len(sentences) > HEAD + TAIL:
        sentences = sentences[:HEAD] + sentences[-TAIL:]
    if not sentences:
        return []
    vectors = encode(sentences)
    near = (_nearest(motive, sentences, vectors @ rows.T) for motive, rows in examples.items())
    found = [one for one in near if one.score >= NAMED]
    return sorted(found, key=lambda one: one.score, reverse=True)[:MOST]


def _nearest(motive: Motive, sentences: list[str], cosines: Floats) -> ScoredMotive:
    nearness = np.sort(cosines, axis=1)[:, -2:].mean(axis=1)
    best = int(nearness.argmax())
    return ScoredMotive(motive, round(float(nearness[best]), 2), (_start(sentences[best]),))


def _start(sentence: str) -> str:
    words = sentence.split()
    return " ".join(words[:EVIDENCE]) + ("…" if len(words) > EVIDENCE else "")


def sentences_of(text: str) -> Iterator[str]:
    """Give the sentences of a text, each on one line; a single word is none."""
    for sentence in _END.split(text):
        words = sentence.split()
        for at in range(0, len(words), SENTENCE):
            part = words[at : at + SENTENCE]
            if len(part) > 1:
                yield " ".join(part)


def together(
    own: list[ScoredMotive], read: tuple[ScoredMotive, ...], stands: float
) -> tuple[ScoredMotive, ...]:
    """Give the own motives and those of the heads in one order, at most three.

    The heads always name one, for lack of a better: it stays beside an own one only where it is
    sure enough (`stands`) to be named without being the first, and is not `other`.
    """
    if not own:
        return read
    kept = [one for one in read if one.score >= stands and one.motive is not Motive.OTHER]
    if not kept or own[0].score >= FIRST:
        return (*own, *kept)[:MOST]
    return (*kept[: MOST - 1], *own)[:MOST]
