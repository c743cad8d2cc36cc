"""What the heads say of one message: probabilities, not yet decisions."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path

import numpy as np

from nlp_models.features import Features
from nlp_models.heads import Heads, sigmoid, softmax
from nlp_models.ngrams import Floats, Vocabulary
from register.labels import Motive, Role, Severity

MOTIVES = tuple(Motive)
SEVERITIES = tuple(Severity)
ROLES: tuple[Role | None, ...] = (None, *Role)
QUESTIONS = {  # and how many answers each has, in the order of the scores
    "complaint": 1,
    "motives": len(MOTIVES),
    "main": len(MOTIVES),
    "severity": len(SEVERITIES),
    "role": len(ROLES),
}
_EDGES = np.cumsum([*QUESTIONS.values()])[:-1]
_MOTIVES = slice(*_EDGES[:2])  # where the answers about motives stand
HALF = 0.5 - 1e-6
MOST = 3  # motives of one message (labels: 1 to 3 codes)
MOST_EVIDENCE, SHORTEST_EVIDENCE = 3, 4  # words; letters: shorter ones say nothing alone
LOOKED_AT = 250  # different words of a long text among which evidence is looked for


@dataclass(frozen=True, slots=True)
class Judgement:
    """How likely each answer is, from 0 to 1."""

    complaint: float
    motives: Floats  # for each of MOTIVES: is it one of them?
    main: Floats  # for each of MOTIVES: is it the main one? They add up to one
    severity: Floats  # for each of SEVERITIES; they add up to one
    role: Floats  # for each of ROLES; they add up to one
    woken: Floats  # what each unit of the heads made of it: the words behind it are told by that


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """How scores of heads become probabilities that hold: slope and offset, of messages unseen."""

    complaint: tuple[float, float] = (1.0, 0.0)
    motives: tuple[float, float] = (1.0, 0.0)
    main: float = 1.0
    severity: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What training found best beside the weights, on messages of hands that it had left out."""

    likely: float = 0.5  # a complaint from here
    beside: float = 0.4  # another motive is named from here
    watch: float = 0.3  # at this chance of `critical` a message is never less than serious
    scale: Scale = Scale()


class Judge:
    """Asks the heads, and scales what they say."""

    def __init__(self, heads: Heads, settings: Settings) -> None:
        self.heads = heads
        self.settings = settings

    def judge(self, features: Features) -> Judgement:
        """Give the probabilities for one message."""
        woken = self.heads.wake(features)
        return scaled(by_question(self.heads.score(woken)), self.settings.scale, woken)

    def evidence(
        self, features: Features, said: Judgement, vocabulary: Vocabulary
    ) -> Callable[[Motive], list[str]]:
        """Give a function from a motive to the words, as written, that pulled most for it."""
        reading = features.reading
        words = list(islice(vocabulary.each_word(reading.folded, SHORTEST_EVIDENCE), LOOKED_AT))
        rarity = vocabulary.rarity
        pulls = (
            self.heads.pulls_of(words, rarity, features, said.woken, _MOTIVES) if words else None
        )

        def strongest(motive: Motive) -> list[str]:
            if pulls is None:
                return []
            pull = pulls[:, MOTIVES.index(motive)]
            ranked = (words[place] for place in pull.argsort()[::-1] if pull[place] > 0)
            return [reading.written(word.start, word.end) for word in islice(ranked, MOST_EVIDENCE)]

        return strongest

    def save(self, folder: Path) -> None:
        """Write the heads and the settings down."""
        folder.mkdir(parents=True, exist_ok=True)
        self.heads.save(folder / "heads.npz")
        (folder / "settings.json").write_text(json.dumps(asdict(self.settings), indent=2) + "\n")

    @classmethod
    def load(cls, folder: Path) -> "Judge":
        """Read what `save` wrote."""
        kept = json.loads((folder / "settings.json").read_text())
        kept["scale"] = Scale(**kept["scale"])
        return cls(Heads.load(folder / "heads.npz"), Settings(**kept))


def by_question(scores: Floats) -> list[Floats]:
    """Part the scores of a message, or of many in rows, by the questions in their order."""
    return np.split(scores, _EDGES, axis=-1)


def motives_named(said: Judgement, beside: float) -> list[Motive]:
    """Give one to three motives, the main one first, the others by how likely they are."""
    main = int((said.main * said.motives).argmax())
    others = [place for place in said.motives.argsort()[::-1] if said.motives[place] >= beside]
    return [MOTIVES[place] for place in (main, *(one for one in others if one != main))][:MOST]


def severity_named(said: Judgement, watch: float) -> Severity:
    """Give the level in the middle of what is likely, so that a miss is a near one.

    Where `critical` has a chance of `watch`, it is at least `serious`: harm must not be missed.
    """
    middle = SEVERITIES[int((said.severity.cumsum() < HALF).sum())]
    floor = Severity.SERIOUS if said.severity[-1] >= watch else Severity.LOW
    return max(middle, floor, key=lambda level: level.rank)


def scaled(scores: list[Floats], scale: Scale, woken: Floats) -> Judgement:
    """Turn the scores of the questions, in their order, into probabilities."""
    complaint, motives, main, severity, role = scores
    return Judgement(
        complaint=float(sigmoid(_line(complaint, scale.complaint))[0]),
        motives=sigmoid(_line(motives, scale.motives)),
        main=softmax(main * scale.main),
        severity=softmax(severity * scale.severity),
        role=softmax(role),
        woken=woken,
    )


def _line(scores: Floats, scale: tuple[float, float]) -> Floats:
    return np.asarray(scores * scale[0] + scale[1], dtype=np.float32)
