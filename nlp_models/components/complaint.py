"""Is it a complaint?

Discontent and motives speak for it; thanks, requests and other people's business against.
"""

import math

from spacy.language import Language
from spacy.tokens import Doc

from nlp_models.cues import cues_of
from nlp_models.reading import declare
from register.extraction import ScoredMotive

declare("complaint_score", 0.0)

LIKELY = 0.4  # below one half: to set a complaint aside is worse than to ask the manager

_BIAS = -1.5
_PULL = {"discontent": 0.45, "content": -0.55, "request": -0.45, "foreign": -0.8}
_MOTIVE_PULL = 2.2
_CEILING = 9.0  # a long text is not more of a complaint for being long


@Language.component(
    "complaint",
    requires=["doc._.reading", "doc._.motives"],
    assigns=["doc._.complaint_score"],
)
def complaint(doc: Doc) -> Doc:
    """Leave on the Doc how sure it is that the message is a complaint."""
    doc._.complaint_score = score_of(doc._.reading.folded, doc._.motives)
    return doc


def score_of(folded: str, motives: tuple[ScoredMotive, ...]) -> float:
    """Give a number from 0 to 1; what speaks neither way ends low but not at the bottom."""
    total = _BIAS + _MOTIVE_PULL * max((found.score for found in motives), default=0.0)
    for side, cues in cues_of("complaint").items():
        total += _PULL[side] * min(cues.weigh(folded), _CEILING)
    return round(1 / (1 + math.exp(-total)), 2)
