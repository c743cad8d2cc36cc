"""What the manager is told without asking: once, in time, and never while nobody can hear it."""

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.notices import retry_event
from letters.words import texts
from register.complaint import (
    Channel,
    Complainant,
    Complaint,
    Finding,
    Letter,
    LetterKind,
    ReceivedMessage,
    SetAsideMessage,
    State,
)
from register.deadlines import CARD
from register.extraction import Extraction, ScoredMotive
from register.labels import Motive, Severity
from sandbox.person import Person
from tests.complaints import LEA, NOON, decided
from tests.desk import Desk, StillClock, at, opened

REFERENCE = "R-2026-0001"


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with opened(tmp_path, StillClock()) as running:
        yield running


@pytest.fixture
async def jeanne(desk: Desk) -> Person:
    return await desk.manager()


@pytest.fixture
async def karim(desk: Desk) -> Person:
    return await desk.manager(8, "Karim Diallo")


def news(person: Person) -> list[str]:
    """What the bot has said since the greeting."""
    return person.texts()[1:]


def acknowledgement(**changes: object) -> Letter:
    """The acknowledgement of the first complaint, queued."""
    plain = Letter(
        letter_id=f"{REFERENCE}.acknowledgement.1",
        kind=LetterKind.ACKNOWLEDGEMENT,
        to=LEA,
        subject="Accusé de réception",
        body="Nous avons bien reçu votre réclamation.",
        created_at=NOON,
    )
    return replace(plain, **changes)


def with_letter(**changes: object) -> Callable[[Complaint], Complaint]:
    """The step that puts that letter into a complaint."""
    return lambda one: one.with_letter(acknowledgement(**changes))


def known(desk: Desk, **changes: object) -> Complaint:
    """A complaint whose card has been told."""
    one = desk.receives(**changes)
    return desk.register.update(
        one.reference, lambda it: it.with_told([CARD, "message:m1@home.test"], NOON)
    )


def message(number: int, **changes: object) -> ReceivedMessage:
    """One more message of the client."""
    plain = ReceivedMessage(
        source_id=f"more{number}@home.test",
        received_at=NOON,
        text=f"J’ajoute ceci <b>&</b> {number}.",
    )
    return replace(plain, **changes)


# -- cards ------------------------------------------------------------------------------------


async def test_a_card_is_told_once(desk: Desk, jeanne: Person) -> None:
    """At reception, with its buttons; the second run tells nothing."""
    desk.receives()
    await desk.prompts.cards()
    await desk.restart()
    await desk.prompts.cards()
    await desk.prompts.additions()

    (card,) = news(jeanne)
    assert "Léa Martin" in card
    assert "Répondre avant le jeudi 12 mars 2026 inclus : 10 jours" in card
    assert "Enquêter" in jeanne.from_bot()[-1].labels


@pytest.mark.parametrize(
    ("severity", "cards"), [(Severity.CRITICAL, 1), (Severity.SERIOUS, 0), (None, 0)]
)
async def test_only_a_critical_card_comes_at_night(
    desk: Desk, jeanne: Person, severity: Severity | None, cards: int
) -> None:
    """At three in the morning a critical complaint is told, with its own heading; others wait."""
    desk.clock.at = at(3, day=3)
    desk.receives(severity=severity)
    await desk.prompts.cards()
    at_night = news(jeanne)
    desk.clock.at = at(9, day=3)
    await desk.prompts.cards()

    assert len(at_night) == cards
    assert all(text.startswith("🔴 CRITIQUE") for text in at_night)
    assert len(news(jeanne)) == 1


async def test_without_a_manager_the_card_waits(desk: Desk) -> None:
    """Nothing is marked while nobody is paired; the first manager gets it."""
    desk.receives()
    await desk.prompts.cards()
    assert not desk.complaint().was_told(CARD)

    jeanne = await desk.manager()
    await desk.prompts.cards()

    assert len(news(jeanne)) == 1
    assert desk.complaint().was_told(CARD)


async def test_every_manager_gets_the_card(desk: Desk, jeanne: Person, karim: Person) -> None:
    """One who has blocked the bot keeps nobody else waiting, and is not tried for ever."""
    desk.receives()
    await jeanne.blocks()
    await desk.settled()
    await desk.prompts.cards()
    await jeanne.unblocks()
    await desk.settled()
    await desk.prompts.cards()

    assert news(jeanne) == []
    assert len(news(karim)) == 1


async def test_all_have_blocked_the_bot(desk: Desk, jeanne: Person) -> None:
    """Nobody has had it: it stays due."""
    desk.receives()
    await jeanne.blocks()
    await desk.settled()
    await desk.prompts.cards()
    assert not desk.complaint().was_told(CARD)

    await jeanne.unblocks()
    await desk.prompts.cards()

    assert len(news(jeanne)) == 1


