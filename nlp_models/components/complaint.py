"""Is it a complaint? The judgement's answer, as a number that holds: 0.9 is nine in ten."""

from spacy.language import Language
from spacy.tokens import Doc

from nlp_models.reading import declare

declare("complaint_score", 0.0)


@Language.component("complaint", requires=["doc._.judgement"], assigns=["doc._.complaint_score"])
def complaint(doc: Doc) -> Doc:
    """Leave on the Doc how sure it is that the message is a complaint."""
    doc._.complaint_score = round(doc._.judgement.complaint, 3)
    return doc
