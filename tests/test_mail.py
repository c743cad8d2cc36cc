"""A mail's bytes to the message that is in it: the mails that come in, and those that attack."""

import time
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.mail import LONGEST_TEXT, Defect, parse_mail
from intake.message import Automatic, Held, InboundMessage
from register.complaint import Address, Attachment
from register.labels import Channel

MAILS = Path(__file__).parent / "mails"
OURS = "reclamations@ecole.example"
ARRIVED = datetime(2026, 3, 2, 10, 12, 40, tzinfo=timezone(timedelta(hours=1)))


class Shelf:
    """Keeps pieces in memory, under the names that they were given."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def keep(self, name: str, data: bytes, content_type: str) -> Attachment:
        self.kept[name] = data
        digest = str(len(self.kept))
        return Attachment(name=name, sha256=digest, size=len(data), content_type=content_type)


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


def parsed(raw: bytes, shelf: Shelf | None = None) -> InboundMessage:
    keep = (shelf or Shelf()).keep
    return parse_mail(raw, received_at=ARRIVED, keep=keep, own_addresses=[OURS])


def read(name: str, shelf: Shelf | None = None) -> InboundMessage:
    return parsed((MAILS / f"{name}.eml").read_bytes(), shelf)


ACCENTED = "La leçon a été annulée."


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("plain_latin1", "Bonjour,\n\nMon examen a été reporté sans prévenir."),
        ("says_latin1_is_windows1252", "On m’a facturé 120 € d’inscription deux fois…"),
        ("plain_base64", "Bonjour,\n\nLe moniteur a crié pendant toute la leçon."),
        ("unknown_charset", ACCENTED),
        ("wrong_charset", ACCENTED),
        (
            "html_only",
            "Bonjour,\n\nTrois points :\n\n"
            "* la voiture est sale ;\n* le frein grince ;\n* personne ne répond.",
        ),
        ("html_table", "Voici le compte :\n\nDate Heures\n3 mars 2\n5 mars 1"),
        ("alternative", "La version simple."),
        ("alternative_with_placeholder", "Le moniteur ne vient jamais à l’heure."),
        ("alternative_with_empty_plain", "Je veux changer de moniteur."),
        ("broken_mime", "Il manque toutes les limites, mais pas la plainte."),
        ("unfinished_mime", "Le texte est là."),
        ("nul_bytes", "Le moniteur ment."),
        ("inline_image", "Le pneu est lisse :"),
        ("empty_body", ""),
        (
            "flowed",
            "Bonjour, je vous écris parce que mon permis n'a toujours pas été demandé"
            " auprès de la préfecture.\n\nMerci.",
        ),
    ],
)
def test_the_text_is_what_the_person_wrote(name: str, text: str) -> None:
    """Whatever the charset, the encoding and the format, the words come out."""
    assert read(name).text.replace("\xa0", " ") == text


def test_the_plain_version_is_taken_wherever_it_stands() -> None:
    """Some programs put the versions in the wrong order (RFC 2046, 5.1.4)."""
    first, second = (
        b"--b\r\nContent-Type: text/html\r\n\r\n<p>riche</p>\r\n",
        b"--b\r\n\r\nsimple\r\n",
    )
    box = b"Content-Type: multipart/alternative; boundary=b\r\n\r\n" + first + second + b"--b--\r\n"

    assert parsed(b"From: a@home.example\r\n" + box).text == "simple"


def test_a_letter_is_taken_apart(shelf: Shelf) -> None:
    """Every field of an ordinary letter is filled, and the letter itself is kept."""
    message = read("plain_utf8_quoted_printable", shelf)

    assert message.source_id == "Qp.1@home.example"
    assert message.channel is Channel.EMAIL
    assert message.sender == Address(Channel.EMAIL, "camille.perrin@home.example")
    assert message.sender_name == "Camille Perrin"
    assert message.subject == "Leçon annulée"
    assert message.received_at == ARRIVED
    assert message.received_at.tzinfo is UTC
    assert message.sent_at == datetime(2026, 3, 2, 9, 12, 33, tzinfo=UTC)
    assert message.signature == "Cordialement,\nCamille Perrin\n06 12 34 56 78"
    assert message.automatic is None
    assert message.may_acknowledge
    assert message.defects == ()
    assert message.raw is not None
    assert message.raw.content_type == "message/rfc822"
    raw = (MAILS / "plain_utf8_quoted_printable.eml").read_bytes()
    assert shelf.kept == {"message.eml": raw}


@pytest.mark.parametrize(
    ("name", "new", "quoted"),
    [
        ("reply_gmail", "Bonjour,\n\nCe n'est toujours pas réglé.", "Le lun. 2 mars 2026"),
        ("reply_outlook", "Bonjour,\n\nJe conteste votre réponse.\n\nCamille Perrin", "____"),
        ("reply_outlook_html", "Je maintiens ma demande.", "De : École Exemple"),
        ("reply_apple", "Toujours rien reçu.\n\nCamille", "> Le 2 mars 2026"),
        ("reply_between_the_lines", "Le 27 février.\nMonsieur Durand.", "Le 02/03/2026"),
        ("reply_english", "Still no refund.", "On Mon, Mar 2, 2026"),
        ("reply_spanish", "Todavía no he recibido nada.", "El lun, 2 mar 2026"),
        ("forward_with_a_word", "Voir ci-dessous, merci de me rembourser.", "---------- Forw"),
    ],
)
def test_history_is_told_from_what_is_new(name: str, new: str, quoted: str) -> None:
    """The programs that people write with each quote in their own way."""
    message = read(name)

    assert message.text == new
    assert message.quoted.startswith(quoted)


def test_pieces_are_kept_under_their_names(shelf: Shelf) -> None:
    """Names outside ASCII are read, of text files too, and the bytes are those sent."""
    message = read("attachments_rfc2231", shelf)

    assert [(piece.name, piece.content_type) for piece in message.attachments] == [
        ("Contrat de formation été 2026.pdf", "application/pdf"),
        ("reçu.png", "image/png"),
        ("../../etc/notes.txt", "text/plain"),
    ]
    assert shelf.kept["Contrat de formation été 2026.pdf"] == b"%PDF-1.4 fictif"
    assert message.text == "Voir les pièces."


def test_the_shelf_makes_names_safe(tmp_path: Path) -> None:
    """With the real folder of pieces behind it, no name leads anywhere else."""
    from intake.pieces import Pieces

    raw = (MAILS / "attachments_rfc2231.eml").read_bytes()
    keep = Pieces(tmp_path).keep
    message = parse_mail(raw, received_at=ARRIVED, keep=keep, own_addresses=[OURS])

    assert message.attachments[2].name == "notes.txt"


@pytest.mark.parametrize(
    ("name", "piece"),
    [
        ("inline_image", ("piece-2.jpg", "image/jpeg")),
        ("enclosed_mail", ("votre message.eml", "message/rfc822")),
        ("winmail", ("winmail.dat", "application/ms-tnef")),
    ],
)
def test_whatever_is_not_text_is_a_piece(name: str, piece: tuple[str, str]) -> None:
    """Images in the text, enclosed mails and odd formats are kept as files."""
    (kept,) = read(name).attachments

    assert (kept.name, kept.content_type) == piece


def test_an_enclosed_mail_is_kept_whole(shelf: Shelf) -> None:
    """It can be opened as a mail again."""
    read("enclosed_mail", shelf)

    assert b"Message-ID: <old@ecole.example>" in shelf.kept["votre message.eml"]
    assert b"Tout est en ordre." in shelf.kept["votre message.eml"]


@pytest.mark.parametrize(
    ("name", "defects"),
    [
        ("plain_latin1", ()),
        ("unknown_charset", (Defect.CHARSET,)),
        ("wrong_charset", (Defect.CHARSET,)),
        ("broken_mime", (Defect.STRUCTURE,)),
        ("unfinished_mime", (Defect.STRUCTURE, Defect.PIECE)),
        ("empty_body", (Defect.NO_TEXT,)),
        ("no_sender", (Defect.NO_SENDER,)),
        ("reply_to_elsewhere", (Defect.REPLY_TO,)),
        ("web_form", (Defect.FORM,)),
    ],
)
def test_what_could_not_be_read_is_said(name: str, defects: tuple[Defect, ...]) -> None:
    """A defect stands beside what could be had."""
    assert read(name).defects == defects


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("reply_to_at_home", "camille.p@home.example"),
        ("reply_to_elsewhere", "camille.perrin@home.example"),  # anybody can write a Reply-To
        ("web_form", "camille.perrin@home.example"),
        ("raw_8bit_header", "zoe@home.example"),
    ],
)
def test_answers_go_to_who_wrote(name: str, address: str) -> None:
    """Reply-To counts within the writer's own domain, and where a form wrote."""
    assert read(name).sender == Address(Channel.EMAIL, address)


