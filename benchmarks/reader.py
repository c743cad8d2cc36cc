"""How fast the reader is: `python benchmarks/reader.py`, some minutes on a quiet machine.

Everything is measured in this one run beside the whole of fr_core_news_sm and fr_core_news_md, on
the same texts, one at a time as messages arrive: read the ratios, not the seconds. Only the lines
`extract` are of texts given all together, which the command reads up to 32 at once. Each side has a
process of its own, all on one core, so that none warms another up and each has its own peak of
memory. There are three rounds, each in another order, and the best of each figure is shown, since
others use the machine too.

The texts are those of `nlp_models/training/corpus/dev`. Chats have 45 to 75 words: too few of that
length were written, so shorter ones are drawn by lot and joined until they reach 45. Mails have 600
words: the texts of e-mails, joined the same way and cut there. Hardly any text is read twice by a
process but the first chat, which is also the first answer.
"""

import json
import os
import random
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from email.message import EmailMessage
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import TYPE_CHECKING, NamedTuple, TextIO

if TYPE_CHECKING:  # what a side does not need would count in its start and its memory
    from rich.table import Table

Figures = dict[str, float]
Texts = dict[str, list[str]]

ROOT = Path(__file__).resolve().parents[1]
CHATS, MAILS = 300, 100
CHAT_WORDS, MAIL_WORDS = (45, 75), (600, 600)
ROUNDS = 3
OURS, SMALL, MIDDLE, EXTRACT = "ours", "fr_core_news_sm", "fr_core_news_md", "extract --jsonl"
SENT = "2026-11-20T09:30:00+01:00"
SENDER = "Claire Fontanel"


class Row(NamedTuple):
    """One line of the table."""

    name: str
    figure: str
    best: Callable[[Iterable[float]], float]
    digits: int
    limit: str = ""


ROWS = (
    Row("import and load, s", "load", min, 2),
    Row("start to first answer, s", "first", min, 2),
    Row("chats of 60 words per s", "chats", max, 0),
    Row("mails of 600 words per s", "mails", max, 1),
    Row("peak RSS, MB", "peak", max, 0, "≤ 350"),
    Row("extract: first answer, s", "extract_first", min, 2, "≤ 2.5"),
    Row("extract: then chats per s", "extract_chats", max, 0, "≥ 150"),
    Row("extract: then mails per s", "extract_mails", max, 1, "≥ 25"),
)


def texts() -> Texts:
    """Give the chats and the mails, the same in every run."""
    from nlp_models.training.corpus import CORPUS, load
    from register.labels import Channel

    written: Texts = {channel: [] for channel in Channel}
    for example in load(CORPUS / "dev"):
        written[example.passage.channel].append(example.passage.text)
    chats, mails = written[Channel.TELEGRAM], written[Channel.EMAIL]
    least, most = CHAT_WORDS
    shorter = [text for text in chats if len(text.split()) < least]
    fitting = [text for text in chats if least <= len(text.split()) <= most]
    return {
        "chats": [*fitting, *islice(joined(shorter, *CHAT_WORDS), CHATS - len(fitting))],
        "mails": list(islice(joined(mails, *MAIL_WORDS), MAILS)),
    }


def joined(parts: list[str], least: int, most: int) -> Iterator[str]:
    """Join texts drawn by lot until they have the words wanted, without end."""
    lot = random.Random(0)
    whole = ""
    while True:
        for part in lot.sample(parts, len(parts)):
            whole = f"{whole}\n\n{part}".strip()
            if len(whole.split()) >= least:
                yield "".join(re.findall(r"\s*\S+", whole)[:most])
                whole = ""


def measure(side: str, path: Path, began: float) -> Figures:
    """Load one side in this process, which began at that moment; let it read everything."""
    woken = time.monotonic()
    read = load_ours() if side == OURS else load_peer(side)
    loaded = time.monotonic()
    given = json.loads(path.read_text(encoding="utf-8"))
    read(given["chats"][0], "telegram")
    answered = time.monotonic()
    return {
        "load": loaded - woken,
        "first": answered - began,
        "chats": rate(lambda text: read(text, "telegram"), given["chats"]),
        "mails": rate(lambda text: read(text, "email"), given["mails"]),
        "peak": peak(),
    }


def load_ours() -> Callable[[str, str], object]:
    """Give our reader as a function of a text and its channel."""
    from datetime import datetime

    from nlp_models.reader import load_reader
    from register.extraction import Passage
    from register.labels import Channel

    reader = load_reader(sites=["Montreuil", "Angers"], staff=["Karim", "Mme Lopez"])
    sent = datetime.fromisoformat(SENT)
    return lambda text, channel: reader.read(
        Passage(text=text, channel=Channel(channel), sent=sent, sender_name=SENDER)
    )


def load_peer(name: str) -> Callable[[str, str], object]:
    """Give a whole French pipeline, loaded as spaCy loads it."""
    import spacy

    pipeline = spacy.load(name)
    return lambda text, _: pipeline(text)


def rate(read: Callable[[str], object], given: list[str]) -> float:
    """Count the texts read in a second."""
    began = time.monotonic()
    for text in given:
        read(text)
    return len(given) / (time.monotonic() - began)


def peak() -> float:
    """Give the most memory that this process held; getrusage counts what its parent held too."""
    found = re.search(r"VmHWM:\s*(\d+) kB", Path("/proc/self/status").read_text())
    return int(found[1]) / 1024 if found else 0.0


