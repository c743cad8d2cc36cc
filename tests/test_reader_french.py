"""French is opened fast, and a town is one token."""

import re
import subprocess
import sys

import pytest

from nlp_models import french
from nlp_models.reader import TRAINED


def test_leaves_the_long_pattern_out() -> None:
    """A change of spaCy that brings it back is seen here: opening would take seconds again."""
    asked = (
        "import sys\n"
        "from nlp_models.french import MODULE, load_french\n"
        "from nlp_models.reader import TRAINED\n"
        "load_french(TRAINED)\n"
        "print(len(sys.modules[MODULE].TOKEN_MATCH.__self__.pattern))\n"
    )
    said = subprocess.run([sys.executable, "-c", asked], capture_output=True, check=True)

    assert int(said.stdout) < 100


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("Villeneuve-sur-Lot", ["Villeneuve-sur-Lot"]),
        ("(là-bas),", ["(", "là-bas", ")", ","]),
        ("moniteur-Paul", ["moniteur-Paul"]),
        ("avez-vous", ["avez-vous"]),
        ("l'auto-école", ["l'", "auto-école"]),
        ("12-14", ["12", "-", "14"]),
        ("60€", ["60", "€"]),
    ],
)
def test_keeps_words_with_hyphens_whole(text: str, tokens: list[str]) -> None:
    """What is no word is cut all the same."""
    assert [token.text for token in french.load_french(TRAINED).make_doc(text)] == tokens


def test_compiles_everything_else_as_written(monkeypatch: pytest.MonkeyPatch) -> None:
    """While the module is imported, and after it."""
    monkeypatch.delitem(sys.modules, french.MODULE)
    with french.long_patterns_left_out():
        short, long = re.compile("ab+", re.IGNORECASE), re.compile("|".join(["a"] * 60_000))
    after = "|".join(["b"] * 60_000)

    assert short.fullmatch("ABB")
    assert not long.match("a")
    assert re.compile(after).match("b")


def test_compiles_as_written_where_the_module_is_there_already() -> None:
    """Nothing is slipped in twice."""
    french.load_french(TRAINED)
    with french.long_patterns_left_out():
        assert re.compile("|".join(["c"] * 60_000)).match("c")
