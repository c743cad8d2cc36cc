"""The branch, street or town that is named as the place of the establishment.

A town is ours only by what stands around it: "l'agence de Melun" is, "mon examen à Melun" is not.
So every place that a text names is weighed by the words beside it, and the best one is given if it
weighs enough. The weights are those of a logistic regression on the corpus, rounded.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from spacy.language import Language
from spacy.tokens import Doc

from nlp_models.components.staff import given_names
from nlp_models.reading import Reading, declare, fold

declare("site")

Span = tuple[int, int]

ENOUGH = -0.9  # weight from which a place is believed to be ours
_PLACES = 80  # that are weighed of one message
_BACK, _AHEAD = 60, 35  # characters of the same sentence that are looked at

_WORD = r"(?:[LD]['’])?[A-ZÀ-ÖØ-Þ]\w{1,20}(?:['’-]\w{1,20}){0,5}"
_OF = r"(?:(?:de la|du|des|de|aux?|à la) |(?:de l|d)['’])"
_WAY = (
    r"(?:rue|avenue|av\.?|boulevard|bd|place|cours|quai|allées?|impasse|traverse|faubourg|square|"
    r"porte|gare|centre|R[uU][eE]|A[vV][eE][nN][uU][eE])"
)
_FIRST = (  # what goes on with a second word
    r"(?:[Ss]aint|SAINT|[Ss]te?|ST|[Ss]ainte|[Ll][ae]|LA|LE|[Ll]es|LES|Porto?|Mont|Frais|Grand|"
    r"Croix|Porte|Pont|Gare|Plan|Val|Bourg|Place|Île|Basso|Pré)"
)
_LAST = r"(?:[Gg]are|Nord|Sud|Est|Ouest|Centre|Bellevue|\de?)\b"
_PLACE = re.compile(
    r"(?=(?:(?<![\w'’-])|(?<=\b[dDlL]['’]))(?P<place>"
    rf"(?:\d{{1,3}},? )?{_WAY} {_OF}?{_WORD}(?: {_OF}?{_WORD}){{0,2}}|"
    rf"{_FIRST} {_OF}?{_WORD}(?: (?:sur|sous|l[eè]s|en) [A-Z]\w{{1,20}})?(?: {_LAST})?|"
    rf"{_WORD}(?: (?:sur|sous|l[eèé]s|en|le|la) {_WORD}| d['’]{_WORD}| sous bois)?(?: {_LAST})?))"
)
_IN_LOWER_CASE = re.compile(
    r"\b(?:l ?agence|bureau|auto.?ecole|inscrite? a|eleve a) (?:de |d'|a )?"
    r"(?P<place>(?:la |le |les |saint )?[a-z]{4,16}(?:-[a-z]{2,12}){0,3})\b"
)
_SENTENCE = re.compile(r"[.!?] |\n")

# What the words before a place end in, case and accents aside.
_OURS = (
    r",?(?: [(]?(?:de|du|des|a|au|in|at|en|em|on|of|da|do|la|le|les|the|sur|:)){0,2}[ d'l]{1,4}$"
)
_AT = r",? (?:a|de|en|em|at|in|au|to)[ l']{1,4}$"
_BEFORE = {
    "agency": r"\bl?agenc\w{1,3}(?: de conduite)?" + _OURS,
    "office": r"\b(?:bureau|oficina|guichet|comptoir|accueil|locaux|local|etablissement|antenne|"
    r"succursale|maison|boutique|secretaria\w?|desk|branch|office|balcao|loja|point|site|vitrine|"
    r"standard|repondeur|siege)(?: \w{2,12})?" + _OURS,
    "school": r"\b(?:auto.?ecole|autoescuela|escola|school|cent(?:re|er|ro)|ecole)" + _OURS,
    "ground": r"\b(?:piste|plato|plateau|aire|circuit|parking|garage|simulateur|porte|entree|"
    r"escalier|marches|toilettes|portail|pista|puerta|door|car park|salle|sala|cour)(?: de code)?"
    + _OURS,
    "people": r"\b(?:equipe|dame|secretaire|monit\w{2,5}|monos?|gars|caissi\w{2,4}|direct\w{3,5}|"
    r"responsable|patronn?e?|collegue|employee?|instructor|lady|man|girl|team|chica|formateur|"
    r"prof)(?: \w{2,12})?" + _OURS,
    "car": r"\b(?:clio|208|peugeot|125|moto|voiture|cb500|mt07|zoe|c3|yaris|fiesta|polo|camion|"
    r"car|bike|coche|carro)(?: \w{1,9}){0,2}" + _AT,
    "with you": r"\b(?:chez vous|vous etes|vous autres|avec vous|with you|convosco|con ustedes|ai|"
    r"vous),?(?: (?:a|de|en|em|at|in|sur))?[ l']{1,4}$",
    "enrolled": r"\b(?:inscri\w{1,6}|eleves?|student|enrolled|signed?|signee?|commence\w{0,3}|"
    r"forfait|formation|accompagnee|automatique|b96|supervisee|code|lecons?|heures?|cours|rdv|"
    r"stage|lessons?|clases?|aulas?|depart|simu)(?: \w{1,10}){0,2}" + _AT,
    "went": r"\b(?:viens|venir|venue?|passee?|passer|arrive|deposee?r?|ramener|paye|pague|paguei|"
    r"chercher|attend\w{0,4}|allee?|retourne|sonne|appele|assinei|entregue|went|came|paid)"
    r"(?: \w{1,10}){0,3}" + _AT,
    "day": r"\b(?:hier|demain|matin|soir|aprem|midi|lundi|mardi|mercredi|jeudi|vendredi|samedi|"
    r"\d{1,2}h\d{0,2}|today|yesterday|tomorrow|ontem|ayer|manana|janvier|fevrier|mars|avril|mai|"
    r"juin|juillet|aout|septembre|octobre|novembre|decembre)" + _AT,
    "at": r"(?:^|\W)(?:a|en|em|at|in) (?:la |le |les |l')?$",
    "of": r"(?:^|\W)(?:de|du|des|do|da|of|from|d'|de l')[ ']?(?:la )?$",
    "near": r"(?:^|\W)(?:sur|devant|to|pour|entre) $",
    "towards": r"(?:^|\W)(?:vers|depuis|par|via) $",
    "bracket": r"[(]$",
    "title": r"\b(?:mme|mr?|mlle|madame|monsieur|mrs|ms|miss|sra?|senora?)\.? $",
}
_WITHIN = {
    "exam before": r"\b(?:exam\w{0,4}|convo\w{0,8}|epreuve|prova|inspect\w{0,5}|session|test|"
    r"jury)\b",
    "home before": r"\b(?:habit\w{1,4}|demenag\w{1,4}|vis|vit|vivo|vive|moro|mora|lives?|living|"
    r"mov(?:e|ed|ing)|mut\w{2,6}|maison|appart\w{0,6}|flat|loge\w{0,4}|domicile\w?|"
    r"residen\w{2,4})\b",
    "work before": r"\b(?:travail\w{0,4}|boulot|bosse|etudi\w{1,4}|fac|iut|lycee|college|"
    r"apprenti\w?|"
    r"infirmi\w{2,3}|metier|job|hopital|hospital|clinique|chantier|boulang\w{3}|facteur|usine|"
    r"entreprise|atelier|chu|internat|tribunal|mairie|enseigne|professeur|coiffeuse|trabajo|"
    r"trabalho)\b",
    "road before": r"\b(?:routes?|direction|autoroute|rond.?point|peage|pont|roul\w{1,4}|sortie|"
    r"trajets?|km|carrefour|rocade|feu|voie|train|ter|gare|bus|aeroport|vol|port|jusqu\w{1,2}|"
    r"traverse|kilometres)\b",
    "others before": r"\b(?:autre auto.?ecole|anci?enne?|precedent\w?|concurren\w{1,4}|voisine?|"
    r"cousine?|frere|s.?ur|mere|tante|oncle|ami|copine?|copain|mari|parents|enfants|neveu|niece)\b",
    "ours before": r"\b(?:l?agences?|bureau|accueil|guichet|comptoir|oficina|branch|desk|office|"
    r"locaux|piste|plateau|salle|vitrine)\b",
    "you before": r"\b(?:vous|votre|vos|your|you|ustedes|vossa|ton)\b",
    "mine before": r"\b(?:mon|ma|je suis|my|i am|i'm|nous)\b",
}
_AFTER = {
    "branch after": r"^,? ?(?:branch|office|school|desk|centre|center|team|agency|car park)\b",
    "open after": r"^[^.!?]{0,25}\b(?:ferm\w{1,4}|ouv\w{1,4}|repond\w{0,3}|horaires?|closed|"
    r"open)\b",
    "ours after": r"\b(?:l?agences?|bureau|accueil|guichet|comptoir|oficina|branch|desk|office|"
    r"locaux|piste|plateau|salle|vitrine)\b",
    "exam after": r"\b(?:exam\w{0,4}|convo\w{0,8}|inspect\w{0,5})\b",
    "street after": r"^,? (?:rue|avenue|\d)",
    "bracket after": r"^[)]",
}
_SHAPE = {
    "way": r"(?:\d{1,3},? )?(?:rue|avenue|boulevard|bd|place|cours|quai|allees?|impasse|"
    r"traverse) .",
    "saint": r"(?:saint|ste?|sainte)\b",
    "long": r".{10}",
    "ending": r"\w{0,20}(?:ville|ac|court|heim|willer|bourg|ay|gny|eux|at|is|ers|ard|ieu|oux|ec|"
    r"illy|"
    r"ans|euil|on)\b",
}
_NO_PLACE = re.compile(
    r"(?:france|paris|google|whatsapp|facebook|insta\w{0,4}|tiktok|youtube|internet|english|french|"
    r"espagne|maroc|belgique|europe|cpf|ants|neph|sms|rdv|opco|permis|code|auto\w{0,3}|lundi|mardi|"
    r"mercredi|jeudi|vendredi|samedi|dimanche|monday|tuesday|wednesday|thursday|friday|saturday|"
    r"sunday|january|february|march|april|may|june|july|august|september|october|november|december|"
    r"noel|paques|pole|madame|monsieur|mme|mlle|dieu|portugal|facture|tout|les?|la|des?|du|une?|"
    r"mon|"
    r"ma|mes|votre|vos|je|on|ils?|elles?|vous|et|bonjour|salut|merci|cordialement|pas|mais|qui|que|"
    r"ou|si|en|dans|sur|pour|avec|objet|suite|voyage\w?|moto|the|for|at|my|your|hello|dear|"
    r"tonton|tata|lidl|auchan|leclerc)\b(?!-).{0,3}"
)
_NOT_A_TOWN = frozenset({"fermee", "pour", "dans", "avec", "mais", "hier", "etait", "elle", "vous"})
_WEIGHTS = {
    "constant": -3.2,
    "agency": 2.8,
    "office": 1.9,
    "school": -0.7,
    "ground": 2.2,
    "people": 1.2,
    "car": 1.4,
    "with you": 1.6,
    "enrolled": 1.4,
    "went": 0.9,
    "day": 1.5,
    "at": 1.7,
    "of": 0.7,
    "near": 1.7,
    "towards": -0.4,
    "bracket": 0.7,
    "title": -1.7,
    "exam before": -1.3,
    "home before": -0.4,
    "work before": -0.6,
    "road before": -0.7,
    "others before": -0.2,
    "ours before": 1.2,
    "you before": 0.5,
    "mine before": -0.8,
    "branch after": 2.4,
    "open after": 0.8,
    "ours after": 1.3,
    "exam after": -0.6,
    "street after": 0.5,
    "bracket after": 0.3,
    "way": 1.2,
    "saint": 0.7,
    "long": 0.7,
    "ending": 0.7,
    "unled": -0.7,
    "first": -2.1,
    "alone": -0.3,
    "of names": -1.7,
    "lower": -1.4,
    "capitals": -2.5,
    "marked": 1.2,
}


@dataclass(frozen=True, slots=True)
class Marked:
    """What the entity recogniser saw, as spans of the text."""

    sites: tuple[Span, ...] = ()
    names: tuple[Span, ...] = ()
    staff: tuple[Span, ...] = ()


def _compiled(patterns: dict[str, str]) -> dict[str, re.Pattern[str]]:
    return {name: re.compile(pattern) for name, pattern in patterns.items()}


_CUES_BEFORE = _compiled(_BEFORE)
_CUES_WITHIN = _compiled(_WITHIN)
_CUES_AFTER = _compiled(_AFTER)
_CUES_OF_SHAPE = _compiled(_SHAPE)


@Language.factory(
    "site",
    default_config={"sites": []},
    requires=["doc._.reading", "doc.ents"],
    assigns=["doc._.site"],
)
def make_site(nlp: Language, name: str, sites: list[str]) -> Callable[[Doc], Doc]:
    """Build the component for the sites that the establishment has."""
    known = known_sites(sites)

    def find_site(doc: Doc) -> Doc:
        doc._.site = site_in(doc._.reading, known, _marked(doc))
        return doc

    return find_site


def _marked(doc: Doc) -> Marked:
    spans: dict[str, list[Span]] = {"site": [], "name": [], "staff": []}
    for entity in doc.ents:
        if entity.label_ in spans:
            spans[entity.label_].append((entity.start_char, entity.end_char))
    return Marked(tuple(spans["site"]), tuple(spans["name"]), tuple(spans["staff"]))


def known_sites(sites: Iterable[str]) -> dict[str, re.Pattern[str]]:
    """Give what to look for in a folded text, for each configured name."""
    return {site: re.compile(rf"\b{re.escape(fold(site))}\b") for site in sites if site.strip()}


def site_in(
    reading: Reading, known: dict[str, re.Pattern[str]], marked: Marked | None = None
) -> str | None:
    """Give a configured site by its name, else the place that the text most likely calls ours.

    Args:
        reading: the message.
        known: what `known_sites` gives.
        marked: what the entity recogniser saw.
    """
    for site, pattern in known.items():
        if pattern.search(reading.folded):
            return site
    marked = marked or Marked()
    weighed = [
        (_weight(reading, span, marked), span[1] - span[0], span)
        for span in islice(_candidates(reading, marked), _PLACES)
    ]
    weight, _, (start, end) = max(weighed, default=(ENOUGH - 1, 0, (0, 0)))
    return " ".join(reading.text[start:end].split()) if weight >= ENOUGH else None


def _candidates(reading: Reading, marked: Marked) -> Iterator[Span]:
    """Give the words that can be a place, each once."""
    given = given_names()
    written = dict(match.span("place") for match in _PLACE.finditer(reading.text))
    spans = dict.fromkeys(_trimmed(reading, span, written) for span in marked.sites)
    spans |= dict.fromkeys(written.items())
    spans |= dict.fromkeys(match.span("place") for match in _IN_LOWER_CASE.finditer(reading.folded))
    for start, end in spans:
        folded = reading.folded[start:end]
        if start < end and not _NO_PLACE.fullmatch(folded) and folded not in _NOT_A_TOWN | given:
            yield start, end


def _trimmed(reading: Reading, span: Span, written: dict[int, int]) -> Span:
    """Leave out the marks at both edges, which the recogniser may take along; end at a place's end.

    Args:
        reading: the message.
        span: what the recogniser marked.
        written: the ends of the places with capitals, by where they begin.
    """
    words = list(re.finditer(r"\w+", reading.text[slice(*span)]))
    if not words:
        return 0, 0
    start, end = span[0] + words[0].start(), span[0] + words[-1].end()
    return start, max(end, written.get(start, 0))


def _weight(reading: Reading, span: Span, marked: Marked) -> float:
    return sum(_WEIGHTS[name] for name in signs_of(reading, span, marked))


def signs_of(reading: Reading, span: Span, marked: Marked) -> Iterator[str]:
    """Name what speaks for a place or against it, in the terms of the table of weights."""
    start, end = span
    yield "constant"
    yield from _signs_beside(reading, start, end)
    folded = reading.folded[start:end]
    yield from (name for name, cue in _CUES_OF_SHAPE.items() if cue.match(folded))
    if reading.text[start].islower() and not _CUES_OF_SHAPE["way"].match(folded):
        yield "lower"
    if reading.text[start:end].isupper():
        yield "capitals"
    if any(_overlap(span, site) and abs(start - site[0]) < 3 for site in marked.sites):
        yield "marked"
    yield from ("of names" for theirs in marked.names if _overlap(span, theirs))


def _overlap(one: Span, other: Span) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _signs_beside(reading: Reading, start: int, end: int) -> Iterator[str]:
    back = _SENTENCE.split(reading.text[max(0, start - _BACK) : start])[-1]
    before = reading.folded[start - len(back) : start]
    ahead = _SENTENCE.split(reading.text[end : end + _AHEAD], maxsplit=1)[0]
    after = reading.folded[end : end + len(ahead)]
    led = [name for name, cue in _CUES_BEFORE.items() if cue.search(before)]
    yield from led or ["unled"]
    if not before.strip(" \"«'-"):
        yield "first" if after.strip(" .!)") else "alone"
    yield from (name for name, cue in _CUES_WITHIN.items() if cue.search(before))
    yield from (name for name, cue in _CUES_AFTER.items() if cue.search(after))
