"""The corpus: how a message is written down, and what the whole of it must be."""

from datetime import UTC, date
from decimal import Decimal
from pathlib import Path

import pytest

from nlp_models.training.corpus import (
    CORPUS,
    Example,
    Slip,
    blocks_of,
    fingerprint,
    load,
    read_file,
    slips_of,
)
from nlp_models.training.learn import hand_of
from register.labels import Channel, Motive, Role, Severity, Training

CHAT = "@ telegram 2026-03-14 18:22 Inès 🌷"
MAIL = "@ email 2026-03-14 18:22 Claire Fontanel <claire@example.org>"


def written(folder: Path, *lines: str) -> list[Example]:
    """Read lines as a file of one hand."""
    path = folder / "hand-a.txt"
    path.write_text("\n".join(lines), encoding="utf-8")
    return read_file(path)


@pytest.fixture(scope="module")
def train() -> list[Example]:
    """What the model learns from."""
    return load(CORPUS / "train")


@pytest.fixture(scope="module")
def dev() -> list[Example]:
    """What it is measured on."""
    return load(CORPUS / "dev")


def test_reads_a_chat(tmp_path: Path) -> None:
    """Labels, fields and the words that they rest on."""
    [read] = written(
        tmp_path,
        CHAT,
        "! scheduling reception | moderate | role=student",
        "pas venu {date=2026-03-13:hier soir} à {site:Melun}, {staff:Karim} et {staff:Léa},",
        "{amount=1290:1 290 €} {training=aac:accompagnée} tel {phone:06 39 98 12 34}",
    )

    assert read.id == "hand-a-1"
    assert read.passage.text.startswith("pas venu hier soir à Melun, Karim et Léa,\n1 290 €")
    assert (read.is_complaint, read.motives) == (True, (Motive.SCHEDULING, Motive.RECEPTION))
    assert (read.severity, read.source.role) == (Severity.MODERATE, Role.STUDENT)
    assert (read.source.site, read.source.staff) == ("Melun", ("Karim", "Léa"))
    assert (read.source.incident_date, read.source.amount) == (date(2026, 3, 13), Decimal(1290))
    assert (read.source.training, read.source.phone) == (Training.AAC, "+33639981234")
    assert [read.passage.text[m.start : m.end] for m in read.marks[:2]] == ["hier soir", "Melun"]


def test_reads_a_mail(tmp_path: Path) -> None:
    """Sender, subject, text and signature are apart; a mark knows where it stands."""
    [read] = written(
        tmp_path,
        MAIL,
        "! no reschedule | name=Claire Fontanel; lang=en",
        "Subject: my lesson {ref:A-12}",
        "Hello",
        "--",
        "{name:Claire Fontanel}",
    )

    passage = read.passage
    assert (passage.channel, passage.subject) == (Channel.EMAIL, "my lesson A-12")
    assert (passage.text, passage.signature) == ("Hello", "Claire Fontanel")
    assert (passage.sender_name, passage.sender_address) == (
        "Claire Fontanel",
        "claire@example.org",
    )
    assert (read.is_complaint, read.kind, read.language) == (False, "reschedule", "en")
    assert [mark.part for mark in read.marks] == ["subject", "signature"]
    assert passage.sent.astimezone(UTC).hour == 17


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["@ fax 2026-03-14 18:22 X", "! no spam", "a"], "the first line is"),
        ([CHAT, "no labels", "a"], "the second line is"),
        ([CHAT, "! no rubbish", "a"], "after 'no' comes one of"),
        ([CHAT, "! scheduling", "a"], "one to three motives and a severity"),
        ([CHAT, "! scheduling scheduling | low", "a"], "one to three motives"),
        ([CHAT, "! parking | low", "a"], "parking"),
        ([CHAT, "! scheduling | awful", "a"], "awful"),
        ([CHAT, "! no spam | colour=red", "a"], "not 'field=value'"),
        ([CHAT, "! no spam", "{colour:red}"], "unknown field"),
        ([CHAT, "! no spam", "{site:Melun"], "a brace is left over"),
        ([CHAT, "! no spam", "{date=2026-03-15:demain}"], "lies after the message"),
        ([CHAT, "! no spam", "{amount=beaucoup:beaucoup}"], "a number is not one"),
        ([CHAT, "! no spam", "{amount=1:1} {amount=2:2}"], "two values for amount"),
        ([CHAT, "! no spam", "{phone:aucun}"], "not a telephone number"),
        ([CHAT, "! no spam", ""], "there is no text"),
        ([MAIL, "! no spam", "a"], "Subject"),
        (["@ email 2026-03-14 18:22 Claire", "! no spam", "Subject: a"], "Name <address>"),
    ],
)
def test_names_every_slip(tmp_path: Path, lines: list[str], said: str) -> None:
    """A message that is not well written is refused with its place and what is wrong."""
    with pytest.raises(Slip, match=r"^hand-a-1: ") as refused:
        written(tmp_path, *lines)

    assert said in str(refused.value)
    assert [str(refused.value)] == list(slips_of(tmp_path / "hand-a.txt"))