async def test_who_could_not_be_reached_is_told_later(
    desk: Desk, jeanne: Person, karim: Person
) -> None:
    """A refusal for the moment is made up for, and the other is not told twice."""
    desk.receives()
    desk.api.flood(jeanne, 1)
    await desk.prompts.cards()
    first = (len(news(jeanne)), len(news(karim)))
    await desk.prompts.cards()
    await desk.prompts.cards()

    assert first == (0, 1)
    assert (len(news(jeanne)), len(news(karim))) == (1, 1)
    assert desk.complaint().was_told(CARD)


async def test_one_complaint_that_cannot_be_shown_starves_nobody(
    desk: Desk, jeanne: Person
) -> None:
    """A card that fails leaves the one after it due and told."""
    nonsense = ScoredMotive(Motive.SCHEDULING, float("nan"))  # what no reader should find
    desk.receives(extraction=Extraction(is_complaint=True, motives=(nonsense,)))
    desk.receives()
    await desk.prompts.cards()

    assert any("R-2026-0002" in text for text in news(jeanne))


# -- pings ------------------------------------------------------------------------------------


async def test_several_complaints_in_one_digest(desk: Desk, jeanne: Person, karim: Person) -> None:
    """One message for each manager, the overdue first and named so, a button for each."""
    known(desk)
    known(desk, received_at=NOON - timedelta(days=9))
    known(desk, received_at=NOON + timedelta(days=2))
    desk.clock.at = at(10, day=5)
    await desk.prompts.pings()
    await desk.prompts.pings()

    for person in (jeanne, karim):
        (digest,) = news(person)
        assert "1 en retard" in digest
        assert digest.index("R-2026-0002") < digest.index("R-2026-0001")
        assert "retard : 2 jours · à examiner" in digest
        assert "R-2026-0003" not in digest
        assert person.from_bot()[-1].labels == [
            "R-2026-0002 · retard : 2 jours",
            "Enquêter",
            "R-2026-0001 · 7 jours",
            "Enquêter",
        ]


async def test_days_that_were_missed_are_one_digest(desk: Desk, jeanne: Person) -> None:
    """After four days without the program, one message stands for all that was due."""
    known(desk)
    desk.clock.at = at(10, day=5)
    await desk.prompts.pings()
    desk.clock.at = at(10, day=11)  # days 5, 7, 8 and 9 have come
    await desk.restart()
    await desk.prompts.pings()
    await desk.prompts.pings()

    assert len(news(jeanne)) == 2
    assert all(desk.complaint().was_told(f"day{day}") for day in (3, 5, 7, 8, 9))


@pytest.mark.parametrize(
    ("day", "hour", "told"),
    [
        pytest.param(7, 20, 0, id="Saturday, after hours"),
        pytest.param(8, 10, 0, id="Sunday"),
        pytest.param(9, 8, 0, id="Monday, before hours"),
        pytest.param(9, 10, 1, id="Monday"),
    ],
)
async def test_pings_keep_the_hours(
    desk: Desk, jeanne: Person, day: int, hour: int, told: int
) -> None:
    """Nobody is disturbed in the evening or on a Sunday; what was due comes on Monday."""
    known(desk)
    desk.clock.at = at(hour, day=day)
    await desk.prompts.pings()

    assert len(news(jeanne)) == told


async def test_overdue_every_day(desk: Desk, jeanne: Person) -> None:
    """After day 10 it is said plainly, each day once."""
    known(desk)
    for day in (13, 14, 16):
        desk.clock.at = at(10, day=day)
        await desk.prompts.pings()
        await desk.prompts.pings()

    first, second, third = news(jeanne)
    assert "retard : 1 jour ·" in first
    assert "retard : 2 jours ·" in second
    assert "retard : 4 jours ·" in third


async def test_a_digest_of_many_fits_into_messages(desk: Desk, jeanne: Person) -> None:
    """Fifty complaints are told, however long their names; each once."""
    with desk.register.one_save():
        for _ in range(50):
            known(desk, complainant=Complainant(name="<Très long nom de famille> & Cie " * 9))
    desk.clock.at = at(10, day=5)
    await desk.prompts.pings()
    await desk.prompts.pings()

    told = "\n".join(news(jeanne))
    assert len(news(jeanne)) == 2
    assert all(told.count(f"R-2026-{number:04d}") == 1 for number in range(1, 51))


async def test_a_manager_missed_in_a_digest_gets_it_later(
    desk: Desk, jeanne: Person, karim: Person
) -> None:
    """Only the one who could not be reached is told again."""
    known(desk)
    desk.clock.at = at(10, day=5)
    desk.api.flood(karim, 1)
    for _ in range(3):
        await desk.prompts.pings()

    assert (len(news(jeanne)), len(news(karim))) == (1, 1)


