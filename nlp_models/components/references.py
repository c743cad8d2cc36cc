"""The numbers that are quoted: invoice, file, NEPH, CPF, order."""

import re
from itertools import islice

from spacy.language import Language
from spacy.tokens import Doc

from nlp_models.reading import Reading, declare

declare("refs", ())

_MOST = 8
_QUOTED = re.compile(
    r"\b(?:factures?|dossiers?|neph|cpf|commandes?|contrat|devis|reference|ref|reservation|recu|"
    r"invoice|order|file|factura|client|eleve|candidat|avoir)\b[ .:#]{0,3}"
    r"(?:(?:ants|cpf|neph|client|est|le|numero|number|num|n°|no|n|mon|is)[ .:°#]{1,3}){0,4}"
    r"(?P<ref>[a-z0-9](?:(?:[ ]?\d){7,14}|[a-z0-9/_.-]{1,24}[a-z0-9]))(?![a-z0-9])"
    r"(?![ ]?(?:€|euros?\b|e\b|fois|h\b))"
)
_NUMBERED = re.compile(r"\b(?:n°|nº|no\.|numero) ?(?P<ref>[a-z]{0,6}[-/ ]?\d[a-z0-9/_-]{2,24})\b")
_FREE = re.compile(r"\b(?P<ref>[a-z]{1,5}-\d{2,4}-\d{2,8}|r-\d{4}-\d{4}|\d{12})\b")
_PHONE_OR_DATE = re.compile(
    r"(?:\+33|0)[1-9](?:[ .-]?\d\d){4}|\d{1,2}[/.-]\d{1,2}(?:[/.-]\d{2,4})?|(?:19|20)\d\d"
)


@Language.component("references", requires=["doc._.reading"], assigns=["doc._.refs"])
def references(doc: Doc) -> Doc:
    """Leave the quoted numbers on the Doc, as written."""
    doc._.refs = references_in(doc._.reading)
    return doc


def references_in(reading: Reading) -> tuple[str, ...]:
    """Give each quoted number once, in the order of the text."""
    spans: list[tuple[int, int]] = []
    for pattern in (_QUOTED, _NUMBERED, _FREE):
        for match in islice(pattern.finditer(reading.folded), _MOST * 2):
            if _is_reference(match["ref"]) and not _overlaps(match.span("ref"), spans):
                spans.append(match.span("ref"))
    return tuple(dict.fromkeys(reading.written(*span) for span in sorted(spans)))[:_MOST]


def _is_reference(ref: str) -> bool:
    return sum(character.isdigit() for character in ref) >= 3 and not _PHONE_OR_DATE.fullmatch(ref)


def _overlaps(span: tuple[int, int], others: list[tuple[int, int]]) -> bool:
    return any(span[0] < end and start < span[1] for start, end in others)
