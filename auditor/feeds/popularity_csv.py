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
    """Columns sku, signal, value, window_days; ``window_days`` is 30 where it is empty."""

    feed: str
    config: FeedConfig
    name: ClassVar[str] = "popularity_csv"

    def read(self, path: Path) -> Iterator[Record]:
        """Yield the popularity signals of ``path``."""

        def build(cells: Mapping[str, str], _row: str) -> list[Signal]:
            return [signal(cells)]

        return read_records(path, self.config, ("sku", "signal", "value"), build)
