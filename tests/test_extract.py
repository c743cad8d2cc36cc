"""`reclamations extract`: the contract that measuring relies on, through the command itself."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

MAIL = """\
From: Sophie Lambert <sophie@home.test>
To: school@school.test
Subject: Leçon annulée
Date: Mon, 02 Mar 2026 12:00:00 +0100
Message-ID: <m1@home.test>
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

Bonjour,

La leçon d'hier avec mon moniteur Karim a été annulée une heure avant, c'est inadmissible.
Je demande le remboursement des 55 €.

Sophie Lambert
"""
BOUNCE = """\
From: MAILER-DAEMON@home.test
To: school@school.test
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
Content-Type: text/plain

I'm sorry, this complaint could not be delivered.
"""
KEYS = {"id", "is_complaint", "score", "motives", "severity", "source", "language"}
SOURCE = {
    *("name", "role", "training", "site", "staff"),
    *("incident_date", "amount", "refs", "phone", "email"),
}


def extract(*arguments: str, given: str = "") -> list[dict[str, Any]]:
    """What the command prints, one object a line."""
    ended = subprocess.run(
        [sys.executable, "-m", "app.cli", "extract", *arguments],
        input=given.encode(),
        capture_output=True,
        timeout=120,
        check=True,
    )
    return [json.loads(line) for line in ended.stdout.decode().splitlines()]


def test_a_mail_file_is_read_to_the_contract(tmp_path: Path) -> None:
    """Every key is there with its type, and relative days count from the mail's own date."""
    path = tmp_path / "m.eml"
    path.write_text(MAIL, encoding="utf-8")

    (found,) = extract(str(path))

    assert set(found) == KEYS
    assert set(found["source"]) == SOURCE
    assert found["id"] == str(path)
    assert found["is_complaint"] is True
    assert found["motives"][0] == "scheduling"
    assert found["source"]["incident_date"] == "2026-03-01"
    assert found["source"]["amount"] == 55
    assert found["source"]["name"] == "Sophie Lambert"
    assert found["source"]["staff"] == ["Karim"]
    assert found["language"] == "fr"


def test_lines_are_answered_in_order_and_a_bad_one_stops_nobody(tmp_path: Path) -> None:
    """A line that is no message gives its id and an error; the rest goes on."""
    path = tmp_path / "m.eml"
    path.write_text(MAIL, encoding="utf-8")
    chat = {
        "id": "c1",
        "channel": "telegram",
        "sent": "2026-03-02T12:00:00+01:00",
        "sender_name": "Inès",
        "text": "mon moniteur ma crié dessus hier jen ai marre",
    }
    lines = [
        json.dumps(chat),
        json.dumps({"id": "gone", "channel": "email", "file": str(tmp_path / "none.eml")}),
        "not json",
        json.dumps({"id": "odd", "channel": "fax"}),
        json.dumps({"id": 7, "channel": "email", "file": str(path)}),
        json.dumps({**chat, "id": "undated", "sent": "yesterday"}),
    ]

    found = extract("--jsonl", given="\n".join(lines))

    assert [one["id"] for one in found] == ["c1", "gone", "line 3", "odd", 7, "undated"]
    assert ["error" in one for one in found] == [False, True, True, True, False, True]


def test_what_is_no_complaint_has_no_motive() -> None:
    """Thanks that speak of a trouble are not filed under it."""
    thanks = {
        "id": 1,
        "channel": "telegram",
        "sent": "2026-03-02T12:00:00+01:00",
        "text": "merci pour le remboursement de la leçon annulée, tout est réglé, bonne journée",
    }

    (found,) = extract("--jsonl", given=json.dumps(thanks))

    assert (found["is_complaint"], found["motives"], found["severity"]) == (False, [], None)


def test_what_no_human_wrote_is_no_complaint(tmp_path: Path) -> None:
    """A bounce that quotes a complaint is judged by its envelope."""
    path = tmp_path / "bounce.eml"
    path.write_text(BOUNCE)

    (found,) = extract(str(path))

    assert found["is_complaint"] is False


def test_commands_without_a_model_do_not_import_spacy() -> None:
    """Configuration, doctor and the application's wiring start without the language library."""
    ended = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys, app.cli, app.wiring, app.doctor; sys.exit('spacy' in sys.modules)",
        ],
        check=False,
        timeout=60,
    )

    assert ended.returncode == 0
