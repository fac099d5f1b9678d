"""products.csv: the catalogue, one product a row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from auditor.feeds.canonical import Defaults, product
from auditor.feeds.records import read_records

if TYPE_CHECKING:
    from pathlib import Path

    from auditor.feeds.config import FeedConfig
    from auditor.feeds.interface import Record
    from auditor.model import Product


@dataclass(frozen=True, slots=True)
class ProductsCsv:
    """Columns sku, name, mpn, gtin, aliases, group, owner, url, status, superseded_by; only sku
    must be there. ``aliases`` and ``url`` hold several, separated by ``|``."""

    feed: str
    config: FeedConfig
    name: ClassVar[str] = "products_csv"

    def read(self, path: Path) -> Iterator[Record]:
        """Yield the products of ``path``."""
        defaults = Defaults.of(self.feed, self.config)

        def build(cells: Mapping[str, str], _row: str) -> list[Product]:
            return [product(cells, defaults)]

        return read_records(path, self.config, ("sku",), build, "products")
