"""Which course it is about, only where the text says so."""

import re

from spacy.language import Language
from spacy.tokens import Doc

from nlp_models.cues import cues_of
from nlp_models.reading import declare
from register.labels import Training

declare("training")

_NOT_A_CODE = re.compile(r"code (?:postal|promo|wifi|d'acces|porte|de conduite)")


@Language.component("training", requires=["doc._.reading"], assigns=["doc._.training"])
def training(doc: Doc) -> Doc:
    """Leave the course on the Doc."""
    doc._.training = training_in(doc._.reading.folded)
    return doc


def training_in(folded: str) -> Training | None:
    """Give the first course that is named: the table has the particular before the general."""
    folded = _NOT_A_CODE.sub(" ", folded)
    said = (Training(code) for code, cues in cues_of("training").items() if cues.meet(folded))
    return next(said, None)
