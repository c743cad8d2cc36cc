"""The register's workbook: what an auditor reads in it, and what no client can do with it."""

import hashlib
import io
import zipfile
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from letters.columns import Group, columns
from letters.words import texts
from letters.workbook import workbook
from register.complaint import (
    Address,
    Attachment,
    Complainant,
    Complaint,
    Concern,
    Decision,
    Finding,
    Grievance,
    Investigation,
    LetterKind,
    ReceivedMessage,
    State,
)
from register.deadlines import Timetable
from register.extraction import Extraction, Source
from register.labels import Channel, Motive
from register.remedy import Check, Verdict
from sandbox.person import Person
from tests.answered import BOSS, REMINDER, answered
from tests.complaints import LESSON, NOON, complaint
from tests.desk import SCHOOL, Desk, StillClock, opened
from tests.test_manager import REFERENCE, acknowledgement
from tests.test_story import whole_life

ZONE = Timetable().zone
NOW = NOON + timedelta(days=30)
RAW = Attachment(name="m.eml", sha256="a" * 64, size=9, content_type="message/rfc822")
FORMULAS = [
    '=HYPERLINK("http://evil.example","Cliquez")',
    "=1+1",
    "+33 1 99 00 12 34",
    "-2+3",
    "@SUM(A1:A9)",
    "{=1+1}",
    "\t=1+1",
    "http://evil.example",
    "00123",
]


def book_of(*complaints: Complaint, year: int = 2026, now: datetime = NOW) -> Workbook:
    """The workbook, read again."""
    return load_workbook(io.BytesIO(workbook(complaints, SCHOOL, ZONE, year, now)))


def wall(moment: str) -> datetime:
    """A moment as Excel holds it: what the establishment's clock showed."""
    return datetime.fromisoformat(moment)


def row_of(book: Workbook, row: int = 4) -> dict[str, Any]:
    """The cells of a row of the register by the key of their column; headings stand in row 3."""
    shown = columns((), SCHOOL, ZONE, NOW)
    return {one.key: book.worksheets[0].cell(row, at) for at, one in enumerate(shown, 1)}


def told(one: Complaint, key: str, now: datetime = NOW) -> Any:
    """What one cell of a register with one complaint says."""
    return row_of(book_of(one, now=now))[key].value


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with opened(tmp_path, StillClock(NOW)) as running:
        yield running


@pytest.fixture
async def jeanne(desk: Desk) -> Person:
    return await desk.manager()


def given(jeanne: Person) -> Workbook:
    """The workbook that was sent last."""
    return load_workbook(io.BytesIO(jeanne.file(jeanne.from_bot()[-1]).content))


# -- by its command -----------------------------------------------------------------------------


async def test_the_register_of_this_year(desk: Desk, jeanne: Person) -> None:
    """One command, one file with the three sheets; the chat says meanwhile that it comes."""
    desk.receives()
    desk.register.update(REFERENCE, whole_life)
    await desk.says(jeanne, "/registre")

    book, shown = given(jeanne), jeanne.from_bot()[-1]
    assert jeanne.file(shown).name == "registre-des-reclamations-2026.xlsx"
    assert book.sheetnames == ["Registre 2026", "Journal", "Chiffres"]
    assert book.worksheets[0].cell(4, 1).value == REFERENCE
    assert "2026 : 1 réclamation, situation au 1er avril 2026" in shown.text
    action = next(told for name, told in desk.api.calls if name == "sendChatAction")
    assert action["action"] == "upload_document"


async def test_the_register_of_another_year(desk: Desk, jeanne: Person) -> None:
    """A year without complaints gives its certificate."""
    desk.receives()
    await desk.says(jeanne, "/registre 2025")

    assert given(jeanne).sheetnames == ["Néant 2025"]
    assert "Aucune réclamation en 2025" in jeanne.texts()[-1]


