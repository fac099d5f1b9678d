"""Crawl: config and store in, snapshots and a summary out.

Websites are crawled in processes of their own (``crawler.child``), several at once; knowledge
bases, folders and WARC files in this one. Whatever ends a crawl, what was stored stays, and the
next run goes on from there.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from crawler.config import FolderSource, KmsSource, WarcSource, WebsiteSource
from crawler.errors import SourceError
from crawler.processes import (
    Interrupted,
    Progress,
    Website,
    WebsiteCrawls,
    not_started,
    website,
)
from crawler.store import SnapshotStore
from crawler.summary import CrawlSummary

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from crawler.config import CrawlConfig, SourceConfig

__all__ = ["CrawlSummary", "Interrupted", "Progress", "crawl", "crawl_all", "probe"]


def crawl(
    config: CrawlConfig,
    source: SourceConfig,
    store: SnapshotStore,
    *,
    progress: Progress | None = None,
    only: Sequence[str] = (),
) -> CrawlSummary:
    """Crawl one source into the store; ``only`` fetches just these URLs, as they are now.

    What went wrong on the way is in the summary's problems. Raises SourceError where the source
    cannot be started, StoreError where nothing can be saved, Interrupted on Ctrl-C.
    """
    if isinstance(source, WebsiteSource):
        task = website(config, source, store.path, only)
        crawls = WebsiteCrawls([task], progress)
        try:
            with crawls:
                crawls.finish()
        except KeyboardInterrupt:
            raise Interrupted(crawls.summaries()) from None
        if task.error is not None:
            raise task.error
        return crawls.summaries()[0]
    return _in_process(config, source, store, progress, only)


def crawl_all(
    config: CrawlConfig,
    sources: Iterable[SourceConfig],
    store_path: Path | str,
    *,
    progress: Progress | None = None,
) -> list[CrawlSummary]:
    """Crawl sources, websites several at once; the summaries in the order of the sources.

    A source that cannot be started is a summary with that problem; the others go on. Raises
    StoreError where nothing can be saved, Interrupted on Ctrl-C.
    """
    sources = list(sources)
    found: dict[int, CrawlSummary] = {}
    tasks: dict[int, Website] = {}
    for index, source in enumerate(sources):
        if isinstance(source, WebsiteSource):
            try:
                tasks[index] = website(config, source, Path(store_path), ())
            except SourceError as error:
                found[index] = not_started(source.name, datetime.now(UTC), error)
    crawls = WebsiteCrawls(list(tasks.values()), progress)
    try:
        with SnapshotStore(store_path) as store, crawls:
            for index, source in enumerate(sources):
                if not isinstance(source, WebsiteSource):
                    found[index] = _kept(config, source, store, progress, crawls)
            crawls.finish()
    except KeyboardInterrupt:
        raise Interrupted([*found.values(), *crawls.summaries()]) from None
    for index, task in tasks.items():
        found[index] = _summary(task)
    return [found[index] for index in range(len(sources))]


def probe(config: CrawlConfig, source: SourceConfig) -> str:
    """Ask a source for one page, keep nothing, and say in a sentence how it answered.

    Raises CrawlerError where it gives no content.
    """
    if isinstance(source, FolderSource):
        return f"a folder, {source.path}"
    if isinstance(source, WarcSource):
        return f"WARC files, {source.path}"
    if isinstance(source, KmsSource):
        from crawler.kms.runner import probe_kms

        return probe_kms(config, source)
    started = time.monotonic()
    with (
        TemporaryDirectory(prefix="sellby-") as folder,
        SnapshotStore(Path(folder) / "probe.db") as store,
    ):
        summary = crawl(config, source, store, only=source.start[:1])
        visits = list(store.last_visits(source.name))
    if summary.pages:
        size = sum(visit.bytes_received for visit in visits)
        return f"{source.start[0]} answers: {size:,} bytes in {time.monotonic() - started:.1f} s"
    for problem in summary.problems:
        raise SourceError(f"{source.start[0]}: {problem.message}")
    detail = visits[-1].detail or visits[-1].outcome if visits else "it was not reached"
    raise SourceError(f"{source.start[0]}: no content ({detail})")


# In this process ---------------------------------------------------------------------------


def _summary(task: Website) -> CrawlSummary:
    """What a website's crawl came to. Raises StoreError where nothing could be saved."""
    if task.summary is not None:
        return task.summary
    assert task.error is not None  # a process that ended has left one of the two
    if isinstance(task.error, SourceError):
        return not_started(task.name, task.started_at, task.error)
    raise task.error


def _kept(
    config: CrawlConfig,
    source: KmsSource | FolderSource | WarcSource,
    store: SnapshotStore,
    progress: Progress | None,
    crawls: WebsiteCrawls,
) -> CrawlSummary:
    """Crawl in this process while the websites go on; one that cannot start is a summary."""
    started_at = datetime.now(UTC)

    def told(done: int, total: int | None = None, note: str = "") -> None:
        crawls.step(0)
        if progress is not None:
            progress(done, total, note)

    try:
        return _in_process(config, source, store, told, ())
    except SourceError as error:
        return not_started(source.name, started_at, error)


def _in_process(
    config: CrawlConfig,
    source: KmsSource | FolderSource | WarcSource,
    store: SnapshotStore,
    progress: Progress | None,
    only: Sequence[str],
) -> CrawlSummary:
    def told(done: int, note: str = "") -> None:
        if progress is not None:
            progress(done, None, f"{source.name} {note}")

    if isinstance(source, KmsSource):
        from crawler.kms.runner import crawl_kms

        return crawl_kms(config, source, store, progress=told, only=only)
    if isinstance(source, WarcSource):
        from crawler.warc.source import crawl_warc

        return crawl_warc(source, store, progress=told, only=only)
    from crawler.folder import crawl_folder

    return crawl_folder(config, source, store, progress=told, only=only)
