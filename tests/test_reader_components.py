"""Each component of the reader on one sentence: these tables are its specification."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from nlp_models.components.complaint import said_plainly, score_of
from nlp_models.components.language import language_of
from nlp_models.components.severity import severity_of
from nlp_models.cues import spelled_out
from nlp_models.features import Features, signs_of
from nlp_models.judgement import MOTIVES, ROLES, Judgement
from nlp_models.ngrams import Vocabulary
from nlp_models.reading import HEAD, TAIL, Reading, fold, legible, open_passage
from register.extraction import Passage
from register.labels import Channel, Severity

NOTHING_SAID = Judgement(
    complaint=0.5,
    motives=np.zeros(len(MOTIVES), np.float32),
    main=np.zeros(len(MOTIVES), np.float32),
    severity=np.full(4, 0.25, np.float32),
    role=np.zeros(len(ROLES), np.float32),
    woken=np.zeros(0, np.float32),
)


def reading(text: str, **more: Any) -> Reading:
    """Give an e-mail made ready."""
    sent = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
    passage = Passage(text=text, channel=Channel.EMAIL, sent=sent)
    return open_passage(replace(passage, **more))


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("Leçon annulée sans prévenir, c'est inadmissible", True),
        ("c abusé", True),
        ("Bravo, encore une leçon annulée", True),
        ("merci de me rembourser rapidement la leçon annulée", True),
        ("Merci beaucoup pour votre aide", False),
        ("Pourriez-vous déplacer ma leçon ?", False),
        ("candidature au poste de moniteur", False),
        ("bonjour", False),
    ],
)
def test_weighs_the_signs_for_and_against(text: str, verdict: bool) -> None:
    """Discontent and motives speak for a complaint, thanks and requests against."""
    assert verdict is (said_plainly(signs_of(fold(text))) >= 0.4)


@pytest.mark.parametrize(
    ("words", "score"),
    [
        ("c'est inadmissible, leçon annulée", 0.9),  # short: what is said plainly counts
        ("c'est inadmissible, leçon annulée " * 9, 0.9),  # some lines: where it is clear
        ("leçon annulée " + "hier " * 20, 0.1),  # some lines, and not clear
        ("c'est inadmissible, leçon annulée " * 30, 0.1),  # long: the heads know better
    ],
)
def test_believes_signs_in_short_texts(words: str, score: float) -> None:
    """Where the heads have little to hold on to, signs that leave no doubt are believed."""
    ready = reading(words)
    features = Features(
        ready,
        Vocabulary.learn([]).count(ready.folded),
        signs_of(ready.folded),
        np.zeros(1, np.float32),
    )

    found = score_of(features, replace(NOTHING_SAID, complaint=0.1))

    assert score == pytest.approx(found, abs=0.1)


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
