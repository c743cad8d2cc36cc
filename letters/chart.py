"""The figures of a year as a picture for a phone: months, delays, what is open, outcomes.

Counting is done elsewhere (figures.py); here it is only drawn. Drawing takes a second: call it in a
thread. It keeps away from pyplot, whose figures are one global list.
"""

from collections.abc import Sequence
from datetime import date
from functools import cache
from io import BytesIO
from string import Template

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import findfont, get_font
from matplotlib.patches import FancyBboxPatch, Rectangle
from matplotlib.text import Text
from matplotlib.ticker import MaxNLocator

from letters.figures import Figures, Series, Share, folded
from letters.words import named, short_date, texts

WIDTH, HEIGHT, DPI = 4.8, 6.4, 200  # 960 by 1280 pixels: two for each of a phone's points
FONT = "DejaVu Sans"  # ships with matplotlib
MOTIVES = 4  # that have a colour of their own
NAME = 40  # characters of the establishment's name, of a motive's

INK, PALE, LINE, EMPTY = "#1A1A1A", "#5F6368", "#D5D7DA", "#EEF0F2"
COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7")  # Okabe and Ito: told apart by all eyes
OTHERS = "#B4B8BD"
AGES = ("#009E73", "#56B4E9", "#E69F00", "#B00020")
OUTCOMES = ("#0072B2", "#56B4E9", "#B4B8BD")
GOOD, FAIR, BAD = "#1B7F4B", "#A15C00", "#B00020"
FAIR_FROM = 90  # percent of a promise that was kept
HUGE, LARGE, MIDDLE, SMALL, TINY = 22.0, 14.0, 10.0, 8.5, 7.5  # points: a phone shows the same


def picture(figures: Figures, name: str, day: date) -> bytes:
    """The picture, as PNG: what the establishment's figures are on that day."""
    figure = Figure((WIDTH, HEIGHT), dpi=DPI, facecolor="white")
    _draw_title(figure, figures, name, day)
    _draw_months(figure, figures)
    _draw_promises(figure, figures)
    _draw_open(figure, figures)
    _draw_outcomes(figure, figures)
    _settle_texts(figure)
    file = BytesIO()
    figure.savefig(file, format="png", dpi=DPI, metadata={"Software": None})
    return file.getvalue()


def _draw_title(figure: Figure, figures: Figures, name: str, day: date) -> None:
    title = _say("title", year=figures.year)
    figure.text(0.05, 0.955, title, size=LARGE, weight="bold", color=INK)
    below = _say("subtitle", name=_short(name), day=short_date(day))
    figure.text(0.05, 0.927, below, size=SMALL, color=PALE)


# -- months and motives -------------------------------------------------------------------------


def _draw_months(figure: Figure, figures: Figures) -> None:
    """A bar for each month, in it the most frequent motives and the others."""
    _head(figure, 0.05, 0.885, _say("months", count=figures.received))
    if figures.set_aside:
        key = "set_aside" if figures.set_aside > 1 else "one_set_aside"
        words = _say(key, count=figures.set_aside)
        figure.text(0.95, 0.885, words, size=TINY, color=PALE, ha="right")
    axes = figure.add_axes((0.065, 0.515, 0.895, 0.225))
    motives, bottoms = folded(figures.motives, MOTIVES), [0] * 12
    for (_, counts), colour in zip(motives, _colours(motives), strict=True):
        axes.bar(range(12), counts, 0.72, bottoms, color=colour)
        bottoms = [below + count for below, count in zip(bottoms, counts, strict=True)]
    most = max(bottoms)
    for month, total in enumerate(bottoms):
        if total:
            axes.text(month, total + most / 40, str(total), size=SMALL, weight="bold", ha="center")
    _set_up_months(axes, most)
    _draw_legend(figure, motives)


def _draw_legend(figure: Figure, motives: Sequence[Series]) -> None:
    """One below the other: names are as long as the establishment likes."""
    for at, (motive, colour) in enumerate(zip(motives, _colours(motives), strict=True)):
        bottom = 0.856 - 0.0222 * at
        square = Rectangle((0.05, bottom - 0.001), 0.021, 0.0155, transform=figure.transFigure)
        square.set_color(colour)
        figure.add_artist(square)
        figure.text(0.083, bottom, _motive(motive), size=SMALL, color=INK)


