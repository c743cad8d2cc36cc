"""Every member of staff who is named, as written.

A name is that of a member of staff by what stands around it: what was done by them, with them, to
them. So every name in a text is weighed by the words beside it, the recogniser's opinion among
them, and those that weigh enough are given. The weights are those of a logistic regression on the
corpus, rounded.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from itertools import islice

from spacy.language import Language
from spacy.tokens import Doc

from nlp_models.components.complainant import NAME_WORD, TITLE
from nlp_models.cues import cues_of
from nlp_models.reading import Reading, declare, fold

declare("staff", ())

Span = tuple[int, int]
Marked = dict[str, list[Span]]  # by label of the entity recogniser

_MOST = 6
_FINDS = 20
_POST = (
    r"(?:monit(?:eur|rice)|mono|enseignante?|instruct(?:eur|rice)|format(?:eur|rice)|"
    r"secr[ée]taire|g[ée]rante?|direct(?:eur|rice)|patronn?e?|responsable|conseill[eè]re?|"
    r"coll[eè]gue|instructora?|profesora?|prof)"
)
_TITLED_NAME = rf"(?:{TITLE} ?)?{NAME_WORD}"

_AFTER_POST = re.compile(
    rf"\b(?i:{_POST})s?,? "
    r"(?:(?i:de conduite|d['’]auto[- ]?[ée]cole|de code|moto|qui s['’]appelle|nomm[ée]e?),? )?"
    rf"(?P<name>{_TITLED_NAME}(?: (?!{TITLE}){NAME_WORD})?)"
)
_BEFORE_POST = re.compile(
    rf"(?P<name>{_TITLED_NAME}(?: {NAME_WORD})?),? "
    rf"(?:(?i:votre|le|la|mon|ma|notre|l['’]) ?)(?i:{_POST})\b"
)
_TITLED = re.compile(rf"\b(?P<name>{TITLE} ?{NAME_WORD}(?:[ -]{NAME_WORD})?)")
_LESSON = r"le[çc]ons?|heures?|cours|conduite|rdv|rendez-vous|s[ée]ance|code|lesson|class|clase"
_LESSON_WITH = re.compile(
    rf"\b(?i:{_LESSON})\b"
    rf"[^.!?\n]{{0,30}}?\b(?i:avec|with|con) (?P<name>{_TITLED_NAME})"
)
_NAME = re.compile(
    rf"(?<![\w'’-])(?:[dDlL]['’])?"
    rf"(?P<name>{TITLE} ?(?:L[ea] )?{NAME_WORD}(?:[ -]{NAME_WORD})?|{NAME_WORD})"
)
_IN_LOWER_CASE = re.compile(rf"\b{_POST} (?P<name>[a-z]{{3,15}})\b")

_RULES = {
    "lesson": _LESSON_WITH,
    "titled alone": _TITLED,
    "before post": _BEFORE_POST,
    "post": _AFTER_POST,
}

_LED_BY = {"lesson": re.compile(rf"\b(?:{_LESSON})\b"), "post": re.compile(rf"\b{_POST}")}
_LEADS = 2_000  # words that may lead to a name; most do not

# Capitals that begin a sentence or a salutation, without a name behind them.
_NOT_STAFF = re.compile(
    r"(?:bonjour|merci|cordialement|madame|monsieur|mademoiselle|m|mme|je|il|elle|vous|nous|on|et|"
    r"mais|qui|que|est|ne|cpf|ants|neph|permis|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|"
    r"le|la|les|mon|ma|ils|suite|objet|auto|directeur|directrice|responsable|depuis|pendant|une?|"
    r"des|du|de|au|en|sur|dans|pour|par|si|ce|cette|ca|c|j|d|l|mes|vos|votre|nos|notre|tout|tous|"
    r"pas|non|oui|bref|hier|aujourd\w{0,4}|the|i|my|your|it|he|she|we|you|"
    r"this|that|hello|hi|dear|thanks|bonsoir|salut|cher|chere|quand|comme|avec|sans|puis|alors|"
    r"donc|"
    r"car|ni|ou|leur|son|sa|ses|re|facture|france|paris|google|mail|sms|rdv|moniteur|"
    r"monitrice|secretaire|janvier|fevrier|mars|avril|mai|juin|juillet|aout|septembre|octobre|"
    r"novembre|decembre|\d{1,9}\w{0,9}|veuillez|pouvez|merci|bien|mademoiselle|resultat|deux|"
    r"trois|quatre|apres|avant|"
    r"cela|quel|quelle|pourquoi|combien|est-ce|y|a|o|os|as|na|no|el|los|las)\W*"
)


_ACTING = re.compile(
    r"\b[a-z]{3,12}(?= (?:a|m'?a|ma|il|elle|est|etait|me|m'|qui|ki|dit|disait|di|connait|repond|"
    r"met|fait|"
    r"arrive|sent|veut|crie|chante|parle|pas|arrete|sest|s'est|avait|ne|tjrs|toujours)\b)"
)
ENOUGH = -1.1  # weight from which a name is believed to be that of a member of staff
_NAMES = 120  # of one message
_BACK, _AHEAD = 40, 30  # characters of the same sentence that are looked at
_SENTENCE = re.compile(r"[.!?] |\n")
_BEFORE = {
    "by before": r"\b(?:par|avec|grace a|with|by|con|com|pelo|pela|por|envers|contre|chez) $",
    "to before": r"\b(?:a|to|aux?|vers|ao) $",
    "of before": r"\b(?:de|of|do|da|from|d'|del) ?$",
    "that before": r"\b(?:que|et|and|y|puis|mais|quand|si|car|pcq|parce que|donc|alors) $",
    "hello before": r"\b(?:bonjour|bonsoir|salut|slt|coucou|cc|hi|hello|dear|cher|chere|allo|hola|"
    r"ola|oi),? $",
    "thanks before": r"\b(?:merci|bravo|thanks|gracias|obrigad[oa]|bisous|cheers|"
    r"chapeau)(?: a)?,? $",
    "here is before": r"\b(?:c'?est|c|suis|moi|m'?appelle|soussigne\w?|prenomme\w?|appele|soy|i'm|"
    r"am|is|nomme\w?) $",
    "comma before": r", $",
    "post before": r"\b(?:monit\w{2,4}|monos?|secretaire|geran\w{1,2}|direct\w{3,4}|patronn?e?|"
    r"enseignante?|formatr?i?c?e?u?r?|instructora?|profe?s?s?o?r?a?|collegue|accueil|responsable|"
    r"employee?|animat\w{3,4}|dame|your|votre|vos|notre|seu|vosso),? (?:[a-z]{2,8} )?$",
    "others before": r"\b(?:inspect\w{3,4}|examinat\w{3,4}|doct\w{2,4}|dr|avocate?|maitre|me|"
    r"eleves?|"
    r"candidate?|cliente?|apprentie?|salariee?s?|maire|kine|medecin|interets de|dossier|"
    r"enfant|fils|fille|fiston|frere|s.ur|mari|femme|epou\w{1,2}|ami|amie|copine?|copain|cousine?|"
    r"neveu|niece|maman|papa|mere|pere|chien|son|daughter|husband|wife|hijo|hija|filho|filha|"
    r"tutrice|tuteur|formation|permis|inscription|place|parcours|convocation|stagiaire)"
    r"(?:,? (?:de|d'|pour|a|du))?,? $",
    "place before": r"\b(?:a|en|in|at|em|sur|vers|agence|rue|avenue|place|entre|depuis) (?:la |"
    r"le )?$",
    "place of": r"\b(?:agence|bureau|accueil|piste|plateau|salle|gare|pont|ville|route|"
    r"mairie) de $",
}
_AFTER = {
    "verb after": r"^,? (?:a|m'?a|ma|m'?avait|l'?a|la|est|etait|ne|n'|me|m'|qui|s'?est|crie|was|is|"
    r"dit|disait|il|elle|nous|vous|has|had|said|told|me|se|sest|et|avait|aussi|peut|pouvait|doit|"
    r"repond|met|fait|connait|pose|parle|arrive|sent|et moi|ki|voulait|veut|regarde|passe|chante|"
    r"prend|jamais|toujours|pas|te|tem|disse|es|dijo|spent|still|keeps|took|would|gave|says|let|"
    r"took|did|never|always|who|j'?ai|sait|semble|rigole|sort|va|vient|reste|m'?envoie|double)\b",
    "post after": r"^,? (?:votre|le|la|mon|ma|notre|l'|un|une|your|my)? ?(?:monit\w{2,4}|mono|"
    r"secretaire|"
    r"geran\w{1,2}|direct\w{3,4}|enseignante?|formateur|formatrice|instruct\w{2,4}|collegue|"
    r"responsable|accueil|au bureau|a l'?accueil)\b",
    "pupil after": r"^,? (?:\d|eleve|\d\d ans|nee?|inscrit|apprenti|en conduite|neph|en formation)",
    "is mine after": r"^ ?(?:$|\n|[+0]\d)",
    "possessed": r"^'s ",
}
_CUES_BEFORE = {name: re.compile(cue) for name, cue in _BEFORE.items()}
_CUES_AFTER = {name: re.compile(cue) for name, cue in _AFTER.items()}
_OUTSIDE = {"of theirs", "others before"}  # whoever is once the writer's own is never of the staff
_WEIGHTS = {
    "constant": -3.8,
    "given": 3.1,
    "titled alone": 2.5,
    "marked staff": 2.0,
    "thanks before": 1.8,
    "post": 1.5,
    "by before": 1.5,
    "hello before": 1.4,
    "that before": 1.2,
    "comma before": 1.2,
    "verb after": 1.1,
    "lower": 1.1,
    "to before": 1.1,
    "titled": 0.7,
    "post before": 0.6,
    "lesson": 0.6,
    "marked site": 0.3,
    "post after": -0.2,
    "is mine after": -0.4,
    "here is before": -0.4,
    "of before": -0.5,
    "place of": -0.6,
    "place before": -0.6,
    "marked name": -1.0,
    "of theirs": -1.2,
    "pupil after": -1.3,
    "capitals": -1.4,
    "ending": -1.4,
    "joined": -1.5,
    "others before": -2.0,
}


@Language.factory(
    "staff",
    default_config={"staff": []},
    requires=["doc._.reading", "doc._.complainant", "doc.ents"],
    assigns=["doc._.staff"],
)
def make_staff(nlp: Language, name: str, staff: list[str]) -> Callable[[Doc], Doc]:
    """Build the component for the staff that the establishment has."""
    known = tuple(member for member in staff if member.strip())

    def find_staff(doc: Doc) -> Doc:
        marked: Marked = {"staff": [], "name": [], "site": []}
        for entity in doc.ents:
            if entity.label_ in marked:
                marked[entity.label_].append((entity.start_char, entity.end_char))
        doc._.staff = staff_in(doc._.reading, known, marked, doc._.complainant)
        return doc

    return find_staff


def staff_in(
    reading: Reading,
    known: Iterable[str] = (),
    marked: Marked | None = None,
    complainant: str | None = None,
) -> tuple[str, ...]:
    """Give every member of staff who is named, each once, in the order of the text.

    Args:
        reading: the message.
        known: the staff that the establishment has, found by their names alone.
        marked: where the entity recogniser saw staff, writers' names and sites.
        complainant: the writer's name, which is nobody's of the staff.
    """
    spans = [*_spans_of(known, reading.folded)]
    named = list(named_in(reading, marked or {}))
    outsiders = {_last_word(reading, span) for span, signs in named if signs & _OUTSIDE}
    spans += (
        span
        for span, signs in named
        if sum(_WEIGHTS.get(sign, 0) for sign in signs) >= ENOUGH
        and _last_word(reading, span) not in outsiders
    )
    names = dict.fromkeys(reading.written(*span) for span in _longest(spans))
    return tuple(_distinct(name for name in names if _is_staff(name, complainant)))[:_MOST]


def _last_word(reading: Reading, span: Span) -> str:
    return reading.folded[slice(*span)].split()[-1]


def named_in(reading: Reading, marked: Marked) -> Iterator[tuple[Span, set[str]]]:
    """Give every name in a text with what speaks for its being of the staff, or against it."""
    by_rule = {span: rule for rule, span in _spans_by_rule(reading)}
    seen = [_trimmed(reading, span) for span in marked.get("staff", ())]
    spans = [*by_rule, *(span for span in seen if span[1] <= len(reading.text))]
    spans += (match.span("name") for match in islice(_NAME.finditer(reading.text), _NAMES))
    spans += (
        match.span()
        for match in islice(_ACTING.finditer(reading.folded), _NAMES)
        if match.group() in given_names() and reading.text[match.start()].islower()
    )
    for span in dict.fromkeys(spans):
        folded = reading.folded[slice(*span)]
        if span[0] < span[1] and not _NOT_STAFF.fullmatch(folded):
            signs = {"constant", *_signs_of(reading, span, folded), *_signs_beside(reading, *span)}
            if span in by_rule:
                signs.add(by_rule[span])
            signs.update(f"marked {label}" for label in _labels_at(span, marked))
            yield span, signs


def _labels_at(span: Span, marked: Marked) -> Iterator[str]:
    for label, spans in marked.items():
        if any(start < span[1] and span[0] < end for start, end in spans):
            yield label


def _trimmed(reading: Reading, span: Span) -> Span:
    """Leave out the marks at both edges, which the recogniser may take along."""
    words = list(re.finditer(r"\w+\.?", reading.text[slice(*span)]))
    if not words:
        return 0, 0
    end = span[0] + words[-1].end()
    is_initial = len(words[-1].group()) == 2 and len(words) > 1
    return span[0] + words[0].start(), end if is_initial or reading.text[
        end - 1
    ] != "." else end - 1


def _signs_of(reading: Reading, span: Span, folded: str) -> Iterator[str]:
    written = reading.text[slice(*span)]
    if _is_given_name(folded.split()[-1]) or _is_given_name(folded.split()[0]):
        yield "given"
    if re.match(TITLE, written) and " " in written:
        yield "titled"
    if written.isupper():
        yield "capitals"
    if written[0].islower() and not re.match(r"(?:mme|madame|monsieur|senhor)\b", folded):
        yield "lower"
    if "-" in written and not _is_given_name(folded.partition("-")[0]):
        yield "joined"
    if re.match(
        r"\w{0,20}(?:ville|ac|court|heim|bourg|gny|eux|ieu|oux|sur|ment|tion|ez)\b", folded
    ):
        yield "ending"


def _signs_beside(reading: Reading, start: int, end: int) -> Iterator[str]:
    back = _SENTENCE.split(reading.text[max(0, start - _BACK) : start])[-1]
    before = reading.folded[start - len(back) : start]
    ahead = _SENTENCE.split(reading.text[end : end + _AHEAD], maxsplit=1)[0]
    after = reading.folded[end : end + len(ahead)]
    yield from (name for name, cue in _CUES_BEFORE.items() if cue.search(before))
    yield from (name for name, cue in _CUES_AFTER.items() if cue.search(after))
    if not before.strip(" \"«'-("):
        yield "first"
    before = before.rstrip(" ,")
    if any(find.end == len(before) for find in cues_of("name")["of_theirs"].find(before)):
        yield "of theirs"


def _spans_by_rule(reading: Reading) -> Iterator[tuple[str, Span]]:
    for rule, pattern in _RULES.items():
        met: Iterator[re.Match[str] | None]
        led_by = _LED_BY.get(rule)
        if led_by:  # found in the folded text in a third of the time
            leads = islice(led_by.finditer(reading.folded), _LEADS)
            met = (pattern.match(reading.text, lead.start()) for lead in leads)
        else:
            met = pattern.finditer(reading.text)
        for match in islice(filter(None, met), _FINDS):
            yield rule, match.span("name")
    for match in islice(_IN_LOWER_CASE.finditer(reading.folded), _FINDS):
        if _is_given_name(match["name"]):
            yield "post", match.span("name")


@cache
def given_names() -> frozenset[str]:
    """Give the common given names, folded: the words of their cues."""
    patterns = (pattern.pattern for _, pattern in cues_of("name")["given"].levels)
    return frozenset(name for one in patterns for name in re.findall(r"[a-z-]{3,}", one))


def _is_given_name(name: str) -> bool:
    return fold(name) in given_names()


def _spans_of(names: Iterable[str], folded: str) -> Iterator[Span]:
    for name in names:
        match = re.search(rf"\b{re.escape(fold(name))}\b", folded)
        if match:
            yield match.span()


def _longest(spans: Iterable[Span]) -> list[Span]:
    """Of spans that overlap keep the one that begins first and ends last."""
    chosen: list[Span] = []
    for start, end in sorted(spans, key=lambda span: (span[0], -span[1])):
        if not chosen or start >= chosen[-1][1]:
            chosen.append((start, end))
    return chosen


def _is_staff(name: str, complainant: str | None) -> bool:
    if _NOT_STAFF.fullmatch(fold(name)):
        return False
    words = set(re.findall(r"\w{3,}", fold(name))) - {"mme", "monsieur", "madame"}
    return bool(words) and not words & set(re.findall(r"\w{3,}", fold(complainant or "")))


def _distinct(names: Iterable[str]) -> Iterator[str]:
    """Leave out a name that is only part of one already given."""
    given: list[str] = []
    for name in names:
        if not any(fold(name) in fold(other) for other in given):
            given.append(name)
            yield name
