"""How well a reader reads: what it found beside the labels of the corpus (`make evaluate`).

A field of the source is right when it says the same, case and accents apart; a field that is found
where there is none counts against precision, one that is missed or wrong against recall. Motives
and severity count as `reclamations extract` gives them: only of what is called a complaint.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from nlp_models.reader import TRAINED, Reader, load_reader
from nlp_models.reading import fold
from nlp_models.training.corpus import CORPUS, Example, load, second_reader
from register.extraction import Extraction, Source
from register.labels import Channel, Motive, Severity

Pair = tuple[Example, Extraction]

SOURCE_FIELDS = tuple(one.name for one in fields(Source))
BANDS = 5  # of the score, in the table of calibration


@dataclass(slots=True)
class Tally:
    """What was found rightly, found wrongly, and missed."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    @property
    def precision(self) -> float:
        """Of what was found, the part that is right; 1 when nothing was found."""
        found = self.right + self.wrong
        return self.right / found if found else 1.0

    @property
    def recall(self) -> float:
        """Of what is there, the part that was found; 1 when nothing is there."""
        there = self.right + self.missed
        return self.right / there if there else 1.0

    @property
    def f1(self) -> float:
        """The harmonic mean of both."""
        total = 2 * self.right + self.wrong + self.missed
        return 2 * self.right / total if total else 1.0

    def count(self, expected: set[Any], found: set[Any]) -> None:
        """Count the members of two sets."""
        self.right += len(expected & found)
        self.wrong += len(found - expected)
        self.missed += len(expected - found)


@dataclass(frozen=True, slots=True)
class Report:
    """The figures of one evaluation; shares are from 0 to 1."""

    messages: int
    complaint: Tally
    first_motive: float  # of the complaints, those whose main motive was named first
    motives: Tally  # all of them, micro-averaged
    by_motive: dict[Motive, Tally]
    severity_exact: float
    severity_within_one: float
    critical_recall: float  # of the critical, those seen as serious or critical
    confusion: Counter[tuple[Severity, Severity | None]]
    by_field: dict[str, Tally]
    calibration: list[tuple[float, float, int]]  # mean score, share of complaints, messages

    @property
    def source(self) -> float:
        """The mean of F1 over the fields of the source."""
        return sum(tally.f1 for tally in self.by_field.values()) / len(self.by_field)


def evaluate(pairs: Iterable[Pair]) -> Report:
    """Compare what a reader found with the labels."""
    pairs = [(example, _as_given(found)) for example, found in pairs]
    complaints = [pair for pair in pairs if pair[0].is_complaint]
    by_motive = {code: Tally() for code in Motive}
    for example, found in pairs:
        said = {one.motive for one in found.motives}
        for code, tally in by_motive.items():
            tally.count({code} & set(example.motives), {code} & said)
    return Report(
        messages=len(pairs),
        complaint=_complaint(pairs),
        first_motive=_share(_first(found) == example.motives[0] for example, found in complaints),
        motives=_sum(by_motive.values()),
        by_motive=by_motive,
        severity_exact=_share(_distance(*pair) == 0 for pair in complaints),
        severity_within_one=_share(_distance(*pair) <= 1 for pair in complaints),
        critical_recall=_share(
            found.severity in (Severity.SERIOUS, Severity.CRITICAL)
            for example, found in complaints
            if example.severity is Severity.CRITICAL
        ),
        confusion=Counter((_severity(example), found.severity) for example, found in complaints),
        by_field={name: _field(name, pairs) for name in SOURCE_FIELDS},
        calibration=_calibration(pairs),
    )


def _as_given(found: Extraction) -> Extraction:
    return found if found.is_complaint else replace(found, motives=(), severity=None)


def _complaint(pairs: list[Pair]) -> Tally:
    tally = Tally()
    for example, found in pairs:
        tally.count({True} & {example.is_complaint}, {True} & {bool(found.is_complaint)})
    return tally


def _first(found: Extraction) -> Motive | None:
    return found.motives[0].motive if found.motives else None


def _severity(example: Example) -> Severity:
    assert example.severity is not None
    return example.severity


def _distance(example: Example, found: Extraction) -> int:
    if found.severity is None:
        return len(Severity)
    return abs(_severity(example).rank - found.severity.rank)


