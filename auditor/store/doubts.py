"""Exports that contradict so many pages at once that their owner is asked first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from auditor.store.instants import from_text, instant, to_text

if TYPE_CHECKING:
    from collections.abc import Iterable
    from sqlite3 import Connection

Batch = tuple[str, datetime]
"""An export: the feed, and when Sellby first read it."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """A question to a feed's owner: do so many pages suddenly err, or does the export?

    ``pages`` is how many contradict it, ``example`` one of them in words. ``closed_by`` is who
    released it, or why it is over.
    """

    feed: str
    batch: datetime
    pages: int
    example: str
    opened_at: datetime
    closed_at: datetime | None = None
    closed_by: str = ""


class Doubts:
    """The table ``feed_doubt``."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def open(self, feed: str = "") -> list[Doubt]:
        """What is in doubt now, of one feed or of all, the oldest first."""
        rows = self._connection.execute(
            "select feed, batch, pages, example, opened_at, closed_at, closed_by from feed_doubt "
            "where closed_at is null and ? in ('', feed) order by batch, feed",
            (feed,),
        )
        return [
            Doubt(name, instant(batch), pages, example, instant(opened), from_text(closed), by)
            for name, batch, pages, example, opened, closed, by in rows
        ]

    def settled(self) -> frozenset[Batch]:
        """The exports on which a doubt is over: released, taken back or followed by the pages."""
        rows = self._connection.execute(
            "select feed, batch from feed_doubt where closed_at is not null"
        )
        return frozenset((feed, instant(batch)) for feed, batch in rows)

    def save(self, doubts: Iterable[Doubt]) -> None:
        """Open doubts, or bring the open ones up to date."""
        self._connection.executemany(
            "insert into feed_doubt (feed, batch, pages, example, opened_at) "
            "values (?, ?, ?, ?, ?) on conflict (feed, batch) do update "
            "set pages = excluded.pages, example = excluded.example where closed_at is null",
            [(d.feed, to_text(d.batch), d.pages, d.example, to_text(d.opened_at)) for d in doubts],
        )

    def close(self, batches: Iterable[Batch], by: str, at: datetime) -> None:
        """End doubts, saying who released them or why they are over."""
        self._connection.executemany(
            "update feed_doubt set closed_at = ?, closed_by = ? "
            "where feed = ? and batch = ? and closed_at is null",
            [(to_text(at), by, feed, to_text(batch)) for feed, batch in batches],
        )