@pytest.mark.parametrize("said", ["2027", "26", "1999", "hier", "2026 2025", "-2026"])
async def test_a_year_that_there_is_not(desk: Desk, jeanne: Person, said: str) -> None:
    """What cannot be given is told, with what can be asked for."""
    shown = await desk.says(jeanne, f"/registre {said}")

    assert shown.startswith("Écrivez par exemple /registre 2026 : ")
    assert jeanne.from_bot()[-1].document is None


async def test_a_stranger_gets_no_register(desk: Desk, jeanne: Person) -> None:
    """The same command by somebody who is no manager gives nothing."""
    desk.receives()
    stranger = desk.api.person(99, "Un Inconnu")
    await stranger.sends("/registre")
    await desk.settled()

    assert stranger.from_bot() == []


# -- the columns --------------------------------------------------------------------------------


def test_every_column_has_its_heading() -> None:
    """And every heading its column, in groups that stand together in the order of a life."""
    shown = columns((), SCHOOL, ZONE, NOW)
    keys, groups = [one.key for one in shown], [one.group for one in shown]

    assert set(keys) == set(texts("register")["columns"])
    assert len(set(keys)) == len(keys)
    assert groups == sorted(groups, key=list(Group).index)
    assert set(texts("register")["groups"]) == set(Group)


def test_two_rows_of_headings() -> None:
    """The seven groups above their columns; both rows stay, on the screen and on paper."""
    sheet = book_of(complaint()).worksheets[0]
    groups = [cell.value for cell in sheet[2] if cell.value]

    assert groups == list(texts("register")["groups"].values())
    assert [cell.value for cell in sheet[3]] == [
        texts("register")["columns"][one.key] for one in columns((), SCHOOL, ZONE, NOW)
    ]
    assert sheet.freeze_panes == "B4"
    assert sheet.auto_filter.ref == f"A3:{sheet.cell(4, sheet.max_column).coordinate}"
    assert sheet.print_title_rows == "$2:$3"
    assert sheet.print_title_cols == "$A:$A"


def test_it_can_be_printed() -> None:
    """Landscape, as wide as can be read, the establishment above and the page's number below."""
    own = replace(SCHOOL, name="Auto & Moto")
    file = io.BytesIO(workbook([complaint()], own, ZONE, 2026, NOW))
    for sheet in load_workbook(file).worksheets:
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert not sheet.page_setup.fitToHeight
        assert sheet.oddHeader.left.text == "Auto && Moto"
        assert sheet.oddFooter.right.text == "Page &P sur &N"


def test_a_whole_life_in_a_row() -> None:
    """From reception to answer, each value as what it is, in the establishment's zone."""
    cells = row_of(book_of(whole_life(complaint())))
    expected = {
        "reference": REFERENCE,
        "received_at": wall("2026-03-02 12:00"),
        "channel": "e-mail",
        "complainant": "Léa Martin",
        "contact": "e-mail lea.martin@home.test",
        "consumer": "Oui",
        "message_ids": "m1@home.test\nm2@home.test",
        "pieces": "reçu.pdf",
        "motive": "Facturation et remboursement",
        "severity": "Grave",
        "confirmed": "Oui",
        "isolated": "Oui",
        "acknowledged_at": wall("2026-03-02 13:00"),
        "acknowledged_by": "e-mail",
        "acknowledgement_proof": "<a1@school.test> 250 OK",
        "acknowledged_after": 1,
        "acknowledged_in_time": "Oui",
        "investigated_by": "Responsable n°\u00a07",
        "answer_due": wall("2026-03-12 00:00"),
        "causes": "Une erreur.",
        "outcome": "Fondée",
        "answered_at": wall("2026-03-02 19:00"),
        "answered_by": "remis en main propre",
        "answered_after": 0,
        "answered_in_time": "Oui",
        "compensation": "Leçons offertes : 1",
        "actions": "Un rappel la veille à chaque moniteur",
        "state": "Réponse envoyée",
        "last_event_at": wall("2026-03-02 19:00"),
    }

    assert {key: cells[key].value for key in expected} == expected
    assert cells["received_at"].number_format == "dd/mm/yyyy hh:mm"
    assert cells["answer_due"].number_format == "dd/mm/yyyy"
    assert cells["text"].alignment.wrap_text
    assert "2 mars 2026 à 15\u00a0h\u00a000\nVoici <mon> reçu & merci." in cells["text"].value


