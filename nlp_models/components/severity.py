"""How grave it is: harm first, then what is at stake, then the tone (labels: severity)."""

from decimal import Decimal

from spacy.language import Language
from spacy.tokens import Doc

from nlp_models.cues import cues_of
from nlp_models.reading import declare
from register.extraction import ScoredMotive
from register.labels import Motive, Severity

declare("severity")

_MUCH = Decimal(300)
_HARM = {Motive.SAFETY, Motive.HARASSMENT}


@Language.component(
    "severity",
    requires=["doc._.reading", "doc._.motives", "doc._.amount"],
    assigns=["doc._.severity"],
)
def severity(doc: Doc) -> Doc:
    """Leave on the Doc how grave the message is, were it a complaint."""
    doc._.severity = severity_of(doc._.reading.folded, doc._.motives, doc._.amount)
    return doc


def severity_of(folded: str, motives: tuple[ScoredMotive, ...], amount: Decimal | None) -> Severity:
    """Give the highest level that something in the text calls for."""
    cues = cues_of("severity")
    codes = [found.motive for found in motives]
    if Motive.HARASSMENT in codes[:1] or (_HARM & {*codes} and cues["critical"].meet(folded)):
        return Severity.CRITICAL
    if (amount or 0) >= _MUCH or cues["legal"].meet(folded) or cues["serious"].meet(folded):
        return Severity.SERIOUS
    return Severity.LOW if cues["mild"].meet(folded) else Severity.MODERATE
