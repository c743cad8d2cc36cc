"""How grave it is: what the judgement finds likeliest, and never less than what is at stake.

labels: severity. 300 EUR or more at stake is serious whatever the tone.
"""

from collections.abc import Callable
from decimal import Decimal

from spacy.language import Language
from spacy.tokens import Doc

from nlp_models.components.judgement import judge_of
from nlp_models.judgement import Judgement, severity_named
from nlp_models.reading import declare
from register.labels import Severity

declare("severity")

_MUCH = Decimal(300)


@Language.factory(
    "severity",
    requires=["doc._.judgement", "doc._.amount"],
    assigns=["doc._.severity"],
)
def make_severity(nlp: Language, name: str) -> Callable[[Doc], Doc]:
    """Build the component; it decides by what the judgement component has learned."""
    watch = judge_of(nlp).settings.watch

    def find_severity(doc: Doc) -> Doc:
        doc._.severity = severity_of(doc._.judgement, watch, doc._.amount)
        return doc

    return find_severity


def severity_of(said: Judgement, watch: float, amount: Decimal | None) -> Severity:
    """Give the level found, and at least `serious` where much money is at stake."""
    found = severity_named(said, watch)
    floor = Severity.SERIOUS if (amount or 0) >= _MUCH else Severity.LOW
    return max(found, floor, key=lambda level: level.rank)
