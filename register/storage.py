"""The crash-safe storage below TinyDB: replaced whole, flushed, or not touched at all.

TinyDB's own JSON storage rewrites its file in place: a crash in the middle leaves a file that no
longer parses. Here a save writes a new file beside the old one, flushes it, and renames it over:
at any instant the name leads to a whole register, the old or the new.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tinydb.storages import Storage

Tables = dict[str, dict[str, Any]]


class RegisterLocked(Exception):
    """Another process holds this register."""


class RegisterUnreadable(Exception):
    """The file is there and is not a register."""


class NotHeld(Exception):
    """A save to a register that was opened to be read only, or that is closed."""


class WholeFileStorage(Storage):
    """TinyDB's two methods on one file that is always whole, with saves that can be grouped.

    To read only, it takes no lock: the name leads to a whole register at any instant.

    What was last saved stays in memory, so reading costs no disk. A save that fails (disk full)
    raises OSError and leaves file and memory as they were.
    """

    def __init__(self, path: Path, *, is_read_only: bool = False) -> None:
        self.path = path
        self._lock = None if is_read_only else _held(path)
        try:
            self._saved = _load(path)
        except RegisterUnreadable:
            self.close()
            raise
        self._pending: Tables | None = None
        self._depth = 0

    def read(self) -> Tables | None:
        """All tables, or None when nothing was ever saved. The caller may replace whole tables."""
        tables = self._saved if self._pending is None else self._pending
        return dict(tables) if tables else None

    def write(self, data: Tables) -> None:
        """Save all tables, at once or at the end of the group."""
        if self._depth:
            self._pending = data
        else:
            self._replace(data)

    @contextmanager
    def one_save(self) -> Iterator[None]:
        """Everything written inside reaches the disk in one replacement, or not at all."""
        self._depth += 1
        try:
            yield
            if self._depth == 1 and self._pending is not None:
                self._replace(self._pending)
        finally:
            self._depth -= 1
            if not self._depth:
                self._pending = None

    def close(self) -> None:
        """Let another process have the register; closing twice is closing once."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def _replace(self, data: Tables) -> None:
        if self._lock is None:
            raise NotHeld(str(self.path))
        new = self.path.with_suffix(".new")
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode())
            file.flush()
            os.fsync(file.fileno())
        new.replace(self.path)
        _flush_directory(self.path.parent)  # or the rename itself may not survive a power cut
        self._saved = data


def _held(path: Path) -> int:
    """The lock of a register that this process alone may write. Raises RegisterLocked."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    lock = os.open(path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(lock)
        raise RegisterLocked(str(path)) from error
    return lock


def _load(path: Path) -> Tables:
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        return {}
    try:
        tables = json.loads(raw)
    except ValueError as error:
        raise RegisterUnreadable(f"{path}: {error}") from error
    if not isinstance(tables, dict):
        raise RegisterUnreadable(f"{path}: not a register")
    return tables


def _flush_directory(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
