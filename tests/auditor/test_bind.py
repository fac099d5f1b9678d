from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from auditor.bind import bind
from auditor.binding import Scene
from auditor.catalogue import Catalogue
from auditor.extract.interface import Context
from auditor.extract.kinds import own_words
from auditor.model import Attribute, Candidate, Locator, Method, Product, Reason, Role
from auditor.page.model import Page
from auditor.page.read import read_page
from auditor.values.types import Amount, Basis, Interval, Money, Quantity
from crawler.snapshot import Outcome, Snapshot

AT = datetime(2026, 11, 16, tzinfo=UTC)
LT1, LT2 = Product("NS-LT1", mpn="LT1"), Product("NS-LT2", mpn="LT2")


def page_of(html: str, url: str = "https://shop.example/p/x", *, title: str = "") -> Page:
    body = f"<html><head><title>{title}</title></head><body>{html}</body></html>".encode()
    return read_page(Snapshot("shop", url, AT, Outcome.OK, 200, "text/html", "utf-8", body))


def candidate(page: Page, quote: str, *, hint: str = "", nth: int = 0) -> Candidate:
    start = -1
    for _ in range(nth + 1):
        start = page.text.index(quote, start + 1)
    return candidate_at(page, start, start + len(quote), hint=hint)


def candidate_at(page: Page, start: int, end: int, *, hint: str = "") -> Candidate:
    quote = page.text[start:end]
    value = Money(Amount(quote, (Interval.point(Decimal(1)),)), "USD")
    return Candidate(
        Attribute.PRICE,
        "",
        Role.LIST,
        value,
        Basis(),
        quote,
        Locator(start, end),
        Method.PROSE,
        sku_hint=hint,
    )


def owners(html: str, quotes: list[str], *products: Product, **page: str) -> list[str]:
    """The SKU each quote was bound to, or the reason why not."""
    seen = page_of(html, **page)
    catalogue = Catalogue(products)
    found = []
    for quote in quotes:
        claims, skipped = bind(seen, [candidate(seen, quote)], catalogue, Context())
        found.append(claims[0].sku if claims else str(skipped[0].reason))
    return found


def test_prose_about_two_products_without_a_subject_is_ambiguous() -> None:
    html = "<p>NS-LT1 and NS-LT2 cost $10.00.</p>"
    assert owners(html, ["$10.00"], LT1, LT2) == ["ambiguous_product"]


@pytest.mark.parametrize(
    ("said", "quote"),
    [
        ("NS-LT1 and NS-LT2 cost $10.00 each.", "$10.00"),
        ("The NS-LT1 and the NS-LT2 leave us in two weeks.", "two weeks"),
        ("Für NS-LT1 und NS-LT2 gelten jeweils 20,00 €.", "20,00 €"),
    ],
)
def test_one_value_for_two_products_side_by_side_is_said_of_both(said: str, quote: str) -> None:
    seen = page_of(f"<p>{said}</p>")
    claims, _ = bind(seen, [candidate(seen, quote)], Catalogue([LT1, LT2]), Context())
    assert [claim.sku for claim in claims] == ["NS-LT1", "NS-LT2"]


def test_two_values_for_two_products_side_by_side_are_not_said_of_both() -> None:
    html = "<p>NS-LT1 and NS-LT2 leave in two weeks, 3 for colours.</p>"
    assert owners(html, ["two weeks"], LT1, LT2) == ["ambiguous_product"]


def test_a_list_item_under_a_products_heading_is_that_products() -> None:
    html = (
        "<h1>Supplies</h1><h3>NS-LT1</h3><ul><li>Output 24 V</li><li>Costs $10.00 on the web</li>"
        "</ul><h3>NS-LT2</h3><ul><li>Wide housing</li><li>List $20.00 for every colour</li></ul>"
    )
    assert owners(html, ["$10.00", "$20.00"], LT1, LT2) == ["NS-LT1", "NS-LT2"]


def test_a_price_in_a_related_box_is_not_the_main_products() -> None:
    html = (
        "<main><h1>LT1</h1><p>SKU NS-LT1</p></main>"
        "<aside class='related'><h2>Related products</h2><div>Bracket $5.00</div></aside>"
    )
    assert owners(html, ["$5.00"], LT1) == ["ambiguous_product"]


