"""Who wrote a mail: ourselves, a machine, or a person; and whether we may answer by ourselves."""

from email.message import EmailMessage
from pathlib import Path

import pytest

from intake.envelope import classify, is_unmanned, original_ids, writer_by_form
from intake.headers import read_message
from intake.message import Automatic, Held

MAILS = Path(__file__).parent / "mails"
OURS = "reclamations@ecole.example"
PUBLIC = "contact@ecole.example"
A_PERSON = (None, None)
UNANSWERED = (None, Held.AUTOMATIC_SENDER)
NOT_TO_US = (None, Held.NOT_ADDRESSED)


def from_file(name: str) -> EmailMessage:
    return read_message((MAILS / f"{name}.eml").read_bytes())[0]


def mail(*lines: str, subject: str = "Plainte") -> EmailMessage:
    """A person's letter with some headers of its own."""
    given = {line.partition(":")[0] for line in lines}
    usual = (f"From: camille@home.example|To: {OURS}|Subject: {subject}").split("|")
    head = [*lines, *(line for line in usual if line.partition(":")[0] not in given)]
    return read_message(("\r\n".join(head) + "\r\n\r\nBonjour\r\n").encode())[0]


@pytest.mark.parametrize(
    ("name", "automatic"),
    [
        ("plain_latin1", None),
        ("reply_gmail", None),
        ("absence_of_the_instructor", None),
        ("from_ourselves", Automatic.OURS),
        ("bounce_with_the_mail", Automatic.BOUNCE),
        ("bounce_with_the_header", Automatic.BOUNCE),
        ("bounce_exim_in_text", Automatic.BOUNCE),
        ("delayed", Automatic.NOTICE),
        ("read_receipt", Automatic.RECEIPT),
        ("vacation_french", Automatic.AUTO_REPLY),
        ("vacation_without_header", Automatic.AUTO_REPLY),
        ("out_of_office_exchange", Automatic.AUTO_REPLY),
        ("newsletter", Automatic.BULK),
    ],
)
def test_a_machine_is_told_from_a_person(name: str, automatic: Automatic | None) -> None:
    """The mails of the collection, and what each one is."""
    held = Held.AUTOMATIC_SENDER if automatic else None

    assert classify(from_file(name), [OURS]) == (automatic, held)


@pytest.mark.parametrize(
    ("actions", "automatic"),
    [
        (["delayed"], Automatic.NOTICE),
        (["delivered", "expanded"], Automatic.NOTICE),
        (["delayed", "failed"], Automatic.BOUNCE),
        (["failed"], Automatic.BOUNCE),
        (["vanished"], Automatic.BOUNCE),
        ([], Automatic.BOUNCE),
    ],
)
def test_a_letter_came_back_unless_every_receiver_may_have_it(
    actions: list[str], automatic: Automatic
) -> None:
    """Of several receivers, one whom the letter failed to reach is enough (RFC 3464, 2.3.3)."""
    blocks = "".join(
        f"Final-Recipient: rfc822; a@home.example\r\nAction: {action}\r\nStatus: 4.0.0\r\n\r\n"
        for action in actions
    )
    report = (
        "From: MAILER-DAEMON@mx.example\r\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
        "--b\r\n\r\nAction: delivered\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\n"
        f"Reporting-MTA: dns; mx.example\r\n\r\n{blocks}--b--\r\n"
    )

    assert classify(read_message(report.encode())[0], [OURS])[0] is automatic


@pytest.mark.parametrize(
    ("lines", "automatic"),
    [
        (["Auto-Submitted: no"], None),
        (["Auto-Submitted: No (a person)"], None),
        (["Auto-Submitted: AUTO-REPLIED; owner-email=x"], Automatic.AUTO_REPLY),
        (["Auto-Submitted: auto-notified"], Automatic.AUTO_REPLY),
        # A form or a shop sends so: nobody is answered, but somebody may have written it.
        (["Auto-Submitted: auto-generated"], Automatic.BULK),
        (["Auto-Submitted: auto-generated", "In-Reply-To: <a@b>"], Automatic.AUTO_REPLY),
        (["X-Autoreply: yes"], Automatic.AUTO_REPLY),
        (["x-autorespond: yes"], Automatic.AUTO_REPLY),
        (["Precedence: auto_reply"], Automatic.AUTO_REPLY),
        (["Precedence: bulk"], Automatic.BULK),
        (["Precedence: List"], Automatic.BULK),
        (["Precedence: first-class"], None),
        (["List-Unsubscribe: <https://news.example/u>"], Automatic.BULK),
        (["Feedback-ID: 1:2:3"], Automatic.BULK),
        (["From: MAILER-DAEMON@mx.example"], Automatic.BOUNCE),
        (["From: Postmaster <postmaster@mx.example>"], Automatic.BOUNCE),
        (["X-Failed-Recipients: a@b.example"], Automatic.BOUNCE),
        (["Return-Path: <>", "Subject: Undeliverable: Votre dossier"], Automatic.BOUNCE),
        (["Subject: Undeliverable: Votre dossier"], None),
        ([f"From: Ecole <{OURS.upper()}>"], Automatic.OURS),
        (["From: reclamations+r.12@ecole.example"], Automatic.OURS),
        ([f"From: {OURS}", "Reply-To: reclamations+r.12@ecole.example"], Automatic.OURS),
    ],
)
def test_a_header_says_what_it_is(lines: list[str], automatic: Automatic | None) -> None:
    """The headers of RFC 3834, RFC 2369 and of those who came before."""
    assert classify(mail(*lines), [OURS])[0] is automatic


