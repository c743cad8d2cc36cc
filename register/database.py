"""The register of complaints: save, find, and the queries that every loop lives on.

The register is touched from the event loop only; slow things (IMAP, reading, SMTP) go to threads
and come back with values. Never await between a look-up and the save that rests on it, and look
again after an await. With storage.py this is the only user of TinyDB: a database engine can take
its place behind the same methods.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any, TypeVar, cast

from tinydb import TinyDB, where
from tinydb.queries import QueryLike
from tinydb.table import Document, Table

from register.codec import from_document, to_document
from register.complaint import OPEN_STATES, Address, Complaint, SetAsideMessage, State
from register.labels import Channel
from register.people import Draft, MailboxPosition, Manager, Supplement
from register.storage import WholeFileStorage

R = TypeVar("R")

_OPEN = sorted(state.value for state in OPEN_STATES)


class _KeyedTable(Table):
    """A table whose rows are known by our own keys: TinyDB's numbers are used again, ours never."""

    document_id_class = str  # type: ignore[assignment]  # TinyDB allows it, its annotation does not
    default_query_cache_capacity = 0  # a cache would hand out the same dict twice

    def put(self, key: str, row: dict[str, Any]) -> None:
        """Keep the row under its key, whole; call it inside one save.

        Never `upsert`: it changes the row in the hands of the storage, where it would stay changed
        even if the save then fails.
        """
        self.drop(key)
        self.insert(Document(row, doc_id=key))  # type: ignore[arg-type]

    def row(self, key: str) -> dict[str, Any] | None:
        """The row of that key; None where there is none."""
        found = self.get(doc_id=key)  # type: ignore[call-overload]
        return dict(found) if found is not None else None

    def drop(self, key: str) -> None:
        """Remove the row of that key, if it is there."""
        if self.row(key) is not None:
            self.remove(doc_ids=[key])  # type: ignore[list-item]


class _Database(TinyDB):
    table_class = _KeyedTable