def _share(verdicts: Iterable[bool]) -> float:
    told = list(verdicts)
    return sum(told) / len(told) if told else 1.0


def _sum(tallies: Iterable[Tally]) -> Tally:
    total = Tally()
    for one in tallies:
        total.right += one.right
        total.wrong += one.wrong
        total.missed += one.missed
    return total


def _field(name: str, pairs: list[Pair]) -> Tally:
    tally = Tally()
    for example, found in pairs:
        tally.count(
            comparable(getattr(example.source, name)), comparable(getattr(found.source, name))
        )
    return tally


def comparable(value: Any) -> set[Any]:
    """Give a field as a set to compare: none is empty, case, accents and blanks do not count."""
    if value is None:
        return set()
    if isinstance(value, tuple):
        return {plain for one in value for plain in comparable(one)}
    if isinstance(value, Decimal):
        return {float(value)}
    return {" ".join(fold(str(value)).split())}


def _calibration(pairs: list[Pair]) -> list[tuple[float, float, int]]:
    bands: list[list[tuple[float, bool]]] = [[] for _ in range(BANDS)]
    for example, found in pairs:
        bands[min(BANDS - 1, int(found.score * BANDS))].append((found.score, example.is_complaint))
    return [
        (sum(score for score, _ in band) / len(band), _share(true for _, true in band), len(band))
        for band in bands
        if band
    ]


def lines(report: Report) -> Iterator[str]:
    """Write a report out, for a terminal."""
    yield f"{report.messages} messages"
    yield _row("complaint", report.complaint)
    yield f"{'first motive':<16}{report.first_motive:7.3f}"
    yield _row("motives, micro", report.motives)
    yield from (_row(f"  {code}", tally) for code, tally in report.by_motive.items())
    yield f"{'severity':<16}{report.severity_exact:7.3f} exact"
    yield f"{'':<16}{report.severity_within_one:7.3f} within one level"
    yield f"{'':<16}{report.critical_recall:7.3f} of the critical seen as serious or critical"
    yield from _confusion(report.confusion)
    yield f"{'source, mean':<30}{report.source:7.3f}"
    yield from (_row(f"  {name}", tally) for name, tally in report.by_field.items())
    yield "calibration: said, true, messages"
    yield from (f"  {said:6.2f} {true:6.2f} {count:6}" for said, true, count in report.calibration)


def _row(name: str, tally: Tally) -> str:
    counts = f"({tally.right} right, {tally.wrong} wrong, {tally.missed} missed)"
    return f"{name:<16}{tally.precision:7.3f}{tally.recall:7.3f}{tally.f1:7.3f}  {counts}"


def _confusion(confusion: Counter[tuple[Severity, Severity | None]]) -> Iterator[str]:
    found: list[Severity | None] = [*Severity, None]
    yield "  labelled \\ found " + "".join(f"{one or 'none':>10}" for one in found)
    for labelled in Severity:
        yield f"  {labelled:<17}" + "".join(f"{confusion[labelled, one]:10}" for one in found)


def compare(examples: Iterable[Example], reader: Reader) -> list[Pair]:
    """Read every example, and keep what was found beside it."""
    chosen = list(examples)
    found = reader.read_many(example.passage for example in chosen)
    return list(zip(chosen, found, strict=True))


def main(arguments: Sequence[str]) -> int:
    """Print how well a model reads the part of the corpus that it has not learned from."""
    parser = argparse.ArgumentParser(description="Measure the reader on messages it has not seen.")
    parser.add_argument("--model", type=Path, default=TRAINED, help="folder of the model")
    given = parser.parse_args(arguments)
    examples = load(CORPUS / "dev")
    pairs = compare(examples, load_reader(trained=given.model))
    second = list(zip(examples, second_reader(examples), strict=True))
    for title, part in (
        ("All messages", pairs),
        *((f"Channel {one}", _of_channel(pairs, one)) for one in (Channel.TELEGRAM, Channel.EMAIL)),
        ("A second reader, beside the first", second),
    ):
        sys.stdout.writelines(f"{line}\n" for line in ("", title, "", *lines(evaluate(part))))
    return 0


def _of_channel(pairs: list[Pair], channel: Channel) -> list[Pair]:
    return [pair for pair in pairs if pair[0].passage.channel is channel]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
