"""A directory of saved pages as a source: no server, the same visits.

Whether a file changed is told by its content alone: ``git clone``, ``rsync`` and unpacking
archives set modification times at will.
"""

from __future__ import annotations

import os
import re
import stat
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from crawler.documents.kinds import PATTERNS, kind_of, media_type_of
from crawler.documents.rendition import limits_of
from crawler.errors import SourceError
from crawler.outcome import classify
from crawler.snapshot import Outcome, Snapshot
from crawler.summary import CrawlSummary, Problem
from crawler.urls import normalise

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from crawler.config import CrawlConfig, FolderSource
    from crawler.store import SnapshotStore

# Files stored in one transaction, and the bytes that wait for it at most.
BATCH_FILES = 128
BATCH_BYTES = 8 * 1024 * 1024


def crawl_folder(
    config: CrawlConfig,
    source: FolderSource,
    store: SnapshotStore,
    *,
    progress: Callable[[int, str], None] | None = None,
    only: Iterable[str] = (),
) -> CrawlSummary:
    """Read a directory into the store; with ``only`` just the files at these URLs.

    ``progress`` is told how many files were read and which URL came last. Files that are no
    longer there are gone, unless the directory could not be read whole. Raises SourceError
    where there is no such directory, StoreError where nothing can be saved.
    """
    if not source.path.is_dir():
        raise SourceError(f"source {source.name}: {source.path} is not a directory")
    store.limit_documents(source.name, limits_of(source.limits))
    reading = _Reading(source, store, frozenset(only), _now(), progress)
    return reading.run()


def page_url(base_url: str, relative: str) -> str | None:
    """The URL of a file below the directory; None where base_url is no http(s) URL.

    >>> page_url("https://shop.example/de", "maße & preise/a?b.html")
    'https://shop.example/de/ma%C3%9Fe%20%26%20preise/a%3Fb.html'
    """
    return normalise(f"{base_url.rstrip('/')}/{quote(os.fsencode(relative))}")


def glob_expression(pattern: str) -> re.Pattern[str]:
    """A glob pattern over relative paths: ``**/`` is any number of folders, ``*`` stays in one.

    >>> [bool(glob_expression("**/*.html").fullmatch(p)) for p in ("a.html", "x/y/a.html", "a.txt")]
    [True, True, False]
    """
    parts = re.split(r"(\*\*/|\*\*|\*|\?)", pattern)
    return re.compile("".join(_GLOB.get(part, re.escape(part)) for part in parts))


_GLOB = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}


