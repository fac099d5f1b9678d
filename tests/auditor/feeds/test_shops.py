from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from auditor.errors import FeedError
from auditor.feeds import FeedConfig, read_feed
from auditor.model import Product, RejectedRow, Truth
from auditor.values.text import canonical

if TYPE_CHECKING:
    from pathlib import Path

SHOPIFY = """\
Handle,Title,Type,Option1 Name,Option1 Value,Variant SKU,Variant Inventory Tracker,\
Variant Inventory Qty,Variant Inventory Policy,Variant Price,Variant Compare At Price,\
Variant Barcode,Image Src,Status,Published
relay,Relay,Relays,Voltage,24 V,'0071,shopify,5,deny,12.40,,'4006209796856,a.jpg,active,true
relay,,,,48 V,0072,shopify,0,continue,10.00,12.50,,,,
relay,,,,,,,,,,,,b.jpg,,
old,Old relay,Relays,Title,Default Title,0080,,,,5.00,,,,archived,true
draft,Secret,Relays,Title,Default Title,0090,,,,7.00,,,,draft,false
nosku,No key,Relays,Title,Default Title,,,,,7.00,,,,active,true
"""

WOO = """\
ID,Type,SKU,"GTIN, UPC, EAN, or ISBN",Name,Published,In stock?,Regular price,Sale price,\
Date sale price starts,Date sale price ends,Categories,Parent,Attribute 1 name,\
Attribute 1 value(s),Attribute 1 visible
1,simple,0071,,Relay,1,1,12.40,10.00,2026-11-01,2026-11-30,"Parts > Relays, New",,Voltage,24 V,1
2,variable,R-V,,Relay wide,1,1,,,,,Relays,,Colour,"red, blue",1
3,variation,R-V-1,,Relay wide - red,1,backorder,5.00,,,,,R-V,Colour,red,1
4,simple,DRAFT,,Secret,-1,1,9.00,,,,Relays,,,,
5,"simple, virtual",,,Advice,1,1,99.00,,,,Services,,,,
6,simple,BAD,,Bad,1,0,"1,5",,,,Relays,,,,
"""


def read(folder: Path, text: str, **config: object) -> list[object]:
    (folder / "export.csv").write_text(text, encoding="utf-8")
    settings: dict = {"path": "export.csv", "currency": "EUR", "timezone": "Europe/Berlin"}
    return list(read_feed("shop", FeedConfig(**{**settings, **config}), folder))


def facts(records: list[object]) -> list[tuple[str, str, str, str]]:
    return [
        (t.sku, t.attribute.value, t.key, canonical(t.value))
        for t in records
        if isinstance(t, Truth)
    ]


def test_a_shopify_export_states_variants_with_their_sale_stock_and_common_page(tmp_path):
    records = read(
        tmp_path, SHOPIFY, format="shopify", options={"base_url": "https://shop.example/"}
    )
    products = {p.sku: p for p in records if isinstance(p, Product)}
    assert list(products) == ["0071", "0072", "0080"]
    assert products["0071"].name == "Relay 24 V"
    assert products["0071"].gtin == "4006209796856"
    assert {p.urls for p in products.values()} == {
        ("https://shop.example/products/relay",),
        ("https://shop.example/products/old",),
    }
    assert [p.status for p in products.values()] == ["active", "active", "discontinued"]
    assert facts(records) == [
        ("0071", "price", "", "12.4 EUR"),
        ("0071", "availability", "", "in_stock"),
        ("0072", "price", "", "12.5 EUR"),
        ("0072", "price", "sale", "10 EUR"),
        ("0072", "availability", "", "backorder"),
        ("0080", "price", "", "5 EUR"),
    ]
    (rejected,) = (r for r in records if isinstance(r, RejectedRow))
    assert (rejected.line, rejected.reason) == (7, "SKU: the key is empty")


def test_a_woocommerce_export_states_prices_with_the_days_of_a_sale(tmp_path):
    records = read(tmp_path, WOO, format="woocommerce")
    products = [(p.sku, p.group) for p in records if isinstance(p, Product)]
    assert products == [("0071", "Relays"), ("R-V", "Relays"), ("R-V-1", ""), ("BAD", "Relays")]
    assert facts(records) == [
        ("0071", "price", "", "12.4 EUR"),
        ("0071", "price", "sale", "10 EUR"),
        ("0071", "availability", "", "in_stock"),
        ("0071", "spec", "Voltage", "24 V"),
        ("R-V-1", "price", "", "5 EUR"),
        ("R-V-1", "availability", "", "backorder"),
        ("BAD", "availability", "", "out_of_stock"),
    ]
    (sale,) = (t for t in records if isinstance(t, Truth) and t.key == "sale")
    assert (sale.valid_from, sale.valid_to) == (
        datetime(2026, 10, 31, 23, tzinfo=UTC),
        datetime(2026, 11, 30, 23, tzinfo=UTC),
    )
    assert [(r.line, r.reason) for r in records if isinstance(r, RejectedRow)] == [
        (6, "SKU: the key is empty"),
        (7, "price: '1,5' is no number with a decimal point"),
    ]


@pytest.mark.parametrize(
    ("format_", "says"),
    [("shopify", "it Shopify's product export"), ("woocommerce", "lacks the column ID")],
)
def test_another_csv_file_is_refused(tmp_path, format_, says):
    with pytest.raises(FeedError, match=says):
        read(tmp_path, "sku,price\nA,1\n", format=format_)


def test_prices_without_a_currency_are_told_and_not_guessed(tmp_path):
    records = read(tmp_path, SHOPIFY, format="shopify", currency=None)
    assert not [t for t in records if isinstance(t, Truth) and t.attribute == "price"]
    reasons = {r.reason for r in records if isinstance(r, RejectedRow)}
    assert "the export names no currency; set `currency` for this feed" in reasons