def test_changes_its_hash_with_a_letter(tmp_path: Path) -> None:
    """Neither a change nor a new name goes unseen."""
    (tmp_path / "train").mkdir()
    file = tmp_path / "train" / "a.txt"
    seen = set()
    for text in ("one", "two"):
        file.write_text(text)
        seen.add(fingerprint(tmp_path))
    file.rename(tmp_path / "train" / "b.txt")

    assert len({*seen, fingerprint(tmp_path)}) == 3


def test_has_no_slip() -> None:
    """Every message of the corpus can be read."""
    assert [slip for path in CORPUS.rglob("*.txt") for slip in slips_of(path)] == []


def test_is_large_and_mixed(train: list[Example], dev: list[Example]) -> None:
    """Thousands of messages, of which more than a third are no complaints, by both channels."""
    others = sum(not one.is_complaint for one in train) / len(train)
    mails = sum(one.passage.channel is Channel.EMAIL for one in train) / len(train)

    assert len(train) >= 3000
    assert len(dev) >= 300
    assert 0.34 < others < 0.42
    assert 0.25 < mails < 0.6


def test_has_every_label_often(train: list[Example]) -> None:
    """No motive but `other`, no severity, and no field is rare."""
    motives = [code for one in train for code in one.motives]
    levels = [one.severity for one in train]
    marks = [mark.field for one in train for mark in one.marks]

    assert all(motives.count(code) >= 100 for code in Motive if code is not Motive.OTHER)
    assert all(levels.count(level) >= 200 for level in Severity)
    assert all(marks.count(field) >= 100 for field in ("name", "staff", "site", "date", "email"))


def test_says_nothing_twice(train: list[Example], dev: list[Example]) -> None:
    """Nothing that is measured on has been learned from, and nobody copied."""
    texts = [" ".join(one.passage.text.lower().split()) for one in (*train, *dev)]
    long = [text for text in texts if len(text) > 40]

    assert len(long) == len(set(long))
    assert not {hand_of(one) for one in train} & {hand_of(one) for one in dev}


def test_names_nobody_who_could_be_reached(train: list[Example], dev: list[Example]) -> None:
    """Addresses are of example domains only (RFC 2606)."""
    reserved = (".example", "example.org", "example.com", "example.net")
    addresses = [
        address
        for one in (*train, *dev)
        for address in (one.passage.sender_address, one.source.email)
        if address
    ]

    assert [one for one in addresses if not one.lower().endswith(reserved)] == []


def test_begins_a_message_at_its_head_only() -> None:
    """What stands before the first message is a remark; an `@` within a line begins nothing."""
    assert blocks_of("a remark\n@ one\ntext @ home\n@ two") == [["@ one", "text @ home"], ["@ two"]]
