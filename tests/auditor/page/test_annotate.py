"""A copy of a page that is safe to show."""
# ruff: noqa: E501 - markup reads worse when it is wrapped

from __future__ import annotations

import re

import pytest
from bs4 import BeautifulSoup
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.page.annotate import annotated
from auditor.page.read import read_page


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        '<a href="javascript:alert(1)">x</a>',
        '<a href="JaVa\tScript:alert(1)">x</a>',
        '<a href="data:text/html,<script>alert(1)</script>">x</a>',
        '<iframe src="https://evil.example"></iframe>',
        '<form action="https://evil.example"><input name=a><button formaction="javascript:alert(1)">b</button></form>',
        '<div style="background:url(https://evil.example/x)">x</div>',
        '<link rel=stylesheet href="https://evil.example/x.css">',
        '<meta http-equiv=refresh content="0;url=https://evil.example">',
        '<base href="https://evil.example/">',
        "<svg onload=alert(1)><script>alert(1)</script></svg>",
        '<math><mi xlink:href="javascript:alert(1)">x</mi></math>',
        "<object data=x></object><embed src=x>",
        '<p id="quote" onclick="alert(1)" class=c>x</p>',
        "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
        "<style>@import url(https://evil.example)</style>",
        '<video src="https://evil.example/v"></video><audio autoplay src=x></audio>',
        "<title></title><img src=x></title>",
        "<!--><script>alert(1)</script>-->",
    ],
)
def test_nothing_that_runs_loads_or_submits_survives(snapshot, hostile):
    body = f"<html><body><p>Price 9 €</p>{hostile}<p>end</p></body></html>"
    shot = snapshot(body)
    start = read_page(shot).text.index("9 €")
    copy = annotated(shot, {"quote": (start, start + 3)})
    soup = BeautifulSoup(copy, "html.parser")
    names = {tag.name for tag in soup.find_all(True)}
    assert not names & {"script", "img", "iframe", "form", "input", "button", "svg", "math", "link"}
    assert not names & {"object", "embed", "video", "audio", "base", "noscript"}
    assert len(soup.find_all("style")) == 1
    for tag in soup.body.find_all(True):
        assert set(tag.attrs) <= {"href", "rel", "colspan", "rowspan", "scope", "id", "datetime"}
        assert re.match(r"https?://", tag.get("href", "https://"))
    assert [tag.get_text() for tag in soup.find_all("mark")] == ["9 €"]
    assert [tag.name for tag in soup.find_all(id="quote")] == ["mark"]


def test_a_quote_over_several_elements_is_marked_piece_by_piece(snapshot):
    shot = snapshot("<p>Price:\n <b>12</b>,<sup>50</sup> €</p><p>next</p>")
    text = read_page(shot).text
    start, end = text.index("12"), text.index("€") + 1
    soup = BeautifulSoup(annotated(shot, {"quote": (start, end)}), "html.parser")
    assert "".join(mark.get_text() for mark in soup.find_all("mark")) == "12,50€"
    assert len(soup.find_all(id="quote")) == 1


def test_hidden_text_stays_hidden(snapshot):
    copy = annotated(
        snapshot('<p>a</p><p style="display:none">secret</p><p hidden>more</p>'), {"quote": (0, 1)}
    )
    assert "secret" not in copy
    assert "more" not in copy


def test_the_pages_own_marks_do_not_pass_for_ours(snapshot):
    copy = annotated(snapshot('<p><mark id="quote">fake</mark> real</p>'), {"quote": (5, 9)})
    assert re.findall(r"<mark[^>]*>([^<]*)</mark>", copy) == ["real"]


def test_a_title_cannot_break_out(snapshot):
    copy = annotated(
        snapshot("<title>&lt;/title&gt;&lt;script&gt;alert(1)&lt;/script&gt;</title><p>x</p>"),
        {"quote": (0, 1)},
    )
    assert "<script" not in copy


def test_links_lead_where_they_led(snapshot):
    copy = annotated(snapshot('<p>x <a href="../q">q</a></p>'), {"quote": (0, 1)})
    assert 'href="https://shop.example/q"' in copy
    assert "noopener" in copy


@pytest.mark.parametrize("span", [(-5, 0), (0, 0), (3, 1), (0, 10_000), (900, 1000)])
def test_offsets_outside_the_text_do_no_harm(snapshot, span):
    assert "<!doctype html>" in annotated(snapshot("<p>short</p>"), {"quote": span})


@pytest.mark.parametrize(
    "body", [b"", b"\x00\xff", b"<div>" * 50_000, b"plain <only", b"<p>" + b"<b>" * 3000]
)
def test_odd_bodies_are_shown_as_text(snapshot, body):
    assert "<!doctype html>" in annotated(snapshot(body), {"quote": (0, 5)})


def test_a_large_page_is_shown_around_the_quote(snapshot):
    shot = snapshot("<p>" + "word " * 500_000 + "QUOTE</p>")
    start = read_page(shot).text.index("QUOTE")
    copy = annotated(shot, {"quote": (start, start + 5)})
    assert '<mark id="quote">QUOTE</mark>' in copy
    assert len(copy) < 10_000


@given(
    pieces=st.lists(
        st.sampled_from(
            [
                "<p>",
                "</p>",
                "<b>",
                "</b>",
                "a b",
                " 12,50 €",
                "<s>",
                "<td>",
                "&nbsp;",
                "<br>",
                "<x>",
                "<script>",
                "</script>",
            ]
        ),
        max_size=30,
    ),
    start=st.integers(0, 40),
    size=st.integers(1, 20),
)
@settings(max_examples=200, deadline=None)
def test_the_marks_say_the_quote(pieces, start, size):
    from datetime import UTC, datetime

    from crawler.snapshot import Outcome, Snapshot

    body = "".join(pieces).encode()
    shot = Snapshot(
        "s",
        "https://a.example/",
        datetime(2026, 1, 1, tzinfo=UTC),
        Outcome.OK,
        200,
        "text/html",
        "utf-8",
        body,
    )
    text = read_page(shot).text
    quote = text[start : start + size]
    soup = BeautifulSoup(annotated(shot, {"quote": (start, start + size)}), "html.parser")
    marked = "".join(mark.get_text() for mark in soup.find_all("mark"))
    assert marked.split() == quote.split() or "".join(marked.split()) == "".join(quote.split())


def test_several_quotes_of_a_page_are_marked_each_with_its_id(snapshot):
    shot = snapshot("<h1>Relay</h1><p>Price <b>12 €</b>, MOQ 5 pcs</p><p>12 € again, 5 pcs</p>")
    text = read_page(shot).text
    price, moq = text.index("12 €"), text.index("5 pcs")
    quotes = {"a": (price, price + 4), "b": (moq, moq + 5), "c": (moq, moq + 1), "d": (99, 120)}
    soup = BeautifulSoup(annotated(shot, quotes), "html.parser")
    assert soup.find(id="a").get_text() == "12 €"
    marked = [mark.get_text() for mark in soup.find_all("mark")]
    assert [text for text in marked if text] == ["12 €", "5 pcs"]
    assert {tag["id"] for tag in soup.find_all(id=True)} == {"a", "b", "c"}
