"""Google Merchant product feeds in XML (RSS 2.0 with g: elements, or Atom).

Source: https://support.google.com/merchants/answer/7052112. A shop's view of the truth: its price
may be that of the smallest purchasable quantity, and it knows no minimum order quantity.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, ClassVar

from lxml import etree

from auditor.errors import FeedError
from auditor.feeds import fields
from auditor.feeds.canonical import Defaults
from auditor.feeds.price_text import read_price
from auditor.feeds.records import Twice, reject
from auditor.feeds.table import Row
from auditor.model import Attribute, Product, Truth
from auditor.values.truth import parse_truth_value
from auditor.values.types import Basis

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from auditor.feeds.config import FeedConfig
    from auditor.feeds.interface import Record

_GOOGLE = "http://base.google.com/ns/1.0"
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
_SHOWN = ("id", "price", "sale_price", "sale_price_effective_date", "availability")


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
        found = False
        for line, item in _items(path):
            found = True
            row = Row(line, item, _shown(item))
            try:
                sku = fields.key(item.get("id", ""))
            except ValueError as error:
                yield reject(path.name, row, f"g:id: {error}")
                continue
            yield from self._product(sku, item, row, path.name, twice)
            for reading in (_price, _sale, _availability, _unit_price):
                try:
                    truth = reading(_Item(sku, item, defaults, self.config, f"{path.name}:{line}"))
                except ValueError as error:
                    yield reject(path.name, row, str(error))
                    continue
                if truth is not None:
                    yield from twice.check(truth, row)
        if not found:
            raise FeedError(
                f"{path.name} holds no <item> and no <entry>; is it a Google Merchant feed?"
            )

    def _product(
        self, sku: str, item: dict[str, str], row: Row, file: str, twice: Twice
    ) -> Iterator[Record]:
        gtin = item.get("gtin", "")
        if gtin:
            try:
                gtin = fields.key(gtin)
            except ValueError as error:
                yield reject(file, row, f"g:gtin: {error}; the item is used without it")
                gtin = ""
        category = item.get("google_product_category", "")
        group = item.get("product_type") or ("" if category.isdigit() else category)
        link = item.get("link", "")
        product = Product(
            sku=sku,
            name=item.get("title", ""),
            mpn=item.get("mpn", ""),
            gtin=gtin,
            group=group,
            owner=self.config.owner,
            urls=(link,) if link else (),
        )
        yield from twice.check(product, row)


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


def _items(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        events = etree.iterparse(
            str(path),
            events=("end",),
            tag=("{*}item", "{*}entry"),
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=False,
        )
        for _event, node in events:
            yield node.sourceline or 0, _children(node)
            node.clear()
            while (before := node.getprevious()) is not None:
                before.getparent().remove(before)
    except etree.XMLSyntaxError as error:
        line = error.lineno or 0
        raise FeedError(
            f"{path.name}:{line}: this is no whole XML file ({error.msg}); was the export cut off "
            "or an error page saved instead?"
        ) from error


def _children(node: etree._Element) -> dict[str, str]:
    """The item's own fields by local name; g: elements win over RSS or Atom ones.

    Only direct children count: ``g:shipping`` holds a ``g:price`` of its own.
    """
    found: dict[str, str] = {}
    for child in node.iterchildren(tag=etree.Element):
        name = etree.QName(child)
        text = " ".join((child.text or "").split())
        if not text and name.localname == "link" and child.get("rel", "alternate") == "alternate":
            text = (child.get("href") or "").strip()
        if text and (name.namespace == _GOOGLE or name.localname not in found):
            if name.namespace == _GOOGLE and f"g:{name.localname}" in found:
                continue
            found[name.localname] = text
            if name.namespace == _GOOGLE:
                found[f"g:{name.localname}"] = text
    return found


def _shown(item: dict[str, str]) -> str:
    return " ".join(f"{name}={item[name]}" for name in _SHOWN if name in item)[:300]
