"""Reading pages, visits and bodies back."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from crawler.errors import StoreError
from crawler.snapshot import Editorial, Outcome, Snapshot, Verification
from crawler.store import renditions
from crawler.store.instants import from_text, to_text
from crawler.store.records import Kept, Original, StoredPage, Validators, Visit

if TYPE_CHECKING:
    from datetime import datetime
    from sqlite3 import Connection

    from crawler.store.bodies import Bodies

# A row of SQLite: its columns are typed by the strict tables, not by Python.
Row = tuple[Any, ...]

_SNAPSHOT = """
  page.source, page.url, seen.fetched_at, seen.outcome, seen.status, content.media_type,
  content.charset, page.etag, page.last_modified, seen.detail, seen.bytes_received,
  body.sha256, shown.size, shown.base, shown.data, shown.sha256,
  rendition.kind, rendition.trouble, rendition.detail, rendition.notes,
  editorial.id, editorial.title, editorial.author, editorial.owner, editorial.updated_at,
  editorial.reviewed_at, editorial.edit_url, editorial.valid_to, editorial.verification
"""
# Of a document the HTML that was made of it is read, of all else the body itself.
_SHOWN = """
  join body on body.id = content.body
  left join rendition on rendition.content = content.id
  left join body as shown on shown.id =
    case when rendition.content is null then content.body else rendition.body end
"""
_SHA256 = 11
_SHOWN_BODY = slice(12, 16)
_DOCUMENT = slice(16, 20)
_SNAPSHOT_COLUMNS = 29
_NO_EDITORIAL = Editorial()
_VISIT = """
  page.url, visit.fetched_at, visit.outcome, visit.status, visit.target, visit.detail,
  visit.bytes_received, body.sha256, visit.crawl
