"""WooCommerce's product CSV: simple products, and variations under their variable product.

Source: https://woocommerce.com/document/product-csv-importer-exporter/
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from auditor.feeds import fields
from auditor.feeds.entries import Cells, Entries
from auditor.feeds.shops.prices import amount, price_cells
from auditor.feeds.table import Row, read_rows
from auditor.feeds.unit_codes import measured
from auditor.model import RejectedRow

if TYPE_CHECKING:
    from pathlib import Path

    from auditor.feeds.config import FeedConfig
    from auditor.feeds.interface import Record

_REQUIRED = ("ID", "Type", "SKU", "Name", "Published", "Regular price")
_STOCK = {"1": "in_stock", "0": "out_of_stock", "backorder": "backorder"}
_ATTRIBUTE = re.compile(r"Attribute (\d+) name")
_SOLD = frozenset({"simple", "variation", "external"})


@dataclass(frozen=True, slots=True)
class WooCommerce:
    """Products with price, sale and its dates, stock, and the attributes their pages show.

    Drafts and private products are passed over: they are on no page. A variable product has no
    price of its own; its variations have, and are named after it.
    """

    feed: str
    config: FeedConfig
    name: ClassVar[str] = "woocommerce"
    whole_items: ClassVar[bool] = True

    def read(self, path: Path) -> Iterator[Record]:
        """Yield each product and its truths."""
        config = self.config
        entries = Entries(self.feed, config, path.name)
        hidden: set[str] = set()
        for row in read_rows(path, config.encoding, config.delimiter, _REQUIRED, config.header_row):
            if isinstance(row, RejectedRow):
                yield row
                continue
            parent = row.cells.get("Parent", "").strip()
            own = {row.cells["SKU"].strip(), f"id:{row.cells['ID'].strip()}"}
            if row.cells["Published"].strip() != "1" or parent in hidden:
                hidden |= own - {""}
                continue
            yield from self._entry(row, entries)

    def _entry(self, row: Row, entries: Entries) -> Iterator[Record]:
        cells = row.cells
        kinds = {kind.strip() for kind in cells["Type"].split(",")}
        if not kinds & _SOLD and not cells["SKU"].strip():
            return  # a group, or a variable product that only its variations are sold of
        try:
            sku = fields.key(cells["SKU"])
        except ValueError as error:
            yield entries.rejected(row, f"SKU: {error}")
            return
        yield from entries.product(_product(sku, cells), row)
        yield from entries.truths(sku, self._facts(cells, kinds), row)

    def _facts(self, cells: Mapping[str, str], kinds: set[str]) -> Iterator[Cells | ValueError]:
        if not kinds & _SOLD:
            return
        try:
            regular = amount(cells["Regular price"], self.config)
            sale = amount(cells.get("Sale price", ""), self.config)
            window = _window(cells, self.config.timezone)
        except ValueError as error:
            yield ValueError(f"price: {error}")
        else:
            yield from price_cells(regular, sale, self.config.currency or "", window)
        if stock := _STOCK.get(cells.get("In stock?", "").strip()):
            yield {"attribute": "availability", "value": stock}
        if "simple" in kinds:
            yield from _specs(cells)


def _product(sku: str, cells: Mapping[str, str]) -> Cells:
    """``Categories`` holds paths, separated by commas; the first one's last part is the group."""
    categories = re.split(r"(?<!\\), ", cells.get("Categories", ""))
    return {
        "sku": sku,
        "name": cells["Name"],
        "gtin": cells.get("GTIN, UPC, EAN, or ISBN", "").removeprefix("'"),
        "group": categories[0].rpartition(">")[2].replace("\\,", ",").strip(),
    }


def _window(cells: Mapping[str, str], zone: str) -> Cells:
    """The days of a sale, in the shop's zone; the last one is part of it."""
    start = fields.instant(cells.get("Date sale price starts", ""), zone)
    last = cells.get("Date sale price ends", "").strip()
    end = (fields.day_after if fields.is_day(last) else fields.instant)(last, zone)
    return {
        "valid_from": start.isoformat() if start else "",
        "valid_to": end.isoformat() if end else "",
    }


def _specs(cells: Mapping[str, str]) -> Iterator[Cells]:
    """Attributes that the page shows, with one value each."""
    for column, name in cells.items():
        found = _ATTRIBUTE.fullmatch(column)
        if found is None or not name.strip():
            continue
        value = cells.get(f"Attribute {found[1]} value(s)", "").strip()
        shown = cells.get(f"Attribute {found[1]} visible", "").strip() == "1"
        if shown and value and not re.search(r"(?<!\\), ", value):
            text, unit = measured(value.replace("\\,", ","))
            yield {"attribute": "spec", "key": name.strip(), "value": text, "unit": unit}