def test_headers_in_raw_bytes_are_read() -> None:
    """Programs that ignore RFC 2047 still have their accents."""
    message = read("raw_8bit_header")

    assert (message.sender_name, message.subject) == ("Zoé Fictive", "Leçon annulée")


def test_a_mail_without_an_id_is_known_by_its_bytes() -> None:
    """The same bytes give the same id, other bytes another."""
    first, again = read("no_message_id"), read("no_message_id")
    other = parsed((MAILS / "no_message_id.eml").read_bytes() + b"!")

    assert first.source_id == again.source_id
    assert first.source_id.startswith("sha256:")
    assert other.source_id != first.source_id


def test_what_it_answers_comes_newest_first() -> None:
    """In-Reply-To first, then the thread from its end."""
    answered = ("R-2026-0001.acknowledgement.1@ecole.example", "first@home.example")

    assert read("reply_gmail").in_reply_to == answered


def test_a_long_thread_is_cut_at_its_old_end() -> None:
    """Of a hundred references the newest are kept."""
    thread = " ".join(f"<{number}@home.example>" for number in range(100))
    message = parsed(f"From: a@home.example\r\nReferences: {thread}\r\n\r\nx".encode())

    assert message.in_reply_to[0] == "99@home.example"
    assert len(message.in_reply_to) == 32


