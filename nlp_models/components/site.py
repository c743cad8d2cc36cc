"""The branch, street or town that is named as the place of the establishment."""

import re
from collections.abc import Callable, Iterable

from spacy.language import Language
from spacy.tokens import Doc

from nlp_models.reading import Reading, declare, fold

declare("site")

_PLACE = re.compile(
    r"\b(?:agence|bureau|auto.?ecole|centre|etablissement|antenne|locaux|point d'accueil|site)"
    r" (?:(?:de conduite|de formation|d'examen|situee?) )?(?:de |du |des |d' ?|a |au )"
    r"(?P<place>(?:la |le |les |l')?[a-z0-9][a-z'-]{2,25}(?:[ -][a-z0-9'-]{2,20}){0,4})"
)
_SMALL = frozenset(
    {
        *("de", "du", "des", "la", "le", "les", "sur", "en", "sous", "aux"),
        *("rue", "avenue", "place", "boulevard", "quai", "gare", "cours"),
    }
)
_WORD = re.compile(r"[\w'’]+")


@Language.factory(
    "site", default_config={"sites": []}, requires=["doc._.reading"], assigns=["doc._.site"]
)
def make_site(nlp: Language, name: str, sites: list[str]) -> Callable[[Doc], Doc]:
    """Build the component for the sites that the establishment has."""
    known = known_sites(sites)

    def find_site(doc: Doc) -> Doc:
        doc._.site = site_in(doc._.reading, known)
        return doc

    return find_site


def known_sites(sites: Iterable[str]) -> dict[str, re.Pattern[str]]:
    """Give what to look for in a folded text, for each configured name."""
    return {site: re.compile(rf"\b{re.escape(fold(site))}\b") for site in sites if site.strip()}


def site_in(reading: Reading, known: dict[str, re.Pattern[str]]) -> str | None:
    """Give a configured site by its name, else a place that the text calls an agency of ours."""
    for site, pattern in known.items():
        if pattern.search(reading.folded):
            return site
    places = (_written_place(reading, match) for match in _PLACE.finditer(reading.folded))
    return next((place for place in places if place), None)


def _written_place(reading: Reading, match: re.Match[str]) -> str:
    """Cut a place after its last capital; a place without one is not sure enough, and empty."""
    written = reading.text[slice(*match.span("place"))]
    last = 0
    for word in _WORD.finditer(written):
        if word.group()[0].isupper() or word.group()[0].isdigit():
            last = word.end()
        elif fold(word.group()) not in _SMALL and "'" not in word.group():
            break
    return " ".join(written[:last].split())
