"""The register on a real file: what is saved is there after any crash, whole."""

import json
import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from register.codec import SCHEMA, UnknownSchema, from_document, to_document
from register.complaint import (
    Attachment,
    Complaint,
    Decision,
    Finding,
    Grievance,
    Letter,
    LetterKind,
    ReceivedMessage,
    SetAsideMessage,
    State,
)
from register.database import Register
from register.extraction import Extraction, ScoredMotive, Source
from register.labels import Channel, Motive, Role, Severity, Training
from register.people import Draft, MailboxPosition, Manager
from register.remedy import Action, Compensation, CompensationKind
from register.storage import RegisterLocked, RegisterUnreadable
from tests.complaints import LEA, NOON, complaint, decided


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "register.json"


@pytest.fixture
def register(path: Path) -> Iterator[Register]:
    opened = Register(path)
    yield opened
    opened.close()


def full() -> Complaint:
    """A complaint with every field that can be filled, filled."""
    piece = Attachment(
        name="facture.pdf", sha256="ab" * 32, size=10, content_type="application/pdf"
    )
    source = Source(
        name="Léa Martin",
        role=Role.STUDENT,
        training=Training.PERMIS_B,
        site="Robespierre",
        staff=("Karim",),
        incident_date=date(2026, 2, 28),
        amount=Decimal("1290.50"),
        refs=("F-1",),
        phone="+33199001234",
        email="l@home.test",
    )
    extraction = Extraction(
        is_complaint=True,
        score=0.9,
        motives=(ScoredMotive(Motive.SCHEDULING, 0.8, ("annulée",)),),
        severity=Severity.MODERATE,
        source=source,
        language="fr",
    )
    letter = Letter(
        letter_id="R-2026-0001.acknowledgement.1",
        kind=LetterKind.ACKNOWLEDGEMENT,
        to=LEA,
        subject="Re",
        body="…",
        created_at=NOON,
        retry_at=NOON,
    )
    message = ReceivedMessage(
        source_id="m1", received_at=NOON, text="…", attachments=(piece,), raw=piece
    )
    return (
        complaint(extraction=extraction, messages=(message,))
        .with_letter(letter)
        .with_told(["card"], NOON)
        .investigated(NOON, "manager:1")
        .assessed(NOON, "manager:1", "causes", causes="Un oubli", is_isolated=True)
        .with_grievances(NOON, "manager:1", decided().grievances)
        .decided(NOON, "manager:1", decided().decision)
    )


def test_a_full_complaint_comes_back_the_same() -> None:
    """The codec loses nothing of a complaint with every field filled."""
    assert from_document(Complaint, to_document(full())) == full()


def test_a_letter_of_before_pdfs_is_still_read() -> None:
    """A register that was written without the field has letters with no piece."""
    one = full()
    document = to_document(one)
    for letter in document["letters"]:
        del letter["attachments"]

    assert [read.attachments for read in from_document(Complaint, document).letters] == [()]


def test_what_is_saved_is_there_after_opening_again(path: Path) -> None:
    """A second opening of the file finds the complaint as it was saved."""
    first = Register(path)
    first.save(full())
    first.close()

    second = Register(path)

    assert second.get("R-2026-0001") == full()
    second.close()


def test_a_newer_programs_document_is_refused() -> None:
    """A document of an unknown schema is an error, never a guess."""
    document = to_document(complaint()) | {"schema": SCHEMA + 1}

    with pytest.raises(UnknownSchema):
        from_document(Complaint, document)


def test_references_count_up_and_are_never_used_again(path: Path) -> None:
    """Numbers go on after a restart, per year."""
    first = Register(path)
    given = [first.next_reference(date(2026, 1, 1)) for _ in range(2)]
    first.close()
    second = Register(path)
    given += [second.next_reference(date(2026, 5, 1)), second.next_reference(date(2027, 1, 1))]
    second.close()

    assert given == ["R-2026-0001", "R-2026-0002", "R-2026-0003", "R-2027-0001"]


