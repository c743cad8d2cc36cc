"""Text in, `Extraction` out: the one door of this room. A spaCy Doc never leaves it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from spacy.language import Language
from spacy.tokens import Doc

from nlp_models import components  # noqa: F401  registers the factories
from nlp_models.components.judgement import judge_of
from nlp_models.cues import COURSE, READ, WRITER, openings_of
from nlp_models.french import load_french
from nlp_models.reading import open_passage
from register.extraction import Extraction, Passage, Source

TRAINED = Path(__file__).parent / "trained"
DECISIONS = (  # each after what it requires
    "language",
    "complaint",
    "motive",
    "amounts",
    "severity",
    "dates",
    "references",
    "contact",
    "training",
    "role",
    "complainant",
)
TOKENS = 5_000  # what the entity recogniser sees of one message
_BATCH = 32


def load_reader(
    sites: Sequence[str] = (),
    staff: Sequence[str] = (),
    trained: Path = TRAINED,
    own: Mapping[str, Sequence[str]] | None = None,
) -> "Reader":
    """Load the reader of an establishment that has these sites and this staff; call it once.

    Args:
        sites: the names of its branches.
        staff: the names of those who work there.
        trained: the folder of the model.
        own: the motives that it has added, each by its code with its example sentences.

    Raises:
        OSError: there is no model in the folder `trained`.
    """
    nlp = load_french(trained)
    for name in DECISIONS:
        nlp.add_pipe(name)
    nlp.add_pipe("site", config={"sites": list(sites)})
    nlp.add_pipe("staff", config={"staff": list(staff)})
    if own:
        nlp.add_pipe("own_motives", config={"own": {one: [*own[one]] for one in own}})
    return Reader(nlp)


class Reader:
    """Reads messages; `reader.read` and the reader itself are a `register.extraction.Reads`."""

    def __init__(self, pipeline: Language) -> None:
        self._pipeline = pipeline
        self._likely = judge_of(pipeline).settings.likely

    def __call__(self, passage: Passage) -> Extraction:
        """Read one message."""
        return self.read(passage)

    def make_ready(self) -> None:
        """Make now what is else made when it is first met: it takes a third of a second."""
        for parts in (READ, WRITER, COURSE):
            openings_of(*parts).make_ready()

    def read(self, passage: Passage) -> Extraction:
        """Read one message; one without a single letter comes back as not read."""
        return next(self.read_many([passage]))

    def read_many(self, passages: Iterable[Passage]) -> Iterator[Extraction]:
        """Read messages in the order given, a batch at a time."""
        docs = (self._opened(passage) for passage in passages)
        yield from map(self._extraction, self._pipeline.pipe(docs, batch_size=_BATCH))

    def _opened(self, passage: Passage) -> Doc:
        reading = open_passage(passage)
        doc = self._pipeline.make_doc(reading.whole)
        if len(doc) > TOKENS:
            doc = doc[:TOKENS].as_doc()
        doc._.reading = reading
        return doc

    def _extraction(self, doc: Doc) -> Extraction:
        if doc._.language is None:
            return Extraction()
        score: float = doc._.complaint_score
        return Extraction(
            is_complaint=score >= self._likely,
            score=score,
            motives=doc._.motives,
            severity=doc._.severity if doc._.motives else None,
            source=_source(doc),
            language=doc._.language,
        )


def _source(doc: Doc) -> Source:
    return Source(
        name=doc._.complainant,
        role=doc._.role,
        training=doc._.training,
        site=doc._.site,
        staff=doc._.staff,
        incident_date=doc._.incident_date,
        amount=doc._.amount,
        refs=doc._.refs,
        phone=doc._.phone,
        email=doc._.email,
    )