@pytest.mark.parametrize(
    ("name", "original"),
    [
        ("bounce_with_the_mail", "R-2026-0003.acknowledgement.1@ecole.example"),
        ("bounce_with_the_header", "R-2026-0004.acknowledgement.1@ecole.example"),
        ("bounce_exim_in_text", "R-2026-0005.answer.1@ecole.example"),
        ("read_receipt", "R-2026-0006.answer.1@ecole.example"),
        ("delayed", "R-2026-0007.answer.1@ecole.example"),
    ],
)
def test_a_report_names_our_letter(name: str, original: str) -> None:
    """What a bounce or a receipt is about comes first among what it answers."""
    assert read(name).in_reply_to[0] == original


def test_a_letter_to_the_public_address_may_be_acknowledged() -> None:
    """Where the establishment says that it receives there, it counts as addressed."""
    raw = HEAD.replace(OURS.encode(), b"contact@ecole.example") + b"\r\nBonjour"
    forwarded = parse_mail(
        raw,
        received_at=ARRIVED,
        keep=Shelf().keep,
        own_addresses=[OURS],
        receiving_addresses=["contact@ecole.example"],
    )

    assert parsed(raw).held == Held.NOT_ADDRESSED
    assert forwarded.may_acknowledge


def test_a_disk_that_is_full_is_not_hidden() -> None:
    """A mail whose bytes cannot be kept has not come in."""

    def keep(name: str, data: bytes, content_type: str) -> Attachment:
        raise OSError("no space left on device")

    with pytest.raises(OSError, match="no space"):
        parse_mail(b"\r\n", received_at=ARRIVED, keep=keep, own_addresses=[])


# -- attacks ----------------------------------------------------------------------------------

HEAD = b"From: a@home.example\r\nTo: reclamations@ecole.example\r\nSubject: s\r\n"
HTML = HEAD + b"Content-Type: text/html; charset=utf-8\r\n\r\n"


