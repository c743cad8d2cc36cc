"""Text in, `Extraction` out: the one door of this room. A spaCy Doc never leaves it."""

from collections.abc import Iterable, Iterator, Sequence

from spacy.language import Language
from spacy.tokens import Doc

from nlp_models import components  # noqa: F401  registers the factories
from nlp_models.components.complaint import LIKELY
from nlp_models.cues import compile_all
from nlp_models.french import load_french
from nlp_models.reading import open_passage
from register.extraction import Extraction, Passage, ScoredMotive, Source
from register.labels import Motive

ORDER = (  # each after what it requires
    "language",
    "motive",
    "complaint",
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
_UNLIKELY = 0.25  # below it, motives and severity would only be noise
_NO_MOTIVE = ScoredMotive(Motive.OTHER, 0.2)


def load_reader(sites: Sequence[str] = (), staff: Sequence[str] = ()) -> "Reader":
    """Load the reader of an establishment that has these sites and this staff; call it once."""
    french = load_french()
    compile_all()
    for name in ORDER:
        french.add_pipe(name)
    french.add_pipe("site", config={"sites": list(sites)})
    french.add_pipe("staff", config={"staff": list(staff)})
    return Reader(french)


class Reader:
    """Reads messages; `reader.read` and the reader itself are a `register.extraction.Reads`."""

    def __init__(self, pipeline: Language) -> None:
        self._pipeline = pipeline

    def __call__(self, passage: Passage) -> Extraction:
        """Read one message."""
        return self.read(passage)

    def read(self, passage: Passage) -> Extraction:
        """Read one message; one without a single letter comes back as not read."""
        return next(self.read_many([passage]))

    def read_many(self, passages: Iterable[Passage]) -> Iterator[Extraction]:
        """Read messages in the order given, a batch at a time."""
        docs = (self._opened(passage) for passage in passages)
        yield from map(_extraction, self._pipeline.pipe(docs, batch_size=_BATCH))

    def _opened(self, passage: Passage) -> Doc:
        reading = open_passage(passage)
        doc = self._pipeline.make_doc(reading.text)
        if len(doc) > TOKENS:
            doc = doc[:TOKENS].as_doc()
        doc._.reading = reading
        return doc


def _extraction(doc: Doc) -> Extraction:
    if doc._.language is None:
        return Extraction()
    score: float = doc._.complaint_score
    likely = score >= LIKELY
    motives: tuple[ScoredMotive, ...] = doc._.motives if score >= _UNLIKELY else ()
    return Extraction(
        is_complaint=likely,
        score=score,
        motives=motives or ((_NO_MOTIVE,) if likely else ()),
        severity=doc._.severity if score >= _UNLIKELY else None,
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
