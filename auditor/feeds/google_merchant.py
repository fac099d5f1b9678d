"""Google Merchant product feeds: prices, sales with their dates, availability, unit prices.

Source: https://support.google.com/merchants/answer/7052112. A shop's view of the truth: its price
may be that of the smallest purchasable quantity, and it knows no minimum order quantity.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import parse_qsl, urlsplit, urlunsplit

from auditor.feeds import fields
from auditor.feeds.canonical import Defaults
from auditor.feeds.merchant_items import merchant_items
from auditor.feeds.price_text import read_price
from auditor.feeds.records import Twice, reject
from auditor.model import Attribute, Product, RejectedRow, Truth
from auditor.values.truth import parse_truth_value
from auditor.values.types import Basis

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from auditor.feeds.config import FeedConfig
    from auditor.feeds.interface import Record
    from auditor.feeds.table import Row

_AVAILABILITY = {
    "instock": "in_stock",
    "outofstock": "out_of_stock",
    "preorder": "preorder",
    "backorder": "backorder",
}
_MEASURE_UNITS = {"oz": "oz", "lb": "lb", "mg": "mg", "g": "g", "kg": "kg", "floz": "fl oz",
                  "pt": "pt", "qt": "qt", "gal": "gal", "ml": "ml", "cl": "cl", "l": "l",
                  "cbm": "m3", "in": "in", "ft": "ft", "yd": "yd", "cm": "cm", "m": "m",
                  "sqft": "ft2", "sqm": "m2", "ct": "pcs"}  # fmt: skip
_SELECTING = frozenset({"variant", "variant_id", "variantid", "color", "colour", "size", "sku"})
"""Parameters of an address that select a variant on a page and make no page of their own."""


@dataclass(frozen=True, slots=True)
class GoogleMerchant:
    """Products with price, sale price and its dates, availability and unit price.

    ``whole_items``: an item states all its facts, so a sale that is gone from an item is over.
    """

    feed: str
    config: FeedConfig
    name: ClassVar[str] = "google_merchant"
    whole_items: ClassVar[bool] = True

    def read(self, path: Path) -> Iterator[Record]:
        """Yield each item's product and truths, streaming; entities and network stay off."""
        defaults = Defaults.of(self.feed, self.config)
        twice = Twice(path.name)
        for row in merchant_items(path, self.config):
            if isinstance(row, RejectedRow):
                yield row
                continue
            try:
                sku = fields.key(row.cells.get("id", ""))
            except ValueError as error:
                yield reject(path.name, row, f"g:id: {error}")
                continue
            yield from self._product(sku, row, path.name, twice)
            item = _Item(sku, row.cells, defaults, self.config, f"{path.name}:{row.line}")
            for reading in (_price, _sale, _availability, _unit_price):
                try:
                    truth = reading(item)
                except ValueError as error:
                    yield reject(path.name, row, str(error))
                    continue
                if truth is not None:
                    yield from twice.check(truth, row)

    def _product(self, sku: str, row: Row, file: str, twice: Twice) -> Iterator[Record]:
        item = row.cells
        gtin = item.get("gtin", "")
        if gtin:
            try:
                gtin = fields.key(gtin)
            except ValueError as error:
                yield reject(file, row, f"g:gtin: {error}; the item is used without it")
                gtin = ""
        category = item.get("google_product_category", "")
        group = item.get("product_type") or ("" if category.isdigit() else category)
        product = Product(
            sku=sku,
            name=item.get("title", ""),
            mpn=item.get("mpn", ""),
            gtin=gtin,
            group=group,
            owner=self.config.owner,
            urls=_pages(item),
        )
        yield from twice.check(product, row)


def _pages(item: dict[str, str]) -> tuple[str, ...]:
    """The item's page, and the one that all variants of its item group share.

    ``?variant=…`` only selects a variant: the page without it shows them all, and a page of
    several products is judged by none of them alone.
    """
    link = item.get("link", "")
    pages = [link, item.get("canonical_link", "")]
    parts = urlsplit(link)
    names = {name.lower() for name, _value in parse_qsl(parts.query, keep_blank_values=True)}
    if item.get("item_group_id") and (parts.fragment or names) and names <= _SELECTING:
        pages.append(urlunsplit(parts._replace(query="", fragment="")))
    return tuple(dict.fromkeys(page for page in pages if page))