def test_what_was_promised_and_kept() -> None:
    """One promise of a kind stands as what it is; several are lines by their numbers."""
    done, photo = NOON + timedelta(days=20), replace(RAW, name="photo.jpg")
    one = answered(actions=(REMINDER, replace(REMINDER, number=2, what="Un second moniteur")))
    one = one.with_action_done(1, done, BOSS, "Le rappel part seul.", (photo,))
    one = one.with_check(1, Check(days=30, before=3, after=1, is_effective=True, at=done), BOSS)
    cells = row_of(book_of(one.with_verdict(Verdict.NOT_KEPT, done).with_barred(7, done)))
    expected = {
        "actions": "1. Un rappel la veille\n2. Un second moniteur",
        "action_owners": "1. Karim\n2. Karim",
        "action_due": "1. 16 mars 2026\n2. 16 mars 2026",
        "action_done": "1. 22 mars 2026",
        "action_proof": "1. Le rappel part seul.\nphoto.jpg",
        "checks": "1. 22 mars 2026, à 30 jours\u00a0: efficace (3 avant, 1 après)",
        "compensation": "Remboursement : 45,50\u00a0€",
        "compensation_due": wall("2026-03-20"),
        "compensation_done": None,
        "verdict": "Promesse non tenue",
        "verdict_at": wall("2026-03-22 12:00"),
        "conflict": "Oui",
        "state": "Mesures en cours de suivi",
        "closed_at": None,
    }

    assert {key: cells[key].value for key in expected} == expected


def test_grievances_with_their_findings() -> None:
    """Each by its number, with what was found of it and why; then what was looked into."""
    grievances = (
        Grievance(number=1, text="Annulée.", finding=Finding.UPHELD, reason="Le planning."),
        Grievance(number=2, text="Impoli.", finding=Finding.UNESTABLISHED),
    )
    found = Investigation(
        opened_at=NOON,
        opened_by=BOSS,
        facts="Une heure avant.",
        heard="Karim",
        concerns=(Concern.MINOR,),
        pieces=(RAW,),
    )
    urgent = replace(REMINDER, what="Un appel", is_immediate=True)
    cells = row_of(
        book_of(complaint(grievances=grievances, investigation=found, actions=(urgent,)))
    )
    expected = {
        "grievances": "1. Annulée.\n2. Impoli.",
        "findings": "1. Fondé\n2. Impossible à établir",
        "finding_reasons": "1. Le planning.",
        "outcome": "Partiellement fondée",
        "facts": "Une heure avant.",
        "heard": "Karim",
        "found_pieces": "m.eml",
        "concerns": "Mineur",
        "immediate": "Un appel",
    }

    assert {key: cells[key].value for key in expected} == expected


def test_the_date_of_closing() -> None:
    """The last one; none where the complaint was taken up again."""
    one = answered(actions=(), compensations=())
    again = one.closed(NOON, BOSS).reopened(NOON, BOSS)

    assert told(one.closed(NOON, BOSS), "closed_at") == wall("2026-03-02 12:00")
    assert told(again, "closed_at") is None


def test_moments_are_those_of_the_establishment() -> None:
    """In summer Paris is two hours ahead; the year is the local one too."""
    one = complaint(received_at=datetime(2026, 7, 1, 22, 30, tzinfo=UTC))
    new_year = complaint(received_at=datetime(2026, 12, 31, 23, 30, tzinfo=UTC))

    assert told(one, "received_at") == wall("2026-07-02 00:30")
    assert book_of(new_year).sheetnames == ["Néant 2026"]


