"""`reclamations demo`: the whole story, seen at the clients' and the manager's ends."""

import subprocess
import sys

from app.words import tell

STEPS = [
    "pairing",
    "mail_in",
    "mail_acknowledged",
    "chat_in",
    "chat_acknowledged",
    "cards",
    "mail_answered",
    "chat_answered",
]


def test_the_story_is_seen_to_its_end() -> None:
    """Exit status 0, both acknowledgements, five pings and both letters in the transcript."""
    ended = subprocess.run(
        [sys.executable, "-m", "app.cli", "demo"],
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    transcript = ended.stdout

    assert ended.returncode == 0, transcript[-2000:] + ended.stderr[-2000:]
    assert [step for step in STEPS if tell(f"demo.step_{step}") not in transcript] == []
    for day in (3, 5, 7, 8, 9):
        assert tell("demo.step_ping", number=day) in transcript
    assert "Re: [R-2026-0001]" in transcript  # in a mailbox
    assert transcript.count("📎 reponse-R-2026-0001.pdf") == 2  # in the preview and the mailbox
    assert transcript.count("📎 reponse-R-2026-0002.pdf") == 2  # in the preview and the chat
    assert transcript.count("Médiation de la Conduite") >= 4  # in two previews and two letters
    assert tell("demo.all_seen") in transcript
    assert ended.stderr == ""
