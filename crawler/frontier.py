"""Which URL next, and what is known of it: in SQLite, beside the store, so that a kill loses none.

A URL is marked done in the same transaction that stores its snapshot and the links found on it.
So whatever instant a crawl is killed at, every URL that is not stored is still to be fetched,
and a page is never forgotten because the one that links to it was already done.

Rows stay from night to night: pages known from earlier nights are asked for even if nothing
links to them any more, which is how a deleted page is noticed.
"""

from __future__ import annotations

from collections import deque
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlite_utils import Migrations

from crawler.store.connection import open_database, readable_errors, refuse_newer, transaction
from crawler.store.instants import from_text, to_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime
    from sqlite3 import Connection

    from sqlite_utils import Database

migrations = Migrations("frontier")

# An interrupted crawl older than this is not gone on with: half of its pages would be of an
# earlier night. Nightly runs that were cut short still meet it.
RESUMED_WITHIN = timedelta(hours=36)
# Runs in which a page answered 404 or 410 before it is forgotten: a site that was broken for a
# night must get its pages back, even where nothing but unchanged pages links to them.
FORGOTTEN_AFTER = 7


@migrations()
def m001_frontier(db: Database) -> None:
    """One row per URL of a source, one row per source for its run."""
    db.table("frontier").create(
        {
            "source": str,
            "url": str,
            "kind": int,
            "depth": int,
            "state": int,
            "misses": int,
            "canonical": str,
        },
        pk=("source", "url"),
        not_null={"source", "url", "kind", "depth", "state", "misses"},
        defaults={"misses": 0},
        strict=True,
    )
    db.table("frontier_run").create(
        {"source": str, "started_at": str, "finished_at": str, "content_pages": int},
        pk="source",
        not_null={"source", "started_at"},
        strict=True,
    )


class Kind(IntEnum):
    """What is expected behind a URL."""

    PAGE = 0
    SITEMAP = 1


class State(IntEnum):
    """How far a URL is in the present run."""

    PENDING = 0
    DONE = 1
    KNOWN = 2  # of an earlier run, not yet met in this one
    GONE = 3  # answered 404 or 410 in this run


@dataclass(slots=True)
class Entry:
    """One URL to be fetched. ``depth`` counts links from a start page, ``tries`` fetches so far.

    ``hops`` counts redirects that led here, ``nesting`` the sitemaps above this one. ``fetch``
    and ``cookies`` are what a redirect of a page to itself asked for.
    """

    url: str
    depth: int = 0
    kind: Kind = Kind.PAGE
    tries: int = 0
    hops: int = 0
    nesting: int = 0
    fetch: str = ""
    cookies: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """A URL met for the first time in this run; ``hops`` and ``nesting`` as in Entry."""

    url: str
    depth: int
    kind: Kind = Kind.PAGE
    hops: int = 0
    nesting: int = 0


@dataclass(frozen=True, slots=True)
class Done:
    """A URL that was fetched, with the new URLs it named."""

    url: str
    gone: bool = False
    canonical: str | None = None
    found: Sequence[Found] = ()


