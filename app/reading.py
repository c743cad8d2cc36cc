"""The reader, loaded beside the work: receiving and registering do not wait for it.

Whoever reads before the model is there waits for it, in a thread; where it cannot be loaded every
reading raises, and reception registers unread.
"""

import threading
from collections.abc import Sequence
from concurrent.futures import Future

import structlog

from register.extraction import Extraction, Passage, Reads

log = structlog.get_logger()

PATIENCE = 60.0  # seconds to wait for a model that is being loaded


class LateReader:
    """A reader that may not be there yet."""

    def __init__(self, sites: Sequence[str] = (), staff: Sequence[str] = ()) -> None:
        self._sites = tuple(sites)
        self._staff = tuple(staff)
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
            from nlp_models.reader import load_reader  # late: spaCy takes a second to import

            self._loaded.set_result(load_reader(self._sites, self._staff).read)
        except Exception as error:  # noqa: BLE001 - told to whoever reads
            log.error("reader.not_loaded", error=type(error).__name__)
            self._loaded.set_exception(error)
