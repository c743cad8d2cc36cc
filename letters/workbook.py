"""The register of a year as a workbook, for the auditor: complaints in, an .xlsx out. Pure.

Three sheets: the register itself (columns.py), the log of who did what, the figures; where nothing
was received, one sheet that attests it. The words stand in templates/fr/register.toml.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from io import BytesIO
from itertools import groupby
from math import ceil
from string import Template
from typing import Any
from zoneinfo import ZoneInfo

from letters.columns import Column, Group, Kind, columns
from letters.establishment import Establishment
from letters.evidence import actor, deed
from letters.figures import Figures, Share, counted, of_year, year_of
from letters.sheets import BAD, SMALL, Cell, Look, Sheets, written
from letters.words import moment, named, texts
from register.complaint import Complaint

PAGE_WIDTH = 200  # characters across a printed page: with more of them it cannot be read
LINE, LOWEST, HIGHEST = 12.0, 16.0, 156.0  # points; a longer text is read in its cell
YEARS = 6  # side by side in the figures

COLOURS = {  # of each group: behind its name, behind its headings
    Group.IDENTIFICATION: ("#1F3864", "#DCE3EF"),
    Group.QUALIFICATION: ("#2E75B6", "#DDEBF7"),
    Group.ACKNOWLEDGEMENT: ("#3B6E2B", "#E2EFDA"),
    Group.HANDLING: ("#7F6000", "#FFF2CC"),
    Group.ANSWER: ("#A5480D", "#FBE5D6"),
    Group.IMPROVEMENT: ("#5F2B8A", "#E8DEF1"),
    Group.CLOSING: ("#404040", "#E7E7E7"),
}
TITLE: Look = {"bold": True, "font_size": 14, "border": 0, "text_wrap": False}
HEADING: Look = {"bold": True, "bg_color": "#DCE3EF"}
LOG = {"at": 18, "reference": 14, "who": 28, "what": 76}  # its columns, each with its width


def workbook(
    complaints: Sequence[Complaint],
    establishment: Establishment,
    zone: ZoneInfo,
    year: int,
    now: datetime,
    withheld: Collection[str] = (),
) -> bytes:
    """The workbook of a year as it stands now; the complaints of all years are given.

    Of those in `withheld` it shows the reference, and counts them.
    """
    file = BytesIO()
    values = texts("register")["values"]
    with written(file, zone, values["yes"], values["no"]) as sheets:
        pen = _Pen(sheets, establishment, year, moment(now, zone))
        sheets.name(pen.title("register"), _say("titles", "subject"), establishment.name, now)
        found = of_year(complaints, year, zone)
        if found:
            shown = columns(complaints, establishment, zone, now)
            rows = [_cells(one, shown, is_withheld=one.reference in withheld) for one in found]
            _write_register(pen, rows, shown)
            _write_log(pen, [one for one in found if one.reference not in withheld])
            years = {year, *(year_of(one, zone) for one in complaints)}
            compared = sorted(one for one in years if one <= year)[-YEARS:]
            _write_figures(pen, [counted(complaints, one, now, zone) for one in compared])
        else:
            _write_certificate(pen)
    return file.getvalue()


@dataclass(frozen=True, slots=True)
class _Pen:
    """What every sheet is written with."""

    sheets: Sheets
    establishment: Establishment
    year: int
    as_of: str  # when the register stood so

    def title(self, sheet: str) -> str:
        """What stands on top of a sheet."""
        return _say("titles", sheet, year=self.year, name=self.establishment.name)

    def add(self, name: str) -> Any:
        """One more sheet: the establishment and the moment above each page, its number below."""
        words = _say("sheets", name, year=self.year)
        as_of = _say("titles", "as_of", at=self.as_of)
        page = (words, _say("titles", "page"))
        return self.sheets.add(words, (self.establishment.name, as_of), page)

    def titled(self, name: str) -> Any:
        """One more sheet with its title in the first row."""
        sheet = self.add(name)
        sheet.set_row(0, 24)
        title = f"{self.title(name)} · {_say('titles', 'as_of', at=self.as_of)}"
        self.sheets.write(sheet, 0, 0, title, TITLE)
        return sheet


# -- the register -------------------------------------------------------------------------------


def _cells(complaint: Complaint, shown: Sequence[Column], *, is_withheld: bool) -> list[Cell]:
    """What a complaint has to show; where it is withheld, its reference and why."""
    if not is_withheld:
        return [one.cell(complaint) for one in shown]
    told = {"reference": complaint.reference, "complainant": _say("withheld", "row")}
    return [told.get(one.key) for one in shown]


def _write_register(pen: _Pen, rows: Sequence[Sequence[Cell]], shown: Sequence[Column]) -> None:
    """A row for each complaint below two rows of headings."""
    sheet = pen.titled("register")
    for group, members in groupby(enumerate(shown), key=lambda each: each[1].group):
        _head_group(pen, sheet, group, list(members))
    sheet.set_row(2, 4 * LINE)
    for row, cells in enumerate(rows, 3):
        sheet.set_row(row, _height(cells, shown))
        for at, (cell, column) in enumerate(zip(cells, shown, strict=True)):
            pen.sheets.write(sheet, row, at, cell, _look(cell, column))
    sheet.autofilter(2, 0, len(rows) + 2, len(shown) - 1)
    sheet.freeze_panes(3, 1)
    sheet.repeat_rows(1, 2)
    sheet.repeat_columns(0)
    sheet.fit_to_pages(ceil(sum(one.width for one in shown) / PAGE_WIDTH), 0)
    sheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})


def _head_group(pen: _Pen, sheet: Any, group: Group, members: Sequence[tuple[int, Column]]) -> None:
    """The name of a group, and below it the headings of its columns."""
    dark, light = COLOURS[group]
    look: Look = {"bold": True, "font_color": "#FFFFFF", "bg_color": dark, "text_wrap": False}
    first, last = members[0][0], members[-1][0]
    if first != last:
        sheet.merge_range(1, first, 1, last, "", pen.sheets.format(look))
    pen.sheets.write(sheet, 1, first, _say("groups", group), look)
    for at, column in members:
        sheet.set_column(at, at, column.width)
        heading = _say("columns", column.key)
        pen.sheets.write(sheet, 2, at, heading, {"bold": True, "bg_color": light})


def _look(cell: Cell, column: Column) -> Look:
    if column.kind is Kind.KEPT and cell is False:
        return BAD
    return SMALL if column.kind is Kind.PROOF else {}


def _height(cells: Sequence[Cell], shown: Sequence[Column]) -> float:
    """Of a row: its texts can be read, and none of them fills the screen."""
    rows = [
        _rows(cell, column)
        for cell, column in zip(cells, shown, strict=True)
        if isinstance(cell, str)
    ]
    return min(max(LOWEST, max(rows) * LINE + 4), HIGHEST)


def _rows(text: str, column: Column) -> int:
    """The rows that a text takes in its column: more of the small signs stand in one."""
    most = column.width * (1.4 if column.kind is Kind.PROOF else 1.1)
    return sum(max(1, ceil(len(line) / most)) for line in text.split("\n"))


# -- the log ------------------------------------------------------------------------------------


def _write_log(pen: _Pen, found: Sequence[Complaint]) -> None:
    """Who did what when: people by role and number, no contents."""
    sheet = pen.titled("events")
    for at, (key, width) in enumerate(LOG.items()):
        sheet.set_column(at, at, width)
        pen.sheets.write(sheet, 1, at, _say("events", key), HEADING)
    events = [(event, one.reference) for one in found for event in one.events]
    events.sort(key=lambda each: each[0].at)
    for row, (event, reference) in enumerate(events, 2):
        told: tuple[Cell, ...] = (event.at, reference, actor(event.who), deed(event.what))
        for at, cell in enumerate(told):
            pen.sheets.write(sheet, row, at, cell)
    sheet.autofilter(1, 0, len(events) + 1, len(LOG) - 1)
    sheet.freeze_panes(2, 0)
    sheet.repeat_rows(1)
    sheet.fit_to_pages(1, 0)


# -- the figures --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Line:
    """One line of the figures, a number for each year."""

    words: str
    numbers: tuple[float | None, ...] = ()
    look: Look = field(default_factory=dict)
    number_look: Look = field(default_factory=dict)


def _write_figures(pen: _Pen, years: Sequence[Figures]) -> None:
    """The figures of this year beside those of the years before it."""
    sheet = pen.titled("counts")
    sheet.set_column(0, 0, 48)
    sheet.set_column(1, YEARS, 11)
    for at, cell in enumerate([None, *(one.year for one in years)]):
        pen.sheets.write(sheet, 1, at, cell, HEADING)
    for row, line in enumerate(_lines(years), 2):
        pen.sheets.write(sheet, row, 0, line.words, line.look)
        for at, number in enumerate(line.numbers, 1):
            pen.sheets.write(sheet, row, at, number, line.number_look)
    sheet.freeze_panes(2, 1)
    sheet.repeat_rows(1)
    sheet.fit_to_pages(1, 0)


def _lines(years: Sequence[Figures]) -> Iterator[_Line]:
    yield _Line(_say("counts", "received"), tuple(one.received for one in years))
    yield _part("unanswered", [one.unanswered for one in years])
    yield _Line(_say("counts", "set_aside"), tuple(one.set_aside for one in years))
    yield from _share_lines("acknowledged", [one.acknowledged for one in years])
    yield from _share_lines("answered", [one.answered for one in years])
    yield from _section("outcomes", [dict(one.outcomes) for one in years])
    motives = [{motive: sum(months) for motive, months in one.motives} for one in years]
    yield from _section("motives", motives)
    yield from _section("severities", [dict(one.severities) for one in years])
    yield from _section("channels", [dict(one.channels) for one in years])


def _part(key: str, numbers: Iterable[float | None], number_look: Look | None = None) -> _Line:
    """A line that says something of the one above it."""
    return _Line(_say("counts", key), tuple(numbers), {"indent": 1}, number_look or {})


def _share_lines(key: str, shares: Sequence[Share]) -> Iterator[_Line]:
    """What was owed, what was kept of it, and how much that is."""
    yield _Line(_say("counts", f"{key}_owed"), tuple(one.owed for one in shares))
    yield _part(f"{key}_kept", [one.kept for one in shares])
    parts = [None if one.percent is None else one.percent / 100 for one in shares]
    yield _part(f"{key}_share", parts, {"num_format": "0 %"})


def _section(key: str, years: Sequence[Mapping[Any, int]]) -> Iterator[_Line]:
    """A heading, then a line for each code that any of the years has, what has none the last."""
    yield _Line(_say("counts", key), (None,) * len(years), HEADING, HEADING)
    codes: list[StrEnum | None] = list(dict.fromkeys(code for one in years for code in one))
    for code in sorted(codes, key=lambda one: one is None):
        numbers = tuple(one.get(code, 0) for one in years)
        if any(numbers):
            yield _Line(named(code) if code else _say("counts", "none"), numbers)


# -- nothing ------------------------------------------------------------------------------------


def _write_certificate(pen: _Pen) -> None:
    """A year without complaints: the establishment attests it, with a signature."""
    own = pen.establishment
    sheet = pen.add("certificate")
    sheet.set_portrait()
    sheet.set_column(0, 0, 90)
    for at, key in enumerate(texts("register")["certificate"]):
        words = _say(
            "certificate",
            key,
            name=own.name,
            address=own.address,
            year=pen.year,
            at=pen.as_of,
            signatory=own.signatory,
            quality=own.quality,
        )
        look: Look = {"bold": at == 0, "font_size": 12 if at else 16, "border": 0}
        sheet.set_row(2 * at, 32)
        pen.sheets.write(sheet, 2 * at, 0, words, look)
    sheet.fit_to_pages(1, 1)


def _say(table: str, key: str, **values: object) -> str:
    return Template(texts("register")[table][key]).substitute(values)
