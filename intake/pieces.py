"""The pieces that came with messages, kept as files: written once, named by what they hold."""

import hashlib
import os
import tempfile
import unicodedata
from pathlib import Path, PurePosixPath

from register.complaint import Attachment

LONGEST_NAME = 180  # bytes of UTF-8: file systems take 255, a download may add to it
UNNAMED = "piece"

_UNSAFE = dict.fromkeys(map(ord, '<>:"|?*'), "_")  # refused by Windows, where downloads end up


class Pieces:
    """A folder of pieces; one that is kept twice lies there once.

    OSError (disk full) passes as it is, and then nothing is kept under the piece's name.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def keep(self, name: str, data: bytes, content_type: str) -> Attachment:
        """Write a piece to the disk, for good once this returns."""
        piece = Attachment(
            name=safe_name(name),
            sha256=hashlib.sha256(data).hexdigest(),
            size=len(data),
            content_type=content_type,
        )
        path = self.path(piece)
        if not (path.is_file() and path.stat().st_size == piece.size):
            _write_whole(path, data)
        return piece

    def path(self, piece: Attachment) -> Path:
        """Where a piece lies."""
        return self.folder / piece.sha256[:2] / piece.sha256

    def read(self, piece: Attachment) -> bytes:
        """The bytes of a piece."""
        return self.path(piece).read_bytes()


def safe_name(name: str) -> str:
    """A name that can be shown and saved under: no folders, nothing invisible, never empty."""
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    # Cc, Cf, Cs, Co, Cn: controls, overrides of the writing direction, lone surrogates, unassigned.
    visible = "".join(one for one in last if unicodedata.category(one)[0] != "C")
    spaced = " ".join(visible.translate(_UNSAFE).split())
    return _shortened(spaced.strip(". ")) or UNNAMED


def _shortened(name: str) -> str:
    if len(name.encode()) <= LONGEST_NAME:
        return name
    ending = PurePosixPath(name).suffix
    ending = ending if len(ending.encode()) <= 20 else ""
    room = LONGEST_NAME - len(ending.encode())
    return name.encode()[:room].decode(errors="ignore").rstrip(". ") + ending


def _write_whole(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor, new = tempfile.mkstemp(dir=path.parent, prefix=".new-")  # 0600
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(new, path)
    except BaseException:
        Path(new).unlink(missing_ok=True)
        raise
    for folder in (path.parent, path.parent.parent):
        _flush_directory(folder)  # or the name may not survive a power cut


def _flush_directory(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
