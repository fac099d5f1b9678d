from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest

from auditor.catalogue import Catalogue
from auditor.mentions import Kind
from auditor.model import Product
from auditor.page.model import Page
from auditor.page.read import read_page
from auditor.url_keys import url_key
from crawler.snapshot import Outcome, Snapshot

AT = datetime(2026, 11, 16, tzinfo=UTC)


def page_of(html: str, url: str = "https://shop.example/p/x") -> Page:
    body = f"<html><body><main>{html}</main></body></html>".encode()
    return read_page(Snapshot("shop", url, AT, Outcome.OK, 200, "text/html", "utf-8", body))


def named(catalogue: Catalogue, html: str) -> list[tuple[str, str]]:
    return [(m.text, m.sku) for m in catalogue.mentions(page_of(html))]


def test_a_look_alike_is_not_a_mention() -> None:
    catalogue = Catalogue([Product("BX-20")])
    assert named(catalogue, "<p>BX-200 and BX-20-S and ABX-20 and bx20a</p>") == []


def test_a_plain_number_is_no_mention_without_a_label() -> None:
    catalogue = Catalogue([Product("4711")])
    assert named(catalogue, "<p>weighs 4711 g, 4711 pieces</p>") == []
    assert named(catalogue, "<p>Art.-Nr. 4711</p>") == [("4711", "4711")]


def test_grouped_digits_count_as_the_catalogue_writes_them() -> None:
    catalogue = Catalogue([Product("41-2207")])
    assert named(catalogue, "<p>The 41-2207 costs 412207 or 41 2207</p>") == [
        ("41-2207", "41-2207")
    ]


def test_a_plain_number_in_a_part_number_column_is_a_mention() -> None:
    catalogue = Catalogue([Product("4711"), Product("4712")])
    html = (
        "<table><tr><th>Part number</th><th>Stock</th></tr>"
        "<tr><td>4711</td><td>4712</td></tr></table>"
    )
    assert named(catalogue, html) == [("4711", "4711")]


def test_a_short_number_in_a_heading_is_a_size_sooner_than_a_sku() -> None:
    catalogue = Catalogue([Product("10"), Product("4711")])
    assert named(catalogue, "<h1>Belt 4711, 10 inch back</h1>") == [("4711", "4711")]
    table = "<table><tr><th>Item</th><th>Size</th></tr><tr><td>10</td><td>10</td></tr></table>"
    assert named(catalogue, table) == [("10", "10")]


def test_a_placeholder_in_the_feed_is_no_identifier() -> None:
    catalogue = Catalogue([Product("A-100", mpn="N/A"), Product("B-200", mpn="Does not apply")])
    assert named(catalogue, "<p>SKU: N/A. MPN: does not apply.</p>") == []


def test_a_word_as_sku_needs_a_label() -> None:
    catalogue = Catalogue([Product("WASHER")])
    assert named(catalogue, "<p>A washer for every screw</p>") == []
    assert named(catalogue, "<p>SKU: WASHER</p>") == [("WASHER", "WASHER")]


def test_a_word_counts_where_the_catalogue_numbers_many_products_like_it() -> None:
    lone = Catalogue([Product("CO-OP"), Product("BX-20")])
    assert named(lone, "<p>a CO-OP shop, BX-20</p>") == [("BX-20", "BX-20")]
    many = Catalogue([Product(f"CO-{n}") for n in ("OP", "TUB", "OLI", "SAC", "POM", "40")])
    assert named(many, "<p>CO-OLI, a co-op</p>") == [("CO-OLI", "CO-OLI")]
    sizes = Catalogue([Product(f"DN-{n}") for n in (10, 15, 20, 25, 40)])
    assert named(sizes, "<p>pipes of DN-40</p>") == [], "a series does not make a size a product"


def test_a_name_of_several_capitalised_words_counts_as_the_catalogue_writes_it() -> None:
    catalogue = Catalogue([Product("Milan S"), Product("Set")])
    assert named(catalogue, "<p>The Milan S, a milan s and a Set</p>") == [("Milan S", "Milan S")]


def test_an_identifier_shared_by_two_products_proves_neither() -> None:
    catalogue = Catalogue([Product("A-100", mpn="XQ77-1"), Product("B-200", mpn="XQ77-1")])
    (mention,) = catalogue.mentions(page_of("<p>the XQ77-1</p>"))
    assert mention.sku == ""
    assert set(mention.skus) == {"A-100", "B-200"}