# -- acknowledgements that do not leave -------------------------------------------------------


async def test_alerts_at_any_hour_until_it_has_left(desk: Desk, jeanne: Person) -> None:
    """At 24 and 36 hours, even at night, with what can be done."""
    known(desk)
    desk.register.update(REFERENCE, with_letter(is_stuck=True, trouble="blocked"))
    for hours in (23, 25, 26, 36, 37):
        desk.clock.at = NOON + timedelta(hours=hours)
        await desk.prompts.alerts()

    first, second = news(jeanne)
    assert "depuis 25 heures" in first
    assert "Il est dû avant le 4 mars 2026 à 12" in first
    assert "le destinataire a bloqué le bot" in first
    assert "depuis 36 heures" in second
    assert {"Réessayer", "Fait autrement"} < set(jeanne.from_bot()[-1].labels)
    await desk.taps(jeanne, "Fait autrement")
    assert desk.complaint().acknowledged_at


async def test_both_alerts_missed_are_one_message(desk: Desk, jeanne: Person) -> None:
    """After two days off, one alert, which says that the time is over."""
    known(desk)
    desk.clock.advance(hours=49)
    await desk.prompts.alerts()
    await desk.prompts.alerts()

    (alert,) = news(jeanne)
    assert "délai de 48 heures est dépassé" in alert


async def test_trouble_is_told_once_until_it_is_news_again(desk: Desk, jeanne: Person) -> None:
    """A letter that fails again after "Réessayer" is told again, the same trouble or not."""
    known(desk)
    desk.register.update(REFERENCE, with_letter(is_stuck=True, trouble="bounced"))
    await desk.prompts.troubles()
    await desk.prompts.troubles()
    await desk.taps(jeanne, "Réessayer")
    await desk.prompts.troubles()
    assert len(news(jeanne)) == 1
    desk.register.update(REFERENCE, with_letter(is_stuck=True, trouble="bounced"))

    await desk.prompts.troubles()
    await desk.prompts.troubles()

    assert len(news(jeanne)) == 2
    assert all(texts("evidence")["trouble"]["bounced"] in text for text in news(jeanne)[1:])
    assert [one.what for one in desk.complaint().events].count(retry_event(acknowledgement())) == 1


@pytest.mark.parametrize(
    ("attempts", "is_stuck", "told"), [(4, False, 0), (5, False, 1), (1, True, 1)]
)
async def test_many_attempts_are_told(
    desk: Desk, jeanne: Person, attempts: int, is_stuck: bool, told: int
) -> None:
    """A letter that is still tried is trouble from the fifth attempt on."""
    known(desk)
    step = with_letter(attempts=attempts, is_stuck=is_stuck, trouble="unreachable")
    desk.register.update(REFERENCE, step)
    await desk.prompts.troubles()

    assert len(news(jeanne)) == told


async def test_a_letter_without_address_is_to_be_handed_over(desk: Desk, jeanne: Person) -> None:
    """The notice says so, and offers the two ways to do it."""
    known(desk, complainant=Complainant(name="Paul Petit", contact="01 99 00 45 67"))
    desk.register.update(REFERENCE, with_letter(to=None, is_stuck=True, trouble="no_address"))
    await desk.prompts.troubles()
    notice = jeanne.from_bot()[-1]

    await desk.taps(jeanne, "Lu au téléphone")

    assert "01 99 00 45 67" in notice.text
    assert {"Remis en main propre", "Lu au téléphone"} < set(notice.labels)
    assert desk.complaint().letters[0].proof == "read out on the telephone by manager:7"


async def test_an_approved_letter_without_address_is_told_once(desk: Desk, jeanne: Person) -> None:
    """Who approved it has just read that it must be handed over."""
    known(desk, complainant=Complainant(name="Paul Petit"))
    desk.register.update(REFERENCE, lambda one: decided(one, Finding.NOT_UPHELD))
    await desk.says(jeanne, f"/dossier {REFERENCE}")
    await desk.taps(jeanne, "Répondre")
    await desk.taps(jeanne, "Envoyer")
    before = len(news(jeanne))
    (letter,) = desk.answers()
    stuck = replace(letter, is_stuck=True, trouble="no_address", attempts=1)
    desk.register.update(REFERENCE, lambda one: one.with_letter(stuck))

    await desk.prompts.troubles()

    assert len(news(jeanne)) == before


# -- what clients add -------------------------------------------------------------------------