def _set_up_months(axes: Axes, most: int) -> None:
    axes.set_xlim(-0.6, 11.6)
    axes.set_ylim(0, max(most * 1.18, 1))
    axes.set_xticks(range(12), list(texts("figures")["months"].values()))
    axes.yaxis.set_major_locator(MaxNLocator(nbins=4, integer=True))
    axes.yaxis.grid(True, color=LINE, linewidth=0.6)
    axes.set_axisbelow(True)
    axes.tick_params(length=0, labelsize=TINY, labelcolor=PALE, labelfontfamily=FONT)
    for side in ("top", "left", "right"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(LINE)


def _motive(series: Series) -> str:
    motive, counts = series
    name = named(motive) if motive else _say("others")
    return _say("motive", name=_short(name), count=sum(counts))


def _colours(motives: Sequence[Series]) -> list[str]:
    own = iter(COLOURS)
    return [next(own) if motive else OTHERS for motive, _ in motives]


# -- promises -----------------------------------------------------------------------------------


def _draw_promises(figure: Figure, figures: Figures) -> None:
    """Two figures that can be read from across a room."""
    _head(figure, 0.05, 0.45, _say("promises"))
    _draw_promise(figure, 0.05, figures.acknowledged, _say("acknowledged"))
    _draw_promise(figure, 0.525, figures.answered, _say("answered"))


def _draw_promise(figure: Figure, left: float, share: Share, words: str) -> None:
    percent = share.percent
    colour = PALE if percent is None else _judged(percent)
    box = FancyBboxPatch(
        (left, 0.325),
        0.425,
        0.11,
        boxstyle="round,pad=0,rounding_size=0.015",
        transform=figure.transFigure,
        facecolor=f"{colour}14",
        edgecolor=colour,
        linewidth=0.8,
    )
    figure.add_artist(box)
    known = _say("nothing_owed") if percent is None else _say("percent", percent=percent)
    figure.text(left + 0.02, 0.375, known, size=HUGE, weight="bold", color=colour)
    of = _say("of", kept=share.kept, owed=share.owed) if share.owed else _say("none_due")
    figure.text(left + 0.41, 0.378, of, size=TINY, color=INK, ha="right")
    figure.text(left + 0.02, 0.342, words, size=TINY, color=INK)


def _judged(percent: int) -> str:
    if percent == 100:
        return GOOD
    return FAIR if percent >= FAIR_FROM else BAD


# -- what is open, what was decided -------------------------------------------------------------


def _draw_open(figure: Figure, figures: Figures) -> None:
    """Those that are owed an answer, by age; the oldest stand out."""
    _head(figure, 0.05, 0.272, _say("open", count=figures.open))
    ages = texts("figures")["ages"].values()
    rows = [
        (words, count, str(count), colour)
        for words, count, colour in zip(ages, figures.open_by_age, AGES, strict=True)
    ]
    _draw_rows(figure, 0.05, rows, figures.open)


def _draw_outcomes(figure: Figure, figures: Figures) -> None:
    """How the answers that have left have decided."""
    total = sum(count for _, count in figures.outcomes)
    _head(figure, 0.525, 0.272, _say("outcomes", count=total))
    rows = [
        (
            named(outcome),
            count,
            _say("outcome", count=count, percent=round(100 * count / total)) if total else "0",
            colour,
        )
        for (outcome, count), colour in zip(figures.outcomes, OUTCOMES, strict=True)
    ]
    _draw_rows(figure, 0.525, rows, total)


def _draw_rows(
    figure: Figure, left: float, rows: Sequence[tuple[str, int, str, str]], whole: int
) -> None:
    """A bar for each row, its part of the whole; above it its words and its number."""
    axes = figure.add_axes((left, 0.02, 0.425, 0.235))
    axes.set_axis_off()
    for at, (words, count, number, colour) in enumerate(rows):
        axes.barh(at + 0.62, 1, 0.24, color=EMPTY)
        axes.barh(at + 0.62, count / whole if whole else 0, 0.24, color=colour)
        axes.text(0, at + 0.44, words, size=SMALL, color=INK, va="bottom")
        axes.text(1, at + 0.44, number, size=SMALL, color=INK, va="bottom", ha="right")
    axes.set_xlim(0, 1)
    axes.set_ylim(4, 0)  # four rows high, whether there are four or three


# -- texts --------------------------------------------------------------------------------------


def _head(figure: Figure, left: float, bottom: float, words: str) -> None:
    figure.text(left, bottom, words, size=MIDDLE, weight="bold", color=INK)


def _settle_texts(figure: Figure) -> None:
    """Each text in the font that ships, and as it is: a name with two "$" is no formula."""
    for text in figure.findobj(Text):
        if isinstance(text, Text):
            text.set_fontfamily(FONT)
            text.set_parse_math(False)


def _short(name: str) -> str:
    """A name in the signs that the font has: it has no emoji."""
    shown = "".join(one for one in name if ord(one) in _signs())
    return shown if len(shown) <= NAME else f"{shown[: NAME - 1]}…"


@cache
def _signs() -> frozenset[int]:
    return frozenset(get_font(findfont(FONT)).get_charmap())


def _say(key: str, **values: object) -> str:
    return Template(texts("figures")["picture"][key]).substitute(values)
