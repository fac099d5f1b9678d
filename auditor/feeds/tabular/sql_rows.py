"""The rows that a database returned, as ``auditor.feeds.places.sql`` put them aside."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from auditor.errors import FeedError
from auditor.feeds.cells import Exact
from auditor.feeds.table import Row, known_header, lacking

if TYPE_CHECKING:
    from pathlib import Path

    from auditor.feeds.config import FeedConfig
    from auditor.model import RejectedRow


def sql_rows(
    path: Path, _config: FeedConfig, required: Sequence[str]
) -> Iterator[Row | RejectedRow]:
    """The rows in the order the database gave them; the line counts them from 1.

    Raises FeedError where ``query`` lacks a column.
    """
    with path.open(encoding="utf-8") as lines:
        header = known_header("query", json.loads(next(lines)), required)
        if missing := [name for name in required if name not in header]:
            raise FeedError(lacking("query", header, missing))
        for number, line in enumerate(lines, 1):
            cells = [cell if isinstance(cell, str) else Exact(cell[0]) for cell in json.loads(line)]
            yield Row(number, dict(zip(header, cells, strict=True)), "")
