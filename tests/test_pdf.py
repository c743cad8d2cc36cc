"""The letter on letterhead, as another program reads it."""

import base64
import re
import time
import zlib
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from letters import compose
from letters.pdf import LogoRefused, check_logo, file_name, printed
from register.complaint import Letter, LetterKind, Outcome
from register.labels import Channel
from tests.complaints import LESSON
from tests.poppler import facts, plain, text_of, width_of_ink, words_of
from tests.test_letters import ANSWERED, LILAS, PARIS, answered, decided, full, minimal

NAME = ("Léa Martin",)
OWN = replace(
    LILAS,
    siret="123 456 789 00012",
    approval_number="E 21 093 0001 0",
    activity_number="11 93 01234 93",
)
SVG = (
    b'<svg xmlns="http://www.w3.org/2000/svg" width="60" height="20">'
    b'<rect width="60" height="20"/></svg>'
)
JPEG = base64.b64decode(  # black, 16 × 8
    b"/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAFA3PEY8MlBGQUZaVVBfeMiCeG5uePWvuZHI////////////////////"
    b"////////////////////////////////wAALCAAIABABAREA/8QAHwAAAQUBAQEBAQEAAAAAAAAAAAECAwQFBgcI"
    b"CQoL/8QAtRAAAgEDAwIEAwUFBAQAAAF9AQIDAAQRBRIhMUEGE1FhByJxFDKBkaEII0KxwRVS0fAkM2JyggkKFhcY"
    b"GRolJicoKSo0NTY3ODk6Q0RFRkdISUpTVFVWV1hZWmNkZWZnaGlqc3R1dnd4eXqDhIWGh4iJipKTlJWWl5iZmqKj"
    b"pKWmp6ipqrKztLW2t7i5usLDxMXGx8jJytLT1NXW19jZ2uHi4+Tl5ufo6erx8vP09fb3+Pn6/9oACAEBAAA/AKVF"
    b"f//Z"
)
HOSTILE = """#import "@preview/x:1.0.0": * #panic("non") #read("/etc/hostname") #sys.inputs
*gras* _italique_ $x^2 \\alpha$ @cible <etiquette> `code` // commentaire /* et */ = Titre
{acc} [crochet] \\ \\u{41} \\n ~ -- --- ... "droit" \\#let </script> &amp; %PDF {{ jinja }}"""


def letter(body: str = "", **changes: object) -> Letter:
    """The answer to a full complaint; with other words between greeting and signature."""
    whole = answered(decided(full(), Outcome.UPHELD, LESSON), OWN)
    end = compose.closing(OWN, at=whole.created_at, zone=PARIS)
    return replace(whole, body=f"{body}\n\n{end}\n" if body else whole.body, **changes)


def pdf(one: Letter, to: tuple[str, ...] = NAME) -> bytes:
    return printed(one, OWN, to, PARIS)


