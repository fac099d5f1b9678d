"""popularity.csv: how often a product is viewed, ordered, searched for or asked about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from auditor.feeds.canonical import signal
from auditor.feeds.records import read_records

if TYPE_CHECKING:
    from pathlib import Path

    from auditor.feeds.config import FeedConfig
    from auditor.feeds.interface import Record, Signal


@dataclass(frozen=True, slots=True)
class PopularityCsv:
    """Columns date, one of sku, url and term, signal, count (or value), window_days.

    Without a date the count is of the newest ``window_days`` days (30 where it is empty), with one
    of the days that end with it (1 where it is empty).
    """

    feed: str
    config: FeedConfig
    name: ClassVar[str] = "popularity_csv"

    def read(self, path: Path) -> Iterator[Record]:
        """Yield the popularity signals of ``path``."""

        def build(cells: Mapping[str, str], _row: str) -> list[Signal]:
            count = cells.get("count") or cells.get("value", "")
            return [signal({**cells, "value": count})]

        return read_records(path, self.config, ("signal",), build, "popularity")
