"""What a shop's price columns mean: a price, or a list price beside a sale."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

from auditor.feeds import fields

if TYPE_CHECKING:
    from auditor.feeds.config import FeedConfig
    from auditor.feeds.entries import Cells


def amount(text: str, config: FeedConfig) -> Decimal | None:
    """A price column's number; None where it is empty. Raises ValueError."""
    stripped = text.strip()
    if not stripped:
        return None
    return fields.grouped(stripped, config.decimal, None) if config.decimal else (
        fields.exact(stripped)
    )  # fmt: skip


def price_cells(
    regular: Decimal | None, sale: Decimal | None, currency: str, window: Cells | None = None
) -> Iterator[Cells | ValueError]:
    """The list price, and the sale beside it where it is lower."""
    if regular is None:
        return
    if not currency:
        yield ValueError("the export names no currency; set `currency` for this feed")
        return
    price = {"attribute": "price", "value": format(regular, "f"), "unit": currency}
    yield price
    if sale is None or sale == regular:
        return
    if sale > regular:
        yield ValueError(f"the sale price {sale} is above the price {regular}")
        return
    yield {**price, "key": "sale", "value": format(sale, "f"), **(window or {})}
