"""Teach the heads again, with what a manager has said of messages beside the corpus.

Only the heads: they say what a manager corrects. Words, their vectors and the recogniser of spans
stay those of the model that ships, so no word of a client gets into the files of a model. So do its
settings: they were found on thousands of messages of hands left out in turn, and finding them anew
for a few dozen corrections moves them by chance, at six times the cost.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from spacy.language import Language
from thinc.api import Config
from threadpoolctl import threadpool_limits

from nlp_models import components  # noqa: F401  registers the factories
from nlp_models.components.judgement import component_of
from nlp_models.french import load_french
from nlp_models.heads import Head
from nlp_models.judgement import INFORMED, PLAIN, Judge
from nlp_models.reader import TRAINED, Reader
from nlp_models.training.corpus import CORPUS, Example, load
from nlp_models.training.evaluate import compare, evaluate
from nlp_models.training.learn import Recipe, Table, Told, tabulate, train
from nlp_models.training.train import CONFIG, save
from register.extraction import Passage
from register.labels import Motive, Severity

WEIGHT = 5.0
"""What one correction counts, in messages of the corpus. It comes from the very clients that will
be read, and a first dozen must be heard among thousands; a single slip of the finger must not win
over all of them, and `dev` has the last word."""

_SIDES = (PLAIN, INFORMED)
_UNSAID = (Motive.OTHER, Severity.LOW)  # stand-ins, which no head that is kept has learned from


@dataclass(frozen=True, slots=True)
class Material:
    """What a training is done with beside the corrections."""

    train: Sequence[Example]
    dev: Sequence[Example]
    recipe: Recipe


@dataclass(frozen=True, slots=True)
class Figures:
    """How well a model reads `dev`, from 0 to 1: what it is weighed by."""

    complaint: float
    first_motive: float
    motives: float
    severity: float  # within one level
    critical: float  # of the critical, those seen as serious or critical


def everything() -> Material:
    """Give the whole corpus, and the recipe of the model that ships."""
    recipe = Recipe(**Config().from_disk(CONFIG)["heads"])
    return Material(load(CORPUS / "train"), load(CORPUS / "dev"), recipe)


def corrected(
    number: int,
    passage: Passage,
    is_complaint: bool,
    motives: tuple[Motive, ...],
    severity: Severity | None,
) -> Example:
    """Give a correction as training takes it; without motives it says that it is one, no more."""
    return Example(
        id=f"manager-correction-{number}",
        passage=passage,
        is_complaint=is_complaint,
        motives=motives,
        severity=severity,
        weight=WEIGHT,
    )


def relearn(
    folder: Path,
    corrections: Sequence[Example],
    material: Material,
    meta: dict[str, object],
    tell: Told,
) -> None:
    """Write a model into a folder: the one that ships, its heads taught anew."""
    nlp = load_french(TRAINED)
    with threadpool_limits(1):  # many small sums: threads wait for each other, longer than they add
        _teach(nlp, corrections, material, tell)
    nlp.meta |= meta
    save(nlp, folder, nlp.meta["corpus"], len(material.train))


def _teach(nlp: Language, corrections: Sequence[Example], material: Material, tell: Told) -> None:
    component = component_of(nlp)
    shipped = component.judge
    examples = [*material.train, *map(_filled, corrections)]
    table = tabulate(examples, component.vocabulary, component.vectors)
    said = [True] * len(material.train) + [not _is_bare(one) for one in corrections]
    tell("heads")
    heads = _trained(table.rows(np.flatnonzero(said)), material.recipe)
    if not all(said):
        tell("the verdict")
        heads |= _those(_trained(table, material.recipe), "complaint")
    heads |= _those(shipped.heads, "role")  # a field of the source: nobody corrects it
    component.judge = Judge(heads, shipped.settings)


def _trained(table: Table, recipe: Recipe) -> dict[str, Head]:
    return {**train(table, PLAIN, recipe), **train(table, INFORMED, recipe)}


def _is_bare(example: Example) -> bool:
    return example.is_complaint and not (example.motives and example.severity)


def _filled(example: Example) -> Example:
    if not _is_bare(example):
        return example
    motive, severity = _UNSAID
    return replace(example, motives=(motive,), severity=severity)


def _those(heads: dict[str, Head], question: str) -> dict[str, Head]:
    return {f"{side}-{question}": heads[f"{side}-{question}"] for side in _SIDES}


def measure(reader: Reader, dev: Sequence[Example]) -> Figures:
    """Read `dev`, and say how well."""
    report = evaluate(compare(dev, reader))
    return Figures(
        complaint=report.complaint.f1,
        first_motive=report.first_motive,
        motives=report.motives.f1,
        severity=report.severity_within_one,
        critical=report.critical_recall,
    )
