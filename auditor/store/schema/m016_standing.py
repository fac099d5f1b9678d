"""Where the facts of an export stand and which of its rows need no reading again, packed."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite_utils import Database


def m016_standing(db: Database) -> None:
    """Create the tables ``standing`` (parts of up to 1,024 truths) and ``standing_file``."""
    db.execute(
        """
        create table standing (
          feed text not null,
          first_id integer not null,
          ids blob not null,
          marks blob not null,
          lines blob not null,
          primary key (feed, first_id)
        ) strict
        """
    )
    db.execute(
        """
        create table standing_file (
          feed text primary key,
          file text not null,
          reads text not null
        ) strict, without rowid
        """
    )
