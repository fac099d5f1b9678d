"""Whose are the terms of sale that an article states without naming any product?"""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from auditor.bind import bind
from auditor.catalogue import Catalogue
from auditor.extract import Context, extract
from auditor.model import Attribute, Product
from auditor.page.read import read_page
from crawler.snapshot import Outcome, Snapshot

SAID = "<p>Our minimum order value is £40 and goods can be returned within 21 days.</p>"
GB, US = Product("T-GB", urls=("shop.example/terms",)), Product("T-US")
BX = Product("BX-20", urls=("shop.example/p/bx-20",))
STATED = (
    ("T-GB", Attribute.MIN_ORDER_VALUE, "GB"),
    ("T-GB", Attribute.POLICY, "GB"),
    ("T-US", Attribute.MIN_ORDER_VALUE, "US"),
    ("BX-20", Attribute.PRICE, "GB"),
    ("BX-20", Attribute.MIN_ORDER_VALUE, "GB"),
)


def owners(html, url="https://kb.example/small-orders", market="GB", stated=STATED):
    """The product of every claim on a page, "?" behind it where it accuses nobody."""
    body = f"<html lang=en><body><main>{html}</main></body></html>".encode()
    at = datetime(2026, 11, 16, tzinfo=UTC)
    page = read_page(Snapshot("kb", url, at, Outcome.OK, 200, "text/html", "utf-8", body))
    context = Context(language="en-GB", currency="GBP", market=market)
    catalogue = Catalogue([GB, US, BX], stated=stated)
    claims, _ = bind(page, extract(page, context)[0], catalogue, context)
    return [f"{c.sku}{'?' if c.tentative else ''}" for c in claims if not c.hint]


def test_a_market_without_terms_of_its_own_has_none():
    assert owners(SAID, market="FR") == []


def test_of_two_terms_for_one_market_neither_is_taken():
    twice = (*STATED, ("T-US", Attribute.POLICY, "GB"))
    assert owners(SAID, stated=twice) == []
    assert owners(SAID, "https://shop.example/small-orders", stated=twice) == ["T-GB?", "T-GB?"]


def test_a_product_with_truths_of_its_own_is_no_terms():
    assert owners(SAID, stated=STATED[3:]) == []


def test_an_article_speaks_of_its_markets_terms_and_accuses_none_of_them():
    assert owners(SAID) == ["T-GB?", "T-GB?"]


def test_the_terms_own_page_is_judged_in_full():
    assert owners(SAID, "https://shop.example/terms") == ["T-GB", "T-GB"]


@pytest.mark.parametrize("region", ["<section class=reviews><h2>Reviews</h2>{}</section>"])
def test_what_customers_write_is_not_in_the_terms(region):
    assert owners(region.format(SAID)) == []


def test_a_sentence_that_names_a_product_is_that_products():
    assert owners("<p>For the BX-20 the minimum order value is £40.</p>") == ["BX-20"]
