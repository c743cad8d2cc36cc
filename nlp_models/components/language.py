"""Which language a message is in: the small words vote."""

import re
from collections import Counter
from functools import cache

from spacy.language import Language
from spacy.tokens import Doc

from nlp_models.cues import words_of
from nlp_models.reading import declare

declare("language")

_ENOUGH = 400  # words
_WORD = re.compile(r"[a-zà-ÿœ]{1,20}", re.IGNORECASE)


@Language.component("language", requires=["doc._.reading"], assigns=["doc._.language"])
def language(doc: Doc) -> Doc:
    """Leave the language of the message on the Doc."""
    doc._.language = language_of(doc._.reading.folded)
    return doc


def language_of(folded: str) -> str | None:
    """Give the ISO 639-1 code, French when votes are equal; None without a single word."""
    words = _WORD.findall(folded[: _ENOUGH * 8])
    if not words:
        return None
    said = Counter(words)
    votes = {code: sum(said[word] for word in small) for code, small in _small_words().items()}
    return max(votes, key=lambda code: votes[code])


@cache
def _small_words() -> dict[str, tuple[str, ...]]:
    return {code: tuple(said.split()) for code, said in words_of("language").items()}