def png(width: int = 40, height: int = 10) -> bytes:
    """A black picture."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = zlib.crc32(kind + data).to_bytes(4, "big")
        return len(data).to_bytes(4, "big") + kind + data + check

    head = width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes([8, 0, 0, 0, 0])
    dots = zlib.compress((b"\0" + b"\0" * width) * height)
    whole = chunk(b"IHDR", head) + chunk(b"IDAT", dots) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + whole


# -- what is in it ------------------------------------------------------------------------------


def test_every_word_of_the_letter_is_there_in_order() -> None:
    """From the greeting to the last formula, nothing is left out and nothing changed."""
    one = letter()
    body = one.body.removesuffix(compose.closing(OWN, at=ANSWERED, zone=PARIS) + "\n")
    shown = words_of(pdf(one)).replace("-", "")  # poppler takes away those at the end of a line
    parts = [plain(part).replace("-", "") for part in body.split("\n\n") if part.strip()]
    at = [shown.find(part) for part in parts]

    # Page numbers and mentions stand between two pages: no paragraph of this letter spans them.
    assert -1 not in at
    assert at == sorted(at)


def test_a_letter_has_what_french_letters_have() -> None:
    """Letterhead, addressee, place and date, reference, object; who signs; the legal mentions."""
    shown = words_of(pdf(letter()))
    order = [
        "Auto-école des Lilas 12 rue des Lilas 93100 Montreuil Tél. 01 99 00 12 34",
        "reclamations@lilas.test lilas.test",
        "Léa Martin Par e-mail : lea@example.org",
        "Montreuil, le 1er décembre 2026",
        "Réf. : R-2026-0001",
        "Objet : Réponse à votre réclamation « Leçons annulées »",
        "Bonjour Léa Martin,",
        "SIRET 123 456 789 00012 · Agrément préfectoral n° E 21 093 0001 0",
        "enregistrée sous le numéro 11 93 01234 93. Cet enregistrement ne vaut pas agrément",
        "1/2",
        "Paul Renard Gérant",
        "2/2",
    ]
    at = [shown.find(words) for words in order]

    assert -1 not in at, shown
    assert at == sorted(at), shown


def test_the_date_and_the_signature_stand_there_once() -> None:
    """What ends the letter as a text is said by the letterhead on paper."""
    shown = words_of(pdf(letter()))

    assert "mardi" not in shown
    assert shown.count("Paul Renard") == shown.count("12 rue des Lilas") == 1


def test_words_that_end_otherwise_are_printed_to_their_end() -> None:
    """Where the establishment has moved since, the old signature stands as it was written."""
    shown = words_of(printed(letter(), replace(OWN, phone="01 99 00 99 99"), NAME, PARIS))

    assert "Le mardi 1er décembre 2026 Paul Renard Gérant Auto-école des Lilas" in shown
    assert shown.count("Paul Renard") == 1


def test_the_least_letterhead() -> None:
    """No logo, no numbers, no website, an address without a postcode, a client without a name."""
    bare = replace(LILAS, address="Place du Marché, Montreuil", website="", mail_domain="x.test")
    one = answered(decided(minimal(Channel.DESK), Outcome.NOT_UPHELD), bare)
    shown = words_of(printed(one, bare, ("",), PARIS))

    assert "Le 1er décembre 2026 Réf. : R-2026-0001" in shown
    assert "Objet : Réponse à votre réclamation Madame" in shown
    assert not re.search(r"SIRET|Agrément|Par e-mail", shown)


def test_an_address_of_a_street_is_in_the_window() -> None:
    """Postal lines stand below the name."""
    lines = ("Léa Martin", "3 rue Haute", "Bât. C", "75011 Paris")

    assert "Léa Martin\n3 rue Haute\nBât. C\n75011 Paris" in text_of(pdf(letter(), lines))


def test_what_it_says_of_itself() -> None:
    """Title, author, language, A4, tags of PDF/UA-1, and the day of the letter as its date."""
    made = pdf(letter())
    known = facts(made)

    assert known["Title"] == "Réponse R-2026-0001"
    assert known["Author"] == "Auto-école des Lilas"
    assert known["Tagged"] == "yes"
    assert known["Pages"] == "2"
    assert "A4" in known["Page size"]
    assert "Dec  1" in known["CreationDate"]
    assert b"/Lang(fr-FR)" in made
    assert b"<pdfuaid:part>1<" in made


def test_lists_and_headings_are_set_as_such() -> None:
    """A dash keeps its sign, a number its number, a heading its line."""
    shown = text_of(pdf(letter("1. Votre leçon\nElle est due.\n\nDonc :\n- un\n- deux")))

    assert "1. Votre leçon\n" in shown
    assert re.search(r"Donc\s:\n+–\s+un\n+–\s+deux", shown)


def test_french_spaces_hold() -> None:
    """Whatever the keyboard had, no line begins with a colon or ends with a guillemet."""
    said = "a : b « c » ! d ? e ; 1 % de 1\u202f290,00\u00a0€. "
    lines = text_of(pdf(letter("\n\n".join(pad * "x" + " " + said * 4 for pad in range(40)))))

    assert lines.count("a : b « c » ! d ? e ; 1 % de 1 290,00 €.") > 40
    assert not re.search(r"^[:;!?»%€]|^290|«$", lines, re.MULTILINE)


# -- what people may write ----------------------------------------------------------------------


def test_nothing_that_people_write_is_markup() -> None:
    """In words, subject, name and address, every sign is only a sign."""
    one = letter(HOSTILE, subject=f"Re: [R-2026-0001] {HOSTILE}"[:120])
    own = replace(OWN, name="#strong[École] *A* <b>", signatory="$Paul$ @R")
    end = compose.closing(own, at=ANSWERED, zone=PARIS)
    shown = words_of(printed(replace(one, body=f"{HOSTILE}\n\n{end}"), own, (HOSTILE,), PARIS))

    assert plain(HOSTILE) in shown
    assert "#strong[École] *A* <b>" in shown
    assert "$Paul$ @R" in shown
    assert '« #import "@preview/x:1.0.0": * #panic' in shown


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("x" * 500, id="a word of 500 letters"),
        pytest.param("– " + "W" * 500, id="the same in a list"),
        pytest.param("Voir :\nhttps://example.org/" + "a/" * 300, id="a long address"),
    ],
)
def test_no_word_runs_off_the_page(body: str, tmp_path: Path) -> None:
    """It is broken, whole, inside the margins."""
    made = pdf(letter(body))
    inked = width_of_ink(made, tmp_path)

    assert inked
    for first, last in inked:
        assert (first >= 46, last <= 366) == (True, True)  # 25 mm on each side, a hair over
    assert re.sub(r"\W", "", body) in re.sub(r"\W", "", words_of(made))


def test_ten_thousand_characters_are_all_there() -> None:
    """On as many pages as they need, in under a second."""
    numbers = " ".join(f"mot{number}" for number in range(1500))
    start = time.perf_counter()
    made = pdf(letter(numbers))
    took = time.perf_counter() - start
    shown = re.findall(r"mot\d+", words_of(made))

    assert len(numbers) > 9000
    assert shown == numbers.split()
    assert int(facts(made)["Pages"]) >= 3
    assert took < 1.0


@pytest.mark.parametrize(
    "name", ["Nadia 🚗😀", "李雷", "محمد", "Zoë\u202e\x00\x07\ud83d", "👩\u200d👧"]
)
def test_a_sign_without_a_font_stops_no_letter(name: str) -> None:
    """What no font shows, or nobody can see, costs that sign and nothing else."""
    shown = words_of(pdf(letter(f"Bonjour {name}, voici."), (name,)))

    assert "Bonjour" in shown
    assert ", voici." in shown
    assert "\u202e" not in shown


# -- the same bytes -----------------------------------------------------------------------------


def test_the_same_letter_is_the_same_file() -> None:
    """To the byte, however often, and whatever the hour of its day: the preview is what leaves."""
    one = letter()
    later = replace(one, created_at=ANSWERED + timedelta(hours=3), attempts=4)

    assert pdf(one) == pdf(one) == pdf(later)
    assert pdf(one) != pdf(replace(one, created_at=ANSWERED + timedelta(days=1)))


def test_the_day_is_the_establishments() -> None:
    """Late in the evening in Paris it is not tomorrow."""
    evening = letter(created_at=ANSWERED.replace(hour=22, minute=59))
    tahiti = printed(evening, OWN, NAME, ZoneInfo("Pacific/Tahiti"))

    assert "le 1er décembre 2026" in words_of(pdf(evening))
    assert "le 2 décembre 2026" in words_of(pdf(letter(created_at=ANSWERED.replace(hour=23))))
    assert "le 1er décembre 2026" in words_of(tahiti)


@pytest.mark.parametrize(
    ("letter_id", "kind", "name"),
    [
        ("R-2026-0001.answer.1", LetterKind.ANSWER, "reponse-R-2026-0001.pdf"),
        ("R-2026-0001.answer.2", LetterKind.ANSWER, "reponse-R-2026-0001-2.pdf"),
        (
            "R-2026-0012.acknowledgement.1",
            LetterKind.ACKNOWLEDGEMENT,
            "accuse-de-reception-R-2026-0012.pdf",
        ),
    ],
)
def test_the_name_of_the_file(letter_id: str, kind: LetterKind, name: str) -> None:
    """Plain letters that every mail program keeps."""
    assert file_name(letter(letter_id=letter_id, kind=kind)) == name


# -- the logo -----------------------------------------------------------------------------------


@pytest.mark.parametrize("logo", [png(), png(400, 10), png(10, 400), JPEG, SVG], ids=len)
def test_a_logo_stands_above_the_name(logo: bytes, tmp_path: Path) -> None:
    """In its proportions, between the margins, and everything else where it was."""
    made = printed(letter(), replace(OWN, logo=logo), NAME, PARIS)

    check_logo(logo)
    assert text_of(made) == text_of(pdf(letter()))
    assert made != pdf(letter())
    assert b"Logo de Auto-" in made.replace(b"\\", b"") or b"/Alt" in made
    assert all(first >= 46 and last <= 366 for first, last in width_of_ink(made, tmp_path))


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"<html></html>", id="a web page"),
        pytest.param(b"%PDF-1.7", id="a PDF"),
        pytest.param(png()[:-30], id="a PNG cut short"),
        pytest.param(JPEG[:-2], id="a JPEG cut short"),
        pytest.param(SVG[:-6], id="an SVG cut short"),
        pytest.param(
            SVG.replace(b"<rect", b'<image href="/etc/hostname"/><rect'), id="an SVG that reads"
        ),
    ],
)
def test_what_is_no_logo_is_refused(data: bytes) -> None:
    """Before the first letter, not in it."""
    with pytest.raises(LogoRefused):
        check_logo(data)
