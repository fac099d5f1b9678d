"""WARC files as a source: each recorded answer is a visit, as if the crawl had been ours.

A visit that is not later than the newest one stored of its page is stored already, or too late
to be told: reading a file twice changes nothing.
"""

from __future__ import annotations

import glob
import re
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from crawler.documents.rendition import limits_of
from crawler.errors import SourceError
from crawler.snapshot import Outcome, Snapshot
from crawler.summary import CrawlSummary, Problem
from crawler.urls import normalise

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from crawler.config import WarcSource
    from crawler.store import SnapshotStore
    from crawler.store.records import Original
    from crawler.warc.reading import Left, Recorded

BATCH_VISITS = 128
BATCH_BYTES = 8 * 1024 * 1024
EXTRA_MISSING = "WARC files need warcio: pip install 'sellby[warc]'"


def files_of(source: WarcSource) -> list[Path]:
    """The files of a source, by name: its path, or what fits its pattern."""
    return [Path(name) for name in sorted(glob.glob(str(source.path), recursive=True))]  # noqa: PTH207 - an absolute pattern


def crawl_warc(
    source: WarcSource,
    store: SnapshotStore,
    *,
    files: Sequence[Path] | None = None,
    progress: Callable[[int, str], None] | None = None,
    only: Iterable[str] = (),
) -> CrawlSummary:
    """Read the WARC files of a source, or ``files``, into the store; ``only`` these URLs.

    Raises SourceError where there is no file or warcio is missing, StoreError where nothing can
    be saved. A damaged file is a problem of the summary; what was read of it stays.
    """
    try:
        import warcio  # noqa: F401 - said here, once, rather than for each file
    except ImportError as error:
        raise SourceError(f"source {source.name}: {EXTRA_MISSING}") from error
    found = files_of(source) if files is None else list(files)
    if not found:
        raise SourceError(f"source {source.name}: there is no file {source.path}")
    store.limit_documents(source.name, limits_of(source.limits))
    return _Reading(source, store, frozenset(only), progress).run(found)


class _Reading:
    """One run over a source's files."""

    def __init__(
        self,
        source: WarcSource,
        store: SnapshotStore,
        only: frozenset[str],
        progress: Callable[[int, str], None] | None,
    ) -> None:
        self._source = source
        self._store = store
        self._only = only
        self._progress = progress
        self._prefixes = tuple(normalise(url) or url for url in source.scope)
        self._allow = [re.compile(pattern) for pattern in source.allow]
        self._deny = [re.compile(pattern) for pattern in source.deny]
        self._newest: dict[str, datetime] = {}
        self._counts: Counter[str] = Counter()
        self._received = 0
        self._problems: list[Problem] = []
        self._waiting: dict[str, Snapshot] = {}

    def run(self, files: Sequence[Path]) -> CrawlSummary:
        started = datetime.now(UTC)
        crawl = None if self._only else self._store.begin_crawl(self._source.name, started)
        self._newest = {
            visit.url: visit.fetched_at for visit in self._store.last_visits(self._source.name)
        }
        try:
            for path in files:
                self._read(path)
        except KeyboardInterrupt:
            self._problems.append(Problem("interrupted", "the reading was interrupted"))
            self._end(crawl, started)
            raise
        return self._end(crawl, started)

    def _end(self, crawl: int | None, started: datetime) -> CrawlSummary:
        summary = CrawlSummary(
            source=self._source.name,
            started_at=started,
            finished_at=datetime.now(UTC),
            counts=dict(self._counts),
            bytes_received=self._received,
            complete=not self._problems,
            problems=tuple(self._problems[:10]),
        )
        if crawl is not None:
            self._store.end_crawl(crawl, summary)
        return summary

    def _read(self, path: Path) -> None:
        from crawler.warc.reading import Left, recorded

        left = Left()
        try:
            with path.open("rb") as stream:
                visits = recorded(stream, self._source, self._admits, left)
                for batch in _batches(self._new(visits)):
                    self._save(batch)
        except SourceError as error:
            self._problems.append(Problem("damaged", f"{path.name}: {error}"))
        except OSError as error:
            self._problems.append(Problem("unreadable", f"{path}: {error.strerror or error}"))
        self._note(path, left)

    def _note(self, path: Path, left: Left) -> None:
        if left.problems:
            more = f" and {len(left.problems) - 1} more" if len(left.problems) > 1 else ""
            self._problems.append(Problem("damaged", f"{path.name}: {left.problems[0]}{more}"))

    def _admits(self, url: str) -> bool:
        if self._only and url not in self._only:
            return False
        if self._prefixes and not url.startswith(self._prefixes):
            return False
        if any(pattern.search(url) for pattern in self._deny):
            return False
        return not self._allow or any(pattern.search(url) for pattern in self._allow)

    def _new(self, visits: Iterable[Recorded]) -> Iterator[Snapshot]:
        """Visits later than what is stored, each with a body where it has one."""
        for visit in visits:
            snapshot = visit.snapshot
            last = self._newest.get(snapshot.url)
            if last is not None and snapshot.fetched_at <= last:
                self._counts[Outcome.UNCHANGED] += 1
                continue
            if sum(self._counts.values()) >= self._source.limits.max_pages:
                limit = self._source.limits.max_pages
                self._problems.append(
                    Problem("limit", f"stopped after limits.max_pages = {limit} visits")
                )
                return
            self._newest[snapshot.url] = snapshot.fetched_at
            if visit.same_as is not None and visit.same_as[0] != snapshot.url:
                snapshot = self._with_body_of(snapshot, *visit.same_as)
            if snapshot.body is not None:
                self._waiting[snapshot.url] = snapshot
            yield snapshot

    def _with_body_of(self, snapshot: Snapshot, url: str, at: datetime | None) -> Snapshot:
        """A visit that repeats what another page showed: with that page's body, if it is known."""
        same: Snapshot | Original | None = self._waiting.get(url)
        if same is None or same.body is None:
            same = self._store.original_at(snapshot.source, url, at)
        if same is None:
            return snapshot
        return replace(
            snapshot,
            outcome=Outcome.OK,
            body=same.body,
            media_type=same.media_type,
            charset=same.charset,
        )

    def _save(self, batch: list[Snapshot]) -> None:
        self._waiting.clear()
        self._received += sum(len(snapshot.body or b"") for snapshot in batch)
        self._counts.update(outcome.value for outcome in self._store.save(batch))
        if self._progress is not None:
            self._progress(self._counts.total(), batch[-1].url)


def _batches(snapshots: Iterable[Snapshot]) -> Iterator[list[Snapshot]]:
    """Snapshots in transactions' worth."""
    batch: list[Snapshot] = []
    size = 0
    damage = None
    try:
        for snapshot in snapshots:
            batch.append(snapshot)
            size += len(snapshot.body or b"")
            if len(batch) >= BATCH_VISITS or size >= BATCH_BYTES:
                yield batch
                batch, size = [], 0
    except SourceError as error:  # what came before it counts
        damage = error
    if batch:
        yield batch
    if damage is not None:
        raise damage
