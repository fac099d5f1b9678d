"""What was told to whom, and the messages that say it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite_utils import Database


def m014_notices(db: Database) -> None:
    """Create the tables of notices."""
    for statement in _STATEMENTS:
        db.execute(statement)


_STATEMENTS = (
    """
    create table notice (
      id integer primary key,
      key text not null unique,
      channel text not null,
      recipient text not null,
      kind text not null,
      subject text not null,
      body text not null,
      made_at text not null,
      state text not null check (state in ('waiting', 'sending', 'sent', 'unknown')),
      sent_at text,
      attempts integer not null default 0,
      problem text not null default ''
    ) strict
    """,
    """
    create index notice_state on notice (state, id)
    """,
    """
    create table told (
      recipient text not null,
      item text not null,
      at text not null,
      primary key (recipient, item)
    ) strict, without rowid
    """,
)
