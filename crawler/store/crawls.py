"""Runs over sources: begun, ended, counted."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from crawler.store.instants import from_text, to_text
from crawler.store.records import CrawlRecord, SourceState
from crawler.summary import Problem

if TYPE_CHECKING:
    from datetime import datetime
    from sqlite3 import Connection

    from crawler.summary import CrawlSummary

_COLUMNS = "id, source, started_at, finished_at, state, counts, bytes_received, problems, readable"


def begin(connection: Connection, source: str, at: datetime) -> int:
    """A new running crawl; one of this source that still says running was killed."""
    connection.execute(
        "update crawl set state = 'interrupted' where source = ? and state = 'running'", (source,)
    )
    row = connection.execute(
        "insert into crawl (source, started_at, state) values (?, ?, 'running')",
        (source, to_text(at)),
    ).lastrowid
    assert row is not None  # an insert always has one
    return row


def end(connection: Connection, crawl: int, summary: CrawlSummary) -> None:
    """Write down how a crawl ended."""
    connection.execute(
        "update crawl set finished_at = ?, state = ?, counts = ?, bytes_received = ?, "
        "problems = ?, readable = ? where id = ?",
        (
            to_text(summary.finished_at),
            "complete" if summary.complete else "partial",
            json.dumps({str(key): count for key, count in sorted(summary.counts.items())}),
            summary.bytes_received,
            json.dumps([[problem.kind, problem.message] for problem in summary.problems]),
            summary.readable,
            crawl,
        ),
    )


def last(connection: Connection, source: str, *, complete: bool = False) -> CrawlRecord | None:
    """The newest crawl of a source."""
    only = "and state = 'complete'" if complete else ""
    row = connection.execute(
        f"select {_COLUMNS} from crawl where source = ? {only} order by id desc limit 1",
        (source,),
    ).fetchone()
    return None if row is None else _record(row)


def sources(connection: Connection) -> list[SourceState]:
    """Every source that was ever crawled."""
    found = connection.execute(
        """
        select name,
          coalesce(sum(page.last_content_visit is not null
                       and visit.outcome not in ('gone', 'redirected')), 0),
          coalesce(sum(visit.outcome = 'gone'), 0)
        from (select source as name from crawl union select source from page)
        left join page on page.source = name
        left join visit on visit.id = page.last_visit
        group by name order by name
        """
    ).fetchall()
    return [
        SourceState(source=name, pages=pages, gone=gone, last_crawl=last(connection, name))
        for name, pages, gone in found
    ]


def _record(row: tuple[Any, ...]) -> CrawlRecord:
    return CrawlRecord(
        id=row[0],
        source=row[1],
        started_at=from_text(row[2]),
        finished_at=from_text(row[3]),
        state=row[4],
        counts=json.loads(row[5]),
        bytes_received=row[6],
        problems=tuple(Problem(kind, message) for kind, message in json.loads(row[7])),
        readable=row[8],
    )
