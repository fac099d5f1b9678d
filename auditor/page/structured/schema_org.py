"""schema.org things as products and offers, whatever the syntax they came in.

Source: https://schema.org/Product, /Offer, /PriceSpecification.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from auditor.page.model import Offer, ProductNode
from auditor.page.structured.things import (
    MAX_DEPTH,
    MAX_THINGS,
    Thing,
    is_nested,
    local_name,
    text_of,
    things_by_id,
    types,
    value_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from auditor.model import Method
    from auditor.page.model import Json

_PRODUCTS = frozenset(
    (
        "Product", "ProductGroup", "ProductModel", "IndividualProduct", "SomeProducts", "Vehicle",
        "ProductCollection", "DietarySupplement", "Drug", "Car",
    )
)  # fmt: skip
_OFFERS = frozenset(("Offer", "AggregateOffer", "Demand", "OfferForPurchase"))
_ELSEWHERE = frozenset(
    (
        "isRelatedTo", "isSimilarTo", "isAccessoryOrSparePartFor", "isConsumableFor", "review",
        "reviews", "itemListElement", "relatedLink", "mentions", "comment", "alternateName",
        "predecessorOf", "successorOf", "itemReviewed", "recommendation", "addOn", "citation",
    )
)  # fmt: skip
_QUANTITIES = frozenset(("QuantitativeValue", "Distance", "Mass"))
_GTINS = ("gtin13", "gtin14", "gtin12", "gtin8", "gtin", "ean", "isbn")
_OWN = frozenset(
    (
        "@type", "@id", "@context", "sku", "mpn", "name", "url", "offers", "image", "description",
        "review", "reviews", "aggregateRating", "additionalProperty", "hasVariant", "isVariantOf",
        "productID", "mainEntityOfPage", "isRelatedTo", "isSimilarTo", *_GTINS,
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Place:
    """Where a thing stands: span of its visible element and path."""

    anchor: tuple[int, int] | None = None
    path: str = ""


def product_nodes(
    roots: list[Json], method: Method, places: Mapping[int, Place] | None = None, path: str = ""
) -> list[ProductNode]:
    """Every product among the things, in document order; a variant counts as one of its own."""
    return _Reader(method, places or {}, things_by_id(roots)).read(roots, path)


class _Reader:
    """One pass over the things; a thing is read once, however often it is referred to."""

    def __init__(
        self, method: Method, places: Mapping[int, Place], by_id: dict[str, Thing]
    ) -> None:
        self.method = method
        self.places = places
        self.by_id = by_id
        self.seen: set[int] = set()
        self.budget = MAX_THINGS

    def read(self, roots: list[Json], path: str) -> list[ProductNode]:
        nodes: list[ProductNode] = []
        stack: list[tuple[Json, bool, str, int]] = [
            (root, True, f"{path}[{i}]" if len(roots) > 1 else path, 0)
            for i, root in enumerate(roots)
        ][::-1]
        while stack and self.budget:
            value, is_main, at, depth = stack.pop()
            if depth > MAX_DEPTH:
                continue
            if isinstance(value, list):
                items = [(v, is_main, f"{at}[{i}]", depth + 1) for i, v in enumerate(value)]
                stack.extend(reversed(items))
                continue
            if not isinstance(value, dict):
                continue
            thing = self._full(value)
            if id(thing) in self.seen:
                continue
            self.seen.add(id(thing))
            self.budget -= 1
            kinds = types(thing)
            if kinds & _PRODUCTS:
                nodes.append(self._product(thing, is_main, at))
            elif kinds & _OFFERS:
                nodes.extend(self._offer_of_other(thing, is_main, at))
            inner = []
            for key, item in thing.items():
                if is_nested(item):
                    key = local_name(key)
                    inner.append(
                        (item, is_main and key not in _ELSEWHERE, f"{at}.{key}", depth + 1)
                    )
            stack.extend(reversed(inner))
        return nodes

    def _full(self, thing: Thing) -> Thing:
        name = thing.get("@id")
        if len(thing) <= 2 and isinstance(name, str):
            return self.by_id.get(name, thing)
        return thing

    def _product(self, thing: Thing, is_main: bool, path: str) -> ProductNode:
        place = self.places.get(id(thing))
        offers: list[Offer] = []
        for item in self._things(thing, "offers")[:500]:
            self.seen.add(id(item))
            offers.extend(self._offers(item, 0, f"{path}.offers"))
        return ProductNode(
            method=self.method,
            sku=text_of(thing, "sku") or _product_id(text_of(thing, "productID"), ("sku",)),
            mpn=text_of(thing, "mpn") or _product_id(text_of(thing, "productID"), ("mpn",)),
            gtin=_gtin(thing),
            name=text_of(thing, "name"),
            url=text_of(thing, "url"),
            offers=tuple(offers),
            properties=tuple(self._properties(thing)),
            is_main=is_main,
            path=place.path if place else path,
        )

    def _offer_of_other(self, thing: Thing, is_main: bool, path: str) -> Iterator[ProductNode]:
        """An offer on its own that names what it offers."""
        for item in self._things(thing, "itemOffered")[:50]:
            if not types(item) & _PRODUCTS or id(item) in self.seen:
                continue
            self.seen.add(id(item))
            node = self._product(item, is_main, f"{path}.itemOffered")
            yield replace(node, offers=(*node.offers, *self._offers(thing, 0, path)))

    def _things(self, thing: Thing, key: str) -> list[Thing]:
        value = value_of(thing, key)
        values = value if isinstance(value, list) else [value]
        return [self._full(v) for v in values if isinstance(v, dict)]

    def _offers(self, thing: Thing, depth: int, path: str) -> Iterator[Offer]:
        place = self.places.get(id(thing))
        base = self._offer(thing, place, path)
        specs = self._things(thing, "priceSpecification")[:100]
        for spec in specs:
            self.seen.add(id(spec))
        rest: list[Offer] = []
        for spec in specs:
            offer = self._specified(base, spec)
            same = offer.price == base.price or not base.price
            if same and not (offer.min_qty or offer.price_type or rest) and not base.unit:
                base = offer
            else:
                rest.append(offer)
        if base.price or base.low_price or base.high_price or base.availability or not rest:
            yield base
        yield from rest
        if depth < 3:
            for item in self._things(thing, "offers")[:500]:
                if id(item) not in self.seen:
                    self.seen.add(id(item))
                    yield from self._offers(item, depth + 1, f"{path}.offers")

    def _offer(self, thing: Thing, place: Place | None, path: str) -> Offer:
        low, high = self._range(thing, "eligibleQuantity")
        return Offer(
            price=text_of(thing, "price"),
            low_price=text_of(thing, "lowPrice"),
            high_price=text_of(thing, "highPrice"),
            currency=text_of(thing, "priceCurrency"),
            availability=local_name(text_of(thing, "availability")),
            valid_from=text_of(thing, "validFrom"),
            valid_until=text_of(thing, "priceValidUntil") or text_of(thing, "validThrough"),
            min_qty=low,
            max_qty=high,
            url=text_of(thing, "url"),
            sku=text_of(thing, "sku") or text_of(thing, "mpn") or self._offered_sku(thing),
            lead_time=self._lead_time(thing),
            anchor=place.anchor if place else None,
            path=place.path if place else path,
        )

    def _offered_sku(self, thing: Thing) -> str:
        return next((text_of(t, "sku") for t in self._things(thing, "itemOffered")), "")

    def _specified(self, base: Offer, spec: Thing) -> Offer:
        low, high = self._range(spec, "eligibleQuantity")
        reference = self._things(spec, "referenceQuantity")
        unit_source = reference[0] if reference else spec
        taxed = text_of(spec, "valueAddedTaxIncluded").lower()
        place = self.places.get(id(spec))
        return replace(
            base,
            price=text_of(spec, "price"),
            low_price=text_of(spec, "minPrice"),
            high_price=text_of(spec, "maxPrice"),
            currency=text_of(spec, "priceCurrency") or base.currency,
            price_type=local_name(text_of(spec, "priceType")),
            tax_included={"true": True, "1": True, "false": False, "0": False}.get(
                local_name(taxed), base.tax_included
            ),
            valid_from=text_of(spec, "validFrom") or base.valid_from,
            valid_until=text_of(spec, "validThrough")
            or text_of(spec, "priceValidUntil")
            or base.valid_until,
            min_qty=low or base.min_qty,
            max_qty=high or base.max_qty,
            reference_quantity=text_of(reference[0], "value") if reference else "",
            unit=_unit(unit_source),
            anchor=place.anchor if place else base.anchor,
        )

    def _range(self, thing: Thing, key: str) -> tuple[str, str]:
        for item in self._things(thing, key):
            low = text_of(item, "minValue") or text_of(item, "value")
            return low, text_of(item, "maxValue")
        return text_of(thing, key), ""

    def _lead_time(self, thing: Thing) -> str:
        holders = [thing]
        for shipping in self._things(thing, "shippingDetails")[:1]:
            holders.extend(self._things(shipping, "deliveryTime")[:1])
        for holder in holders:
            for key in ("deliveryLeadTime", "handlingTime"):
                low, high = self._range(holder, key)
                if low or high:
                    items = self._things(holder, key)
                    unit = _unit(items[0]) if items else ""
                    span = f"{low}-{high}" if high and high != low else low or high
                    return f"{span} {unit}".strip()
        return ""

    def _properties(self, thing: Thing) -> Iterator[tuple[str, str, str]]:
        for item in self._things(thing, "additionalProperty")[:500]:
            self.seen.add(id(item))
            name = text_of(item, "name") or text_of(item, "propertyID")
            ends = (text_of(item, "minValue"), text_of(item, "maxValue"))
            stated = text_of(item, "value") or "-".join(filter(None, ends))
            if name and stated:
                yield name, stated, _unit(item)
        for key, value in list(thing.items())[:200]:
            name = local_name(key)
            if name in _OWN:
                continue
            if isinstance(value, (str, int, float)) and not isinstance(value, bool):
                yield name, text_of(thing, key), ""
            elif isinstance(value, dict) and types(value) & _QUANTITIES:
                amount = text_of(value, "value") or text_of(value, "name")
                if amount:
                    yield name, amount, _unit(value)


def _unit(thing: Thing) -> str:
    return text_of(thing, "unitText") or text_of(thing, "unitCode")


def _gtin(thing: Thing) -> str:
    for key in _GTINS:
        text = text_of(thing, key)
        if text:
            return text
    return _product_id(text_of(thing, "productID"), ("ean", "gtin", "gtin13", "gtin14", "upc"))


def _product_id(text: str, prefixes: tuple[str, ...]) -> str:
    """``productID`` may name its own kind: "mpn:925872"."""
    prefix, colon, rest = text.partition(":")
    return rest.strip() if colon and prefix.strip().lower() in prefixes else ""
