"""How long a client waits for the acknowledgement, beside what is promised.

    python benchmarks/acknowledge.py [rounds]

`reclamations run` is a process of its own against a real Dovecot, an SMTP hop into it and the Bot
API of the sandbox, all on this machine. The wait is from the delivery of a mail to its
acknowledgement in the client's mailbox, and from the tap on "J'ai terminé" to the one in the chat.
"""

import asyncio
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from bot.texts import label
from sandbox.clock import SandboxClock
from tests.town import CHAT_COMPLAINT, LEA, SCHOOL, Town, town

PROMISED = {"e-mail": 3.0, "chat": 1.0}  # seconds
ROUNDS = 10


async def measure(rounds: int) -> dict[str, list[float]]:
    """The waits in seconds, by channel; a first round is not counted."""
    with tempfile.TemporaryDirectory() as folder:
        now = datetime.now(UTC)  # noqa: TID251 - the process outside keeps the real time
        async with town(Path(folder), SandboxClock(now)) as place:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "app.cli", "run", "--config", str(place.write_config())),
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
            )
            assert process.stdout
            await process.stdout.readline()
            waits: dict[str, list[float]] = {"e-mail": [], "chat": []}
            for number in range(rounds + 1):
                waits["e-mail"].append(await by_mail(place, number))
                waits["chat"].append(await by_chat(place, number))
            process.terminate()
            await process.communicate()
    return {channel: found[1:] for channel, found in waits.items()}


async def by_mail(place: Town, number: int) -> float:
    """Seconds from delivery (LMTP) to the acknowledgement lying in the client's mailbox."""
    start = time.monotonic()
    raw = place.mail(f"{number} : leçon annulée, c'est inadmissible.", number)
    await asyncio.to_thread(place.dovecot.deliver, SCHOOL, raw, LEA)
    await place.letter(lambda one: one["In-Reply-To"] == f"<m{number}@home.test>")
    return time.monotonic() - start


async def by_chat(place: Town, number: int) -> float:
    """Seconds from the tap on "J'ai terminé" to the acknowledgement in the chat."""
    client = place.api.person(1000 + number, f"Client {number}")
    await client.sends(CHAT_COMPLAINT)
    done = label("complainant.button_done")
    screen = await client.sees(lambda one: done in one.labels, timeout=20)
    start = time.monotonic()
    await client.presses(done, on=screen)
    await client.sees("au plus tard le", timeout=20, after=screen)
    return time.monotonic() - start


def main() -> None:
    """Print the waits beside the promises."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    sys.stdout.write(
        f"{'channel':8} {'median s':>9} {'max s':>7} {'promised':>9} {'max/promised':>13}\n"
    )
    for channel, waits in asyncio.run(measure(rounds)).items():
        promised = PROMISED[channel]
        sys.stdout.write(
            f"{channel:8} {statistics.median(waits):9.2f} {max(waits):7.2f} {promised:9.1f}"
            f" {max(waits) / promised:13.2f}\n"
        )


if __name__ == "__main__":
    main()
