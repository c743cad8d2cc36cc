"""Teach the heads again, with what a manager has said of messages beside the corpus.

Only the heads: they say what a manager corrects. Words and the recogniser of spans
stay those of the model that ships, so no word of a client gets into the files of a model. So do its
settings: they were found on thousands of messages of hands left out in turn, and finding them anew
for a few dozen corrections moves them by chance, at six times the cost.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from spacy.language import Language
from thinc.api import Config
from threadpoolctl import threadpool_limits

from nlp_models import components  # noqa: F401  registers the factories
from nlp_models.components.judgement import component_of
from nlp_models.french import load_french
from nlp_models.judgement import Judge
from nlp_models.reader import TRAINED, Reader
from nlp_models.training.corpus import CORPUS, Example, load
from nlp_models.training.evaluate import compare, evaluate
from nlp_models.training.learn import Told, tabulate, train
from nlp_models.training.network import Recipe
from nlp_models.training.train import CONFIG, save
from register.extraction import Passage
from register.labels import Motive, Severity

WEIGHT = 5.0
"""What one correction counts, in messages of the corpus. It comes from the very clients that will
be read, and a first dozen must be heard among thousands; a single slip of the finger must not win
over all of them, and `dev` has the last word."""


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
    """Give a correction as training takes it: nobody corrects a role, or names one motive only."""
    answered = {"complaint", "motives", "main"} if motives else {"complaint"}
    return Example(
        id=f"manager-correction-{number}",
        passage=passage,
        is_complaint=is_complaint,
        motives=motives,
        severity=severity,
        weight=WEIGHT,
        said=frozenset({*answered, "severity"} if severity else answered),
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
    table = tabulate([*material.train, *corrections], component.vocabulary)
    tell("heads")
    component.judge = Judge(train(table, material.recipe), component.judge.settings)


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
