"""What people released: exports, values and doubts; an append-only log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from auditor.store.instants import instant, to_text

if TYPE_CHECKING:
    from collections.abc import Iterable
    from sqlite3 import Connection


class ReleaseKind(StrEnum):
    """What was released."""

    EXPORT = "export"
    VALUE = "value"
    DOUBT = "doubt"


@dataclass(frozen=True, slots=True)
class Release:
    """Who released what of which feed, when and why.

    ``subject`` is the export's content digest, the held value's id or the doubt's batch; ``what``
    says it in words.
    """

    feed: str
    kind: ReleaseKind
    who: str
    at: datetime
    note: str
    subject: str
    what: str


class Releases:
    """The table ``feed_release``."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, releases: Iterable[Release]) -> None:
        """Append to the log, inside the caller's transaction."""
        self._connection.executemany(
            "insert into feed_release (feed, kind, who, at, note, subject, what) "
            "values (?, ?, ?, ?, ?, ?, ?)",
            [(r.feed, r.kind, r.who, to_text(r.at), r.note, r.subject, r.what) for r in releases],
        )

    def of(self, feed: str = "", limit: int = 100) -> list[Release]:
        """The newest releases first, of one feed or of all."""
        rows = self._connection.execute(
            "select feed, kind, who, at, note, subject, what from feed_release "
            "where ? in ('', feed) order by id desc limit ?",
            (feed, limit),
        )
        return [
            Release(name, ReleaseKind(kind), who, instant(at), note, subject, what)
            for name, kind, who, at, note, subject, what in rows
        ]