def test_a_card_with_its_own_sku_binds_to_it() -> None:
    html = (
        "<main><h1>LT1</h1><p>SKU NS-LT1 $9.00</p></main><aside><h2>Related products</h2>"
        "<ul><li>Level NS-LT2 $5.00</li><li>Cable X-1 $6.00</li></ul></aside>"
    )
    assert owners(html, ["$9.00", "$5.00", "$6.00"], LT1, LT2) == [
        "NS-LT1",
        "NS-LT2",
        "ambiguous_product",
    ]


def test_a_table_row_with_an_unknown_part_is_not_the_main_products() -> None:
    html = (
        "<main><h1>NS-LT1</h1><table><tr><th>Part number</th><th>Price</th></tr>"
        "<tr><td>NS-LT1</td><td>$7.00</td></tr><tr><td>ZZ-9</td><td>$8.00</td></tr></table></main>"
    )
    assert owners(html, ["$7.00", "$8.00"], LT1) == ["NS-LT1", "unknown_product"]


def test_a_page_of_variants_without_a_choice_binds_to_none() -> None:
    url = "https://shop.example/p/x"
    small, large = Product("G-S", urls=(url,)), Product("G-L", urls=(url,))
    page = page_of("<main><h1>Gloves</h1><p>$9.75</p></main>", url)
    claims, skipped = bind(page, [candidate(page, "$9.75")], Catalogue([small, large]), Context())
    assert claims == []
    assert [(s.reason, s.sku) for s in skipped] == [
        (Reason.VARIANT_NOT_SELECTED, "G-S"),
        (Reason.VARIANT_NOT_SELECTED, "G-L"),
    ]


def test_a_page_about_a_case_says_nothing_of_the_piece() -> None:
    product = Product("GEL-1", gtin="9524000012340")
    html = "<main><h1>Gelatin, case of 12</h1><p>GTIN 19524000012347</p><p>$164.00</p></main>"
    assert owners(html, ["$164.00"], product) == ["packaging_level"]


def test_a_sentence_about_an_unknown_part_is_not_about_the_product_before() -> None:
    filler = "It is made of steel and comes with a certificate of its own on demand. " * 2
    html = f"<p>The NS-LT1 costs $7.00. {filler}The ZX-440 costs $8.00.</p>"
    assert owners(html, ["$7.00", "$8.00"], LT1) == ["NS-LT1", "unknown_product"]


def test_a_figure_before_the_first_product_is_nobodys() -> None:
    html = "<h1>Calls</h1><p>Callers ask for $800.00.</p><p>The NS-LT1 lists at $900.00.</p>"
    assert owners(html, ["$800.00", "$900.00"], LT1) == ["ambiguous_product", "NS-LT1"]


def test_x_was_replaced_by_y_is_said_of_x() -> None:
    page = page_of("<p>The NS-LT1 was replaced by the NS-LT2 in May. It costs $9.00.</p>")
    catalogue = Catalogue([LT1, LT2])
    for quote in ("The NS-LT1 was replaced by", "The NS-LT1 was replaced by the NS-LT2"):
        (claim,), _ = bind(page, [candidate(page, quote)], catalogue, Context())
        assert claim.sku == "NS-LT1"
    (price,), _ = bind(page, [candidate(page, "$9.00")], catalogue, Context())
    assert price.sku == "NS-LT2"


def test_while_in_french_opens_a_new_subject() -> None:
    html = "<p>La NS-LT1 coûte 900,00 € tandis que la NS-LT2 est à 950,00 €.</p>"
    assert owners(html, ["900,00 €", "950,00 €"], LT1, LT2) == ["NS-LT1", "NS-LT2"]


def test_each_number_belongs_to_the_nearest_subject_before_it() -> None:
    html = (
        "<p>The NS-LT1 costs $312.00 and leaves in five days, whereas the NS-LT2, at $368.00, "
        "is built to order.</p>"
    )
    assert owners(html, ["$312.00", "$368.00"], LT1, LT2) == ["NS-LT1", "NS-LT2"]


def test_it_refers_to_the_last_product_of_the_section() -> None:
    html = "<h1>Choosing</h1><p>NS-LT1 was replaced. Offer NS-LT2 instead; it costs $176.00.</p>"
    assert owners(html, ["$176.00"], LT1, LT2) == ["NS-LT2"]


