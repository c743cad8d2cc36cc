"""Complaint ↔ document: the only place that knows the shape on disk.

The shape follows the dataclasses field by field: what a field's annotation says is how its value
is written and read back. Times are ISO 8601 in UTC. `SCHEMA` goes up when a document of an older
shape needs a step in `_UPGRADES` to be read.
"""

import types
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

SCHEMA = 2

Document = dict[str, Any]
T = TypeVar("T")

_WORDS_OF_A_GRIEVANCE = 300  # characters of the client's text, where nobody has split it


class UnknownSchema(Exception):
    """A document of a newer program, or of none."""


def to_document(value: Any) -> Document:
    """A frozen record as JSON-ready document, with its schema version."""
    return {"schema": SCHEMA, **_encode_fields(value)}


def from_document(kind: type[T], document: Document) -> T:
    """The record that `to_document` wrote; older schemas are brought up to date first."""
    version = document.get("schema")
    if not isinstance(version, int) or version > SCHEMA:
        raise UnknownSchema(f"schema {version!r}, this program knows {SCHEMA}")
    while version < SCHEMA:
        document = _UPGRADES[version](document)
        version += 1
    return _decode_fields(kind, document)


# -- older shapes -----------------------------------------------------------------------------


def _with_grievances(document: Document) -> Document:
    """From schema 1, where a complaint was decided as a whole and in words.

    Its outcome and reasons become one grievance, its actions and its compensation one promise
    each, in the same words.
    """
    if "decision" not in document:  # a manager, a draft, a message that was set aside
        return document
    old = document["decision"]
    told = old.get("outcome") or old.get("reasons")
    return {
        **document,
        "grievances": document.get("grievances") or ([_grievance(document)] if told else []),
        "actions": document.get("actions") or _promise(what=old.get("actions")),
        "compensations": document.get("compensations")
        or _promise(kind="gesture", words=old.get("compensation")),
        "decision": {
            "grievances_asked": bool(told),
            "actions_asked": bool(old.get("actions")),
            "compensation_asked": bool(old.get("compensation_asked")),
        },
    }


def _grievance(document: Document) -> Document:
    old = document["decision"]
    written = " ".join(" ".join(one["text"] for one in document["messages"]).split())
    return {
        "number": 1,
        "text": written[:_WORDS_OF_A_GRIEVANCE].strip(),
        "finding": old.get("outcome"),
        "reason": old.get("reasons", ""),
    }


def _promise(**told: str | None) -> list[Document]:
    return [{"number": 1, **told}] if all(told.values()) else []


_UPGRADES: dict[int, Callable[[Document], Document]] = {1: _with_grievances}
"""From schema n: the step that makes a document of schema n + 1 of it."""


# -- values -----------------------------------------------------------------------------------


def _encode_fields(value: Any) -> Document:
    return {field.name: _encode(getattr(value, field.name)) for field in fields(value)}


def _encode(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, tuple):
        return [_encode(item) for item in value]
    if is_dataclass(value):
        return _encode_fields(value)
    return value


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind)


def _decode_fields(kind: type[T], document: Document) -> T:
    hints = _hints(cast(Any, kind))
    known = {field.name for field in fields(kind)}  # type: ignore[arg-type]
    return kind(
        **{name: _decode(hints[name], raw) for name, raw in document.items() if name in known}
    )


def _decode(hint: Any, raw: Any) -> Any:
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        return None if raw is None else _decode(_not_none(hint), raw)
    if origin is tuple:
        return _decode_tuple(get_args(hint), raw)
    if hint is datetime:
        return datetime.fromisoformat(raw)
    if hint is date:
        return date.fromisoformat(raw)
    if isinstance(hint, type) and issubclass(hint, Enum | Decimal):
        return hint(raw)
    if is_dataclass(hint):
        return _decode_fields(cast(type[Any], hint), raw)
    return raw


def _decode_tuple(arguments: tuple[Any, ...], raw: list[Any]) -> tuple[Any, ...]:
    if len(arguments) == 2 and arguments[1] is Ellipsis:
        return tuple(_decode(arguments[0], item) for item in raw)
    return tuple(_decode(hint, item) for hint, item in zip(arguments, raw, strict=True))


def _not_none(hint: Any) -> Any:
    return next(argument for argument in get_args(hint) if argument is not type(None))
