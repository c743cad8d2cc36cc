"""The trained model: that it is the corpus's, how it decides, and how its parts are made."""

import json
import time
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from thinc.api import Config

from nlp_models.components.judgement import component_of
from nlp_models.features import Features, features_of
from nlp_models.french import load_french
from nlp_models.heads import Heads, sigmoid
from nlp_models.judgement import (
    MOTIVES,
    QUESTIONS,
    ROLES,
    SEVERITIES,
    Judge,
    Judgement,
    Settings,
    motives_named,
    severity_named,
)
from nlp_models.ngrams import Vocabulary, pieces_of
from nlp_models.reader import TRAINED, load_reader
from nlp_models.reading import open_passage
from nlp_models.training.corpus import CORPUS, Example, fingerprint, load
from nlp_models.training.learn import folds, hand_of, learn, tabulate
from nlp_models.training.network import Recipe, answers_of
from nlp_models.training.settle import settle
from nlp_models.training.train import CONFIG, Progress, make, save
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
        woken=np.zeros(0, np.float32),
    )
    return replace(nothing, **said)  # type: ignore[arg-type]


def chances(**by_code: float) -> np.ndarray:
    """Give the chances of motives by their codes; the others have none."""
    return np.array([by_code.get(code, 0.0) for code in MOTIVES], np.float32)


def features(text: str) -> Features:
    """Count a chat with a vocabulary of a few words."""
    passage = Passage(text=text, channel=Channel.TELEGRAM, sent=datetime(2026, 11, 20, tzinfo=UTC))
    return features_of(open_passage(passage), Vocabulary.learn(TEXTS))


# --- what ships --------------------------------------------------------------------------------


def test_is_not_older_than_its_corpus() -> None:
    """Whoever changes the corpus runs `make model`: the model keeps the corpus's hash."""
    meta = json.loads((TRAINED / "meta.json").read_text(encoding="utf-8"))

    assert fingerprint() == meta["corpus"]
    assert len(train_part()) == meta["messages"]


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


def blank_heads() -> Heads:
    """Give heads of two units that say the same of every text, and can be taught by hand."""
    outward = len(features("").outward)
    return Heads(
        grams=np.zeros((len(Vocabulary.learn(TEXTS)), 2), np.float32),
        outward=np.zeros((outward, 2), np.float32),
        units=np.zeros(2, np.float32),
        answers=np.zeros((2, sum(QUESTIONS.values())), np.float32),
        bias=np.zeros(sum(QUESTIONS.values()), np.float32),
    )


def test_a_unit_that_a_text_wakes_pulls_for_its_answers() -> None:
    """Grams and signs wake a unit; one that sleeps says nothing, however it is tied."""
    blank, words = blank_heads(), Vocabulary.learn(TEXTS).words
    blank.grams[words["lecon"], 0] = 4.0
    blank.units[1] = -9.0
    blank.answers[:, 0] = 2.0, 100.0  # the first answer is: is it a complaint?
    judge = Judge(blank, Settings())

    asleep, awake = (judge.judge(features(text)).complaint for text in ("rien", "ma lecon"))
    assert asleep == 0.5
    assert awake > 0.9


def test_gives_the_words_that_pulled() -> None:
    """Evidence comes from the weights of the heads, strongest first, as it was written."""
    read = features("Ma Leçon est annulée")
    vocabulary, blank = Vocabulary.learn(TEXTS), blank_heads()
    blank.grams[vocabulary.words["annulee"], 0] = 3.0
    blank.grams[vocabulary.words["lecon"], 0] = 1.0
    blank.answers[0, 1 + MOTIVES.index(Motive.SCHEDULING)] = 1.0
    blank.answers[1, 1 + MOTIVES.index(Motive.BILLING)] = 1.0  # a unit that sleeps
    judge = Judge(blank, Settings())
    evidence = judge.evidence(read, judge.judge(read), vocabulary)

    assert evidence(Motive.SCHEDULING) == ["annulée", "Leçon"]
    assert evidence(Motive.BILLING) == []


# --- how a text becomes numbers ----------------------------------------------------------------


def test_counts_words_pairs_and_pieces() -> None:
    """A gram that stands in two texts is known; every figure is the same figure."""
    vocabulary = Vocabulary.learn(["payé 12 fois", "payé 47 fois"])

    assert {"paye", "payé"} & set(vocabulary.words) == {"payé"}  # folding is not its business
    assert "00 fois" in vocabulary.words
    assert list(pieces_of("ab")) == [" a", "ab", "b ", " ab", "ab ", " ab "]


def test_counts_the_first_half_once_more() -> None:
    """The same words the other way round are another text."""
    cause, rest = "leçon annulée", "et puis personne ne répond à mes appels depuis trois semaines"
    texts = [f"{cause} {rest} {rest}", f"{rest} {rest} {cause}"]
    vocabulary = Vocabulary.learn([*texts, *texts, *texts])
    column = vocabulary.early["annulée"]

    first, last = (vocabulary.count(text) for text in texts)
    assert column in first.columns
    assert column not in last.columns
    assert vocabulary.words["annulée"] in last.columns


def test_gives_each_family_the_length_one() -> None:
    """A long text is not louder than a short one."""
    counted = Vocabulary.learn([*TEXTS, *TEXTS]).count(TEXTS[0])

    assert np.isclose(float(counted.values @ counted.values), 3.0)


def test_counts_nothing_in_unknown_words() -> None:
    """A text without a known gram has no columns, and does no harm."""
    assert len(Vocabulary.learn(TEXTS).count("øøø").columns) == 0


# --- training ----------------------------------------------------------------------------------


@cache
def train_part() -> list[Example]:
    """The messages to learn from."""
    return load(CORPUS / "train")


