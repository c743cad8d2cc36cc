"""The shape of a letter's words: a table that reads as a specification."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from letters.blocks import Block, Shape, blocks

PARAGRAPH, INSET, LIST = Shape.PARAGRAPH, Shape.INSET, Shape.LIST
NUMBERED, HEADING = Shape.NUMBERED, Shape.HEADING


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("", [], id="nothing"),
        pytest.param("Un.\n\n \n\nDeux.", [(PARAGRAPH, "Un."), (PARAGRAPH, "Deux.")], id="two"),
        pytest.param("Un.\nDeux.", [(PARAGRAPH, "Un.", "Deux.")], id="a line that ends stays one"),
        pytest.param(
            "Voici :\n– un\n- deux\n• trois",
            [(PARAGRAPH, "Voici :"), (LIST, "un", "deux", "trois")],
            id="a list, whatever the dash",
        ),
        pytest.param(
            "– un\nEt puis.", [(LIST, "un"), (PARAGRAPH, "Et puis.")], id="a list that ends"
        ),
        pytest.param("-5 degrés", [(PARAGRAPH, "-5 degrés")], id="a dash without a space is none"),
        pytest.param("1. un\n2) deux", [(NUMBERED, "un", "deux")], id="a numbered list"),
        pytest.param(
            "1. un\n3. trois", [(PARAGRAPH, "1. un", "3. trois")], id="out of order: as it stands"
        ),
        pytest.param(
            "1. Leçon annulée\nElle est fondée.",
            [(HEADING, "1. Leçon annulée"), (PARAGRAPH, "Elle est fondée.")],
            id="a heading above its text",
        ),
        pytest.param("2. Facturation", [(HEADING, "2. Facturation")], id="a heading alone"),
        pytest.param("2. Nous payons.", [(NUMBERED, "Nous payons.")], id="a sentence is a point"),
        pytest.param(
            "Le 2. avril est loin", [(PARAGRAPH, "Le 2. avril est loin")], id="a number inside"
        ),
        pytest.param("Le moniteur était absent", [(PARAGRAPH, "Le moniteur était absent")], id="-"),
        pytest.param(
            "Voici :\nMédiation\nBP 1",
            [(PARAGRAPH, "Voici :"), (INSET, "Médiation", "BP 1")],
            id="what stands below a colon",
        ),
    ],
)
def test_what_a_text_is_made_of(text: str, expected: list[tuple[str, ...]]) -> None:
    """Blank lines part, dashes and numbers list, a colon leads one step further in."""
    assert [(one.shape, *one.lines) for one in blocks(text)] == expected


def test_a_numbered_list_goes_on_counting() -> None:
    """Points that a blank line has parted keep their numbers."""
    assert blocks("1. Un.\n\n2. Deux.") == [
        Block(NUMBERED, ("Un.",), first=1),
        Block(NUMBERED, ("Deux.",), first=2),
    ]


@given(st.text(alphabet="ab 1.:–-\n;", max_size=80))
def test_no_word_is_lost(text: str) -> None:
    """Whatever the shape, all letters are there, in their order."""
    shown = "".join(line for block in blocks(text) for line in block.lines)

    assert [one for one in shown if one in "ab"] == [one for one in text if one in "ab"]
