"""A table as CSV: UTF-8, a header, instants as ISO 8601 with Z."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from auditor.plain import spreadsheet_cell

if TYPE_CHECKING:
    from auditor.store.extracts import Extract, Row


def write_csv(path: Path, table: Extract, batches: Iterable[list[Row]]) -> int:
    """Write a table; its number of rows. A cell that a spreadsheet would run is made text."""
    count = 0
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow([column.name for column in table.columns])
        for rows in batches:
            writer.writerows([_shown(value) for value in row] for row in rows)
            count += len(rows)
    return count


def _shown(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return spreadsheet_cell(value) if isinstance(value, str) else value
