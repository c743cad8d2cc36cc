"""The figures of a year in one paragraph: the picture, for whoever does not see it. Pure."""

from bot.texts import say
from letters.figures import Figures, folded
from letters.words import excerpt, month, named, texts

MOTIVES = 4  # that are named; the same as in the picture
NAME = 40


def summary(figures: Figures) -> str:
    """The paragraph, as Telegram HTML."""
    words = texts("figures")
    others = words["picture"]["others"].lower()
    most = max(figures.by_month)
    decided = sum(count for _, count in figures.outcomes)
    ages = zip(words["ages"].values(), figures.open_by_age, strict=True)
    return say(
        "manager.stats",
        year=figures.year,
        received=figures.received,
        set_aside=figures.set_aside,
        motives=[
            f"{excerpt(named(motive), NAME) if motive else others} ({sum(counts)})"
            for motive, counts in folded(figures.motives, MOTIVES)
        ],
        month=month(figures.by_month.index(most) + 1) if most else "",
        most=most,
        acknowledged=figures.acknowledged,
        answered=figures.answered,
        open=figures.open,
        ages=[f"{count} ({age})" for age, count in ages if count],
        outcomes=[
            f"{named(one)} {count} ({round(100 * count / decided)} %)"
            for one, count in figures.outcomes
            if count
        ],
    )
