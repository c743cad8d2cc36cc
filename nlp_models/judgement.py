"""What the heads say of one message: probabilities, not yet decisions.

Reading a meaning costs more than everything else together. So the heads that only count are asked
first, and where they are sure of all they say, they are believed.
"""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path

import numpy as np

from nlp_models import heads
from nlp_models.features import Features
from nlp_models.heads import Head
from nlp_models.ngrams import Floats, Vocabulary
from register.labels import Motive, Role, Severity

MOTIVES = tuple(Motive)
SEVERITIES = tuple(Severity)
ROLES: tuple[Role | None, ...] = (None, *Role)
QUESTIONS = ("complaint", "motives", "main", "severity", "role")
HALF = 0.5 - 1e-6
MOST = 3  # motives of one message (labels: 1 to 3 codes)
MOST_EVIDENCE, SHORTEST_EVIDENCE = 3, 4  # words; letters: shorter ones say nothing alone
LOOKED_AT = 400  # words of a long text among which evidence is looked for
PLAIN, INFORMED = "plain", "informed"


@dataclass(frozen=True, slots=True)
class Judgement:
    """How likely each answer is, from 0 to 1."""

    complaint: float
    motives: Floats  # for each of MOTIVES: is it one of them?
    main: Floats  # for each of MOTIVES: is it the main one? They add up to one
    severity: Floats  # for each of SEVERITIES; they add up to one
    role: Floats  # for each of ROLES; they add up to one
    side: str  # PLAIN or INFORMED: which heads said so


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
    sure: float = 0.97  # the heads that count are believed from here, on every question
    plain: Scale = Scale()
    informed: Scale = Scale()


class Judge:
    """Asks the heads, in the order of what it costs."""

    def __init__(self, asked: dict[str, Head], settings: Settings) -> None:
        self.settings = settings
        self._edges = np.cumsum([len(asked[f"{PLAIN}-{one}"].bias) for one in QUESTIONS if asked])
        self._sides = {
            side: heads.joined([asked[f"{side}-{question}"] for question in QUESTIONS])
            for side in (PLAIN, INFORMED)
            if asked
        }
        self.heads = {  # views: the weights are in memory once
            f"{side}-{question}": head
            for side, whole in self._sides.items()
            for question, head in zip(QUESTIONS, heads.parted(whole, self._edges), strict=True)
        }

    def judge(self, features: Features) -> Judgement:
        """Give the probabilities for one message."""
        first = self.ask(PLAIN, features)
        return first if is_sure(first, self.settings.sure) else self.ask(INFORMED, features)

    def ask(self, side: str, features: Features) -> Judgement:
        """Ask the heads of one side."""
        scores = np.split(self._sides[side].score(features), self._edges[:-1])
        return scaled(side, scores, self.settings)

    def evidence(
        self, features: Features, side: str, vocabulary: Vocabulary
    ) -> Callable[[Motive], list[str]]:
        """Give a function from a motive to the words, as written, that pulled most for it."""
        reading = features.reading
        words = list(islice(vocabulary.each_word(reading.folded, SHORTEST_EVIDENCE), LOOKED_AT))
        pulls = self.heads[f"{side}-motives"].pulls_of(words, vocabulary.rarity) if words else None

        def strongest(motive: Motive) -> list[str]:
            if pulls is None:
                return []
            pull = pulls[:, MOTIVES.index(motive)]
            ranked = (words[place] for place in pull.argsort()[::-1] if pull[place] > 0)
            written = (reading.written(word.start, word.end) for word in ranked)
            return list(islice(dict.fromkeys(islice(written, LOOKED_AT)), MOST_EVIDENCE))

        return strongest

    def save(self, folder: Path) -> None:
        """Write the heads and the settings down."""
        folder.mkdir(parents=True, exist_ok=True)
        heads.save(self.heads, folder / "heads.npz")
        (folder / "settings.json").write_text(json.dumps(asdict(self.settings), indent=2) + "\n")

    @classmethod
    def load(cls, folder: Path) -> "Judge":
        """Read what `save` wrote."""
        kept = json.loads((folder / "settings.json").read_text())
        for side in (PLAIN, INFORMED):
            kept[side] = Scale(**kept[side])
        return cls(heads.load(folder / "heads.npz"), Settings(**kept))


def is_sure(said: Judgement, sure: float) -> bool:
    """Say whether a judgement may be believed on each question."""
    if said.complaint <= 1 - sure:
        return True
    return min(said.complaint, float(said.main.max()), float(said.severity.max())) >= sure


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


def scaled(side: str, scores: list[Floats], settings: Settings) -> Judgement:
    """Turn the scores of the questions, in their order, into probabilities."""
    scale = settings.plain if side == PLAIN else settings.informed
    complaint, motives, main, severity, role = scores
    return Judgement(
        complaint=float(heads.sigmoid(_line(complaint, scale.complaint))[0]),
        motives=heads.sigmoid(_line(motives, scale.motives)),
        main=heads.softmax(main * scale.main),
        severity=heads.softmax(severity * scale.severity),
        role=heads.softmax(role),
        side=side,
    )


def _line(scores: Floats, scale: tuple[float, float]) -> Floats:
    return np.asarray(scores * scale[0] + scale[1], dtype=np.float32)
