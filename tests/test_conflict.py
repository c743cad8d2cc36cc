"""A complaint that names a manager is followed by somebody else, and the register says so."""

from collections.abc import AsyncIterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook

from app.doctor import check_register
from app.words import tell
from bot.texts import label
from register.complaint import Address, Channel, Complainant, Complaint, ReceivedMessage, State
from register.conflict import blocked, is_named, named_managers
from register.extraction import Extraction, Source
from register.labels import Motive, Severity
from register.people import Manager
from sandbox.clock import SandboxClock
from sandbox.person import Person
from tests.answered import answered
from tests.complaints import LEA, NOON, complaint
from tests.desk import Desk, StillClock, at, opened
from tests.town import COMPLAINT, PATIENCE, living, town

REFERENCE = "R-2026-0001"
BARRED = label("conflict.barred")
NAMING = "Jeanne Morel m’a crié dessus pendant la leçon."


def saying(text: str, *, staff: tuple[str, ...] = (), client: str = "Léa Martin") -> Complaint:
    """A complaint with this text."""
    message = ReceivedMessage(source_id="m1@home.test", received_at=NOON, text=text)
    return complaint(
        messages=(message,),
        complainant=Complainant(name=client, address=LEA),
        extraction=Extraction(is_complaint=True, source=Source(staff=staff)),
    )


def manager(telegram_id: int, name: str = "", *, is_deputy: bool = False) -> Manager:
    return Manager(telegram_id=telegram_id, name=name, paired_at=NOON, is_deputy=is_deputy)


# -- who is named -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (saying("Jeanne Morel m’a insulté."), True),
        (saying("C’est MOREL Jeanne qui était au volant"), True),
        (saying("hier mme. Morel m’a mal parlé"), True),
        (saying("Madame Morel m’a dit de partir"), True),
        (saying("Bonjour,\nla gérante, Mme Morel, ne répond jamais"), True),
        (saying("La gérante Mme Morel ne répond jamais"), True),
        (saying("Elle a crié", staff=("Mme Morel",)), False),  # no word of the text carries it
        (saying("Morel a crié", staff=("Morel",)), True),
        # to be addressed is not to be named
        (saying("Bonjour Madame Morel, ma leçon a été annulée"), False),
        (saying("À l’attention de Mme Jeanne Morel\n\nMa leçon a été annulée"), False),
        (saying("Chère Madame Morel,\nma leçon a été annulée", staff=("Mme Morel",)), False),
        # somebody else
        (saying("Jeanne a crié"), False),
        (saying("Monsieur Moreli a crié"), False),
        (saying("Sophie Delmas a crié"), False),
        # the client bears the surname, or is that very person
        (saying("Je suis Mme Morel, on m’a crié dessus", client="Anne Morel"), False),
        (saying("Jeanne Morel a crié", client="Anne Morel"), True),
        (saying("Je soussignée Jeanne Morel", client="Jeanne Morel"), False),
        (saying(""), False),
    ],
)
def test_who_is_named(one: Complaint, expected: bool) -> None:
    """By the whole name or the surname after a title, spoken of and not merely spoken to."""
    assert is_named(one, "Jeanne Morel") is expected


@pytest.mark.parametrize(
    ("managers", "expected"),
    [
        pytest.param([manager(7, "Jeanne Morel"), manager(8, "Karim Diallo")], [7], id="own name"),
        pytest.param([manager(7), manager(8, "Karim Diallo")], [7], id="the first signs"),
        pytest.param([manager(9, is_deputy=True), manager(7, "jm93")], [7], id="no deputy signs"),
        pytest.param([manager(8, "Karim Diallo"), manager(7, "J. Morel")], [7], id="the surname"),
        pytest.param([manager(9, "x", is_deputy=True)], [9], id="nobody else to sign"),
        pytest.param([], [], id="nobody is paired"),
    ],
)
def test_the_one_who_signs_is_a_manager(managers: list[Manager], expected: list[int]) -> None:
    """A Telegram account may bear any name: the signatory's name counts for who signs."""
    assert named_managers(saying(NAMING), managers, "Jeanne Morel") == expected


