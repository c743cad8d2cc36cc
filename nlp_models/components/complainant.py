"""The writer's name, as on a letter: in the text, the signature, or the From of an e-mail."""

import re
from collections import deque
from collections.abc import Iterable, Iterator
from itertools import islice

from spacy.language import Language
from spacy.tokens import Doc

from nlp_models.cues import cues_of
from nlp_models.reading import Reading, declare, fold
from register.labels import Channel

declare("complainant")

NAME_WORD = r"[A-ZÀ-ÖØ-Þ][\w'’-]{1,25}"
TITLE = (
    r"(?:M\.|Mr\.?|Mme\.?|Mlle|[Mm]onsieur|[Mm]adame|Mademoiselle|M(?= )|Mrs\.?|Ms\.?|Miss|"
    r"[Ss]enhora?|[Ss]eñora?|Sra?\.|Dona)"
)

_LONGEST = 60  # characters
_MOST_WORDS = 5
_LINES = 6
_CLOSINGS = 50
_GREETING = 60  # characters in which a chat writer says who it is

_NAMES = rf"(?:{TITLE} ?)?{NAME_WORD}(?: {NAME_WORD}){{0,2}}"
_INTRODUCED = re.compile(
    r"(?:[Jj]e m['’ ]?appelle|[Jj]e soussign[ée]{1,2}s?,?|[Mm]on nom est|[Mm]y name is|"
    r"[Mm]e llamo|[Mm]e chamo|[Jj]e suis|[Ii]ci|[Mm]oi c['’ ]est|[Ii]['’]?m|[Ss]oy|[Tt]his is)"
    rf" (?P<name>{_NAMES})"
)
_HERE_IS = re.compile(rf"\b(?:[Cc]['’ ]?est|[Cc]|[Aa]qui|[Ii]t['’]?s) (?P<name>{_NAMES})(?! qui\b)")
_CLOSING = re.compile(
    r"\b(?:cordialement|cdlt|cdt|bien a (?:vous|toi)|salutations(?: distinguees| respectueuses)?|"
    r"respectueusement|merci d'avance|merci|bonne (?:journee|soiree|reception)|a bientot|bisous|"
    r"sentiments (?:distingues|les meilleurs)|(?:best |kind )?regards|sincerely|thanks|saludos|"
    r"atentamente|gracias|obrigad[oa]|cumprimentos)[ .,!;]{0,5}"
)
_THANKED = re.compile(r"(?:merci|thanks|gracias|obrigad[oa])[ .,!;]{0,5}$")
_AT_THE_END = re.compile(
    rf"[.!?,)\n] {{0,2}}(?P<name>{_NAMES})[ ,.:-]{{0,3}}(?:t[eé]l\.? ?)?"
    r"[+\d][\d .-]{8,20}\W{0,3}$|"
    rf"[.!?)\n] {{0,2}}(?P<full>{NAME_WORD}(?: {NAME_WORD}){{1,2}})[ .!]{{0,3}}$"
)
_TAIL = 120  # characters in which the last words are looked for
_BEFORE_NAME = re.compile(
    rf"^(?:(?:{TITLE}|Ma[iî]tre|Me|Dr\.?|Docteur|Prof\.|Soy|Sou|C['’]est|Je suis) )|^[^\w]+|"
    rf"[\s,.;!():]+$"
)
_TITLED = re.compile(rf"(?i:{TITLE}) ?\S")
_NAME_PART = re.compile(r"(?:d['’])?[^\W\d_]+(?:['’-][^\W\d_]+)*\.?")
_PARTICLES = frozenset(
    {"de", "du", "la", "le", "van", "von", "el", "da", "di", "d", "del", "der", "den", "dos", "das"}
)
_OFFICE = re.compile(  # of a firm's mailbox
    r"(?:contact|info|compta|facturation|service|accueil|secretariat|commercial|newsletter|"
    r"no.?reply|"
    r"rh|offres?|promo|support|admin|direction|standard|bureau|redaction|recouvrement)\b"
)
_FIRMS = re.compile(
    r"(?:pneus|paroisse|logiciel|casino|bureau|carrosserie|maison|webmaster|fiduciaire|reseau|"
    r"union|"
    r"cabinet|ets|imprimerie|fournitures|syndicat|radio|mutuelle|offres?|standard|nettoyage|cour|"
    r"plomberie|editions?|region|courrier|\w{0,9}club|seo|boost|sante|fede|lettre|rh|pro|"
    r"formations?|"
    r"credit|flash|carburants|famille|les|ville|college|lycee|cyber|conseil|office|logistique|"
    r"transports?|hotel|collectif|comite|revue|gazette|journal|academie|institut|plus|digital|za|"
    r"ligne|postmaster|mailer\S{0,9}|undelivered|prevention)\b"
)


