"""The numbers that are quoted: invoice, file, NEPH, CPF, order."""

import re
from itertools import islice

from spacy.language import Language
from spacy.tokens import Doc

from nlp_models.reading import Reading, declare, fold

declare("refs", ())

_MOST = 8
_QUOTED = re.compile(
    r"\b(?:factures?|fact|fac|dossiers?|neph|cpf|commandes?|contrat|devis|references?|ref|recus?|"
    r"reservation|invoice|receipt|order|booking|file|factura|fatura|expediente|pedido|processo|"
    r"client|eleve|candidat|avoir|ticket|sinistre|plainte|convention|bordereau|quittance|"
    r"releve|compte|cheque|number|assureur)\b[ .:#]{0,3}"
    r"(?:(?:ants|cpf|neph|client|est|la|le|numero|number|num|n°|nº|no|n|mon|is|assureur)"
    r"[ .:°#]{1,3}){0,4}"
    r"(?P<ref>[a-z0-9](?:(?:[ ]?\d){7,14}|[a-z0-9/_.-]{1,24}[a-z0-9])|"
    r"(?!(?:de|du|des|le|la|les|et|a|en|au|aux|pour|sur|soit|un|une|ou|est|qui|dont)\b)"
    r"[a-z]{1,4} \d{2,6}(?:-?\d{2,6})?)"
    r"(?![a-z0-9])(?![ ]?(?:€|euros?\b|eur\b|e\b|balles|fois|h\b))"
)
_NUMBERED = re.compile(
    r"\b(?:n°|nº|no\.|numero) ?(?P<ref>[a-z]{0,6}[-/ ]?\d(?:[a-z0-9/_-]{2,24}|(?:[ ]\d{2,4}){2,4}))"
    r"(?![a-z0-9])"
)
# What looks like nothing but the number of a paper, whatever the words about it.
_FREE = re.compile(
    r"(?<![\w@./-])(?P<ref>"
    r"[a-z]{1,6}\d{0,8}(?:[-/][a-z]{1,6})?[-/]\d{2,8}(?:[-/][a-z0-9]{1,8}){0,3}"
    r"|\d{2,6}[-/][a-z]{1,6}(?:[-/]\d{2,8}){0,2}"
    r"|[a-z]{1,4}\d{6,10}"
    r"|\d{12}|\d{4} \d{4} \d{4}|\d{2} \d{2} \d{2} \d{3} \d{3})(?![\w@/-]|\.\w)"
)
_MANNERS = (_QUOTED, _NUMBERED, _FREE)  # what an earlier one has read is not read again
_NO_REFERENCE = re.compile(
    r"(?:\+33|0)[1-9](?:[ ./-]?\d\d){4}"  # a telephone
    r"|\d{1,2}[/.-]\d{1,2}(?:[/.-]\d{2,4})?|\d{4}-\d\d-\d\d"  # a day
    r"|(?:[a-z]{3,9}[-/])?(?:19|20)\d\d"  # a year
    r"|[lrd]\.?[ ]?\d{3,4}(?:-\d{1,3}){1,3}"  # an article of law
    r"|[a-z]{2}-?\d{3}-?[a-z]{2}"  # a number plate
    r"|\d{1,2}h\d{0,2}.{0,8}|.{0,20}(?:€|eur|euros|e)"  # an hour, a sum
)


@Language.component("references", requires=["doc._.reading"], assigns=["doc._.refs"])
def references(doc: Doc) -> Doc:
    """Leave the quoted numbers on the Doc, as written."""
    doc._.refs = references_in(doc._.reading)
    return doc


def references_in(reading: Reading) -> tuple[str, ...]:
    """Give each quoted number once, in the order of the text."""
    found = [reading.written(*span) for span in _spans_in(reading.folded, _MANNERS)]
    # Under a signature stand also the numbers of a firm; only what is called a file counts there.
    for start, end in _spans_in(fold(reading.signature), (_QUOTED,)):
        found.append(reading.signature[start:end])
    return tuple(dict.fromkeys(found))[:_MOST]


def _spans_in(folded: str, manners: tuple[re.Pattern[str], ...]) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    for pattern in manners:
        for match in islice(pattern.finditer(folded), _MOST * 2):
            if _is_reference(match["ref"]) and not _overlaps(match.span("ref"), spans):
                spans.append(match.span("ref"))
    return sorted(spans)


def _is_reference(ref: str) -> bool:
    return sum(character.isdigit() for character in ref) >= 3 and not _NO_REFERENCE.fullmatch(ref)


def _overlaps(span: tuple[int, int], others: list[tuple[int, int]]) -> bool:
    return any(span[0] < end and start < span[1] for start, end in others)
