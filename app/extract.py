"""`reclamations extract`: what the reader finds, one JSON object a line, for measuring.

Input is .eml files, or with --jsonl one object a line on standard input:
{"id","channel":"telegram","sent","sender_name","text"} or {"id","channel":"email","file"}.
A message that cannot be read gives {"id","error"} and the rest goes on.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from intake.mail import parse_mail
from intake.message import Automatic
from intake.reception import passage_of
from register.complaint import Attachment
from register.extraction import Extraction, Passage, Reads
from register.labels import Channel

_NOBODY_WROTE_IT = frozenset(
    {
        Automatic.OURS,
        Automatic.BOUNCE,
        Automatic.NOTICE,
        Automatic.RECEIPT,
        Automatic.AUTO_REPLY,
    }
)


class Unreadable(ValueError):
    """An input that is no message; the text says why."""


def extract_files(
    paths: Iterable[Path], read: Reads, zone: ZoneInfo, own: Iterable[str] = ()
) -> Iterator[dict[str, Any]]:
    """One result per .eml file, in order; the id is the path as given."""
    addresses = tuple(own)
    for path in paths:
        yield _answered(str(path), lambda path=path: _of_file(path, read, zone, addresses))


def extract_lines(
    lines: Iterable[str], read: Reads, zone: ZoneInfo, own: Iterable[str] = ()
) -> Iterator[dict[str, Any]]:
    """One result per line that is not blank, in order."""
    addresses = tuple(own)
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield _of_line(number, line, read, zone, addresses)


def document(extraction: Extraction) -> dict[str, Any]:
    """An extraction in the words of the contract: codes, ISO dates, plain numbers."""
    source = asdict(extraction.source)
    if extraction.source.incident_date:
        source["incident_date"] = extraction.source.incident_date.isoformat()
    if extraction.source.amount is not None:
        source["amount"] = float(extraction.source.amount)
    source |= {"staff": list(extraction.source.staff), "refs": list(extraction.source.refs)}
    return {
        "is_complaint": bool(extraction.is_complaint),
        "score": round(extraction.score, 4),
        "motives": [one.motive for one in extraction.motives],
        "severity": extraction.severity,
        "source": source,
        "language": extraction.language,
    }


def _answered(name: str, work: Any) -> dict[str, Any]:
    try:
        return {"id": name, **document(work())}
    except (OSError, ValueError) as error:
        return {"id": name, "error": str(error) or type(error).__name__}
    except Exception as error:  # noqa: BLE001 - one bad message must not stop the others
        return {"id": name, "error": type(error).__name__}


def _of_line(
    number: int, line: str, read: Reads, zone: ZoneInfo, own: tuple[str, ...]
) -> dict[str, Any]:
    try:
        given = json.loads(line)
    except ValueError as error:
        return {"id": f"line {number}", "error": f"not JSON: {error}"}
    if not isinstance(given, dict) or "id" not in given:
        return {"id": f"line {number}", "error": "not an object with an id"}
    return {**_answered("", lambda: _of_object(given, read, zone, own)), "id": given["id"]}


def _of_object(
    given: dict[str, Any], read: Reads, zone: ZoneInfo, own: tuple[str, ...]
) -> Extraction:
    if given.get("channel") == Channel.EMAIL:
        return _of_file(Path(_text(given, "file")), read, zone, own)
    if given.get("channel") != Channel.TELEGRAM:
        raise Unreadable(f"channel must be email or telegram, not {given.get('channel')!r}")
    return read(
        Passage(
            text=_text(given, "text"),
            channel=Channel.TELEGRAM,
            sent=_moment(_text(given, "sent"), zone),
            sender_name=str(given.get("sender_name") or ""),
        )
    )


def _of_file(path: Path, read: Reads, zone: ZoneInfo, own: tuple[str, ...]) -> Extraction:
    raw = path.read_bytes()
    if not raw.strip():
        raise Unreadable("empty file")
    unknown = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    message = parse_mail(raw, received_at=unknown, keep=_only_named, own_addresses=own)
    if message.automatic in _NOBODY_WROTE_IT:
        return Extraction(is_complaint=False)
    return read(passage_of(replace(message, received_at=message.sent_at or unknown), zone))


def _only_named(name: str, data: bytes, content_type: str) -> Attachment:
    """A piece's facts without keeping it: measuring leaves no files behind."""
    digest = sha256(data).hexdigest()
    return Attachment(name=name, sha256=digest, size=len(data), content_type=content_type)


def _text(given: dict[str, Any], key: str) -> str:
    value = given.get(key)
    if not isinstance(value, str):
        raise Unreadable(f"{key} must be a text")
    return value


def _moment(text: str, zone: ZoneInfo) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)
