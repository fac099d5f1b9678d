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

# Keys are compared without case, "_" and "-": minOrderQty is min_order_qty.
_SKU_KEYS = (
    "sku", "partnumber", "mpn", "itemnumber", "articlenumber", "itemid", "productcode",
)  # fmt: skip
_PRICE_KEYS = (
    "price", "unitprice", "listprice", "currentprice", "saleprice", "finalprice", "amount",
)  # fmt: skip
_WAS_KEYS = ("compareatprice", "regularprice", "oldprice", "wasprice")
_BREAK_KEYS = (
    "tierprices", "tierprice", "pricetiers", "tiers", "pricebreaks", "quantitybreaks", "breaks",
    "scales", "scaleprices", "pricescale", "pricescales", "volumeprices", "volumepricing",
    "quantityprices", "quantitypricing", "bulkprices", "bulkpricing", "graduatedprices",
)  # fmt: skip
_QUANTITY_KEYS = (
    "qty", "quantity", "minqty", "min", "from", "breakquantity", "minquantity", "minimumquantity",
    "breakqty", "fromquantity", "fromqty", "qtyfrom", "startquantity", "lowerbound",
)  # fmt: skip
_BREAK_PRICE_KEYS = (*_PRICE_KEYS, "value", "net", "netprice", "cost")
_ORDER_KEYS = {
    "moq": ("moq", "minorderquantity", "minorderqty", "minimumorderquantity", "minimumorderqty"),
    "order_multiple": (
        "ordermultiple", "orderincrement", "qtyincrement", "qtyincrements", "quantitystep",
        "orderstep", "quantityincrement",
    ),
    "pack_size": ("packsize", "packquantity", "packqty", "unitsperpack", "piecesperpack"),
}  # fmt: skip
_LEAD_TIMES = (
    ("leadtimedays", "days"), ("deliverydays", "days"), ("leadtimeindays", "days"),
    ("leadtimeweeks", "weeks"), ("leadtimeinweeks", "weeks"), ("leadtime", ""),
)  # fmt: skip
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


def _product(raw: dict[str, Json], path: str) -> ProductNode | None:
    item = _folded(raw)
    offers: list[Offer] = []
    variants = item.get("variants")
    if isinstance(variants, list) and any(_is_variant(v) for v in variants):
        whole_cents = _in_cents(item, variants)
        for index, variant in enumerate(variants[:300]):
            if isinstance(variant, dict):
                place = f"{path}.variants[{index}]"
                offers.extend(_offers(_folded(variant), place, whole_cents))
    elif _first(item, _SKU_KEYS) and _priced(item):
        offers.extend(_offers(item, path, False))
    if not offers:
        return None
    skus = {offer.sku for offer in offers if offer.sku}
    return ProductNode(
        method=Method.EMBEDDED_JSON,
        sku=_first(item, _SKU_KEYS) or (skus.pop() if len(skus) == 1 else ""),
        mpn=_first(item, ("mpn", "manufacturerpartnumber")),
        gtin=_first(item, ("gtin", "gtin13", "ean", "barcode")),
        name=_first(item, ("name", "title", "itemname", "productname")),
        url=_first(item, ("url", "canonicalurl", "href")),
        offers=tuple(offers),
        order=tuple(
            (name, number)
            for name, keys in _ORDER_KEYS.items()
            if (number := _first(item, keys)).isdigit()
        ),
        is_main=not _ASIDE.search(path),
        path=path,
    )


def _folded(item: dict[str, Json]) -> dict[str, Json]:
    """An object by keys without case and joints; the first of two alike counts."""
    found: dict[str, Json] = {}
    for key, value in item.items():
        found.setdefault(key.replace("_", "").replace("-", "").lower(), value)
    return found


def _is_variant(value: Json) -> bool:
    return isinstance(value, dict) and "price" in value