def test_what_nobody_may_see() -> None:
    """Open complaints from which every manager is barred."""
    one = complaint().with_barred(7, NOON)

    assert blocked([one], [7]) == [one]
    assert blocked([one], [7, 8]) == []
    assert blocked([one], []) == []
    assert blocked([replace(one, state=State.CLOSED)], [7]) == []


# -- at the desk ------------------------------------------------------------------------------


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with opened(tmp_path, StillClock(at(10, day=5))) as running:
        yield running


@pytest.fixture
async def jeanne(desk: Desk) -> Person:
    return await desk.manager()


@pytest.fixture
async def karim(desk: Desk) -> Person:
    return await desk.manager(8, "Karim Diallo")


async def all_prompts(desk: Desk) -> None:
    """Everything that the agenda tells managers of."""
    for step in (
        desk.prompts.cards,
        desk.prompts.checklists,
        desk.prompts.pings,
        desk.prompts.alerts,
        desk.prompts.additions,
        desk.prompts.troubles,
        desk.prompts.answers_sent,
        desk.following.promises,
        desk.following.checks,
        desk.following.recurrences,
        desk.following.verdicts,
    ):
        await step()


async def test_somebody_else_is_told(desk: Desk, jeanne: Person, karim: Person) -> None:
    """Card, list and ping go to the other manager; to the one named comes nothing."""
    desk.receives(**_naming(severity=Severity.CRITICAL))
    await desk.following.conflicts()
    await all_prompts(desk)

    assert jeanne.texts()[1:] == []
    assert any("CRITIQUE" in text for text in karim.texts())
    one = desk.complaint()
    assert one.barred == (7,)
    assert [event.what for event in one.events] == ["conflict"]


async def test_other_complaints_in_the_same_digest_are_told(
    desk: Desk, jeanne: Person, karim: Person
) -> None:
    """One digest each: the one named reads of the other complaints alone."""
    desk.receives(**_naming())
    desk.receives()
    await desk.following.conflicts()
    await desk.prompts.pings()

    assert "R-2026-0001" not in jeanne.texts()[-1]
    assert "R-2026-0002" in jeanne.texts()[-1]
    assert "R-2026-0001" in karim.texts()[-1]


async def test_nothing_of_it_is_shown_to_the_one_named(
    desk: Desk, jeanne: Person, karim: Person
) -> None:
    """Neither by the command, nor in a list, nor by a button from before; the other sees all."""
    desk.receives()
    await desk.prompts.cards()
    old = jeanne.from_bot()[-1]
    desk.register.save(replace(desk.complaint(), **_naming()))
    await desk.following.conflicts()

    assert await desk.says(jeanne, f"/dossier {REFERENCE}") == BARRED
    assert "Aucune réclamation" in await desk.says(jeanne, "/ouvertes")
    for words in ("Enquêter", "Texte entier", "Corriger le motif"):
        assert await desk.taps(jeanne, words, old) == BARRED
    assert not desk.complaint().investigation
    assert await desk.says(jeanne, f"/dossier {REFERENCE} histoire") == BARRED
    assert await desk.taps(jeanne, "📜 Toute l’histoire", old) == BARRED
    assert "Ma leçon" not in "".join(jeanne.texts()[2:])
    assert "Réception par e-mail" in await desk.says(karim, f"/dossier {REFERENCE} histoire")
    assert "Léa Martin" in await desk.says(karim, f"/dossier {REFERENCE}")
    assert REFERENCE in await desk.says(karim, "/ouvertes")