class Register:
    """Every complaint, what came in beside them, and who manages.

    Opened to read only, it is the register as it is now, whoever else has it open.
    """

    def __init__(self, path: Path, *, is_read_only: bool = False) -> None:
        self.path = path
        self._storage: WholeFileStorage
        self._database = _Database(path, storage=WholeFileStorage, is_read_only=is_read_only)
        self._storage = self._database.storage  # type: ignore[assignment]
        self._decoded: dict[str, Complaint] = {}  # frozen, so they can be handed out again

    def close(self) -> None:
        """Let another process have the register."""
        self._database.close()

    @contextmanager
    def one_save(self) -> Iterator[None]:
        """All saves inside are one fact: they reach the disk together, or none does."""
        try:
            with self._storage.one_save():
                yield
        except BaseException:
            self._decoded.clear()  # what was not saved must not be remembered
            raise

    # -- complaints ---------------------------------------------------------------------------

    def next_reference(self, on: date) -> str:
        """A new reference, "R-2026-0001"; the counter is saved and a number never used again.

        Call it inside the `one_save` that saves its complaint: the register then has no gaps.
        """
        number = self._count(f"complaints-{on.year}")
        return f"R-{on.year}-{number:04d}"

    def save(self, complaint: Complaint) -> None:
        """Keep a complaint as it now is."""
        with self.one_save():
            self._put("complaints", complaint.reference, complaint)
            self._decoded[complaint.reference] = complaint

    def get(self, reference: str) -> Complaint | None:
        """The complaint of that reference; None where there is none."""
        row = self._table("complaints").row(reference)
        return self._complaint(row) if row is not None else None

    def update(self, reference: str, step: Callable[[Complaint], Complaint]) -> Complaint:
        """Take a step on the complaint as it is now, and keep the result.

        Raises KeyError for an unknown reference, IllegalStep as the step does.
        """
        before = self.get(reference)
        if before is None:
            raise KeyError(reference)
        after = step(before)
        if after != before:
            self.save(after)
        return after

    def complaints(self) -> list[Complaint]:
        """All of them, by reference."""
        return sorted(
            map(self._complaint, self._table("complaints").all()), key=lambda one: one.reference
        )

    def open_complaints(self) -> list[Complaint]:
        """Those that are owed an answer, the most urgent first."""
        found = self._complaints(where("state").one_of(_OPEN))
        return sorted(found, key=lambda one: (one.answer_due, one.reference))

    def in_states(self, states: Iterable[State]) -> list[Complaint]:
        """Those that stand in one of these states, by reference."""
        found = self._complaints(where("state").one_of([state.value for state in states]))
        return sorted(found, key=lambda one: one.reference)

    def unsent(self) -> list[Complaint]:
        """Complaints with a letter that waits for a courier."""
        waiting = (where("sent_at") == None) & (where("is_stuck") == False)  # noqa: E711, E712
        return self._complaints(where("letters").any(waiting))

    def stuck(self) -> list[Complaint]:
        """Complaints with a letter that no courier can take: somebody must act."""
        blocked = (where("sent_at") == None) & (where("is_stuck") == True)  # noqa: E711, E712
        return self._complaints(where("letters").any(blocked))

    def by_source_id(self, source_id: str) -> Complaint | None:
        """The complaint that this message of a client belongs to; None where it is new."""
        return self._first(where("messages").any(where("source_id") == source_id))

    def by_letter_ids(self, letter_ids: Iterable[str]) -> Complaint | None:
        """The complaint of the first of these letters of ours that is known."""
        for letter_id in letter_ids:
            found = self._first(where("letters").any(where("letter_id") == letter_id))
            if found:
                return found
        return None

    def by_address(self, address: Address) -> list[Complaint]:
        """The complaints of one address, newest first."""
        test = (where("complainant")["address"]["channel"] == address.channel.value) & (
            where("complainant")["address"]["value"] == address.value
        )
        found = self._complaints(test)
        return sorted(found, key=lambda one: one.reference, reverse=True)

    def similar(self, complaint: Complaint, *, within: timedelta) -> list[Complaint]:
        """Others of the same main motive received in the time before it, newest first."""
        if not complaint.motives:
            return []
        test = where("motives").any([complaint.motives[0].value]) & (
            where("reference") != complaint.reference
        )
        since = complaint.received_at - within
        found = self._complaints(test)
        near = [one for one in found if since <= one.received_at <= complaint.received_at]
        return sorted(near, key=lambda one: one.reference, reverse=True)

    # -- set aside ----------------------------------------------------------------------------

    def set_aside(self, message: SetAsideMessage) -> SetAsideMessage:
        """Keep a message that is not a complaint; it gets its number here."""
        with self.one_save():
            kept = replace(message, number=self._count("set_aside"))
            self.save_set_aside(kept)
        return kept

    def save_set_aside(self, message: SetAsideMessage) -> None:
        """Keep a set-aside message as it now is."""
        self._put("set_aside", str(message.number), message)

    def get_set_aside(self, number: int) -> SetAsideMessage | None:
        """The set-aside message of that number; None where there is none."""
        return self._get("set_aside", str(number), SetAsideMessage)

    def set_aside_messages(self) -> list[SetAsideMessage]:
        """All of them, newest first."""
        return sorted(
            self._all("set_aside", SetAsideMessage), key=lambda one: one.number, reverse=True
        )

    def doubtful(self) -> list[SetAsideMessage]:
        """Set aside in doubt, and the manager has not been asked yet."""
        test = (where("is_doubtful") == True) & (where("told_at") == None)  # noqa: E711, E712
        return self._search("set_aside", test & (where("became") == None), SetAsideMessage)  # noqa: E711

    def knows(self, source_id: str) -> bool:
        """Whether this message has come in before, as a complaint or set aside."""
        if self.by_source_id(source_id):
            return True
        test = (where("message")["source_id"] == source_id) | where("also").any([source_id])
        return bool(self._search("set_aside", test, SetAsideMessage))

    # -- people and conversations -------------------------------------------------------------

    def managers(self) -> list[Manager]:
        """Who handles complaints, in the order in which they were paired."""
        return sorted(self._all("managers", Manager), key=lambda one: one.paired_at)

    def manager(self, telegram_id: int) -> Manager | None:
        """The manager of that Telegram number; None for anybody else."""
        return self._get("managers", str(telegram_id), Manager)

    def save_manager(self, manager: Manager) -> None:
        """Keep a manager as known now."""
        self._put("managers", str(manager.telegram_id), manager)

    def draft(self, chat: str) -> Draft | None:
        """What is being written in that chat; None where nothing is."""
        return self._get("drafts", chat, Draft)

    def drafts(self) -> list[Draft]:
        """All that is being written, the longest silent first."""
        return sorted(self._all("drafts", Draft), key=lambda one: one.last_at)

    def save_draft(self, draft: Draft) -> None:
        """Keep what has been written so far."""
        self._put("drafts", draft.chat, draft)

    def drop_draft(self, chat: str) -> None:
        """The draft has become something else: call it in the same `one_save`."""
        self._drop("drafts", chat)

    def supplement(self, chat: str) -> Supplement | None:
        """What the client of that chat is being asked; None where nothing is."""
        return self._get("supplements", chat, Supplement)

    def save_supplement(self, supplement: Supplement) -> None:
        """Keep what is being asked."""
        self._put("supplements", supplement.chat, supplement)

    def drop_supplement(self, chat: str) -> None:
        """Nothing more is asked in that chat."""
        self._drop("supplements", chat)

    def position(self, folder: str) -> MailboxPosition | None:
        """How far that mailbox folder has been read; None at the first run."""
        return self._get("positions", folder, MailboxPosition)

    def save_position(self, position: MailboxPosition) -> None:
        """Keep how far a mailbox folder has been read."""
        self._put("positions", position.folder, position)

    # -- below --------------------------------------------------------------------------------

    def _count(self, name: str) -> int:
        row = self._table("counters").row(name)
        number = (int(row["last"]) if row else 0) + 1
        with self.one_save():
            self._table("counters").put(name, {"last": number})
        return number

    def _table(self, name: str) -> _KeyedTable:
        return cast(_KeyedTable, self._database.table(name))

    def _put(self, table: str, key: str, record: Any) -> None:
        with self.one_save():
            self._table(table).put(key, to_document(record))

    def _drop(self, table: str, key: str) -> None:
        self._table(table).drop(key)

    def _get(self, table: str, key: str, kind: type[R]) -> R | None:
        row = self._table(table).row(key)
        return from_document(kind, row) if row is not None else None

    def _all(self, table: str, kind: type[R]) -> list[R]:
        return [from_document(kind, row) for row in self._table(table).all()]

    def _search(self, table: str, test: QueryLike, kind: type[R]) -> list[R]:
        return [from_document(kind, row) for row in self._table(table).search(test)]

    def _complaints(self, test: QueryLike) -> list[Complaint]:
        return [self._complaint(row) for row in self._table("complaints").search(test)]

    def _complaint(self, row: Mapping[str, Any]) -> Complaint:
        reference = row["reference"]
        if reference not in self._decoded:
            self._decoded[reference] = from_document(Complaint, dict(row))
        return self._decoded[reference]

    def _first(self, test: QueryLike) -> Complaint | None:
        found = self._complaints(test)
        return found[0] if found else None


def telegram(chat: int | str) -> Address:
    """The address of a Telegram chat."""
    return Address(Channel.TELEGRAM, str(chat))
