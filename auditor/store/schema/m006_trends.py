"""What every audit came to, kept for good; and what pages said before, and around quotes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite_utils import Database


def m006_trends(db: Database) -> None:
    """Create the tables of trends, former claims and quote contexts."""
    for statement in _STATEMENTS:
        db.execute(statement)


_STATEMENTS = (
    """
    create table audit_tally (
      audit integer not null references audit (id) on delete cascade,
      slice text not null,
      name text not null,
      right_facts integer not null,
      wrong_facts integer not null,
      not_judged integer not null,
      open_findings integer not null,
      views real not null,
      views_right real not null,
      views_on_time real not null,
      primary key (audit, slice, name)
    ) strict, without rowid
    """,
    """
    create table former_claim (
      source text not null,
      url text not null,
      sku text not null,
      attribute text not null,
      key text not null,
      role text not null,
      claimed text not null,
      until text not null
    ) strict
    """,
    """
    create index former_claim_fact on former_claim (sku, attribute, key, url)
    """,
    """
    create table quote_context (
      fingerprint text primary key,
      before text not null,
      after text not null,
      edit_url text not null
    ) strict, without rowid
    """,
)