def measured(side: str, path: Path) -> Figures:
    """Measure one side in a process of its own."""
    if side == EXTRACT:
        return measured_extract(path)
    command = [sys.executable, __file__, side, str(path), str(time.monotonic())]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    return dict(json.loads(done.stdout))


def measured_extract(path: Path) -> Figures:
    """Measure `reclamations extract --jsonl`: on the chats and on the mails, a process for each."""
    given = json.loads(path.read_text(encoding="utf-8"))
    first, chats = extracted(chat_lines(given["chats"]))
    _, mails = extracted(mail_lines(given["mails"], path.parent))
    return {"extract_first": first, "extract_chats": chats, "extract_mails": mails}


def extracted(lines: list[str]) -> tuple[float, float]:
    """Give the seconds to the first answer, and how many of the others it then reads in one.

    The others are given all together once the first is answered.
    """
    command = [sys.executable, "-m", "app.cli", "extract", "--jsonl"]
    pipe, began = subprocess.PIPE, time.monotonic()
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as process:
        given, answers = process.stdin, process.stdout
        assert given
        assert answers
        given.write(lines[0])
        given.flush()
        read = [json.loads(answers.readline())]
        answered = time.monotonic()
        feeding = Thread(target=feed, args=(given, lines[1:]))  # a pipe holds but a few mails
        feeding.start()
        read += map(json.loads, answers)
        done = time.monotonic()
        feeding.join()
    if len(read) != len(lines) or any("error" in one for one in read):
        raise RuntimeError("extract did not read every text: its figures would mean nothing")
    return answered - began, len(lines[1:]) / (done - answered)


def feed(pipe: TextIO, lines: list[str]) -> None:
    """Write lines, and say that no more will come."""
    with pipe:
        pipe.writelines(lines)


def chat_lines(texts: list[str]) -> list[str]:
    """Write chats as `extract --jsonl` wants them."""
    same = {"channel": "telegram", "sent": SENT, "sender_name": SENDER}
    return [line_of({"id": number, "text": text, **same}) for number, text in enumerate(texts)]


def mail_lines(texts: list[str], folder: Path) -> list[str]:
    """Write mails into a folder, a file each as they arrive, and name them to `extract --jsonl`."""
    lines = []
    for number, text in enumerate(texts):
        mail = EmailMessage()
        mail["From"], mail["To"] = f"{SENDER} <claire@example.com>", "contact@school.example"
        mail["Subject"], mail["Date"] = "Réclamation", datetime.fromisoformat(SENT)
        mail["Message-ID"] = f"<{number}@example.com>"
        mail.set_content(text)
        file = folder / f"{number}.eml"
        file.write_bytes(bytes(mail))
        lines.append(line_of({"id": number, "channel": "email", "file": str(file)}))
    return lines


def line_of(asked: dict[str, object]) -> str:
    """Write one line of the input."""
    return json.dumps(asked) + "\n"


def rounds(say: Callable[[str], None]) -> dict[str, list[Figures]]:
    """Measure every side in every round, and say how far it is."""
    given = texts()
    found: dict[str, list[Figures]] = {side: [] for side in (OURS, SMALL, MIDDLE, EXTRACT)}
    with TemporaryDirectory() as folder:
        path = Path(folder) / "texts.json"
        for number in range(ROUNDS):
            lot = random.Random(number)
            shuffled = {kind: lot.sample(many, len(many)) for kind, many in given.items()}
            path.write_text(json.dumps(shuffled), encoding="utf-8")
            for side in lot.sample([*found], len(found)):
                say(f"round {number + 1} of {ROUNDS}: {side}")
                found[side].append(measured(side, path))
    return found


def table_of(found: dict[str, list[Figures]]) -> "Table":
    """Show the best of each figure, ours beside each peer's."""
    from rich.table import Table

    table = Table(
        *("", "ours", "sm", "ours/sm", "md", "ours/md", "limit"),
        title=f"{CHATS} chats and {MAILS} mails, one core, best of {ROUNDS} rounds",
        caption=f"sm, md: the whole of {SMALL}, {MIDDLE}",
    )
    for column in table.columns[1:]:
        column.justify = "right"
    for row in ROWS:
        cells = {side: best(row, figures) for side, figures in found.items()}
        ours = cells[OURS] if cells[OURS] is not None else cells[EXTRACT]
        peers = [cell for side in (SMALL, MIDDLE) for cell in beside(ours, cells[side], row)]
        table.add_row(row.name, shown(ours, row.digits), *peers, row.limit)
    return table


def best(row: Row, figures: list[Figures]) -> float | None:
    """Give the best of a figure over the rounds; None where the side has no such figure."""
    return row.best(one[row.figure] for one in figures) if row.figure in figures[0] else None


def beside(ours: float | None, peer: float | None, row: Row) -> tuple[str, str]:
    """Write a peer's figure, and ours as a multiple of it."""
    return shown(peer, row.digits), shown(ours / peer if ours and peer else None, 2)


def shown(figure: float | None, digits: int) -> str:
    """Write a figure, or a dash where there is none."""
    return "–" if figure is None else f"{figure:.{digits}f}"


def main() -> None:
    """Measure on one core, and print the table."""
    from rich.console import Console

    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})  # the children have it from here
    os.environ |= {"OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}
    sys.path.insert(0, str(ROOT))
    found = rounds(Console(stderr=True, highlight=False).print)
    Console().print(table_of(found))


if __name__ == "__main__":
    if len(sys.argv) > 1:
        sys.stdout.write(json.dumps(measure(sys.argv[1], Path(sys.argv[2]), float(sys.argv[3]))))
    else:
        main()