@dataclass(frozen=True, slots=True)
class _Item:
    sku: str
    fields: dict[str, str]
    defaults: Defaults
    config: FeedConfig
    row: str

    def truth(  # noqa: PLR0913 - one argument a column of a truth
        self,
        attribute: Attribute,
        key: str,
        text: str,
        unit: str,
        *,
        basis: Basis | None = None,
        window: tuple[datetime | None, datetime | None] = (None, None),
    ) -> Truth:
        money = attribute is Attribute.PRICE
        market = self.defaults.market
        return Truth(
            sku=self.sku,
            attribute=attribute,
            key=key,
            value=parse_truth_value(attribute.value, key, text, unit)[0],
            basis=basis
            or (Basis(tax=self.defaults.tax, market=market) if money else Basis(market=market)),
            valid_from=window[0],
            valid_to=window[1],
            feed=self.defaults.feed,
            row=self.row,
        )

    def money(self, name: str) -> tuple[Decimal, str] | None:
        text = self.fields.get(name, "")
        if not text:
            return None
        try:
            amount, currency = read_price(text, self.config.currency, self.config.decimal)
        except ValueError as error:
            raise ValueError(f"g:{name}: {error}") from None
        if amount <= 0:
            raise ValueError(f"g:{name}: {text!r} is no price a page could state")
        return amount, currency


def _price(item: _Item) -> Truth | None:
    money = item.money("price")
    if money is None:
        raise ValueError("g:price is missing")
    return item.truth(Attribute.PRICE, "", format(money[0], "f"), money[1])


def _sale(item: _Item) -> Truth | None:
    sale = item.money("sale_price")
    if sale is None:
        return None
    window = _window(item)
    try:
        price = item.money("price")
    except ValueError:  # said by _price
        price = None
    if price == sale:
        return None
    if price and price[1] == sale[1] and sale[0] > price[0]:
        raise ValueError(f"g:sale_price {sale[0]} is above g:price {price[0]}")
    return item.truth(Attribute.PRICE, "sale", format(sale[0], "f"), sale[1], window=window)


def _window(item: _Item) -> tuple[datetime | None, datetime | None]:
    text = item.fields.get("sale_price_effective_date", "")
    if not text:
        return None, None
    first, slash, last = text.partition("/")
    zone = item.defaults.zone
    try:
        if not slash:
            raise ValueError(f"{text[:60]!r} is not start/end")
        start = fields.instant(first, zone)
        read_end = fields.day_after if fields.is_day(last) else fields.instant
        end = read_end(last, zone)
        if start and end and start >= end:
            raise ValueError(f"{text[:60]!r} starts after its end")
    except ValueError as error:
        raise ValueError(f"g:sale_price_effective_date: {error}") from None
    return start, end


def _availability(item: _Item) -> Truth | None:
    text = item.fields.get("availability", "")
    if not text:
        return None
    word = text.rsplit("/", 1)[-1].casefold()
    known = _AVAILABILITY.get("".join(sign for sign in word if sign.isalnum()))
    if known is None:
        words = ", ".join(_AVAILABILITY.values())
        raise ValueError(f"g:availability: {text[:40]!r} is none of {words}")
    until = None
    if known in ("preorder", "backorder"):
        try:
            until = fields.instant(item.fields.get("availability_date", ""), item.defaults.zone)
        except ValueError as error:
            raise ValueError(f"g:availability_date: {error}") from None
    return item.truth(Attribute.AVAILABILITY, "", known, "", window=(None, until))


def _unit_price(item: _Item) -> Truth | None:
    whole = _measure(item, "unit_pricing_measure")
    base = _measure(item, "unit_pricing_base_measure")
    if whole is None or base is None or whole[1] != base[1]:
        return None
    try:
        money = item.money("price")
    except ValueError:  # said by _price
        money = None
    if money is None:
        return None
    step = Decimal(1).scaleb(-2)
    amount = (money[0] * base[0] / whole[0]).quantize(step, ROUND_HALF_UP)
    basis = Basis(
        price_per=base[0],
        price_unit=base[1],
        tax=item.defaults.tax,
        market=item.defaults.market,
        unit_stated=True,
    )
    return item.truth(Attribute.PRICE, "", format(amount, "f"), money[1], basis=basis)


def _measure(item: _Item, name: str) -> tuple[Decimal, str] | None:
    text = item.fields.get(name, "").replace(" ", "").casefold()
    if not text:
        return None
    digits = text.rstrip("abcdefghijklmnopqrstuvwxyz")
    unit = _MEASURE_UNITS.get(text[len(digits) :])
    try:
        amount = fields.exact(digits)
    except ValueError as error:
        raise ValueError(f"g:{name}: {error}") from None
    if unit is None or amount <= 0:
        raise ValueError(f"g:{name}: {text[:40]!r} is no measure such as 750ml")
    return amount, unit
