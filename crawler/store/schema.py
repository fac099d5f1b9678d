"""The crawler's tables: numbered, append-only migrations, and the views people look at.

Instants are TEXT, ISO 8601 UTC with six decimals and ``Z`` (so they sort as text). A body is
stored once per SHA-256; ``base`` names the body it is a zstd patch against.

    source pages ─ page ─┬─ visit (one per fetch) ─ crawl
                         └─ content (one per changed content digest) ─┬─ body ─ base body
                                                       rendition (of a document) ─ body
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlite_utils import Migrations

if TYPE_CHECKING:
    from sqlite_utils import Database

migrations = Migrations("crawler")


@migrations()
def m001_snapshots(db: Database) -> None:
    """Crawls, pages, visits, contents, bodies; what a KMS said of its documents."""
    for statement in _SNAPSHOTS.split(";\n\n"):
        db.execute(statement)


@migrations()
def m002_knowledge_bases(db: Database) -> None:
    """How many documents could be read, how often they are viewed, until when they hold."""
    for statement in _KNOWLEDGE_BASES.split(";\n\n"):
        db.execute(statement)


@migrations()
def m003_renditions(db: Database) -> None:
    """The HTML that was made of documents, or why none could be."""
    db.execute(_RENDITION)


@migrations()
def m004_rendition_bodies(db: Database) -> None:
    """Which renditions a body serves: asked whenever a body is forgotten."""
    db.execute("create index rendition_body on rendition (body) where body is not null")


_RENDITION = """
create table rendition (
  content integer primary key references content (id) on delete cascade,
  kind text not null,
  reader text not null,
  trouble text not null,
  detail text not null,
  notes text not null default '[]',
  body integer references body (id)
) strict
"""


@migrations()
def m005_kms_viewed(db: Database) -> None:
    """A view of the views between two counts, for the popularity of what is read about."""
    db.execute(_KMS_VIEWED)


_SNAPSHOTS = """
create table crawl (
  id integer primary key,
  source text not null,
  started_at text not null,
  finished_at text,
  state text not null check (state in ('running', 'complete', 'partial', 'interrupted')),
  counts text not null default '{}',
  bytes_received integer not null default 0,
  problems text not null default '[]'
) strict;

create index crawl_source on crawl (source, id);

create table body (
  id integer primary key,
  sha256 text not null unique,
  size integer not null,
  base integer references body (id),
  data blob not null
) strict;

create index body_base on body (base) where base is not null;

create table page (
  id integer primary key,
  source text not null,
  url text not null,
  last_visit integer references visit (id),
  last_content_visit integer references visit (id),
  etag text,
  last_modified text,
  unique (source, url)
) strict;

create table content (
  id integer primary key,
  page integer not null references page (id) on delete cascade,
  digest text not null,
  body integer not null references body (id),
  media_type text,
  charset text
) strict;

create index content_page on content (page, id);

create index content_body on content (body);

create table editorial (
  id integer primary key,
  page integer not null references page (id) on delete cascade,
  title text,
  author text,
  owner text,
  updated_at text,
  reviewed_at text,
  edit_url text
) strict;

create index editorial_page on editorial (page, id);

create table visit (
  id integer primary key,
  page integer not null references page (id) on delete cascade,
  crawl integer references crawl (id) on delete set null,
  fetched_at text not null,
  outcome text not null,
  status integer,
  content integer references content (id),
  editorial integer references editorial (id),
  target text,
  detail text,
  bytes_received integer not null default 0
) strict;

create index visit_page on visit (page, fetched_at);

create index visit_crawl on visit (crawl);

create index visit_content on visit (content);

create table kms_cursor (
  source text primary key,
  value text not null,
  saved_at text not null,
  swept_at text
) strict, without rowid;

create table kms_document (
  source text not null,
  id text not null,
  url text not null,
  version text,
  primary key (source, id)
) strict, without rowid;

create view latest_visit as
  select page.source, page.url, visit.fetched_at, visit.outcome, visit.status, visit.target,
         visit.detail, visit.crawl
  from page join visit on visit.id = page.last_visit;

create view latest_page as
  select page.source, page.url, seen.fetched_at as seen_at, content.digest, content.media_type,
         body.sha256, body.size, editorial.title, editorial.author, editorial.updated_at,
         last.fetched_at as visited_at, last.outcome
  from page
  join visit as last on last.id = page.last_visit
  join visit as seen on seen.id = page.last_content_visit
  join content on content.id = seen.content
  join body on body.id = content.body
  left join editorial on editorial.id = seen.editorial
  where last.outcome not in ('gone', 'redirected')
"""

_KNOWLEDGE_BASES = """
alter table crawl add column readable integer;

alter table editorial add column valid_to text;

alter table editorial add column verification text;

alter table kms_document add column read_at text;

create table kms_views (
  source text not null,
  url text not null,
  day text not null,
  views integer not null,
  primary key (source, url, day)
) strict, without rowid;

drop view latest_page;

create view latest_page as
  select page.source, page.url, seen.fetched_at as seen_at, content.digest, content.media_type,
         body.sha256, body.size, editorial.title, editorial.author, editorial.updated_at,
         editorial.reviewed_at, editorial.valid_to, editorial.verification,
         last.fetched_at as visited_at, last.outcome
  from page
  join visit as last on last.id = page.last_visit
  join visit as seen on seen.id = page.last_content_visit
  join content on content.id = seen.content
  join body on body.id = content.body
  left join editorial on editorial.id = seen.editorial
  where last.outcome not in ('gone', 'redirected')
"""

_KMS_VIEWED = """
create view kms_viewed as
  select source, url, day, views - views_before as views,
         cast(julianday(day) - julianday(day_before) as integer) as days
  from (
    select source, url, day, views,
           lag(views) over one_document as views_before, lag(day) over one_document as day_before
    from kms_views
    window one_document as (partition by source, url order by day)
  )
  where views > views_before
"""
