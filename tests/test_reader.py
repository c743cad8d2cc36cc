"""The reader through its front door: whole messages in, what is read of them out.

The messages stand in `tests/messages/`, one a line, with their labels. A label of the source that
is absent from a line was not looked at in `mails.jsonl`, and is empty in `chats.jsonl`.
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from nlp_models.reader import Reader, load_reader
from register.extraction import Extraction, Passage, Reads
from register.labels import Channel, Motive

MESSAGES = Path(__file__).parent / "messages"
GIVEN = ("text", "subject", "signature", "sender_name", "sender_address")


def rows_of(name: str) -> list[dict[str, Any]]:
    """Give the messages of a file with their labels."""
    lines = (MESSAGES / name).read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def passage_of(row: dict[str, Any]) -> Passage:
    """Give a message as intake would."""
    return Passage(
        channel=Channel(row["channel"]),
        sent=datetime.fromisoformat(row["sent"]),
        **{name: row[name] for name in GIVEN if name in row},
    )


def chat(text: str) -> Passage:
    """Give a few words from Telegram."""
    return Passage(
        text=text, channel=Channel.TELEGRAM, sent=datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
    )


MAILS = {row["id"]: row for row in rows_of("mails.jsonl")}
COMPLAINTS = [name for name, row in MAILS.items() if row["labels"]["is_complaint"]]
WITH_SOURCE = [name for name, row in MAILS.items() if row["labels"]["source"]]


@pytest.fixture(scope="module")
def reader() -> Reader:
    """One reader for an establishment with two sites."""
    return load_reader(sites=["Montreuil", "Vincennes"], staff=["Karim", "Mme Delmas"])


@pytest.mark.parametrize("name", MAILS)
def test_tells_a_complaint_from_anything_else(reader: Reader, name: str) -> None:
    """Thanks, questions, bookings, offers, machines and anger at others are not complaints."""
    row = MAILS[name]

    assert row["labels"]["is_complaint"] is reader.read(passage_of(row)).is_complaint


@pytest.mark.parametrize("name", COMPLAINTS)
def test_reads_why_and_how_grave(reader: Reader, name: str) -> None:
    """A complaint has its main motive first, and its gravity."""
    row = MAILS[name]
    read = reader.read(passage_of(row))

    assert (row["labels"]["motives"][0], row["labels"]["severity"]) == (
        read.motives[0].motive,
        read.severity,
    )


@pytest.mark.parametrize("name", WITH_SOURCE)
def test_reads_where_it_comes_from(reader: Reader, name: str) -> None:
    """What a text says of its writer, the day, the sum and the numbers is found as labelled."""
    row = MAILS[name]
    read = reader.read(passage_of(row))

    said = row["labels"]["source"]
    assert said == {field: plain(getattr(read.source, field)) for field in said}


def plain(value: Any) -> Any:
    """Give a value as it stands in a JSON line."""
    if value is None or isinstance(value, str):
        return value
    return list(value) if isinstance(value, tuple) else str(value)


def test_keeps_its_level_on_short_messages(reader: Reader) -> None:
    """Of the chats nine verdicts in ten are right, of the main motives and gravities as many."""
    rows = rows_of("chats.jsonl")
    read = list(reader.read_many(passage_of(row) for row in rows))
    pairs = [(row["labels"], found) for row, found in zip(rows, read, strict=True)]
    complaints = [(labels, found) for labels, found in pairs if labels["is_complaint"]]

    assert len(rows) >= 60
    assert share(labels["is_complaint"] is found.is_complaint for labels, found in pairs) > 0.9
    assert share(labels["motives"][0] == main(found) for labels, found in complaints) > 0.9
    assert share(labels["severity"] == found.severity for labels, found in complaints) > 0.9


def test_sets_no_complaint_of_the_tables_aside(reader: Reader) -> None:
    """To set a complaint aside is worse than to ask: none of those labelled is."""
    rows = [*rows_of("chats.jsonl"), *rows_of("mails.jsonl")]
    missed = [
        row["id"]
        for row in rows
        if row["labels"]["is_complaint"] and not reader.read(passage_of(row)).is_complaint
    ]

    assert missed == []


def share(verdicts: Iterator[bool]) -> float:
    """Give the part that is true."""
    told = list(verdicts)
    return sum(told) / len(told)


def main(read: Extraction) -> Motive | None:
    """Give the main motive."""
    return read.motives[0].motive if read.motives else None


def test_is_a_function_for_other_rooms(reader: Reader) -> None:
    """The reader itself and its method are what other rooms know as `Reads`."""
    ways: tuple[Reads, ...] = (reader, reader.read)

    first, second = (read(chat("Ma leçon a été annulée sans prévenir.")) for read in ways)

    assert first == second
    assert first.is_complaint is True


def test_gives_the_words_that_carried_a_motive(reader: Reader) -> None:
    """Evidence is as the writer wrote it."""
    [found] = reader.read(chat("Ma LEÇON a été\nannulée.")).motives

    assert found.evidence == ("LEÇON a été annulée",)


@pytest.mark.parametrize(
    ("text", "others"),
    [
        # labels: edges
        ("Leçon annulée sans prévenir, je veux être remboursé.", ["scheduling", "billing"]),
        ("Leçon annulée, personne ne répond au téléphone.", ["scheduling", "reception"]),
        ("Le moniteur a grillé un feu rouge en me criant dessus.", ["safety", "conduct"]),
        ("La voiture est sale et en panne.", ["vehicle"]),
        ("Il me crie dessus et me traite de sale arabe à chaque leçon.", ["harassment"]),
        ("Le moniteur a été impoli hier, je suis déçu.", ["conduct"]),
    ],
)
def test_orders_motives_by_the_edges(reader: Reader, text: str, others: list[str]) -> None:
    """A refund and silence come behind their cause, danger before, rudeness within harassment."""
    assert others == [found.motive for found in reader.read(chat(text)).motives]


def test_names_the_motive_other_when_none_is_met(reader: Reader) -> None:
    """A complaint that nothing covers has the motive `other`, hardly sure."""
    read = reader.read(chat("Je suis très mécontent de vous, c'est lamentable."))

    assert [found.motive for found in read.motives] == [Motive.OTHER]
    assert read.motives[0].score < 0.5


def test_says_when_it_is_unsure(reader: Reader) -> None:
    """A message that may be either has a score in the middle."""
    assert 0.2 < reader.read(chat("Ma leçon a été décalée ?")).score < 0.8


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("jai tjrs pas eu mon rdv", "fr"),
        ("My lesson was cancelled again", "en"),
        ("Mi clase de hoy no existe", "es"),
    ],
)
def test_names_the_language(reader: Reader, text: str, language: str) -> None:
    """The small words tell the language."""
    assert language == reader.read(chat(text)).language


@pytest.mark.parametrize("text", ["", "  \n ", "👍", "12 34", "...?!"])
def test_reads_nothing_where_nothing_is_written(reader: Reader, text: str) -> None:
    """A message without a letter is not read: nobody is told that it is no complaint."""
    assert Extraction() == reader.read(chat(text))


def test_reads_many_in_their_order(reader: Reader) -> None:
    """Reading in batches gives what reading one by one gives."""
    passages = [passage_of(row) for row in rows_of("mails.jsonl")]

    assert [reader.read(passage) for passage in passages] == list(reader.read_many(passages))
