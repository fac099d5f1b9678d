"""The content digest: what changes it, what must not; decoding what servers declare wrongly."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.content import content_digest, decode
from crawler.markup import is_tangled

PAGE = """<!doctype html><html lang="de"><head><meta charset="utf-8">
<meta name="csrf-token" content="{nonce}"><title>Pumpe HX-200</title>
<meta property="og:price:amount" content="{og}"><link rel="stylesheet" href="/s.{nonce}.css">
<script nonce="{nonce}">window.__t = {now}; window.csrf = "{nonce}"; var build = '{nonce}';</script>
<script src="/assets/chunk-{nonce}.js"></script>
<script type="application/ld+json">{{"@type": "Product", "sku": "HX-200", "dateModified": "{now}",
 "offers": {{"@type": "Offer", "price": "{ld}", "priceCurrency": "EUR"}}}}</script>
<script>var app = {{"session": "{nonce}", "variants": [{{"id": {now}, "price": {js},
 "value": "{nonce}", "priceUpdatedAt": {now},
 "tierPrices": [[10, {tier}], [100, 7.5]]}}]}};</script>
<style>.x{{color:#{nonce}}}</style></head>
<body id="b{nonce}" data-rendered="{now}"><form><input type="hidden" name="token" value="{nonce}">
<h1>Pumpe  HX-200</h1><p class="c-{nonce}">Preis: <b>{price} EUR</b></p>
<span itemprop="price" content="{micro}"></span><div data-price-amount="{data}"></div>
<input type="number" name="qty" min="{least}" value="1"><p>{struck}</p></form>
<template><p>{nonce}</p></template><!-- {now} --></body></html>"""
STILL = {
    **dict.fromkeys(("price", "ld", "og", "js", "micro", "data"), "9.90"),
    "tier": "8.5",
    "least": "10",
    "struck": "12.00 EUR",
}
VOLATILE = {"nonce": "9f86d081884c7d65", "now": "1763796000123"}


def digest(media_type: str | None = "text/html", **values: str) -> str:
    filled = PAGE.format(**{**STILL, **VOLATILE, **values})
    return content_digest(filled.encode(), media_type, "utf-8")


# What must not change it -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "values",
    [
        {"nonce": "0b9c2625dc21ef05"},
        {"now": "1763796999999"},
        {"nonce": "aaaaaaaaaaaaaaaa1", "now": "1763700000000"},
    ],
)
def test_tokens_nonces_ids_chunks_and_timestamps_are_no_change(values: dict[str, str]) -> None:
    assert digest(**values) == digest()


def test_white_space_and_the_order_of_keys_are_no_change() -> None:
    one = b'<p>9.90\n  EUR</p><script type="application/ld+json">{"sku": "A", "price": 1}</script>'
    two = b'<p>9.90 EUR </p><script type="application/ld+json">{"price":1,"sku":"A"}</script>'
    assert content_digest(one) == content_digest(two)


def test_another_encoding_of_the_same_text_is_no_change() -> None:
    text = "<p>Größe: 12 €</p>"
    assert content_digest(text.encode(), "text/html", "utf-8") == content_digest(
        text.encode("cp1252"), "text/html", "windows-1252"
    )


# What must change it ---------------------------------------------------------------------------


@pytest.mark.parametrize("where", sorted(STILL))
def test_a_new_figure_is_a_change_wherever_it_stands(where: str) -> None:
    assert digest(**{where: "7.77"}) != digest()


def test_a_price_that_is_struck_out_now_is_a_change() -> None:
    assert digest(struck="<del>12.00 EUR</del>") != digest()


def test_two_cells_are_not_one_number() -> None:
    one, two = (
        b"<table><tr><td>%s</td><td>%s</td></tr></table>" % p
        for p in ((b"1", b"23"), (b"12", b"3"))
    )
    assert content_digest(one) != content_digest(two)


def test_swapped_prices_of_two_products_are_a_change() -> None:
    page = '<script>p=[{{"sku":"A","price":{}}},{{"sku":"B","price":{}}}]</script>'
    one, two = (page.format(*prices).encode() for prices in ((1, 2), (2, 1)))
    assert content_digest(one) != content_digest(two)


def test_broken_structured_data_still_counts() -> None:
    page = '<script type="application/ld+json">{{"price": {},}}</script>'
    assert content_digest(page.format(1).encode()) != content_digest(page.format(2).encode())


def test_what_is_no_html_counts_as_text_or_byte_by_byte() -> None:
    assert content_digest(b"a  b", "text/plain") == content_digest(b"a b\n", "text/plain")
    assert content_digest(b'{"a": 1}', "application/json") != content_digest(
        b'{"a": 2}', "application/json"
    )
    assert content_digest(b"%PDF 1", "application/pdf") != content_digest(
        b"%PDF  1", "application/pdf"
    )


# Hostile pages ---------------------------------------------------------------------------------

HOSTILE = {
    "divs": b"<div>" * 100_000,
    "fonts": b"".join(b"<font c=%d>" % n for n in range(3000)) + b"<p>x" * 3000,
    "attributes": b"<div " + b" ".join(b"a%d" % n for n in range(50_000)) + b">",
    "json": b'<script type="application/ld+json">' + b"[" * 500_000,
    "keys": b"<script>" + b"a_" * 500_000,
    "quotes": b"<script>" + b'"price":"' * 100_000,
    "arrays": b"<script>" + b"price:[" * 100_000,
    "data": b' data-price="' * 70_000,
    "angles": b"<" * 500_000,
    "meta": b"<meta " * 150_000,
    "binary": bytes(range(256)) * 4000,
    "mixed": "ä".encode() * 300_000 + b"\xe4",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_page_takes_no_longer_than_its_length_allows(name: str) -> None:
    begun = time.process_time()
    content_digest(HOSTILE[name], "text/html")
    assert time.process_time() - begun < 3.0


def test_tangled_pages_still_have_a_digest_of_their_text() -> None:
    tangled = "<div>" * 60_000 + "{} EUR"
    assert is_tangled(tangled)
    assert content_digest(tangled.format(1).encode()) != content_digest(tangled.format(2).encode())


@pytest.mark.parametrize(
    "page",
    [
        "<table>" + "<tr><td>x<td>y" * 20_000,
        "<ul>" + "<li>x" * 40_000,
        "<p>a <b>b</b> <a href=x>c</a>" * 10_000,
        "<br><img src=x><input>" * 20_000,
        '<img src="data:image/svg+xml,' + "%20" * 30_000 + '"><p>x',
    ],
)
def test_long_but_honest_pages_are_not_tangled(page: str) -> None:
    assert not is_tangled(page)


@settings(max_examples=200, deadline=None)
@given(
    st.binary(max_size=300),
    st.sampled_from([None, "text/html", "application/xhtml+xml", "text/plain", "image/png", "x"]),
    st.one_of(st.none(), st.text(max_size=12), st.sampled_from(["utf-16", "utf-7", "base64"])),
)
def test_no_bytes_make_decoding_or_the_digest_raise(
    body: bytes, media_type: str | None, charset: str | None
) -> None:
    assert isinstance(decode(body, charset, media_type), str)
    assert content_digest(body, media_type, charset) == content_digest(body, media_type, charset)


# Decoding --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "charset", "text"),
    [
        ("12 €".encode(), "utf-8", "12 €"),
        ("12 €".encode(), None, "12 €"),
        ("12 €".encode(), "iso-8859-1", "12 €"),
        ("12 €".encode("cp1252"), "iso-8859-1", "12 €"),
        ("12 €".encode("iso-8859-15"), "iso-8859-15", "12 €"),
        ("Größe".encode("cp1252"), "no-such-charset", "Größe"),
        (b"\xef\xbb\xbf12", "iso-8859-1", "12"),
        ("12 €".encode("utf-16"), None, "12 €"),
        ("12 €".encode("utf-16-le"), "utf-16le", "12 €"),
        ("価格 12".encode("euc-jp"), "euc-jp", "価格 12"),
        ("価格 12".encode("iso-2022-jp"), "iso-2022-jp", "価格 12"),
        ("цена 12".encode("cp1251"), "windows-1251", "цена 12"),
        (b"", None, ""),
    ],
)
def test_bodies_are_decoded_as_meant(body: bytes, charset: str | None, text: str) -> None:
    assert decode(body, charset) == text


def test_the_pages_own_declaration_is_used_where_the_server_says_nothing() -> None:
    page = '<meta http-equiv=Content-Type content="text/html; charset=windows-1251">цена 12'
    assert decode(page.encode("cp1251")) == page


def test_what_nobody_declared_is_guessed_where_there_is_enough_of_it() -> None:
    text = "<p>Насос шестерённый, цена за штуку 12 рублей, срок поставки две недели.</p>" * 4
    assert decode(text.encode("cp1251")) == text
    assert decode("<p>Größe für Öl".encode("cp1252")) == "<p>Größe für Öl"


def test_the_server_beats_the_page() -> None:
    page = '<meta charset="iso-8859-1">цена 12'
    assert decode(page.encode("cp1251"), "windows-1251") == page


def test_utf8_with_some_pasted_windows_bytes_stays_utf8() -> None:
    body = "Größe: für Öl – ".encode() * 20 + b"12 \x80 \x96 x"
    assert decode(body, "utf-8").endswith("12 € – x")
    assert "Größe" in decode(body, "utf-8")


def test_a_cut_character_costs_no_more_than_itself() -> None:
    body = ("Größe: für Öl – " * 20 + "€").encode()[:-1]
    assert decode(body, "utf-8").startswith("Größe: für Öl – ")


def test_a_digest_says_nothing_of_json_key_order_in_json_bodies() -> None:
    one = json.dumps({"a": 1, "b": 2}).encode()
    assert content_digest(one, "application/json") == content_digest(
        one + b"\n", "application/json"
    )
