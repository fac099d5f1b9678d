"""Files damaged at random: rows, rejected rows or a FeedError, and nothing else ever."""

from __future__ import annotations

import io
import random
import zipfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from auditor.errors import FeedError
from auditor.feeds import FeedConfig, read_feed

TRIES = 60
PIECES = (b'"', b"<", b"&", b"\0", b"9" * 40, b"-", b"e999999", b"\xff\xfe", b"{", b"[", b"NaN")


def workbook() -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet()
        for line, row in enumerate([["sku", "name"], ["007", 1.5], ["A", "b"]]):
            sheet.write_row(line, 0, row)
    return out.getvalue()


BMECAT = (
    b"<BMECAT><T_NEW_CATALOG><ARTICLE><SUPPLIER_AID>A</SUPPLIER_AID><ARTICLE_DETAILS>"
    b"<EAN>1</EAN></ARTICLE_DETAILS><ARTICLE_ORDER_DETAILS><ORDER_UNIT>PK</ORDER_UNIT>"
    b"<NO_CU_PER_OU>10</NO_CU_PER_OU></ARTICLE_ORDER_DETAILS><ARTICLE_PRICE_DETAILS>"
    b'<DATETIME type="valid_end_date"><DATE>2026-01-01</DATE></DATETIME>'
    b'<ARTICLE_PRICE price_type="net_list"><PRICE_AMOUNT>1.5</PRICE_AMOUNT></ARTICLE_PRICE>'
    b"</ARTICLE_PRICE_DETAILS></ARTICLE></T_NEW_CATALOG></BMECAT>"
)
MERCHANT = (
    b'<rss xmlns:g="http://base.google.com/ns/1.0"><item><g:id>A</g:id><g:price>1 EUR</g:price>'
    b"<g:sale_price>0.5 EUR</g:sale_price><g:unit_pricing_measure>750ml</g:unit_pricing_measure>"
    b"<g:unit_pricing_base_measure>1l</g:unit_pricing_base_measure></item></rss>"
)
SHOPIFY = b"Handle,Title,Variant SKU,Variant Price,Status\na,Relay,'1,5.00,active\na,,2,6,\n"
WOO = (
    b"ID,Type,SKU,Name,Published,Regular price,Sale price,Date sale price ends\n"
    b"1,simple,A,Relay,1,5,4,2026-01-01\n2,variation,B,Relay,1,6,,\n"
)
PRODUCTS = {"records": "products"}
FILES: dict[str, tuple[bytes, dict[str, Any]]] = {
    "csv": (b'sku,name\n007,"b"\nC,d\n', PRODUCTS),
    "xlsx": (workbook(), PRODUCTS),
    "json": (b'{"d": [{"sku": "A", "p": {"n": 1.5, "l": [1]}}, {"sku": null}]}',
             {**PRODUCTS, "rows": "d"}),
    "jsonl": (b'{"sku": "A", "n": 1e5}\n{"sku": "B"}\n', PRODUCTS),
    "xml": (b'<l><r><sku>A</sku><p c="x">1</p><p>2</p></r><r/></l>', {**PRODUCTS, "rows": "r"}),
    "bmecat": (BMECAT, {}),
    "google_merchant": (MERCHANT, {}),
    "shopify": (SHOPIFY, {"currency": "EUR"}),
    "woocommerce": (WOO, {"currency": "EUR"}),
}  # fmt: skip


@pytest.mark.parametrize("kind", FILES)
def test_a_damaged_file_is_rows_or_a_refusal(tmp_path: Path, kind: str) -> None:
    whole, settings = FILES[kind]
    chance = random.Random(kind)
    config = FeedConfig(format=kind, path=f"feed.{kind}", **settings)
    for _ in range(TRIES):
        packed = kind == "xlsx" and chance.random() < 0.8
        damaged = damaged_parts(whole, chance) if packed else damage(whole, chance)
        (tmp_path / f"feed.{kind}").write_bytes(damaged)
        with suppress(FeedError):
            list(read_feed("erp", config, tmp_path))


def damage(data: bytes, chance: random.Random) -> bytes:
    for _ in range(chance.randint(1, 5)):
        at, other = chance.randrange(len(data) + 1), chance.randrange(len(data) + 1)
        match chance.randrange(4):
            case 0:
                data = data[:at] + chance.choice(PIECES) + data[at:]
            case 1:
                data = data[:at] + data[at + chance.randint(1, 30) :]
            case 2:
                data = data[:at] + data[other : other + 40] + data[at:]
            case 3 if chance.random() < 0.3:
                data = data[:at]
    return data


def damaged_parts(data: bytes, chance: random.Random) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            if chance.random() < 0.95:
                new.writestr(name, damage(part, chance) if chance.random() < 0.4 else part)
    return out.getvalue()
