"""Pieces on the disk: whole or not there, private, and named so that nothing can go wrong."""

import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.pieces import LONGEST_NAME, Pieces, safe_name

DATA = b"%PDF-1.4 fictif"


def test_a_piece_comes_back_as_it_was(tmp_path: Path) -> None:
    """What was kept is read again, by another process too, under the name of what it holds."""
    piece = Pieces(tmp_path).keep("contrat.pdf", DATA, "application/pdf")

    assert Pieces(tmp_path).read(piece) == DATA
    assert (piece.name, piece.size, piece.content_type) == ("contrat.pdf", 15, "application/pdf")
    assert Pieces(tmp_path).path(piece) == tmp_path / piece.sha256[:2] / piece.sha256


def test_a_piece_is_private(tmp_path: Path) -> None:
    """Nobody else on the machine can read it."""
    path = Pieces(tmp_path / "pieces").path(Pieces(tmp_path / "pieces").keep("a", DATA, "x/y"))

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_the_same_piece_lies_there_once(tmp_path: Path) -> None:
    """A second copy under another name writes nothing."""
    pieces = Pieces(tmp_path)
    first = pieces.path(pieces.keep("a.pdf", DATA, "application/pdf"))
    before = first.stat().st_mtime_ns
    second = pieces.keep("b.pdf", DATA, "application/pdf")

    assert pieces.path(second) == first
    assert first.stat().st_mtime_ns == before
    assert [file for file in tmp_path.rglob("*") if file.is_file()] == [first]


def test_a_piece_that_was_torn_is_written_again(tmp_path: Path) -> None:
    """A file of another length than it should have is not taken for the piece."""
    pieces = Pieces(tmp_path)
    piece = pieces.keep("a.pdf", DATA, "application/pdf")
    pieces.path(piece).write_bytes(DATA[:3])
    pieces.keep("a.pdf", DATA, "application/pdf")

    assert pieces.read(piece) == DATA


def test_a_full_disk_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A piece that cannot be flushed raises, and no half of it stays under any name."""

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        Pieces(tmp_path).keep("a.pdf", DATA, "application/pdf")

    assert [file for file in tmp_path.rglob("*") if file.is_file()] == []


@pytest.mark.parametrize(
    ("given_name", "shown"),
    [
        ("contrat.pdf", "contrat.pdf"),
        ("reçu été.png", "reçu été.png"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\x\\facture.pdf", "facture.pdf"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie_ x.pdf"),
        ("photo\u202egpj.exe", "photogpj.exe"),  # would be shown as photoexe.jpg
        ("a\x00b.pdf", "ab.pdf"),
        ("  .hidden  ", "hidden"),
        ("con<tr>at?.pdf", "con_tr_at_.pdf"),
        ("..", "piece"),
        ("", "piece"),
        ("\u200b\u200b", "piece"),
        ("é" * 300 + ".pdf", "é" * 88 + ".pdf"),
    ],
)
def test_a_name_can_be_shown_and_saved_under(given_name: str, shown: str) -> None:
    """Strangers choose names; what is shown is only ever a file's name."""
    assert safe_name(given_name) == shown


@given(st.text())
def test_every_name_is_safe(given_name: str) -> None:
    """No folder, nothing invisible, never empty, never too long, and safe the second time too."""
    name = safe_name(given_name)

    assert name
    assert not set(name) & set('/\\\0\n<>:"|?*')
    assert len(name.encode()) <= LONGEST_NAME
    assert name.strip(". ") == name
    assert safe_name(name) == name
