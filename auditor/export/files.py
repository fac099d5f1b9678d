"""One file a table, there whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from auditor.store.extracts import batches

if TYPE_CHECKING:
    from auditor.store import AuditStore
    from auditor.store.extracts import Extract, Row

Write = Callable[[Path, "Extract", Iterable[list["Row"]]], int]
"""Writes the batches of a table into a file and returns how many rows it wrote."""


@dataclass(frozen=True, slots=True)
class Written:
    """One file that was written."""

    path: Path
    rows: int
    size: int


def write_tables(
    store: AuditStore, directory: Path, tables: Sequence[Extract], suffix: str, write: Write
) -> list[Written]:
    """Write tables into a directory, made where missing. Raises OSError."""
    directory.mkdir(parents=True, exist_ok=True)
    found = []
    for table in tables:
        path = directory / f"{table.name}.{suffix}"
        part = path.with_name(path.name + ".part")
        try:
            rows = write(part, table, batches(store, table))
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
        found.append(Written(path, rows, path.stat().st_size))
    return found