@pytest.mark.parametrize(
    ("subject", "is_automatic"),
    [
        ("Réponse automatique : Votre dossier", True),
        ("Automatic reply: Votre dossier", True),
        ("Message d’absence", True),
        ("Absent(e) du bureau", True),
        ("Absent jusqu'au 15 mars", True),
        ("Out of Office: Votre dossier", True),
        ("Absence de mon moniteur", False),
        ("Réponse automatique mais toujours aucune réponse", False),
        ("RE: Réponse automatique : Votre dossier", False),
        ("En congés pendant mon examen, votre moniteur", False),
    ],
)
def test_a_subject_says_that_nobody_wrote_it(subject: str, is_automatic: bool) -> None:
    """The sentences of answering machines, and the complaints that sound like them."""
    found, _ = classify(mail("In-Reply-To: <a@ecole.example>", subject=subject), [OURS])

    assert (found is Automatic.AUTO_REPLY) == is_automatic


def test_a_letter_that_answers_nothing_is_no_automatic_answer() -> None:
    """A client may begin a letter so: it is read, and nothing leaves by itself."""
    letter = mail(subject="Absente jusqu'au 12, et vous me facturez les leçons !")

    assert classify(letter, [OURS]) == UNANSWERED


def test_a_bare_absence_that_answers_nothing_is_a_letter() -> None:
    """A pupil who says so is answered."""
    assert classify(mail(subject="Absence"), [OURS]) == A_PERSON


def test_a_bare_absence_in_answer_to_us_is_automatic() -> None:
    """Where it answers one of our letters, a person would have said more."""
    found, _ = classify(mail("In-Reply-To: <a@ecole.example>", subject="Absence"), [OURS])

    assert found is Automatic.AUTO_REPLY


@pytest.mark.parametrize(
    ("lines", "verdict"),
    [
        ([], A_PERSON),
        (["X-Auto-Response-Suppress: DR, RN, NRN"], A_PERSON),
        (["X-Auto-Response-Suppress: None"], A_PERSON),
        (["X-Auto-Response-Suppress: all"], UNANSWERED),
        (["X-Auto-Response-Suppress: DR, OOF"], UNANSWERED),
        (["Return-Path: <>"], UNANSWERED),
        (["Return-Path: <camille@home.example>"], A_PERSON),
        (["From: no-reply@shop.example"], UNANSWERED),
        (["To: autre@ailleurs.example"], NOT_TO_US),
        (["To: autre@ailleurs.example", f"Cc: Ecole <{OURS}>"], A_PERSON),
        (["To: reclamations+r.12@ecole.example"], A_PERSON),
        (["To: undisclosed-recipients:;"], NOT_TO_US),
        (["To: autre@ailleurs.example", "From: no-reply@shop.example"], UNANSWERED),
        (["From: Site <no-reply@ecole.example>", "Reply-To: a@home.example"], UNANSWERED),
    ],
)
def test_some_letters_get_no_automatic_answer(lines: list[str], verdict: tuple[None, bool]) -> None:
    """A person's letter is one all the same; only the acknowledgement does not leave by itself."""
    assert classify(mail(*lines), [OURS]) == verdict


def test_without_own_addresses_every_receiver_will_do() -> None:
    """Nothing is held back where nobody has said which addresses are ours."""
    assert classify(mail("To: autre@ailleurs.example"), []) == A_PERSON


def test_the_public_address_receives_for_us() -> None:
    """What is sent there is addressed to us; who writes from there is not ourselves."""
    to_public, from_public = mail(f"To: {PUBLIC}"), mail(f"From: {PUBLIC}")

    assert classify(to_public, [OURS]) == NOT_TO_US
    assert classify(to_public, [OURS], [PUBLIC]) == A_PERSON
    assert classify(from_public, [OURS], [PUBLIC]) == A_PERSON


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("no-reply@a.example", True),
        ("noreply@a.example", True),
        ("ne-pas-repondre@a.example", True),
        ("nepasrepondre@a.example", True),
        ("donotreply@a.example", True),
        ("bounces+42@a.example", True),
        ("root@a.example", True),
        ("norbert@a.example", False),
        ("nora.reply@a.example", False),
        ("daemon.martin@a.example", False),
        ("abusedstudent@a.example", False),
    ],
)
def test_an_address_that_nobody_reads(address: str, expected: bool) -> None:
    """The names that machines write under."""
    assert is_unmanned(address) == expected


def test_a_form_writes_for_somebody() -> None:
    """In our name or in nobody's, with an answerable Reply-To; a person's Reply-To is no form."""
    form = mail(f"From: Site <{OURS}>", "Reply-To: Camille <camille@home.example>")
    person = mail("Reply-To: other@home.example")

    assert writer_by_form(form, [OURS]) == ("Camille", "camille@home.example")
    assert classify(form, [OURS]) == UNANSWERED
    assert writer_by_form(person, [OURS]) is None


def test_a_person_speaks_of_no_original() -> None:
    """A letter that merely quotes nothing of ours names no letter."""
    assert original_ids(from_file("plain_latin1")) == ()


def test_a_header_is_taken_apart_once_a_mail() -> None:
    """Asking again costs nothing; nothing of one mail stays at hand beside the next."""
    raw = b"From: Claire <claire@example.com>\r\n\r\nBonjour"
    mail, _ = read_message(raw)
    sender = mail["From"]

    assert mail["From"] is sender
    read_message(raw)
    assert mail["From"] is not sender
    assert mail["From"] == sender
