"""Reception: what comes in is registered with its acknowledgement, joined, or set aside."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from intake.message import Automatic, Held, InboundMessage
from intake.reception import Fate, Reason, Reception
from letters.compose import message_id
from letters.establishment import Establishment, Mediator
from register.complaint import Attachment, Complainant, LetterKind, ReceivedMessage, State
from register.database import Register, telegram
from register.deadlines import Timetable
from register.extraction import Extraction, Passage, ScoredMotive, Source
from register.labels import Channel, Motive, Severity
from register.people import Draft, Filing
from tests.complaints import LEA, NOON

SCHOOL = Establishment(
    name="Auto-école du Parc",
    address="12 rue des Tilleuls, 93100 Montreuil",
    phone="01 99 00 12 34",
    email="contact@school.test",
    signatory="Camille Renaud",
    quality="Gérante",
    mail_domain="school.test",
    mediator=Mediator("Médiation de la Conduite", "BP 1, 75000 Paris", "https://mediation.test"),
)
ANGRY = Extraction(
    is_complaint=True,
    score=0.9,
    motives=(ScoredMotive(Motive.SCHEDULING, 0.8),),
    severity=Severity.MODERATE,
    source=Source(name="Léa Martin", phone="+33199001234"),
    language="fr",
)
NEUTRAL = Extraction(is_complaint=False, score=0.05)
UNSURE = Extraction(is_complaint=False, score=0.3)
MANAGER = "manager:7"


class FakeReader:
    """Says what the test wants; `passages` are what it was asked."""

    def __init__(self) -> None:
        self.says: Extraction | Exception = ANGRY
        self.passages: list[Passage] = []

    def __call__(self, passage: Passage) -> Extraction:
        self.passages.append(passage)
        if isinstance(self.says, Exception):
            raise self.says
        return self.says


@pytest.fixture
def register(tmp_path: Path) -> Iterator[Register]:
    opened = Register(tmp_path / "register.json")
    yield opened
    opened.close()


@pytest.fixture
def reader() -> FakeReader:
    return FakeReader()


@pytest.fixture
def reception(register: Register, reader: FakeReader) -> Reception:
    return Reception(register, reader, SCHOOL, Timetable(), lambda: NOON + timedelta(seconds=5))


def mail(**changes: object) -> InboundMessage:
    plain = InboundMessage(
        source_id="m1@home.test",
        channel=Channel.EMAIL,
        sender=LEA,
        sender_name="Léa M.",
        received_at=NOON,
        subject="Leçon annulée",
        text="Ma leçon a été annulée hier.",
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def draft(**changes: object) -> Draft:
    plain = Draft(
        chat="7",
        sender_name="Inès",
        started_at=NOON,
        last_at=NOON,
        messages=tuple(
            ReceivedMessage(source_id=f"telegram:7:{n}", received_at=NOON, text=f"texte {n}")
            for n in (1, 2)
        ),
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


async def test_a_mail_becomes_a_complaint_with_its_unsent_acknowledgement(
    reception: Reception, register: Register
) -> None:
    """One save holds the entry, what was read, and the letter that waits for a courier."""
    taken = await reception.take(mail())
    entry = register.get(taken.reference or "")

    assert taken.fate is Fate.REGISTERED
    assert entry is not None
    assert (entry.reference, entry.state) == ("R-2026-0001", State.RECEIVED)
    assert entry.motives == (Motive.SCHEDULING,)
    assert entry.complainant.name == "Léa Martin"
    assert entry.received_at == NOON
    assert [one.kind for one in entry.unsent()] == [LetterKind.ACKNOWLEDGEMENT]


async def test_the_same_mail_twice_is_one_complaint(
    reception: Reception, register: Register
) -> None:
    """Whoever delivers may deliver again: nothing is registered or acknowledged twice."""
    await reception.take(mail())
    again = await reception.take(mail())

    assert (again.fate, again.reference) == (Fate.KNOWN, "R-2026-0001")
    assert len(register.complaints()) == 1


async def test_the_same_mail_at_the_same_time_is_one_complaint(
    reception: Reception, register: Register
) -> None:
    """Two deliveries that overlap while the text is read make one entry."""
    fates = await asyncio.gather(reception.take(mail()), reception.take(mail()))

    assert sorted(one.fate for one in fates) == [Fate.KNOWN, Fate.REGISTERED]
    assert len(register.complaints()) == 1


async def test_registering_does_not_depend_on_the_reader(
    reception: Reception, reader: FakeReader, register: Register
) -> None:
    """A reader that raises leaves an entry unread, acknowledged all the same."""
    reader.says = RuntimeError("no model")

    taken = await reception.take(mail())
    entry = register.get(taken.reference or "")

    assert entry is not None
    assert entry.extraction == Extraction()
    assert len(entry.unsent()) == 1


@pytest.mark.parametrize(
    ("says", "doubtful"),
    [pytest.param(NEUTRAL, False, id="surely not"), pytest.param(UNSURE, True, id="in doubt")],
)
async def test_what_is_no_complaint_is_kept_with_its_reason(
    reception: Reception,
    reader: FakeReader,
    register: Register,
    says: Extraction,
    doubtful: bool,
) -> None:
    """Set aside is not dropped, takes no reference, and the manager is asked where in doubt."""
    reader.says = says

    taken = await reception.take(mail())
    kept = register.get_set_aside(taken.number or 0)

    assert taken.fate is Fate.SET_ASIDE
    assert kept is not None
    assert (kept.reason, kept.is_doubtful) == (Reason.NOT_A_COMPLAINT, doubtful)
    assert kept.message.text == "Ma leçon a été annulée hier."
    assert register.complaints() == []


async def test_a_recalled_message_is_a_complaint_once(
    reception: Reception, reader: FakeReader, register: Register
) -> None:
    """Recalling registers it with its acknowledgement; a second tap finds the same entry."""
    reader.says = NEUTRAL
    taken = await reception.take(mail())

    first = await reception.recall(taken.number or 0, MANAGER)
    second = await reception.recall(taken.number or 0, MANAGER)

    assert first is not None
    assert first == second
    assert len(first.unsent()) == 1
    assert (await reception.take(mail())).fate is Fate.KNOWN


MACHINES = [Automatic.BOUNCE, Automatic.NOTICE, Automatic.RECEIPT, Automatic.AUTO_REPLY]


@pytest.mark.parametrize("kind", MACHINES)
async def test_no_machine_is_answered(
    reception: Reception, reader: FakeReader, register: Register, kind: Automatic
) -> None:
    """What no human wrote is set aside without being read or acknowledged."""
    taken = await reception.take(mail(automatic=kind))

    assert taken.fate is Fate.SET_ASIDE
    assert reader.passages == []
    assert register.unsent() == []


@pytest.mark.parametrize("kind", MACHINES)
async def test_no_machine_is_answered_when_recalled_either(
    reception: Reception, register: Register, kind: Automatic
) -> None:
    """The manager may make a complaint of it; its letter waits for somebody."""
    taken = await reception.take(mail(automatic=kind))

    complaint = await reception.recall(taken.number or 0, MANAGER)

    assert complaint is not None
    assert complaint.unsent() == ()
    assert complaint.letters[0].trouble == Held.AUTOMATIC_SENDER


async def test_what_held_a_letter_holds_it_after_a_recall(
    reception: Reception, reader: FakeReader
) -> None:
    """Set aside as no complaint, then recalled: still nothing leaves for a list."""
    reader.says = NEUTRAL
    taken = await reception.take(mail(automatic=Automatic.BULK, held=Held.AUTOMATIC_SENDER))

    complaint = await reception.recall(taken.number or 0, MANAGER)

    assert complaint is not None
    assert [one.trouble for one in complaint.letters] == [Held.AUTOMATIC_SENDER]


async def test_a_held_letter_stays_held_when_its_complaint_is_reopened(
    reception: Reception, register: Register
) -> None:
    """Set aside and taken back, it is the same letter, with its trouble."""
    await reception.take(mail(held=Held.AUTOMATIC_SENDER))
    register.update("R-2026-0001", lambda one: one.set_aside(NOON, "manager:1"))

    after = reception.reopen("R-2026-0001", "manager:1")

    assert after.unsent() == ()
    assert [one.trouble for one in after.letters] == [Held.AUTOMATIC_SENDER]


@pytest.mark.parametrize(
    ("says", "doubtful"),
    [
        pytest.param(ANGRY, True, id="a complaint"),
        pytest.param(NEUTRAL, False, id="none"),
        pytest.param(ValueError("unreadable"), True, id="unread"),
    ],
)
async def test_a_mail_in_our_own_name_may_be_a_form(
    reception: Reception,
    reader: FakeReader,
    register: Register,
    says: Extraction | Exception,
    doubtful: bool,
) -> None:
    """Where it answers nothing, it is set aside but read, and the manager asked."""
    reader.says = says

    taken = await reception.take(mail(automatic=Automatic.OURS, held=Held.AUTOMATIC_SENDER))
    kept = register.get_set_aside(taken.number or 0)

    assert kept is not None
    assert (kept.reason, kept.is_doubtful) == (Reason.OURS, doubtful)


@pytest.mark.parametrize(
    "ours",
    [
        pytest.param({"in_reply_to": ("client@home.test",)}, id="it answers a client"),
        pytest.param(
            {"source_id": message_id("R-2026-0001.answer.1", SCHOOL).strip("<>")}, id="a letter"
        ),
    ],
)
async def test_our_own_letters_are_not_read(
    reception: Reception, reader: FakeReader, ours: dict[str, object]
) -> None:
    """A copy of what the establishment wrote is nobody's complaint."""
    taken = await reception.take(mail(automatic=Automatic.OURS, **ours))

    assert taken.fate is Fate.SET_ASIDE
    assert reader.passages == []


