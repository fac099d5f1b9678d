"""Writing one snapshot: its visit, and its content where the digest changed."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import TYPE_CHECKING

from crawler.content import content_digest
from crawler.snapshot import Editorial, Outcome
from crawler.store import renditions
from crawler.store.instants import to_text
from crawler.store.renditions import Made

if TYPE_CHECKING:
    from sqlite3 import Connection

    from crawler.snapshot import Snapshot
    from crawler.store.bodies import Bodies

_NO_EDITORIAL = Editorial()
_EDITORIAL = "title, author, owner, updated_at, reviewed_at, edit_url, valid_to, verification"
_NOTHING: Mapping[str, Made] = {}


class Writer:
    """Turns snapshots into rows, inside a transaction that its caller holds.

    ``crawls`` maps a source to its running crawl, which new visits belong to.
    """

    def __init__(self, connection: Connection, bodies: Bodies) -> None:
        self.crawls: dict[str, int] = {}
        self._connection = connection
        self._bodies = bodies

    def write(self, snapshot: Snapshot, made: Mapping[str, Made] = _NOTHING) -> Outcome:
        """Store one visit and return its outcome as stored.

        ``made`` is what documents were turned into, by the SHA-256 of their bytes.
        """
        page, content, editorial = self._page(snapshot.source, snapshot.url)
        outcome, detail = snapshot.outcome, snapshot.detail
        if not outcome.is_content:
            content = editorial = None
        elif snapshot.body is not None:
            outcome, content = self._content(snapshot, page, content, made)
        elif outcome is Outcome.OK or content is None:
            outcome, content, editorial = Outcome.UNREADABLE, None, None
            detail = detail or "the server says unchanged, but no content was ever stored"
        if outcome.is_content and snapshot.editorial != _NO_EDITORIAL:
            editorial = self._editorial(snapshot.editorial, page, editorial)
        self._visit(snapshot, outcome, detail, (page, content, editorial))
        return outcome

    def _page(self, source: str, url: str) -> tuple[int, int | None, int | None]:
        """(page, its last content, its last editorial), the page created where it is new."""
        found = self._connection.execute(
            "select page.id, visit.content, visit.editorial from page "
            "left join visit on visit.id = page.last_content_visit "
            "where page.source = ? and page.url = ?",
            (source, url),
        ).fetchone()
        if found is not None:
            return found[0], found[1], found[2]
        row = self._connection.execute(
            "insert into page (source, url) values (?, ?)", (source, url)
        ).lastrowid
        assert row is not None  # an insert always has one
        return row, None, None

    def _content(
        self, snapshot: Snapshot, page: int, last: int | None, made: Mapping[str, Made]
    ) -> tuple[Outcome, int]:
        """The content row that a body is: the last one where the digest is the same."""
        assert snapshot.body is not None
        sha256 = hashlib.sha256(snapshot.body).hexdigest()
        body, last_sha256, last_digest = None, None, None
        if last is not None:
            body, last_digest, last_sha256 = self._connection.execute(
                "select content.body, content.digest, body.sha256 from content "
                "join body on body.id = content.body where content.id = ?",
                (last,),
            ).fetchone()
            if sha256 == last_sha256:
                return Outcome.UNCHANGED, last
        document = made.get(sha256)
        if document is not None:
            digest = document.digest
        else:
            digest = snapshot.digest or content_digest(
                snapshot.body, snapshot.media_type, snapshot.charset
            )
        if last is not None and digest == last_digest:
            return Outcome.UNCHANGED, last
        stored = self._bodies.put(
            snapshot.body, sha256=sha256, previous=body, source=snapshot.source
        )
        row = self._connection.execute(
            "insert into content (page, digest, body, media_type, charset) values (?, ?, ?, ?, ?)",
            (page, digest, stored, snapshot.media_type, snapshot.charset),
        ).lastrowid
        assert row is not None
        if document is not None:
            renditions.save(self._connection, self._bodies, row, document, source=snapshot.source)
        return Outcome.OK, row

    def _editorial(self, editorial: Editorial, page: int, last: int | None) -> int:
        values = (
            editorial.title,
            editorial.author,
            editorial.owner,
            to_text(editorial.updated_at),
            to_text(editorial.reviewed_at),
            editorial.edit_url,
            to_text(editorial.valid_to),
            editorial.verification.value if editorial.verification else None,
        )
        if last is not None:
            before = self._connection.execute(
                f"select {_EDITORIAL} from editorial where id = ?",
                (last,),
            ).fetchone()
            if before == values:
                return last
        row = self._connection.execute(
            f"insert into editorial (page, {_EDITORIAL}) values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (page, *values),
        ).lastrowid
        assert row is not None
        return row

    def _visit(
        self,
        snapshot: Snapshot,
        outcome: Outcome,
        detail: str | None,
        rows: tuple[int, int | None, int | None],
    ) -> None:
        page, content, editorial = rows
        visit = self._connection.execute(
            "insert into visit (page, crawl, fetched_at, outcome, status, content, editorial, "
            "target, detail, bytes_received) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                page,
                self.crawls.get(snapshot.source),
                to_text(snapshot.fetched_at),
                outcome.value,
                snapshot.status,
                content,
                editorial,
                snapshot.target,
                detail,
                snapshot.bytes_received,
            ),
        ).lastrowid
        if not outcome.is_content:
            self._connection.execute("update page set last_visit = ? where id = ?", (visit, page))
            return
        # A 304 may leave its validators out: those that were sent still hold.
        keep = snapshot.body is None
        self._connection.execute(
            "update page set last_visit = ?, last_content_visit = ?, "
            "etag = case when ? then coalesce(?, etag) else ? end, "
            "last_modified = case when ? then coalesce(?, last_modified) else ? end where id = ?",
            (
                visit,
                visit,
                keep,
                snapshot.etag,
                snapshot.etag,
                keep,
                snapshot.last_modified,
                snapshot.last_modified,
                page,
            ),
        )