def test_a_products_own_sku_outranks_anothers_alias() -> None:
    catalogue = Catalogue([Product("NEW-2", aliases=("OLD-1",)), Product("OLD-1")])
    assert named(catalogue, "<p>OLD-1</p>") == [("OLD-1", "OLD-1")]


@pytest.mark.parametrize("text", ["NS-LT1", "ns-lt1", "NS LT1", "NS‑LT1", "NS–LT1", "ＮＳ-ＬＴ１"])
def test_spellings_of_one_identifier_are_all_found(text: str) -> None:
    catalogue = Catalogue([Product("NS-LT1")])
    found = catalogue.mentions_in(f"The {text} costs")
    assert [(m.text, m.sku) for m in found] == [(text, "NS-LT1")]


def test_former_numbers_lead_to_the_product() -> None:
    catalogue = Catalogue([Product("NS-PT800B", aliases=("NS-PT800",))])
    (mention,) = catalogue.mentions(page_of("<p>Order one NS-PT800 for each gauge</p>"))
    assert (mention.sku, mention.kind) == ("NS-PT800B", Kind.ALIAS)


def test_a_case_gtin_names_another_packaging_level() -> None:
    catalogue = Catalogue([Product("GEL-1", gtin="9524000012340")])
    page = page_of("<p>Case GTIN 19524000012347, piece GTIN 9524000012340</p>")
    assert [m.kind for m in catalogue.mentions(page)] == [Kind.CASE_GTIN, Kind.GTIN]


def test_the_longest_spelling_wins() -> None:
    catalogue = Catalogue([Product("NS-LT1", mpn="LT1")])
    assert named(catalogue, "<p>the NS LT1</p>") == [("NS LT1", "NS-LT1")]


def test_a_page_is_its_products_own_by_url() -> None:
    catalogue = Catalogue([Product("A-1", urls=("https://www.shop.example/p/a/",))])
    page = page_of("<h1>Something</h1>", "https://shop.example/p/a?utm_source=mail")
    found = catalogue.main_product(page)
    assert found is not None
    assert (found.sku, found.proof) == ("A-1", "url")


def test_a_page_whose_heading_names_two_products_has_no_main_product() -> None:
    catalogue = Catalogue([Product("NS-LT1"), Product("NS-LT2")])
    assert catalogue.main_product(page_of("<h1>NS-LT1 or NS-LT2?</h1>")) is None


def test_urls_differ_by_what_matters_only() -> None:
    assert url_key("HTTPS://www.Shop.example/P/1/#x") == url_key("http://shop.example/P/1")
    assert url_key("https://shop.example/p?id=1") != url_key("https://shop.example/p?id=2")


def test_a_page_is_looked_up_as_fast_in_a_large_catalogue() -> None:
    small = Catalogue(Product(f"QX-{n:06d}") for n in range(100))
    large = Catalogue(Product(f"QX-{n:06d}", mpn=f"M{n:07d}Z") for n in range(60_000))
    page = page_of("<p>" + "plain words about pumps and QX-000042 " * 2000 + "</p>")

    def seconds(catalogue: Catalogue) -> float:
        best = 9.0
        for _ in range(3):
            start = time.perf_counter()
            catalogue.mentions(page)
            best = min(best, time.perf_counter() - start)
        return best

    assert seconds(large) < 5 * seconds(small) + 0.05


@pytest.mark.parametrize(
    ("skus", "said", "named_as"),
    [
        (["CA-BOX", "CA-FAS", "CA-GUA"], "La CA-BOX costa poco", "CA-BOX"),
        (["6131-A", "5512-M", "4410-B"], "We like the 6131-A best", "6131-A"),
        (["Levante XL"], "La Levante XL pesa poco", "Levante XL"),
        (["Alder Mini"], "The Alder Mini is small", "Alder Mini"),
    ],
)
def test_a_company_s_own_way_to_write_numbers_needs_no_label(
    skus: list[str], said: str, named_as: str
) -> None:
    catalogue = Catalogue([Product(sku) for sku in skus])
    assert named(catalogue, f"<p>{said}</p>") == [(named_as, named_as)]


@pytest.mark.parametrize(
    ("sku", "said"),
    [("CA-BOX", "a CA-BOX"), ("12-V", "a 12-V supply"), ("Levante XL", "the levante xl")],
)
def test_one_number_of_a_kind_is_no_habit(sku: str, said: str) -> None:
    assert named(Catalogue([Product(sku)]), f"<p>{said}</p>") == []
