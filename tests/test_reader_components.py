"""Each component of the reader on one sentence: these tables are its specification."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from nlp_models.components.language import language_of
from nlp_models.components.severity import severity_of
from nlp_models.cues import spelled_out
from nlp_models.judgement import MOTIVES, PLAIN, ROLES, Judgement
from nlp_models.reading import HEAD, TAIL, Reading, fold, legible, open_passage
from register.extraction import Passage
from register.labels import Channel, Severity

NOTHING_SAID = Judgement(
    complaint=0.5,
    motives=np.zeros(len(MOTIVES), np.float32),
    main=np.zeros(len(MOTIVES), np.float32),
    severity=np.full(4, 0.25, np.float32),
    role=np.zeros(len(ROLES), np.float32),
    side=PLAIN,
)


def reading(text: str, **more: Any) -> Reading:
    """Give an e-mail made ready."""
    sent = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
    passage = Passage(text=text, channel=Channel.EMAIL, sent=sent)
    return open_passage(replace(passage, **more))


@pytest.mark.parametrize(
    ("amount", "severity"), [(299, Severity.MODERATE), (300, Severity.SERIOUS)]
)
def test_weighs_the_sum(amount: int, severity: Severity) -> None:
    """Three hundred euros at stake are serious, whatever the heads say."""
    said = replace(NOTHING_SAID, severity=np.array([0.1, 0.9, 0.0, 0.0], np.float32))

    assert severity is severity_of(said, 0.2, Decimal(amount))


@pytest.mark.parametrize(
    ("text", "language"),
    [("le la les", "fr"), ("the and my", "en"), ("el los mi", "es"), ("zzz", "fr"), ("!", None)],
)
def test_lets_small_words_vote(text: str, language: str | None) -> None:
    """French wins when nobody votes; without a word there is no language."""
    assert language == language_of(text)


def test_folds_one_character_for_one() -> None:
    """Folding keeps every position, so that what is found can be shown as written."""
    text = "ÉLÈVE İ ǅ œuf ½ ﬁn … ’ 😡\t\n"

    assert len(text) == len(fold(text))
    assert fold(text).startswith("eleve")


def test_keeps_head_and_tail() -> None:
    """Of a long text the beginning and the end are kept, and no word is longer than a line."""
    kept = legible("a" * 200_000 + " fin")

    assert len(kept) == HEAD + 1 + TAIL
    assert kept.endswith(" fin")
    assert max(len(word) for word in kept.split()) < 100


def test_spells_out_the_short_hand() -> None:
    """A cue is written in full: blanks, gaps and named words."""
    assert spelled_out("pas de @times") == (
        "pas(?:[ ]{1,4})de(?:[ ]{1,4})(?:deux|trois|quatre|cinq|six|dix|\\d{1,2}|plusieurs|"
        "de(?:[ ]{1,4})nombreuses)"
    )
