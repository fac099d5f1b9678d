"""Which URLs a sitemap names: XML, gzip, plain text, indexes; read in a stream.

``lastmod`` is read over: real sites set it to now, to the last cache flush, or never, so it is
no reason not to ask for a page.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

from lxml import etree

from crawler.decode import gunzipped

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# sitemaps.org: 50 MB and 50,000 URLs a file, unpacked. A little more is let pass.
MAX_BYTES = 64 * 1024 * 1024
MAX_URLS = 60_000
# An index in an index in an index: deeper ones are loops.
MAX_NESTING = 3
_CHUNK = 64 * 1024
_LONGEST_URL = 4_096
# What shops forget to escape: ``?id=1&page=2``.
_BARE_AMPERSAND = re.compile(rb"&(?!(?:amp|lt|gt|quot|apos|#[0-9]{1,7}|#x[0-9a-fA-F]{1,6});)")


@dataclass(frozen=True, slots=True)
class SitemapEntry:
    """One URL of a sitemap; ``is_sitemap`` where it names a further sitemap."""

    url: str
    is_sitemap: bool = False


def read_sitemap(body: bytes) -> Iterator[SitemapEntry]:
    """What a sitemap names, in its order, until its end or MAX_URLS.

    Broken XML gives what could be read of it. Raises TooLarge and Truncated (from
    ``crawler.decode``) for a ``.gz`` that is a bomb or ends early, after what it gave before.

    >>> [e.url for e in read_sitemap(b"<urlset><url><loc> https://a.example/x </loc></url>")]
    ['https://a.example/x']
    >>> list(read_sitemap(b"<sitemapindex><sitemap><loc>https://a.example/s2.xml</loc>"))
    [SitemapEntry(url='https://a.example/s2.xml', is_sitemap=True)]
    >>> [e.url for e in read_sitemap(b"https://a.example/1\\nhttps://a.example/2")]
    ['https://a.example/1', 'https://a.example/2']
    >>> list(read_sitemap(b"<!doctype html><title>Not found</title>"))
    []
    """
    chunks: Iterable[bytes]
    if body[:2] == b"\x1f\x8b":
        chunks = gunzipped(body, MAX_BYTES)
    else:
        chunks = (body[at : at + _CHUNK] for at in range(0, len(body), _CHUNK))
    yield from islice(_entries(iter(chunks)), MAX_URLS)


def _entries(chunks: Iterator[bytes]) -> Iterator[SitemapEntry]:
    first = next(chunks, b"")
    start = first.lstrip(b"\xef\xbb\xbf \t\r\n")[:64].lower()
    if start.startswith(b"http"):
        yield from _text(first, chunks)
    elif start.startswith(b"<") and not start.startswith((b"<!doctype html", b"<html")):
        yield from _xml(first, chunks)


def _text(first: bytes, chunks: Iterator[bytes]) -> Iterator[SitemapEntry]:
    rest = first
    for chunk in chunks:
        *lines, rest = (rest + chunk).split(b"\n")
        yield from _lines(lines)
        rest = rest[:_LONGEST_URL]
    yield from _lines(rest.split(b"\n"))


def _lines(lines: list[bytes]) -> Iterator[SitemapEntry]:
    for line in lines:
        url = line.decode("utf-8-sig", "replace").strip()
        if url.startswith(("http://", "https://")):
            yield SitemapEntry(url)


def _xml(first: bytes, chunks: Iterator[bytes]) -> Iterator[SitemapEntry]:
    # No entities, no network, no DTD: a sitemap needs none, a billion laughs does.
    parser = etree.XMLPullParser(
        ("end",),
        recover=True,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
    )
    held = b""
    for chunk in chain((first,), chunks):
        data = held + chunk
        # An entity may go on in the next chunk.
        cut = data.rfind(b"&", max(0, len(data) - 10))
        data, held = (data[:cut], data[cut:]) if cut >= 0 else (data, b"")
        try:
            parser.feed(_BARE_AMPERSAND.sub(b"&amp;", data))
        except etree.XMLSyntaxError:
            return
        yield from _taken(parser)
    if held:
        parser.feed(_BARE_AMPERSAND.sub(b"&amp;", held))
    # Not closed: that would end open elements, and a URL cut in its middle with them.
    yield from _taken(parser)


def _taken(parser: etree.XMLPullParser) -> Iterator[SitemapEntry]:
    """The entries that ended, and nothing of them kept: memory stays flat."""
    element: Any
    for _, element in parser.read_events():
        name = _local(element)
        if name == "loc":
            parent = element.getparent()
            within = _local(parent) if parent is not None else ""
            url = (element.text or "").strip()
            # <image:loc> and <video:…> stand deeper and name files, not pages.
            if within in ("url", "sitemap") and 0 < len(url) <= _LONGEST_URL:
                yield SitemapEntry(url, within == "sitemap")
        elif name == "link" and element.get("rel") == "alternate" and element.get("href"):
            yield SitemapEntry(element.get("href").strip())
        elif name in ("url", "sitemap"):
            element.clear(keep_tail=False)
            while element.getprevious() is not None:
                del element.getparent()[0]


def _local(element: Any) -> str:
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""
