"""Make the model that ships: `make model`.

Everything is made anew from the corpus and config.cfg, the same each time: hands are read in the
order of their names, and chance is seeded. Two cores work at it. The model keeps the corpus's hash,
so that one that is older than its corpus is found out (tests/test_model.py).
"""

import argparse
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from spacy.language import Language
from thinc.api import Config
from threadpoolctl import threadpool_limits

from nlp_models import components  # noqa: F401  registers the factories
from nlp_models.components.judgement import component_of
from nlp_models.french import blank_french
from nlp_models.judgement import Judge
from nlp_models.ngrams import Vocabulary
from nlp_models.reader import TRAINED
from nlp_models.reading import open_passage
from nlp_models.training.corpus import CORPUS, Example, fingerprint, load
from nlp_models.training.learn import Told, learn, tabulate
from nlp_models.training.network import Recipe
from nlp_models.training.spans import Course, teach

CONFIG = Path(__file__).parent / "config.cfg"
PIPELINE = ("nlp", "components")  # what of the configuration is spaCy's own


def make(examples: Sequence[Example], config: Config, tell: Told) -> Language:
    """Train a whole pipeline: its recogniser here, its heads beside it in another process.

    `tell` is called in both, so it has to pickle. What goes wrong with the heads is raised after
    the round of the recogniser that is under way.
    """
    nlp = blank_french(Config({part: config[part] for part in PIPELINE}))
    course = {**config["spans"], "labels": tuple(config["spans"]["labels"])}
    component = component_of(nlp)
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as beside, threadpool_limits(1):
        heads = beside.submit(judge_from, examples, Recipe(**config["heads"]), tell)

        def tell_both(what: str) -> None:
            tell(what)
            if heads.done():
                heads.result()  # raises what went wrong there

        teach(nlp, examples, Course(**course), config["training"]["seed"], tell_both)
        component.vocabulary, component.judge = heads.result()
    return nlp


def judge_from(examples: Sequence[Example], recipe: Recipe, tell: Told) -> tuple[Vocabulary, Judge]:
    """Train the heads, and count the grams that they read."""
    with threadpool_limits(1):  # many small sums: threads wait for each other, longer than they add
        tell("heads: counting words")
        vocabulary = Vocabulary.learn(open_passage(one.passage).folded for one in examples)
        return vocabulary, learn(tabulate(examples, vocabulary), recipe, tell)


def save(nlp: Language, folder: Path, corpus: str, messages: int) -> None:
    """Write a pipeline down with the hash of what it was made from."""
    nlp.meta |= {"name": "reclamations", "version": "1.0.0", "corpus": corpus, "messages": messages}
    nlp.to_disk(folder, exclude=["tokenizer"])


@dataclass(frozen=True, slots=True)
class Progress:
    """Prints how far training is, and how long after its start; both processes have it."""

    start: float

    def __call__(self, what: str) -> None:
        """Print one line."""
        print(f"{time.monotonic() - self.start:6.0f} s  {what}", flush=True)  # noqa: T201


def main(arguments: Sequence[str]) -> int:
    """Train on the corpus and write the model where it ships from."""
    parser = argparse.ArgumentParser(description="Train the reader from its corpus.")
    parser.add_argument("--output", type=Path, default=TRAINED)
    given = parser.parse_args(arguments)
    tell = Progress(time.monotonic())
    examples = load(CORPUS / "train")
    tell(f"{len(examples)} messages")
    save(
        make(examples, Config().from_disk(CONFIG), tell), given.output, fingerprint(), len(examples)
    )
    tell(f"written to {given.output.name}/")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
