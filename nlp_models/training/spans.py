"""Teach the entity recogniser where a source is told: names, staff, places, days, sums."""

import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from spacy.language import Language
from spacy.tokens import Doc, Span
from spacy.training import Example as Lesson
from spacy.training.iob_utils import doc_to_biluo_tags
from spacy.util import filter_spans, minibatch
from thinc.api import Adam, fix_random_seed, warmup_linear

from nlp_models.reading import open_passage
from nlp_models.training.corpus import Example, Mark
from nlp_models.training.learn import Told

_WARM = 0.03  # of all steps: the rate rises first


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """The figures that training is done with, from `[spans]` of config.cfg."""

    epochs: int = 8
    batch: int = 16
    dropout: float = 0.3
    rate: float = 0.002  # at which Adam learns after its first steps; it ends at nought
    labels: tuple[str, ...] = ("name", "staff", "site")


def teach(
    nlp: Language, examples: Sequence[Example], course: Course, seed: int, tell: Told
) -> None:
    """Train the component `spans` of a pipeline from nothing."""
    fix_random_seed(seed)
    order = random.Random(seed)
    lessons = [lesson(nlp, example, course.labels) for example in examples]
    steps = course.epochs * math.ceil(len(lessons) / course.batch)
    rate: Iterator[float] = iter(warmup_linear(course.rate, round(steps * _WARM), steps))
    optimizer = Adam(rate, L2=0.01, grad_clip=1.0, use_averages=False)  # type: ignore[arg-type]
    with nlp.select_pipes(enable=["spans"]):
        nlp.initialize(lambda: lessons)
        for epoch in range(1, course.epochs + 1):
            order.shuffle(lessons)
            losses: dict[str, float] = {}
            for batch in minibatch(lessons, course.batch):  # type: ignore[no-untyped-call]
                nlp.update(batch, sgd=optimizer, drop=course.dropout, losses=losses)
                optimizer.step_schedules()
            tell(f"spans: epoch {epoch} of {course.epochs}, loss {losses['spans']:.0f}")


def lesson(nlp: Language, example: Example, labels: Sequence[str]) -> Lesson:
    """Give a message as the recogniser sees it, beside what it should find there."""
    reading = open_passage(example.passage)
    doc = nlp.make_doc(reading.whole)
    spans = [
        span
        for mark in example.marks
        if mark.field in labels
        for span in _span(doc, mark, reading.starts[mark.part])
    ]
    taught = Doc(
        doc.vocab, words=[token.text for token in doc], spaces=[bool(t.whitespace_) for t in doc]
    )
    taught.set_ents([Span(taught, one.start, one.end, one.label_) for one in filter_spans(spans)])
    for token, tag in zip(taught, doc_to_biluo_tags(taught), strict=True):
        token.tag_ = tag
    return Lesson(doc, taught)


def _span(doc: Doc, mark: Mark, start: int) -> Iterator[Span]:
    found = doc.char_span(
        start + mark.start, start + mark.end, label=mark.field, alignment_mode="expand"
    )
    if found is not None:
        yield found