def nested(depth: int) -> bytes:
    """Boxes in boxes."""
    inner = b"Content-Type: text/plain\r\n\r\nbonjour"
    for level in range(depth):
        edge = b"b%d" % level
        kind = b"Content-Type: multipart/mixed; boundary=" + edge
        inner = kind + b"\r\n\r\n--" + edge + b"\r\n" + inner + b"\r\n--" + edge + b"--\r\n"
    return HEAD + inner


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"\0" * 5000, id="only NUL"),
        pytest.param(HEAD + b"X: " + b"a" * 1_000_000 + b"\r\n\r\nx", id="a header of 1 MB"),
        pytest.param(b"From: " + b"a@b.example, " * 80_000 + b"\r\n\r\nx", id="80,000 writers"),
        pytest.param(b"From: a@b.example\r\n" * 50_000 + b"\r\nx", id="50,000 From headers"),
        pytest.param(b"From: " + b'"a' * 8_000 + b"\r\n\r\nx", id="quotes without end"),
        pytest.param(b"From: " + b"(" * 16_000 + b"\r\n\r\nx", id="comments without end"),
        pytest.param(b"From: " + b"[" * 16_000 + b"\r\n\r\nx", id="brackets without end"),
        pytest.param(b"References: " + b"<a@b> " * 100_000 + b"\r\n\r\nx", id="references"),
        pytest.param(
            HEAD + b"Content-Type: text/plain; " + b"a=b; " * 50_000 + b"\r\n\r\nx", id="parameters"
        ),
        pytest.param(nested(50), id="50 boxes in each other"),
        pytest.param(nested(3_000), id="3,000 boxes in each other"),
        pytest.param(HEAD + b"Content-Type: message/rfc822\r\n\r\n" * 3_000, id="mails in mails"),
        pytest.param(HTML + b"<div>" * 100_000 + b"x", id="deep HTML"),
        pytest.param(
            HTML + b"<p style='margin-top:9999999em'>x</p>", id="a margin of a million lines"
        ),
        pytest.param(
            HTML + b"<table><tr><td>" + b"a" * 200_000 + b"</td></tr>" + b"<tr><td>x" * 40_000,
            id="a column of 200,000 characters",
        ),
        pytest.param(HEAD + b"\r\n" + b"Le 3 mars 10:10\r\n" * 50_000, id="almost quotes"),
        pytest.param(HEAD + b"\r\n" + b"Le 3 " * 1_000_000, id="one long line"),
        pytest.param(
            HEAD + b"Content-Type: text/plain; charset=punycode\r\n\r\n" + b"a-b" * 99_999,
            id="punycode",
        ),
        pytest.param(
            HEAD + b"Content-Type: text/plain; charset=unicode_escape\r\n\r\n\\d", id="an odd codec"
        ),
    ],
)
def test_an_attack_costs_little(raw: bytes) -> None:
    """Whatever a stranger sends is taken within seconds, and kept."""
    shelf = Shelf()
    began = time.monotonic()
    message = parsed(raw, shelf)

    assert time.monotonic() - began < 5
    assert len(message.text) <= LONGEST_TEXT
    assert shelf.kept["message.eml"] == raw


def test_a_very_long_text_is_cut_and_says_so() -> None:
    """The rest is in the original."""
    message = parsed(HEAD + b"\r\n" + b"Bonjour. " * 50_000)

    assert len(message.text) <= LONGEST_TEXT
    assert Defect.CUT in message.defects


def test_too_many_boxes_still_leave_sender_and_text() -> None:
    """What cannot be taken apart is given as it lies there."""
    message = parsed(nested(3_000))

    assert message.sender == Address(Channel.EMAIL, "a@home.example")
    assert message.subject == "s"
    assert Defect.STRUCTURE in message.defects
    assert message.text


SCRAPS = st.sampled_from(
    [
        *(b"From: ", b"To: ", b"Subject: ", b"Date: ", b"Message-ID: <", b"References: "),
        *(b"Reply-To: ", b"a@b.example", b"<a@b>", b"=?utf-8?b?", b"=?x?q?", b"?=", b"-0000"),
        *(b"\r\n", b"\r\n\r\n", b"\n\n", b"--b\r\n", b"--b--", b"<p>", b"<!--", b"; charset="),
        *(b"Le 3 \xe0 10:10 a \xe9crit :", b"; format=flowed; delsp=yes", b"; filename*0*="),
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n",
        b"Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\n",
        b"Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\n",
        b"Content-Type: message/rfc822\r\n\r\n",
        b"Content-Type: message/delivery-status\r\n\r\n",
        b"Content-Type: text/rfc822-headers\r\n\r\n",
        b"Content-Type: text/html",
        b"Content-Transfer-Encoding: base64\r\n\r\n",
        b"Content-Transfer-Encoding: x-uuencode\r\n\r\nbegin 644 x",
        b"Content-Disposition: attachment",
    ]
)


@given(st.binary(max_size=400) | st.lists(SCRAPS | st.binary(max_size=12)).map(b"".join))
def test_no_bytes_make_it_raise(raw: bytes) -> None:
    """Whatever the bytes, there is a message, and empty text has its reason."""
    message = parsed(raw)

    assert message.source_id
    assert message.received_at == ARRIVED
    assert message.text or Defect.NO_TEXT in message.defects
    assert message.sender or not message.may_acknowledge


@pytest.mark.parametrize("path", sorted(MAILS.glob("*.eml")), ids=lambda path: path.stem)
def test_no_torn_mail_makes_it_raise(path: Path) -> None:
    """A mail cut anywhere still comes in."""
    raw = path.read_bytes()
    for end in range(0, len(raw), 37):
        message = parsed(raw[:end])
        assert isinstance(message.automatic, Automatic | None)
        assert message.text or Defect.NO_TEXT in message.defects
