"""What only all pages together show: cross-checks of two sources, and remarks."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite_utils import Database


def m004_overview(db: Database) -> None:
    """Create the tables of cross-checks and remarks."""
    for statement in _STATEMENTS:
        db.execute(statement)


_STATEMENTS = (
    """
    create table cross_check (
      sku text not null,
      attribute text not null,
      key text not null,
      role text not null,
      standing text not null,
      website_source text not null,
      website_url text not null,
      website text not null,
      kms_source text not null,
      kms_url text not null,
      kms text not null,
      expected text not null,
      feed text not null,
      note text not null,
      primary key (sku, attribute, key, role)
    ) strict, without rowid
    """,
    """
    create table remark (
      kind text not null,
      subject text not null,
      count integer not null,
      message text not null,
      examples text not null,
      primary key (kind, subject)
    ) strict, without rowid
    """,
)
