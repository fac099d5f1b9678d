"""Popularity figures by day, about pages and search terms too."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite_utils import Database


def m008_signals(db: Database) -> None:
    """Give ``signal`` its days and subjects; what is there stays, as counts without a day."""
    for statement in _STATEMENTS:
        db.execute(statement)


_STATEMENTS = (
    "alter table signal rename to signal_before",
    """
    create table signal (
      feed text not null,
      about text not null check (about in ('sku', 'url', 'term')),
      subject text not null,
      signal text not null,
      day text not null,
      value text not null,
      window_days integer not null,
      primary key (feed, about, subject, signal, day)
    ) strict, without rowid
    """,
    """
    insert into signal (feed, about, subject, signal, day, value, window_days)
    select feed, 'sku', sku, signal, '', value, window_days from signal_before
    """,
    "drop table signal_before",
)
