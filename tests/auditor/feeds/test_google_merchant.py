from __future__ import annotations

import tracemalloc
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from auditor.catalogue import Catalogue
from auditor.errors import FeedError
from auditor.feeds import FeedConfig, read_feed
from auditor.feeds.price_text import read_price
from auditor.model import Attribute, Product, RejectedRow, Truth

if TYPE_CHECKING:
    from pathlib import Path

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<rss version="2.0" xmlns:g="http://base.google.com/ns/1.0">\n<channel><title>Shop</title>\n'
)
FOOT = "</channel></rss>\n"


def read(folder: Path, text: str, **config: Any) -> list[object]:
    (folder / "feed.xml").write_text(text, encoding="utf-8")
    settings = {"format": "google_merchant", "path": "feed.xml", **config}
    return list(read_feed("shop", FeedConfig(**settings), folder))


def item(**fields: str) -> str:
    lines = "".join(f"<g:{name}>{text}</g:{name}>" for name, text in fields.items())
    return f"<item>{lines}</item>\n"


def rss(*items: str) -> str:
    return HEAD + "".join(items) + FOOT


def price_of(records: list[object], key: str = "") -> list[tuple[Decimal | None, str | None]]:
    return [
        (r.value.amount.readings[0].low, r.value.currency)
        for r in records
        if isinstance(r, Truth) and r.attribute is Attribute.PRICE and r.key == key
    ]


def reasons(records: list[object]) -> list[str]:
    return [record.reason for record in records if isinstance(record, RejectedRow)]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (HEAD + item(id="A", price="1.00 EUR"), "no whole XML file"),
        ("<html><body>Log in</body></html>", "is an HTML page"),
        ("not xml at all", "lacks the column id"),
        (HEAD + FOOT, "holds no <item>"),
        ("", "is empty"),
    ],
)
def test_a_file_that_is_no_merchant_feed_is_refused(tmp_path, text, says):
    with pytest.raises(FeedError, match=says):
        read(tmp_path, text)


def test_an_entity_bomb_is_neither_expanded_nor_fetched(tmp_path):
    bomb = (
        '<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "aaaaaaaaaa">'
        '<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">'
        '<!ENTITY x SYSTEM "file:///etc/passwd">]>'
        '<rss xmlns:g="http://base.google.com/ns/1.0"><channel>'
        "<item><g:id>A</g:id><g:title>&c;&x;</g:title><g:price>1.00 EUR</g:price></item>"
        "</channel></rss>"
    )
    with pytest.raises(FeedError, match="&c; is an entity that the file defines itself"):
        read(tmp_path, bomb)


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"price": "1.00 EUR"}, "g:id: the key is empty"),
        ({"id": "9.52E+12", "price": "1.00 EUR"}, "a spreadsheet has damaged"),
        ({"id": "A"}, "g:price is missing"),
        ({"id": "A", "price": "0.00 USD"}, "no price a page could state"),
        ({"id": "A", "price": "on request"}, "no price such as"),
        ({"id": "A", "price": "5"}, "names no currency"),
        ({"id": "A", "price": "1,299 EUR"}, "may be 1.299 or 1299"),
        ({"id": "A", "price": "1 EUR", "availability": "soon"}, "g:availability: 'soon' is none"),
        ({"id": "A", "price": "1 EUR", "sale_price": "2 EUR"}, "is above g:price"),
        (
            {"id": "A", "price": "2 EUR", "sale_price": "1 EUR", "sale_price_effective_date": "x"},
            "is not start/end",
        ),
        (
            {
                "id": "A",
                "price": "2 EUR",
                "sale_price": "1 EUR",
                "sale_price_effective_date": "2026-02-01/2026-01-01",
            },
            "starts after its end",
        ),
    ],
)
def test_what_an_item_does_not_say_rightly_is_rejected_and_the_rest_used(tmp_path, fields, says):
    records = read(tmp_path, rss(item(**fields), item(id="Z", price="3.00 EUR")))
    assert len(reasons(records)) == 1
    assert says in reasons(records)[0]
    assert (Decimal("3.00"), "EUR") in price_of(records)


def test_a_bad_price_leaves_the_product_and_its_availability(tmp_path):
    records = read(tmp_path, rss(item(id="A", price="?", availability="in stock")))
    assert [type(record).__name__ for record in records] == ["Product", "RejectedRow", "Truth"]


