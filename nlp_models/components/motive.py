"""Why they complain: weighted cues for each motive, then the edges that set their order."""

import re

from spacy.language import Language
from spacy.tokens import Doc

from nlp_models.cues import Find, cues_of
from nlp_models.reading import Reading, declare
from register.extraction import ScoredMotive
from register.labels import Motive

declare("motives", ())

MOST = 3
_KEPT_BESIDE = 0.34  # a second motive must weigh that part of the main one
_ENOUGH = 2.0
_HALF_SURE = 2.0  # the weight at which the score is one half

# labels: edges. Harm comes before its circumstances, being left without an answer after its cause.
_PULL = {
    Motive.HARASSMENT: 3.0,
    Motive.SAFETY: 1.6,
    Motive.PRIVACY: 1.3,
    Motive.ACCESSIBILITY: 1.3,
    Motive.RECEPTION: 0.5,
}
_REFUND_ALONE = 1.5  # as much as reception alone: then the first told is the cause
_REFUND = re.compile(
    r"(?:rembours|refund|reembols|money|argent|dinero|geste commercial|somme|euro|€|forfait|paid|"
    r"(?:j.{0,6} )?pay)"
)


@Language.component("motive", requires=["doc._.reading"], assigns=["doc._.motives"])
def motive(doc: Doc) -> Doc:
    """Leave the motives of the message on the Doc, the main one first."""
    doc._.motives = motives_of(doc._.reading)
    return doc


def motives_of(reading: Reading) -> tuple[ScoredMotive, ...]:
    """Give one to three motives, or none when nothing is met."""
    found = {Motive(code): cues.find(reading.folded) for code, cues in cues_of("motive").items()}
    finds = _own(found)
    weights = {code: sum(find.weight for find in own) for code, own in finds.items()}
    enough = [code for code, weight in weights.items() if weight >= _ENOUGH]
    ranked = sorted(
        enough, key=lambda code: (-_rank(code, finds[code], reading), finds[code][0].start)
    )
    kept = _kept(ranked, weights)
    return tuple(_scored(code, weights[code], finds[code], reading) for code in kept)


def _own(finds: dict[Motive, list[Find]]) -> dict[Motive, list[Find]]:
    """Leave out words that belong to stronger ones, as `cancelled` does in `exam cancelled`."""
    said = [find for found in finds.values() for find in found]
    return {
        code: [find for find in found if not _is_inside(find, said)]
        for code, found in finds.items()
    }


def _is_inside(find: Find, others: list[Find]) -> bool:
    return any(
        other.weight > find.weight and other.start <= find.start < other.end for other in others
    )


def _rank(code: Motive, finds: list[Find], reading: Reading) -> float:
    """Weigh a motive for its place; a refund asked for does not count: something caused it."""
    if code is Motive.BILLING:
        finds = [find for find in finds if not _REFUND.match(reading.folded, find.start)]
        return max(_REFUND_ALONE, sum(find.weight for find in finds))
    return sum(find.weight for find in finds) * _PULL.get(code, 1.0)


def _kept(ranked: list[Motive], weights: dict[Motive, float]) -> list[Motive]:
    if not ranked:
        return []
    main = weights[ranked[0]]
    if ranked[0] is Motive.HARASSMENT:  # rudeness that is part of it
        ranked = [code for code in ranked if code is not Motive.CONDUCT]
    beside = [code for code in ranked[1:] if weights[code] >= _KEPT_BESIDE * main]
    return [ranked[0], *beside[: MOST - 1]]


def _scored(code: Motive, weight: float, finds: list[Find], reading: Reading) -> ScoredMotive:
    heaviest = sorted(finds, key=lambda find: -find.weight)[:3]
    evidence = dict.fromkeys(reading.written(find.start, find.end) for find in heaviest)
    return ScoredMotive(code, round(weight / (weight + _HALF_SURE), 2), tuple(evidence))
