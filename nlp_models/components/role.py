"""In what quality they write (labels: role)."""

from spacy.language import Language
from spacy.tokens import Doc

from nlp_models.cues import cues_of
from nlp_models.reading import declare
from register.labels import Role

declare("role")


@Language.component("role", requires=["doc._.reading"], assigns=["doc._.role"])
def role(doc: Doc) -> Doc:
    """Leave the quality of the writer on the Doc."""
    doc._.role = role_of(doc._.reading.folded)
    return doc


def role_of(folded: str) -> Role | None:
    """Give the first quality that the text states; who speaks of lessons and states none learns."""
    return next((Role(code) for code, cues in cues_of("role").items() if cues.meet(folded)), None)
