"""Why they complain: one to three motives, each with how sure it is and the words behind it."""

from collections.abc import Callable

from spacy.language import Language
from spacy.tokens import Doc

from nlp_models.components.judgement import JudgementComponent, component_of
from nlp_models.features import Features
from nlp_models.judgement import MOTIVES, Judgement, motives_named
from nlp_models.reading import declare
from register.extraction import ScoredMotive

declare("motives", ())

UNLIKELY = 0.15  # a complaint: below it a message is set aside unasked, and motives were noise


@Language.factory(
    "motive",
    requires=["doc._.features", "doc._.judgement", "doc._.complaint_score"],
    assigns=["doc._.motives"],
)
def make_motive(nlp: Language, name: str) -> Callable[[Doc], Doc]:
    """Build the component; it decides by what the judgement component has learned."""
    component = component_of(nlp)

    def name_motives(doc: Doc) -> Doc:
        if doc._.complaint_score >= UNLIKELY:
            doc._.motives = _motives(doc._.features, doc._.judgement, component)
        return doc

    return name_motives


def _motives(
    features: Features, said: Judgement, component: JudgementComponent
) -> tuple[ScoredMotive, ...]:
    judge = component.judge
    evidence = judge.evidence(features, said, component.vocabulary)
    return tuple(
        ScoredMotive(
            motive,
            round(float(said.motives[MOTIVES.index(motive)]), 2),
            tuple(evidence(motive)),
        )
        for motive in motives_named(said, judge.settings.beside)
    )
