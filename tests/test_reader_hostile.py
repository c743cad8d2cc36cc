"""What nobody should send is answered too, and soon."""

import random
import time
from datetime import UTC, datetime

import pytest

from nlp_models.reader import Reader, load_reader
from register.extraction import Extraction, Passage
from register.labels import Channel

SECONDS = 2.0
_CHANCE = random.Random(20)
_COMPLAINT = "Ma leçon du 3 mars a été annulée, personne ne répond, rendez-moi mes 80 € (Karim). "

HOSTILE = [
    pytest.param("", id="empty"),
    pytest.param(_COMPLAINT * 12_000, id="one_megabyte"),
    pytest.param("😡" * 10_000, id="ten_thousand_emojis"),
    pytest.param("a" * 100_000, id="one_endless_word"),
    pytest.param(_CHANCE.randbytes(100_000).decode("latin-1"), id="binary_noise"),
    pytest.param(_CHANCE.randbytes(100_000).decode("utf-8", "replace"), id="broken_utf8"),
    pytest.param("\x00" * 50_000, id="zeros"),
    pytest.param("1" * 100_000, id="digits"),
    pytest.param("06 " * 30_000, id="half_a_phone_number"),
    pytest.param("a@" * 50_000, id="half_an_address"),
    pytest.param("é" * 50_000, id="accents_apart"),
    pytest.param("((((" * 20_000, id="brackets"),
    pytest.param(" \n" * 200_000, id="blank"),
    pytest.param("moniteur Mme " * 10_000, id="titles_without_names"),
    pytest.param("cordialement " * 10_000, id="many_closings"),
    pytest.param("mille cent deux " * 8_000, id="numbers_without_end"),
    pytest.param("leçon de la leçon du cours de " * 5_000, id="openings_of_cues"),
    pytest.param("Aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa1", id="almost_a_name"),
    pytest.param("https://example.org/" + "a/" * 50_000, id="endless_link"),
    pytest.param("‮" + "".join(map(chr, range(0x300, 0x3000))), id="all_kinds_of_letters"),
]


@pytest.fixture(scope="module")
def reader() -> Reader:
    """One reader."""
    return load_reader(sites=["Montreuil"], staff=["Karim"])


@pytest.mark.parametrize("text", HOSTILE)
def test_answers_in_time(reader: Reader, text: str) -> None:
    """Whatever the text, in every place at once, an answer comes within two seconds."""
    passage = Passage(
        text=text,
        subject=text,
        signature=text,
        sender_name=text,
        sender_address=text,
        channel=Channel.EMAIL,
        sent=datetime(2026, 11, 20, tzinfo=UTC),
    )

    began = time.perf_counter()
    read = reader.read(passage)

    assert isinstance(read, Extraction)
    assert time.perf_counter() - began < SECONDS


def test_reads_the_end_of_a_long_message(reader: Reader) -> None:
    """People conclude at the end: what stands there counts, however long the text."""
    passage = Passage(
        text="Bonjour. " + "Il fait beau. " * 20_000 + "Je veux le remboursement de 450 euros.",
        channel=Channel.EMAIL,
        sent=datetime(2026, 11, 20, tzinfo=UTC),
    )

    assert reader.read(passage).source.amount == 450
