"""The trained heads in the pipeline: what they say of a message, before any decision."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
from spacy.language import Language
from spacy.tokens import Doc

from nlp_models.features import features_of
from nlp_models.heads import Heads
from nlp_models.judgement import Judge, Settings
from nlp_models.ngrams import Vocabulary
from nlp_models.reading import declare

declare("features")
declare("judgement")

_FAMILIES = ("words", "pieces", "early")  # of grams, a file each
_RARITY = "rarity.npy"


@Language.factory(
    "judgement",
    requires=["doc._.reading"],
    assigns=["doc._.features", "doc._.judgement"],
)
def make_judgement(nlp: Language, name: str) -> "JudgementComponent":
    """Build the component empty; its weights come from disk, or from training."""
    vocabulary = Vocabulary.of([], [], [], np.zeros(0, np.float32))
    return JudgementComponent(vocabulary, Judge(Heads.empty(), Settings()))


class JudgementComponent:
    """Counts a message and asks the heads."""

    def __init__(self, vocabulary: Vocabulary, judge: Judge) -> None:
        self.vocabulary = vocabulary
        self.judge = judge

    def __call__(self, doc: Doc) -> Doc:
        """Leave the features and the judgement on the Doc."""
        doc._.features = features_of(doc._.reading, self.vocabulary)
        doc._.judgement = self.judge.judge(doc._.features)
        return doc

    def to_disk(self, path: Path, exclude: Iterable[str] = ()) -> None:
        """Write what was learned into a folder."""
        folder = Path(path)
        self.judge.save(folder)
        for family in _FAMILIES:
            grams = getattr(self.vocabulary, family)
            (folder / f"{family}.txt").write_text("\n".join(grams), encoding="utf-8")
        np.save(folder / _RARITY, self.vocabulary.rarity.astype(np.float16))

    def from_disk(self, path: Path, exclude: Iterable[str] = ()) -> "JudgementComponent":
        """Read what `to_disk` wrote."""
        folder = Path(path)
        words, pieces, early = (
            (folder / f"{family}.txt").read_text(encoding="utf-8").split("\n")
            for family in _FAMILIES
        )
        rarity = np.load(folder / _RARITY, allow_pickle=False).astype(np.float32)
        self.vocabulary = Vocabulary.of(words, pieces, early, rarity)
        self.judge = Judge.load(folder)
        return self


def judge_of(nlp: Language) -> Judge:
    """Give the heads of a pipeline, for the components that decide by their settings."""
    return component_of(nlp).judge


def component_of(nlp: Language) -> JudgementComponent:
    """Give the component of a pipeline."""
    component = nlp.get_pipe("judgement")
    assert isinstance(component, JudgementComponent)
    return component
