"""Open Graph product tags: one product a page, as shops give it to social networks.

Source: https://ogp.me and the ``product:`` namespace used by Meta's catalogue crawler.
"""

from __future__ import annotations

from dataclasses import replace

from auditor.model import Method
from auditor.page.model import Offer, ProductNode
from auditor.page.structured.things import local_name


def open_graph_product(meta: tuple[tuple[str, str], ...]) -> ProductNode | None:
    """The product of the page's meta elements; None where they name no price, SKU or stock.

    >>> node = open_graph_product((("og:title", "Valve"), ("product:price:amount", "12.50"),
    ...     ("product:price:currency", "EUR")))
    >>> node.offers[0].price, node.offers[0].currency
    ('12.50', 'EUR')
    >>> open_graph_product((("og:title", "About us"),)) is None
    True
    """
    named: dict[str, str] = {}
    for name, content in meta:
        if name.startswith(("og:", "product:")):
            named.setdefault(name, content)
    price = named.get("product:price:amount") or named.get("og:price:amount", "")
    sku = named.get("product:retailer_item_id", "")
    mpn = named.get("product:mfr_part_no", "")
    stock = named.get("product:availability") or named.get("og:availability", "")
    if not (price or sku or mpn or stock):
        return None
    currency = named.get("product:price:currency") or named.get("og:price:currency", "")
    base = Offer(price=price, currency=currency, availability=local_name(stock), path="meta")
    offers = [base]
    sale = named.get("product:sale_price:amount", "")
    if sale:
        offers.append(
            replace(
                base,
                price=sale,
                currency=named.get("product:sale_price:currency") or currency,
                price_type="SalePrice",
                valid_from=named.get("product:sale_price_dates:start", ""),
                valid_until=named.get("product:sale_price_dates:end", ""),
            )
        )
    was = named.get("product:original_price:amount", "")
    if was:
        offers.append(replace(base, price=was, price_type="StrikethroughPrice"))
    return ProductNode(
        method=Method.OPEN_GRAPH,
        sku=sku,
        mpn=mpn,
        gtin=named.get("product:ean", "") or named.get("product:gtin", ""),
        name=named.get("og:title", ""),
        url=named.get("og:url", ""),
        offers=tuple(offers),
        path="meta",
    )