@pytest.mark.parametrize(
    ("after", "state", "now", "hours", "kept"),
    [
        pytest.param(timedelta(hours=47.5), State.ACKNOWLEDGED, NOW, 47.5, "Oui", id="in time"),
        pytest.param(timedelta(hours=50), State.ACKNOWLEDGED, NOW, 50, "Non", id="late"),
        pytest.param(None, State.RECEIVED, NOW, None, "Non", id="missed"),
        pytest.param(None, State.RECEIVED, NOON, None, None, id="there is time"),
        pytest.param(None, State.SET_ASIDE, NOW, None, None, id="not owed"),
    ],
)
def test_delay_of_the_acknowledgement(
    after: timedelta | None, state: State, now: datetime, hours: float | None, kept: str | None
) -> None:
    """Hours, and yes or no; blank where nothing can be said yet. A "no" stands out."""
    letters = (acknowledgement(sent_at=NOON + after),) if after else ()
    cells = row_of(book_of(complaint(state=state, letters=letters), now=now))

    assert cells["acknowledged_after"].value == hours
    assert cells["acknowledged_in_time"].value == kept
    assert cells["acknowledged_in_time"].font.bold == (kept == "Non")


@pytest.mark.parametrize(
    ("left", "days", "kept"), [(3, 3, "Oui"), (10, 10, "Oui"), (11, 11, "Non")]
)
def test_delay_of_the_answer(left: int, days: int, kept: str) -> None:
    """Calendar days, the tenth included."""
    answer = acknowledgement(kind=LetterKind.ANSWER, sent_at=NOON + timedelta(days=left))
    one = complaint(state=State.ANSWERED, letters=(answer,))

    assert (told(one, "answered_after"), told(one, "answered_in_time")) == (days, kept)


def test_the_mediator_is_looked_for_in_the_answer() -> None:
    """Yes or no for a consumer, nothing for a company."""
    named, silent = (
        acknowledgement(kind=LetterKind.ANSWER, sent_at=NOON, body=body)
        for body in ("Vous pouvez saisir le Médiateur Exemple.", "Bonjour.")
    )
    company = Complainant(name="Garage Petit", is_consumer=False)

    assert told(complaint(letters=(named,)), "mediator") == "Oui"
    assert told(complaint(letters=(silent,)), "mediator") == "Non"
    assert told(complaint(letters=(silent,), complainant=company), "mediator") is None


def test_a_second_answer_has_its_date() -> None:
    """Day 10 is measured by the first answer; the proofs are those of both."""
    first, second = (
        acknowledgement(
            letter_id=f"{REFERENCE}.answer.{number}",
            kind=LetterKind.ANSWER,
            sent_at=NOON + timedelta(days=9 * number),
            proof=f"<a{number}@school.test> 250 OK",
        )
        for number in (1, 2)
    )
    cells = row_of(book_of(complaint(state=State.ANSWERED, letters=(first, second))))

    assert cells["answered_at"].value == wall("2026-03-11 12:00")
    assert cells["answered_in_time"].value == "Oui"
    assert cells["answered_again_at"].value == wall("2026-03-20 12:00")
    assert cells["answer_proof"].value == "<a1@school.test> 250 OK\n<a2@school.test> 250 OK"


def test_proofs_of_what_came_in() -> None:
    """The hash of a mail is that of its file, of a chat's text that of the text."""
    mail = replace(complaint().messages[0], raw=RAW)
    chat = ReceivedMessage(source_id="telegram:42:7", received_at=NOON, text="Bonjour à vous")
    cells = row_of(book_of(complaint(messages=(mail, chat))))

    assert cells["message_ids"].value == "m1@home.test\ntelegram:42:7"
    assert cells["message_hashes"].value.split("\n") == [
        "a" * 64,
        hashlib.sha256("Bonjour à vous".encode()).hexdigest(),
    ]


def test_what_the_reader_found() -> None:
    """Where the complaint comes from, as far as the text says it."""
    source = Source(site="Robespierre", staff=("Karim", "Sophie"), refs=("F-12", "F-13"))
    cells = row_of(book_of(complaint(extraction=Extraction(source=source))))

    assert cells["site"].value == "Robespierre"
    assert cells["staff"].value == "Karim\nSophie"
    assert cells["contract"].value == "F-12\nF-13"