def test_an_id_used_twice_is_told_with_both_lines(tmp_path):
    records = read(tmp_path, rss(item(id="A", price="1 EUR"), item(id="A", price="2 EUR")))
    assert len(price_of(records)) == 2
    assert reasons(records) == [
        "line 5 states product A again, as line 4 does",
        (
            "line 5 contradicts line 4 on price of A: both are kept and neither is judged until "
            "the owner says which holds"
        ),
    ]


def test_the_price_of_shipping_is_not_the_price(tmp_path):
    text = rss(
        "<item><g:id>A</g:id><g:shipping><g:country>SK</g:country><g:price>2.99 EUR</g:price>"
        "</g:shipping><g:price>24.99 EUR</g:price></item>"
    )
    assert price_of(read(tmp_path, text)) == [(Decimal("24.99"), "EUR")]


def test_an_item_becomes_a_product(tmp_path):
    text = rss(
        item(
            id="A-1",
            title="Pump &amp; motor",
            link="https://x.example/a",
            mpn="P7",
            gtin="00012345678905",
            product_type="Pumps &gt; Small",
            google_product_category="469",
            price="1 EUR",
        )
    )
    assert read(tmp_path, text, owner="pm@x.example")[0] == Product(
        "A-1",
        "Pump & motor",
        mpn="P7",
        gtin="00012345678905",
        group="Pumps > Small",
        owner="pm@x.example",
        urls=("https://x.example/a",),
    )


def test_a_gtin_that_a_spreadsheet_has_damaged_is_left_out_and_told(tmp_path):
    records = read(tmp_path, rss(item(id="A", gtin="9.52E+12", price="1 EUR")))
    assert Product("A") in records
    assert "used without it" in reasons(records)[0]


def test_atom_entries_are_read(tmp_path):
    text = (
        '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:g="http://base.google.com/ns/1.0">'
        "<title>Shop</title><entry><g:id>A</g:id><title>Pump</title>"
        '<link href="https://x.example/a"/><g:price>15,00 EUR</g:price></entry></feed>'
    )
    records = read(tmp_path, text)
    assert records[0] == Product("A", "Pump", urls=("https://x.example/a",))
    assert price_of(records) == [(Decimal("15.00"), "EUR")]


def test_a_sale_keeps_its_window_past_or_future(tmp_path):
    dates = "2016-02-24T11:07+0100/2016-02-29T23:07+0100"
    text = rss(
        item(id="A", price="15 USD", sale_price="10 USD", sale_price_effective_date=dates),
        item(
            id="B",
            price="15 USD",
            sale_price="10 USD",
            sale_price_effective_date="2099-01-01/2099-01-31",
        ),
        item(id="C", price="15 USD", sale_price="15 USD"),
    )
    records = read(tmp_path, text, timezone="America/New_York")
    sales = [r for r in records if isinstance(r, Truth) and r.key == "sale"]
    assert [(sale.sku, sale.valid_from, sale.valid_to) for sale in sales] == [
        ("A", datetime(2016, 2, 24, 10, 7, tzinfo=UTC), datetime(2016, 2, 29, 22, 7, tzinfo=UTC)),
        ("B", datetime(2099, 1, 1, 5, tzinfo=UTC), datetime(2099, 2, 1, 5, tzinfo=UTC)),
    ]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("in stock", "in_stock"),
        ("in_stock", "in_stock"),
        ("InStock", "in_stock"),
        ("https://schema.org/OutOfStock", "out_of_stock"),
        ("preorder", "preorder"),
        ("Backorder", "backorder"),
    ],
)
def test_availability_is_one_word_in_every_spelling(tmp_path, text, word):
    records = read(tmp_path, rss(item(id="A", price="1 EUR", availability=text)))
    truth = next(
        r for r in records if isinstance(r, Truth) and r.attribute is Attribute.AVAILABILITY
    )
    assert truth.value.canonical == word


def test_a_preorder_ends_when_the_product_becomes_available(tmp_path):
    fields = {"availability": "preorder", "availability_date": "2027-01-15"}
    records = read(tmp_path, rss(item(id="A", price="1 EUR", **fields)))
    truth = next(r for r in records if isinstance(r, Truth) and r.valid_to is not None)
    assert truth.valid_to == datetime(2027, 1, 15, tzinfo=UTC)


