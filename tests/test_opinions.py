"""What the client says of the answer: asked in time, understood, and what follows from it."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from bot.texts import label
from letters.compose import satisfaction
from letters.verdicts import verdict_said
from register.complaint import (
    Address,
    Channel,
    Complainant,
    Complaint,
    LetterKind,
    ReceivedMessage,
    State,
)
from register.deadlines import Closure, Timetable
from register.opinions import ask_day, asking_is_due, with_opinion
from register.remedy import Verdict
from sandbox.clock import SandboxClock
from sandbox.person import Person
from sandbox.telegram import BotApi
from tests.answered import ANSWERED_AT, REFUND, REMINDER, answered
from tests.counter import Counter
from tests.desk import SCHOOL, Desk, StillClock, at, opened
from tests.town import LEA, PATIENCE, living, of_kind, town

REFERENCE = "R-2026-0001"
TIMETABLE = Timetable()
ASKED_AT = at(10, day=21)


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with opened(tmp_path, StillClock(ASKED_AT)) as running:
        yield running


@pytest.fixture
async def jeanne(desk: Desk) -> Person:
    return await desk.manager()


def asked(**changes: object) -> Complaint:
    """An answered complaint whose client has been asked."""
    return answered(**changes).with_satisfaction_asked(ASKED_AT)  # type: ignore[arg-type]


def reply(text: str, number: int = 1) -> ReceivedMessage:
    """What the client writes an hour after the question."""
    return ReceivedMessage(
        source_id=f"reply{number}@home.test",
        received_at=ASKED_AT + timedelta(hours=number),
        text=text,
    )


# -- when -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("complaint", "closures", "expected"),
    [
        pytest.param(answered(compensations=()), (), date(2026, 3, 12), id="seven working days"),
        pytest.param(answered(), (), date(2026, 3, 21), id="the day after the compensation"),
        pytest.param(
            answered(compensations=(replace(REFUND, due=date(2026, 3, 7)),)),
            (),
            date(2026, 3, 12),
            id="a compensation that is due earlier",
        ),
        pytest.param(
            answered(compensations=()),
            (Closure(first=date(2026, 3, 9), last=date(2026, 3, 11)),),
            date(2026, 3, 16),
            id="closed for three days",
        ),
    ],
)
def test_the_day_on_which_a_client_is_asked(
    complaint: Complaint, closures: tuple[Closure, ...], expected: date
) -> None:
    """Working days after the answer; later where a compensation is due later."""
    assert ask_day(complaint, replace(TIMETABLE, closures=closures)) == expected


@pytest.mark.parametrize(
    ("now", "complaint", "expected"),
    [
        pytest.param(at(10, day=20), answered(), False, id="the day before"),
        pytest.param(at(10, day=21), answered(), True, id="the day"),
        pytest.param(at(8, day=21, minute=40), answered(), False, id="too early in the morning"),
        pytest.param(at(10, day=22), answered(), False, id="a Sunday"),
        pytest.param(at(10, day=23), answered(), True, id="missed, made up for"),
        pytest.param(at(10, day=23), asked(), False, id="asked already"),
        pytest.param(
            at(10, day=21),
            answered(at=ANSWERED_AT - timedelta(days=60), compensations=()),
            False,
            id="answered long ago",
        ),
        pytest.param(
            at(10, day=23), answered().reopened(ANSWERED_AT, "client"), False, id="reopened"
        ),
    ],
)
def test_a_client_is_asked_once_at_an_hour_for_people(
    now: datetime, complaint: Complaint, expected: bool
) -> None:
    """On a working day from the morning on, and never twice."""
    assert asking_is_due(complaint, now, TIMETABLE) is expected


# -- what is understood -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1", Verdict.SETTLED),
        ("2.", Verdict.NOT_KEPT),
        ("3)", Verdict.CONTESTED),
        ("Bonjour,\n\n3\n\nC’est faux, je n’ai jamais été prévenue.", Verdict.CONTESTED),
        ("Choix 2, merci", Verdict.NOT_KEPT),
        ("1 – Tout a été fait, la réponse me convient.", Verdict.SETTLED),
        ("Oui merci beaucoup !", Verdict.SETTLED),
        ("Non.", Verdict.CONTESTED),
        ("Je n'ai toujours rien reçu", Verdict.NOT_KEPT),
        ("PAS D’ACCORD", Verdict.CONTESTED),
        # what can mean two things is for a person
        ("1 leçon manque encore", None),
        ("1. La leçon n’est pas remboursée", None),
        ("3 – Tout a été fait", None),
        ("Oui mais le remboursement n’est pas arrivé", None),
        ("Non non, tout va bien", None),
        ("12", None),
        ("Merci", None),
        ("", None),
        ("Je vous réponds demain.\n3", None),
    ],
)
def test_the_first_line_of_a_reply(text: str, expected: Verdict | None) -> None:
    """A number or a plain word is taken; all else is left to a person."""
    assert verdict_said(text) is expected


@pytest.mark.parametrize("channel", [Channel.EMAIL, Channel.TELEGRAM])
def test_the_letter_names_what_was_promised(channel: Channel) -> None:
    """What was announced, three choices by number, no name of the team, no pressure."""
    one = answered(complainant=Complainant(name="Léa", address=Address(channel, "42")))
    letter = satisfaction(one, SCHOOL, at=ASKED_AT, zone=TIMETABLE.zone)

    assert letter.kind is LetterKind.SATISFACTION
    assert letter.letter_id == f"{REFERENCE}.satisfaction.1"
    assert "4 mars 2026" in letter.body
    assert "– Un rappel la veille\n– Remboursement : 45,50\u00a0€\n" in letter.body
    assert "1 – Tout a été fait" in letter.body
    assert "Karim" not in letter.body
    assert ("boutons" in letter.body) == (channel is Channel.TELEGRAM)


# -- what follows -----------------------------------------------------------------------------


def test_who_contests_has_it_taken_up_again() -> None:
    """The last word counts; the same word twice changes nothing; contesting reopens once."""
    settled = with_opinion(asked(), Verdict.SETTLED, ASKED_AT)
    contested = with_opinion(settled, Verdict.CONTESTED, ASKED_AT)

    assert settled.state is State.ANSWERED
    assert with_opinion(settled, Verdict.SETTLED, ASKED_AT) == settled
    assert contested.state is State.UNDER_INVESTIGATION
    assert [one.what for one in contested.events[-2:]] == ["verdict:contested", "reopened"]
    assert with_opinion(contested, Verdict.CONTESTED, ASKED_AT) == contested


def test_who_contests_what_is_open_again_is_heard_all_the_same() -> None:
    """The manager has reopened it already: the opinion is kept, and nothing else moves."""
    reopened = asked().reopened(ASKED_AT, "manager:7")
    after = with_opinion(reopened, Verdict.CONTESTED, ASKED_AT)

    assert after.state is State.UNDER_INVESTIGATION
    assert after.events[-1].what == "verdict:contested"


async def test_the_client_is_asked_once(desk: Desk, jeanne: Person) -> None:
    """The letter waits for its courier; asked again by the agenda or after a restart: no other."""
    desk.register.save(answered())
    await desk.following.ask_clients()
    await desk.restart()
    await desk.following.ask_clients()

    one = desk.complaint()
    (letter,) = one.unsent()
    assert letter.kind is LetterKind.SATISFACTION
    assert one.satisfaction
    assert one.satisfaction.asked_at == ASKED_AT


async def test_a_client_without_an_address_is_asked_by_the_manager(
    desk: Desk, jeanne: Person
) -> None:
    """No letter that cannot leave: the manager is told to ask, and says what was answered."""
    who = Complainant(name="Paul Petit", contact="01 99 00 55 66")
    desk.register.save(answered(complainant=who))
    await desk.following.ask_clients()
    await desk.following.ask_clients()
    (told,) = jeanne.texts()[1:]
    await desk.taps(jeanne, "« Promesse non tenue »")

    assert "Paul Petit" in told
    assert "01 99 00 55 66" in told
    one = desk.complaint()
    assert one.satisfaction
    assert one.satisfaction.verdict is Verdict.NOT_KEPT
    assert one.events[-1].who == "manager:7"
    assert "Remboursement" in jeanne.texts()[-1]
    await desk.following.verdicts()
    assert len(jeanne.texts()) == 3  # who has said it is not told it


@pytest.mark.parametrize(
    ("text", "state", "words", "button"),
    [
        ("1", State.ANSWERED, "le client est satisfait", label("manager.button_card")),
        ("2", State.ANSWERED, "promesse n’est pas tenue", label("following.button_done") + " · 2"),
        ("3", State.UNDER_INVESTIGATION, "Le dossier est rouvert", "Reprendre l’examen"),
    ],
)
async def test_a_reply_with_a_number_is_told_to_the_manager(
    desk: Desk, jeanne: Person, text: str, state: State, words: str, button: str
) -> None:
    """What it leads to, and the button that does it; told once."""
    desk.register.save(asked().with_message(reply(f"{text}\n\nCordialement")))
    for _ in range(2):
        await desk.following.opinions()
        await desk.following.verdicts()

    (told,) = jeanne.texts()[1:]
    assert desk.complaint().state is state
    assert words in told
    assert button in jeanne.from_bot()[-1].labels


async def test_a_reply_that_says_something_else_is_read_by_the_manager(
    desk: Desk, jeanne: Person
) -> None:
    """Nothing is set by itself: the three opinions stand under what the client wrote."""
    desk.register.save(asked().with_message(reply("Oui mais je n’ai pas eu mon avoir")))
    await desk.following.opinions()
    await desk.prompts.additions()
    shown = jeanne.from_bot()[-1]
    assert "je n’ai pas eu mon avoir" in shown.text
    assert desk.complaint().satisfaction == asked().satisfaction

    await desk.taps(jeanne, "« Conteste la réponse »")
    assert desk.complaint().state is State.UNDER_INVESTIGATION


async def test_the_last_word_of_a_client_counts(desk: Desk, jeanne: Person) -> None:
    """Satisfied first, then not: the second reply reopens, and the manager hears both."""
    desk.register.save(asked().with_message(reply("oui")))
    await desk.following.opinions()
    await desk.following.verdicts()
    desk.register.update(REFERENCE, lambda one: one.with_message(reply("non", 2)))
    await desk.following.opinions()
    await desk.following.verdicts()

    assert desk.complaint().state is State.UNDER_INVESTIGATION
    assert len(jeanne.texts()[1:]) == 2


async def test_a_question_that_cannot_leave_is_told(desk: Desk, jeanne: Person) -> None:
    """The complaint is answered, but its last letter came back: the manager hears of it."""
    desk.register.save(answered())
    await desk.following.ask_clients()
    desk.register.update(
        REFERENCE, lambda one: one.with_bounce(f"{REFERENCE}.satisfaction.1", ASKED_AT)
    )
    await desk.prompts.troubles()

    assert "la demande d’avis ne peut pas partir" in jeanne.texts()[-1]


# -- at the client's end ----------------------------------------------------------------------


@pytest.fixture
async def counter(tmp_path: Path) -> AsyncIterator[Counter]:
    clock = SandboxClock(ASKED_AT)
    async with BotApi(clock) as api:
        desk = Counter(api, clock, tmp_path)
        await desk.open()
        yield desk
        await desk.close()


async def ines_is_asked(counter: Counter) -> Person:
    """A client with a phone, whose complaint is answered, and who gets the question."""
    ines = counter.api.person(42, "Inès Haddad")
    await ines.sends("/start")
    await counter.settled()
    who = Complainant(name="Inès", address=Address(Channel.TELEGRAM, "42"))
    one = asked(complainant=who)
    letter = satisfaction(one, SCHOOL, at=ASKED_AT, zone=TIMETABLE.zone)
    counter.register.save(one.with_letter(letter))
    await counter.dispatch.dispatch()
    return ines


@pytest.mark.parametrize(
    ("verdict", "state"),
    [
        (Verdict.SETTLED, State.ANSWERED),
        (Verdict.NOT_KEPT, State.ANSWERED),
        (Verdict.CONTESTED, State.UNDER_INVESTIGATION),
    ],
)
async def test_three_buttons_under_the_letter(
    counter: Counter, verdict: Verdict, state: State
) -> None:
    """A tap says it, the buttons go, and the client reads what happens next."""
    ines = await ines_is_asked(counter)
    assert len(ines.from_bot()[-1].labels) == 3
    await counter.presses(ines, label(f"opinion.button_{verdict}"))

    one = counter.complaint(ines)
    assert one.satisfaction
    assert (one.satisfaction.verdict, one.state) == (verdict, state)
    assert "Merci" in ines.texts()[-1]
    assert all(not message.labels for message in ines.from_bot()[-2:])


async def test_a_number_written_in_the_chat(counter: Counter) -> None:
    """The same without a button; the message is kept; any other text is gathered as ever."""
    ines = await ines_is_asked(counter)
    await ines.sends("3")
    await counter.settled()

    one = counter.complaint(ines)
    assert one.state is State.UNDER_INVESTIGATION
    assert one.messages[-1].text == "3"
    assert "rouvert" in ines.texts()[-1]
    await ines.sends("Ce n’est pas vrai du tout")
    await counter.settled()
    assert counter.draft(ines)


async def test_nobody_speaks_for_another(counter: Counter) -> None:
    """A forged button names a complaint of somebody else: nothing changes."""
    ines = await ines_is_asked(counter)
    other = counter.api.person(43, "Autre")
    await other.sends("/start")
    await other.presses_data(f"c:contested:{REFERENCE}", on=ines.from_bot()[-1])
    await counter.settled()

    assert counter.complaint(ines).state is State.ANSWERED


async def test_by_mail_from_the_question_to_the_reopened_complaint(tmp_path: Path) -> None:
    """The question leaves in the client's thread; "3" in the reply reopens; the manager is told."""
    clock = SandboxClock(ASKED_AT)
    async with town(tmp_path, clock) as place, living(place.config(), clock) as application:
        application.register.save(answered())
        letter = await place.letter(of_kind("satisfaction"))
        clock.advance(timedelta(hours=1))
        headers = {"in_reply_to": str(letter["Message-ID"]), "subject": "Re: avis"}
        await place.delivers(place.mail("3\n\nJe n’ai jamais été prévenue.", 2, **headers))
        told = await place.manager.sees("pas d’accord avec la réponse", timeout=PATIENCE)
        after = application.register.get(REFERENCE)

    assert LEA in str(letter["To"])
    assert "Un rappel la veille" in letter.get_content()
    assert REFERENCE in told.text
    assert after
    assert after.state is State.UNDER_INVESTIGATION
    assert replace(REMINDER, is_promised=True) in after.actions
