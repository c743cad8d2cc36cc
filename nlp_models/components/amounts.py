"""The main amount at stake, in euros."""

import re
from collections.abc import Iterator
from decimal import Decimal
from itertools import islice

from spacy.language import Language
from spacy.tokens import Doc

from nlp_models.reading import declare

declare("amount")

_ORDINAL = (
    r"(?:fois|monit|lecon|heure|annee|arrond|jour|mois|essai|tentative|passage|exam|etage|semaine|"
    r"cours|rdv)"
)
_EURO = rf"(?:€|euros?\b|eur\b|balles\b|(?<=\d\d)[ ]?e\b(?! {_ORDINAL}))"
_FIGURES = r"\d{1,3}(?:[ .]\d{3}){1,2}|\d{1,6}"
_AMOUNT = re.compile(
    rf"(?<![\w.,/])(?P<euros>{_FIGURES})(?:[.,](?P<cents>\d{{1,2}}))?[ ]{{0,2}}{_EURO}"
    r"(?:[ ]?(?P<after>\d{2})\b)?"
    rf"|€[ ]?(?P<before>{_FIGURES})(?:[.,](?P<pence>\d{{1,2}}))?(?!\d)"
)
_NUMBERS = {
    "un": 1, "une": 1, "deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "six": 6, "sept": 7,
    "huit": 8, "neuf": 9, "dix": 10, "onze": 11, "douze": 12, "treize": 13, "quatorze": 14,
    "quinze": 15, "seize": 16, "vingt": 20, "vingts": 20, "trente": 30, "quarante": 40,
    "cinquante": 50, "soixante": 60,
}  # fmt: skip
_NUMBER = rf"(?:{'|'.join(sorted(_NUMBERS, key=len, reverse=True))}|cents?|mille|et)"
_IN_WORDS = re.compile(rf"\b({_NUMBER}(?:[ -]{{1,2}}{_NUMBER}){{0,7}}) (?:euros?|balles)\b")

# What is claimed comes before what was merely paid.
_CLAIMED = re.compile(
    r"rembours|rend(?:re|ez|s|u)\b|double|deux fois|2 fois|trop|preleve|debite|supplement|"
    r"(?:de|en) plus|demande|surfactur|reclam|frais|factur|refund|charged|exig"
)
_AROUND, _AFTER = 60, 12
_MOST = 40


@Language.component("amounts", requires=["doc._.reading"], assigns=["doc._.amount"])
def amounts(doc: Doc) -> Doc:
    """Leave the main amount at stake on the Doc."""
    doc._.amount = main_amount(doc._.reading.folded)
    return doc


def main_amount(folded: str) -> Decimal | None:
    """Give the amount that is claimed, the highest where several are; None without any."""
    found = [
        (_is_claimed(folded, start, end), value)
        for start, end, value in _all_amounts(folded)
        if value
    ]
    return max(found)[1] if found else None


def _is_claimed(folded: str, start: int, end: int) -> bool:
    before = folded[max(0, start - _AROUND) : start].rpartition(".")[2]
    after = re.split(r"[.,;]", folded[end : end + _AFTER])[0]
    return bool(_CLAIMED.search(before) or _CLAIMED.search(after))


def _all_amounts(folded: str) -> Iterator[tuple[int, int, Decimal]]:
    for match in islice(_AMOUNT.finditer(folded), _MOST):
        yield *match.span(), _in_figures(match)
    for match in islice(_IN_WORDS.finditer(folded), _MOST):
        yield *match.span(), Decimal(in_words(match[1]))


def _in_figures(match: re.Match[str]) -> Decimal:
    euros = re.sub(r"[ .]", "", match["euros"] or match["before"])
    cents = match["cents"] or match["after"] or match["pence"]
    return Decimal(f"{euros}.{cents}" if cents else euros)


def in_words(words: str) -> int:
    """Read a French number: `mille deux cent quatre-vingt-dix` is 1290."""
    total = hundreds = 0
    for word in re.split(r"[ -]+", words):
        if word == "mille":
            total, hundreds = total + 1000 * (hundreds or 1), 0
        elif word in ("cent", "cents"):
            hundreds = 100 * (hundreds or 1)
        elif word in ("vingt", "vingts") and hundreds % 100 == 4:
            hundreds += 76
        else:
            hundreds += _NUMBERS.get(word, 0)
    return total + hundreds
