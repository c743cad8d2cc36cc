"""Every member of staff who is named, as written."""

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import islice

from spacy.language import Language
from spacy.tokens import Doc

from nlp_models.components.complainant import NAME_WORD, TITLE, is_a_persons
from nlp_models.cues import cues_of
from nlp_models.reading import Reading, declare, fold

declare("staff", ())

Span = tuple[int, int]

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
_LESSON_WITH = re.compile(
    r"\b(?i:le[çc]ons?|heures?|cours|conduite|rdv|rendez-vous|s[ée]ance|code|lesson|class|clase)\b"
    rf"[^.!?\n]{{0,30}}?\b(?i:avec|with|con) (?P<name>{_TITLED_NAME})"
)
_GIVEN_NAME = re.compile(
    r"(?P<named>\b(?i:par|avec|gr[âa]ce [àa]|que|et|with|by|con|por|envers|contre|[àa]) )?"
    rf"(?<![\w-])(?P<name>{NAME_WORD})"
    r"(?P<acts> (?:a|m['’]a|l['’]a|est|[ée]tait|ne|n['’]|me|m['’]|qui|s['’]est|crie|was|is)\b)?"
)
_IN_LOWER_CASE = re.compile(rf"\b{_POST} (?P<name>[a-z]{{3,15}})\b")
_NEXT_TO_POST = re.compile(rf"\b(?i:{_POST})\b[^.!?]{{0,15}}$")

# Capitals that begin a sentence or a salutation, without a name behind them.
_NOT_STAFF = re.compile(
    r"(?:bonjour|merci|cordialement|madame|monsieur|mademoiselle|m|mme|je|il|elle|vous|nous|on|et|"
    r"mais|qui|que|est|ne|cpf|ants|neph|permis|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|"
    r"le|la|les|mon|ma|ils|suite|objet|auto|directeur|directrice|responsable|depuis|pendant)\W*"
)


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
        persons = [entity.text for entity in doc.ents if entity.label_ == "PER"]
        doc._.staff = staff_in(doc._.reading, known, persons, doc._.complainant)
        return doc

    return find_staff


def staff_in(
    reading: Reading,
    known: Iterable[str] = (),
    persons: Iterable[str] = (),
    complainant: str | None = None,
) -> tuple[str, ...]:
    """Give every member of staff who is named, each once, in the order of the text."""
    spans = [
        *_spans_by_post(reading),
        *_spans_of_given_names(reading),
        *_spans_of(known, reading.folded),
        *_spans_of_persons(persons, reading),
    ]
    names = dict.fromkeys(reading.written(*span) for span in _longest(spans))
    return tuple(_distinct(name for name in names if _is_staff(name, complainant)))[:_MOST]


def _spans_by_post(reading: Reading) -> Iterator[Span]:
    for pattern in (_AFTER_POST, _BEFORE_POST, _TITLED, _LESSON_WITH):
        for match in islice(pattern.finditer(reading.text), _FINDS):
            if not _is_of_theirs(reading, match):
                yield match.span("name")
    for match in islice(_IN_LOWER_CASE.finditer(reading.folded), _FINDS):
        if _is_given_name(match["name"]):
            yield match.span("name")


def _spans_of_given_names(reading: Reading) -> Iterator[Span]:
    """Give the common given names of those who do something, or with whom it is done."""
    for match in _GIVEN_NAME.finditer(reading.text):
        says_who = match["named"] or match["acts"]
        if says_who and _is_given_name(match["name"]) and not _is_of_theirs(reading, match):
            yield match.span("name")


def _is_given_name(name: str) -> bool:
    return any(find.end == len(name) for find in cues_of("name")["given"].find(fold(name)))


def _is_of_theirs(reading: Reading, match: re.Match[str]) -> bool:
    """Say whether a name is that of the writer's child, friend or employee."""
    before = reading.folded[max(0, match.start("name") - 20) : match.start("name")].rstrip(" ,")
    return any(find.end == len(before) for find in cues_of("name")["of_theirs"].find(before))


def _spans_of(names: Iterable[str], folded: str) -> Iterator[Span]:
    for name in names:
        match = re.search(rf"\b{re.escape(fold(name))}\b", folded)
        if match:
            yield match.span()


def _spans_of_persons(persons: Iterable[str], reading: Reading) -> Iterator[Span]:
    """Keep the persons that the entity recogniser saw next to a word for staff."""
    for person in persons:
        start = reading.text.find(person)
        before = reading.text[max(0, start - 40) : max(0, start)]
        if is_a_persons(person) and _NEXT_TO_POST.search(before):
            yield start, start + len(person)


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
