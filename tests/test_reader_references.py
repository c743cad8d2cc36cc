"""The numbers of papers that a text quotes."""

from datetime import UTC, datetime

import pytest

from nlp_models.components.references import references_in
from nlp_models.reading import Reading, open_passage
from register.extraction import Passage
from register.labels import Channel


def reading(text: str, signature: str = "") -> Reading:
    """Give an e-mail made ready."""
    sent = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
    return open_passage(Passage(text=text, signature=signature, channel=Channel.EMAIL, sent=sent))


@pytest.mark.parametrize(
    ("text", "refs"),
    [
        ("facture n° FA-2026-0123", ("FA-2026-0123",)),
        ("Facture FA20260123 du 3 mars", ("FA20260123",)),
        ("fact 2605-88", ("2605-88",)),
        ("facture AB 3341", ("AB 3341",)),
        ("factures F26-0551 et F26-0587", ("F26-0551", "F26-0587")),
        ("mon NEPH 230975100321", ("230975100321",)),
        ("numéro NEPH : 2309 7510 0321", ("2309 7510 0321",)),
        ("dossier CPF n° 4501238877", ("4501238877",)),
        ("dossier CPF-88120347", ("CPF-88120347",)),
        ("commande 88123 et facture 2026-77", ("88123", "2026-77")),
        ("mon compte XYZ-5521, à clôturer", ("XYZ-5521",)),
        ("Marché 2025-TR-0448", ("2025-TR-0448",)),
        ("receipt U-0812", ("U-0812",)),
    ],
)
def test_finds_references(text: str, refs: tuple[str, ...]) -> None:
    """Numbers of invoices, files, NEPH, CPF and orders are found as written."""
    assert refs == references_in(reading(text))


@pytest.mark.parametrize(
    "text",
    [
        "facture de 80 €",
        "facture de 358,00 € HT",
        "facture du 12/09/2026",
        "dossier 3 fois perdu",
        "mon CPF 1290 €",
        "mon CPF 1450e",
        "appelez le 06 12 34 56 78",
        "article L. 6353-8 du code",
        "la Clio AB-123-CD",
        "de 14h30-16h00",
        "lea-1992@example.org",
        "le permis B96 ou la 208",
        "en juin-2026",
    ],
)
def test_leaves_other_numbers(text: str) -> None:
    """Sums, days, telephones, articles of law and number plates are no references."""
    assert references_in(reading(text)) == ()


def test_reads_the_file_under_a_signature() -> None:
    """A lawyer writes the number of the file there; the firm's own numbers are not meant."""
    signature = "Me Vidal\nSIRET 802 063 998 00012\nDossier 26-VID-118"

    assert references_in(reading("Bonjour", signature)) == ("26-VID-118",)


@pytest.mark.parametrize("text", ["a-1" * 8_000, "1" * 24_000, "facture " * 3_000, "n° " * 8_000])
def test_reads_hostile_text_in_a_moment(text: str) -> None:
    """A text of nothing but numbers ends, and gives few."""
    assert len(references_in(reading(text))) <= 8
