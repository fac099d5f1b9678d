"""Which products does a page's application data speak of?

They are recognised by their keys, since every shop system spells them a little differently.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

from auditor.model import Method
from auditor.page.model import Offer, ProductNode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from auditor.page.model import Json

MAX_NODES = 20_000
"""Values looked at per page."""

MAX_PRODUCTS = 300

_SKU_KEYS = (
    "sku",
    "partNumber",
    "part_number",
    "mpn",
    "itemNumber",
    "articleNumber",
    "item_id",
    "productCode",
)
_PRICE_KEYS = (
    "price", "unitPrice", "unit_price", "listPrice", "list_price", "currentPrice", "salePrice",
    "finalPrice", "amount",
)  # fmt: skip
_WAS_KEYS = ("compare_at_price", "compareAtPrice", "regularPrice", "oldPrice", "wasPrice")
_ASIDE = re.compile(
    r"related|similar|upsell|cross|recommend|impression|recent|cart|alsobought|basket",
    re.IGNORECASE,
)


def embedded_products(data: list[tuple[str, Json]]) -> list[ProductNode]:
    """Products recognised in application data; those of related or cart data are not main."""
    nodes: list[ProductNode] = []
    budget = MAX_NODES
    for name, value in data:
        stack: list[tuple[Json, str, int]] = [(value, name, 0)]
        while stack and budget and len(nodes) < MAX_PRODUCTS:
            budget -= 1
            item, path, depth = stack.pop()
            if depth > 30:
                continue
            if isinstance(item, list):
                stack.extend(
                    (v, f"{path}[{i}]", depth + 1)
                    for i, v in reversed(list(enumerate(item[:2000])))
                )
            elif isinstance(item, dict):
                node = _product(item, path)
                if node:
                    nodes.append(node)
                    continue
                inner = [
                    (v, f"{path}.{k[:80]}", depth + 1)
                    for k, v in item.items()
                    if isinstance(v, (dict, list))
                ]
                stack.extend(reversed(inner))
    return nodes


def _product(item: dict[str, Json], path: str) -> ProductNode | None:
    offers: list[Offer] = []
    variants = item.get("variants")
    if isinstance(variants, list) and any(_is_variant(v) for v in variants):
        whole_cents = _in_cents(item, variants)
        for index, variant in enumerate(variants[:300]):
            if isinstance(variant, dict):
                offers.extend(_offers(variant, f"{path}.variants[{index}]", whole_cents))
    elif _first(item, _SKU_KEYS) and _priced(item):
        offers.extend(_offers(item, path, False))
    if not offers:
        return None
    skus = {offer.sku for offer in offers if offer.sku}
    return ProductNode(
        method=Method.EMBEDDED_JSON,
        sku=_first(item, _SKU_KEYS) or (skus.pop() if len(skus) == 1 else ""),
        mpn=_first(item, ("mpn", "manufacturerPartNumber")),
        gtin=_first(item, ("gtin", "gtin13", "ean", "barcode")),
        name=_first(item, ("name", "title", "item_name", "productName")),
        url=_first(item, ("url", "canonicalUrl", "href")),
        offers=tuple(offers),
        is_main=not _ASIDE.search(path),
        path=path,
    )


def _is_variant(value: Json) -> bool:
    return isinstance(value, dict) and "price" in value


def _in_cents(item: dict[str, Json], variants: list[Json]) -> bool:
    """Shopify's ``product | json`` gives prices as whole cents beside ``price_min``."""
    prices = [v.get("price") for v in variants if isinstance(v, dict)]
    shopify = any(k in item for k in ("price_min", "compare_at_price", "vendor", "handle"))
    return shopify and all(isinstance(p, int) for p in prices)


def _priced(item: dict[str, Json]) -> bool:
    return any(_amount(item.get(key)) for key in _PRICE_KEYS) or isinstance(
        item.get("prices"), dict
    )


def _offers(item: dict[str, Json], path: str, whole_cents: bool) -> Iterator[Offer]:
    price, currency = _price(item, _PRICE_KEYS)
    was, _ = _price(item, _WAS_KEYS)
    if whole_cents:
        price, was = _cents(price), _cents(was)
    currency = currency or _first(
        item, ("currency", "priceCurrency", "currencyCode", "price_currency")
    )
    sku = _first(item, _SKU_KEYS)
    stock = _stock(item)
    if price:
        yield Offer(price=price, currency=currency, availability=stock, sku=sku, path=path)
    if was and was != price:
        yield Offer(
            price=was, currency=currency, price_type="StrikethroughPrice", sku=sku, path=path
        )
    for key in (
        "tierPrices",
        "tier_prices",
        "priceBreaks",
        "price_breaks",
        "quantityBreaks",
        "tiers",
        "scales",
    ):
        breaks = item.get(key)
        if isinstance(breaks, list):
            yield from _breaks(breaks[:100], currency, sku, f"{path}.{key}")


def _breaks(breaks: list[Json], currency: str, sku: str, path: str) -> Iterator[Offer]:
    for index, entry in enumerate(breaks):
        if not isinstance(entry, dict):
            continue
        quantity = _first(
            entry,
            ("qty", "quantity", "minQty", "min_qty", "min", "from", "breakQuantity", "minQuantity"),
        )
        price, own = _price(entry, _PRICE_KEYS)
        if quantity and price:
            yield Offer(
                price=price,
                currency=own or currency,
                min_qty=quantity,
                sku=sku,
                path=f"{path}[{index}]",
            )


def _price(item: dict[str, Json], keys: tuple[str, ...]) -> tuple[str, str]:
    """(amount, currency) under the first key that holds one; ``prices`` nested as in Magento."""
    holder = item.get("prices")
    holders = [item, holder] if isinstance(holder, dict) else [item]
    for one in holders:
        for key in keys:
            value = one.get(key)
            text = _amount(value)
            if text:
                nested = value if isinstance(value, dict) else {}
                return text, _first(nested, ("currency", "currencyCode", "currency_code"))
    return "", ""


def _amount(value: Json) -> str:
    for _ in range(3):
        if not isinstance(value, dict):
            break
        value = next(
            (value[k] for k in ("amount", "value", "price", "current") if k in value), None
        )
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return ""
    text = str(value).strip()
    return text if len(text) <= 40 and any(c.isdigit() for c in text) else ""


def _cents(text: str) -> str:
    return str(Decimal(text).scaleb(-2)) if text.isascii() and text.isdigit() else text


def _first(item: dict[str, Json], keys: tuple[str, ...]) -> str:
    for key in keys:
        value = item.get(key)
        if isinstance(value, (str, int)) and not isinstance(value, bool) and str(value).strip():
            return str(value).strip()[:200]
    return ""


def _stock(item: dict[str, Json]) -> str:
    for key in ("available", "inStock", "in_stock", "is_in_stock", "availableForSale"):
        value = item.get(key)
        if isinstance(value, bool):
            return "InStock" if value else "OutOfStock"
    return _first(item, ("availability", "stock_status", "stockStatus"))