def test_a_unit_price_is_a_price_on_its_own_basis(tmp_path):
    fields = {"unit_pricing_measure": "750 ml", "unit_pricing_base_measure": "100ml"}
    records = read(tmp_path, rss(item(id="A", price="15.00 EUR", **fields)))
    piece, unit = [r for r in records if isinstance(r, Truth)]
    assert piece.basis.price_unit == "pcs"
    assert (unit.basis.price_per, unit.basis.price_unit) == (Decimal(100), "ml")
    assert price_of(records)[1] == (Decimal("2.00"), "EUR")


@pytest.mark.parametrize(
    ("text", "amount", "currency"),
    [
        ("15.00 USD", "15.00", "USD"),
        ("15.00USD", "15.00", "USD"),
        ("USD 15", "15", "USD"),
        ("15,00 EUR", "15.00", "EUR"),
        ("€15,00", "15.00", "EUR"),
        ("1.299,00 EUR", "1299.00", "EUR"),
        ("1,299.00 USD", "1299.00", "USD"),
        ("1 299,50 EUR", "1299.50", "EUR"),
        ("1'299.00 CHF", "1299.00", "CHF"),
        ("1.299.000 EUR", "1299000", "EUR"),
        ("0.335 GBP", "0.335", "GBP"),
        ("0,335 EUR", "0.335", "EUR"),
        ("1.250 KWD", "1.250", "KWD"),
        ("52500 UAH", "52500", "UAH"),
        ("1299.000 USD", "1299.000", "USD"),
    ],
)
def test_prices_are_read_in_the_dialects_met(text, amount, currency):
    assert read_price(text, None, None) == (Decimal(amount), currency)


def test_a_declared_decimal_sign_settles_what_the_text_leaves_open():
    assert read_price("1,299 EUR", None, ".") == (Decimal(1299), "EUR")
    assert read_price("1,299 EUR", None, ",") == (Decimal("1.299"), "EUR")


@pytest.mark.parametrize(
    "text", ["", "EUR", "1 EUR USD x", "EUR 1 EUR", "1-2 EUR", "1.2.3,4,5 EUR", "9" * 60 + " EUR"]
)
def test_what_is_no_price_is_refused(text):
    with pytest.raises(ValueError, match=r"no (price|number)|mixes"):
        read_price(text, None, None)


def test_many_items_are_read_in_flat_memory(tmp_path):
    with (tmp_path / "feed.xml").open("w") as file:
        file.write(HEAD)
        for number in range(8_000):
            file.write(item(id=f"S{number}", title="x" * 200, price=f"{number + 1}.00 EUR"))
        file.write(FOOT)
    config = FeedConfig(format="google_merchant", path="feed.xml")
    tracemalloc.start()
    try:
        count = sum(1 for _record in read_feed("shop", config, tmp_path))
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert count == 16_000
    assert peak < 8_000_000


def test_tab_separated_text_states_what_xml_states(tmp_path):
    text = (
        "id\ttitle\tlink\tprice\tsale price\tg:availability\n"
        "A\tRelay\thttps://a.example/a\t10.00 EUR\t8.00 EUR\tin stock\n"
        "B\tWide\thttps://a.example/b\t10.00 EUR\n"
    )
    records = read(tmp_path, text)
    assert records[0] == Product("A", "Relay", urls=("https://a.example/a",))
    assert price_of(records) == [(Decimal("10.00"), "EUR")]
    assert price_of(records, "sale") == [(Decimal("8.00"), "EUR")]
    assert reasons(records) == ["4 fields where the header has 6"]


def test_variants_of_an_item_group_share_the_page_that_selects_none(tmp_path):
    items = "".join(
        item(id=sku, price="1.00 EUR", link=link, **group)
        for sku, link, group in (
            ("A", "https://a.example/p?variant=1", {"item_group_id": "G"}),
            ("B", "https://a.example/p?variant=2", {"item_group_id": "G"}),
            ("C", "https://a.example/p.php?id=3", {"item_group_id": "G"}),
            ("D", "https://a.example/d?variant=4", {}),
        )
    )
    products = [r for r in read(tmp_path, HEAD + items + FOOT) if isinstance(r, Product)]
    assert [product.urls[1:] for product in products] == [
        ("https://a.example/p",),
        ("https://a.example/p",),
        (),
        (),
    ]
    assert set(Catalogue(products).at_url("https://a.example/p")) == {"A", "B"}
