"""A BMEcat file's products, prices, order quantities, lead times and features."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

from auditor.feeds import fields
from auditor.feeds.bmecat.catalog import NEW, PRICES, Catalog, read_catalog, transaction_of
from auditor.feeds.bmecat.elements import Element
from auditor.feeds.bmecat.prices import Order, price_cells
from auditor.feeds.entries import Cells, Entries
from auditor.feeds.table import Row
from auditor.feeds.unit_codes import measured, unit_of
from auditor.feeds.xml_items import xml_items
from auditor.model import Attribute, Truth

if TYPE_CHECKING:
    from pathlib import Path

    from auditor.feeds.config import FeedConfig
    from auditor.feeds.interface import Record

_CODED = re.compile(r"E[FVGC]\d{6}|[0-9A-Z]{2}-?[A-Z]{3}\d{3}.*|-|")
"""Names of features that nobody prints: codes of ETIM and ECLASS, and none."""

_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")
_NO_VALUES = frozenset({"", "-", "–", "n/a", "k.a.", "k. a."})
_TIME_BASES = {"day": "days", "week": "weeks", "month": "months", "hour": "hours"}


@dataclass(frozen=True, slots=True)
class BMEcat:
    """Articles of BMEcat 1.2, products of BMEcat 2005, whole catalogues and updates."""

    feed: str
    config: FeedConfig
    name: ClassVar[str] = "bmecat"

    def is_partial(self, path: Path) -> bool:
        """Whether ``path`` is an update, which never means that what it lacks is gone."""
        return transaction_of(path) != NEW

    def read(self, path: Path) -> Iterator[Record]:
        """Yield each product with its truths, streaming; entities and network stay off."""
        catalog = read_catalog(path)
        entries = Entries(self.feed, self.config, path.name)
        for line, node in xml_items(path, ("{*}ARTICLE", "{*}PRODUCT")):
            element = Element(node)
            if "SUPPLIER_PID" not in element:
                continue  # an element of that name inside a product
            name = element.first("PRODUCT_DETAILS").text("DESCRIPTION_SHORT")
            row = Row(line, {}, f"{element.text('SUPPLIER_PID')} {name}")
            yield from self._product(element, catalog, row, entries)

    def _product(
        self, element: Element, catalog: Catalog, row: Row, entries: Entries
    ) -> Iterator[Record]:
        try:
            sku = fields.key(element.text("SUPPLIER_PID"))
        except ValueError as error:
            yield entries.rejected(row, f"SUPPLIER_PID: {error}")
            return
        if element.kind("mode") == "delete":
            yield entries.rejected(
                row, f"says that {sku} is deleted; it goes when two whole catalogues lack it"
            )
            return
        if "PRODUCT_DETAILS" in element and catalog.transaction != PRICES:
            yield from entries.product(_catalogued(element, sku, catalog), row)
        order = Order.of(element)
        facts = self._facts(element, catalog)
        yield from entries.truths(sku, facts, row, lambda truth: _with_content(truth, order))

    def _facts(self, element: Element, catalog: Catalog) -> Iterator[Cells | ValueError]:
        order = Order.of(element)
        if not order.stated and (unit := str(self.config.options.get("order_unit", ""))):
            order = Order(unit_of(unit))
        yield from price_cells(element, order, catalog, self.config)
        yield from _quantities(element, order)
        yield from _lead_time(element)
        yield from _specs(element, self.config.options.get("features", True))


def _catalogued(element: Element, sku: str, catalog: Catalog) -> Cells:
    """The cells of the catalogue's entry."""
    details = element.first("PRODUCT_DETAILS")
    numbers = [*details.texts("SUPPLIER_ALT_PID"), *details.texts("MANUFACTURER_TYPE_DESCR")]
    discontinued = any(
        status.kind() in ("old_article", "old_product") for status in details.all("PRODUCT_STATUS")
    )
    followers = [
        reference.text("PROD_ID_TO")
        for reference in element.all("PRODUCT_REFERENCE")
        if reference.kind() == "followup"
    ]
    gtin = next((n for n in details.texts("INTERNATIONAL_PID") if n.isdecimal()), "")
    return {
        "sku": sku,
        "name": details.text("DESCRIPTION_SHORT"),
        "mpn": details.text("MANUFACTURER_PID"),
        "gtin": gtin,
        "aliases": "|".join(n for n in numbers if n != sku and "|" not in n),
        "group": catalog.groups.get(sku, ""),
        "status": "discontinued" if discontinued else "active",
        "superseded_by": followers[0] if discontinued and len(followers) == 1 else "",
    }


def _quantities(element: Element, order: Order) -> Iterator[Cells]:
    details = element.first("PRODUCT_ORDER_DETAILS")
    for attribute, name in (("moq", "QUANTITY_MIN"), ("order_multiple", "QUANTITY_INTERVAL")):
        if text := details.text(name):
            yield {"attribute": attribute, "value": text, "unit": order.unit}
    if order.number and order.unit not in ("", order.content):
        yield {"attribute": "pack_size", "value": order.number, "unit": order.content}


def _lead_time(element: Element) -> Iterator[Cells]:
    """Working days in 1.2; 2005 has a span with its unit besides."""
    if days := element.first("PRODUCT_DETAILS").text("DELIVERY_TIME"):
        yield {"attribute": "lead_time", "value": days, "unit": "business_days"}
        return
    for times in element.first("PRODUCT_LOGISTIC_DETAILS").all("DELIVERY_TIMES"):
        span = times.first("TIME_SPAN")
        unit = _TIME_BASES.get(span.text("TIME_BASE").lower())
        if unit and (length := span.text("TIME_SPAN_DURATION")):
            yield {"attribute": "lead_time", "value": length, "unit": unit}
            return


def _specs(element: Element, systems: object) -> Iterator[Cells]:
    """Features with a name that people read and one value; a list of values is no statement.

    ``systems`` is True for all, False for none, or names of feature systems (their beginning
    will do): many catalogues keep tariff numbers and packaging among the features.
    """
    wanted = ("",) if systems is True else tuple(systems) if isinstance(systems, list) else ()
    for group in element.all("PRODUCT_FEATURES"):
        if not group.text("REFERENCE_FEATURE_SYSTEM_NAME").startswith(wanted):
            continue
        for feature in group.all("FEATURE"):
            name, values = feature.text("FNAME"), feature.texts("FVALUE")
            if _CODED.fullmatch(name):
                name = feature.text("FDESCR")
            if not name or len(values) != 1 or values[0].lower() in _NO_VALUES:
                continue
            value, unit = values[0], unit_of(feature.text("FUNIT"))
            if not _NUMBER.fullmatch(value):
                value, unit = measured(f"{value} {unit}".strip())
            yield {"attribute": "spec", "key": name, "value": value, "unit": unit}


def _with_content(truth: Truth, order: Order) -> Truth:
    """A price per reel or coil of 100 m: what is in it is no number of pieces."""
    if truth.attribute is not Attribute.PRICE or order.pack or not order.number:
        return truth
    if order.content in ("", order.unit) or truth.basis.price_unit != order.unit:
        return truth
    basis = replace(truth.basis, pack_size=fields.exact(order.number), pack_unit=order.content)
    return replace(truth, basis=basis)
