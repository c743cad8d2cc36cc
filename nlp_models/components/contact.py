"""Where else the writer can be reached: a telephone number, another e-mail address."""

import re

from phonenumbers import PhoneNumberFormat, PhoneNumberMatcher, format_number
from spacy.language import Language
from spacy.tokens import Doc

from nlp_models.reading import Reading, declare, fold

declare("phone")
declare("email")

_COUNTRY = "FR"
_TRIES = 200  # a page of figures is not searched to its end
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@(?:[\w-]{1,63}\.){1,4}[a-z]{2,12}\b", re.IGNORECASE)
_THEIRS = re.compile(
    r"(?:appele|appeler le|votre numero|repond\w*|contacte|ecrit|envoye un mail|standard|"
    r"mon (?:moniteur|enseignant))\W[^.!?]{0,25}$"
)
_MINE = re.compile(
    r"(?:joindre|joignable|rappel\w*|contacter|mon (?:num\w*|tel\w*|portable|mail|adresse)|tel|"
    r"reach me|m'ecrire)\W[^.!?]{0,30}$"
)


@Language.component("contact", requires=["doc._.reading"], assigns=["doc._.phone", "doc._.email"])
def contact(doc: Doc) -> Doc:
    """Leave the writer's telephone number and other address on the Doc."""
    reading: Reading = doc._.reading
    doc._.phone = phone_in(f"{reading.text}\n{reading.signature}")
    doc._.email = email_in(f"{reading.text}\n{reading.signature}", reading.passage.sender_address)
    return doc


def phone_in(text: str) -> str | None:
    """Give the writer's number in E.164; None when there is none, or only one that they rang."""
    found = [
        (_belongs(text, match.start), format_number(match.number, PhoneNumberFormat.E164))
        for match in PhoneNumberMatcher(text, _COUNTRY, max_tries=_TRIES)
    ]
    return _likeliest(found)


def email_in(text: str, sender_address: str) -> str | None:
    """Give an address of the writer that is not the one they wrote from."""
    sender = sender_address.lower()
    found = [
        (_belongs(text, match.start()), match.group())
        for match in _EMAIL.finditer(text)
        if match.group().lower() != sender
    ]
    return _likeliest(found)


def _belongs(text: str, start: int) -> int:
    """Say whose it is from the words before: 1 the writer's, 0 not said, -1 somebody else's."""
    before = fold(text[max(0, start - 60) : start])
    if _MINE.search(before):
        return 1
    return -1 if _THEIRS.search(before) else 0


def _likeliest(found: list[tuple[int, str]]) -> str | None:
    best = max(found, key=lambda pair: pair[0], default=(-1, ""))
    return best[1] if best[0] >= 0 else None
