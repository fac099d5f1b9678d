"""What people are asked, what they reported, and how a decision is taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite_utils import Database


def m013_desk(db: Database) -> None:
    """Create the tables of asks and flags; let decisions know what was before them."""
    for statement in _STATEMENTS:
        db.execute(statement)


_STATEMENTS = (
    "alter table decision add column old_state text not null default ''",
    "alter table decision add column old_owner text not null default ''",
    "alter table decision add column old_waived_until text",
    "alter table decision add column old_closed_at text",
    "alter table decision add column undoes integer references decision (id)",
    "create index decision_undoes on decision (undoes) where undoes is not null",
    """
    create table ask (
      person text not null,
      task text not null,
      asked_at text not null,
      primary key (person, task)
    ) strict, without rowid
    """,
    """
    create table flag (
      id integer primary key,
      fingerprint text not null unique,
      who text not null,
      at text not null,
      url text not null,
      sku text not null,
      note text not null,
      minutes integer not null,
      seen text not null
    ) strict
    """,
    """
    create trigger flag_is_append_only_update before update on flag
      begin select raise(abort, 'flags are append-only'); end
    """,
    """
    create trigger flag_is_append_only_delete before delete on flag
      begin select raise(abort, 'flags are append-only'); end
    """,
)
