"""Proof-read files of the corpus: `python -m nlp_models.training.proofread FILE...`.

Prints what is wrong with each message, then what the files hold, so that a hand sees what it lacks.
"""

import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from nlp_models.training.corpus import CORPUS, Example, Slip, read_file, slips_of


def main(paths: list[Path]) -> int:
    """Print the slips and the tally; 1 when there are slips."""
    paths = paths or sorted(CORPUS.rglob("*.txt"))
    slips = [f"{path.name}: {slip}" for path in paths for slip in slips_of(path)]
    told = slips or tally([example for path in paths for example in read_file(path)])
    sys.stdout.writelines(f"{line}\n" for line in told)
    return 1 if slips else 0


def tally(examples: list[Example]) -> Iterator[str]:
    """Say how many messages there are of each kind."""
    complaints = [example for example in examples if example.is_complaint]
    lengths = sorted(len(example.passage.text.split()) for example in examples)
    yield f"{len(examples)} messages, {len(complaints)} complaints"
    yield f"words: median {lengths[len(lengths) // 2]}, longest {lengths[-1]}"
    for name, counted in (
        ("channel", (example.passage.channel for example in examples)),
        ("language", (example.language for example in examples)),
        ("kind", (example.kind for example in examples if not example.is_complaint)),
        ("first motive", (example.motives[0] for example in complaints)),
        ("motives", (code for example in complaints for code in example.motives)),
        ("severity", (example.severity for example in complaints)),
        ("marks", (mark.field for example in examples for mark in example.marks)),
        ("role", (example.source.role for example in examples)),
    ):
        counts = Counter(str(one) for one in counted).most_common()
        yield f"{name}: {', '.join(f'{code} {count}' for code, count in counts)}"


if __name__ == "__main__":
    try:
        sys.exit(main([Path(name) for name in sys.argv[1:]]))
    except (OSError, Slip) as error:
        sys.exit(str(error))
