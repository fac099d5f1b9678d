"""The auditor's tables: numbered, append-only migrations and the view ``open_findings``.

Decimals and instants are TEXT (plain decimal, ISO 8601 UTC with "Z"); a value is the JSON that
``auditor.values.codec`` writes. The schema is documented in docs/database.md.
"""

from __future__ import annotations

from sqlite_utils import Database, Migrations

migrations = Migrations("auditor")


@migrations()
def m001_catalogue(db: Database) -> None:
    """Products, aliases, truths with history, popularity, feed runs and their rejected rows."""
    for statement in _CATALOGUE:
        db.execute(statement)


@migrations()
def m002_findings(db: Database) -> None:
    """Audits with their judgements and skips, findings, decisions and incidents."""
    for statement in _FINDINGS:
        db.execute(statement)


@migrations()
def m003_feed_content(db: Database) -> None:
    """What a feed run read, so that the same again need not be read."""
    db.execute("alter table feed_run add column content text not null default ''")


@migrations()
def m004_overview(db: Database) -> None:
    """What only all pages together show: cross-checks of two sources, and remarks."""
    for statement in _OVERVIEW:
        db.execute(statement)


@migrations()
def m005_profile_selectors(db: Database) -> None:
    """What the selectors of site profiles matched when they last worked."""
    db.execute(
        """
        create table profile_selector (
          source text not null,
          attribute text not null,
          key text not null,
          selector text not null,
          pages integer not null,
          matched integer not null,
          is_dead integer not null,
          seen_at text not null,
          primary key (source, attribute, key)
        ) strict, without rowid
        """
    )


_CATALOGUE = (
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

_FINDINGS = (
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

_OVERVIEW = (
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
