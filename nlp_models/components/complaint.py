"""Is it a complaint? The judgement's answer, as a number that holds: 0.9 is nine in ten.

A few words have little for the heads to hold on to. Where a short text says its discontent in so
many words, and nothing that speaks against it, the signs are believed too.
"""

import math

from spacy.language import Language
from spacy.tokens import Doc

from nlp_models.cues import cues_of
from nlp_models.reading import declare

declare("complaint_score", 0.0)

SHORT, SHORTISH = 15, 40  # words: up to the first the signs are believed, up to the second
CLEAR = 0.8  # only where they leave little doubt
_BIAS, _OF_MOTIVES = -1.5, 2.2
_PULL = {"discontent": 0.45, "content": -0.55, "request": -0.45, "foreign": -0.8}
_MOST, _HALF = 9.0, 2.0  # weights that count, and the weight of one half


@Language.component(
    "complaint",
    requires=["doc._.reading", "doc._.judgement"],
    assigns=["doc._.complaint_score"],
)
def complaint(doc: Doc) -> Doc:
    """Leave on the Doc how sure it is that the message is a complaint."""
    score: float = doc._.judgement.complaint
    folded = doc._.reading.folded
    words = len(folded.split())
    if words <= SHORTISH and (by_signs := said_plainly(folded)) >= (words > SHORT) * CLEAR:
        score = max(score, by_signs)
    doc._.complaint_score = round(score, 3)
    return doc


def said_plainly(folded: str) -> float:
    """Give a number from 0 to 1 by the signs alone: discontent and motives against the rest."""
    motives = max(cues.weigh(folded) for cues in cues_of("motive").values())
    total = _BIAS + _OF_MOTIVES * motives / (motives + _HALF)
    for side, cues in cues_of("complaint").items():
        total += _PULL[side] * min(cues.weigh(folded), _MOST)
    return 1 / (1 + math.exp(-total))