async def test_the_register_is_silent_about_it(desk: Desk, jeanne: Person, karim: Person) -> None:
    """Its number stays in the workbook of the one named, and the chat says who may ask for all."""
    desk.register.save(answered(**_naming()).with_barred(7, NOON))
    desk.receives(motives=(Motive.EXAM,))
    held, whole = [], []
    for person, cells in ((jeanne, held), (karim, whole)):
        await desk.says(person, "/registre")
        shown = person.from_bot()[-1]
        book = load_workbook(BytesIO(person.file(shown).content))
        assert [book.worksheets[0].cell(row, 1).value for row in (4, 5)] == [
            REFERENCE,
            "R-2026-0002",
        ]
        cells += [
            str(one) for sheet in book for row in sheet.iter_rows(values_only=True) for one in row
        ]
        assert ("Un dossier y est réservé" in shown.text) == (person is jeanne)

    assert "Dossier réservé" in "".join(held)
    assert NAMING in whole
    assert NAMING not in held
    assert whole.count(REFERENCE) > held.count(REFERENCE) == 1


async def test_it_is_not_quoted_in_another_case(desk: Desk, jeanne: Person, karim: Person) -> None:
    """Causes of closed cases are offered again; not those of a case that names whoever is asked."""
    old = answered().with_barred(7, NOON)
    assert old.investigation
    causes = "La gérante était au volant."
    desk.register.save(replace(old, investigation=replace(old.investigation, causes=causes)))
    desk.receives()
    for person, is_offered in ((jeanne, False), (karim, True)):
        await desk.says(person, "/dossier R-2026-0002")
        card = person.from_bot()[-1].text
        assert (REFERENCE in card) is is_offered
        await desk.taps(person, "Enquêter")
        if person is jeanne:
            await desk.taps(person, label("manager.facts_file"))
        asked = person.from_bot()[-1]
        shown = " ".join((asked.text, *asked.labels))

        assert label("manager.ask_causes") in shown
        assert (causes in shown) is is_offered


async def test_a_card_for_all_quotes_no_case_that_names_one_of_them(
    desk: Desk, jeanne: Person, karim: Person
) -> None:
    """The other manager finds it on the card that they open themselves."""
    desk.register.save(answered().with_barred(7, NOON))
    desk.receives()
    await desk.prompts.cards()

    for person in (jeanne, karim):
        card = person.from_bot()[-1].text
        assert "R-2026-0002" in card
        assert REFERENCE not in card


async def test_a_question_under_way_ends(desk: Desk, jeanne: Person, karim: Person) -> None:
    """What is named later on is barred from then on: the next text answers nothing."""
    desk.receives()
    await desk.says(jeanne, f"/dossier {REFERENCE}")
    await desk.taps(jeanne, "Enquêter")
    desk.register.save(replace(desk.complaint(), **_naming()))
    await desk.following.conflicts()

    assert await desk.says(jeanne, "Une erreur.") == BARRED
    assert desk.complaint().investigation
    assert desk.complaint().investigation.causes == ""  # type: ignore[union-attr]


async def test_promises_and_what_was_set_aside_are_hidden_too(
    desk: Desk, jeanne: Person, karim: Person
) -> None:
    """`/suivi` and `/ecartes` leave it out for the one named."""
    desk.register.save(answered().with_barred(7, NOON))
    aside = complaint(reference="R-2026-0002").with_barred(7, NOON).set_aside(NOON, "manager:8")
    desk.register.save(aside)

    assert "Tout ce qui a été promis est fait" in await desk.says(jeanne, "/suivi")
    assert "2 promesses" in await desk.says(karim, "/suivi")
    assert await desk.says(jeanne, "/ecartes") == label("manager.aside_none")
    assert "R-2026-0002" in await desk.says(karim, "/ecartes")


async def test_a_manager_alone_is_told_that_another_one_is_needed(
    desk: Desk, jeanne: Person
) -> None:
    """Once a day, nothing of its contents; the deputy who is paired then gets the card."""
    desk.receives(**_naming())
    for _ in range(2):
        await desk.following.conflicts()
        await all_prompts(desk)
    notices = jeanne.texts()[1:]
    desk.clock.at = at(10, day=6)
    await desk.following.conflicts()
    sophie = await desk.manager(9, "Sophie Delmas")
    desk.register.save_manager(manager(9, "Sophie Delmas", is_deputy=True))
    await desk.following.conflicts()
    await all_prompts(desk)

    assert len(notices) == 1
    assert "/adjoint" in notices[0]
    assert "Léa" not in notices[0]
    assert "crié" not in notices[0]
    assert len(jeanne.texts()[1:]) == 2
    assert any("Léa Martin" in text for text in sophie.texts())


