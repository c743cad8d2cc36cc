"""The main amount at stake, in euros."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice

from spacy.language import Language
from spacy.tokens import Doc

from nlp_models.cues import words_of
from nlp_models.reading import declare

declare("amount")

_WORDS = words_of("sums")
_NUMBERS: dict[str, int] = {
    name: int(value) for value, names in _WORDS["values"].items() for name in names
}
_TIMES: dict[str, int] = _WORDS["times"]

_ORDINAL = (
    r"(?:fois|monit|lecon|heure|annee|arrond|jour|mois|essai|tentative|passage|exam|etage|semaine|"
    r"cours|rdv|annulation|relance|eleve|prof|mono|echec|report|message|mail|demande|ligne|moi)"
)
_UNIT = (
    r"h\b|heures?|lecons?|fois|min|mois|jours?|ans|semaines?|seances?|cours|eleves|personnes|salaries|"
    r"x\b|km|points?|janv|fevr|mars|avr|mai|juin|juil|aout|sept|oct|nov|dec"
)
_EURO = (
    rf"(?:€|euros?\b|eur\b|roros\b|balles\b|boules\b|quid\b|(?<=\d\d)[ ]?e\b(?! {_ORDINAL})|"
    r"(?:ttc|ht)\b)"
)
_FIGURES = r"\d{1,3}(?:[ .,]\d{3}){1,2}(?!\d)|\d{1,6}"
_AMOUNT = re.compile(
    rf"(?<![\w.,/])(?P<euros>{_FIGURES})(?:[.,](?P<cents>\d{{1,2}}))?[ ]{{0,2}}{_EURO}"
    r"(?:[ ]?(?P<after>\d{2})\b)?"
    rf"|€[ ]?(?P<before>{_FIGURES})(?:[.,](?P<pence>\d{{1,2}}))?(?!\d)"
)
# Who speaks of paying need not name the currency: "prélevé 420 le 5", "facturé 49,90".
_PAYING = (
    r"pay(?:e|er|ee|ez|ai)|paid|prelev(?:e|er|ez|ement de)|debit(?:e|er|ez)|refacture|"
    r"factur(?:er|ez|ee)|facture(?= (?:moi|de|a|encore|pour|\d{1,3}(?:[.,]\d\d|e)\b))|"
    r"rembours(?:e|er|ez)|vers(?:e|er)|charged(?: me)?|pague|paguei|reclam(?:e|er|ez)|raquer|"
    r"cobrado|lache|rendez(?: moi)?|depense|coute|(?:re)?achet(?:e|er)|"
    r"(?:forfait|pack|formule)(?: \w{1,15}){0,2} a"
)
_UNNAMED = re.compile(
    rf"\b(?:{_PAYING}) (?:(?:moi|nous|deja|encore|en tout|les|mes|de|pour|a|plus de) ){{0,2}}"
    r"(?P<euros>\d{1,3}[ .]\d{3}|\d{2,6}|\d(?=[ ]?e\b|[.,]\d\d))(?:[.,](?P<cents>\d{2}))?"
    rf"(?:[ ]?e\b)?(?![\w/%°€:-]|[.,]\d|[ ](?:{_UNIT}))"
)
_PRICE = re.compile(r"\b(?:a|as|de|for|of|pour) (?P<euros>\d{1,4})[.,](?P<cents>9[059])(?![\d.,])")
_NUMBER = "|".join(sorted([*_NUMBERS, *_TIMES], key=len, reverse=True))
_IN_WORDS = re.compile(
    rf"\b((?:{_NUMBER})(?:[ -]{{1,2}}(?:et |and |y |e )?(?:{_NUMBER})){{0,8}}) "
    r"(?:d\W)?(?:euros?|balles|boules|eur|€)(?!\w)"
)
_MONEY = re.compile(r" (?:d\W)?(?:euros?|balles|boules|eur|€)(?!\w)")
_LONGEST_NUMBER = 180  # characters that the nine words of it may take

_CLAIMED = re.compile(
    r"rembours|rend(?:re|ez|s|u)\b|double|deux fois|2 fois|trop|supplement|encore?\b|"
    r"(?:de|en) plus|en sus|surfactur|reclam|refund|exig|rajout|indu|restitu|devol|"
    r"paierai pas|oblig|penalit|extra|\bou sont|\bou est|manqu"
)
_ASKED = re.compile(r"preleve|debite|demande|frais|factur|charged|soit\b|cobr|retire|tir[ae]")
_PRICED = re.compile(
    r"forfait (?:\w{1,20} ){0,3}(?:a|de) $|cout(?:ait|e)|prix|au lieu de|initial|tarif|"
    r"deja (?:mis|paye)|(?:pas|ote\w{0,2}|moins) (?:les |de )?$|annonc|promis a"
)
# Of another firm, of the newspaper, of an advertisement: sums that nobody here has to answer for.
_ELSEWHERE = re.compile(
    r"\b(?:ancienne? (?:auto.?)?ecole|precedente? (?:auto.?ecole|etablissement)|y etes pour rien|"
    r"dans (?:le journal|la voix du)|l\W?article (?:du|de)\b(?! \d)|amende|pretentions|audit|"
    r"avis (?:google|negatifs)|nos experts|pour vous desinscrire|trading|revenus|opportunite|"
    r"ne plus recevoir|sans engagement|gagne[rz]? \d|your reviews|le contact)\b"
)
_AROUND, _CLOSE, _AFTER = 60, 30, 16
_MOST = 40


@dataclass(frozen=True, slots=True)
class Sum:
    """An amount that a text names, and where."""

    start: int
    end: int
    value: Decimal


@Language.component("amounts", requires=["doc._.reading"], assigns=["doc._.amount"])
def amounts(doc: Doc) -> Doc:
    """Leave the main amount at stake on the Doc."""
    doc._.amount = main_amount(doc._.reading.folded)
    return doc


def main_amount(folded: str) -> Decimal | None:
    """Give the amount that is claimed, the highest where several are; None without any."""
    found = [(_stake(folded, one), one.value) for one in sums_in(folded) if one.value > 1]
    return max(found)[1] if found and not _ELSEWHERE.search(folded) else None


def _stake(folded: str, one: Sum) -> int:
    """Say how the words about a sum weigh: claimed, asked for, paid, or a price."""
    before = folded[max(0, one.start - _AROUND) : one.start].rpartition(".")[2]
    after = re.split(r"[.,;]", folded[one.end : one.end + _AFTER])[0]
    if _PRICED.search(before[-_CLOSE:]):
        return -1
    if _CLAIMED.search(before) or _CLAIMED.search(after):
        return 2
    return int(bool(_ASKED.search(before) or _ASKED.search(after)))


def sums_in(folded: str) -> list[Sum]:
    """Give the sums that a text names, in figures and in words, none twice."""
    found: list[Sum] = []
    for one in _all_sums(folded):
        if not any(one.start < other.end and other.start < one.end for other in found):
            found.append(one)
    return found


def _all_sums(folded: str) -> Iterator[Sum]:
    for match in islice(_AMOUNT.finditer(folded), _MOST):
        yield Sum(*match.span(), _in_figures(match))
    yield from islice(_all_in_words(folded), _MOST)
    for pattern in (_UNNAMED, _PRICE):
        for match in islice(pattern.finditer(folded), _MOST):
            yield Sum(match.start("euros"), match.end(), _in_figures(match))


def _all_in_words(folded: str) -> Iterator[Sum]:
    """Look for the money first, which is quickly found, and for the number before it."""
    read = 0
    for money in _MONEY.finditer(folded):
        start = max(read, money.start() - _LONGEST_NUMBER)
        named = _IN_WORDS.search(folded, start, money.end())
        if named:
            read = named.end()
            yield Sum(*named.span(), Decimal(in_words(named[1])))


def _in_figures(match: re.Match[str]) -> Decimal:
    groups = match.groupdict()
    euros = re.sub(r"[ .,]", "", groups["euros"] or groups["before"])
    cents = groups["cents"] or groups.get("after") or groups.get("pence")
    return Decimal(f"{euros}.{cents}" if cents else euros)


def in_words(words: str) -> int:
    """Read a number in words: `mille deux cent quatre-vingt-dix` is 1290."""
    total = hundreds = 0
    for word in re.split(r"[ -]+", words):
        times = _TIMES.get(word)
        if times == 1000:
            total, hundreds = total + 1000 * (hundreds or 1), 0
        elif times:
            hundreds = times * (hundreds or 1)
        elif word in ("vingt", "vingts") and hundreds % 100 == 4:
            hundreds += 76
        else:
            hundreds += _NUMBERS.get(word, 0)
    return total + hundreds
