"""How fast the reader is: `python benchmarks/reader.py`.

Everything is measured in this one run, beside the whole of fr_core_news_sm on the same texts: read
the ratios, not the seconds. Each side has a process of its own, so that neither warms the other up
and each has its own peak of memory.
"""

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).resolve().parents[1]
MESSAGES = ROOT / "tests" / "messages"
MANY = 200
EACH_LONG = 10  # one message in ten is a letter of some 600 words
LONG = 600
SIDES = {"reader": "our reader", "whole": "fr_core_news_sm, whole"}


def texts() -> list[str]:
    """Give 200 messages of mixed length, the same in every run."""
    lines = [
        json.loads(line)["text"]
        for name in ("mails.jsonl", "chats.jsonl")
        for line in (MESSAGES / name).read_text(encoding="utf-8").splitlines()
    ]
    words = " ".join(lines).split()
    letters = [" ".join(words[start : start + LONG]) for start in range(0, len(words) - LONG, 97)]
    kinds = [letters if number % EACH_LONG == 0 else lines for number in range(MANY)]
    return [kind[number % len(kind)] for number, kind in enumerate(kinds)]


def measure(side: str) -> dict[str, float]:
    """Load one side, let it read everything, and give the figures."""
    began = time.perf_counter()
    read = load_ours() if side == "reader" else load_whole()
    loaded = time.perf_counter()
    for text in texts():
        read(text)
    done = time.perf_counter()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"load": loaded - began, "rate": MANY / (done - loaded), "peak": peak}


def load_ours() -> Callable[[str], object]:
    """Give our reader as a function of a text."""
    from nlp_models.reader import load_reader
    from register.extraction import Passage
    from register.labels import Channel

    reader = load_reader(sites=["Montreuil"], staff=["Karim"])
    sent = datetime.fromisoformat("2026-11-20T09:30:00+00:00")
    return lambda text: reader.read(Passage(text=text, channel=Channel.EMAIL, sent=sent))


def load_whole() -> Callable[[str], object]:
    """Give the whole French pipeline, loaded as spaCy loads it."""
    import spacy

    return spacy.load("fr_core_news_sm")


def measured_apart(side: str) -> dict[str, float]:
    """Measure one side in a process of its own, on one core."""
    alone = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, __file__, side], capture_output=True, check=True, env=alone
    )
    return dict(json.loads(done.stdout))


def main() -> None:
    """Measure both sides, each twice, keep the better, and show them side by side."""
    rounds = {side: [measured_apart(side) for _ in range(2)] for side in SIDES}
    best = {side: max(found, key=lambda figures: figures["rate"]) for side, found in rounds.items()}
    ours, whole = best["reader"], best["whole"]
    table = Table("", *SIDES.values(), "ratio", title=f"{MANY} messages, mixed length")
    for name, figure in (("load, s", "load"), ("messages/s", "rate"), ("peak RSS, MB", "peak")):
        ratio = ours[figure] / whole[figure]
        table.add_row(name, f"{ours[figure]:.2f}", f"{whole[figure]:.2f}", f"{ratio:.2f}")
    Console().print(table)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        sys.stdout.write(json.dumps(measure(sys.argv[1])))
    else:
        main()
