"""French opened fast is the French that spaCy opens slowly."""

import re
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from nlp_models import french
from nlp_models.reader import TRAINED

# Words of every kind that the pattern knows, and near misses of each.
STEMS = (
    "auto-école", "rendez-vous", "aujourd'hui", "peut-être", "après-midi", "week-end", "burn-out",
    "arc-en-ciel", "saut-de-ski", "pet-en-l'air", "Villeneuve-sur-Lot", "Saint-Denis", "la-bas",
    "Aix-en-Provence", "Fontaine-les-Dijon", "Neuilly-sous-Bois", "ch'tiiste", "entr'abattre",
    "grand'mère", "r'ouvrir", "prud'homale", "droit-de-l'hommiste", "t-shirt", "sous-estimer",
    "anti-vol", "semi-remorque", "deux-roues", "porte-clés", "contre-appel", "non-présentation",
    "demi-heure", "vice-président", "micro-ondes", "ex-moniteur", "jusqu'à", "lorsqu'on", "jai",
    "tjrs", "permis-B", "AUTO-ECOLE", "C'est-à-dire", "cent-vingt", "états-unis", "new-yorkais",
    "aujourd’hui", "entr’ouvrir", "là-dessus", "quatre-vingt-dix", "60€", "1 290 €", "12/09/2026",
    "claire@example.org", "https://example.org/a-b", ":-)", "...", "e2e4", "x-y-z", "-", "'", "a-",
)  # fmt: skip
WORDS = sorted(
    {
        changed
        for stem in STEMS
        for changed in (
            stem,
            stem.upper(),
            stem.title(),
            stem.replace("-", "–"),
            stem.replace("-", "‑"),
            stem.replace("'", "’"),
            stem.replace("-", ""),
            f"x{stem}",
            f"{stem}s",
            f"{stem}1",
            f"{stem}-là",
            f"l'{stem}",
            f"({stem}),",
            f"{stem}\n",
        )
    }
)


@pytest.fixture(scope="module")
def slow_pattern() -> str:
    """The pattern as spaCy writes it, caught in a process of its own while it is compiled."""
    caught = (
        "import re, sys\n"
        "compile_as_written = re.compile\n"
        "def catch(pattern, flags=0):\n"
        "    if isinstance(pattern, str) and len(pattern) > 100_000:\n"
        "        sys.stdout.buffer.write(pattern.encode()); sys.stdout.flush(); sys.exit()\n"
        "    return compile_as_written(pattern, flags)\n"
        "re.compile = catch\n"
        "import spacy.lang.fr\n"
    )
    written = subprocess.run([sys.executable, "-c", caught], capture_output=True, check=True)
    return written.stdout.decode()


def test_factors_the_pattern(slow_pattern: str) -> None:
    """The factored pattern is a small part of the written one."""
    assert len(french.factored(slow_pattern)) < len(slow_pattern) / 20


def test_cuts_words_as_the_slow_pattern_does(slow_pattern: str) -> None:
    """Both patterns make the same tokens of the same words."""
    tokenizer: Any = french.load_french(TRAINED).tokenizer

    def tokens(match: Callable[[str], Any]) -> list[list[str]]:
        tokenizer.token_match = match
        return [[token.text for token in tokenizer(word)] for word in WORDS]

    fast = re.compile(french.factored(slow_pattern)).match
    slow = re.compile(slow_pattern).match
    assert any(slow(word) for word in WORDS)
    assert tokens(slow) == tokens(fast)


def test_uses_the_factored_pattern() -> None:
    """What is loaded has the small pattern: a change of spaCy that undoes it is seen here."""
    tokenizer: Any = french.load_french(TRAINED).tokenizer

    assert len(tokenizer.token_match.__self__.pattern) < 100_000


@pytest.mark.parametrize(
    "pattern",
    ["", "(?iu)", "(?iu)(?:^abc$)|(?:^def$)", "(?iu)(?:^[abc]+[-]la[-][abc]+$)", "x" * 200_000],
)
def test_leaves_an_unknown_pattern_alone(pattern: str) -> None:
    """A pattern of another shape is refused, and then compiled as it was written."""
    with pytest.raises(french.UnknownShapeError):
        french.factored(pattern)


def test_falls_back_when_the_pattern_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a long pattern of unknown shape the module is still imported, only slowly."""
    monkeypatch.delitem(sys.modules, french.MODULE)
    long = "|".join(["a"] * 60_000)

    with french.factored_on_import():
        compiled = re.compile(long)

    assert long == compiled.pattern
    assert "compile_factored" not in re.compile.__name__
