"""Is it a complaint? The judgement's answer, as a number that holds: 0.9 is nine in ten.

A few words have little for the heads to hold on to. Where a short text says its discontent in so
many words, and nothing that speaks against it, the signs are believed too.
"""

import math

from spacy.language import Language
from spacy.tokens import Doc

from nlp_models.features import MUCH, Features, Signs
from nlp_models.judgement import Judgement
from nlp_models.reading import declare

declare("complaint_score", 0.0)

SHORT, SHORTISH = 15, 40  # words: up to the first the signs are believed, up to the second
CLEAR = 0.8  # only where they leave little doubt
_BIAS, _OF_MOTIVES = -1.5, 2.2
_PULL = {"discontent": 0.45, "content": -0.55, "request": -0.45, "foreign": -0.8}
_HALF = 2.0  # the weight of a motive that is half sure


@Language.component(
    "complaint",
    requires=["doc._.features", "doc._.judgement"],
    assigns=["doc._.complaint_score"],
)
def complaint(doc: Doc) -> Doc:
    """Leave on the Doc how sure it is that the message is a complaint."""
    doc._.complaint_score = round(score_of(doc._.features, doc._.judgement), 3)
    return doc


def score_of(features: Features, said: Judgement) -> float:
    """Give what the heads say, or in a short text the signs where they say more."""
    words = len(features.reading.folded.split())
    by_signs = said_plainly(features.signs)
    if words <= SHORT or (words <= SHORTISH and by_signs >= CLEAR):
        return max(said.complaint, by_signs)
    return said.complaint


def said_plainly(signs: Signs) -> float:
    """Give a number from 0 to 1 by the signs alone: discontent and motives against the rest."""
    motive = max(signs["motive"].values())
    total = _BIAS + _OF_MOTIVES * motive / (motive + _HALF)
    total += sum(pull * min(signs["complaint"][side], MUCH) for side, pull in _PULL.items())
    return 1 / (1 + math.exp(-total))
