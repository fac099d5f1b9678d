"""Snapshots on their way into the store, in transactions of a sensible size."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from crawler.snapshot import Outcome, Snapshot
from crawler.store.documents import count_views, remember
from crawler.store.records import Views

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from sqlite3 import Connection

    from crawler.store import KmsDocument, SnapshotStore

# Documents stored in one transaction, and the bytes of body that wait for it at most.
BATCH_DOCUMENTS = 64
BATCH_BYTES = 4 * 1024 * 1024


class Outbox:
    """Collects snapshots of one source and stores them; ``counts`` are outcomes as stored."""

    def __init__(self, store: SnapshotStore, source: str, now: Callable[[], datetime]) -> None:
        self.counts: Counter[str] = Counter()
        self._store = store
        self._source = source
        self._now = now
        self._snapshots: list[Snapshot] = []
        self._documents: list[KmsDocument] = []
        self._views: dict[str, int] = {}
        self._bytes = 0

    def add(self, snapshot: Snapshot, document: KmsDocument | None = None) -> None:
        """Hand over a snapshot, and what is to be remembered of its document with it."""
        self._snapshots.append(snapshot)
        if document is not None:
            self._documents.append(document)
        self._bytes += len(snapshot.body or b"")
        if len(self._snapshots) >= BATCH_DOCUMENTS or self._bytes >= BATCH_BYTES:
            self.flush()

    def note(
        self,
        url: str,
        outcome: Outcome,
        detail: str,
        document: KmsDocument | None = None,
    ) -> None:
        """Hand over a visit that brought no body."""
        visit = Snapshot(
            source=self._source,
            url=url,
            fetched_at=self._now(),
            outcome=outcome,
            detail=detail,
        )
        self.add(visit, document)

    def viewed(self, url: str, views: int) -> None:
        """Hand over how often a document was viewed in all."""
        self._views[url] = views

    def moved(self, url: str, target: str) -> None:
        """Hand over that a document left a URL for good: 301 in HTTP's words."""
        visit = Snapshot(
            source=self._source,
            url=url,
            fetched_at=self._now(),
            outcome=Outcome.REDIRECTED,
            status=301,
            target=target,
            detail="the document was moved",
        )
        self.add(visit)

    def flush(self) -> None:
        """Store what waits, snapshots and documents in one transaction."""
        snapshots, self._snapshots = self._snapshots, []
        documents, self._documents = self._documents, []
        counts, self._views = self._views, {}
        self._bytes = 0
        if not snapshots and not counts:
            return
        day = self._now().date()

        def also(connection: Connection) -> None:
            remember(connection, self._source, documents)
            views = (Views(url, day, number) for url, number in counts.items())
            count_views(connection, self._source, views)

        outcomes = self._store.save(snapshots, also=also)
        self.counts.update(outcome.value for outcome in outcomes)