def test_one_save_is_all_or_nothing(path: Path, register: Register) -> None:
    """What is raised inside a group leaves neither the number nor the complaint behind."""

    def half_way() -> None:
        with register.one_save():
            register.save(complaint(reference=register.next_reference(date(2026, 3, 2))))
            raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011
        half_way()

    assert register.complaints() == []
    assert register.next_reference(date(2026, 3, 2)) == "R-2026-0001"


def test_a_full_disk_changes_nothing(path: Path, register: Register) -> None:
    """A save that the disk refuses raises, and file and memory stay as they were."""
    register.save(complaint())
    before = path.read_bytes()
    new = path.with_suffix(".new")
    new.mkdir()  # the new file cannot be written: as on a full disk, open fails with OSError

    with pytest.raises(OSError, match="directory"):
        register.save(complaint(reference="R-2026-0002"))
    new.rmdir()

    assert path.read_bytes() == before
    assert [one.reference for one in register.complaints()] == ["R-2026-0001"]
    register.save(complaint(reference="R-2026-0003"))
    assert [one.reference for one in register.complaints()] == ["R-2026-0001", "R-2026-0003"]


def test_a_change_that_was_not_saved_is_not_in_memory_either(
    path: Path, register: Register
) -> None:
    """After a failed save of a changed complaint, look-ups find the one on the disk."""
    register.save(complaint())
    path.with_suffix(".new").symlink_to("/dev/full")  # every write fails with ENOSPC

    with pytest.raises(OSError, match="space"):
        register.update("R-2026-0001", lambda one: one.confirmed(NOON, "manager:1"))
    path.with_suffix(".new").unlink()

    assert register.get("R-2026-0001") == complaint()
    register.update("R-2026-0001", lambda one: one.confirmed(NOON, "manager:1"))
    register.close()
    again = Register(path)
    assert again.get("R-2026-0001") == complaint().confirmed(NOON, "manager:1")
    again.close()


def test_a_torn_new_file_does_not_matter(path: Path) -> None:
    """A crash in the middle of a save leaves the register of before."""
    first = Register(path)
    first.save(complaint())
    first.close()
    path.with_suffix(".new").write_bytes(b'{"complaints": {"R-20')

    second = Register(path)

    assert second.get("R-2026-0001") == complaint()
    second.close()


def test_a_second_process_is_kept_out(path: Path, register: Register) -> None:
    """Two applications on one register would undo each other's saves: the second is refused."""
    with pytest.raises(RegisterLocked):
        Register(path)


def test_a_damaged_file_is_an_error_and_stays_as_it_is(path: Path) -> None:
    """A file that is no register is never overwritten by an empty one."""
    path.write_text("not json")

    with pytest.raises(RegisterUnreadable):
        Register(path)

    assert path.read_text() == "not json"


def test_only_the_owner_can_read_it(path: Path, register: Register) -> None:
    """The file holds personal data: mode 0600."""
    register.save(complaint())

    assert os.stat(path).st_mode & 0o777 == 0o600


def test_unsent_and_stuck_letters_are_queries(register: Register) -> None:
    """Letters that wait, letters that are stuck and letters that left are told apart."""
    waiting = full()
    letter = waiting.letters[0]
    stuck = replace(waiting, reference="R-2026-0002").with_letter(replace(letter, is_stuck=True))
    sent = replace(waiting, reference="R-2026-0003").with_sent(letter.letter_id, NOON, "250")
    for one in (waiting, stuck, sent):
        register.save(one)

    assert [one.reference for one in register.unsent()] == ["R-2026-0001"]
    assert [one.reference for one in register.stuck()] == ["R-2026-0002"]


def test_known_messages_are_found_wherever_they_went(register: Register) -> None:
    """A message is known as part of a complaint and as set aside, and by nothing else."""
    register.save(complaint())
    register.set_aside(
        SetAsideMessage(
            number=0,
            reason="bounce",
            channel=Channel.EMAIL,
            message=ReceivedMessage(source_id="b1", received_at=NOON, text=""),
            sender=None,
        )
    )

    assert register.knows("m1@home.test")
    assert register.knows("b1")
    assert not register.knows("x")


