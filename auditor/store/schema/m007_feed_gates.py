"""Values that wait for a person, what people released, conflicts and doubts of the feeds."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite_utils import Database


def m007_feed_gates(db: Database) -> None:
    """Create the tables beside the feeds' gates."""
    for statement in _STATEMENTS:
        db.execute(statement)


_STATEMENTS = (
    "alter table feed_run add column started integer not null default 0",
    "alter table feed_run add column expired integer not null default 0",
    "alter table feed_run add column held integer not null default 0",
    "alter table feed_run add column next_boundary text",
    """
    create table held_value (
      id text primary key,
      feed text not null,
      fact text not null,
      series text not null,
      digest text not null,
      sku text not null,
      attribute text not null,
      key text not null,
      old_value text not null,
      old_basis text not null,
      value text not null,
      basis text not null,
      valid_from text,
      valid_to text,
      row text not null,
      boundary text not null,
      held_since text not null
    ) strict, without rowid
    """,
    """
    create index held_value_feed on held_value (feed)
    """,
    """
    create table feed_release (
      id integer primary key,
      feed text not null,
      kind text not null check (kind in ('export', 'value', 'doubt')),
      who text not null,
      at text not null,
      note text not null,
      subject text not null,
      what text not null
    ) strict
    """,
    """
    create trigger feed_release_is_append_only_update before update on feed_release
      begin select raise(abort, 'the release log is append-only'); end
    """,
    """
    create trigger feed_release_is_append_only_delete before delete on feed_release
      begin select raise(abort, 'the release log is append-only'); end
    """,
    """
    create table feed_doubt (
      feed text not null,
      batch text not null,
      pages integer not null,
      example text not null,
      opened_at text not null,
      closed_at text,
      closed_by text not null default '',
      primary key (feed, batch)
    ) strict, without rowid
    """,
    """
    create table data_conflict (
      series text primary key,
      sku text not null,
      attribute text not null,
      key text not null,
      sides text not null,
      first_seen text not null
    ) strict, without rowid
    """,
)
