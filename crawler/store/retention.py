"""What may be forgotten: old visits that showed nothing new, contents nobody needs, their bodies.

What stays always: of every page the last visit, the newest contents with the first and last visit
that showed each, and every content that somebody else protects. A body stays as long as another
is stored as a patch against it, so whatever is kept stays readable.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from crawler.store.instants import to_text

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from sqlite3 import Connection

PAGES_AT_A_TIME = 500
BODIES_AT_A_TIME = 500
# What a visit takes in its table and two indexes, measured on a database of 100,000.
VISIT_BYTES = 190


@dataclass(frozen=True, slots=True)
class Rules:
    """``contents`` of each page are kept whatever their age (≥ 1).

    An older content goes where it was last shown before ``contents_before``; a visit that showed
    nothing new, where it was made before ``visits_before``.
    """

    contents: int
    contents_before: datetime
    visits_before: datetime


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What was, or would be, forgotten; ``size`` is about how many bytes that frees."""

    visits: int = 0
    contents: int = 0
    bodies: int = 0
    size: int = 0

    def __add__(self, other: Forgotten) -> Forgotten:
        return Forgotten(
            self.visits + other.visits,
            self.contents + other.contents,
            self.bodies + other.bodies,
            self.size + other.size,
        )


def protect(connection: Connection, hashes: Iterable[str]) -> None:
    """Note contents that must stay, by the SHA-256 of their bodies; forgets earlier notes."""
    for name, columns in (
        ("protected", "sha256 text primary key"),
        ("going", "content integer primary key"),
        ("staying", "body integer primary key"),
    ):
        connection.execute(f"drop table if exists temp.{name}")
        connection.execute(f"create temp table {name} ({columns}) without rowid")
    connection.executemany(
        "insert or ignore into temp.protected values (?)", ((each,) for each in hashes)
    )


def last_page(connection: Connection) -> int:
    """The highest row of a page, 0 where there is none."""
    found = connection.execute("select max(id) from page").fetchone()[0]
    return int(found or 0)


def forget_of_pages(
    connection: Connection, first: int, rules: Rules, *, dry_run: bool
) -> Forgotten:
    """Visits and contents of the pages from row ``first`` on, PAGES_AT_A_TIME of them."""
    span = {"first": first, "last": first + PAGES_AT_A_TIME - 1, "keep": rules.contents}
    span["contents_before"] = to_text(rules.contents_before)  # type: ignore[assignment] # rows are typed by SQLite
    span["visits_before"] = to_text(rules.visits_before)  # type: ignore[assignment] # the same
    connection.execute("drop table if exists temp.dropped")
    connection.execute("create temp table dropped (content integer primary key) without rowid")
    connection.execute(_OLD_CONTENTS, span)
    connection.execute("insert or ignore into temp.going select content from temp.dropped")
    found = connection.execute(_OLD_VISITS, span)
    visits = [row for (row,) in found.fetchall()]
    contents = connection.execute("select count(*) from temp.dropped").fetchone()[0]
    if not dry_run:
        connection.executemany("delete from visit where id = ?", ((row,) for row in visits))
        connection.execute("delete from content where id in (select content from temp.dropped)")
        connection.execute(_LOOSE_EDITORIALS, span)
    return Forgotten(visits=len(visits), contents=int(contents), size=len(visits) * VISIT_BYTES)


def loose_bodies(connection: Connection) -> list[tuple[int, int]]:
    """(row, stored bytes) of bodies that nothing shows any more, patches before their bases.

    Contents that ``forget_of_pages`` found count as gone, also in a dry run.
    """
    connection.execute("delete from temp.staying")
    connection.execute(_STAYING)
    rows = connection.execute(
        "select id, length(data) from body where id not in (select body from temp.staying) "
        "order by base is null, id desc"
    )
    return [(int(row), int(size)) for row, size in rows]


def forget_bodies(connection: Connection, rows: Iterable[tuple[int, int]]) -> None:
    """Delete bodies; those that others are patches against must come after them.

    One that somebody has begun to use meanwhile stays.
    """
    connection.executemany(_FORGET_BODY, ((row,) for row, _size in rows))


def bodies_of(rows: list[tuple[int, int]]) -> Forgotten:
    """What bodies come to."""
    return replace(Forgotten(), bodies=len(rows), size=sum(size for _row, size in rows))


_OLD_CONTENTS = """
insert into temp.dropped
select content.id from content
join body on body.id = content.body
join (
  select id, row_number() over (partition by page order by id desc) as place
  from content where page between :first and :last
) as ranked on ranked.id = content.id
where ranked.place > :keep
  and body.sha256 not in (select sha256 from temp.protected)
  and coalesce((select max(fetched_at) from visit where visit.content = content.id), '')
    < :contents_before
  and content.id not in (
    select seen.content from page join visit as seen on seen.id = page.last_content_visit
    where page.id between :first and :last
  )
"""

_OLD_VISITS = """
select visit.id from visit join page on page.id = visit.page
where visit.page between :first and :last
  and visit.id is not page.last_visit and visit.id is not page.last_content_visit
  and (
    visit.content in (select content from temp.dropped)
    or (
      visit.fetched_at < :visits_before
      and visit.id not in (
        select min(id) from visit where page between :first and :last and content is not null
        group by content
        union
        select max(id) from visit where page between :first and :last and content is not null
        group by content
      )
    )
  )
"""

_LOOSE_EDITORIALS = """
delete from editorial where page between :first and :last
  and id not in (
    select editorial from visit where page between :first and :last and editorial is not null
  )
"""

_FORGET_BODY = """
delete from body where id = ?
  and not exists (select 1 from content where content.body = body.id)
  and not exists (select 1 from rendition where rendition.body = body.id)
  and not exists (select 1 from body as patch where patch.base = body.id)
"""

# Bodies that are shown, and what they are patches against, and so on.
_STAYING = """
insert into temp.staying
with recursive shown (id) as (
  select content.body from content where content.id not in (select content from temp.going)
  union
  select rendition.body from rendition
  where rendition.body is not null
    and rendition.content not in (select content from temp.going)
  union
  select body.base from body join shown on shown.id = body.id where body.base is not null
)
select id from shown
"""