def test_a_register_of_the_first_shape_is_read(register: Register, path: Path) -> None:
    """What was decided in words becomes a grievance and promises in the same words."""
    register.save(complaint(reference="R-2026-0002"))
    register.save(decided(complaint(), Finding.PARTLY_UPHELD))
    register.close()
    tables = json.loads(path.read_text(encoding="utf-8"))
    for row in tables["complaints"].values():
        row["schema"] = 1
        for new in ("grievances", "actions", "compensations", "holding_until", "barred"):
            del row[new]
        row["decision"] = {"outcome": None, "reasons": "", "actions": "", "compensation": ""}
    tables["complaints"]["R-2026-0001"]["decision"] = {
        "outcome": "partly_upheld",
        "reasons": "Le planning le montre.",
        "actions": "Un rappel la veille.",
        "compensation": "Une leçon offerte.",
        "compensation_asked": True,
    }
    path.write_text(json.dumps(tables), encoding="utf-8")
    again = Register(path)
    old, plain = again.get("R-2026-0001"), again.get("R-2026-0002")
    again.close()

    assert old is not None
    assert old.is_decided
    assert old.grievances == (
        Grievance(
            number=1,
            text="Ma leçon de mardi a été annulée sans prévenir.",
            finding=Finding.PARTLY_UPHELD,
            reason="Le planning le montre.",
        ),
    )
    assert old.actions == (Action(number=1, what="Un rappel la veille."),)
    assert old.compensations == (
        Compensation(number=1, kind=CompensationKind.GESTURE, words="Une leçon offerte."),
    )
    assert old.state is State.UNDER_INVESTIGATION
    assert plain is not None
    assert (plain.grievances, plain.decision) == ((), Decision())


def test_similar_cases_share_the_main_motive_in_the_time_before(register: Register) -> None:
    """Same motive within the time asked; not older, not itself, not another motive."""
    register.save(complaint())
    near = complaint(reference="R-2026-0002", received_at=NOON - timedelta(days=10))
    old = complaint(reference="R-2026-0003", received_at=NOON - timedelta(days=400))
    other = complaint(reference="R-2026-0004", motives=(Motive.EXAM,))
    for one in (near, old, other):
        register.save(one)

    found = register.similar(complaint(), within=timedelta(days=365))

    assert [one.reference for one in found] == ["R-2026-0002"]


def test_complaints_of_an_address_newest_first(register: Register) -> None:
    """Somebody's complaints are found by their address, nobody else's."""
    register.save(complaint())
    register.save(complaint(reference="R-2026-0002"))
    elsewhere = complaint(reference="R-2026-0003")
    register.save(replace(elsewhere, complainant=replace(elsewhere.complainant, address=None)))

    assert [one.reference for one in register.by_address(LEA)] == ["R-2026-0002", "R-2026-0001"]


def test_drafts_managers_and_positions_survive(path: Path) -> None:
    """Conversations, people and how far a mailbox was read are there after a restart."""
    first = Register(path)
    draft = Draft(chat="7", started_at=NOON, last_at=NOON)
    manager = Manager(telegram_id=100, paired_at=NOON, question=("R-2026-0001", "facts"))
    position = MailboxPosition(folder="a/INBOX", uid_validity=1, next_uid=5)
    first.save_draft(draft)
    first.save_manager(manager)
    first.save_position(position)
    first.close()
    second = Register(path)

    assert second.draft("7") == draft
    assert second.manager(100) == manager
    assert second.position("a/INBOX") == position
    second.drop_draft("7")
    assert second.drafts() == []
    second.close()


def test_open_complaints_come_most_urgent_first(register: Register) -> None:
    """Those due first come first; those set aside do not come."""
    register.save(complaint(answer_due=date(2026, 3, 20)))
    register.save(complaint(reference="R-2026-0002", answer_due=date(2026, 3, 10)))
    register.save(complaint(reference="R-2026-0003").set_aside(NOON, "manager:1"))

    assert [one.reference for one in register.open_complaints()] == ["R-2026-0002", "R-2026-0001"]
