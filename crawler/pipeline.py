"""From the crawl into the store: batches, in a thread of its own, one transaction a batch.

A batch holds the snapshots and what the frontier learned from them, so both are there after a
kill, or neither. Compressing and digesting happen here, beside the event loop.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

from crawler.errors import CrawlerError
from crawler.store import SnapshotStore

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path
    from sqlite3 import Connection

    from crawler.documents.rendition import Limits
    from crawler.frontier import Done
    from crawler.snapshot import Snapshot
    from crawler.summary import CrawlSummary

BATCH_VISITS = 256
# Bodies of one batch, and bodies waiting at most: this is what keeps the memory flat.
BATCH_BYTES = 8 * 1024 * 1024
BACKLOG_BYTES = 16 * 1024 * 1024
# A visit waits no longer than this to be stored, however slow the site.
BATCH_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Fetched:
    """One answer: the visit to be stored, if it is one, and what the frontier learned from it."""

    snapshot: Snapshot | None
    done: Done | None

    @property
    def size(self) -> int:
        """Bytes of body held."""
        snapshot = self.snapshot
        return len(snapshot.body) if snapshot is not None and snapshot.body is not None else 0


class SnapshotWriter:
    """The thread that stores what was fetched.

    ``write_frontier`` is called with the connection inside of the batch's transaction.
    ``counts`` holds the outcomes as stored. After an error nothing more is stored, ``error``
    says why and ``on_error`` is called once, from this thread.
    """

    def __init__(
        self,
        path: Path,
        source: str,
        write_frontier: Callable[[Connection, list[Done]], None],
        on_error: Callable[[], None],
    ) -> None:
        self.counts: Counter[str] = Counter()
        self.error: CrawlerError | None = None
        self._source = source
        self._write_frontier = write_frontier
        self._on_error = on_error
        self._queue: SimpleQueue[Fetched | None] = SimpleQueue()
        self._backlog = 0
        self._lock = threading.Lock()
        self._waiters: list[Callable[[], None]] = []
        self._store = SnapshotStore(path)
        self._crawl = 0
        self._thread = threading.Thread(target=self._run, name="snapshot-writer", daemon=True)

    def start(self, at: datetime) -> None:
        """Begin the crawl in the store, and the thread."""
        self._crawl = self._store.begin_crawl(self._source, at)
        self._thread.start()

    def limit_documents(self, limits: Limits) -> None:
        """What reading one document may cost."""
        self._store.limit_documents(self._source, limits)

    def put(self, fetched: Fetched) -> None:
        """Hand over one answer; never blocks."""
        with self._lock:
            self._backlog += fetched.size
        self._queue.put(fetched)

    def is_full(self) -> bool:
        """Whether more waits to be stored than should be held in memory."""
        return self._backlog > BACKLOG_BYTES and self.error is None

    def when_drained(self, call: Callable[[], None]) -> None:
        """Call back once, from this thread, when there is room again."""
        with self._lock:
            if self.is_full():
                self._waiters.append(call)
                return
        call()

    def close(self) -> None:
        """Store what is left and end the thread; blocks until that is done."""
        if self._thread.is_alive():
            self._queue.put(None)
            self._thread.join()

    def end_crawl(self, summary: CrawlSummary) -> None:
        """Write the summary into the store and close it; call it after ``close``."""
        try:
            self._store.end_crawl(self._crawl, summary)
        finally:
            self._store.close()

    def _run(self) -> None:
        more = True
        while more:
            batch, more = self._batch()
            if batch and self.error is None:
                try:
                    self._save(batch)
                except CrawlerError as error:
                    self._fail(error)
                except Exception as error:  # noqa: BLE001 - the seam: kept as data, the crawl ends
                    self._fail(CrawlerError(f"storing failed: {error!r}"))
            self._stored(batch)

    def _fail(self, error: CrawlerError) -> None:
        self.error = error
        self._on_error()

    def _batch(self) -> tuple[list[Fetched], bool]:
        """The next batch, and whether there may be more after it."""
        first = self._queue.get()
        if first is None:
            return [], False
        batch = [first]
        size = first.size
        until = time.monotonic() + BATCH_SECONDS
        while len(batch) < BATCH_VISITS and size < BATCH_BYTES:
            try:
                fetched = self._queue.get(timeout=max(0.0, until - time.monotonic()))
            except Empty:
                break
            if fetched is None:
                return batch, False
            batch.append(fetched)
            size += fetched.size
        return batch, True

    def _save(self, batch: list[Fetched]) -> None:
        done = [fetched.done for fetched in batch if fetched.done is not None]
        outcomes = self._store.save(
            [fetched.snapshot for fetched in batch if fetched.snapshot is not None],
            also=lambda connection: self._write_frontier(connection, done),
        )
        self.counts.update(outcome.value for outcome in outcomes)

    def _stored(self, batch: list[Fetched]) -> None:
        with self._lock:
            self._backlog -= sum(fetched.size for fetched in batch)
            waiters = self._waiters if not self.is_full() else []
            if waiters:
                self._waiters = []
        for call in waiters:
            call()
