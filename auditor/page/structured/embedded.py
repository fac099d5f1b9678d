"""Application data that a page hands to its own scripts: Shopify, Next, Magento, dataLayer and kin.

Only JSON and plain literals are read, never run. What is found is kept by name; products in it are
recognised by their keys, since every shop system spells them a little differently.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

from auditor.model import Method
from auditor.page.model import Offer, ProductNode, Unread
from auditor.page.structured.literal import MAX_LITERAL, UnreadableError, read_json, read_literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from auditor.page.head import Script
    from auditor.page.model import Json

MAX_TOTAL = 4_000_000
"""Characters of scripts read per page."""

MAX_LITERALS = 40
MAX_NODES = 20_000
MAX_PRODUCTS = 300

MAX_STARTS = 400
"""Places of a script where a literal may begin."""

_WORDS = ("price", "sku", "preis", "prix")
_VALUE_START = re.compile(r"[=(]\s{0,20}(?:[\w$.]{1,60}\s?\|\|\s?)?(?=[{\[][^}\]]|JSON\.parse\()")
_NAME_BEFORE = re.compile(r"(?<![\w$.])([A-Za-z_$][\w$.]{0,60})\Z")
_PARSED = re.compile(r"JSON\.parse\(\s{0,20}(?=[\"'`])")
_DATA_TYPES = ("json", "x-magento-init", "x-json")

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


def embedded_data(scripts: Iterable[Script], unread: list[Unread]) -> list[tuple[str, Json]]:
    """(name, value) of data scripts and of literals assigned in scripts that name prices."""
    found: list[tuple[str, Json]] = []
    budget = MAX_TOTAL
    for script in scripts:
        text = script.text
        kind = script.attrs.get("type", "").lower()
        if not text or "src" in script.attrs:
            continue
        if not _is_worth(text.lower()):
            continue
        budget -= len(text)
        if budget < 0:
            unread.append(Unread("embedded", f"more than {MAX_TOTAL} characters", script.path))
            break
        name = script.attrs.get("id") or kind or "script"
        if any(mark in kind for mark in _DATA_TYPES):
            _data_script(script, name, text, found, unread)
        elif kind in ("", "text/javascript", "application/javascript", "module"):
            found.extend(_literals(text, MAX_LITERALS - len(found)))
    return found


def _data_script(
    script: Script, name: str, text: str, found: list[tuple[str, Json]], unread: list[Unread]
) -> None:
    try:
        found.append((name, read_json(text)))
    except UnreadableError as error:
        unread.append(Unread("embedded", f"{name}: {error}", script.path))


def _is_worth(text: str, start: int = 0, end: int | None = None) -> bool:
    return any(text.find(word, start, end) >= 0 for word in _WORDS)


def _literals(text: str, limit: int) -> Iterator[tuple[str, Json]]:
    lowered = text.lower()
    if len(lowered) != len(text):
        lowered = text
    at = 0
    for _ in range(MAX_STARTS):
        match = _VALUE_START.search(text, at)
        if match is None or limit <= 0:
            return
        at = match.end()
        name = _name_before(text, match.start())
        if not name or not _is_worth(lowered, at, at + MAX_LITERAL):
            continue
        limit -= 1
        try:
            value, end = _value(text, at)
        except UnreadableError:
            continue
        at = max(end, at)
        if value:
            yield name, value


def _name_before(text: str, at: int) -> str:
    """The variable that "=" assigns to or "(" pushes to; "" for any other call or comparison."""
    before = text[max(0, at - 70) : at].rstrip()
    if text[at] == "(":
        stem, dot, method = before.rpartition(".")
        if not dot or method not in ("push", "concat"):
            return ""
        before = stem
    name = _NAME_BEFORE.search(before)
    return name[1] if name else ""


def _value(text: str, at: int) -> tuple[Json, int]:
    parsed = _PARSED.match(text, at)
    if parsed is None:
        return read_literal(text, at)
    closing = _string_end(text, parsed.end())
    value, _ = read_literal(f"[{text[parsed.end() : closing]}]", 0)
    if isinstance(value, list) and value and isinstance(value[0], str):
        return read_json(value[0]), closing
    raise UnreadableError("JSON.parse of no string")


def _string_end(text: str, at: int) -> int:
    quote = text[at]
    for match in re.compile(rf"\\.|{quote}", re.DOTALL).finditer(text, at + 1):
        if match[0] == quote:
            return match.end()
    raise UnreadableError("unbalanced string")


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