def test_a_pronoun_goes_on_about_the_sentence_before_even_under_another_title() -> None:
    html = (
        "<article><h1>What replaces the NS-LT1?</h1>"
        "<p>NS-LT1 was superseded. Offer NS-LT2 instead. It costs $176.00.</p></article>"
    )
    assert owners(html, ["$176.00"], LT1, LT2) == ["NS-LT2"]


def test_a_product_page_stays_about_its_product_after_naming_another() -> None:
    url = "https://shop.example/p/lt1"
    own = Product("NS-LT1", urls=(url,))
    html = "<main><h1>NS-LT1</h1><p>Pairs well with NS-LT2. List price: $9.00.</p></main>"
    assert owners(html, ["$9.00"], own, LT2, url=url) == ["NS-LT1"]


def test_a_card_that_links_to_a_known_page_is_about_that_product() -> None:
    own = Product("NS-LT1", urls=("https://shop.example/lt1",))
    other = Product("NS-LT2", urls=("https://shop.example/lt2",))
    html = (
        "<main><h1>NS-LT1</h1><p>$5.00</p><h2>Related products</h2><ul>"
        "<li><a href='/lt2'>The larger one</a> $7.00</li>"
        "<li><a href='/zz'>Another thing</a> $8.00</li></ul></main>"
    )
    found = owners(html, ["$5.00", "$7.00", "$8.00"], own, other, url="https://shop.example/lt1")
    assert found[:2] == ["NS-LT1", "NS-LT2"]
    assert found[2] in ("unknown_product", "ambiguous_product")


def test_a_long_price_list_is_bound_in_linear_time() -> None:
    rows = "".join(f"<tr><td>QX-{n:05d}</td><td>{n}.50</td></tr>" for n in range(4000))
    page = page_of(f"<table><tr><th>Part</th><th>Price USD</th></tr>{rows}</table>")
    catalogue = Catalogue(Product(f"QX-{n:05d}") for n in range(0, 4000, 2))
    candidates = [
        candidate_at(page, cell.start, cell.end)
        for cell in page.tables[0].cells
        if cell.column == 1 and cell.row > 0
    ]
    start = time.perf_counter()
    claims, skipped = bind(page, candidates, catalogue, Context())
    assert time.perf_counter() - start < 5
    assert (len(claims), len(skipped)) == (2000, 2000)
    assert {c.binding for c in claims} == {"row"}
    assert {s.reason for s in skipped} == {Reason.UNKNOWN_PRODUCT}


def test_a_product_that_is_only_compared_with_is_not_the_subject() -> None:
    html = "<main><h1>NS-LT1 level</h1><p>Unlike NS-LT2, this one sells for $50.00.</p></main>"
    assert owners(html, ["$50.00"], LT1, LT2) == ["NS-LT1"]


def test_a_heading_that_names_a_product_owns_what_follows() -> None:
    html = (
        "<h1>Prices</h1><h2>NS-LT1</h2><p>List price $1.10</p>"
        "<h2>NS-LT2</h2><p>List price $2.20</p>"
    )
    assert owners(html, ["$1.10", "$2.20"], LT1, LT2) == ["NS-LT1", "NS-LT2"]


def test_rows_and_columns_both_carry_products() -> None:
    rows = (
        "<table><tr><th>Part</th><th>Price</th></tr><tr><td>NS-LT1</td><td>$1.00</td></tr>"
        "<tr><td>NS-LT2</td><td>$2.00</td></tr></table>"
    )
    columns = (
        "<table><tr><th></th><th>NS-LT1</th><th>NS-LT2</th></tr>"
        "<tr><th>Price</th><td>$1.00</td><td>$2.00</td></tr></table>"
    )
    assert owners(rows, ["$1.00", "$2.00"], LT1, LT2) == ["NS-LT1", "NS-LT2"]
    assert owners(columns, ["$1.00", "$2.00"], LT1, LT2) == ["NS-LT1", "NS-LT2"]


def test_an_identifier_in_the_same_node_outranks_everything() -> None:
    page = page_of("<main><h1>NS-LT1</h1><p>$1.00</p></main>")
    (claim,), _ = bind(
        page, [candidate(page, "$1.00", hint="NS-LT2")], Catalogue([LT1, LT2]), Context()
    )
    assert (claim.sku, claim.binding) == ("NS-LT2", "row")


