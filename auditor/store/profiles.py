"""Site profiles in the database: what each selector matched when it last worked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from auditor.store.instants import to_text

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from auditor.store.database import AuditStore


@dataclass(frozen=True, slots=True)
class Matched:
    """On how many of a source's pages a selector matched; ``is_dead``: it no longer does.

    ``pages`` and ``matched`` of a dead selector are those of the last audit at which it worked.
    """

    source: str
    attribute: str
    key: str
    selector: str
    pages: int
    matched: int
    is_dead: bool = False


class Profiles:
    """The table ``profile_selector``."""

    def __init__(self, store: AuditStore) -> None:
        self._store = store
        self._db = store.database

    def known(self) -> dict[tuple[str, str, str], Matched]:
        """What is known of each selector by (source, attribute, key)."""
        rows = self._db.query("select * from profile_selector")
        return {
            (row["source"], row["attribute"], row["key"]): Matched(
                row["source"],
                row["attribute"],
                row["key"],
                row["selector"],
                row["pages"],
                row["matched"],
                bool(row["is_dead"]),
            )
            for row in rows
        }

    def dead(self) -> frozenset[tuple[str, str, str]]:
        """The selectors (source, attribute, key) that matched nothing at the last audit."""
        return frozenset(key for key, each in self.known().items() if each.is_dead)

    def replace(self, selectors: Iterable[Matched], at: datetime) -> None:
        """Make ``selectors`` all that is known."""
        with self._store.writing():
            self._db.execute("delete from profile_selector")
            self._db.conn.executemany(
                "insert into profile_selector values (?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    (s.source, s.attribute, s.key, s.selector, s.pages, s.matched,
                     int(s.is_dead), to_text(at))
                    for s in selectors
                ],
            )  # fmt: skip
