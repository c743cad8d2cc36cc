"""The header of a mail (RFC 5322, section 2.2), read with patience: bounded, and never raising.

Strangers write headers. Whatever they hold, asking for one gives its text, and the worst of them
costs milliseconds.
"""

import re
from collections.abc import Collection, Iterator
from email.errors import MessageError
from email.message import EmailMessage, MIMEPart
from email.parser import BytesHeaderParser, BytesParser
from email.policy import EmailPolicy
from functools import lru_cache
from itertools import islice
from typing import Any

LONGEST_HEADER = 16_000  # characters; what comes after is not read
LONGEST_STRUCTURED = 2_000  # the library's grammar takes the square of the length: longer is text
LONGEST_NAME = 200
MOST_OF_A_KIND = 5  # headers of one name that are looked at
MOST_BOXES = 60  # a mail with more boxes of parts is not taken apart
MOST_REFERENCES = 32
_AT_HAND = 64  # headers of the mail in hand that are kept apart

_MESSAGE_ID = re.compile(r"<([^<>\s]{1,500})>")  # RFC 5322 s.3.6.4
_ADDRESS = re.compile(
    r"[^\s<>()\[\]\",;:@\\]{1,64}@[^\s<>()\[\]\",;:@\\]{1,255}"
)  # RFC 5321 s.4.5.3.1
_INVISIBLE = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]+"
)


class PatientPolicy(EmailPolicy):
    """The library's modern policy, for headers that nobody has checked."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        """Keep a bounded value, with raw 8-bit characters read as UTF-8 or Windows-1252."""
        name, value = super().header_source_parse(sourcelines)
        return name, _characters(value[:LONGEST_HEADER])

    def header_fetch_parse(self, name: str, value: Any) -> Any:
        """Give the structured header, or its bare text where the library cannot take it apart."""
        bare = " ".join(str(value).split())
        if len(value) > LONGEST_STRUCTURED:
            return bare
        try:
            return value if hasattr(value, "name") else _structured(name, value)
        except Exception:  # noqa: BLE001 - the library raises anything, by the day's release
            return bare


PATIENT = PatientPolicy(utf8=True, refold_source="none")


@lru_cache(maxsize=_AT_HAND)
def _structured(name: str, value: str) -> Any:
    """Take a header apart once: the library does so anew each time that one is asked for."""
    return EmailPolicy.header_fetch_parse(PATIENT, name, value)


def read_message(raw: bytes) -> tuple[EmailMessage, bool]:
    """A mail taken apart, and True; its header alone and False where the parts cannot be had."""
    _structured.cache_clear()  # nothing of one mail stays at hand beside the next
    if raw.lower().count(b"boundary=") <= MOST_BOXES:
        try:
            return BytesParser(policy=PATIENT).parsebytes(raw), True  # type: ignore[return-value]
        except (MessageError, RecursionError, ValueError, LookupError, TypeError, AttributeError):
            pass
    return BytesHeaderParser(policy=PATIENT).parsebytes(raw), False  # type: ignore[return-value]


def header(message: MIMEPart, name: str) -> str:
    """The first header of that name as one line; empty where there is none."""
    return one_line(str(message.get(name, "")))


def addresses(message: MIMEPart, *names: str) -> tuple[tuple[str, str], ...]:
    """Display name and address of everybody in these headers, in order."""
    return tuple(
        pair for name in names for value in _all_of(message, name) for pair in _mailboxes(value)
    )


def message_ids(text: str) -> tuple[str, ...]:
    """The Message-IDs in a text, without <>, the domain in lower case."""
    return tuple(_normalised(found) for found in _MESSAGE_ID.findall(text))


def message_id(message: MIMEPart) -> str:
    """The Message-ID; empty where there is none worth the name."""
    value = header(message, "Message-ID")
    bare = "".join(value.split()).strip("<>")
    return next(iter(message_ids(value)), _normalised(bare) if 0 < len(bare) <= 500 else "")


def references(message: MIMEPart) -> tuple[str, ...]:
    """What it answers: In-Reply-To, then References from the newest back (RFC 5322, 3.6.4)."""
    answered = message_ids(header(message, "In-Reply-To"))
    thread = message_ids(header(message, "References"))
    return tuple(dict.fromkeys((*answered, *reversed(thread))))[:MOST_REFERENCES]


def is_among(address: str, known: Collection[str]) -> bool:
    """Whether two addresses are the same to a human: capitals do not count."""
    return address.casefold() in {one.casefold() for one in known}


def domain(address: str) -> str:
    """What stands behind the @."""
    return address.rpartition("@")[2].casefold()


def one_line(text: str) -> str:
    """A text without line breaks and without what cannot be seen."""
    return " ".join(_INVISIBLE.sub(" ", text).split())


def _all_of(message: MIMEPart, name: str) -> list[Any]:
    same = (pair for pair in message.raw_items() if pair[0].lower() == name.lower())
    return [PATIENT.header_fetch_parse(*pair) for pair in islice(same, MOST_OF_A_KIND)]


def _mailboxes(value: Any) -> Iterator[tuple[str, str]]:
    structured = getattr(value, "addresses", ())
    found = [(one.display_name, one.addr_spec) for one in structured]
    for name, address in found or [("", match) for match in _ADDRESS.findall(str(value))]:
        if _ADDRESS.fullmatch(address):
            local, _, host = address.rpartition("@")
            yield one_line(name)[:LONGEST_NAME], f"{local}@{host.casefold()}"


def _normalised(found: str) -> str:
    local, at, host = found.rpartition("@")
    return f"{local}{at}{host.casefold()}" if at else found


def _characters(value: str) -> str:
    raw = value.encode("utf-8", "surrogateescape")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")
