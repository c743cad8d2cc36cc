"""The parts of a mail (RFC 2045, RFC 2046): its text, and the pieces that came with it.

Bytes become characters, HTML becomes text, and of two versions of the same text the plain one is
taken, unless it says nothing. Everything is bounded; nothing is ever loaded from elsewhere.
"""

import codecs
import mimetypes
import re
from collections.abc import Iterator
from email.message import MIMEPart
from itertools import islice

from inscriptis.css_profiles import STRICT_CSS_PROFILE
from inscriptis.html_engine import Inscriptis
from inscriptis.model.config import ParserConfig
from lxml import etree
from lxml.html import (
    HtmlElement,
    HTMLParser,
    document_fromstring,
)

MOST_PARTS = 200  # parts that are looked at
LONGEST_HTML = 600_000  # characters; the text that is read of it is shorter still

# Charsets that letters are written in. Python knows more "encodings", some of them slow or odd.
_CHARSET = re.compile(
    r"utf|us-?ascii|ascii|iso[-_]?8859|latin|l\d|cp\d|windows|ibm\d|koi8|mac|gb|big5|euc|shift|iso[-_]?2022",
    re.IGNORECASE,
)
_PLACEHOLDER = re.compile(
    r"\b(ce (message|courriel|e-?mail) (est|contient)\b.{0,40}\bhtml"
    r"|(afficher|visualiser|lire|voir) (ce|le) (message|courriel|e-?mail)"
    r"|(supporte|prend|gère|lit|affiche)\w* pas\b.{0,30}\bhtml"
    r"|html (format|message|version|e-?mail|support|compatible)"
    r"|view (this|the) (message|e-?mail)|part of this message is html)",
    re.IGNORECASE,
)
_LONGEST_PLACEHOLDER = 300
_CONTROLS = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\xad\u200b\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)
_HIDDEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_LOOK = ParserConfig(css=dict(STRICT_CSS_PROFILE))


def leaves(message: MIMEPart) -> Iterator[MIMEPart]:
    """The parts that are no boxes of other parts, up to `MOST_PARTS`; an enclosed mail is one."""
    waiting = [message]
    for _ in range(MOST_PARTS):
        while waiting and _is_box(waiting[-1]):
            waiting.extend(reversed(_inside(waiting.pop())))
        if not waiting:
            return
        yield waiting.pop()


def is_piece(part: MIMEPart) -> bool:
    """Whether a leaf is something to keep as a file, rather than the text or a part of it."""
    if part.get_content_maintype() == "multipart":
        return False  # a box that does not open: what is in it is read as text
    if part.get_content_type() not in {"text/plain", "text/html"}:
        return True
    return part.get_content_disposition() == "attachment" or bool(part.get_filename())


def text_of(part: MIMEPart) -> tuple[str, bool]:
    """What a part and all below it say, and whether every character could be read."""
    if _is_box(part):
        return _text_of_box(part)
    if is_piece(part):
        return "", True
    text, is_sound = decoded(data_of(part), part.get_content_charset("") or "")
    if part.get_content_type() == "text/html":
        return text_of_html(text), is_sound
    return clean(_unfolded(part, text)), is_sound


def data_of(part: MIMEPart) -> bytes:
    """The bytes of a leaf; of an enclosed mail or report, the whole of it."""
    if part.is_multipart():
        return b"\n".join(inner.as_bytes() for inner in part.iter_parts())
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def name_of(part: MIMEPart, number: int) -> str:
    """The name that the sender gave to a piece (RFC 2047, RFC 2231), or one by its kind."""
    given = part.get_filename()
    if given:
        return str(given)
    return f"piece-{number}{_ending(part)}"


def decoded(data: bytes, declared: str) -> tuple[str, bool]:
    """Characters from bytes, and whether the bytes were what the sender said they would be."""
    said = _codec(declared)
    for charset in dict.fromkeys((said or "utf-8", "utf-8", "cp1252")):
        try:
            return data.decode(charset), charset == (said or "utf-8")
        except (UnicodeError, LookupError):
            continue
    return data.decode("latin-1"), False