def test_cases_that_are_alike() -> None:
    """Of the same main motive in the year before, earlier years' included."""
    long_ago = complaint(reference="R-2025-0001", received_at=NOON - timedelta(days=366))
    before = complaint(reference="R-2025-0002", received_at=NOON - timedelta(days=300))
    other = complaint(reference="R-2026-0001", motives=(Motive.EXAM,))
    last = complaint(reference="R-2026-0002", received_at=NOON + timedelta(days=1))
    cells = row_of(book_of(long_ago, before, other, last), 5)

    assert cells["reference"].value == "R-2026-0002"
    assert cells["alike"].value == "R-2025-0002"


def test_a_letter_that_cannot_leave_says_why() -> None:
    """The reason stands where the date would."""
    stuck = acknowledgement(is_stuck=True, trouble="automatic_sender")
    cells = row_of(book_of(complaint(letters=(stuck,))))

    assert cells["acknowledged_at"].value is None
    assert cells["acknowledgement_held"].value == "l’expéditeur semble être un automate"


def test_set_aside_stays_with_its_state() -> None:
    """A number is never missing from the register."""
    aside = complaint(reference="R-2026-0002", state=State.SET_ASIDE)
    book = book_of(complaint(), aside)

    assert [row_of(book, row)["state"].value for row in (4, 5)] == ["Reçue", "Classée sans suite"]


# -- hostile ------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", FORMULAS)
def test_no_formula_comes_from_outside(words: str) -> None:
    """Whatever a client or a manager has written is a text, and stays one when it is edited."""
    one = complaint(
        complainant=Complainant(name=words, address=Address(Channel.EMAIL, words), contact=words),
        messages=(ReceivedMessage(source_id=words, received_at=NOON, text=words, subject=""),),
        when=words,
        expectation=words,
        extraction=Extraction(source=Source(site=words, staff=(words,), refs=(words,))),
        investigation=Investigation(
            opened_at=NOON, opened_by="manager:7", facts=words, heard=words, causes=words
        ),
        grievances=(Grievance(number=1, text=words, finding=Finding.UPHELD, reason=words),),
        actions=(replace(REMINDER, what=words, owner=words, evidence=words),),
        compensations=(replace(LESSON, words=words, evidence=words),),
        decision=Decision(reasons=words),
        letters=(acknowledgement(sent_at=NOON, proof=words),),
    )
    file = workbook([one], SCHOOL, ZONE, 2026, NOW)
    cells = row_of(load_workbook(io.BytesIO(file)))
    theirs = [cell for cell in cells.values() if words.strip() in str(cell.value)]

    assert len(theirs) == 21
    assert {cell.data_type for cell in theirs} == {"s"}
    assert all(cell.quotePrefix for cell in theirs)
    assert {cell.hyperlink for cell in theirs} == {None}
    with zipfile.ZipFile(io.BytesIO(file)) as parts:
        assert b"<f>" not in parts.read("xl/worksheets/sheet1.xml")


@pytest.mark.parametrize(
    "text",
    [
        "😀" * 40_000,
        "long " * 20_000,
        "\x00\x08\x1b[31m\ufffe\uffff\u202eabc\ud800",
        "_x0041_ & <b>]]></b>",
        "",
    ],
)
def test_any_text_makes_a_workbook_that_opens(text: str) -> None:
    """Too long, invisible or forbidden in XML: it is cut or cleaned, never refused by Excel."""
    message = ReceivedMessage(source_id="m1", received_at=NOON, text=text, subject="Objet")
    value = told(complaint(messages=(message,)), "text")

    assert value.startswith("Objet")
    if len(text) > 1000:
        assert value.endswith("…")
        assert len(value.encode("utf-16-le")) // 2 < 32_767
    else:
        visible = "".join(one for one in text if one.isprintable())
        assert value == f"Objet\n{visible}".strip()


