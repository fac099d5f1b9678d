"""truths.csv: what is true, was true and will be true, one fact a row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from auditor.feeds.canonical import Defaults, truth
from auditor.feeds.records import read_records
from auditor.feeds.stating import Stating

if TYPE_CHECKING:
    from pathlib import Path

    from auditor.feeds.config import FeedConfig
    from auditor.feeds.interface import Record
    from auditor.feeds.records import Build
    from auditor.model import Truth
    from auditor.store.stated import Stated


@dataclass(frozen=True, slots=True)
class TruthsCsv:
    """Columns sku, attribute, key, value, unit, price_per, price_unit, min_qty, tax, market,
    channel, customer_group, valid_from, valid_to; sku, attribute and value must be there."""

    feed: str
    config: FeedConfig
    name: ClassVar[str] = "truths_csv"

    def read(self, path: Path) -> Iterator[Record]:
        """Yield the truths of ``path``."""
        defaults = Defaults.of(self.feed, self.config)

        def build(cells: Mapping[str, str], row: str) -> list[Truth]:
            return [truth(cells, defaults, row)]

        return self._read(path, build)

    def read_stated(self, path: Path) -> Iterator[Record]:
        """Yield the truths of ``path``, ready to be stored."""
        state = Stating(Defaults.of(self.feed, self.config)).state

        def build(cells: Mapping[str, str], row: str) -> tuple[Stated]:
            return (state(cells, row),)

        return self._read(path, build)

    def _read(self, path: Path, build: Build) -> Iterator[Record]:
        return read_records(path, self.config, ("sku", "attribute", "value"), build, "truths")
