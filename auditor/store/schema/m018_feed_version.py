"""Which version of a remote export was read last, so that the same is not fetched again."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite_utils import Database


def m018_feed_version(db: Database) -> None:
    """Create the table ``feed_version``."""
    db.execute(
        """
        create table feed_version (
          feed text primary key,
          version text not null,
          reads text not null,
          content text not null,
          fetched_at text not null
        ) strict, without rowid
        """
    )
