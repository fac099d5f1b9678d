"""What a knowledge base listed: cursor, ids, versions."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from crawler.store.instants import from_text, to_text
from crawler.store.records import KmsDocument, Views

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime
    from sqlite3 import Connection

    from crawler.store.records import Listing

# A year and a month: a season can be held against the one before.
VIEWS_KEPT = timedelta(days=400)


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
        "select id, url, version, read_at from kms_document where source = ?", (source,)
    )
    return {row[0]: KmsDocument(row[0], row[1], row[2], from_text(row[3])) for row in found}


def remember(connection: Connection, source: str, found: Iterable[KmsDocument]) -> None:
    """Note documents whose body was just stored, in the transaction that stores it."""
    connection.executemany(
        "insert or replace into kms_document (source, id, url, version, read_at) "
        "values (?, ?, ?, ?, ?)",
        [(source, each.id, each.url, each.version, to_text(each.read_at)) for each in found],
    )


def count_views(connection: Connection, source: str, found: Iterable[Views]) -> None:
    """Note how often documents were viewed; of one day the last count, of days alike the first.

    Counts older than VIEWS_KEPT are forgotten.
    """
    found = list(found)
    connection.executemany(
        "insert into kms_views (source, url, day, views) select ?1, ?2, ?3, ?4 where ?4 is not "
        "(select views from kms_views where source = ?1 and url = ?2 and day < ?3 "
        "order by day desc limit 1) "
        "on conflict (source, url, day) do update set views = excluded.views",
        [(source, each.url, each.day.isoformat(), each.views) for each in found],
    )
    if found:
        oldest = max(each.day for each in found) - VIEWS_KEPT
        connection.execute(
            "delete from kms_views where source = ? and day < ?", (source, oldest.isoformat())
        )


def views(connection: Connection, source: str) -> Iterator[Views]:
    """Every count of a source, by URL and day."""
    for url, day, count in connection.execute(
        "select url, day, views from kms_views where source = ? order by url, day", (source,)
    ):
        yield Views(url, date.fromisoformat(day), count)
