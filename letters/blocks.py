"""The shape of a letter's words: paragraphs, lists and headings, as plain text shows them. Pure.

    a blank line          parts two paragraphs
    – a point             one of a list; "-", "—" and "•" are dashes too
    1. a point            one of a numbered list
    1. A few words        alone, or above a text, and without a full stop: a heading
    a line that ends in : what stands below it is one step further in

Nothing else means anything: what somebody has written is only ever words.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

LONGEST_HEADING = 90  # characters

_BLANK = re.compile(r"\n[^\S\n]*\n")
_POINT = re.compile(r"[–—•-]\s+(?=\S)")
_NUMBERED = re.compile(r"(\d{1,2})[.)]\s+(?=\S)")
_CLOSED = (".", ";", ",", ":", "!", "?", "…", "»")


class Shape(StrEnum):
    """What a block is."""

    PARAGRAPH = "paragraph"
    INSET = "inset"
    LIST = "list"
    NUMBERED = "numbered"
    HEADING = "heading"


@dataclass(frozen=True, slots=True)
class Block:
    """Lines that stand together; of a list, each line is a point, without its sign."""

    shape: Shape
    lines: tuple[str, ...]
    first: int = 1  # the number of the first point


def blocks(text: str) -> list[Block]:
    """The blocks of a text, in order; every word of it is in one of them."""
    parts = [part.strip("\n") for part in _BLANK.split(text)]
    return [block for part in parts if part.strip() for block in _of_part(part)]


def _of_part(part: str) -> list[Block]:
    lines = [line.strip() for line in part.split("\n") if line.strip()]
    head: list[Block] = []
    if _is_heading(lines):
        head, lines = [Block(Shape.HEADING, (lines[0],))], lines[1:]
    found = [_block(shape, tuple(run)) for shape, run in groupby(lines, key=_shape)]
    return head + [inner for block in found for inner in _with_inset(block)]


def _is_heading(lines: list[str]) -> bool:
    """Whether the first line is one: numbered and short, no sentence, not a point among others."""
    first, *others = lines
    is_short = len(first) <= LONGEST_HEADING and not first.endswith(_CLOSED)
    is_alone = not (others and _NUMBERED.match(others[0]))
    return bool(_NUMBERED.match(first)) and is_short and is_alone


def _shape(line: str) -> Shape:
    if _POINT.match(line):
        return Shape.LIST
    return Shape.NUMBERED if _NUMBERED.match(line) else Shape.PARAGRAPH


def _block(shape: Shape, lines: tuple[str, ...]) -> Block:
    if shape is Shape.LIST:
        return Block(shape, tuple(_POINT.sub("", line, count=1) for line in lines))
    if shape is Shape.NUMBERED and _is_in_order(lines):
        points = tuple(_NUMBERED.sub("", line, count=1) for line in lines)
        return Block(shape, points, first=_number(lines[0]))
    return Block(Shape.PARAGRAPH, lines)


def _with_inset(block: Block) -> list[Block]:
    first, *below = block.lines
    if block.shape is not Shape.PARAGRAPH or not first.endswith(":") or not below:
        return [block]
    return [Block(Shape.PARAGRAPH, (first,)), Block(Shape.INSET, tuple(below))]


def _is_in_order(lines: tuple[str, ...]) -> bool:
    numbers = [_number(line) for line in lines]
    return numbers == list(range(numbers[0], numbers[0] + len(numbers)))


def _number(line: str) -> int:
    found = _NUMBERED.match(line)
    return int(found[1]) if found else 0
