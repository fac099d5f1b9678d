"""Tickets and calls in the database."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from auditor.model import Contact
from auditor.store.instants import from_text, to_text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from auditor.store.database import AuditStore


@dataclass(frozen=True, slots=True)
class Kept:
    """A contact as it is kept: of which feed, and of which product ("" where that is unknown)."""

    feed: str
    contact: Contact
    sku: str


class Contacts:
    """The table ``contact``."""

    def __init__(self, store: AuditStore) -> None:
        self._store = store
        self._db = store.database

    def all(self, since: datetime | None = None) -> list[Kept]:
        """Every contact, oldest first; with ``since`` only later ones."""
        rows = self._db.query(
            "select * from contact where at >= ? order by at, feed, id",
            [to_text(since) or ""],
        )
        return [_kept(row) for row in rows]

    def unplaced(self) -> list[Kept]:
        """Contacts that are not laid at a product's door yet, with something to go by."""
        rows = self._db.query(
            "select * from contact where product = '' "
            "and (named <> '' or url <> '' or subject <> '') order by feed, id"
        )
        return [_kept(row) for row in rows]

    def place(self, products: Mapping[tuple[str, str], str]) -> None:
        """Say of contacts (feed, id) which product they are about."""
        with self._store.writing():
            self._db.conn.executemany(
                "update contact set product = ? where feed = ? and id = ?",
                [(sku, feed, number) for (feed, number), sku in products.items()],
            )


def _kept(row: dict[str, Any]) -> Kept:
    at = from_text(row["at"])
    assert at is not None
    contact = Contact(
        id=row["id"],
        at=at,
        product=row["named"],
        url=row["url"],
        subject=row["subject"],
        reason=row["reason"],
        minutes=Decimal(row["minutes"]) if row["minutes"] is not None else None,
        repeat=None if row["repeat"] is None else bool(row["repeat"]),
        who=row["who"],
    )
    return Kept(row["feed"], contact, row["product"])
