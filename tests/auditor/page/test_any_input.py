"""What holds for any bytes, markup and structured data: nothing raises, every span can be quoted
again, and the work grows with the page and not with its square."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from auditor.page.annotate import annotated
from auditor.page.model import Page
from auditor.page.read import read_page
from auditor.page.structured.literal import read_json, read_literal
from crawler.snapshot import Outcome, Snapshot

MANY = settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
FEWER = settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))

_TAGS = """
p div span b i a s del sup sub table tr td th thead tbody caption ul li dl dt dd h1 h2 h3 h6 nav
header footer aside section article main br hr img script style template noscript select option
button details summary form label svg math title iframe pre body html custom-x
"""
_ATTRIBUTES = (
    "",
    " hidden",
    ' style="display:none"',
    " aria-hidden=true",
    ' class="related price was"',
    " colspan=3 rowspan=0",
    ' colspan="-1"',
    " rowspan=99999",
    ' itemscope itemtype="https://schema.org/Product"',
    " itemprop=price content=5",
    " itemprop=offers itemscope",
    ' itemref="x y x" id=x',
    ' typeof="Product" vocab="http://schema.org/"',
    ' property="og:price:amount" content="1.299,00 €"',
    ' href="../\u202e?a=1#x"',
    " href=javascript:1",
    ' lang="de-DE"',
    ' type="application/ld+json"',
)
_WORDS = (
    "Price: $2.10", "MOQ 50", "Related products", "12,40 €", "173<sup>34</sup>", " ", "\xa0",
    "\xad", "\u200b", "\ufeff", "&nbsp;", "&lt;", "&#0;", "&#xD800;", "<!--", "-->", "<![CDATA[",
    "]]>", "{{ price }}", "1\u202f299", "＄４１５", "İ", "ß", "😀", "\u202e", "a:", "b: c", "<",
    ">",
    '"', "'", "</", "<?xml?>", "\x00", "\x1b[31m", "Accessories", "Customer reviews", "x × y",
    "]}", "was",
)  # fmt: skip
_PIECES = st.one_of(
    st.builds("<{}{}>".format, st.sampled_from(_TAGS.split()), st.sampled_from(_ATTRIBUTES)),
    st.builds("</{}>".format, st.sampled_from(_TAGS.split())),
    st.sampled_from(_WORDS),
    st.text(max_size=8),
)
MARKUP = st.lists(_PIECES, max_size=40).map("".join)

_KEYS = """
@type @id @graph @context sku mpn gtin13 name offers price lowPrice priceCurrency url
availability priceSpecification eligibleQuantity minValue value hasVariant isRelatedTo
additionalProperty itemListElement item variants priceValidUntil deliveryLeadTime product
"""
_LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=12),
    st.sampled_from(
        ["Product", "Offer", "https://schema.org/InStock", "#x", "1.299,00 €", "2026-13-45", "USD"]
    ),
)
DATA = st.recursive(
    _LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(
            st.one_of(st.sampled_from(_KEYS.split()), st.text(max_size=4)), inner, max_size=6
        ),
    ),
    max_leaves=25,
)


def read(
    body: bytes | str, media_type: str | None = "text/html", charset: str | None = None
) -> Page:
    raw = body.encode("utf-8", "surrogatepass") if isinstance(body, str) else body
    return read_page(snapshot(raw, media_type, charset))


def snapshot(
    body: bytes, media_type: str | None = "text/html", charset: str | None = None
) -> Snapshot:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    return Snapshot(
        "shop", "https://shop.example/a", at, Outcome.OK, 200, media_type, charset, body
    )


@MANY
@given(
    st.binary(max_size=300),
    st.sampled_from(["text/html", "text/plain", "image/png", None, ";"]),
    st.sampled_from([None, "utf-16", "latin-1", "no-such-charset", "utf-7", ""]),
)
def test_any_bytes_make_a_page(body: bytes, media_type: str | None, charset: str | None) -> None:
    assert_spans(read(body, media_type, charset))


@MANY
@given(MARKUP)
@example("<table><tr><td rowspan=0>a<table><tr><td>b</table>c")
@example("<pre>\x08a\nb<b>c\nd</b>e")
@example("<p>a<script>{</script>b")
def test_every_span_of_any_markup_lies_in_the_text(markup: str) -> None:
    page = read(markup)
    assert_spans(page)
    assert read(markup) == page


@FEWER
@given(MARKUP, st.integers(-2, 60), st.integers(-2, 80))
@example("<?xml?>Price: $2.10", 0, 5)
@example("https://shop.example/a", 0, 5)
def test_any_quote_of_any_markup_can_be_marked(markup: str, start: int, end: int) -> None:
    document = annotated(snapshot(markup.encode("utf-8", "replace")), {"q": (start, end)})
    assert "<script" not in document.lower()


@MANY
@given(DATA, st.sampled_from(['type="application/ld+json"', 'type="application/json"', ""]))
def test_any_structured_data_is_read_or_listed(data: Any, kind: str) -> None:
    text = json.dumps(data).replace("</", "<\\/")
    wrapped = text if kind else f"window.__STATE__ = {text};"
    page = read(f"<p>x</p><script {kind}>{wrapped}</script>")
    assert page.text == "x"
    assert_products(page)


@MANY
@given(DATA, st.integers(0, 400), st.text(max_size=3), st.booleans())
def test_broken_data_loses_nothing_but_itself(data: Any, at: int, inserted: str, cut: bool) -> None:
    text = json.dumps(data)
    at = min(at, len(text))
    broken = text[:at] + inserted + ("" if cut else text[at:])
    good = '{"@type":"Product","sku":"A-1","offers":{"price":"5","priceCurrency":"EUR"}}'
    scripts = [broken.replace("</", "<\\/").replace("<!--", ""), good]
    page = read("".join(f'<script type="application/ld+json">{s}</script>' for s in scripts))
    assert "A-1" in {product.sku for product in page.products}
    assert_products(page)


@MANY
@given(st.one_of(st.text(max_size=80), DATA.map(str), DATA.map(json.dumps)), st.integers(0, 90))
def test_the_readers_of_literals_refuse_by_value_error_alone(text: str, start: int) -> None:
    for attempt in (lambda: read_json(text), lambda: read_literal(text, min(start, len(text)))):
        try:
            attempt()
        except ValueError:
            continue


GROWING: dict[str, Callable[[int], str]] = {
    "open tags": lambda n: "<div><b>a: " * n,
    "rows": lambda n: "<table>" + "<tr><th>Weight<td>2 kg<td>5 €" * n + "</table>",
    "cards": lambda n: "<div class=card><h3>A</h3><p>$2.10</p></div>" * n,
    "things": lambda n: "<div itemscope itemtype=Product><i itemprop=sku>a</i></div>" * n,
    "pairs": lambda n: "<dl>" + "<dt>MOQ<dd>50" * n + "</dl>",
    "scripts": lambda n: "<script>var a = {price: [1, '2', {b: 3}]};</script>" * n,
    "graph": lambda n: '<script type="application/ld+json">['
    + ",".join(['{"@type":"Product","sku":"a","offers":{"price":1}}'] * n)
    + "]</script>",
    "strings": lambda n: '<script type="application/ld+json">{"a":"' + 'b"c' * n + "</script>",
    "placeholders": lambda n: "<p>" + "{{ a }} {{ b " * n,
    "comments": lambda n: "<p>" + "<!-- x --" * n,
}  # fmt: skip


@pytest.mark.parametrize("name", GROWING)
def test_work_grows_with_the_page_and_not_with_its_square(name: str) -> None:
    make = GROWING[name]
    read(make(40))
    small, large = _calls(make(250)), _calls(make(1000))
    assert large <= 5.5 * small + 3000, (small, large)


def assert_spans(page: Page) -> None:
    """Every span lies in the text; blocks are in order and do not overlap."""
    size = len(page.text)
    for start, end in _spans(page):
        assert 0 <= start <= end <= size, (start, end, size)
    last = 0
    for block in page.blocks:
        assert block.start >= last
        last = block.end
        assert page.text[block.start : block.end].strip() == page.text[block.start : block.end]
    assert "  " not in page.text
    assert_products(page)


def assert_products(page: Page) -> None:
    """Anchors lie in the text, and every part of a product is text."""
    for product in page.products:
        assert all(isinstance(part, str) for part in (product.sku, product.name, product.path))
        for offer in product.offers:
            assert isinstance(offer.price, str)
            if offer.anchor is not None:
                assert 0 <= offer.anchor[0] <= offer.anchor[1] <= len(page.text)


def _spans(page: Page) -> Iterator[tuple[int, int]]:
    yield from ((b.start, b.end) for b in page.blocks)
    yield from ((h.start, h.end) for h in page.headings)
    yield from (*page.struck, *page.split_decimals, *page.unrendered, *page.twins)
    for pair in page.pairs:
        yield from (pair.label, pair.value)
    for table in page.tables:
        yield table.start, table.end
        for cell in table.cells:
            yield cell.start, cell.end
            yield from (*cell.columns, *cell.rows)


def _calls(markup: str) -> int:
    """Calls of functions while a page is read: work that no clock measures."""
    count = 0

    def counted(_frame: Any, event: str, _argument: Any) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    page = snapshot(markup.encode())
    before = sys.getprofile()
    sys.setprofile(counted)
    try:
        read_page(page)
    finally:
        sys.setprofile(before)
    return count
