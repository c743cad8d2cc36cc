"""The trained model: that it is the corpus's, how it decides, and how its parts are made."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from nlp_models import encoder, heads
from nlp_models.features import Features, features_of
from nlp_models.heads import Head
from nlp_models.judgement import (
    INFORMED,
    MOTIVES,
    PLAIN,
    QUESTIONS,
    ROLES,
    SEVERITIES,
    Judge,
    Judgement,
    Settings,
    is_sure,
    motives_named,
    severity_named,
)
from nlp_models.ngrams import Vocabulary, pieces_of
from nlp_models.reader import TRAINED
from nlp_models.reading import open_passage
from nlp_models.training.corpus import CORPUS, fingerprint, load
from nlp_models.training.learn import Recipe, folds, hand_of, learn, tabulate
from nlp_models.training.settle import settle
from nlp_models.vectors import WordVectors
from register.extraction import Passage
from register.labels import Channel, Motive, Severity

TEXTS = ("ma lecon est annulee", "ma facture est fausse", "la lecon de lundi est annulee")


def judgement(**said: object) -> Judgement:
    """Give a judgement that is sure of nothing, but for what is said."""
    nothing = Judgement(
        complaint=0.5,
        motives=np.zeros(len(MOTIVES), np.float32),
        main=np.full(len(MOTIVES), 1 / len(MOTIVES), np.float32),
        severity=np.full(len(SEVERITIES), 0.25, np.float32),
        role=np.full(len(ROLES), 1 / len(ROLES), np.float32),
        side=PLAIN,
    )
    return replace(nothing, **said)  # type: ignore[arg-type]


def chances(**by_code: float) -> np.ndarray:
    """Give the chances of motives by their codes; the others have none."""
    return np.array([by_code.get(code, 0.0) for code in MOTIVES], np.float32)


def features(text: str) -> Features:
    """Count a chat with a vocabulary and vectors of a few words."""
    passage = Passage(text=text, channel=Channel.TELEGRAM, sent=datetime(2026, 11, 20, tzinfo=UTC))
    return features_of(open_passage(passage), Vocabulary.learn(TEXTS), WordVectors.learn(TEXTS))


# --- what ships --------------------------------------------------------------------------------


def test_is_not_older_than_its_corpus() -> None:
    """Whoever changes the corpus runs `make model`: the model keeps the corpus's hash."""
    meta = json.loads((TRAINED / "meta.json").read_text(encoding="utf-8"))

    assert fingerprint() == meta["corpus"]
    assert len(load(CORPUS / "train")) == meta["messages"]


def test_is_small() -> None:
    """It ships with the package: 60 MB at most."""
    size = sum(file.stat().st_size for file in TRAINED.rglob("*") if file.is_file())

    assert size < 60_000_000


# --- decisions ---------------------------------------------------------------------------------


def test_names_the_likeliest_motive_first_and_others_beside() -> None:
    """Being the main one and being one at all both count; at most three are named."""
    said = judgement(
        main=chances(billing=0.4, exam=0.45, reception=0.1, other=0.05),
        motives=chances(billing=0.9, exam=0.6, reception=0.5, vehicle=0.45, other=0.1),
    )

    assert motives_named(said, beside=0.4) == [Motive.BILLING, Motive.EXAM, Motive.RECEPTION]
    assert motives_named(said, beside=0.55) == [Motive.BILLING, Motive.EXAM]


@pytest.mark.parametrize(
    ("chance", "level"),
    [
        ([0.9, 0.1, 0.0, 0.0], Severity.LOW),
        ([0.4, 0.3, 0.3, 0.0], Severity.MODERATE),  # the middle, not the likeliest
        ([0.1, 0.3, 0.6, 0.0], Severity.SERIOUS),
        ([0.0, 0.1, 0.3, 0.6], Severity.CRITICAL),
        ([0.6, 0.2, 0.0, 0.2], Severity.SERIOUS),  # harm is possible: watched
        ([0.6, 0.3, 0.0, 0.1], Severity.LOW),
    ],
)
def test_errs_on_the_grave_side(chance: list[float], level: Severity) -> None:
    """A chance of harm makes a message serious at least."""
    assert level == severity_named(judgement(severity=np.array(chance, np.float32)), watch=0.15)


