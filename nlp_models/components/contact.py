"""Where else the writer can be reached: a telephone number, another e-mail address."""

import re
from collections.abc import Iterator
from itertools import islice

from phonenumbers import (
    NumberParseException,
    PhoneNumberFormat,
    format_number,
    is_possible_number,
    parse,
)
from spacy.language import Language
from spacy.tokens import Doc

from nlp_models.reading import Reading, declare, fold

declare("phone")
declare("email")

_COUNTRY = "FR"
_MOST = 12  # a page of numbers is not read to its end

# The numbering plan is not asked whether a number is in use: people type their own well enough,
# and ranges open and close. Only the shape counts: ten French figures, or a foreign number with +.
_PHONE = re.compile(
    r"(?<![\w/])(?<!\d[ .-])(?!\d\d[/.-]\d\d[/.-](?:19|20)\d\d\b)(?:"
    r"(?:(?:\+|00) ?33[ .-]{0,2}(?:\(0\)[ .-]{0,2})?|0)[1-9](?:[ ./_–-]{0,3}\d){8}"
    r"|(?:\+|00 ?)(?!33)[1-9](?:[ ().-]{0,2}\d){7,13})"
    r"(?!\d|[ .-]\d{3})"
)
_QUOTED = re.compile(r"(?:dossier|neph|siret|facture|contrat|commande|cpf|ref)\W[^.!?]{0,12}$")
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@(?:[\w-]{1,63}\.){1,4}[a-z]{2,12}\b", re.IGNORECASE)
_BOUNCE = re.compile(r"undeliver|delivered to|mail(?:box)? full|user unknown|pu etre (?:re|dis)")

_BEFORE = 60
_MINE = re.compile(
    r"(?:joindre|joignable|rappel\w{0,4}|(?<!a )contacter|m'appeler|"
    r"mon (?:num\w{0,4}|tel\w{0,7}|06|mail|adresse)|ma boite|mobile|portable|directe|le mien|"
    r"(?<!a )repond(?:ez|re|s|e)|reponse|m'ecri\w{0,3}|ecri(?:vez|re|s)|reach me|call me|reply)"
    r"\W[^.!?]{0,30}$"
)
_THEIRS = re.compile(
    r"(?:appele|appeler le|votre (?:num\w{0,4}|adresse|mail|standard)|repondu|contactee?|"
    r"(?<!par )ecrit|adressez\W?vous|envoyee? (?:un mail|a)|(?:ma|mon) collegue|"
    r"en cas d\W?(?:urgence|e reclamation)|mon (?:moniteur|enseignant)|rang|called|llame|llamado)"
    r"(?=\W)[^.!?]{0,30}$"
)
_SHARED = re.compile(r"(?:standard|accueil|fax|secretariat)\W{1,4}$")


@Language.component("contact", requires=["doc._.reading"], assigns=["doc._.phone", "doc._.email"])
def contact(doc: Doc) -> Doc:
    """Leave the writer's telephone number and other address on the Doc."""
    reading: Reading = doc._.reading
    doc._.phone = phone_in(f"{reading.text}\n{reading.signature}")
    doc._.email = email_in(f"{reading.text}\n{reading.signature}", reading.passage.sender_address)
    return doc


def phone_in(text: str) -> str | None:
    """Give the writer's number in E.164; None when there is none, or only one that they rang."""
    found = _numbers_in(text)
    return _likeliest([(_belongs(text, at) + _is_mobile(number), number) for at, number in found])


def email_in(text: str, sender_address: str) -> str | None:
    """Give an address of the writer that is not the one they wrote from."""
    sender = sender_address.lower()
    found = [
        (_belongs(text, match.start()), match.group())
        for match in islice(_EMAIL.finditer(text), _MOST)
        if match.group().lower() != sender
    ]
    return None if found and _BOUNCE.search(fold(text)) else _likeliest(found)


def _numbers_in(text: str) -> Iterator[tuple[int, str]]:
    for match in islice(_PHONE.finditer(text), _MOST):
        number = _e164(match.group())
        if number and not _QUOTED.search(_before(text, match.start())):
            yield match.start(), number


def _e164(written: str) -> str | None:
    try:
        number = parse(written, _COUNTRY)
    except NumberParseException:
        return None
    return format_number(number, PhoneNumberFormat.E164) if is_possible_number(number) else None


def _is_mobile(number: str) -> float:
    """Of two numbers in a signature the writer's own is the mobile one."""
    return 0.5 if number.startswith(("+336", "+337")) else 0


def _belongs(text: str, start: int) -> float:
    """Say whose it is from the words before: 1 the writer's, 0 not said, -1 somebody else's."""
    before = _before(text, start)
    if _MINE.search(before):
        return 1
    if _THEIRS.search(before):
        return -1
    return -0.25 if _SHARED.search(before) else 0


def _before(text: str, start: int) -> str:
    return fold(text[max(0, start - _BEFORE) : start])


def _likeliest(found: list[tuple[float, str]]) -> str | None:
    best = max(found, key=lambda pair: pair[0], default=(-1, ""))
    return best[1] if best[0] > -0.5 else None