def test_a_short_name_on_a_products_own_page_means_that_product() -> None:
    url = "https://shop.example/p/ac20"
    own, other = Product("NS-AC20", urls=(url,)), Product("CV-AC20", mpn="AC20")
    html = "<main><h1>AC20 sensor</h1><p>The AC20 costs $3.00.</p></main>"
    assert owners(html, ["$3.00"], own, other, url=url) == ["NS-AC20"]


def test_a_part_number_of_digits_is_no_price_break() -> None:
    page = page_of("<main><p>53-1280 $4.60</p></main>")
    read = candidate(page, "$4.60")
    broken = replace(read, role=Role.TIER, basis=Basis(min_qty=Decimal(53), max_qty=Decimal(1280)))
    (claim,), _ = bind(page, [broken], Catalogue([Product("53-1280")]), Context())
    assert (claim.sku, claim.role, claim.basis.min_qty) == ("53-1280", Role.LIST, None)


def test_a_part_number_of_digits_is_no_quantity() -> None:
    page = page_of("<main><p>The minimum order quantity for 46-1924 is 20 pieces.</p></main>")
    start = page.text.index("46-1924")
    amount = Amount("46-1924", (Interval(Decimal(46), Decimal(1924)),))
    read = replace(
        candidate_at(page, start, start + 7), attribute=Attribute.MOQ, value=Quantity(amount, "pcs")
    )
    claims, skipped = bind(page, [read], Catalogue([Product("46-1924")]), Context())
    assert (claims, skipped) == ([], [])


def test_the_former_and_the_latter_are_the_first_and_the_second_of_two() -> None:
    html = (
        "<p>NS-LT1 is small, NS-LT2 is large. The former costs $10.00, the latter $20.00.</p>"
        "<p>Only NS-LT1 is left. The latter costs $30.00.</p>"
    )
    found = owners(html, ["$10.00", "$20.00", "$30.00"], LT1, LT2)
    assert found == ["NS-LT1", "NS-LT2", "ambiguous_product"]


def test_a_subject_behind_its_value_owns_it() -> None:
    html = (
        "<p>Lead time is $2.00 for the NS-LT1 and $3.00 for the NS-LT2.</p>"
        "<p>We ask $4.00 (NS-LT2), $5.00 (NS-LT1).</p>"
        "<p>$6.00 for the NS-LT1 and the NS-LT2 is $7.00.</p>"
    )
    found = owners(html, ["$2.00", "$3.00", "$4.00", "$5.00", "$6.00"], LT1, LT2)
    assert found == ["NS-LT1", "NS-LT2", "NS-LT2", "NS-LT1", "NS-LT1"]


def test_respectively_gives_each_product_its_own_value() -> None:
    html = "<p>NS-LT1 and NS-LT2 cost $2.00 and $3.00 respectively.</p>"
    assert owners(html, ["$2.00", "$3.00"], LT1, LT2) == ["NS-LT1", "NS-LT2"]
    html = "<p>NS-LT1 and NS-LT2 cost $2.00, $3.00 and $4.00 respectively.</p>"
    assert owners(html, ["$3.00"], LT1, LT2) == ["ambiguous_product"]


def test_both_is_said_of_the_two_products_before() -> None:
    page = page_of("<p>NS-LT1 is small. NS-LT2 is large. Both cost $2.00.</p>")
    claims, _ = bind(page, [candidate(page, "$2.00")], Catalogue([LT1, LT2]), Context())
    assert [claim.sku for claim in claims] == ["NS-LT1", "NS-LT2"]


def test_the_same_goes_for_another_product_unless_something_is_excepted() -> None:
    def skus(html: str) -> list[str]:
        page = page_of(html)
        claims, _ = bind(page, [candidate(page, "$2.00")], Catalogue([LT1, LT2]), Context())
        return [claim.sku for claim in claims]

    assert skus("<p>NS-LT1 costs $2.00. The same goes for NS-LT2.</p>") == ["NS-LT1", "NS-LT2"]
    assert skus("<p>NS-LT1 kostet $2.00; dasselbe gilt für NS-LT2.</p>") == ["NS-LT1", "NS-LT2"]
    assert skus("<p>NS-LT1 costs $2.00. The same goes for NS-LT2, except the price.</p>") == [
        "NS-LT1"
    ]


def test_a_name_does_not_run_from_a_heading_into_the_text() -> None:
    products = Product("GX-1", "Gauge GX-1"), Product("GX-2", "Gauge GX-2")
    html = "<h2>Which gauge</h2><p>GX-1 and GX-2 cost $2.00.</p>"
    assert owners(html, ["$2.00"], *products) == ["ambiguous_product"]