def test_is_sure_of_all_or_of_nothing() -> None:
    """Little chance of a complaint is enough; else motive and severity must be clear too."""
    clear = judgement(
        complaint=0.99,
        main=chances(exam=1.0),
        severity=np.array([0.0, 0.0, 1.0, 0.0], np.float32),
    )

    assert is_sure(judgement(complaint=0.02), 0.95)
    assert is_sure(clear, 0.95)
    assert not is_sure(replace(clear, complaint=0.9), 0.95)
    assert not is_sure(replace(clear, main=chances(exam=0.5, billing=0.5)), 0.95)
    assert not is_sure(judgement(complaint=0.99), 0.95)


def flat_heads(read: Features, complaint: float) -> dict[str, Head]:
    """Give heads that say the same of every text."""
    width = {"complaint": 1, "motives": 13, "main": 13, "severity": 4, "role": len(ROLES)}
    grams = len(Vocabulary.learn(TEXTS))
    return {
        f"{side}-{question}": Head(
            np.zeros((grams, width[question]), np.float32),
            np.zeros((rest, width[question]), np.float32),
            np.full(width[question], complaint if question == "complaint" else 0.0, np.float32),
        )
        for side, rest in ((PLAIN, len(read.plain)), (INFORMED, len(read.informed())))
        for question in QUESTIONS
    }


@pytest.mark.parametrize(("complaint", "side"), [(-6.0, PLAIN), (0.0, INFORMED)])
def test_reads_the_whole_meaning_only_where_counting_is_not_enough(
    complaint: float, side: str
) -> None:
    """The costly heads are asked where the cheap ones doubt."""
    read = features("une leçon")
    judge = Judge(flat_heads(read, complaint), Settings(sure=0.95))

    assert side == judge.judge(read).side


def test_gives_the_words_that_pulled() -> None:
    """Evidence comes from the weights of the heads, strongest first, as it was written."""
    read = features("Ma Leçon est annulée")
    vocabulary = Vocabulary.learn(TEXTS)
    judge = Judge(flat_heads(read, 0.0), Settings())
    weights = judge.heads["plain-motives"].grams
    weights[vocabulary.words["annulee"], MOTIVES.index(Motive.SCHEDULING)] = 3.0
    weights[vocabulary.words["lecon"], MOTIVES.index(Motive.SCHEDULING)] = 1.0
    evidence = judge.evidence(read, PLAIN, vocabulary)

    assert evidence(Motive.SCHEDULING) == ["annulée", "Leçon"]
    assert evidence(Motive.BILLING) == []


# --- how a text becomes numbers ----------------------------------------------------------------


def test_counts_words_pairs_and_pieces() -> None:
    """A gram that stands in two texts is known; every figure is the same figure."""
    vocabulary = Vocabulary.learn(["payé 12 fois", "payé 47 fois"])

    assert {"paye", "payé"} & set(vocabulary.words) == {"payé"}  # folding is not its business
    assert "00 fois" in vocabulary.words
    assert list(pieces_of("ab")) == [" a", "ab", "b ", " ab", "ab ", " ab "]


def test_gives_each_family_the_length_one() -> None:
    """A long text is not louder than a short one."""
    counted = Vocabulary.learn([*TEXTS, *TEXTS]).count(TEXTS[0])

    assert np.isclose(float(counted.values @ counted.values), 2.0)


def test_counts_nothing_in_unknown_words() -> None:
    """A text without a known gram has no columns, and does no harm."""
    assert len(Vocabulary.learn(TEXTS).count("øøø").columns) == 0


