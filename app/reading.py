"""The reader, loaded beside the work: receiving and registering do not wait for it.

Whoever reads before the model is there waits for it, in a thread; where it cannot be loaded every
reading raises, and reception registers unread.

An establishment may have a model of its own, learned from its manager's corrections. It reads as
long as it is sound and comes from the model that ships today; else the one that ships does.
"""

import json
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog

from register.extraction import Extraction, Passage, Reads

if TYPE_CHECKING:
    from nlp_models.reader import Reader

log = structlog.get_logger()

OwnMotives = Mapping[str, Sequence[str]]
"""The motives that an establishment has added, each by its code with its example sentences."""

PATIENCE = 60.0  # seconds to wait for a model that is being loaded


class Refused(StrEnum):
    """Why a learned model does not read."""

    OUTDATED = "outdated"  # learned from another corpus or another program than today's
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Loaded:
    """A reader, with what the model of the establishment has to do with it."""

    reader: "Reader"
    corrections: int = 0  # that the model has learned from; none in the one that ships
    refused: Refused | None = None  # why it is not the learned one, where there is one


def open_reader(
    sites: Sequence[str] = (),
    staff: Sequence[str] = (),
    learned: Path | None = None,
    own: OwnMotives | None = None,
) -> Loaded:
    """The reader of an establishment. Raises what loading the model that ships raises."""
    from nlp_models.reader import TRAINED, load_reader  # late: spaCy takes a second to import

    refused = None
    if learned is not None and learned.exists():
        try:
            meta, wanted = meta_of(learned), origin(TRAINED)
            if {name: meta.get(name) for name in wanted} == wanted:
                return Loaded(load_reader(sites, staff, learned, own), meta["corrections"])
            refused = Refused.OUTDATED
        except Exception:  # noqa: BLE001 - whatever is wrong with it, the one that ships reads
            refused = Refused.BROKEN
        log.warning("reader.learned_refused", why=refused)
    return Loaded(load_reader(sites, staff, own=own), refused=refused)


def origin(shipped: Path) -> dict[str, str]:
    """What a learned model must have come from to read: that corpus, and those very files.

    The files too, since a head is of no use beside another vocabulary or other signs.
    """
    digest = sha256()
    for path in sorted(one for one in shipped.rglob("*") if one.is_file()):
        digest.update(path.read_bytes())
    return {"corpus": meta_of(shipped)["corpus"], "files": digest.hexdigest()}


def meta_of(model: Path) -> dict[str, Any]:
    """What a model says of itself. Raises OSError, and ValueError for what is not one."""
    meta: dict[str, Any] = json.loads((model / "meta.json").read_text(encoding="utf-8"))
    return meta


class LateReader:
    """A reader that may not be there yet."""

    def __init__(
        self,
        sites: Sequence[str] = (),
        staff: Sequence[str] = (),
        learned: Path | None = None,
        own: OwnMotives | None = None,
    ) -> None:
        self._sites = tuple(sites)
        self._staff = tuple(staff)
        self._learned = learned
        self._own = own
        self._loaded: Future[Reads] = Future()
        self._one_at_a_time = threading.Lock()  # a spaCy pipeline is not made for two threads

    def start(self) -> None:
        """Begin to load, without waiting."""
        threading.Thread(target=self._load, name="reader", daemon=True).start()

    def read(self, passage: Passage) -> Extraction:
        """What the passage says. Blocks; raises what loading or reading raised."""
        reads = self._loaded.result(timeout=PATIENCE)
        with self._one_at_a_time:
            return reads(passage)

    def is_well(self) -> bool:
        """False once loading has failed; True while it goes on."""
        return not (self._loaded.done() and self._loaded.exception())

    def _load(self) -> None:
        try:
            found = open_reader(self._sites, self._staff, self._learned, self._own)
            self._loaded.set_result(found.reader.read)
        except Exception as error:  # noqa: BLE001 - told to whoever reads
            log.error("reader.not_loaded", error=type(error).__name__)
            self._loaded.set_exception(error)
