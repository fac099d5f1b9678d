"""What of the snapshots is evidence and must stay; what of the feeds' history may go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditor.store.instants import to_text

if TYPE_CHECKING:
    from datetime import datetime

    from auditor.store.database import AuditStore


class Retention:
    """Reads what is evidence; deletes rejected rows of old feed runs."""

    def __init__(self, store: AuditStore) -> None:
        self._store = store
        self._db = store.database

    def evidence(self) -> frozenset[str]:
        """SHA-256 of every body that a finding still open, or any decision, rests on."""
        rows = self._db.execute(
            "select snapshot from finding where snapshot != '' and state not in "
            "('verified', 'rejected') "
            "union select finding.snapshot from finding "
            "where finding.fingerprint in (select fingerprint from decision) and snapshot != '' "
            "union select evidence from decision where evidence != ''"
        )
        return frozenset(row[0] for row in rows)

    def rejected_rows(self, before: datetime) -> int:
        """Rejected rows of feed runs made before an instant; the newest run's of a feed stay."""
        found = self._db.execute(f"select count(*) {_OLD_ROWS}", (to_text(before),)).fetchone()
        return int(found[0])

    def forget_rejected_rows(self, before: datetime) -> None:
        """Delete what ``rejected_rows`` counts."""
        with self._store.writing():
            self._db.execute(
                f"delete from rejected_row where rowid in (select rejected_row.rowid {_OLD_ROWS})",
                (to_text(before),),
            )


_OLD_ROWS = (
    "from rejected_row join feed_run on feed_run.id = rejected_row.feed_run "
    "where feed_run.read_at < ? "
    "and feed_run.id not in (select max(id) from feed_run group by feed)"
)