async def test_a_complaint_from_an_automatic_sender_keeps_its_duty_open(
    reception: Reception, register: Register
) -> None:
    """A form's no-reply mail is registered; its letter waits for somebody instead of leaving."""
    await reception.take(mail(automatic=Automatic.BULK, held=Held.AUTOMATIC_SENDER))

    assert register.unsent() == []
    assert [one.letters[0].trouble for one in register.stuck()] == ["automatic_sender"]


async def test_a_letter_that_was_not_addressed_to_us_says_so(
    reception: Reception, register: Register
) -> None:
    """Its writer is no machine: the manager reads why the acknowledgement waits."""
    await reception.take(mail(held=Held.NOT_ADDRESSED))

    assert [one.letters[0].trouble for one in register.stuck()] == ["not_addressed"]


MAX = replace(LEA, value="max@home.test")


def original(content: str) -> Attachment:
    return Attachment(name="message.eml", sha256=content, size=1, content_type="message/rfc822")


@pytest.mark.parametrize(
    ("changes", "fate"),
    [
        pytest.param({}, Fate.KNOWN, id="the same mail"),
        pytest.param({"raw": original("by another way")}, Fate.KNOWN, id="delivered again"),
        pytest.param({"sender": MAX}, Fate.KNOWN, id="the same bytes"),
        pytest.param({"sender": MAX, "raw": original("other")}, Fate.REGISTERED, id="a stranger's"),
    ],
)
@pytest.mark.parametrize("first_says", [ANGRY, NEUTRAL])
async def test_two_people_with_one_message_id_are_two(
    reception: Reception,
    reader: FakeReader,
    first_says: Extraction,
    changes: dict[str, object],
    fate: Fate,
) -> None:
    """Some web forms give every mail the same id; whoever delivers twice finds what is there."""
    reader.says = first_says
    await reception.take(mail(raw=original("first")))
    reader.says = ANGRY
    second = mail(raw=original("first"), **changes) if "raw" not in changes else mail(**changes)

    taken = await reception.take(second)
    again = await reception.take(second)

    assert (taken.fate, again.fate) == (fate, Fate.KNOWN)


