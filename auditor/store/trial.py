"""A throw-away copy of the catalogue, to see what a feed would do without doing it."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from auditor.store.database import AuditStore
from crawler.store.connection import open_database

if TYPE_CHECKING:
    from collections.abc import Iterator

_NOT_COPIED = frozenset(
    {
        "audit", "judgement", "skipped", "finding", "decision", "state_change", "incident",
        "cross_check", "remark", "contact", "notice", "told",
    }
)  # fmt: skip
"""What pages and people said; a trial is of the feeds' side alone."""


@contextmanager
def trial(store: AuditStore) -> Iterator[AuditStore]:
    """A store with the catalogue of ``store`` in a temporary file; gone when the block ends.

    ``store`` is only read.
    """
    with (
        TemporaryDirectory(prefix="sellby-trial-") as folder,
        AuditStore(Path(folder) / "trial.db") as copy,
    ):
        copy.database.execute("pragma synchronous = off")
        copy.database.execute("pragma foreign_keys = off")
        with copy.writing():
            for table in _tables(store) & _tables(copy):
                _copy(store, copy, table)
        copy.database.execute("pragma foreign_keys = on")
        yield copy


def _tables(store: AuditStore) -> set[str]:
    """The tables of the feeds' side."""
    crawled = open_database(Path(":memory:"))
    others = _NOT_COPIED | set(crawled.table_names())
    crawled.close()
    return {name for name in store.database.table_names() if name not in others and name[0] != "_"}


def _copy(store: AuditStore, copy: AuditStore, table: str) -> None:
    columns = [column.name for column in store.database[table].columns]
    names = ", ".join(f"[{name}]" for name in columns)
    marks = ", ".join("?" * len(columns))
    copy.database.conn.executemany(
        f"insert or replace into [{table}] ({names}) values ({marks})",
        store.database.conn.execute(f"select {names} from [{table}]"),
    )