def text_of_html(html: str) -> str:
    """The words of an HTML text, list items and table rows on lines of their own."""
    bounded = _CONTROLS.sub("", html[:LONGEST_HTML]).encode()
    try:
        tree = document_fromstring(bounded, parser=HTMLParser(encoding="utf-8", huge_tree=True))
    except (etree.LxmlError, ValueError, AssertionError):
        return ""  # nothing but tags, or not even these
    _undress(tree)
    try:
        text = Inscriptis(tree, _LOOK).get_text()
    except RecursionError:  # a thousand boxes in each other
        text = "\n".join(tree.itertext())
    return clean("\n".join(line.strip() for line in text.split("\n")))


def clean(text: str) -> str:
    """Unix lines, at most one empty line in a row, no character that cannot be seen."""
    unix = _CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    lines = "\n".join(line.rstrip() for line in unix.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", lines).strip("\n")


def _is_box(part: MIMEPart) -> bool:
    return part.get_content_maintype() == "multipart" and part.is_multipart()


def _ending(part: MIMEPart) -> str:
    if part.get_content_type() == "message/rfc822":
        return ".eml"
    if part.get_content_maintype() in {"message", "text"}:
        return ".txt"
    return mimetypes.guess_extension(part.get_content_type()) or ".bin"


def _inside(box: MIMEPart) -> list[MIMEPart]:
    return list(islice(box.iter_parts(), MOST_PARTS))


def _text_of_box(box: MIMEPart) -> tuple[str, bool]:
    parts = [one for one in _inside(box) if one.get_content_disposition() != "attachment"]
    if box.get_content_type() == "multipart/alternative":
        parts.sort(key=lambda one: one.get_content_type() != "text/plain")
        versions = [text_of(one) for one in parts]
        told = next((one for one in versions if _says_something(one[0])), None)
        return told or next(iter(versions), ("", True))
    read = [text_of(one) for one in parts]
    return "\n\n".join(text for text, _ in read if text), all(sound for _, sound in read)


def _says_something(text: str) -> bool:
    if len(text) > _LONGEST_PLACEHOLDER:
        return True
    return bool(text.strip()) and not _PLACEHOLDER.search(" ".join(text.split()))


def _unfolded(part: MIMEPart, text: str) -> str:
    """Join the lines that the sender's program broke (RFC 3676, section 4)."""
    if str(part.get_param("format", "")).lower() != "flowed":
        return text
    is_blank_kept = str(part.get_param("delsp", "")).lower() != "yes"
    whole: list[str] = []
    is_open = False
    for line in text.splitlines():
        bare = line[1:] if line.startswith(" ") else line  # space-stuffed, s.4.4
        whole[-1:] = (
            [whole[-1] + bare] if is_open and not bare.startswith(">") else [*whole[-1:], bare]
        )
        is_open = bare.endswith(" ") and bare != "-- " and not bare.startswith(">")
        if is_open and not is_blank_kept:
            whole[-1] = whole[-1][:-1]
    return "\n".join(whole)


def _codec(declared: str) -> str:
    """Python's name for a charset; empty where it knows none of that name."""
    if not _CHARSET.match(declared):
        return ""
    try:
        name = codecs.lookup(declared).name
    except (LookupError, ValueError):
        return ""
    # Who says Latin-1 writes Windows-1252: only there are 0x80 to 0x9F printed (€, ’).
    return {"iso8859-1": "cp1252", "ascii": "utf-8"}.get(name, name)


def _undress(tree: HtmlElement) -> None:
    """Leave only what carries words.

    Mails use tables for layout: a row becomes a line, a cell a word further on. Styles could ask
    for a margin of a million lines, and columns drawn to scale would widen every row to the
    longest cell.
    """
    for element in list(tree.iter(etree.Element)):
        is_hidden = _HIDDEN.search(element.attrib.pop("style", ""))
        if is_hidden or element.tag in {"head", "style", "script"}:
            element.clear(keep_tail=True)
        elif element.tag in {"table", "thead", "tbody", "tfoot", "tr", "caption"}:
            element.tag = "div"
        elif element.tag in {"td", "th"}:
            element.tag = "span"
            element.tail = "  " + (element.tail or "")