@Language.component(
    "complainant", requires=["doc._.reading", "doc.ents"], assigns=["doc._.complainant"]
)
def complainant(doc: Doc) -> Doc:
    """Leave the writer's name on the Doc."""
    marked = [entity.text for entity in doc.ents if entity.label_ == "name"]
    doc._.complainant = complainant_of(doc._.reading, marked)
    return doc


def complainant_of(reading: Reading, marked: Iterable[str] = ()) -> str | None:
    """Give the writer's name in its fullest form; None where nobody is named.

    Args:
        reading: the message.
        marked: names that the entity recogniser took for the writer's, in the order of the text.
    """
    signed = [name for name in map(_plain, _names_given(reading)) if is_a_persons(name)]
    seen = [name for name in map(_plain, marked) if is_a_persons(_capital(name))]
    said = [*signed, *reversed(seen)]  # whoever is named last is more likely to have signed
    sender = _sender(reading)
    same = [name for name in said if sender and _is_same(sender, name)]
    if sender and (same or not any(" " in name for name in said)):
        return _fullest([*same, sender] if same or " " in sender else [*said, sender])
    return _fullest(name for name in said if _is_same(name, said[0]))


def _fullest(names: Iterable[str]) -> str | None:
    return max(names, key=_fullness, default=None)


def _fullness(name: str) -> int:
    return sum(len(word) > 2 for word in name.split()) - bool(_TITLED.match(name))


def _plain(name: str) -> str:
    """Leave out titles and marks; a last name alone keeps its title, as on a letter."""
    name = " ".join(name.split())
    plain = _BEFORE_NAME.sub("", _BEFORE_NAME.sub("", name))
    is_last_name = " " not in plain or plain.startswith(("Le ", "La ", "De "))
    return name.strip(" ,.;!():") if is_last_name and _TITLED.match(name) else plain


def _capital(name: str) -> str:
    """Give a name that was typed without capitals those of a name."""
    return name.title() if name.islower() else name


def _sender(reading: Reading) -> str | None:
    """Give the From of an e-mail where it is a person's and not that of a firm."""
    passage = reading.passage
    name = _plain(_in_usual_order(" ".join(passage.sender_name[:_LONGEST].split())))
    mailbox, _, domain = fold(passage.sender_address).partition("@")
    of_a_firm = _OFFICE.match(mailbox) or any(
        len(word) > 3 and word in domain for word in fold(name).split()
    )
    is_person = passage.channel is Channel.EMAIL and is_a_persons(name) and not of_a_firm
    return name if is_person else None


def _is_same(one: str, other: str) -> bool:
    """Say whether two names share a word, or one is made of the other's initials."""
    first, second = fold(one).split(), fold(other).split()
    initials = [word.strip(".") for word in second]
    return bool((set(first) & set(second)) - _PARTICLES) or initials == [word[0] for word in first]


def _names_given(reading: Reading) -> Iterator[str]:
    introduced = _INTRODUCED.search(reading.text) or _HERE_IS.search(reading.text[:_GREETING])
    if introduced:
        yield introduced["name"]
    yield from _short_lines(reading.signature)
    yield from _signed(reading)
    last = _AT_THE_END.search(reading.text[-_TAIL:])
    if last:
        yield last["name"] or last["full"]


def _signed(reading: Reading) -> Iterator[str]:
    """Give the lines after the last closing words, and the last line, which may be a signature."""
    closings = deque(islice(_CLOSING.finditer(reading.folded), _CLOSINGS), maxlen=1)
    for closing in closings:
        lines = list(_short_lines(reading.text[closing.end() :]))
        if lines and " " not in lines[0] and _THANKED.search(closing.group()):
            lines = lines[1:]  # "merci Karim" is said to Karim
        yield from lines
    body, _, last = reading.text.rpartition("\n")
    if body:
        yield from (name for name in _short_lines(last) if " " in name)


def _short_lines(text: str) -> Iterator[str]:
    for line in text.splitlines()[:_LINES]:
        if len(line) <= _LONGEST:
            yield line.strip().partition(",")[0]


def _in_usual_order(name: str) -> str:
    last, comma, first = name.partition(",")
    return f"{first.strip()} {last.strip()}" if comma else name


def is_a_persons(name: str) -> bool:
    """Say whether words can be somebody's name: few, with capitals, none of a firm."""
    words, folded = name.split(), fold(name)
    if not 1 <= len(words) <= _MOST_WORDS or words[0] in ("DE", "EST") or len(name) < 3:
        return False
    if cues_of("name")["not_a_person"].meet(folded) or _is_of_a_firm(folded):
        return False
    return all(
        _NAME_PART.fullmatch(word) and (word[0].isupper() or _may_be_small(word)) for word in words
    )


def _is_of_a_firm(folded: str) -> bool:
    return any(_FIRMS.fullmatch(word) for word in folded.split())


def _may_be_small(word: str) -> bool:
    return word in _PARTICLES or word[:2] in ("d'", "d’") or _TITLED.match(f"{word} X") is not None