async def test_a_bearer_of_the_same_id_may_come_in_while_we_read(reception: Reception) -> None:
    """Taken at the same time, both are registered."""
    taken = await asyncio.gather(
        reception.take(mail(raw=original("first"))),
        reception.take(mail(raw=original("second"), sender=MAX)),
    )

    assert [one.fate for one in taken] == [Fate.REGISTERED, Fate.REGISTERED]


async def test_a_reply_to_our_letter_joins_its_complaint(
    reception: Reception, register: Register
) -> None:
    """In-Reply-To with the id of our acknowledgement finds the entry; no second letter is due."""
    await reception.take(mail())
    ours = message_id("R-2026-0001.acknowledgement.1", SCHOOL).strip("<>")

    taken = await reception.take(
        mail(source_id="m2@home.test", in_reply_to=(ours,), text="C'était à 14 h.")
    )
    entry = register.get("R-2026-0001")

    assert (taken.fate, taken.reference) == (Fate.JOINED, "R-2026-0001")
    assert entry is not None
    assert [one.text for one in entry.messages][1] == "C'était à 14 h."
    assert len(entry.letters) == 1


@pytest.mark.parametrize(
    ("sender", "fate"),
    [
        pytest.param(LEA, Fate.JOINED, id="the complainant"),
        pytest.param(replace(LEA, value="x@home.test"), Fate.REGISTERED, id="somebody else"),
    ],
)
async def test_a_reference_in_the_subject_counts_for_its_complainant_only(
    reception: Reception, sender: object, fate: Fate
) -> None:
    """Anybody can type a reference: from another address it starts its own complaint."""
    await reception.take(mail())

    taken = await reception.take(
        mail(source_id="m2@home.test", sender=sender, subject="Re: R-2026-0001")
    )

    assert taken.fate is fate


