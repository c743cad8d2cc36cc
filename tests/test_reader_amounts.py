"""The sums of a text, and the one at stake."""

from decimal import Decimal

import pytest

from nlp_models.components.amounts import in_words, main_amount, sums_in
from nlp_models.reading import fold


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1 290 €", "1290"),
        ("1\u202f290\xa0€", "1290"),
        ("1.290,50 €", "1290.50"),
        ("80e", "80"),
        ("80€", "80"),
        ("45 euros", "45"),
        ("120€50", "120.50"),
        ("€30", "30"),
        ("€1,450", "1450"),
        ("30 EUR", "30"),
        ("45 eur", "45"),
        ("120,50 TTC", "120.50"),
        ("100 balles", "100"),
        ("58 quid", "58"),
        ("deux cents euros", "200"),
        ("mille deux cent quatre-vingt-dix euros", "1290"),
        ("nonante euros", "90"),
        ("une centaine d'euros", "100"),
        ("a hundred euros", "100"),
        ("two hundred and fifty euros", "250"),
        ("doscientos euros", "200"),
        ("cento e vinte euros", "120"),
        ("on m'a prélevé 420 le 5", "420"),  # who speaks of paying need not name the currency
        ("vous me facturez 49,90 pour rien", "49.90"),
        ("payé 3 fois", None),
        ("j'ai payé 20 heures", None),
        ("facture 7741", None),
        ("la 3e fois", None),
        ("ma 20e heure", None),
        ("20 heures", None),
        ("R$ 300", None),
        ("article 1290", None),
        ("le 12.09.2026", None),
    ],
)
def test_reads_a_sum(text: str, amount: str | None) -> None:
    """A sum is read in figures and in words, with or without a currency."""
    assert (Decimal(amount) if amount else None) == main_amount(fold(text))


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("forfait à 1 290 €, et on me réclame 60 € en plus", "60"),
        ("rendez-moi mes 50 €. Le forfait coûtait 900 €.", "50"),
        ("déjà payé 1 500 € et il faudrait encore 200 €", "200"),
        ("le tarif était de 45 €, vous avez pris 55 € soit 10 € de trop", "10"),
        ("30 € puis 40 €", "40"),
        ("mon ancienne auto-école m'a volé 900 €", None),  # not ours to answer for
        ("Audit de votre site à 490 €, sans engagement", None),
    ],
)
def test_finds_the_main_amount(text: str, amount: str | None) -> None:
    """What is claimed comes before what was paid or priced, then the most."""
    assert (Decimal(amount) if amount else None) == main_amount(fold(text))


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("cent", 100),
        ("soixante-dix-sept", 77),
        ("quatre-vingts", 80),
        ("quatre-vingt-dix-neuf", 99),
        ("trois cent quatre-vingt", 380),
        ("deux mille cinq cents", 2500),
        ("vingt et un", 21),
        ("septante-deux", 72),
        ("two thousand five hundred", 2500),
        ("dos mil cuatrocientos", 2400),
    ],
)
def test_reads_numbers_in_words(words: str, number: int) -> None:
    """Numbers in words are sums and products."""
    assert number == in_words(words)


@pytest.mark.parametrize("text", ["1" * 24_000, "deux " * 4_800, "€" * 24_000, "paye 1 " * 3_400])
def test_reads_hostile_text_in_a_moment(text: str) -> None:
    """A text of nothing but figures ends, whatever it gives."""
    main_amount(fold(text))


def test_finds_every_sum_in_words() -> None:
    """One sum does not hide the next, however near."""
    text = "payé deux cents euros, puis trois cents euros, puis quatre-vingt-dix balles"

    assert [int(one.value) for one in sums_in(fold(text))] == [200, 300, 90]


def test_finds_a_sum_in_words_after_a_long_list_of_figures() -> None:
    """A statement that is pasted in does not hide what is claimed below it."""
    text = "12 euros, " * 41 + "rendez-moi deux cents euros"

    assert main_amount(fold(text)) == Decimal(200)
