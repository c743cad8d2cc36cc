"""`reclamations extract`: what the reader finds, one JSON object a line, for measuring.

Input is .eml files, or with --jsonl one object a line on standard input:
{"id","channel":"telegram","sent","sender_name","text"} or {"id","channel":"email","file"}.
A message that cannot be read gives {"id","error"} and the rest goes on.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from pathlib import Path
from queue import Queue
from threading import Thread
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


ReadsTogether = Callable[[list[Passage]], Iterable[Extraction]]
MOST_TOGETHER = 32


class Unreadable(ValueError):
    """An input that is no message; the text says why."""


class NobodyWroteIt(Exception):
    """A machine's message: read by nobody, and no complaint."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """One line of the input: a passage to be read, or an answer that needs no reading."""

    id: Any
    passage: Passage | None = None
    answer: dict[str, Any] | None = None


def extract_files(
    paths: Iterable[Path], read: Reads, zone: ZoneInfo, own: Iterable[str] = ()
) -> Iterator[dict[str, Any]]:
    """One result per .eml file, in order; the id is the path as given."""
    addresses = tuple(own)
    for path in paths:
        yield _answered(str(path), lambda path=path: _of_file(path, read, zone, addresses))


def extract_lines(
    lines: Iterable[str],
    read: Reads,
    zone: ZoneInfo,
    own: Iterable[str] = (),
    read_together: ReadsTogether | None = None,
) -> Iterator[dict[str, Any]]:
    """One result per line that is not blank, in order.

    Lines that have come while others were read are read together, which is quicker; nobody who
    sends one line and waits for its answer has to send another first.
    """
    addresses = tuple(own)
    together = read_together or (lambda passages: [read(passage) for passage in passages])
    for batch in _arriving(enumerate(lines, start=1)):
        asked = [_asked(number, line, zone, addresses) for number, line in batch if line.strip()]
        yield from _answers(asked, read, together)


def _arriving(lines: Iterable[tuple[int, str]]) -> Iterator[list[tuple[int, str]]]:
    """Give what has come, as soon as something has; reading goes on meanwhile."""
    arrived: Queue[tuple[int, str] | None] = Queue(maxsize=4 * MOST_TOGETHER)
    broken: list[Exception] = []

    def listen() -> None:
        try:
            for line in lines:
                arrived.put(line)
        except Exception as error:  # noqa: BLE001 - raised again where the answers are given
            broken.append(error)
        arrived.put(None)

    Thread(target=listen, daemon=True).start()
    ended = False
    while not ended:
        batch = [arrived.get()]
        while batch[-1] and len(batch) < MOST_TOGETHER and not arrived.empty():
            batch.append(arrived.get())
        ended = batch[-1] is None
        yield [line for line in batch if line]
    if broken:
        raise broken[0]


def _answers(asked: list[_Asked], read: Reads, together: ReadsTogether) -> Iterator[dict[str, Any]]:
    passages = [one.passage for one in asked if one.passage]
    try:
        found = iter(list(together(passages)))
    except Exception:  # noqa: BLE001 - one of them cannot be read: each by itself, then
        found = None
    for one in asked:
        if one.passage is None:
            yield {"id": one.id, **(one.answer or {})}
        elif found is None:
            yield {**_answered("", partial(read, one.passage)), "id": one.id}
        else:
            yield {"id": one.id, **document(next(found))}


def document(extraction: Extraction) -> dict[str, Any]:
    """An extraction in the words of the contract: codes, ISO dates, plain numbers.

    What is not called a complaint has neither motives nor severity, though the register keeps
    those that it would have, for the manager who is asked.
    """
    is_complaint = bool(extraction.is_complaint)
    source = asdict(extraction.source)
    if extraction.source.incident_date:
        source["incident_date"] = extraction.source.incident_date.isoformat()
    if extraction.source.amount is not None:
        source["amount"] = float(extraction.source.amount)
    source |= {"staff": list(extraction.source.staff), "refs": list(extraction.source.refs)}
    return {
        "is_complaint": is_complaint,
        "score": round(extraction.score, 4),
        "motives": [one.motive for one in extraction.motives] if is_complaint else [],
        "severity": extraction.severity if is_complaint else None,
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


def _asked(number: int, line: str, zone: ZoneInfo, own: tuple[str, ...]) -> _Asked:
    try:
        given = json.loads(line)
    except ValueError as error:
        return _Asked(f"line {number}", answer={"error": f"not JSON: {error}"})
    if not isinstance(given, dict) or "id" not in given:
        return _Asked(f"line {number}", answer={"error": "not an object with an id"})
    try:
        return _Asked(given["id"], passage=_passage_of_object(given, zone, own))
    except NobodyWroteIt:
        return _Asked(given["id"], answer=document(Extraction(is_complaint=False)))
    except (OSError, ValueError) as error:
        return _Asked(given["id"], answer={"error": str(error) or type(error).__name__})
    except Exception as error:  # noqa: BLE001 - one bad message must not stop the others
        return _Asked(given["id"], answer={"error": type(error).__name__})


def _passage_of_object(given: dict[str, Any], zone: ZoneInfo, own: tuple[str, ...]) -> Passage:
    if given.get("channel") == Channel.EMAIL:
        return _passage_of_file(Path(_text(given, "file")), zone, own)
    if given.get("channel") != Channel.TELEGRAM:
        raise Unreadable(f"channel must be email or telegram, not {given.get('channel')!r}")
    return Passage(
        text=_text(given, "text"),
        channel=Channel.TELEGRAM,
        sent=_moment(_text(given, "sent"), zone),
        sender_name=str(given.get("sender_name") or ""),
    )


def _of_file(path: Path, read: Reads, zone: ZoneInfo, own: tuple[str, ...]) -> Extraction:
    try:
        return read(_passage_of_file(path, zone, own))
    except NobodyWroteIt:
        return Extraction(is_complaint=False)


def _passage_of_file(path: Path, zone: ZoneInfo, own: tuple[str, ...]) -> Passage:
    raw = path.read_bytes()
    if not raw.strip():
        raise Unreadable("empty file")
    unknown = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    message = parse_mail(raw, received_at=unknown, keep=_only_named, own_addresses=own)
    if message.automatic in _NOBODY_WROTE_IT:
        raise NobodyWroteIt
    return passage_of(replace(message, received_at=message.sent_at or unknown), zone)


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
