"""A letter on letterhead: its words, the establishment, and whom it is to; the PDF comes out. Pure.

The compiler is inside the `typst` package and fetches nothing. Words come to it as data, JSON, and
are never read as markup. The file is tagged (PDF/UA-1), and its only date is the letter's day: the
same letter gives the same bytes, and so does the preview of that day.
"""

import json
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime, time
from functools import cache
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

import typst

from letters import words
from letters.blocks import blocks
from letters.compose import closing
from letters.establishment import Establishment
from register.complaint import Letter
from register.labels import Channel

CONTENT_TYPE = "application/pdf"
LINES, LINE = 6, 60  # of an address: as many as the window shows, characters in one

_PNG, _JPEG, _JPEG_END, _SVG_STARTS = b"\x89PNG", b"\xff\xd8\xff", b"\xff\xd9", 4096

_POSTCODE = re.compile(r",?\s*(?=\b\d{5}\s)")
_TOWN = re.compile(r"\b\d{5}\s+(.+?)(?:\s+cedex\b.*)?$", re.IGNORECASE | re.MULTILINE)
_SUBJECT = re.compile(r"(Re:\s*)?(?:\[[^\]]*\]\s*)?(.*)", re.DOTALL)  # as subject.j2 writes it
_DECORATIONS = "\u200c\u200d\u00ad"  # invisible, but they shape what is seen

# What French sets without a break, whatever the keyboard had: before tall signs, inside guillemets.
_TALL = re.compile(r" (?=[;!?](?:\s|$))")
_WIDE = re.compile(r" (?=[:»%€](?:\W|$))|(?<=«) |(?<=\bn°) ")
_APOSTROPHE = re.compile(r"(?<=\w)'(?=\w)")


class NotPrinted(Exception):
    """No PDF can be made of this letter."""


class LogoRefused(Exception):
    """The logo is no picture that a letter can carry."""


def printed(
    letter: Letter, establishment: Establishment, to: Sequence[str], zone: ZoneInfo
) -> bytes:
    """The PDF of a letter; `to` is the address block, a name first. Raises NotPrinted."""
    day = letter.created_at.astimezone(zone).date()
    data = _data(letter, establishment, to, day, zone)
    noon = datetime.combine(day, time(12), zone)  # no more than the day: see above
    return _compiled({"letter": json.dumps(data)}, noon)


def file_name(letter: Letter) -> str:
    """Such as "reponse-R-2026-0001.pdf"; a second answer has its number."""
    reference, _, rest = letter.letter_id.partition(".")
    number = rest.rpartition(".")[2]
    bare = unicodedata.normalize("NFD", words.named(letter.kind)).encode("ascii", "ignore")
    kind = bare.decode().lower().replace(" ", "-")
    return f"{kind}-{reference}{'' if number in ('', '1') else f'-{number}'}.pdf"


def check_logo(data: bytes) -> None:
    """Raises LogoRefused for what no letter can show: not PNG, JPEG or SVG, or damaged."""
    is_cut = data.startswith(_JPEG) and not data.rstrip(b"\0").endswith(_JPEG_END)
    if is_cut or not (data.startswith((_PNG, _JPEG)) or b"<svg" in data[:_SVG_STARTS]):
        raise LogoRefused
    source = b"#image(bytes(json(bytes(sys.inputs.logo))))"
    try:
        typst.compile(source, sys_inputs={"logo": json.dumps([*data])}, ignore_system_fonts=True)
    except typst.TypstError as error:
        raise LogoRefused(error.message) from error


def _data(
    letter: Letter, establishment: Establishment, to: Sequence[str], day: date, zone: ZoneInfo
) -> dict[str, Any]:
    """All that the template shows."""
    body, signatory = _parted(letter, establishment, zone)
    is_reply, subject = _SUBJECT.findall(letter.subject)[0]
    reference = letter.letter_id.partition(".")[0]
    is_mailed = letter.to is not None and letter.to.channel is Channel.EMAIL
    return {
        "title": f"{words.named(letter.kind)} {reference}",
        "subject": _set(subject),
        "is_reply": bool(is_reply),
        "reference": reference,
        "place": _set(_place(establishment)),
        "date": words.short_date(day),
        "to": [_set(words.excerpt(one, LINE)) for one in to if one.strip()][:LINES],
        "email": _set(letter.to.value) if letter.to and is_mailed else "",
        "body": [asdict(block) for block in blocks(_set(body))],
        "signatory": [_set(one) for one in signatory],
        "establishment": _letterhead(establishment),
        "logo": [*establishment.logo],
    }


def _letterhead(own: Establishment) -> dict[str, Any]:
    where = _POSTCODE.split(own.address, maxsplit=1)
    site = re.sub(r"^https?://|/$", "", own.website)
    lines = [*where, own.phone and f"Tél. {own.phone}", own.email, site]
    return {
        "name": _set(own.name),
        "lines": [_set(line) for line in lines if line.strip()],
        "siret": _set(own.siret),
        "approval_number": _set(own.approval_number),
        "activity_number": _set(own.activity_number),
    }


def _parted(
    letter: Letter, establishment: Establishment, zone: ZoneInfo
) -> tuple[str, tuple[str, ...]]:
    """The words, and who signs: the letterhead already says the date and the address."""
    end = closing(establishment, at=letter.created_at, zone=zone)
    body = letter.body.rstrip()
    if not body.endswith(end):
        return body, ()
    return body.removesuffix(end), (establishment.signatory, establishment.quality)


def _place(establishment: Establishment) -> str:
    """The town of the address; empty where it has no postcode."""
    found = _TOWN.search(establishment.address)
    return found[1].strip(" ,") if found else ""


def _set(text: str) -> str:
    """What somebody wrote as it is set: only what can be seen, and French spaces that hold."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\t", " "))
    text = "".join(one for one in text if one == "\n" or _is_visible(one))
    text = _WIDE.sub("\u00a0", _TALL.sub("\u202f", text))
    return _APOSTROPHE.sub("’", text)


def _is_visible(one: str) -> bool:
    # Cc, Cf, Cs, Co, Cn: controls, overrides of the writing direction, lone surrogates ...
    return unicodedata.category(one)[0] != "C" or one in _DECORATIONS


def _compiled(inputs: dict[str, str], at: datetime) -> bytes:
    """The PDF, with the fonts that ship; what they cannot show is looked for on this machine."""
    tries: tuple[tuple[bool, list[typst.PDFStandard]], ...] = (
        (True, ["ua-1"]),
        (False, ["ua-1"]),
        (False, []),  # PDF/UA has no place for a sign that no font has
    )
    for is_shipped_alone, standards in tries:
        try:
            return typst.compile(
                _template(),
                sys_inputs=inputs,
                ignore_system_fonts=is_shipped_alone,
                pdf_standards=standards,
                timestamp=int(at.timestamp()),
            )
        except typst.TypstError as error:
            refused = error
    raise NotPrinted(refused.message)


@cache
def _template() -> bytes:
    return files("letters.templates.fr").joinpath("letter.typ").read_bytes()
