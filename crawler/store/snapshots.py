"""SnapshotStore: the face of the store."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from crawler.documents.convert import Converter
from crawler.documents.kinds import kind_of
from crawler.documents.rendition import Limits
from crawler.store import crawls, documents, reading, renditions, retention
from crawler.store.bodies import Bodies
from crawler.store.connection import open_database, readable_errors, transaction
from crawler.store.retention import Forgotten
from crawler.store.writing import Writer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime
    from sqlite3 import Connection
    from types import TracebackType

    from crawler.snapshot import Outcome, Snapshot
    from crawler.store.records import (
        CrawlRecord,
        Kept,
        KmsDocument,
        Listing,
        Original,
        SourceState,
        StoredPage,
        Validators,
        Views,
        Visit,
    )
    from crawler.store.renditions import Made
    from crawler.store.retention import Rules
    from crawler.summary import CrawlSummary

# Pages read at a time by latest(): memory stays flat and no long read holds back a checkpoint.
PAGES_AT_A_TIME = 64
VISITS_AT_A_TIME = 1000


class SnapshotStore:
    """Every visit of every page, each content once, in one SQLite file.

    May be used from several threads of one process, and by several processes at once. Every
    method raises StoreError (NewerDatabase, DiskFull) where the file cannot be used.

    >>> from crawler.snapshot import Outcome, Snapshot
    >>> from datetime import UTC, datetime
    >>> with SnapshotStore(":memory:") as store:
    ...     page = Snapshot(source="shop", url="https://shop.example/a",
    ...                     fetched_at=datetime(2026, 11, 22, tzinfo=UTC), outcome=Outcome.OK,
    ...                     body=b"<p>9.99 EUR", media_type="text/html")
    ...     print(store.save([page]), store.save([page]))
    ...     print([stored.snapshot.url for stored in store.latest()])
    [<Outcome.OK: 'ok'>] [<Outcome.UNCHANGED: 'unchanged'>]
    ['https://shop.example/a']
    """

    def __init__(self, path: Path | str, *, read_only: bool = False) -> None:
        self.path = Path(path)
        self._converter = Converter()
        self._limits: dict[str, Limits] = {}
        self._lock = threading.RLock()
        self._database = open_database(self.path, read_only=read_only)
        self._connection = self._database.conn
        self._bodies = Bodies(self._connection)
        self._writer = Writer(self._connection, self._bodies)

    def __enter__(self) -> SnapshotStore:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; what was saved stays."""
        self._converter.close()
        with self._lock:
            self._database.close()

    # Writing ---------------------------------------------------------------------------------

    def save(
        self,
        snapshots: Sequence[Snapshot],
        *,
        also: Callable[[Connection], None] | None = None,
    ) -> list[Outcome]:
        """Store one visit per snapshot, and a body where the content digest changed.

        All in one transaction, with whatever ``also`` writes: all of it is there after a kill,
        or none. The outcomes as stored: ``ok`` turns into ``unchanged`` where the page shows
        what it showed before; ``unchanged`` without a body points at the content stored before.
        Snapshots belong to the crawl begun last by this store for their source, if any.
        Documents among them are read first, which may take minutes and blocks nobody else.
        """
        made = self._read_documents(snapshots)
        with self._writing():
            outcomes = [self._writer.write(snapshot, made) for snapshot in snapshots]
            if also is not None:
                also(self._connection)
        return outcomes

    def begin_crawl(self, source: str, at: datetime) -> int:
        """Start a run over a source; a run that never ended is marked ``interrupted``."""
        with self._writing():
            crawl = crawls.begin(self._connection, source, at)
        self._writer.crawls[source] = crawl
        return crawl

    def end_crawl(self, crawl: int, summary: CrawlSummary) -> None:
        """Close a run with its counts; ``complete`` or ``partial`` as the summary says."""
        with self._writing():
            crawls.end(self._connection, crawl, summary)
        self._writer.crawls.pop(summary.source, None)

    def save_cursor(self, source: str, listing: Listing) -> None:
        """Remember how far a knowledge base was read: call it only after a complete run."""
        with self._writing():
            documents.save(self._connection, source, listing)

    def forget(
        self,
        rules: Rules,
        protected: Iterable[str],
        *,
        dry_run: bool = False,
        progress: Callable[[int, int], None] | None = None,
    ) -> Forgotten:
        """Drop old visits and contents; not those whose bodies' SHA-256 is ``protected``.

        In many short transactions: a kill loses none of what is to stay, and the next run goes on.
        With ``dry_run`` nothing is changed. The file shrinks with ``vacuum`` only.
        """
        with self._reading():
            retention.protect(self._connection, protected)
            last = retention.last_page(self._connection)
        total = Forgotten()
        for first in range(1, last + 1, retention.PAGES_AT_A_TIME):
            with self._reading() if dry_run else self._writing():
                total += retention.forget_of_pages(self._connection, first, rules, dry_run=dry_run)
            if progress is not None:
                progress(min(first + retention.PAGES_AT_A_TIME - 1, last), last)
        with self._reading():
            loose = retention.loose_bodies(self._connection)
        for at in range(0, 0 if dry_run else len(loose), retention.BODIES_AT_A_TIME):
            with self._writing():
                some = loose[at : at + retention.BODIES_AT_A_TIME]
                retention.forget_bodies(self._connection, some)
                self._bodies.forget()
        return total + retention.bodies_of(loose)

    def vacuum(self) -> tuple[int, int]:
        """Write the file anew without its holes; its bytes before and after.

        Needs as much free room as the file takes. Raises StoreError, DiskFull.
        """
        with self._reading():
            self._connection.execute("pragma wal_checkpoint(truncate)")
            before = self.path.stat().st_size
            self._connection.execute("vacuum")
            self._connection.execute("pragma wal_checkpoint(truncate)")
        return before, self.path.stat().st_size

    def limit_documents(self, source: str, limits: Limits) -> None:
        """What reading one document of a source may cost, from now on."""
        self._limits[source] = limits

    def renew_documents(
        self, sources: Iterable[str], progress: Callable[[int, str], None] | None = None
    ) -> int:
        """Read stored documents again that no reader, or an older one, has read; how many."""
        with self._reading():
            stale = renditions.stale(self._connection, sources)
        for number, each in enumerate(stale, 1):
            with self._reading():
                body = self._bodies.get(each.body)
            made = renditions.made(each.kind, body, self._converter, self._limits.get(each.source))
            with self._writing():
                renditions.save(
                    self._connection, self._bodies, each.content, made, source=each.source
                )
            if progress is not None:
                progress(number, each.source)
        return len(stale)

    def _read_documents(self, snapshots: Sequence[Snapshot]) -> dict[str, Made]:
        """What the documents among snapshots are turned into, where they are new."""
        found = [
            s for s in snapshots if s.body and kind_of(s.media_type, s.url, s.body) is not None
        ]
        if not found:
            return {}
        with self._reading():
            known = renditions.last_hashes(self._connection, found)
        return renditions.make(found, known, self._converter, self._limits)

    # Reading ---------------------------------------------------------------------------------

    def latest(self, source: str | None = None) -> Iterator[StoredPage]:
        """The newest content of every page, with its last visit; ordered by source and URL.

        Pages that are gone or redirected elsewhere are left out, and so are pages that never
        showed content (``last_visits`` has those). Streams: memory does not grow with pages.
        """
        after = ("", "")
        while True:
            with self._reading():
                rows = reading.latest_rows(self._connection, source, after, PAGES_AT_A_TIME)
                pages = [reading.stored_page(row, self._bodies) for row in rows]
            yield from pages
            if len(pages) < PAGES_AT_A_TIME:
                return
            after = (pages[-1].snapshot.source, pages[-1].snapshot.url)

    def last_visits(self, source: str) -> Iterator[Visit]:
        """The last visit of every page of a source, gone ones too; ordered by URL. Streams."""
        after = ""
        while True:
            with self._reading():
                rows = reading.last_visit_rows(self._connection, source, after, VISITS_AT_A_TIME)
            yield from map(reading.visit, rows)
            if len(rows) < VISITS_AT_A_TIME:
                return
            after = rows[-1][0]

    def snapshot_at(self, source: str, url: str, at: datetime | None = None) -> Snapshot | None:
        """What the page showed at an instant (None: last), or None where nothing is stored."""
        with self._reading():
            return reading.snapshot_at(self._connection, self._bodies, source, url, at)

    def body(self, sha256: str) -> bytes:
        """A stored body by its SHA-256 in hex. Raises StoreError where there is none."""
        with self._reading():
            return reading.body(self._connection, self._bodies, sha256)

    def urls(self, source: str) -> Iterator[str]:
        """Every URL ever visited of a source, in order."""
        with self._reading():
            return iter(reading.urls(self._connection, source))

    def visits(self, source: str, url: str) -> list[Visit]:
        """Every visit of a page, oldest first."""
        with self._reading():
            return [reading.visit(row) for row in reading.visit_rows(self._connection, source, url)]

    def history(self, source: str, url: str) -> list[Kept]:
        """Every visit of a page with what a copy of it needs, oldest first."""
        with self._reading():
            return reading.history(self._connection, source, url)

    def original_at(self, source: str, url: str, at: datetime | None = None) -> Original | None:
        """The bytes that the page was at an instant (None: last); of a document its own."""
        with self._reading():
            return reading.original_at(self._connection, self._bodies, source, url, at)

    def validators(self, source: str, url: str) -> Validators:
        """What a conditional request may send: only of content that is stored here."""
        with self._reading():
            return reading.validators(self._connection, source, url)

    def sources(self) -> list[SourceState]:
        """What is stored of each source, by name."""
        with self._reading():
            return crawls.sources(self._connection)

    def last_crawl(self, source: str, *, complete: bool = False) -> CrawlRecord | None:
        """The newest run over a source; with ``complete`` the newest that saw everything."""
        with self._reading():
            return crawls.last(self._connection, source, complete=complete)

    def cursor(self, source: str) -> str | None:
        """Where the next incremental run over a knowledge base starts; None: a full one."""
        with self._reading():
            return documents.cursor(self._connection, source)

    def swept_at(self, source: str) -> datetime | None:
        """When a knowledge base was last listed whole."""
        with self._reading():
            return documents.swept_at(self._connection, source)

    def documents(self, source: str) -> dict[str, KmsDocument]:
        """What a knowledge base listed last time, by the vendor's id."""
        with self._reading():
            return documents.listed(self._connection, source)

    def versions(self, source: str) -> Mapping[str, str]:
        """Id → version token of the documents whose body is stored."""
        found = self.documents(source).values()
        return {document.id: document.version for document in found if document.version}

    def views(self, source: str) -> list[Views]:
        """How often the documents of a knowledge base were viewed in all, by URL and day."""
        with self._reading():
            return list(documents.views(self._connection, source))

    @contextmanager
    def _reading(self) -> Iterator[None]:
        with self._lock, readable_errors(self.path):
            yield

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with self._lock, readable_errors(self.path):
            try:
                with transaction(self._database):
                    yield
            except BaseException:
                self._bodies.forget()
                raise
