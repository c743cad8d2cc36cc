"""The figures of a year on the manager's phone: a picture, and the same in words."""

import asyncio
import io
import threading
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from telegram import Update
from telegram.constants import ChatAction

from bot.menus import MANAGER_COMMANDS
from bot.screen import Screen
from bot.summary import summary
from bot.texts import label
from letters import chart
from letters.chart import picture
from letters.figures import Figures, Share, counted
from letters.words import name_motives
from register.complaint import Outcome, State
from register.deadlines import Timetable
from register.labels import Channel, Motive, Severity
from sandbox.markup import read_html, utf16_length
from sandbox.person import Person
from tests.complaints import NOON, complaint
from tests.desk import Desk, StillClock, opened
from tests.test_manager import REFERENCE
from tests.test_story import whole_life

NOW = NOON + timedelta(days=30)
DAY = date(2026, 4, 1)
MARCH = (0, 0, 1) + (0,) * 9


def figures(**changes: Any) -> Figures:
    """One complaint, acknowledged and answered in time, with what the test changes."""
    plain = Figures(
        year=2026,
        received=1,
        set_aside=0,
        unanswered=0,
        motives=((Motive.BILLING, MARCH), (None, (0,) * 12)),
        channels=tuple((one, 0) for one in Channel),
        severities=tuple((one, 0) for one in (*Severity, None)),
        acknowledged=Share(1, 1),
        answered=Share(1, 1),
        outcomes=tuple((one, 0) for one in Outcome),
        open_by_age=(0, 0, 0, 0),
    )
    return replace(plain, **changes)


def colours(data: bytes) -> set[str]:
    """The colours that a picture has, as "#rrggbb"."""
    image = Image.open(io.BytesIO(data)).convert("RGB")
    found = image.getcolors(image.width * image.height) or []
    return {"#{:02X}{:02X}{:02X}".format(*colour) for _, colour in found}


@pytest.fixture(autouse=True)
def _names_that_ship() -> Iterator[None]:
    yield
    name_motives({})


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with opened(tmp_path, StillClock(NOW)) as running:
        yield running


@pytest.fixture
async def jeanne(desk: Desk) -> Person:
    return await desk.manager()


# -- by its command -----------------------------------------------------------------------------


async def test_the_figures_of_this_year(desk: Desk, jeanne: Person) -> None:
    """One command: a picture, the same in words below it, and an action while it is drawn."""
    desk.receives()
    desk.register.update(REFERENCE, whole_life)
    desk.receives()
    await desk.says(jeanne, "/stats")

    shown = jeanne.from_bot()[-1]
    assert Image.open(io.BytesIO(jeanne.file(shown).content)).size == (960, 1280)
    assert shown.photo
    assert shown.text == (
        "📊 2026 : 2 réclamations reçues, par motif : Facturation et remboursement (1),"
        " Planning des leçons (1). Mois le plus chargé : mars (2)."
        " Accusé de réception envoyé en 48 h : 1 sur 2 (50 %)."
        " Réponse donnée avant le 10e jour inclus : 1 sur 2 (50 %)."
        " Sans réponse à ce jour : 1, soit 1 (plus de 10 jours). Décisions : Fondée 1 (100 %)."
    )
    action = next(told for name, told in desk.api.calls if name == "sendChatAction")
    assert action["action"] == "upload_photo"


async def test_nothing_to_show(desk: Desk, jeanne: Person) -> None:
    """A year without anything is a sentence, not an empty picture."""
    desk.receives()

    assert await desk.says(jeanne, "/stats 2025") == (
        "📊 Rien à montrer : aucune réclamation en 2025."
    )
    assert "/stats 2026" in await desk.says(jeanne, "/stats l’an dernier")


async def test_a_stranger_gets_no_figures(desk: Desk, jeanne: Person) -> None:
    """The same command by somebody who is no manager gives nothing."""
    desk.receives()
    stranger = desk.api.person(99, "Un Inconnu")
    await stranger.sends("/stats")
    await desk.settled()

    assert stranger.from_bot() == []


async def test_the_menu_and_the_help_name_them(desk: Desk, jeanne: Person) -> None:
    """What is there can be found."""
    shown = await desk.says(jeanne, "/aide")

    assert "/stats" in shown
    assert "/registre" in shown
    assert {"registre", "stats"} <= set(MANAGER_COMMANDS)
    assert all(label(f"complainant.menu_{one}") for one in MANAGER_COMMANDS)


# -- the screen ---------------------------------------------------------------------------------


def screen_of(desk: Desk, jeanne: Person) -> Screen:
    """Her chat, as a message of hers opens it."""
    raw = {
        "update_id": 1,
        "message": {
            "message_id": 1,
            "date": int(NOON.timestamp()),
            "chat": {"id": jeanne.id, "type": "private"},
            "from": {"id": jeanne.id, "is_bot": False, "first_name": "Jeanne"},
        },
    }
    return Screen(Update.de_json(raw, desk.line.bot), desk.line.bot)


async def test_a_picture_that_telegram_refuses_leaves_its_words(desk: Desk, jeanne: Person) -> None:
    """The figures arrive all the same."""
    await screen_of(desk, jeanne).give_picture(b"no picture", "Les <b>mêmes</b> mots.")

    assert jeanne.texts()[-1] == "Les mêmes mots."
    assert jeanne.from_bot()[-1].photo is None