def test_a_word_of_ones_own_says_that_the_same_holds() -> None:
    page = page_of("<p>NS-LT1 costs $2.00. Ditto for NS-LT2.</p>")
    context = Context(own_words=own_words({"en": {"subject.same": ("ditto for",)}}))
    claims, _ = bind(page, [candidate(page, "$2.00")], Catalogue([LT1, LT2]), context)
    assert [claim.sku for claim in claims] == ["NS-LT1", "NS-LT2"]


def test_of_two_part_numbers_that_differ_in_a_hyphen_the_one_spelt_so_is_meant() -> None:
    products = Product("CS-LD70A"), Product("CS-LD70-A")
    html = "<p>CS-LD70A costs $3.00.</p><p>CS-LD70-A costs $4.00.</p><p>CSLD70A costs $5.00.</p>"
    found = owners(html, ["$3.00", "$4.00", "$5.00"], *products)
    assert found == ["CS-LD70A", "CS-LD70-A", "ambiguous_product"]


def test_what_stands_outside_of_main_is_not_about_the_page_s_product() -> None:
    html = (
        "<main><h1>NS-LT1</h1><p>$2.00</p></main>"
        "<section><div>New: absorbent granules $3.00</div></section>"
    )
    assert owners(html, ["$2.00", "$3.00"], LT1) == ["NS-LT1", "ambiguous_product"]


def test_an_offer_is_for_the_only_product_its_page_names() -> None:
    page = page_of("<p>With code TEN customers get $1.00 off.</p><p>NS-LT1 is meant.</p>")
    offer = replace(candidate(page, "$1.00"), attribute=Attribute.OFFER, key="TEN")
    claims, _ = bind(page, [offer], Catalogue([LT1, LT2]), Context())
    assert [claim.sku for claim in claims] == ["NS-LT1"]
    price, _ = bind(page, [candidate(page, "$1.00")], Catalogue([LT1, LT2]), Context())
    assert price == []


def test_a_line_that_names_other_goods_is_not_about_the_page_s_product() -> None:
    html = (
        "<h1>NS-LT1 counter bell</h1><div>Absorbent granules $3.00</div>"
        "<div>Bell in brass $4.00</div>"
        "<div>Complete system price $5.00</div><div>Today for just $6.00</div>"
    )
    found = owners(html, ["$3.00", "$4.00", "$5.00", "$6.00"], LT1, LT2)
    assert found == ["unknown_product", "NS-LT1", "NS-LT1", "NS-LT1"]


def test_a_spec_is_not_missing_from_a_page_that_never_names_its_product() -> None:
    page = page_of("<h1>For registered dealers</h1><p>Sign in.</p>", "https://shop.example/p/lt1")
    catalogue = Catalogue([Product("NS-LT1", urls=("https://shop.example/p/lt1",))])
    assert Scene(page, catalogue).naming_line("NS-LT1") is None


def test_volts_are_no_money_that_makes_a_card() -> None:
    html = (
        "<h1>NS-LT1</h1><ul><li>Coil voltage: 24 VDC</li><li>Contact rating: 10 A at 250 VAC</li>"
        "<li>Insulation class: 130 RTI</li></ul>"
    )
    assert owners(html, ["24 VDC", "250 VAC"], LT1) == ["NS-LT1", "NS-LT1"]


def test_lines_of_breaks_in_any_language_are_no_cards_of_other_products() -> None:
    html = (
        "<main><h1>Tuerca NS-LT1</h1><ul><li>40 uds. o más: 2,00 €</li><li>400 uds. o más: 1,50 €"
        "</li></ul><div><h3>Otros</h3><ul><li>Llave de carraca: 18,90 €</li>"
        "<li>Broca escalonada: 6,40 €</li></ul></div></main>"
    )
    assert owners(html, ["2,00 €", "1,50 €", "6,40 €"], LT1) == [
        "NS-LT1",
        "NS-LT1",
        "unknown_product",
    ]


def test_a_statement_that_names_its_product_is_not_the_one_befores() -> None:
    html = "<p>Status of NS-LT1: active, status of NS-LT2: obsolete</p>"
    assert owners(html, ["status of NS-LT2: obsolete"], LT1, LT2) == ["NS-LT2"]
