"""The columns of each feed's last believed export, so that their drift can be told."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite_utils import Database


def m009_feed_columns(db: Database) -> None:
    """Create the table of the feeds' columns."""
    db.execute(
        """
        create table feed_column (
          feed text not null,
          name text not null,
          kind text not null,
          position integer not null,
          primary key (feed, name)
        ) strict, without rowid
        """
    )