async def test_additions_are_told_once_and_only_what_is_new(desk: Desk, jeanne: Person) -> None:
    """What was there with the card is not told again; what comes after is, as text."""
    desk.receives(messages=(message(1), message(2)))
    await desk.prompts.additions()
    await desk.prompts.cards()
    await desk.prompts.additions()
    desk.register.update(REFERENCE, lambda one: one.with_message(message(3)))
    await desk.prompts.additions()
    await desk.prompts.additions()

    card, addition = news(jeanne)
    assert REFERENCE in card
    assert "le client a ajouté" in addition
    assert "J’ajoute ceci <b>&</b> 3." in addition


async def test_an_addition_to_a_closed_complaint_without_a_card_is_told(
    desk: Desk, jeanne: Person
) -> None:
    """Where no card ever told of it, what came later is told, and the first message is not."""
    more = ReceivedMessage(source_id="m2@home.test", received_at=NOON, text="Encore ceci.")
    desk.receives(state=State.WITHDRAWN)
    desk.register.update("R-2026-0001", lambda one: one.with_message(more))
    await desk.prompts.additions()
    await desk.prompts.additions()

    (addition,) = news(jeanne)
    assert "Encore ceci." in addition


async def test_additions_and_doubts_keep_the_hours(desk: Desk, jeanne: Person) -> None:
    """On a Sunday they wait; on Monday they come."""
    known(desk)
    desk.register.update(REFERENCE, lambda one: one.with_message(message(1)))
    doubtful(desk)
    desk.clock.at = at(10, day=8)
    await desk.prompts.additions()
    await desk.prompts.doubts()
    on_sunday = len(news(jeanne))
    desk.clock.at = at(10, day=9)
    await desk.prompts.additions()
    await desk.prompts.doubts()

    assert (on_sunday, len(news(jeanne))) == (0, 2)


async def test_a_message_waits_for_its_file(desk: Desk, jeanne: Person) -> None:
    """A picture without words is told once it is there, or after a while without it."""
    known(desk)
    desk.register.update(REFERENCE, lambda one: one.with_message(message(1, text="")))
    await desk.prompts.additions()
    at_once = len(news(jeanne))
    desk.clock.advance(minutes=6)
    await desk.prompts.additions()

    assert (at_once, len(news(jeanne))) == (0, 1)


# -- messages set aside -----------------------------------------------------------------------


def doubtful(desk: Desk) -> SetAsideMessage:
    """A message that may be a complaint."""
    return desk.register.set_aside(
        SetAsideMessage(
            number=0,
            reason="not_a_complaint",
            channel=Channel.EMAIL,
            message=message(9),
            sender=LEA,
            sender_name="Léa Martin",
            is_doubtful=True,
        )
    )


async def test_a_doubt_is_asked_once_and_can_be_taken_as_a_complaint(
    desk: Desk, jeanne: Person
) -> None:
    """One tap makes a complaint of it, with its acknowledgement."""
    doubtful(desk)
    await desk.prompts.doubts()
    await desk.prompts.doubts()
    asked = news(jeanne)
    await desk.taps(jeanne, "C’est une réclamation")

    assert len(asked) == 1
    assert "J’ajoute ceci <b>&</b> 9." in asked[0]
    assert len(desk.complaint().unsent()) == 1
    assert "Enquêter" in jeanne.from_bot()[-1].labels


async def test_a_doubt_is_left_aside(desk: Desk, jeanne: Person) -> None:
    """It stays where it is, can still be found, and the manager's word on it is kept."""
    kept = doubtful(desk)
    await desk.prompts.doubts()
    await desk.taps(jeanne, "Non, merci")

    assert desk.register.complaints() == []
    left = desk.register.get_set_aside(kept.number)
    assert left == replace(kept, told_at=NOON, confirmed_at=NOON)
    assert "C’est une réclamation" not in jeanne.from_bot()[-1].labels


async def test_a_doubt_waits_for_a_manager(desk: Desk) -> None:
    """Nothing is marked while nobody is there."""
    doubtful(desk)
    await desk.prompts.doubts()

    assert len(desk.register.doubtful()) == 1


# -- answers ----------------------------------------------------------------------------------


async def test_an_answer_that_has_left_is_told_once(desk: Desk, jeanne: Person) -> None:
    """The manager learns that it is gone."""
    known(desk)
    answer = acknowledgement(letter_id=f"{REFERENCE}.answer.1", kind=LetterKind.ANSWER)
    desk.register.update(REFERENCE, lambda one: one.with_letter(answer))
    await desk.prompts.answers_sent()
    desk.register.update(REFERENCE, lambda one: one.with_sent(answer.letter_id, NOON, "proof"))
    await desk.prompts.answers_sent()
    await desk.prompts.answers_sent()

    (told,) = news(jeanne)
    assert "la réponse est partie le 2 mars 2026" in told
