"""How a sheet is written: each value as what it is, its look, and the printed page.

Whatever clients or managers have written is a text, never a formula, not even after somebody has
edited its cell: such cells bear Excel's own mark for that (quotePrefix).
"""

import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

LONGEST = 32_000  # UTF-16 units of a text: Excel takes 32,767 in a cell
MARGIN_TEXT = 80  # characters of what stands above a printed page: Excel takes 255 in all

A4 = 9
DAY, MINUTE = "dd/mm/yyyy", "dd/mm/yyyy hh:mm"
BAD = {"bold": True, "font_color": "#B00020", "bg_color": "#FDE7E9"}
SMALL = {"font_size": 7}

Cell = str | int | float | Decimal | date | datetime | bool | None
"""What a cell may show; moments are aware, None and an empty text leave it blank."""

Look = dict[str, Any]
"""How a cell differs from a plain one, in the words of xlsxwriter's formats."""


class Sheets:
    """The sheets of one workbook while they are written, in memory: no complaint lies in a file."""

    def __init__(self, book: xlsxwriter.Workbook, zone: ZoneInfo, yes: str, no: str) -> None:
        self._book = book
        self._zone = zone
        self._words = {True: yes, False: no}
        self._formats: dict[str, Format] = {}

    def name(self, title: str, subject: str, author: str, now: datetime) -> None:
        """What the file says of itself; its date is ours: the same register, the same bytes."""
        told = {"title": title, "subject": subject, "author": author, "company": author}
        self._book.set_properties({**told, "created": now.astimezone(UTC).replace(tzinfo=None)})

    def add(self, name: str, above: tuple[str, str], below: tuple[str, str]) -> Worksheet:
        """One more sheet, to be printed on A4 with these words left and right of each page."""
        sheet: Worksheet = self._book.add_worksheet(name)
        sheet.set_paper(A4)
        sheet.set_landscape()
        sheet.set_margins(left=0.4, right=0.4, top=0.7, bottom=0.6)
        sheet.set_header("&L{}&R{}".format(*map(_marginal, above)))
        sheet.set_footer(f"&L{_marginal(below[0])}&R{below[1]}")  # its &P and &N are Excel's
        sheet.hide_gridlines(2)
        return sheet

    def write(
        self, sheet: Worksheet, row: int, column: int, cell: Cell, look: Look | None = None
    ) -> None:
        """A value as what it is; bool before int, datetime before date: one is the other."""
        look = look or {}
        match cell:
            case None | "":
                sheet.write_blank(row, column, None, self.format(look))
            case bool():
                sheet.write_string(row, column, self._words[cell], self.format(look))
            case datetime():
                sheet.write_datetime(row, column, self._local(cell), self._dated(look, MINUTE))
            case date():
                sheet.write_datetime(row, column, cell, self._dated(look, DAY))
            case str():
                written = self.format({"quote_prefix": True, **look})
                sheet.write_string(row, column, safe(cell), written)
            case _:
                sheet.write_number(row, column, cell, self.format(look))

    def format(self, look: Look) -> Format:
        """The format of a look; each is made once."""
        plain = {"font_size": 9, "valign": "top", "text_wrap": True, "border": 1}
        wanted = {**plain, "border_color": "#BFBFBF", **look}
        key = repr(sorted(wanted.items()))
        if key not in self._formats:
            self._formats[key] = self._book.add_format(wanted)
        return self._formats[key]

    def _dated(self, look: Look, pattern: str) -> Format:
        return self.format({"num_format": pattern, "align": "left", **look})

    def _local(self, at: datetime) -> datetime:
        """A moment as the establishment's clock shows it: Excel knows no zones."""
        return at.astimezone(self._zone).replace(tzinfo=None)


@contextmanager
def written(file: BytesIO, zone: ZoneInfo, yes: str, no: str) -> Iterator[Sheets]:
    """The sheets of a workbook, which is whole in the file after."""
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        yield Sheets(book, zone, yes, no)


def safe(text: str) -> str:
    """A text that a cell takes: no invisible character, and cut where Excel would refuse it."""
    hidden = {ord(one) for one in set(text) - {"\n", "\t"} if unicodedata.category(one)[0] == "C"}
    visible = text.translate(dict.fromkeys(hidden))
    units = visible.encode("utf-16-le")
    if len(units) <= 2 * LONGEST:
        return visible
    return units[: 2 * LONGEST].decode("utf-16-le", errors="ignore") + "…"


def _marginal(text: str) -> str:
    """Words for the margin of a page, where Excel reads an & as a command."""
    return safe(text)[:MARGIN_TEXT].replace("&", "&&")
