"""The writer's name, as on a letter: in the text, the signature, or the From of an e-mail."""

import re
from collections import deque
from collections.abc import Iterator
from itertools import islice

from spacy.language import Language
from spacy.tokens import Doc

from nlp_models.cues import cues_of
from nlp_models.reading import Reading, declare, fold
from register.labels import Channel

declare("complainant")

NAME_WORD = r"[A-ZÀ-ÖØ-Þ][\w'’-]{1,25}"
TITLE = r"(?:M\.|Mr\.?|Mme\.?|Mlle|Monsieur|Madame|Mademoiselle|M(?= ))"

_LONGEST = 60  # characters
_MOST_WORDS = 5
_LINES = 6
_CLOSINGS = 50

_INTRODUCED = re.compile(
    r"(?:[Jj]e m['’ ]appelle|[Jj]e soussign[ée]+e?s?,?|[Mm]on nom est|[Mm]y name is|[Mm]e llamo|"
    r"[Jj]e suis|[Ii]ci|[Mm]oi c['’ ]est|[Ii]['’]?m)"
    rf" (?:{TITLE} ?)?(?P<name>{NAME_WORD}(?: {NAME_WORD}){{0,2}})"
)
_CLOSING = re.compile(
    r"\b(?:cordialement|cdlt|cdt|bien a vous|salutations(?: distinguees| respectueuses)?|"
    r"respectueusement|merci d'avance|merci|bonne (?:journee|soiree|reception)|a bientot|"
    r"(?:best |kind )?regards|sincerely|saludos|atentamente)[ .,!;]{0,5}"
)
_BEFORE_NAME = re.compile(rf"^(?:{TITLE} )|^[^\w]+|[\s,.;!()]+$")
_NAME_PART = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*\.?")
_PARTICLES = frozenset({"de", "du", "la", "le", "van", "von", "el", "da", "di", "et", "d"})


@Language.component("complainant", requires=["doc._.reading"], assigns=["doc._.complainant"])
def complainant(doc: Doc) -> Doc:
    """Leave the writer's name on the Doc."""
    doc._.complainant = complainant_of(doc._.reading)
    return doc


def complainant_of(reading: Reading) -> str | None:
    """Give the first full name that is found, else the first name, else None."""
    names = [name for name in _names_given(reading) if is_a_persons(name)]
    return next((name for name in names if " " in name), next(iter(names), None))


def _names_given(reading: Reading) -> Iterator[str]:
    introduced = _INTRODUCED.search(reading.text)
    if introduced:
        yield introduced["name"]
    yield from _short_lines(reading.signature)
    yield from _signed(reading)
    sender = " ".join(reading.passage.sender_name[:_LONGEST].split())
    if reading.passage.channel is Channel.EMAIL and " " in sender:
        yield _in_usual_order(sender)


def _signed(reading: Reading) -> Iterator[str]:
    """Give the lines after the last closing words, and the last line, which may be a signature."""
    closings = deque(islice(_CLOSING.finditer(reading.folded), _CLOSINGS), maxlen=1)
    for closing in closings:
        yield from _short_lines(reading.text[closing.end() :])
    body, _, last = reading.text.rpartition("\n")
    if body:
        yield from (name for name in _short_lines(last) if " " in name)


def _short_lines(text: str) -> Iterator[str]:
    for line in text.splitlines()[:_LINES]:
        if len(line) <= _LONGEST:
            yield " ".join(_BEFORE_NAME.sub("", line.strip()).split())


def _in_usual_order(name: str) -> str:
    last, comma, first = name.partition(",")
    return f"{first.strip()} {last.strip()}" if comma else name


def is_a_persons(name: str) -> bool:
    """Say whether words can be somebody's name: few, with capitals, none of a firm."""
    words = name.split()
    if not 1 <= len(words) <= _MOST_WORDS or cues_of("name")["not_a_person"].meet(fold(name)):
        return False
    return all(
        _NAME_PART.fullmatch(word) and (word[0].isupper() or word in _PARTICLES) for word in words
    )