async def test_a_bounce_opens_the_duty_again(reception: Reception, register: Register) -> None:
    """A bounced acknowledgement is not proof: the letter is stuck and the entry unacknowledged."""
    await reception.take(mail())
    register.update(
        "R-2026-0001", lambda one: one.with_sent("R-2026-0001.acknowledgement.1", NOON, "250")
    )
    ours = message_id("R-2026-0001.acknowledgement.1", SCHOOL).strip("<>")

    taken = await reception.take(
        mail(source_id="b1@home.test", automatic=Automatic.BOUNCE, in_reply_to=(ours,))
    )

    assert taken.fate is Fate.SET_ASIDE
    assert [one.reference for one in register.stuck()] == ["R-2026-0001"]


async def test_a_letter_on_its_way_has_not_come_back(
    reception: Reception, register: Register
) -> None:
    """A notice of delay is set aside, and the duty stays fulfilled."""
    await reception.take(mail())
    sent = register.update(
        "R-2026-0001", lambda one: one.with_sent("R-2026-0001.acknowledgement.1", NOON, "250")
    )
    ours = message_id("R-2026-0001.acknowledgement.1", SCHOOL).strip("<>")

    taken = await reception.take(
        mail(source_id="n1@home.test", automatic=Automatic.NOTICE, in_reply_to=(ours,))
    )
    kept = register.get_set_aside(taken.number or 0)

    assert kept is not None
    assert kept.reason == Reason.NOTICE
    assert register.get("R-2026-0001") == sent