def test_a_long_text_does_not_fill_the_screen() -> None:
    """Its row grows with it, up to a bound; short ones stay low."""
    heights = []
    for text in ("Court.", "Moyen. " * 40, "Long. " * 4000):
        message = ReceivedMessage(source_id="m1", received_at=NOON, text=text)
        sheet = book_of(complaint(messages=(message,))).worksheets[0]
        heights.append(sheet.row_dimensions[4].height)

    assert heights == sorted(heights)
    assert len(set(heights)) == 3
    assert heights[-1] <= 160


# -- the other sheets ---------------------------------------------------------------------------


def lines(sheet: Worksheet) -> list[tuple[Any, ...]]:
    """The rows of a sheet below its title."""
    return list(sheet.iter_rows(min_row=2, values_only=True))


def test_the_log_names_nobody() -> None:
    """Every event of the year in order, people by role and number, and no contents."""
    later = replace(whole_life(complaint(reference="R-2026-0002")), letters=())
    book = book_of(later, whole_life(complaint()))
    shown = lines(book["Journal"])
    moments = [row[0] for row in shown[1:]]
    text = "\n".join(str(cell) for row in shown for cell in row)

    assert len(moments) == 2 * len(later.events)
    assert moments == sorted(moments)
    assert (
        wall("2026-03-02 18:00"),
        REFERENCE,
        "Responsable n°\u00a08",
        "a approuvé la réponse",
    ) in shown
    for word in ("Léa", "Jeanne", "leçon de mardi", "Une erreur", "manager:"):
        assert word not in text


def test_the_figures_by_year() -> None:
    """This year beside those before it: what came, what was kept, which decisions."""
    before = complaint(reference="R-2025-0001", received_at=NOON - timedelta(days=300))
    after = complaint(reference="R-2027-0001", received_at=NOON + timedelta(days=400))
    aside = complaint(reference="R-2026-0002", state=State.SET_ASIDE)
    sheet = book_of(before, whole_life(complaint()), aside, after)["Chiffres"]
    shown = {row[0]: row[1:] for row in lines(sheet)}

    assert shown[None] == (2025, 2026)
    assert shown["Réclamations reçues"] == (1, 1)
    assert shown["dont sans réponse à ce jour"] == (1, 0)
    assert shown["Classées sans suite (comptées nulle part ailleurs)"] == (0, 1)
    assert shown["envoyés dans les 48 h"] == (0, 1)
    assert shown["soit"] == (0, 1)
    assert shown["Fondée"] == (0, 1)
    assert shown["Planning des leçons"] == (1, 0)
    assert "Critique" not in shown
    assert sheet["B8"].number_format == "0 %"


def test_nothing_was_received() -> None:
    """One sheet that says so, of whom and when, to be signed."""
    (sheet,) = book_of(complaint(), year=2025).worksheets
    text = "\n".join(str(row[0]) for row in sheet.iter_rows(values_only=True) if row[0])

    assert sheet.title == "Néant 2025"
    assert "Aucune réclamation n’est inscrite au registre pour l’année 2025." in text
    assert "Auto-école du Parc, 1 rue du Parc" in text
    assert "1er avril 2026" in text
    assert "Jeanne Morel, Gérante" in text


def test_the_same_register_gives_the_same_bytes() -> None:
    """Two exports can be compared; the file's date is the register's."""
    one = whole_life(complaint())

    assert workbook([one], SCHOOL, ZONE, 2026, NOW) == workbook([one], SCHOOL, ZONE, 2026, NOW)
    assert book_of(one).properties.created == wall("2026-04-01 11:00")  # UTC


def test_no_decision_leaves_blanks() -> None:
    """What is not known is blank, not a word that could be read as one."""
    cells = row_of(book_of(complaint(decision=Decision(), severity=None, motives=())))

    for key in ("outcome", "severity", "motive", "isolated", "amount", "answered_at", "mediator"):
        assert cells[key].value is None
