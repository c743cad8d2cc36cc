"""Which course it is about, only where the text says so."""

import re

from spacy.language import Language
from spacy.tokens import Doc

from nlp_models.cues import COURSE, openings_of
from nlp_models.reading import Reading, declare
from register.labels import Training

declare("training")

_ENOUGH = 2.0  # a plain cue; faint ones only tip the scales
_COMMON = frozenset({Training.CODE, Training.PERMIS_B})  # said beside whatever else is learnt
_NOT_IT = re.compile(  # other codes, the theory test already passed, what else is automatic
    r"\b(?:salles? (?:de |du )?code"
    r"|code (?:postal|promo|wifi|d\W?acces|porte|de conduite|civil|penal|neph|secret|barre|erreur"
    r"|du (?:travail|portail|commerce)|de la conso\w{0,10}|parrain\w{0,4})"
    r"|(?<!examen du )(?<!epreuve du )(?<!cours de )code de la route"
    r"|(?:eu|obtenu|valide|reussi|decroche|passe|a|ai|jai|avec) (?:deja )?"
    r"(?:mon|son|le|leur) code"
    r"|(?:reponse|message|prelevement|mail|courriel|portail|porte|repondeur|debit|sms|envoi)s? "
    r"automatique)"
)
# In lower case these are other words; between words in capitals they are no more than those.
_CATEGORY = re.compile(
    r"\b(?:(BE)|(C1?E|C\+E|C/CE|D1?E)|(?:[Ll]e|[Dd]u|[Aa]u|[Ee]n|permis|formation|conducteurs?) "
    r"(?:(C1?|D1?)|(A)))\b(?!['’.-]| [A-Z]{2})(?<![A-Z]{2}.[A-Z]{2})"
)
_LETTERS = ("", "be", "c", "c", "a")  # by group


@Language.component("training", requires=["doc._.reading"], assigns=["doc._.training"])
def training(doc: Doc) -> Doc:
    """Leave the course on the Doc."""
    doc._.training = training_in(doc._.reading)
    return doc


def training_in(reading: Reading) -> Training | None:
    """Give the course of which the text says most: a particular one before what all learn."""
    heard = f"{_NOT_IT.sub(' ', reading.folded)} {_categories(reading.text)}"
    said = _weights(heard)
    rare = [course for course in said if course not in _COMMON]
    return max(rare or said, key=said.__getitem__, default=None)


def _categories(text: str) -> str:
    matches = _CATEGORY.finditer(text)
    return " ".join(f"categorie {_LETTERS[match.lastindex or 0]}" for match in matches)


def _weights(heard: str) -> dict[Training, float]:
    met = openings_of(*COURSE).weigh(heard).items()
    weighed = {Training(name.partition(".")[2]): weight for name, weight in met}
    return {course: weight for course, weight in weighed.items() if weight >= _ENOUGH}
