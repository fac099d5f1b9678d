"""Sitemaps are read as far as they can be, and never trusted."""

from __future__ import annotations

import gzip
import tracemalloc

import pytest

from crawler.decode import TooLarge, Truncated
from crawler.sitemap import MAX_URLS, read_sitemap

HEAD = b'<?xml version="1.0" encoding="UTF-8"?>'
NS = b'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


def urls(body: bytes) -> list[str]:
    return [entry.url for entry in read_sitemap(body)]


def urlset(*locs: bytes, around: bytes = b"") -> bytes:
    inner = b"".join(b"<url><loc>%s</loc>%s</url>" % (loc, around) for loc in locs)
    return HEAD + b"<urlset " + NS + b">" + inner + b"</urlset>"


@pytest.mark.parametrize(
    "body",
    [b"", b"\xff\xfe", b"<html><body><a href=/x>x</a>", b"<!DOCTYPE html><url><loc>x</loc></url>",
     b"{}", b"<urlset/>", b"hello", urlset(b"")],
)  # fmt: skip
def test_what_is_no_sitemap_names_nothing(body):
    assert urls(body) == []


def test_entities_are_not_expanded():
    bomb = b"".join(b'<!ENTITY e%d "%s">' % (n, b"&e%d;" % (n - 1) * 20) for n in range(1, 9))
    body = (
        HEAD
        + b'<!DOCTYPE u [<!ENTITY e0 "x">'
        + bomb
        + b'<!ENTITY f SYSTEM "file:///etc/passwd">]>'
    )

    found = urls(body + b"<urlset><url><loc>https://a.example/&e8;&f;</loc></url></urlset>")

    assert all(len(url) < 100 and "root" not in url for url in found)


def test_a_gz_sitemap_that_ends_early_gives_what_came_and_then_says_so():
    packed = gzip.compress(urlset(*(b"https://a.example/%d" % n for n in range(20_000))))
    found = []
    with pytest.raises(Truncated):
        found.extend(entry.url for entry in read_sitemap(packed[:-50]))

    assert len(found) > 10_000


def test_a_gz_bomb_is_not_unpacked():
    with pytest.raises(TooLarge):
        urls(gzip.compress(HEAD + b"<urlset>" + b" " * 70_000_000))


def test_xml_that_breaks_off_gives_what_came():
    body = urlset(b"https://a.example/1", b"https://a.example/2")

    assert urls(body[:-30]) == ["https://a.example/1"]


def test_forgotten_escapes_do_not_change_the_url():
    assert urls(urlset(b"https://a.example/?id=1&page=2", b"https://a.example/?a=1&amp;b=2")) == [
        "https://a.example/?id=1&page=2",
        "https://a.example/?a=1&b=2",
    ]


def test_an_escape_across_two_chunks_stays_whole():
    padding = b"<!--" + b"x" * (64 * 1024 - len(HEAD) - 60) + b"-->"
    for shift in range(40):
        body = (
            HEAD
            + padding
            + b" " * shift
            + b"<urlset><url><loc>https://a.example/?a&amp;b</loc></url></urlset>"
        )
        assert urls(body) == ["https://a.example/?a&b"]


def test_only_pages_are_taken_from_what_an_entry_names():
    around = (
        b'<image:image xmlns:image="i"><image:loc>https://a.example/x.png</image:loc></image:image>'
        b'<x:link xmlns:x="http://www.w3.org/1999/xhtml" rel="alternate" hreflang="de" '
        b'href="https://a.example/de"/>'
    )

    assert urls(urlset(b"https://a.example/en", around=around)) == [
        "https://a.example/en",
        "https://a.example/de",
    ]


def test_an_index_and_plain_text_and_gzip_are_read():
    index = (
        HEAD + b"<sitemapindex><sitemap><loc>https://a.example/1.xml</loc></sitemap></sitemapindex>"
    )
    (entry,) = read_sitemap(index)
    assert entry.is_sitemap
    assert urls(b"\xef\xbb\xbfhttps://a.example/1\r\nhttps://a.example/2\n\nnot a url") == [
        "https://a.example/1",
        "https://a.example/2",
    ]
    assert urls(gzip.compress(urlset(b"https://a.example/z"))) == ["https://a.example/z"]


def test_memory_stays_flat_and_the_number_of_urls_is_bounded():
    body = urlset(*(b"https://a.example/product/%d" % n for n in range(MAX_URLS + 5)))
    tracemalloc.start()
    try:
        count = sum(1 for _ in read_sitemap(body))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert count == MAX_URLS
    assert peak < 2_000_000
