"""Which pages may a change of the truth touch? Read only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditor.store.instants import from_text, to_text

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from auditor.store.database import AuditStore

_CHUNK = 500
_LIVE = "removed_at is null and (valid_from is null or valid_to is null or valid_from < valid_to)"


class Schedule:
    """What the truth's calendar says, and where the products in it are spoken of."""

    def __init__(self, store: AuditStore) -> None:
        self._db = store.database

    def changing(self, after: datetime, until: datetime) -> set[str]:
        """Products of which some truth begins or ends in ``(after, until]``."""
        span = (to_text(after), to_text(until))
        rows = self._db.execute(
            f"select sku from truth where {_LIVE} and valid_from > ? and valid_from <= ? "
            f"union select sku from truth where {_LIVE} and valid_to > ? and valid_to <= ?",
            (*span, *span),
        )
        return {row[0] for row in rows}

    def last_change(self, skus: Iterable[str], after: datetime) -> datetime | None:
        """When the last scheduled truth of these products begins, None where none does."""
        last = ""
        for chunk in _chunks(skus):
            marks = ",".join("?" * len(chunk))
            row = self._db.execute(
                f"select max(valid_from) from truth where {_LIVE} and valid_from > ? "
                f"and sku in ({marks})",
                (to_text(after), *chunk),
            ).fetchone()
            last = max(last, row[0] or "")
        return from_text(last or None)

    def written_at(self, now: datetime) -> set[str]:
        """Products of which a feed run at ``now`` added, changed or ended a truth."""
        at = to_text(now)
        rows = self._db.execute(
            "select sku from truth where first_seen = ? union "
            "select sku from truth where removed_at = ?",
            (at, at),
        )
        return {row[0] for row in rows}

    def pages_about(self, skus: Iterable[str]) -> set[tuple[str, str]]:
        """Pages on which the last audit met a statement of these products."""
        found: set[tuple[str, str]] = set()
        for chunk in _chunks(skus):
            marks = ",".join("?" * len(chunk))
            for table in ("judgement", "skipped"):
                rows = self._db.execute(
                    f"select distinct source, url from {table} where sku in ({marks})", chunk
                )
                found.update((source, url) for source, url in rows)
        return found

    def unplaced(self, skus: Iterable[str]) -> set[str]:
        """Those of the products that have a page of their own on which nothing was judged yet."""
        found: set[str] = set()
        for chunk in _chunks(skus):
            marks = ",".join("?" * len(chunk))
            rows = self._db.execute(
                f"select distinct sku from product_url where sku in ({marks}) and sku not in "
                f"(select sku from judgement where sku in ({marks}))",
                (*chunk, *chunk),
            )
            found.update(row[0] for row in rows)
        return found

    def dated_pages(self) -> set[tuple[str, str]]:
        """Pages whose judgement hangs on the calendar itself, or on a waiver that ends."""
        rows = self._db.execute(
            "select distinct source, url from judgement where attribute in ('offer', 'policy') "
            "or role = 'sale' or reason = 'propagation_grace' union "
            "select source, url from finding where state in ('waived', 'claimed_fixed')"
        )
        return {(source, url) for source, url in rows}


def _chunks(skus: Iterable[str]) -> Iterable[list[str]]:
    ordered = sorted(set(skus))
    return (ordered[start : start + _CHUNK] for start in range(0, len(ordered), _CHUNK))
