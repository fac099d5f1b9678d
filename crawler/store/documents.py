"""What a knowledge base listed: cursor, ids, versions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crawler.store.instants import from_text, to_text
from crawler.store.records import KmsDocument

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from sqlite3 import Connection

    from crawler.store.records import Listing


def save(connection: Connection, source: str, listing: Listing) -> None:
    """Write cursor and listing of a complete run."""
    connection.executemany(
        "delete from kms_document where source = ? and id = ?",
        [(source, document) for document in listing.removed],
    )
    remember(connection, source, listing.documents)
    stamp = to_text(listing.at)
    connection.execute(
        "insert into kms_cursor (source, value, saved_at, swept_at) values (?, ?, ?, ?) "
        "on conflict (source) do update set value = coalesce(nullif(excluded.value, ''), value), "
        "saved_at = excluded.saved_at, swept_at = coalesce(excluded.swept_at, swept_at)",
        (source, listing.cursor or "", stamp, stamp if listing.swept else None),
    )


def cursor(connection: Connection, source: str) -> str | None:
    """The saved cursor; None where there is none."""
    found = connection.execute(
        "select value from kms_cursor where source = ?", (source,)
    ).fetchone()
    return (found[0] or None) if found is not None else None


def swept_at(connection: Connection, source: str) -> datetime | None:
    """When the last full listing ended."""
    found = connection.execute(
        "select swept_at from kms_cursor where source = ?", (source,)
    ).fetchone()
    return from_text(found[0]) if found is not None else None


def listed(connection: Connection, source: str) -> dict[str, KmsDocument]:
    """Every document known, by id."""
    found = connection.execute(
        "select id, url, version from kms_document where source = ?", (source,)
    )
    return {row[0]: KmsDocument(*row) for row in found}


def remember(connection: Connection, source: str, found: Iterable[KmsDocument]) -> None:
    """Note documents whose body was just stored, in the transaction that stores it."""
    connection.executemany(
        "insert or replace into kms_document (source, id, url, version) values (?, ?, ?, ?)",
        [(source, document.id, document.url, document.version) for document in found],
    )
