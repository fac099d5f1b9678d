"""Any bytes become a page, and every span of it can be quoted again."""

from __future__ import annotations

import importlib.util
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auditor.page.model import Page
from auditor.page.read import read_page
from crawler.snapshot import Outcome, Snapshot

PITFALLS = Path(__file__).parents[4] / "shared" / "pitfalls"

_PIECES = st.sampled_from(
    [
        *(
            "<p>",
            "</p>",
            "<div>",
            '<div class="price">',
            "</div>",
            "<table>",
            "<tr>",
            "<td>",
            "</table>",
        ),
        *(
            "<td rowspan=3>",
            "<th colspan=0>",
            "<th scope=row>",
            "<s>",
            "</s>",
            "<b>MOQ:</b>",
            "<sup>99</sup>",
        ),
        *(
            "<ul>",
            "<li>",
            "</ul>",
            "<h1>",
            "</h1>",
            "<h2>",
            "Related products",
            "</h2>",
            "<dl>",
            "<dt>",
            "<dd>",
        ),
        *(
            "<select>",
            "<option>",
            "</select>",
            "<br>",
            '<a href="/x">',
            "</a>",
            "<script>",
            "</script>",
        ),
        *(
            '<script type="application/ld+json">',
            '{"@type":"Product","sku":"A",',
            "}",
            "]",
            "<style>",
            "</style>",
        ),
        *(
            ".x{text-decoration:line-through}",
            '<i class="x">',
            "<div hidden>",
            '<span style="display:none">',
        ),
        *(
            "<noscript>",
            "</noscript>",
            "<!--",
            "-->",
            "<![CDATA[",
            "<svg>",
            "<title>",
            "<textarea>",
            "<template>",
        ),
        *(
            '<div itemscope itemtype="http://schema.org/Product">',
            '<span itemprop="price">',
            "</span>",
        ),
        *(
            '<meta itemprop="price" content="9">',
            "12,90 €",
            "1.250",
            "MOQ",
            "50",
            "\u00a0",
            "\u00ad",
            "\u200b",
        ),
        *(
            "\x00",
            "&nbsp;",
            "&#0;",
            "&amp",
            "&#13;",
            "\r",
            "<body>",
            "</body>",
            "</html>",
            "<nav>",
            "<footer>",
        ),
        *(
            '<span role="cell">',
            '<div role="row">',
            '<div role="table">',
            '<a b"c<d=1>',
            "<o:p>",
            "<x-y>",
        ),
    ]
)


def assert_consistent(page: Page) -> None:
    size = len(page.text)
    assert page.text == " ".join(page.text.split())
    assert page.text == " ".join(page.quote(b.start, b.end) for b in page.blocks)
    assert all(b.start < b.end for b in page.blocks)
    assert all(left.end < right.start for left, right in pairwise(page.blocks))
    assert all(-1 <= b.heading < len(page.headings) for b in page.blocks)
    spans = [(h.start, h.end) for h in page.headings]
    spans += [span for pair in page.pairs for span in (pair.label, pair.value)]
    spans += [*page.struck, *page.split_decimals, *page.twins, *page.unrendered]
    for table in page.tables:
        spans.append((table.start, table.end))
        for cell in table.cells:
            assert 0 <= cell.start <= cell.end <= size
            assert 0 <= cell.row < table.n_rows
            assert 0 <= cell.column < table.n_columns
            spans.extend((*cell.columns, *cell.rows))
    spans += [o.anchor for n in page.products for o in n.offers if o.anchor]
    for start, end in spans:
        assert 0 <= start < end <= size
        assert page.text[start:end] == page.text[start:end].strip()


def _snapshot(body: bytes, media_type: str | None = "text/html") -> Snapshot:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    url = "https://shop.example/p"
    return Snapshot("shop", url, at, Outcome.OK, 200, media_type, None, body)


@given(body=st.binary(max_size=400), media_type=st.sampled_from(["text/html", "text/plain", None]))
@settings(max_examples=300, deadline=None)
def test_no_bytes_raise(body: bytes, media_type: str | None):
    assert_consistent(read_page(_snapshot(body, media_type)))


@given(pieces=st.lists(_PIECES, max_size=60))
@settings(max_examples=600, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_markup_raises(pieces: list[str]):
    assert_consistent(read_page(_snapshot(" ".join(pieces).encode())))


@given(text=st.text(max_size=300))
@settings(max_examples=200, deadline=None)
def test_any_text_in_a_paragraph_is_folded_as_one_block(text: str):
    safe = text.replace("<", "").replace("&", "").replace("\x00", "").replace("\r", "")
    page = read_page(
        _snapshot(f"<html><body><p>{safe}</p></body></html>".encode("utf-8", "replace"))
    )
    assert_consistent(page)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"   ",
        b"\x00",
        b"<!-- only a comment -->",
        b"<html></html>",
        b"%PDF-1.7 \x00\x01\x02",
        b"\xff\xfe<\x00p\x00>\x00",
        b"<p>\xed\xa0\x80 bad surrogate</p>",
        b"<?xml version='1.0' encoding='utf-16'?><html><body>x</body></html>",
        b"<table><tr><td rowspan=99999 colspan=99999>x</table>" * 50,
        b"<" * 20_000,
        b"&" * 20_000,
        b"<a href='" + b"x" * 20_000,
    ],
    ids=range(13),
)
def test_odd_bodies_give_a_page(body: bytes):
    assert_consistent(read_page(_snapshot(body)))


def test_a_hundred_thousand_levels_are_survived_and_reported():
    page = read_page(_snapshot(b"<div>x" * 100_000))
    assert_consistent(page)
    assert [u.what for u in page.unread] == ["markup"]


def test_ten_thousand_unclosed_inline_elements_take_linear_time():
    page = read_page(_snapshot(b"<p>" + b"<b>a</b> <span>1</span>" * 10_000))
    assert_consistent(page)


def test_content_is_read_where_no_tag_opens_the_body(read):
    page = read("<title>T</title><main><h1>One</h1></main><section>two</section>three<p>four")
    assert (page.title, page.text) == ("T", "One two three four")
    assert page.blocks[0].path == "/html/body/main[1]/h1[1]"


def test_a_picture_is_no_page(read):
    page = read(b"\x89PNG", media_type="image/png")
    assert page.text == ""
    assert page.unread[0].what == "media_type"


def test_plain_text_keeps_its_lines_apart(read):
    page = read("MOQ: 50\nLead time: 5 days <soon>", media_type="text/plain")
    assert [page.quote(b.start, b.end) for b in page.blocks] == [
        "MOQ: 50",
        "Lead time: 5 days <soon>",
    ]


def test_an_undeclared_old_encoding_is_understood(read):
    page = read("<p>Preis 12,90 €, Größe 5</p>".encode("cp1252"), charset=None)
    assert page.text == "Preis 12,90 €, Größe 5"


@pytest.mark.skipif(
    not PITFALLS.is_dir(), reason="the labelled pitfall set is not beside this checkout"
)
def test_text_equals_what_the_labelled_set_calls_visible():
    spec = importlib.util.spec_from_file_location("check_set", PITFALLS / "check_set.py")
    assert spec is not None
    assert spec.loader is not None
    check_set = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(check_set)
    pages = sorted(PITFALLS.rglob("*.html"))
    assert pages
    for path in pages:
        body = path.read_bytes()
        page = read_page(_snapshot(body))
        assert page.text == check_set.visible(body.decode()), path
        assert_consistent(page)
