"""Products, aliases, truths with history, popularity, feed runs and their rejected rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite_utils import Database


def m001_catalogue(db: Database) -> None:
    """Create the tables of the catalogue."""
    for statement in _STATEMENTS:
        db.execute(statement)


_STATEMENTS = (
    """
    create table feed_run (
      id integer primary key,
      feed text not null,
      read_at text not null,
      state text not null
        check (state in ('applied', 'unchanged', 'quarantined', 'failed')),
      exported_at text,
      confirmed_until text,
      rows integer not null default 0,
      rejected integer not null default 0,
      added integer not null default 0,
      changed integer not null default 0,
      removed integer not null default 0,
      message text not null default ''
    ) strict
    """,
    """
    create index feed_run_feed on feed_run (feed, id)
    """,
    """
    create table rejected_row (
      feed_run integer not null references feed_run (id) on delete cascade,
      file text not null,
      line integer not null,
      reason text not null,
      text text not null
    ) strict
    """,
    """
    create table product (
      sku text primary key,
      name text not null,
      mpn text not null,
      gtin text not null,
      product_group text not null,
      owner text not null,
      status text not null,
      superseded_by text not null,
      feed text not null,
      first_seen text not null,
      last_seen text not null,
      removed_at text
    ) strict
    """,
    """
    create table product_row (
      feed text not null,
      sku text not null,
      digest text not null,
      record text not null,
      missing_since text,
      primary key (feed, sku)
    ) strict, without rowid
    """,
    """
    create index product_row_sku on product_row (sku)
    """,
    """
    create table product_alias (
      alias text not null,
      sku text not null references product (sku) on delete cascade,
      primary key (alias, sku)
    ) strict, without rowid
    """,
    """
    create table product_url (
      url text not null,
      sku text not null references product (sku) on delete cascade,
      position integer not null,
      primary key (url, sku)
    ) strict, without rowid
    """,
    """
    create table truth (
      id integer primary key,
      feed text not null,
      fact text not null,
      series text not null,
      digest text not null,
      sku text not null,
      attribute text not null,
      key text not null,
      value text not null,
      basis text not null,
      valid_from text,
      valid_to text,
      row text not null,
      first_seen text not null,
      last_seen text not null,
      missing_since text,
      removed_at text
    ) strict
    """,
    """
    create index truth_sku on truth (sku, attribute, key)
    """,
    """
    create index truth_live on truth (feed, fact, digest) where removed_at is null
    """,
    """
    create index truth_missing on truth (feed)
      where removed_at is null and missing_since is not null
    """,
    """
    create table signal (
      feed text not null,
      sku text not null,
      signal text not null,
      value text not null,
      window_days integer not null,
      primary key (feed, sku, signal)
    ) strict, without rowid
    """,
    """
    create table popularity (
      sku text primary key,
      score real,
      parts text not null
    ) strict, without rowid
    """,
)
