"""In what quality they write (labels: role).

Most who write to a driving school learn there and do not say so: who speaks for nobody else, and
is no stranger (a machine, a seller, an applicant, the press), is a learner.
"""

import re

from spacy.language import Language
from spacy.tokens import Doc

from nlp_models.cues import WRITER, openings_of
from nlp_models.judgement import ROLES, Judgement
from nlp_models.reading import Reading, declare, fold
from register.labels import Role

declare("role")

_TRUST = 1.6  # of what the words tell, beside what the trained heads find
_NEVER_NOUGHT = 1e-4
_LEARNER = 2.0  # what speaks for a learner before a word is read
_OWN = 0.7  # "my lesson" weighs less than "my son": who writes for a child says both
# Only a firm or a public body says "we".
_WE = re.compile(r"\b(?:no(?:us|tre|s)|our|we|nuestr|finan|salarie|employe|apprenti|service|opco)")


@Language.component("role", requires=["doc._.reading", "doc._.judgement"], assigns=["doc._.role"])
def role(doc: Doc) -> Doc:
    """Leave the quality of the writer on the Doc."""
    doc._.role = likeliest(doc._.judgement, role_of(doc._.reading))
    return doc


def likeliest(said: Judgement, by_words: Role | None) -> Role | None:
    """Give the likeliest quality, that which the words tell counting several times."""
    chances = said.role + _NEVER_NOUGHT
    chances[ROLES.index(by_words)] *= _TRUST
    return ROLES[int(chances.argmax())]


def role_of(reading: Reading) -> Role | None:
    """Weigh who is meant by "I": none for a stranger, a learner where nothing is said."""
    heard = f"{_sender(reading)}\n{reading.folded}\n{fold(reading.signature)}"
    met = openings_of(*WRITER).weigh(heard)
    weights = {Role.STUDENT: _LEARNER + _OWN * met[f"role.{Role.STUDENT}"]}
    for said in _others(bool(_WE.search(heard))):
        weights[said] = met[f"role.{said}"]
    likely = max(weights, key=weights.__getitem__)
    return None if met["stranger.any"] > weights[likely] else likely


def _others(several: bool) -> tuple[Role, ...]:
    persons = (Role.PARENT, Role.FORMER_STUDENT, Role.THIRD_PARTY)
    return (*persons, Role.FUNDER, Role.COMPANY) if several else persons


def _sender(reading: Reading) -> str:
    passage = reading.passage
    local = passage.sender_address.partition("@")[0]
    return fold(f"from: {passage.sender_name} {local}".replace(".", " ")[:120]) + "."