"""


def latest_rows(
    connection: Connection, source: str | None, after: tuple[str, str], limit: int
) -> list[Row]:
    """Rows of the pages that come after (source, url), for stored_page."""
    only = "and page.source = ?" if source is not None else ""
    return connection.execute(
        f"""
        select {_SNAPSHOT}, content.digest,
          visit.fetched_at, visit.outcome, visit.status, visit.target, visit.detail,
          visit.bytes_received, visit.content = seen.content, visit.crawl
        from page
        join visit on visit.id = page.last_visit
        join visit as seen on seen.id = page.last_content_visit
        join content on content.id = seen.content
        {_SHOWN}
        left join editorial on editorial.id = seen.editorial
        where (page.source, page.url) > (?, ?) {only}
          and visit.outcome not in ('gone', 'redirected')
        order by page.source, page.url limit ?
        """,
        (*after, *([source] if source is not None else []), limit),
    ).fetchall()


def stored_page(row: Row, bodies: Bodies) -> StoredPage:
    """A row of latest_rows with its body read."""
    digest, at, outcome, status, target, detail, received, shown, crawl = row[_SNAPSHOT_COLUMNS:]
    sha256 = row[_SHA256]
    last = Visit(
        url=row[1],
        fetched_at=from_text(at),
        outcome=Outcome(outcome),
        status=status,
        target=target,
        detail=detail,
        bytes_received=received,
        sha256=sha256 if shown else None,
        crawl=crawl,
    )
    return StoredPage(snapshot=_snapshot(row, bodies), last=last, sha256=sha256, digest=digest)


def snapshot_at(
    connection: Connection, bodies: Bodies, source: str, url: str, at: datetime | None
) -> Snapshot | None:
    """The last content shown at or before an instant."""
    row = connection.execute(
        f"""
        select {_SNAPSHOT} from page
        join visit as seen on seen.page = page.id and seen.content is not null
        join content on content.id = seen.content
        {_SHOWN}
        left join editorial on editorial.id = seen.editorial
        where page.source = ? and page.url = ? and seen.fetched_at <= ?
        order by seen.fetched_at desc, seen.id desc limit 1
        """,
        (source, url, to_text(at) if at is not None else "9999-12-31T23:59:59.999999Z"),
    ).fetchone()
    return None if row is None else _snapshot(row, bodies)


def last_visit_rows(connection: Connection, source: str, after: str, limit: int) -> list[Row]:
    """Rows for visit(): the last of every page whose URL comes after ``after``."""
    return connection.execute(
        f"""
        select {_VISIT} from page join visit on visit.id = page.last_visit
        left join content on content.id = visit.content
        left join body on body.id = content.body
        where page.source = ? and page.url > ? order by page.url limit ?
        """,
        (source, after, limit),
    ).fetchall()


def visit_rows(connection: Connection, source: str, url: str) -> list[Row]:
    """Rows for visit(): all of one page, oldest first."""
    return connection.execute(
        f"""
        select {_VISIT} from page join visit on visit.page = page.id
        left join content on content.id = visit.content
        left join body on body.id = content.body
        where page.source = ? and page.url = ? order by visit.fetched_at, visit.id
        """,
        (source, url),
    ).fetchall()


def history(connection: Connection, source: str, url: str) -> list[Kept]:
    """Every visit of a page, oldest first."""
    rows = connection.execute(
        """
        select visit.fetched_at, visit.outcome, visit.status, visit.target, body.sha256,
          content.media_type, content.charset
        from page join visit on visit.page = page.id
        left join content on content.id = visit.content
        left join body on body.id = content.body
        where page.source = ? and page.url = ? order by visit.fetched_at, visit.id
        """,
        (source, url),
    )
    return [Kept(from_text(at), Outcome(outcome), *rest) for at, outcome, *rest in rows.fetchall()]


def original_at(
    connection: Connection, bodies: Bodies, source: str, url: str, at: datetime | None
) -> Original | None:
    """The bytes of the last content shown at or before an instant."""
    row = connection.execute(
        "select content.body, content.media_type, content.charset from page "
        "join visit on visit.page = page.id join content on content.id = visit.content "
        "where page.source = ? and page.url = ? and visit.fetched_at <= ? "
        "order by visit.fetched_at desc, visit.id desc limit 1",
        (source, url, to_text(at) if at is not None else "9999-12-31T23:59:59.999999Z"),
    ).fetchone()
    return None if row is None else Original(bodies.get(row[0]), row[1], row[2])


def visit(row: Row) -> Visit:
    """A row of last_visit_rows or visit_rows as a record."""
    url, at, outcome, status, target, detail, received, sha256, crawl = row
    return Visit(
        url=url,
        fetched_at=from_text(at),
        outcome=Outcome(outcome),
        status=status,
        target=target,
        detail=detail,
        bytes_received=received,
        sha256=sha256,
        crawl=crawl,
    )


def body(connection: Connection, bodies: Bodies, sha256: str) -> bytes:
    """A body by its hash: evidence, so the hash itself is checked, not only the checksum."""
    found = connection.execute("select id from body where sha256 = ?", (sha256,)).fetchone()
    if found is None:
        raise StoreError(f"no body with SHA-256 {sha256} is stored")
    content = bodies.get(found[0])
    if hashlib.sha256(content).hexdigest() != sha256:
        raise StoreError(f"the database is damaged: body {sha256} does not give its hash")
    return content


def urls(connection: Connection, source: str) -> list[str]:
    """Every URL of a source, in order."""
    found = connection.execute("select url from page where source = ? order by url", (source,))
    return [url for (url,) in found]


def validators(connection: Connection, source: str, url: str) -> Validators:
    """The validators of the content that is stored."""
    found = connection.execute(
        "select etag, last_modified from page where source = ? and url = ?", (source, url)
    ).fetchone()
    return Validators() if found is None else Validators(*found)


def _snapshot(row: Row, bodies: Bodies) -> Snapshot:
    said = row[_DOCUMENT.stop : _SNAPSHOT_COLUMNS]
    document = renditions.document(row[_DOCUMENT])
    size, base, data, sha256 = row[_SHOWN_BODY]
    return Snapshot(
        source=row[0],
        url=row[1],
        fetched_at=from_text(row[2]),
        outcome=Outcome(row[3]),
        status=row[4],
        media_type=row[5] if document is None else "text/html",
        charset=row[6] if document is None else "utf-8",
        body=b"" if data is None else bodies.unpack((sha256, size, base, data)),
        etag=row[7],
        last_modified=row[8],
        detail=row[9],
        bytes_received=row[10],
        editorial=_NO_EDITORIAL if said[0] is None else _editorial(said),
        document=document,
    )


def _editorial(columns: Row) -> Editorial:
    _, title, author, owner, updated_at, reviewed_at, edit_url, valid_to, verification = columns
    return Editorial(
        title=title,
        author=author,
        owner=owner,
        updated_at=from_text(updated_at),
        reviewed_at=from_text(reviewed_at),
        edit_url=edit_url,
        valid_to=from_text(valid_to),
        verification=Verification(verification) if verification else None,
    )
