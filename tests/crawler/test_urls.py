"""One spelling per page, and no loop is followed for ever."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.config import Limits
from crawler.urls import Traps, is_file, join, normalise


@pytest.mark.parametrize(
    "url",
    ["", "/a", "ftp://a.example/", "mailto:a@b", "http://", "http:///x", "http://a b/",
     "http://a.example:99999/", "http://[::1/", "http://[zz]/", "//a.example/", "http://\x00/"],
)  # fmt: skip
def test_what_is_no_web_address_is_refused(url):
    assert normalise(url) is None


@pytest.mark.parametrize(
    ("url", "same"),
    [
        ("http://A.Example:80", "http://a.example/"),
        ("https://a.example:443/x#y", "https://a.example/x"),
        ("http://a.example:8080/x", "http://a.example:8080/x"),
        ("http://user:word@a.example/", "http://a.example/"),
        ("http://a.example./x", "http://a.example/x"),
        ("http://a.example/a/./b/../c/..", "http://a.example/a/"),
        ("http://a.example/../../x", "http://a.example/x"),
        ("http://a.example/%7Ex/%e2%82%ac/%2F", "http://a.example/~x/%E2%82%AC/%2F"),
        ("http://a.example/100%/x", "http://a.example/100%25/x"),
        ("http://a.example/Grüße?q=Ö x", "http://a.example/Gr%C3%BC%C3%9Fe?q=%C3%96%20x"),
        ("http://a.example/?utm_source=a&gclid=b&fbclid=c&mc_eid=d", "http://a.example/"),
        ("http://a.example/?b=2&a=1&b=2", "http://a.example/?b=2&a=1&b=2"),
        ("http://a.example/?a=&&b", "http://a.example/?a=&b"),
        ("http://a.example/x;jsessionid=0123456789ABCDEF?x=1", "http://a.example/x?x=1"),
        ("http://a.example/?PHPSESSID=abc&id=1", "http://a.example/?id=1"),
        ("http://a.example/?sid=4f3c2b1a0d9e8f7c6b5a&id=1", "http://a.example/?id=1"),
        ("http://a.example/?sid=main-store", "http://a.example/?sid=main-store"),
        ("http://a.example/\n\tx", "http://a.example/x"),
        ("http://a.example/a;b=c", "http://a.example/a;b=c"),
    ],
)
def test_spellings_of_one_page_are_one(url, same):
    assert normalise(url) == same
    assert normalise(same) == same


def test_parameters_named_in_the_configuration_are_left_out():
    assert normalise("http://a.example/?view=grid&id=1", drop={"view"}) == "http://a.example/?id=1"


@given(st.text(max_size=60))
def test_normalising_never_raises_and_is_stable(text):
    for url in (text, f"http://a.example/{text}", f"https://{text}/x?{text}"):
        once = normalise(url)
        if once is not None:
            assert normalise(once) == once
            assert once.isascii()


@given(st.text(max_size=60))
def test_joining_never_raises(text):
    join("https://a.example/b/c", text)


def test_links_to_files_are_told_from_pages():
    assert is_file("https://a.example/x/drawing.DWG?v=2")
    assert not is_file("https://a.example/v1.2/pump")
    assert not is_file("https://a.example/page.html")
    assert not is_file("https://shop.zip/")


def traps(**limits) -> Traps:
    return Traps(Limits(**limits))


def followed(trap: Traps, urls) -> list[str]:
    return [url for url in urls if trap.reason(url, 1) is None]


def test_depth_and_length_are_limited():
    assert traps(max_depth=3).reason("https://a.example/", 4) == "depth"
    assert traps(max_url_length=50).reason("https://a.example/" + "x" * 50, 0) == "url_length"


def test_relative_links_in_a_loop_are_left():
    url = "https://a.example/products/" + "valves/" * 4
    assert traps().reason(url, 1) == "repeated_segments"
    assert traps().reason("https://a.example/a/b/a/b/a/b/a/b", 1) == "repeated_segments"
    assert traps().reason("https://a.example/de/shop/de/x/shop", 1) is None


def test_views_of_one_page_are_limited():
    urls = [f"https://a.example/list?sort={n}&color={n % 7}" for n in range(500)]
    assert len(followed(traps(max_query_variants=200), urls)) == 200


@pytest.mark.parametrize(
    "name", ["id", "product_id", "artnr", "sku", "title", "productId", "ArtNr"]
)
def test_pages_that_differ_in_what_they_are_about_are_no_views(name):
    urls = [f"https://a.example/show.php?{name}={n}" for n in range(1000)]
    assert len(followed(traps(max_query_variants=200), urls)) == 1000


@pytest.mark.parametrize(
    "form",
    ["https://a.example/events/{y}/{m:02d}", "https://a.example/cal?year={y}&month={m}",
     "https://a.example/cal/{y}-{m:02d}-15/day", "https://a.example/cal?d=15.{m:02d}.{y}"],
)  # fmt: skip
def test_calendars_end(form):
    urls = [form.format(y=year, m=month) for year in range(1990, 2090) for month in range(1, 13)]
    assert len(followed(traps(max_query_variants=100), urls)) == 100


def test_dated_articles_are_no_calendar():
    urls = [f"https://a.example/blog/2024/05/{n % 28 + 1:02d}/story-{n}" for n in range(500)]
    assert len(followed(traps(max_query_variants=100), urls)) == 500


def test_a_session_in_the_address_ends_once_its_pages_show_nothing_new():
    trap, urls = traps(), [f"https://a.example/cart?ticket={n}" for n in range(60)]
    taken = 0
    for url in urls:
        if trap.reason(url, 1) is None and not trap.is_over(url):
            taken += 1
            trap.showed(url, "the same page")
    assert taken == 21
    assert dict(trap.full) == {("same_content", "https://a.example/cart"): 39}
    assert trap.reason("https://a.example/cart", 1) is None
    assert trap.reason("https://a.example/cart?id=7&ticket=1", 1) is None


def test_filters_that_show_something_new_now_and_then_go_on():
    trap = traps()
    for n in range(100):
        trap.showed(f"https://a.example/list?color={n}", f"page {n // 15}")
    assert trap.reason("https://a.example/list?color=new", 1) is None
