"""The prices of one BMEcat product as canonical cells: scales, units, tax, territory, validity."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from auditor.feeds import fields
from auditor.feeds.entries import Cells
from auditor.feeds.unit_codes import unit_of

if TYPE_CHECKING:
    from auditor.feeds.bmecat.catalog import Catalog
    from auditor.feeds.bmecat.elements import Element
    from auditor.feeds.config import FeedConfig

CUSTOMER = "customer"
"""The customer group of prices that are one customer's own (net_customer)."""

_TAX = {"net_list": "excl", "gros_list": "incl", "net_customer": "excl"}
"""The price types that are read: what is recommended (nrp) or express is no price of the seller."""


@dataclass(frozen=True, slots=True)
class Order:
    """How a product is ordered: its unit, what is in it, and what its prices are for."""

    unit: str = ""
    content: str = ""
    number: str = ""
    price_quantity: str = ""
    stated: bool = True

    @classmethod
    def of(cls, product: Element) -> Order:
        """The order details of a product; ``stated`` is False where it has none."""
        details = product.first("PRODUCT_ORDER_DETAILS")
        return cls(
            unit_of(details.text("ORDER_UNIT")),
            unit_of(details.text("CONTENT_UNIT")),
            details.text("NO_CU_PER_OU"),
            details.text("PRICE_QUANTITY"),
            "PRODUCT_ORDER_DETAILS" in product,
        )

    @property
    def pack(self) -> str:
        """How many pieces one order unit holds; "" where that is unknown or the unit itself."""
        counts = self.content in ("", "pcs") and self.unit not in ("", "pcs")
        return self.number if counts else ""


def price_cells(
    product: Element, order: Order, catalog: Catalog, config: FeedConfig
) -> Iterator[Cells | ValueError]:
    """The cells of each price, or why it cannot be read.

    Where list prices without and with tax stand side by side, those of the feed's ``tax`` are
    read, else those without. A price that holds for the day alone is none to compare with.
    """
    for details in product.all("PRODUCT_PRICE_DETAILS"):
        if details.text("DAILY_PRICE").lower() == "true":
            continue
        prices = [p for p in details.all("PRODUCT_PRICE") if _type(p) in _TAX]
        types = {_type(price) for price in prices}
        if {"net_list", "gros_list"} <= types:
            left_out = "net_list" if config.tax == "incl" else "gros_list"
            prices = [price for price in prices if _type(price) != left_out]
        scales = Counter(_series(price) for price in prices)
        for price in prices:
            try:
                window = _window(details, config.timezone)
                cells = _cells(price, order, catalog, config, scaled=scales[_series(price)] > 1)
            except ValueError as error:
                yield ValueError(f"{_type(price)} price: {error}")
                continue
            for market in price.texts("TERRITORY") or catalog.territories or ("",):
                yield {**cells, **window, "market": market}


def _type(price: Element) -> str:
    return price.kind("price_type") or price.text("PRICE_TYPE")


def _series(price: Element) -> tuple[str, ...]:
    """What the scales of one price have in common."""
    return (_type(price), price.text("PRICE_CURRENCY"), *price.texts("TERRITORY"))


def _cells(
    price: Element, order: Order, catalog: Catalog, config: FeedConfig, *, scaled: bool
) -> Cells:
    if not order.stated:
        raise ValueError(
            "the file does not say what it is for (no order details): set `options: "
            "{order_unit: C62}` if prices are per piece"
        )
    amount = _number(price, "PRICE_AMOUNT", config) * _number(price, "PRICE_FACTOR", config, "1")
    bound = _number(price, "LOWER_BOUND", config, "1")
    base = price.first("PRICE_BASE")
    per = base.text("PRICE_UNIT_FACTOR") and "1"
    kind = _type(price)
    return {
        "attribute": "price",
        "value": format(amount, "f"),
        "unit": price.text("PRICE_CURRENCY") or catalog.currency or config.currency or "",
        "price_per": per or order.price_quantity or "1",
        "price_unit": unit_of(base.text("PRICE_UNIT")) or order.unit,
        "pack_size": order.pack,
        "min_qty": format(bound, "f") if scaled or bound > 1 else "",
        "tax": _TAX[kind],
        "customer_group": CUSTOMER if kind == "net_customer" else "",
    }


def _number(price: Element, name: str, config: FeedConfig, default: str = "") -> Decimal:
    text = price.text(name) or default
    if not text:
        raise ValueError(f"{name} is missing")
    try:
        return fields.grouped(text, config.decimal, None) if config.decimal else fields.exact(text)
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from None


def _window(details: Element, zone: str) -> Cells:
    """Validity: 1.2's DATETIME elements or 2005's own; a last day still holds."""
    window = {}
    for name, kind, own in (
        ("valid_from", "valid_start_date", "VALID_START_DATE"),
        ("valid_to", "valid_end_date", "VALID_END_DATE"),
    ):
        text = details.text(own)
        for entry in details.all("DATETIME"):
            if entry.kind() == kind:
                text = _instant_text(entry)
        read = fields.day_after if kind == "valid_end_date" and fields.is_day(text) else (
            fields.instant
        )  # fmt: skip
        found = read(text, zone)
        window[name] = found.isoformat() if found else ""
    return window


def _instant_text(entry: Element) -> str:
    """DATE, TIME and TIMEZONE as one ISO text."""
    day, time = entry.text("DATE"), entry.text("TIME")
    if not day or not time:
        return day
    return f"{day}T{time}{entry.text('TIMEZONE')}"