@dataclass(slots=True)
class _Reading:
    """One run over one directory."""

    source: FolderSource
    store: SnapshotStore
    only: frozenset[str]
    started: datetime
    progress: Callable[[int, str], None] | None

    def run(self) -> CrawlSummary:
        crawl = None if self.only else self.store.begin_crawl(self.source.name, self.started)
        problems: list[Problem] = []
        counts: Counter[str] = Counter()
        met: set[str] = set()
        received = 0
        try:
            for batch in _batches(self._snapshots(problems), met):
                received += sum(snapshot.bytes_received for snapshot in batch)
                counts.update(outcome.value for outcome in self.store.save(batch))
                if self.progress is not None:
                    self.progress(counts.total(), batch[-1].url)
            missing = self._missing(met, problems)
            counts.update(outcome.value for outcome in self.store.save(missing))
        except KeyboardInterrupt:
            problems.append(Problem("interrupted", "the crawl was interrupted; run it again"))
            self._end(crawl, self._summary(counts, received, problems))
            raise
        summary = self._summary(counts, received, problems)
        self._end(crawl, summary)
        return summary

    def _end(self, crawl: int | None, summary: CrawlSummary) -> None:
        if crawl is not None:
            self.store.end_crawl(crawl, summary)

    def _summary(
        self, counts: Counter[str], received: int, problems: list[Problem]
    ) -> CrawlSummary:
        return CrawlSummary(
            source=self.source.name,
            started_at=self.started,
            finished_at=_now(),
            counts=dict(counts),
            bytes_received=received,
            complete=not problems,
            problems=tuple(problems),
        )

    def _snapshots(self, problems: list[Problem]) -> Iterator[Snapshot]:
        wanted = (*self.source.include, *(PATTERNS if self.source.documents else ()))
        patterns = [glob_expression(pattern) for pattern in wanted]
        root = self.source.path.resolve()
        count = 0
        for relative in _files(root, problems):
            if not any(pattern.fullmatch(relative) for pattern in patterns):
                continue
            url = page_url(self.source.base_url, relative)
            if url is None:
                raise SourceError(
                    f"source {self.source.name}: base_url {self.source.base_url!r} is no "
                    "http(s) URL"
                )
            if self.only and url not in self.only:
                continue
            count += 1
            if count > self.source.limits.max_pages:
                limit = self.source.limits.max_pages
                problems.append(Problem("limit", f"stopped after limits.max_pages = {limit} files"))
                return
            yield self._snapshot(root, relative, url)

    def _snapshot(self, root: Path, relative: str, url: str) -> Snapshot:
        media_type = media_type_of(relative)
        is_document = kind_of(media_type, url) is not None
        limits = self.source.limits
        most = limits.max_document_bytes if is_document else limits.max_body_bytes
        outcome, detail, body = _read(root, root / relative, most)
        if (
            outcome is Outcome.OK
            and body is not None
            and media_type.startswith("text/")
            and not is_document
        ):
            verdict = classify(body, media_type=media_type)
            outcome, detail = verdict.outcome, verdict.detail
        return Snapshot(
            source=self.source.name,
            url=url,
            fetched_at=_now(),
            outcome=outcome,
            media_type=media_type,
            body=body if outcome.is_content else None,
            detail=detail or None,
            bytes_received=len(body) if body is not None else 0,
        )

    def _missing(self, met: set[str], problems: list[Problem]) -> list[Snapshot]:
        """Gone visits for what was there before: only where everything could be looked at."""
        if problems:
            return []
        before = {
            visit.url
            for visit in self.store.last_visits(self.source.name)
            if visit.outcome is not Outcome.GONE
        }
        if self.only:
            before &= self.only
        elif before and not met:
            problems.append(
                Problem(
                    "degraded",
                    f"{self.source.path} holds no page any more, but held {len(before)}: "
                    "not mounted? Nothing was deleted.",
                )
            )
            return []
        return [
            Snapshot(
                source=self.source.name,
                url=url,
                fetched_at=_now(),
                outcome=Outcome.GONE,
                detail="the file is no longer there",
            )
            for url in sorted(before - met)
        ]


def _files(root: Path, problems: list[Problem]) -> Iterator[str]:
    """Relative paths of everything below root, in order; links to directories not followed."""

    def unreadable(error: OSError) -> None:
        reason = error.strerror or str(error)
        problems.append(Problem("unreadable", f"{error.filename}: {reason}"))

    for folder, folders, files in os.walk(root, onerror=unreadable):
        folders.sort()
        for name in sorted(files):
            yield Path(folder, name).relative_to(root).as_posix()


def _read(root: Path, path: Path, limit: int) -> tuple[Outcome, str, bytes | None]:
    """(outcome, why it is no content, body) of one file, which may be a link or a device."""
    try:
        resolved = path.resolve(strict=True)
        if not resolved.is_relative_to(root):
            return Outcome.REFUSED, "a link to outside of the directory", None
        found = resolved.stat()
        if not stat.S_ISREG(found.st_mode):
            return Outcome.REFUSED, "not a regular file", None
        if found.st_size > limit:
            return Outcome.TOO_LARGE, f"{found.st_size} bytes; the limit is {limit}", None
        with resolved.open("rb") as file:
            body = file.read(limit + 1)
    except (OSError, RuntimeError) as error:  # RuntimeError: links in a circle
        return Outcome.UNREADABLE, getattr(error, "strerror", None) or str(error), None
    if len(body) > limit:
        return Outcome.TOO_LARGE, f"more than {limit} bytes", None
    return Outcome.OK, "", body


def _batches(snapshots: Iterator[Snapshot], met: set[str]) -> Iterator[list[Snapshot]]:
    """Snapshots in transactions' worth; notes their URLs in ``met``."""
    batch: list[Snapshot] = []
    size = 0
    for snapshot in snapshots:
        met.add(snapshot.url)
        batch.append(snapshot)
        size += len(snapshot.body or b"")
        if len(batch) >= BATCH_FILES or size >= BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _now() -> datetime:
    return datetime.now(UTC)
