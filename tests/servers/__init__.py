"""Real servers on 127.0.0.1, each a child of the test that starts it, on ports that were free."""

import os
import signal
import socket
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path

PATIENCE = 10.0  # seconds for a server to come up or to go


class ServerFailed(RuntimeError):
    """A server did not come up; the text is what it said."""


def own_folder(server: str) -> Path:
    """Make a folder that the users a server runs as can reach; whoever made it takes it away.

    Not one of pytest's: each run of pytest that begins closes the folders of all runs to others.
    """
    folder = Path(tempfile.mkdtemp(prefix=f"{server}-"))
    folder.chmod(0o711)
    return folder


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def started(command: list[str], port: int, output: Path) -> subprocess.Popen[bytes]:
    """Start a server in a process group of its own and wait until it answers on its port."""
    with output.open("ab") as file:
        process = subprocess.Popen(
            command, stdout=file, stderr=subprocess.STDOUT, start_new_session=True
        )
    deadline = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < deadline:
        if _answers(port):
            return process
        time.sleep(0.02)
    stopped(process, at_once=True)
    raise ServerFailed(output.read_text(errors="replace"))


def stopped(process: subprocess.Popen[bytes], *, at_once: bool = False) -> None:
    """End a server and all that it started, by their process group."""
    if not at_once:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(PATIENCE)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(PATIENCE)


def silent(port: int) -> None:
    """Wait until nothing answers on a port: children outlive the server by a moment."""
    deadline = time.monotonic() + PATIENCE
    while _answers(port) and time.monotonic() < deadline:
        time.sleep(0.01)


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 0.3).close()
    except OSError:
        return False
    return True
