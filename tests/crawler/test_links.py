"""Links are filtered before they cost a request."""

from __future__ import annotations

import pytest

from crawler.config import Limits, WebsiteSource
from crawler.guard import Scope
from crawler.links import LinkFilter

BASE = "https://shop.example/pumps/list.html"


def filter_of(seen=lambda _: False, **given) -> LinkFilter:
    source = WebsiteSource(**{"name": "s", "start": ("https://shop.example/",), **given})
    return LinkFilter(source, Scope.of(source), seen)


def urls(links: LinkFilter, *hrefs: str, base: str = BASE) -> list[str]:
    return [found.url for found in links.new(hrefs, base, 1)]


@pytest.mark.parametrize(
    ("href", "reason"),
    [
        ("https://other.example/x", "scope"),
        ("//other.example/x", "scope"),
        ("https://shop.example.evil.example/", "scope"),
        ("http://127.0.0.1/x", "scope"),
        ("/sheet.pdf", "file"),
        ("/admin/x", "deny"),
        ("/blog/x", "allow"),
        ("/pumps/" + "a/" * 9, "repeated_segments"),
        ("/pumps/" + "x" * 2000, "url_length"),
    ],
)
def test_a_link_that_is_left_out_is_counted_with_its_reason(href, reason):
    links = filter_of(allow=(r"/pumps/", r"/admin/"), deny=(r"/admin/",))

    assert urls(links, href) == []
    assert dict(links.left_out) == {reason: 1}


@pytest.mark.parametrize(
    "href", ["mailto:a@b.example", "tel:1", "data:text/html,x", "http://[", ""]
)
def test_what_leads_to_no_page_is_left_out(href):
    assert urls(filter_of(), href) == []


def test_links_resolve_as_in_a_browser():
    assert urls(
        filter_of(), "a", "./b", "../c", "/d", "?e=1", "//shop.example/f", "HTTPS://SHOP.example/g"
    ) == [
        "https://shop.example/pumps/a",
        "https://shop.example/pumps/b",
        "https://shop.example/c",
        "https://shop.example/d",
        "https://shop.example/pumps/list.html?e=1",
        "https://shop.example/f",
        "https://shop.example/g",
    ]


def test_the_same_words_on_another_page_are_another_link():
    links = filter_of()

    assert urls(links, "a?x=1", "?y=1") == [
        "https://shop.example/pumps/a?x=1",
        "https://shop.example/pumps/list.html?y=1",
    ]
    assert urls(links, "a?x=1", "?y=1", base="https://shop.example/valves/v.html") == [
        "https://shop.example/valves/a?x=1",
        "https://shop.example/valves/v.html?y=1",
    ]


def test_the_same_query_on_another_page_of_the_folder_is_another_link():
    links = filter_of()

    assert urls(links, "?page=2") == ["https://shop.example/pumps/list.html?page=2"]
    assert urls(links, "?page=2", base="https://shop.example/pumps/other.html") == [
        "https://shop.example/pumps/other.html?page=2"
    ]


def test_what_was_seen_is_not_new():
    links = filter_of(seen=lambda url: url.endswith("/old"))

    assert urls(links, "/old", "/new", "/new") == ["https://shop.example/new"]
    assert urls(links, "/new") == []


def test_parameters_that_do_not_change_the_page_are_dropped():
    links = filter_of(drop_parameters=("view",), limits=Limits())

    assert urls(links, "/a?view=grid&utm_source=x&id=3") == ["https://shop.example/a?id=3"]


def test_a_sitemap_may_stand_outside_of_the_prefixes_but_not_on_another_host():
    links = filter_of(start=("https://shop.example/de/",), scope=("https://shop.example/de/",))

    assert links.sitemap("https://shop.example/sitemap.xml") is not None
    assert links.sitemap("https://cdn.example/sitemap.xml") is None
