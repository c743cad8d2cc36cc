"""When time presses: the deputy, the first hour, the next step, the holding reply."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from bot.texts import label
from letters.compose import holding_reply
from letters.words import named
from register.complaint import (
    Address,
    Channel,
    Complainant,
    IllegalStep,
    Letter,
    LetterKind,
    Refusal,
)
from register.deadlines import Timetable
from register.labels import Motive, Severity
from register.people import Manager
from sandbox.clock import SandboxClock
from sandbox.person import Person
from sandbox.telegram import BotApi
from tests.answered import answered
from tests.complaints import NOON, complaint
from tests.counter import Counter
from tests.desk import SCHOOL, Desk, StillClock, at, opened

REFERENCE = "R-2026-0001"
HOLD = label("following.button_hold")


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with opened(tmp_path, StillClock(at(10, day=3))) as running:
        yield running


@pytest.fixture
async def jeanne(desk: Desk) -> Person:
    return await desk.manager()


async def deputy(desk: Desk) -> Person:
    """Sophie, paired as a deputy."""
    sophie = await desk.manager(9, "Sophie Delmas")
    paired = Manager(telegram_id=9, name="Sophie Delmas", paired_at=desk.clock(), is_deputy=True)
    desk.register.save_manager(paired)
    return sophie


def news(person: Person) -> list[str]:
    """What the bot has said since the greeting."""
    return person.texts()[1:]


# -- the deputy -------------------------------------------------------------------------------


async def test_the_deputy_hears_from_day_eight_on(desk: Desk, jeanne: Person) -> None:
    """Neither the card nor the first pings; then every digest like the manager."""
    sophie = await deputy(desk)
    desk.receives()
    heard = []
    for day in range(3, 15):
        desk.clock.at = at(10, day=day)
        before = len(sophie.texts())
        await desk.prompts.cards()
        await desk.prompts.pings()
        heard += [day] * (len(sophie.texts()) - before)

    assert heard == [10, 11, 12, 13, 14]  # received on the 2nd: day 8 is the 10th
    assert "R-2026-0001" in sophie.texts()[-1]
    assert len(news(jeanne)) == 1 + 3 + 5  # the card, days 3, 5 and 7, then the same as Sophie


async def test_a_deputy_alone_hears_everything(desk: Desk) -> None:
    """Where nobody else is paired, nothing waits for day 8."""
    sophie = await deputy(desk)
    desk.receives()
    await desk.prompts.cards()

    assert "Léa Martin" in news(sophie)[0]


@pytest.mark.parametrize(("command", "is_deputy"), [("/gerant", False), ("/adjoint", True)])
async def test_pairing_as_a_deputy(tmp_path: Path, command: str, is_deputy: bool) -> None:
    """The same code, another command; both may work at the desk."""
    clock = SandboxClock(NOON)
    async with BotApi(clock) as api:
        counter = Counter(api, clock, tmp_path)
        await counter.open()
        sophie = api.person(9, "Sophie Delmas")
        await sophie.sends(f"{command} {counter.codes.issue()}")
        await counter.settled()
        paired = counter.register.manager(9)
        await counter.close()

    assert paired
    assert paired.is_deputy is is_deputy
    assert ("adjoint" in sophie.texts()[-1]) is is_deputy


# -- the first hour ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("motive", "words"),
    [
        (Motive.SAFETY, "Retirez le véhicule"),
        (Motive.HARASSMENT, "Mettez la personne à l’abri"),
        (Motive.PRIVACY, "72 heures"),
        (Motive.BILLING, "Appelez le client vous-même"),
    ],
)
async def test_a_critical_complaint_comes_with_what_to_do_first(
    desk: Desk, jeanne: Person, motive: Motive, words: str
) -> None:
    """At any hour, after the card, once, with the next step as a button."""
    desk.clock.at = at(3, day=3)
    desk.receives(severity=Severity.CRITICAL, motives=(motive,))
    for _ in range(2):
        await desk.prompts.checklists()
        await desk.prompts.cards()
        await desk.prompts.checklists()

    card, checklist = news(jeanne)
    assert card.startswith("🔴 CRITIQUE")
    assert words in checklist
    assert jeanne.from_bot()[-1].labels == ["Enquêter", "Voir le dossier"]


async def test_other_complaints_come_without_a_list(desk: Desk, jeanne: Person) -> None:
    """A grave one is not critical."""
    desk.receives(severity=Severity.SERIOUS, motives=(Motive.SAFETY,))
    await desk.prompts.cards()
    await desk.prompts.checklists()

    assert len(news(jeanne)) == 1


async def test_each_ping_offers_the_next_step(desk: Desk, jeanne: Person) -> None:
    """Beside the way to the card: one tap leads to the question that waits."""
    desk.clock.at = at(10, day=5)
    desk.receives()
    await desk.prompts.pings()
    assert jeanne.from_bot()[-1].labels == ["R-2026-0001 · 7 jours", "Enquêter"]

    await desk.taps(jeanne, "Enquêter")
    assert desk.complaint().investigation


# -- the holding reply ------------------------------------------------------------------------


async def test_a_holding_reply_in_four_taps(desk: Desk, jeanne: Person) -> None:
    """The day, the reason, the letter to be read, sent; a restart before each changes nothing."""
    desk.receives()
    await desk.says(jeanne, f"/dossier {REFERENCE}")
    for words in (HOLD, "17 mars 2026", label("urgent.reason_third")):
        await desk.taps(jeanne, words)
        await desk.restart()
    preview = jeanne.texts()[-1]
    await desk.taps(jeanne, "Envoyer")

    one = desk.complaint()
    (letter,) = one.unsent()
    assert letter.kind is LetterKind.HOLDING_REPLY
    assert letter.body.strip() in preview
    assert "mardi 17 mars 2026" in letter.body
    assert "jeudi 12 mars 2026" in letter.body
    assert "la réponse d’un tiers" in letter.body
    assert (one.holding_until, one.answer_due) == (date(2026, 3, 17), date(2026, 3, 12))
    assert "dixième jour : 12 mars 2026" in jeanne.texts()[-1]
    card = await desk.says(jeanne, f"/dossier {REFERENCE}")
    assert "jeudi 12 mars 2026 inclus" in card
    assert "annoncée au client pour le 17 mars 2026" in card


async def test_a_reason_in_words_can_be_written_again(desk: Desk, jeanne: Person) -> None:
    """The last one stands in the letter; the preview before it cannot be sent any more."""
    desk.receives()
    await desk.says(jeanne, f"/dossier {REFERENCE}")
    await desk.taps(jeanne, HOLD)
    await desk.taps(jeanne, "22 mars 2026")
    await desk.says(jeanne, "le garage n’a pas rendu son raport.")
    first = jeanne.from_bot()[-1]
    await desk.says(jeanne, "le garage n’a pas rendu son rapport.")
    refused = await desk.taps(jeanne, "Envoyer", first)
    await desk.taps(jeanne, "Envoyer")

    assert refused == label("manager.old_button")
    (letter,) = desk.complaint().unsent()
    assert "son rapport." in letter.body
    assert await desk.says(jeanne, "encore") == label("manager.no_question")


async def test_the_pings_go_on_after_a_holding_reply(desk: Desk, jeanne: Person) -> None:
    """Day 10 stays what it is."""
    desk.receives()
    letter = holding_reply(
        desk.complaint(),
        SCHOOL,
        at=NOON,
        zone=Timetable().zone,
        reason="x",
        until=date(2026, 3, 20),
    )
    desk.register.update(
        REFERENCE, lambda one: one.held_back(NOON, "manager:7", letter, date(2026, 3, 20))
    )
    desk.clock.at = at(10, day=12)
    await desk.prompts.pings()

    assert "dernier jour" in news(jeanne)[-1]


async def test_a_client_without_an_address_gets_it_by_hand(desk: Desk, jeanne: Person) -> None:
    """The letter is ready, with the buttons that say how it was handed over."""
    desk.receives(complainant=Complainant(name="Paul Petit"))
    await desk.says(jeanne, f"/dossier {REFERENCE}")
    await desk.taps(jeanne, HOLD)
    await desk.taps(jeanne, "17 mars 2026")
    await desk.taps(jeanne, label("urgent.reason_witness"))
    await desk.taps(jeanne, "Envoyer")
    await desk.taps(jeanne, "Lu au téléphone")

    (letter,) = desk.complaint().letters
    assert letter.is_sent
    assert "la réponse d’attente est notée comme transmise" in jeanne.texts()[-1]


@pytest.mark.parametrize("channel", [Channel.EMAIL, Channel.TELEGRAM])
def test_the_letter_says_why_and_until_when(channel: Channel) -> None:
    """Both days, the reason, no opinion on the merits; in the client's channel."""
    one = complaint(complainant=Complainant(address=Address(channel, "42")))
    letter = holding_reply(
        one,
        SCHOOL,
        at=NOON,
        zone=Timetable().zone,
        reason="un témoin manque.",
        until=date(2026, 3, 20),
    )

    assert letter.letter_id == f"{REFERENCE}.holding_reply.1"
    for words in ("12 mars 2026", "20 mars 2026", "un témoin manque.", "01 99 00 12 34"):
        assert words in letter.body
    assert "fondée" not in letter.body


def test_nothing_is_held_back_once_an_answer_is_given_or_leaving() -> None:
    """Refused, each with its own reason."""
    letter = Letter(
        letter_id=f"{REFERENCE}.holding_reply.1",
        kind=LetterKind.HOLDING_REPLY,
        to=None,
        subject="",
        body="",
        created_at=NOON,
    )
    leaving = answered().reopened(NOON, "manager:7")
    leaving = leaving.with_letter(replace(leaving.letters[0], sent_at=None))

    for one, refusal in (
        (answered(), Refusal.OUT_OF_ORDER),
        (leaving, Refusal.ALREADY_ANSWERED),
    ):
        with pytest.raises(IllegalStep) as refused:
            one.held_back(NOON, "manager:7", letter, date(2026, 3, 20))
        assert refused.value.refusal is refusal
        assert named(refusal)
