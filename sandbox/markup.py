"""Telegram's HTML, read as strictly as Telegram reads it: text and entities, or a refusal.

Only the tags that the Bot API lists exist, every `<` opens one, and four named character
references are known; offsets count UTF-16 units. https://core.telegram.org/bots/api#html-style
"""

import re
from dataclasses import dataclass, field
from typing import Any

from sandbox.refusals import Refusal, bad_request

Entity = dict[str, Any]

KINDS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "a": "text_link",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "tg-emoji": "custom_emoji",
}
CHARACTERS = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}

_CHARACTER = r"&(?:(?P<name>lt|gt|amp|quot)|#(?:x(?P<hex>[0-9a-f]+)|(?P<dec>\d+)));?"
_TOKEN = re.compile(f"<|{_CHARACTER}", re.IGNORECASE)
_END = re.compile(r"/\s*(?P<name>[^\s>]*)\s*>")
_NAME = re.compile(r"[^\s>]+")
_ATTRIBUTE = re.compile(
    r"""\s*(?P<name>[^\s=>]+)(?:\s*=\s*(?:"(?P<d>[^"]*)"|'(?P<s>[^']*)'|(?P<bare>[^\s>"']+)))?"""
)
_CLOSE = re.compile(r"\s*>")


def utf16_length(text: str) -> int:
    """How Telegram measures text: an emoji outside the basic plane counts twice."""
    return len(text.encode("utf-16-le")) // 2


def command_entities(text: str) -> list[Entity]:
    """The `/command` at the head of what a person wrote, the way a phone marks it."""
    command = re.match(r"/[A-Za-z0-9_]{1,32}(@\w+)?(?!\S)", text)
    if command is None:
        return []
    return [{"type": "bot_command", "offset": 0, "length": len(command[0])}]


def read_html(text: str) -> tuple[str, list[Entity]]:
    """The plain text and its entities, or the refusal that Telegram would answer."""
    reading = _Reading(text)
    reading.read()
    return reading.plain, sorted(reading.entities, key=lambda e: (e["offset"], -e["length"]))


@dataclass
class _OpenTag:
    name: str
    offset: int
    attributes: dict[str, str]


@dataclass
class _Reading:
    """One pass over a text: where we stand, what is open, what was found."""

    source: str
    plain: str = ""
    entities: list[Entity] = field(default_factory=list)
    open_tags: list[_OpenTag] = field(default_factory=list)

    def read(self) -> None:
        at = 0
        while token := _TOKEN.search(self.source, at):
            self.plain += self.source[at : token.start()]
            at = self._tag(token.start()) if token[0] == "<" else self._character(token)
        self.plain += self.source[at:]
        if self.open_tags:
            raise _unreadable(f'Can\'t find end tag corresponding to start tag "{self._innermost}"')

    @property
    def _innermost(self) -> str:
        return self.open_tags[-1].name

    def _character(self, token: re.Match[str]) -> int:
        self.plain += _character(token)
        return token.end()

    def _tag(self, start: int) -> int:
        if self.source.startswith("/", start + 1):
            return self._end_tag(start)
        return self._start_tag(start)

    def _start_tag(self, start: int) -> int:
        named = _NAME.match(self.source, start + 1)
        name = named[0].lower() if named else ""
        if named is None or name not in KINDS:
            raise self._refusal(f'Unsupported start tag "{name}"', start)
        attributes, after = self._attributes(name, named.end(), start)
        if name == "span" and attributes.get("class") != "tg-spoiler":
            raise self._refusal('Tag "span" must have class "tg-spoiler"', start)
        self.open_tags.append(_OpenTag(name, utf16_length(self.plain), attributes))
        return after

    def _attributes(self, name: str, at: int, start: int) -> tuple[dict[str, str], int]:
        found: dict[str, str] = {}
        while not (closed := _CLOSE.match(self.source, at)):
            one = _ATTRIBUTE.match(self.source, at)
            if one is None:
                raise self._refusal(f'Unclosed start tag "{name}"', start)
            value = one["d"] or one["s"] or one["bare"] or ""
            found[one["name"].lower()] = re.sub(_CHARACTER, _character, value, flags=re.IGNORECASE)
            at = one.end()
        return found, closed.end()

    def _end_tag(self, start: int) -> int:
        ended = _END.match(self.source, start + 1)
        if ended is None:
            raise self._refusal("Unclosed end tag", start)
        if not self.open_tags:
            raise self._refusal("Unexpected end tag", start)
        if ended["name"].lower() not in ("", self._innermost):
            raise self._refusal(
                "Unmatched end tag",
                start,
                f', expected "</{self._innermost}>", found "<{ended[0]}"',
            )
        self._close(self.open_tags.pop())
        return ended.end()

    def _close(self, tag: _OpenTag) -> None:
        length = utf16_length(self.plain) - tag.offset
        leads_nowhere = tag.name == "a" and not tag.attributes.get("href")
        if length > 0 and not leads_nowhere:
            entity = {"type": KINDS[tag.name], "offset": tag.offset, "length": length}
            self.entities.append({**entity, **_particulars(tag)})

    def _refusal(self, reason: str, at: int, more: str = "") -> Refusal:
        return _unreadable(f"{reason} at byte offset {len(self.source[:at].encode())}{more}")


def _character(reference: re.Match[str]) -> str:
    """The character that a reference names; one that names none stays as it was written."""
    if reference["name"]:
        return CHARACTERS[reference["name"].lower()]
    code = int(reference["hex"], 16) if reference["hex"] else int(reference["dec"])
    return chr(code) if 0 < code < 0x110000 else reference[0]


def _particulars(tag: _OpenTag) -> Entity:
    """What some kinds of entity carry beside their place."""
    if tag.name == "a":
        return {"url": tag.attributes["href"]}
    if tag.name == "tg-emoji":
        return {"custom_emoji_id": tag.attributes.get("emoji-id", "")}
    if tag.name == "blockquote" and "expandable" in tag.attributes:
        return {"type": "expandable_blockquote"}
    return {}


def _unreadable(reason: str) -> Refusal:
    return bad_request(f"can't parse entities: {reason}")
