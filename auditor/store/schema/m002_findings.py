"""Audits with their judgements and skips, findings, decisions and incidents."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite_utils import Database


def m002_findings(db: Database) -> None:
    """Create the tables of audits and findings."""
    for statement in _STATEMENTS:
        db.execute(statement)


_STATEMENTS = (
    """
    create table audit (
      id integer primary key,
      as_of text not null,
      started_at text not null,
      finished_at text,
      pages integer not null default 0,
      matches integer not null default 0,
      wrong integer not null default 0,
      not_judged integer not null default 0,
      skipped integer not null default 0,
      opened integer not null default 0,
      verified integer not null default 0,
      complete integer not null default 0
    ) strict
    """,
    """
    create table judgement (
      source text not null,
      url text not null,
      sku text not null,
      attribute text not null,
      key text not null,
      role text not null,
      verdict text not null,
      diagnosis text not null,
      reason text not null,
      claimed text not null,
      expected text not null,
      quote text not null,
      note text not null,
      fingerprint text not null
    ) strict
    """,
    """
    create index judgement_page on judgement (source, url)
    """,
    """
    create index judgement_sku on judgement (sku)
    """,
    """
    create table skipped (
      source text not null,
      url text not null,
      sku text not null,
      attribute text not null,
      reason text not null,
      quote text not null,
      note text not null
    ) strict
    """,
    """
    create index skipped_reason on skipped (reason)
    """,
    """
    create table finding (
      fingerprint text primary key,
      id text not null unique,
      source text not null,
      url text not null,
      sku text not null,
      attribute text not null,
      key text not null,
      role text not null,
      verdict text not null,
      diagnosis text not null,
      claimed text not null,
      expected text not null,
      unit text not null,
      quote text not null,
      quote_start integer not null,
      quote_end integer not null,
      path text not null,
      method text not null,
      confidence real not null,
      note text not null,
      replacement text not null,
      stale_since text,
      versions_behind integer,
      truth_feed text not null,
      truth_row text not null,
      truth_valid_from text,
      product text not null,
      product_group text not null,
      owner text not null,
      state text not null,
      priority real not null,
      priority_parts text not null,
      task text not null,
      snapshot text not null,
      observed_at text,
      waived_until text,
      first_seen text not null,
      last_seen text not null,
      closed_at text
    ) strict
    """,
    """
    create index finding_state on finding (state, priority desc)
    """,
    """
    create index finding_page on finding (source, url)
    """,
    """
    create table decision (
      id integer primary key,
      fingerprint text not null references finding (fingerprint),
      kind text not null,
      who text not null,
      at text not null,
      reason text not null,
      note text not null,
      until text,
      assignee text not null,
      claimed text not null,
      expected text not null,
      evidence text not null
    ) strict
    """,
    """
    create index decision_finding on decision (fingerprint, id)
    """,
    """
    create trigger decision_is_append_only_update before update on decision
      begin select raise(abort, 'the decision log is append-only'); end
    """,
    """
    create trigger decision_is_append_only_delete before delete on decision
      begin select raise(abort, 'the decision log is append-only'); end
    """,
    """
    create table state_change (
      id integer primary key,
      fingerprint text not null references finding (fingerprint),
      at text not null,
      old text not null,
      new text not null,
      why text not null
    ) strict
    """,
    """
    create index state_change_finding on state_change (fingerprint, id)
    """,
    """
    create table incident (
      id integer primary key,
      kind text not null,
      subject text not null,
      message text not null,
      opened_at text not null,
      closed_at text
    ) strict
    """,
    """
    create unique index incident_open on incident (kind, subject) where closed_at is null
    """,
    """
    create view open_findings as
      select id, state, verdict, diagnosis, sku, product, product_group, owner, source, url,
             attribute, key, claimed, expected, unit, quote, note, stale_since, first_seen,
             last_seen, priority, task, truth_feed, truth_row, truth_valid_from
      from finding
      where state in ('open', 'acknowledged', 'claimed_fixed', 'not_observed', 'reopened')
      order by priority desc, id
    """,
)