def test_reads_words_that_the_corpus_has_not() -> None:
    """A word that was never met has a vector too, near to words that mean the same."""
    vectors = WordVectors.learn(["une voiture", "une voiture", "un fromage", "un fromage"])
    car, cheese, auto = (vectors.pooled(word)[:512] for word in ("voiture", "fromage", "automóvil"))

    assert auto @ car > auto @ cheese


def test_pools_no_words_to_nothing() -> None:
    """A text of signs has a vector of noughts."""
    assert not WordVectors.learn(TEXTS).pooled("👍 12 !").any()


def test_reads_head_and_tail_of_a_long_text() -> None:
    """What stands in the middle of thousands of words does not change the meaning read."""
    middle = "plainte " * 500
    head, tail = "bonjour " * encoder.HEAD, "merci " * encoder.TAIL

    assert np.allclose(encoder.encode(head + tail), encoder.encode(head + middle + tail))


# --- training ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def judges(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The heads of two trainings on the same slice of the corpus."""
    examples = [
        one for one in load(CORPUS / "train") if one.id.rsplit("-", 1)[1] in {"1", "2", "3"}
    ]
    vocabulary = Vocabulary.learn(open_passage(one.passage).folded for one in examples)
    vectors = WordVectors.learn(open_passage(one.passage).text for one in examples)
    table = tabulate(examples, vocabulary, vectors)
    folders = [tmp_path_factory.mktemp("judge") for _ in range(2)]
    for folder in folders:
        learn(table, Recipe(folds=2), lambda what: None).save(folder)
    return folders


def test_learns_the_same_each_time(judges: list[Path]) -> None:
    """Trained twice, the weights and the settings are the same."""
    one, other = (Judge.load(folder) for folder in judges)

    assert one.settings == other.settings
    assert all(np.array_equal(one.heads[name].grams, other.heads[name].grams) for name in one.heads)


def test_reads_back_what_it_wrote(judges: list[Path], tmp_path: Path) -> None:
    """Half precision is the only loss."""
    judge = Judge.load(judges[0])
    heads.save(judge.heads, tmp_path / "again.npz")
    again = heads.load(tmp_path / "again.npz")

    assert set(again) == {f"{side}-{one}" for side in (PLAIN, INFORMED) for one in QUESTIONS}
    assert all(np.array_equal(again[name].rest, judge.heads[name].rest) for name in again)


def test_leaves_whole_hands_out() -> None:
    """Nobody's messages are judged by heads that have read that hand."""
    examples = load(CORPUS / "train")
    turns = folds(examples, 4)

    assert sum(len(left_out) for _, left_out in turns) == len(examples)
    for kept, left_out in turns:
        assert not {hand_of(examples[row]) for row in kept} & {
            hand_of(examples[row]) for row in left_out
        }


def test_settles_scores_that_hold() -> None:
    """Scores that are twice too sure are scaled down; enough of the critical are watched."""
    examples = load(CORPUS / "train")[:400]
    chance = np.random.default_rng(1)
    widths = dict(zip(QUESTIONS, (1, 13, 13, 4, len(ROLES)), strict=True))

    def scores(truth: float) -> dict[str, list[np.ndarray]]:
        said = {
            question: [chance.normal(0, 1, width).astype(np.float32) for _ in examples]
            for question, width in widths.items()
        }
        for example, score in zip(examples, said["complaint"], strict=True):
            score += truth if example.is_complaint else -truth
        return said

    informed = scores(1.0)
    settings = settle(examples, {PLAIN: scores(0.0), INFORMED: informed}, 0.95, 0.98)
    slope, offset = settings.informed.complaint
    said = heads.sigmoid(np.concatenate(informed["complaint"]) * slope + offset)
    sure = [one.is_complaint for one, chance in zip(examples, said, strict=True) if chance > 0.8]

    assert 0.8 < sum(sure) / len(sure) < 1.0
    assert settings.watch < 0.3
    assert settings.plain.complaint[0] < 0.3  # scores by chance alone count for little
