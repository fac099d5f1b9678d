"""What documents were turned into: made outside of any transaction, kept beside their bytes."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from crawler.content import content_digest
from crawler.documents.kinds import Kind, kind_of, reader_of
from crawler.snapshot import Document

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from sqlite3 import Connection

    from crawler.documents.convert import Converter
    from crawler.documents.rendition import Limits, Rendition
    from crawler.snapshot import Snapshot
    from crawler.store.bodies import Bodies


@dataclass(frozen=True, slots=True)
class Made:
    """What one document was turned into; ``digest`` is its content digest."""

    kind: Kind
    rendition: Rendition
    digest: str


@dataclass(frozen=True, slots=True)
class Stale:
    """A stored document that is to be read again: its content, its bytes' row, its kind."""

    content: int
    body: int
    kind: Kind
    source: str


def make(
    snapshots: Iterable[Snapshot],
    known: Iterable[str | None],
    converter: Converter,
    limits: Mapping[str, Limits],
) -> dict[str, Made]:
    """Read the documents among snapshots, by SHA-256; ``known`` are the last hashes of each.

    ``limits`` are those of each source that has other than the usual ones. A document whose
    bytes are those of last time is not read again.
    """
    found: dict[str, Made] = {}
    for snapshot, last in zip(snapshots, known, strict=True):
        if snapshot.body is None or not snapshot.outcome.is_content:
            continue
        kind = kind_of(snapshot.media_type, snapshot.url, snapshot.body)
        if kind is None:
            continue
        sha256 = hashlib.sha256(snapshot.body).hexdigest()
        if sha256 != last and sha256 not in found:
            own = limits.get(snapshot.source)
            found[sha256] = made(kind, snapshot.body, converter, own)
    return found


def made(kind: Kind, body: bytes, converter: Converter, limits: Limits | None) -> Made:
    """Read one document; ``limits`` None are the usual ones."""
    rendition = converter.convert(kind, body, limits)
    if rendition.trouble is None:
        digest = content_digest(rendition.html.encode("utf-8", "replace"), "text/html", "utf-8")
    else:
        digest = hashlib.blake2b(body, digest_size=16).hexdigest()
    return Made(kind, rendition, digest)


def last_hashes(connection: Connection, snapshots: Iterable[Snapshot]) -> list[str | None]:
    """The SHA-256 of the content each page showed last, None where there is none."""
    found: list[str | None] = []
    for snapshot in snapshots:
        row = connection.execute(
            "select body.sha256 from page join visit on visit.id = page.last_content_visit "
            "join content on content.id = visit.content join body on body.id = content.body "
            "where page.source = ? and page.url = ?",
            (snapshot.source, snapshot.url),
        ).fetchone()
        found.append(None if row is None else row[0])
    return found


def save(
    connection: Connection, bodies: Bodies, content: int, document: Made, *, source: str
) -> None:
    """Keep what a document was turned into, in the transaction that its caller holds."""
    rendition = document.rendition
    body = None
    if rendition.trouble is None:
        html = rendition.html.encode("utf-8", "replace")
        sha256 = hashlib.sha256(html).hexdigest()
        body = bodies.put(html, sha256=sha256, previous=None, source=f"{source}\0document")
    connection.execute(
        "insert or replace into rendition (content, kind, reader, trouble, detail, notes, body) "
        "values (?, ?, ?, ?, ?, ?, ?)",
        (
            content,
            str(document.kind),
            reader_of(document.kind),
            str(rendition.trouble or ""),
            rendition.detail,
            json.dumps(list(rendition.notes), ensure_ascii=False),
            body,
        ),
    )
    connection.execute("update content set digest = ? where id = ?", (document.digest, content))


def stale(connection: Connection, sources: Iterable[str]) -> list[Stale]:
    """Documents shown last that no reader, or another one than is installed now, has read."""
    found: list[Stale] = []
    for source in sources:
        rows = connection.execute(
            "select content.id, content.body, content.media_type, page.url, rendition.reader "
            "from page join visit on visit.id = page.last_content_visit "
            "join content on content.id = visit.content "
            "left join rendition on rendition.content = content.id "
            "where page.source = ? and (rendition.content is not null "
            "or content.media_type not like 'text/html%') order by page.url",
            (source,),
        )
        for content, body, media_type, url, reader in rows:
            kind = kind_of(media_type, url)
            if kind is not None and reader_of(kind) and reader != reader_of(kind):
                found.append(Stale(content, body, kind, source))
    return found


def document(columns: tuple[Any, ...]) -> Document | None:
    """What a row says of its document: columns kind, trouble, detail, notes."""
    kind, trouble, detail, notes = columns
    return None if kind is None else Document(kind, trouble, detail, tuple(json.loads(notes)))