def _in_cents(item: dict[str, Json], variants: list[Json]) -> bool:
    """Shopify's ``product | json`` gives prices as whole cents beside ``price_min``."""
    prices = [v.get("price") for v in variants if isinstance(v, dict)]
    shopify = any(k in item for k in ("pricemin", "compareatprice", "vendor", "handle"))
    return shopify and all(isinstance(p, int) for p in prices)


def _priced(item: dict[str, Json]) -> bool:
    return (
        any(_amount(item.get(key)) for key in _PRICE_KEYS)
        or isinstance(item.get("prices"), dict)
        or any(isinstance(item.get(key), list | dict) for key in _BREAK_KEYS)
    )


def _offers(item: dict[str, Json], path: str, whole_cents: bool) -> Iterator[Offer]:
    """The offers of a product or variant, by its folded keys."""
    price, currency = _price(item, _PRICE_KEYS)
    was, _ = _price(item, _WAS_KEYS)
    if whole_cents:
        price, was = _cents(price), _cents(was)
    currency = currency or _first(item, ("currency", "pricecurrency", "currencycode"))
    sku = _first(item, _SKU_KEYS)
    stock, lead_time = _stock(item), _lead_time(item)
    if price or lead_time:
        yield Offer(
            price=price, currency=currency, availability=stock, lead_time=lead_time, sku=sku,
            path=path,
        )  # fmt: skip
    if was and was != price:
        yield Offer(
            price=was, currency=currency, price_type="StrikethroughPrice", sku=sku, path=path
        )
    for key in _BREAK_KEYS:
        for quantity, amount, own, at in _breaks(item.get(key)):
            yield Offer(
                price=amount,
                currency=own or currency,
                min_qty=quantity,
                sku=sku,
                path=f"{path}.{key}[{at}]",
            )


def _breaks(value: Json) -> Iterator[tuple[str, str, str, str]]:
    """(quantity, price, currency, place) of a list of breaks, of pairs, or of an object by them.

    >>> list(_breaks({"1": 4.2, "10": "3.9"}))
    [('1', '4.2', '', '1'), ('10', '3.9', '', '10')]
    >>> list(_breaks([[10, 3.9]])), list(_breaks([{"minQty": 10, "unitPrice": "3.9"}]))
    ([('10', '3.9', '', '0')], [('10', '3.9', '', '0')])
    """
    if isinstance(value, dict):
        for key, price in list(value.items())[:100]:
            if key.isdigit() and (amount := _amount(price)):
                yield key, amount, "", key
        return
    for index, entry in enumerate(value[:100] if isinstance(value, list) else ()):
        if isinstance(entry, list) and len(entry) == 2:
            entry = {"qty": entry[0], "price": entry[1]}
        if not isinstance(entry, dict):
            continue
        folded = _folded(entry)
        quantity = _first(folded, _QUANTITY_KEYS)
        price, own = _price(folded, _BREAK_PRICE_KEYS)
        if quantity and price:
            yield quantity, price, own or _first(folded, ("currency", "currencycode")), str(index)


def _lead_time(item: dict[str, Json]) -> str:
    for key, unit in _LEAD_TIMES:
        if said := _first(item, (key,)):
            return f"{said} {unit}".strip() if unit or not said.isdigit() else ""
    return ""


def _price(item: dict[str, Json], keys: tuple[str, ...]) -> tuple[str, str]:
    """(amount, currency) under the first key that holds one; ``prices`` nested as in Magento."""
    holder = item.get("prices")
    holders = [item, _folded(holder)] if isinstance(holder, dict) else [item]
    for one in holders:
        for key in keys:
            value = one.get(key)
            text = _amount(value)
            if text:
                nested = _folded(value) if isinstance(value, dict) else {}
                return text, _first(nested, ("currency", "currencycode"))
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
    for key in ("available", "instock", "isinstock", "availableforsale"):
        value = item.get(key)
        if isinstance(value, bool):
            return "InStock" if value else "OutOfStock"
    return _first(item, ("availability", "stockstatus"))
