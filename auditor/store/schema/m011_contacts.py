"""Tickets and calls, and which product each is about."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite_utils import Database


def m011_contacts(db: Database) -> None:
    """Create the table of contacts."""
    for statement in _STATEMENTS:
        db.execute(statement)


_STATEMENTS = (
    """
    create table contact (
      feed text not null,
      id text not null,
      at text not null,
      named text not null,
      url text not null,
      subject text not null,
      reason text not null,
      minutes text,
      repeat integer check (repeat in (0, 1)),
      who text not null,
      product text not null,
      primary key (feed, id)
    ) strict, without rowid
    """,
    """
    create index contact_product on contact (product, at)
    """,
)