async def test_a_recurrence_with_one_such_case_is_for_the_other(
    desk: Desk, jeanne: Person, karim: Person
) -> None:
    """Who is named in one of the cases is not shown that they come back."""
    source = Extraction(is_complaint=True, source=Source(site="Robespierre"))
    desk.register.save(complaint(extraction=source).with_barred(7, NOON))
    desk.register.save(complaint(reference="R-2026-0002", extraction=source))
    await desk.following.recurrences()
    await desk.following.recurrences()

    assert jeanne.texts()[1:] == []
    assert len(karim.texts()[1:]) == 1


async def test_a_recurrence_that_nobody_may_see_is_told_to_who_comes(
    desk: Desk, jeanne: Person
) -> None:
    """The only manager is named in one case: nothing counts as told until somebody else is."""
    source = Extraction(is_complaint=True, source=Source(site="Robespierre"))
    desk.register.save(complaint(extraction=source).with_barred(7, NOON))
    desk.register.save(complaint(reference="R-2026-0002", extraction=source))
    await desk.following.recurrences()
    told = [one.told for one in desk.register.complaints()]
    karim = await desk.manager(8, "Karim Diallo")
    await desk.following.recurrences()

    assert told == [(), ()]
    assert jeanne.texts()[1:] == []
    assert len(karim.texts()[1:]) == 1


async def test_what_is_over_is_barred_too(desk: Desk, jeanne: Person, karim: Person) -> None:
    """A closed complaint, or one that was set aside, can still be read in lists and on cards."""
    desk.receives(**_naming(state=State.CLOSED))
    desk.receives(**_naming(state=State.SET_ASIDE))
    await desk.following.conflicts()

    assert [one.barred for one in desk.register.complaints()] == [(7,), (7,)]


async def test_who_enters_a_complaint_against_themselves_does_not_keep_it(
    desk: Desk, jeanne: Person, karim: Person
) -> None:
    """It is registered and acknowledged; its card goes to the other manager."""
    await desk.says(jeanne, "/nouvelle")
    await desk.taps(jeanne, "Téléphone")
    await desk.says(jeanne, NAMING)
    await desk.taps(jeanne, "Terminé")
    await desk.says(jeanne, "Paul Petit")
    await desk.says(jeanne, "paul@home.test")
    await desk.prompts.cards()

    assert jeanne.texts()[-1] == BARRED
    assert "Paul Petit" in karim.texts()[-1]
    assert desk.complaint().complainant.address == Address(Channel.EMAIL, "paul@home.test")


def _naming(**changes: object) -> dict[str, object]:
    """What makes a complaint name Jeanne Morel."""
    return {"messages": saying(NAMING).messages, **changes}


# -- the whole application --------------------------------------------------------------------


async def test_by_mail_the_one_who_signs_never_sees_it(tmp_path: Path) -> None:
    """Barred in the save that it comes in with; the doctor says so while it runs, and after."""
    clock = SandboxClock(at(10))
    async with town(tmp_path, clock) as place:
        config = place.config()
        async with living(config, clock) as application:
            await place.delivers(place.mail(f"{COMPLAINT}\n\nCamille Renaud m’a crié dessus."))
            notice = await place.manager.sees("/adjoint", timeout=PATIENCE)
            (one,) = application.register.complaints()
            running = await check_register(config, clock())
        stopped = await check_register(config, clock())

    assert one.barred == (100,)
    assert one.reference not in notice.text
    assert not any("Léa" in text for text in place.manager.texts())
    for finding in (running, stopped):
        assert not finding.is_well
        assert finding.words == tell("doctor.register_conflict", count=1)