class Frontier:
    """The URLs of one source. One object per crawl; not shared between threads.

    ``write`` alone is for another thread: it only touches the connection it is given.
    """

    def __init__(self, path: Path | str, source: str) -> None:
        self.path = Path(path)
        self.source = source
        self.resumed = False
        self.queued = 0
        self._queue: deque[Entry] = deque()
        self._seen: set[int] = set()
        self._known: Iterator[tuple[str, int]] | None = None
        self._database = open_database(self.path)
        with readable_errors(self.path):
            refuse_newer(self._database, migrations, self.path)
            migrations.apply(self._database)

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def open_run(self, at: datetime, seeds: Iterable[Found]) -> None:
        """Go on with an interrupted run, or start a fresh one; ``seeds`` are queued first."""
        found = self._query(
            "select started_at, finished_at from frontier_run where source = ?", (self.source,)
        )
        if found and found[0][1] is None:
            started = from_text(found[0][0])
            self.resumed = started is not None and at - started < RESUMED_WITHIN
        with self._writing() as connection:
            if not self.resumed:
                self._start_fresh(connection, at)
        if self.resumed:
            self._load()
        fresh = [seed for seed in seeds if self.add(seed)]
        with self._writing() as connection:
            self.write(connection, [Done("", found=fresh)])

    def finish_run(self, at: datetime, content_pages: int) -> None:
        """The run saw everything: the next one starts afresh."""
        with self._writing() as connection:
            connection.execute(
                "update frontier_run set finished_at = ?, content_pages = ? where source = ?",
                (to_text(at), content_pages, self.source),
            )

    def last_content_pages(self) -> int | None:
        """Content pages of the last run that was finished; None before the first."""
        found = self._query(
            "select content_pages from frontier_run where source = ?", (self.source,)
        )
        return found[0][0] if found else None

    def add(self, found: Found) -> bool:
        """Queue a URL unless this run has met it; whether it was new."""
        key = hash(found.url)
        if key in self._seen:
            return False
        self._seen.add(key)
        self._queue.append(
            Entry(found.url, found.depth, found.kind, hops=found.hops, nesting=found.nesting)
        )
        self.queued += 1
        return True

    def seen(self, url: str) -> bool:
        """Whether this run has met the URL."""
        return hash(url) in self._seen

    def next(self) -> Entry | None:
        """The next URL; pages known from earlier nights come last. None: nothing is left."""
        if self._queue:
            return self._queue.popleft()
        if self._known is None:
            self._known = iter(self._known_urls())
        for url, depth in self._known:
            if self.add(Found(url, depth)):
                return self._queue.popleft()
        return None

    def has_more(self) -> bool:
        """Whether ``next`` may give a further URL."""
        if self._queue:
            return True
        entry = self.next()
        if entry is not None:
            self._queue.appendleft(entry)
        return entry is not None

    def write(self, connection: Connection, done: Sequence[Done]) -> None:
        """Mark URLs done and insert what they named, on a connection in a transaction."""
        source = self.source
        connection.executemany(
            "insert into frontier (source, url, kind, depth, state) values (?, ?, ?, ?, ?) "
            "on conflict (source, url) do update set kind = excluded.kind, "
            "depth = min(depth, excluded.depth), state = excluded.state "
            "where state in (2, 3)",
            (
                (source, found.url, int(found.kind), found.depth, int(State.PENDING))
                for visit in done
                for found in visit.found
            ),
        )
        connection.executemany(
            "insert into frontier (source, url, kind, depth, state, canonical) "
            "values (?, ?, 0, 0, ?, ?) on conflict (source, url) do update set "
            "state = excluded.state, canonical = coalesce(excluded.canonical, canonical)",
            (
                (source, visit.url, int(State.GONE if visit.gone else State.DONE), visit.canonical)
                for visit in done
                if visit.url
            ),
        )

    def _start_fresh(self, connection: Connection, at: datetime) -> None:
        source = self.source
        connection.execute(
            "update frontier set misses = case state when ? then misses + 1 else 0 end, state = ? "
            "where source = ?",
            (int(State.GONE), int(State.KNOWN), source),
        )
        connection.execute(
            "delete from frontier where source = ? and (kind = ? or misses >= ?)",
            (source, int(Kind.SITEMAP), FORGOTTEN_AFTER),
        )
        connection.execute(
            "insert into frontier_run (source, started_at) values (?, ?) on conflict (source) "
            "do update set started_at = excluded.started_at, finished_at = null",
            (source, to_text(at)),
        )

    def _load(self) -> None:
        rows = self._query(
            "select url, kind, depth, state from frontier where source = ? and state != ? "
            "order by rowid",
            (self.source, int(State.KNOWN)),
        )
        for url, kind, depth, state in rows:
            if state == State.PENDING:
                self.add(Found(url, depth, Kind(kind)))
            else:
                self._seen.add(hash(url))

    def _known_urls(self) -> list[tuple[str, int]]:
        rows = self._query(
            "select url, depth from frontier where source = ? and state = ? order by rowid",
            (self.source, int(State.KNOWN)),
        )
        return [(url, depth) for url, depth in rows if hash(url) not in self._seen]

    def _query(self, sql: str, values: tuple[Any, ...]) -> list[tuple[Any, ...]]:
        with readable_errors(self.path):
            return list(self._database.execute(sql, values).fetchall())

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with readable_errors(self.path), transaction(self._database):
            yield self._database.conn
