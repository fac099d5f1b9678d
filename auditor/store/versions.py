"""The version of each remote export that was read last, as its place tells it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from auditor.store.instants import instant, to_text

if TYPE_CHECKING:
    from sqlite3 import Connection

TRUSTED_FOR = timedelta(days=7)
"""How long a place is believed that its export is the same: some keep an ETag or a time over a
change, so that the whole export is fetched once a week whatever they say."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """The export of a feed that was fetched last.

    ``version`` is what its place said of it; ``reads`` stands for the feed's configuration then,
    ``content`` for all that its records depend on (see ``Export``).
    """

    feed: str
    version: str
    reads: str
    content: str
    fetched_at: datetime


class Versions:
    """The table ``feed_version``."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def of(self, feed: str, reads: str, now: datetime) -> Fetched | None:
        """What was fetched last, if it was read under the same configuration, and lately."""
        row = self._connection.execute(
            "select feed, version, reads, content, fetched_at from feed_version where feed = ?",
            (feed,),
        ).fetchone()
        if row is None or row[2] != reads:
            return None
        name, version, reads, content, fetched_at = row
        found = Fetched(name, version, reads, content, instant(fetched_at))
        return found if now - found.fetched_at < TRUSTED_FOR else None

    def save(self, fetched: Fetched) -> None:
        """Keep it for the feed, inside the caller's transaction; without a version forget it."""
        self._connection.execute("delete from feed_version where feed = ?", (fetched.feed,))
        if fetched.version:
            self._connection.execute(
                "insert into feed_version (feed, version, reads, content, fetched_at) "
                "values (?, ?, ?, ?, ?)",
                (
                    fetched.feed,
                    fetched.version,
                    fetched.reads,
                    fetched.content,
                    to_text(fetched.fetched_at),
                ),
            )