@cache
def slice_of_train() -> list[Example]:
    """Some thousand of them, of every hand."""
    return train_part()[:: len(train_part()) // 1000]


@cache
def slice_vocabulary() -> Vocabulary:
    """The grams of that slice."""
    return Vocabulary.learn(open_passage(one.passage).folded for one in slice_of_train())


@pytest.fixture(scope="module")
def judges(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The heads of two trainings on the same slice of the corpus."""
    table = tabulate(slice_of_train(), slice_vocabulary())
    folders = [tmp_path_factory.mktemp("judge") for _ in range(2)]
    for folder in folders:
        learn(table, Recipe(folds=2, units=32, epochs=20), lambda what: None).save(folder)
    return folders


def test_learns_the_same_each_time(judges: list[Path]) -> None:
    """Trained twice, the weights and the settings are the same."""
    one, other = (Judge.load(folder) for folder in judges)

    assert one.settings == other.settings
    assert np.array_equal(one.heads.grams, other.heads.grams)
    assert np.array_equal(one.heads.answers, other.heads.answers)


def test_reads_back_what_it_wrote(judges: list[Path], tmp_path: Path) -> None:
    """Half precision is the only loss."""
    first = Judge.load(judges[0]).heads
    first.save(tmp_path / "again.npz")
    again = Heads.load(tmp_path / "again.npz")

    assert np.array_equal(again.grams, first.grams)
    assert np.array_equal(again.answers, first.answers)


def test_learns_what_it_is_shown(judges: list[Path]) -> None:
    """Heads that have read some hundreds of messages know a plain complaint from thanks."""
    judge = Judge.load(judges[0])
    vocabulary = slice_vocabulary()

    def chances(*texts: str) -> list[float]:
        at = datetime(2026, 11, 20, tzinfo=UTC)
        passages = [Passage(text=one, channel=Channel.TELEGRAM, sent=at) for one in texts]
        read = [features_of(open_passage(one), vocabulary) for one in passages]
        return [judge.judge(one).complaint for one in read]

    complaints = chances(
        "leçon annulée trois fois, je veux être remboursé, c'est inadmissible",
        "personne ne répond au téléphone depuis deux semaines, j'attends toujours ma facture",
        "le moniteur m'a crié dessus pendant toute la leçon, j'exige des excuses",
    )
    thanks = chances(
        "merci beaucoup à toute l'équipe, j'ai eu mon permis, bravo",
        "bonjour, quels sont vos tarifs pour la conduite accompagnée ?",
        "pouvez-vous décaler ma leçon de jeudi à vendredi ? merci",
    )
    assert sum(complaints) / 3 > 0.6
    assert sum(thanks) / 3 < 0.3


def test_a_row_counts_only_for_what_it_says() -> None:
    """No motive of what is no complaint, no role of what a manager has corrected."""
    complaint, thanks = (
        next(one for one in train_part() if one.is_complaint is said) for said in (True, False)
    )
    corrected = replace(complaint, weight=5.0, said=frozenset({"complaint", "main"}))
    counts = answers_of([complaint, thanks, corrected]).counts

    assert counts["complaint"].ravel().tolist() == [1.0, 1.0, 5.0]
    assert counts["main"].ravel().tolist() == [1.0, 0.0, 5.0]
    assert counts["role"].ravel().tolist() == [1.0, 1.0, 0.0]


def test_leaves_whole_hands_out() -> None:
    """Nobody's messages are judged by heads that have read that hand."""
    examples = train_part()
    turns = folds(examples, 4)

    assert sum(len(left_out) for _, left_out in turns) == len(examples)
    for kept, left_out in turns:
        assert not {hand_of(examples[row]) for row in kept} & {
            hand_of(examples[row]) for row in left_out
        }


def test_settles_scores_that_hold() -> None:
    """Scores that are twice too sure are scaled down; enough of the critical are watched."""
    examples = slice_of_train()
    chance = np.random.default_rng(1)

    def scores(truth: float) -> dict[str, np.ndarray]:
        said = {
            question: chance.normal(0, 1, (len(examples), width)).astype(np.float32)
            for question, width in QUESTIONS.items()
        }
        for example, score in zip(examples, said["complaint"], strict=True):
            score += truth if example.is_complaint else -truth
        return said

    told = scores(1.0)
    settings = settle(examples, told, 0.95)
    slope, offset = settings.scale.complaint
    said = sigmoid(told["complaint"].ravel() * slope + offset)
    sure = [one.is_complaint for one, chance in zip(examples, said, strict=True) if chance > 0.8]

    assert 0.8 < sum(sure) / len(sure) < 1.0
    assert settings.watch < 0.3
    by_chance = settle(examples, scores(0.0), 0.95).scale
    assert by_chance.complaint[0] < 0.3  # scores by chance alone count for little


def small(**heads: int) -> Config:
    """The configuration that ships, for a training of seconds."""
    config = Config().from_disk(CONFIG)
    config["spans"]["epochs"] = 2
    config["heads"] |= {"units": 8, "epochs": 2, "folds": 2} | heads
    return config


def test_makes_a_whole_pipeline(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Both processes say how far they are, and what comes out of them is read back as a reader."""
    examples = slice_of_train()[::5]
    save(make(examples, small(), Progress(time.monotonic())), tmp_path, "hash", len(examples))
    reader = load_reader(trained=tmp_path)

    assert "spans: epoch 2 of 2" in capsys.readouterr().out
    assert reader.read(examples[0].passage).language is not None
    assert len(component_of(load_french(tmp_path)).vocabulary) > 1000


def test_ends_when_the_heads_cannot_be_trained() -> None:
    """An error in the other process is not waited for until the end."""
    with pytest.raises(ValueError, match="negative"):
        make(slice_of_train()[::5], small(units=-1), Progress(time.monotonic()))