@pytest.mark.parametrize(
    ("confirmed", "adds", "stands"),
    [
        pytest.param(False, Severity.CRITICAL, Severity.CRITICAL, id="graver"),
        pytest.param(False, Severity.LOW, Severity.MODERATE, id="less grave"),
        pytest.param(False, None, Severity.MODERATE, id="not said"),
        pytest.param(True, Severity.CRITICAL, Severity.MODERATE, id="the manager has judged"),
    ],
)
async def test_an_addition_may_be_graver(
    reception: Reception,
    reader: FakeReader,
    register: Register,
    confirmed: bool,
    adds: Severity | None,
    stands: Severity,
) -> None:
    """A reply is read too: harm that is told later is seen as such."""
    await reception.take(mail())
    register.update("R-2026-0001", lambda one: replace(one, is_confirmed=confirmed))
    reader.says = replace(ANGRY, severity=adds)

    await reception.take(mail(source_id="m2@home.test", in_reply_to=("m1@home.test",)))
    entry = register.get("R-2026-0001")

    assert entry is not None
    assert entry.severity is stands
    raised = [one.what for one in entry.events if one.what.startswith("severity:")]
    assert raised == (["severity:critical"] if stands is Severity.CRITICAL else [])


async def test_every_message_of_a_draft_set_aside_is_known(
    reception: Reception, register: Register
) -> None:
    """Delivered again after a crash, the second one is not filed once more."""
    question = draft(filing=Filing.QUESTION)
    register.save_draft(question)

    await reception.file(question, complainant=Complainant(address=telegram(7)))

    assert [register.knows(f"telegram:7:{n}") for n in (1, 2, 3)] == [True, True, False]


async def test_gathered_messages_become_one_complaint(
    reception: Reception, register: Register
) -> None:
    """All messages of a draft are in the entry, and the draft ends in the same save."""
    register.save_draft(draft())

    taken = await reception.file(draft(), complainant=Complainant(address=telegram(7)))
    entry = register.get(taken.reference or "")

    assert entry is not None
    assert [one.text for one in entry.messages] == ["texte 1", "texte 2"]
    assert entry.channel is Channel.TELEGRAM
    assert register.draft("7") is None


async def test_a_draft_filed_twice_is_one_complaint(
    reception: Reception, register: Register
) -> None:
    """A second tap on "J'ai terminé" finds what the first one made."""
    register.save_draft(draft())
    who = Complainant(address=telegram(7))

    fates = await asyncio.gather(
        reception.file(draft(), complainant=who), reception.file(draft(), complainant=who)
    )

    assert sorted(one.fate for one in fates) == [Fate.KNOWN, Fate.REGISTERED]
    assert {one.reference for one in fates} == {"R-2026-0001"}


@pytest.mark.parametrize(
    ("filing", "fate"),
    [
        pytest.param(Filing.COMPLAINT, Fate.REGISTERED, id="the client says it is one"),
        pytest.param(Filing.UNSAID, Fate.SET_ASIDE, id="unsaid: the reader decides"),
        pytest.param(Filing.QUESTION, Fate.SET_ASIDE, id="the client says it is a question"),
    ],
)
async def test_the_clients_word_counts_before_the_readers(
    reception: Reception, reader: FakeReader, register: Register, filing: Filing, fate: Fate
) -> None:
    """Who taps "file a complaint" has filed one, whatever a machine makes of the words."""
    reader.says = NEUTRAL
    register.save_draft(draft(filing=filing))

    taken = await reception.file(draft(filing=filing), complainant=Complainant(address=telegram(7)))

    assert taken.fate is fate


async def test_a_full_disk_passes_up_and_nothing_is_half_there(
    reception: Reception, register: Register, tmp_path: Path
) -> None:
    """What could not be saved was not received; after room is made the same mail is taken."""
    blocker = tmp_path / "register.new"
    blocker.mkdir()
    with pytest.raises(OSError, match="directory"):
        await reception.take(mail())
    blocker.rmdir()

    taken = await reception.take(mail())

    assert taken.reference == "R-2026-0001"


async def test_relative_days_are_the_writers(reception: Reception, reader: FakeReader) -> None:
    """The reader is given the time in the establishment's zone, so "hier" is the right day."""
    late = NOON.replace(hour=23, minute=30)

    await reception.take(mail(received_at=late))

    assert reader.passages[0].sent.day == 3