async def test_a_long_work_says_again_that_it_goes_on(desk: Desk, jeanne: Person) -> None:
    """Telegram forgets an action after five seconds: it is told until the work is done."""
    done = threading.Event()
    work = asyncio.create_task(
        screen_of(desk, jeanne).during(ChatAction.UPLOAD_PHOTO, lambda: done.wait(5), every=0.01)
    )

    def told() -> bool | None:
        return [name for name, _ in desk.api.calls].count("sendChatAction") >= 3 or None

    assert await desk.api.bell.until(told, 5)
    assert not work.done()
    done.set()
    assert await work is True


# -- the picture --------------------------------------------------------------------------------


def test_each_motive_has_its_colour() -> None:
    """The four most frequent ones have their own; the others share a grey."""
    names = (Motive.BILLING, Motive.EXAM, Motive.SAFETY, Motive.CONDUCT, Motive.VEHICLE)
    motives = tuple((one, MARCH) for one in (*names, None))
    shown = colours(picture(figures(motives=motives), "École", DAY))
    alone = colours(picture(figures(), "École", DAY))

    assert {*chart.COLOURS, chart.OTHERS} <= shown
    assert chart.COLOURS[0] in alone
    assert chart.OTHERS not in alone


@pytest.mark.parametrize(
    ("share", "colour"),
    [
        (Share(3, 3), chart.GOOD),
        (Share(19, 20), chart.FAIR),
        (Share(1, 2), chart.BAD),
        (Share(0, 0), chart.PALE),
    ],
)
def test_a_promise_is_judged_by_its_colour(share: Share, colour: str) -> None:
    """All kept, nearly all, too few, nothing to judge."""
    shown = colours(picture(figures(acknowledged=share, answered=share), "École", DAY))

    assert colour in shown
    assert not ({chart.GOOD, chart.FAIR, chart.BAD} - {colour}) & shown


def test_what_is_overdue_is_red() -> None:
    """Open for more than ten days stands out, less does not."""
    overdue = colours(picture(figures(open_by_age=(0, 0, 0, 1)), "École", DAY))
    fresh = colours(picture(figures(open_by_age=(1, 0, 0, 0)), "École", DAY))

    assert chart.AGES[3] in overdue
    assert chart.AGES[3] not in fresh


@pytest.mark.parametrize(
    "name", ["Prix à $5 ou $6", "$\\nosuch{$", "École 🚗 école", "É" * 300, "", "a\nb\x00c"]
)
def test_any_name_can_be_drawn(name: str) -> None:
    """What the establishment calls itself and its motives is no formula, and never too long."""
    own = Motive("own_name")
    name_motives({own: name})
    shown = figures(motives=((own, (120,) * 12), (None, (0,) * 12)), set_aside=2, received=1440)

    assert picture(shown, name, DAY).startswith(b"\x89PNG")


def test_only_old_ones_that_are_open() -> None:
    """In January nothing may have come yet, while December's still wait."""
    december = complaint(received_at=NOON - timedelta(days=70))
    january = counted([december], 2026, NOON, Timetable().zone)

    assert not january.is_empty
    assert picture(january, "École", DAY).startswith(b"\x89PNG")
    assert summary(january).startswith("📊 2026 : 0 réclamation reçue. Sans réponse à ce jour : 1")


def test_the_same_figures_give_the_same_picture() -> None:
    """And nothing in the file tells with what, or when, it was drawn."""
    data = picture(figures(), "École", DAY)

    assert data == picture(figures(), "École", DAY)
    assert b"matplotlib" not in data.lower()


# -- the words ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "1 réclamation reçue, par motif : Facturation et remboursement (1). Mois"),
        ({"set_aside": 1}, "reçue (et 1 classée sans suite, non comptée), par motif"),
        ({"set_aside": 2}, "reçue (et 2 classées sans suite, non comptées), par motif"),
        ({"answered": Share(0, 0)}, "(100 %). Aucune n’attend de réponse."),
        ({"open_by_age": (2, 1, 0, 0)}, "à ce jour : 3, soit 2 (0 à 3 jours), 1 (4 à 7 jours)."),
        ({"open_by_age": (0, 0, 0, 0)}, "Aucune n’attend de réponse."),
        (
            {
                "outcomes": (
                    (Outcome.UPHELD, 2),
                    (Outcome.PARTLY_UPHELD, 0),
                    (Outcome.NOT_UPHELD, 1),
                )
            },
            "Décisions : Fondée 2 (67 %), Non fondée 1 (33 %).",
        ),
        ({"motives": ((None, MARCH),)}, "par motif : autres motifs (1)."),
    ],
)
def test_the_same_in_words(changes: dict[str, Any], words: str) -> None:
    """Numbers agree with their nouns, and what there is not is not spoken of."""
    assert words in summary(figures(**changes))


def test_the_words_fit_below_a_picture() -> None:
    """Long names of motives and large numbers included: 1,024 signs."""
    motives = [Motive(f"own_m{number}") for number in range(6)]
    name_motives({one: "&<é😀" * 100 for one in motives})
    most = (9999,) * 12
    shown = figures(
        received=10**6,
        set_aside=10**6,
        motives=(*((one, most) for one in motives), (None, most)),
        open_by_age=(10**6,) * 4,
        outcomes=tuple((one, 10**6) for one in Outcome),
    )
    text, _ = read_html(summary(shown))

    assert utf16_length(text) <= 1024


def test_set_aside_alone_is_something() -> None:
    """A year in which all was set aside says so."""
    aside = counted([complaint(state=State.SET_ASIDE)], 2026, NOW, Timetable().zone)

    assert summary(aside) == (
        "📊 2026 : 0 réclamation reçue (et 1 classée sans suite, non comptée)."
        " Aucune n’attend de réponse."
    )
