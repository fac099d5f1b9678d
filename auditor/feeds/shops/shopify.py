"""Shopify's product CSV: a product is one row per variant, its name stands in the first.

Source: https://help.shopify.com/en/manual/products/import-export/using-csv (the columns before
and after their renaming in 2024).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import quote

from auditor.errors import FeedError
from auditor.feeds import fields
from auditor.feeds.entries import Cells, Entries
from auditor.feeds.shops.prices import amount, price_cells
from auditor.feeds.table import Row, read_rows
from auditor.model import RejectedRow

if TYPE_CHECKING:
    from pathlib import Path

    from auditor.feeds.config import FeedConfig
    from auditor.feeds.interface import Record

_NAMES = {
    "handle": ("handle", "url handle"),
    "title": ("title",),
    "type": ("type",),
    "category": ("product category",),
    "status": ("status",),
    "published": ("published", "published on online store"),
    "sku": ("variant sku", "sku"),
    "price": ("variant price", "price"),
    "compare": ("variant compare at price", "compare-at price"),
    "barcode": ("variant barcode", "barcode"),
    "tracker": ("variant inventory tracker", "inventory tracker"),
    "stock": ("variant inventory qty", "inventory quantity"),
    "policy": ("variant inventory policy", "continue selling when out of stock"),
    "mpn": ("google shopping / mpn",),
    "option1": ("option1 value",),
    "option2": ("option2 value",),
    "option3": ("option3 value",),
}
_ONLY_VARIANT = "Default Title"
_STATUS = {"archived": "discontinued"}


@dataclass(frozen=True, slots=True)
class Shopify:
    """Products with price and sale, stock, and the page all variants share.

    A compare-at price is the list price and the price beside it the sale. Drafts are passed over:
    they are on no page. ``options: {base_url: https://shop.example}`` gives products their pages.
    """

    feed: str
    config: FeedConfig
    name: ClassVar[str] = "shopify"
    whole_items: ClassVar[bool] = True

    def read(self, path: Path) -> Iterator[Record]:
        """Yield each variant's product and truths."""
        config = self.config
        entries = Entries(self.feed, config, path.name)
        shared: dict[str, str] = {}
        for row in read_rows(path, config.encoding, config.delimiter, (), config.header_row):
            if isinstance(row, RejectedRow):
                yield row
                continue
            cells = _named(row.cells)
            if not {"handle", "title", "price"} <= cells.keys():
                header = ", ".join(list(row.cells)[:8])
                raise FeedError(
                    f"{path.name} lacks Handle, Title or Variant Price; its header is {header}: is "
                    "it Shopify's product export?"
                )
            if cells.get("title"):
                shared = {name: cells.get(name, "") for name in _SHARED}
            if cells["price"] and shared.get("status", "active") != "draft":
                yield from self._variant({**cells, **shared}, row, entries)

    def _variant(self, cells: Mapping[str, str], row: Row, entries: Entries) -> Iterator[Record]:
        try:
            sku = fields.key(cells.get("sku", "").removeprefix("'"))
        except ValueError as error:
            yield entries.rejected(row, f"SKU: {error}")
            return
        yield from entries.product(self._product(sku, cells), row)
        yield from entries.truths(sku, self._facts(cells), row)

    def _product(self, sku: str, cells: Mapping[str, str]) -> Cells:
        options = [cells.get(f"option{n}", "") for n in (1, 2, 3)]
        chosen = [option for option in options if option and option != _ONLY_VARIANT]
        base = str(self.config.options.get("base_url", "")).rstrip("/")
        shown = base and cells.get("published", "").lower() != "false"
        return {
            "sku": sku,
            "name": " ".join([cells["title"], *chosen]),
            "mpn": cells.get("mpn", ""),
            "gtin": cells.get("barcode", "").removeprefix("'"),
            "group": cells.get("type", "") or cells.get("category", ""),
            "url": f"{base}/products/{quote(cells['handle'])}" if shown else "",
            "status": _STATUS.get(cells.get("status", ""), "active"),
        }

    def _facts(self, cells: Mapping[str, str]) -> Iterator[Cells | ValueError]:
        try:
            price = amount(cells["price"], self.config)
            compare = amount(cells.get("compare", ""), self.config)
        except ValueError as error:
            yield ValueError(f"price: {error}")
        else:
            is_sale = price is not None and compare is not None and compare > price
            regular, sale = (compare, price) if is_sale else (price, None)
            yield from price_cells(regular, sale, self.config.currency or "")
        if stock := _availability(cells):
            yield {"attribute": "availability", "value": stock}


_SHARED = ("title", "type", "category", "status", "published")


def _named(row: Mapping[str, str]) -> dict[str, str]:
    """The cells by our names; a column that the export lacks is not there."""
    by_name = {name.casefold(): cell.strip() for name, cell in row.items()}
    return {
        ours: next(by_name[name] for name in theirs if name in by_name)
        for ours, theirs in _NAMES.items()
        if any(name in by_name for name in theirs)
    }


def _availability(cells: Mapping[str, str]) -> str:
    """Only where stock is counted: in a list of several places it is not in the export."""
    stock = cells.get("stock", "")
    if not cells.get("tracker") or not stock.removeprefix("-").isdecimal():
        return ""
    if int(stock) > 0:
        return "in_stock"
    return "backorder" if cells.get("policy", "").lower() in ("continue", "true") else (
        "out_of_stock"
    )  # fmt: skip
