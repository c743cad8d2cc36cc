"""What a PDF says and looks like, by poppler's tools: another reader than the one that wrote it."""

import re
import subprocess
from pathlib import Path

SPACES = "\u00a0\u202f"


def text_of(pdf: bytes) -> str:
    """Its words in reading order, each paragraph as poppler breaks it into lines."""
    return _run("pdftotext", "-", "-", given=pdf).decode()


def words_of(pdf: bytes) -> str:
    """Its words on one line: hyphens of line ends undone, every space a plain one."""
    whole = re.sub(r"\u00ad\s+|\u200b", "", text_of(pdf))
    return " ".join(whole.split())


def plain(text: str) -> str:
    """A text as `words_of` shows it."""
    return " ".join(re.sub(r"(?m)^[–—•-] ", "– ", text).replace("'", "’").split())


def facts(pdf: bytes) -> dict[str, str]:
    """Title, author, pages, page size ..."""
    lines = _run("pdfinfo", "-", given=pdf).decode().splitlines()
    return {key: rest.strip() for key, _, rest in (line.partition(":") for line in lines)}


def width_of_ink(pdf: bytes, folder: Path) -> list[tuple[int, int]]:
    """The first and the last inked column of each page, at 50 dots an inch (A4: 413 columns)."""
    source = folder / "seen.pdf"
    source.write_bytes(pdf)
    _run("pdftoppm", "-r", "50", "-gray", str(source), str(folder / "seen"))
    return [_inked(one.read_bytes()) for one in sorted(folder.glob("seen-*.pgm"))]


def _inked(pgm: bytes) -> tuple[int, int]:
    _, size, _, dots = pgm.split(b"\n", 3)
    width = int(size.split()[0])
    columns = {at % width for at, dot in enumerate(dots) if dot < 128}
    return min(columns, default=0), max(columns, default=0)


def _run(*command: str, given: bytes = b"") -> bytes:
    return subprocess.run(command, input=given, capture_output=True, check=True).stdout
