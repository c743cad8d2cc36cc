"""Make the model that ships: `make model`.

Everything is made anew from the corpus and config.cfg, the same each time: hands are read in the
order of their names, and chance is seeded. The model keeps the corpus's hash, so that one that is
older than its corpus is found out (tests/test_model.py).
"""

import argparse
import random
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from spacy.language import Language
from thinc.api import Config

from nlp_models import components  # noqa: F401  registers the factories
from nlp_models.components.judgement import component_of
from nlp_models.french import blank_french
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
    """Train a whole pipeline."""
    seed = config["training"]["seed"]
    random.seed(seed)
    np.random.seed(seed)
    nlp = blank_french(Config({part: config[part] for part in PIPELINE}))
    course = {**config["spans"], "labels": tuple(config["spans"]["labels"])}
    teach(nlp, examples, Course(**course), seed, tell)
    fill(nlp, examples, Recipe(**config["heads"]), tell)
    return nlp


def fill(nlp: Language, examples: Sequence[Example], recipe: Recipe, tell: Told) -> None:
    """Train the heads of a pipeline, and nothing else of it."""
    component = component_of(nlp)
    tell("counting words")
    readings = [open_passage(one.passage) for one in examples]
    component.vocabulary = Vocabulary.learn(one.folded for one in readings)
    table = tabulate(examples, component.vocabulary)
    component.judge = learn(table, recipe, tell)


def save(nlp: Language, folder: Path, corpus: str, messages: int) -> None:
    """Write a pipeline down with the hash of what it was made from."""
    nlp.meta |= {"name": "reclamations", "version": "1.0.0", "corpus": corpus, "messages": messages}
    nlp.to_disk(folder, exclude=["tokenizer"])


def main(arguments: Sequence[str]) -> int:
    """Train on the corpus and write the model where it ships from."""
    parser = argparse.ArgumentParser(description="Train the reader from its corpus.")
    parser.add_argument("--output", type=Path, default=TRAINED)
    given = parser.parse_args(arguments)
    start = time.monotonic()

    def tell(what: str) -> None:
        print(f"{time.monotonic() - start:6.0f} s  {what}", flush=True)  # noqa: T201

    examples = load(CORPUS / "train")
    tell(f"{len(examples)} messages")
    save(
        make(examples, Config().from_disk(CONFIG), tell), given.output, fingerprint(), len(examples)
    )
    tell(f"written to {given.output.name}/")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
