"""The labelled messages: how they are written down, and read back with every slip named.

A file holds the messages of one hand. A message begins with two lines:

    @ telegram 2026-03-14 18:22 Inès 🌷
    ! scheduling reception | moderate | role=student

    @ email 2026-03-14 18:22 Claire Fontanel <claire@example.org>
    ! no reschedule | role=student; name=Claire Fontanel; lang=en
    Subject: ma leçon

then its text, with the words that a field of the source rests on in braces: `{site:Melun}`,
`{staff:Karim}`, `{date=2026-03-13:hier soir}`, `{amount=1290:1 290 €}`. What no word says (a name
that only From tells, the role of a learner) stands after the labels. A line `--` begins the
signature. See `nlp_models/training/README.md` for the rules of labelling.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from hashlib import sha256
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import phonenumbers

from register.extraction import Extraction, Passage, ScoredMotive, Source
from register.labels import Channel, Motive, Role, Severity, Training

CORPUS = Path(__file__).parent / "corpus"
SECOND = CORPUS / "second-reader.tsv"
ZONE = ZoneInfo("Europe/Paris")
KINDS = (  # what a message is that is no complaint
    "question",
    "booking",
    "reschedule",
    "praise",
    "thanks",
    "application",
    "invoice",
    "spam",
    "newsletter",
    "automatic",
    "other_firm",
    "news",
    "information",
    "personal",
)
SINGLE = ("name", "role", "training", "site", "date", "amount", "phone", "email")
SEVERAL = ("staff", "ref")
FIELDS = (*SINGLE, *SEVERAL)

_HEAD = re.compile(
    r"@ (?P<channel>telegram|email) (?P<sent>\d{4}-\d\d-\d\d \d\d:\d\d)(?: (?P<sender>.*))?"
)
_SENDER = re.compile(r"(?P<name>.*?) ?<(?P<address>[^<>]+)>")
_MARK = re.compile(r"\{(?P<field>[a-z]+)(?:=(?P<value>[^:{}]*))?:(?P<text>[^{}]*)\}")


@dataclass(frozen=True, slots=True)
class Mark:
    """Words of the text that a field of the source rests on; offsets into the passage's part."""

    field: str
    part: str  # "text", "subject" or "signature" of the passage
    start: int
    end: int
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One message with what a careful reader finds in it."""

    id: str  # file stem and number: "marseille-17"
    passage: Passage
    is_complaint: bool
    kind: str = ""  # of KINDS, when it is no complaint
    motives: tuple[Motive, ...] = ()
    severity: Severity | None = None
    source: Source = field(default_factory=Source)
    marks: tuple[Mark, ...] = ()
    language: str = "fr"
    weight: float = 1.0  # how much a correction of the manager counts in training
    said: frozenset[str] | None = None  # the questions that its labels answer; None: all


class Slip(ValueError):
    """A message that is not written down as it should; the text says where and what."""


def load(folder: Path) -> list[Example]:
    """Read every file of a folder, in the order of their names.

    Raises:
        Slip: at the first message that is not well written.
    """
    return [example for path in sorted(folder.glob("*.txt")) for example in read_file(path)]


def read_file(path: Path) -> list[Example]:
    """Read the messages of one hand.

    Raises:
        Slip: at the first message that is not well written.
    """
    blocks = blocks_of(path.read_text(encoding="utf-8"))
    return [_example(f"{path.stem}-{number}", lines) for number, lines in enumerate(blocks, 1)]


def slips_of(path: Path) -> Iterator[str]:
    """Give what is wrong with each message of a file."""
    for number, lines in enumerate(blocks_of(path.read_text(encoding="utf-8")), 1):
        try:
            _example(f"{path.stem}-{number}", lines)
        except Slip as slip:
            yield str(slip)


def second_reader(examples: Iterable[Example], path: Path = SECOND) -> list[Extraction]:
    """Give what a second reader labelled of each example, as if a machine had found it.

    Raises:
        Slip: when a line is not well written.
        KeyError: when a message was not labelled.
    """
    said = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            name, _, labels = line.partition(" | ! ")
            said[name] = labels
    return [_second(example, said[example.id]) for example in examples]


def _second(example: Example, line: str) -> Extraction:
    try:
        labels, told = _labels(line)
        source = _source(told, example.passage.sent.date())
    except (ValueError, InvalidOperation) as error:
        raise Slip(f"{example.id}, read a second time: {error}") from error
    return Extraction(
        is_complaint=labels["is_complaint"],
        score=float(labels["is_complaint"]),
        motives=tuple(ScoredMotive(code, 1.0) for code in labels.get("motives", ())),
        severity=labels.get("severity"),
        source=source,
    )


def fingerprint(folder: Path = CORPUS) -> str:
    """Give the hash of everything that a model is made from: names and bytes of the files."""
    digest = sha256()
    for path in sorted(folder.rglob("*.txt")):
        digest.update(path.relative_to(folder).as_posix().encode())
        digest.update(sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def blocks_of(content: str) -> list[list[str]]:
    """Cut a file into its messages, as lines; what stands before the first is a comment."""
    blocks: list[list[str]] = []
    for line in content.splitlines():
        if line.startswith("@ "):
            blocks.append([])
        if blocks:
            blocks[-1].append(line.rstrip())
    return blocks


def _example(name: str, lines: list[str]) -> Example:
    try:
        return _read(name, lines)
    except (ValueError, InvalidOperation) as error:
        what = "a number is not one" if isinstance(error, InvalidOperation) else error
        raise Slip(f"{name}: {what} ({lines[0][:60]})") from error


def _read(name: str, lines: list[str]) -> Example:
    head = _HEAD.fullmatch(lines[0])
    if head is None:
        raise ValueError("the first line is '@ telegram|email YYYY-MM-DD HH:MM sender'")
    if len(lines) < 2 or not lines[1].startswith("! "):
        raise ValueError("the second line is '! labels | severity | fields'")
    channel, sent = Channel(head["channel"]), _moment(head["sent"])
    subject, body = _subject(channel, lines[2:])
    text, signature = _signature(body)
    parts, marks = {}, []
    for part, marked in (("subject", subject), ("text", text), ("signature", signature)):
        parts[part], found = _unmarked(part, marked)
        marks += found
    labels, told = _labels(lines[1][2:])
    sender_name, address = _sender(channel, head["sender"] or "")
    source = _source([*told, *((mark.field, mark.value) for mark in marks)], sent.date())
    passage = Passage(
        channel=channel, sent=sent, sender_name=sender_name, sender_address=address, **parts
    )
    if not passage.text.strip() and not passage.subject.strip():
        raise ValueError("there is no text")
    return Example(id=name, passage=passage, source=source, marks=tuple(marks), **labels)


def _moment(written: str) -> datetime:
    return datetime.strptime(written, "%Y-%m-%d %H:%M").replace(tzinfo=ZONE)


def _sender(channel: Channel, written: str) -> tuple[str, str]:
    if channel is not Channel.EMAIL:
        return written, ""
    sender = _SENDER.fullmatch(written)
    if sender is None:
        raise ValueError("an e-mail has a sender 'Name <address>'")
    return sender["name"], sender["address"]


def _subject(channel: Channel, lines: list[str]) -> tuple[str, list[str]]:
    if channel is not Channel.EMAIL:
        return "", lines
    if not lines or not lines[0].startswith("Subject:"):
        raise ValueError("an e-mail has a line 'Subject: ...' after its labels")
    return lines[0].removeprefix("Subject:").strip(), lines[1:]


def _signature(lines: list[str]) -> tuple[str, str]:
    at = lines.index("--") if "--" in lines else len(lines)
    return "\n".join(lines[:at]).strip(), "\n".join(lines[at + 1 :]).strip()


def _unmarked(part: str, marked: str) -> tuple[str, list[Mark]]:
    """Take the braces away, and say where the words that they held now stand."""
    plain, marks, at = "", [], 0
    for match in _MARK.finditer(marked):
        plain += marked[at : match.start()]
        if match["field"] not in FIELDS:
            raise ValueError(f"unknown field in {match.group()}")
        value = match["value"] if match["value"] is not None else " ".join(match["text"].split())
        end = len(plain) + len(match["text"])
        marks.append(Mark(match["field"], part, len(plain), end, value.strip()))
        plain, at = plain + match["text"], match.end()
    plain += marked[at:]
    if re.search(r"[{}]", plain):
        raise ValueError(f"a brace is left over near {plain[plain.find('{') :][:30]!r}")
    return plain, marks


def _labels(line: str) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    """Read '! motive motive | severity | field=value; ...' or '! no kind | field=value; ...'."""
    what, *rest = (part.strip() for part in line.split("|"))
    words = what.split()
    labels: dict[str, Any] = {}
    if words[:1] == ["no"]:
        if len(words) != 2 or words[1] not in KINDS:
            raise ValueError(f"after 'no' comes one of {', '.join(KINDS)}")
        labels |= {"is_complaint": False, "kind": words[1]}
    else:
        if not rest or not 1 <= len(words) <= 3 or len(set(words)) != len(words):
            raise ValueError("a complaint has one to three motives and a severity")
        motives = tuple(Motive(word) for word in words)
        severity = Severity(rest.pop(0))
        labels |= {"is_complaint": True, "motives": motives, "severity": severity}
    if len(rest) > 1:
        raise ValueError("too many '|' in the labels")
    told = [_pair(one) for one in ";".join(rest).split(";") if one.strip()]
    labels["language"] = dict(told).get("lang", "fr")
    return labels, [(name, value) for name, value in told if name != "lang"]


def _pair(written: str) -> tuple[str, str]:
    name, equals, value = (part.strip() for part in written.partition("="))
    if not equals or not value or name not in (*FIELDS, "lang"):
        raise ValueError(f"not 'field=value': {written.strip()!r}")
    return name, value


def _source(told: Iterable[tuple[str, str]], sent: date) -> Source:
    """Put the fields together; one that stands twice must say the same twice."""
    values: dict[str, dict[str, None]] = {name: {} for name in FIELDS}
    for name, value in told:
        values[name][value] = None
    for name in SINGLE:
        if len(values[name]) > 1 and name not in ("name", "site"):  # written in two ways
            raise ValueError(f"two values for {name}: {', '.join(values[name])}")
    one = {name: next(iter(values[name]), None) for name in SINGLE}
    incident = date.fromisoformat(one["date"]) if one["date"] else None
    if incident and incident > sent:
        raise ValueError(f"{incident} lies after the message")
    return Source(
        name=one["name"],
        role=Role(one["role"]) if one["role"] else None,
        training=Training(one["training"]) if one["training"] else None,
        site=one["site"],
        staff=tuple(values["staff"]),
        incident_date=incident,
        amount=Decimal(one["amount"]) if one["amount"] else None,
        refs=tuple(values["ref"]),
        phone=_e164(one["phone"]) if one["phone"] else None,
        email=one["email"],
    )


def _e164(written: str) -> str:
    try:
        number = phonenumbers.parse(written, "FR")
    except phonenumbers.NumberParseException as error:
        raise ValueError(f"not a telephone number: {written}") from error
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
