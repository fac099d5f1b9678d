"""A copy of a stored page that is safe to show, with one quote highlighted.

What was crawled is hostile: the copy keeps text, structure and web links and nothing that runs,
loads, submits or styles. A policy in its head forbids what a mistake here would let through.
"""

from __future__ import annotations

import warnings
from html import escape
from typing import TYPE_CHECKING

import nh3
from bs4 import BeautifulSoup
from bs4.element import NavigableString, PreformattedString, Tag

from auditor.page.links import resolve
from auditor.page.read import read_page
from auditor.page.shapes import INLINE, UNSEEN
from crawler.content import decode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from auditor.page.model import Page
    from crawler.snapshot import Snapshot

MAX_CHARACTERS = 2_000_000
"""A larger document is shown as plain text around the quote."""

CONTEXT = 2_000
"""Characters on either side of the quote in a plain-text copy."""

_TAGS = frozenset(
    (
        "a", "abbr", "article", "aside", "b", "bdi", "bdo", "blockquote", "br", "caption", "cite",
        "code", "col", "colgroup", "dd", "del", "dfn", "div", "dl", "dt", "em", "figcaption",
        "figure", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "i", "ins", "kbd",
        "li", "main", "mark", "nav", "ol", "p", "pre", "q", "s", "samp", "section", "small",
        "span", "strike", "strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead",
        "time", "tr", "u", "ul", "var", "wbr",
    )
)  # fmt: skip
_CELL = {"colspan", "rowspan", "scope"}
_ATTRIBUTES = {"a": {"href"}, "td": _CELL, "th": _CELL, "mark": {"id"}, "time": {"datetime"}}
_DROPPED = {
    "script",
    "style",
    "noscript",
    "template",
    "textarea",
    "select",
    "option",
    "title",
    "svg",
    "math",
    "iframe",
    "object",
}
_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}"
    "mark{background:#ffe27a;padding:.1em .15em;outline:2px solid #c98a00}"
    "table{border-collapse:collapse}td,th{border:1px solid #bbb;padding:.2em .5em}"
)
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def annotated(snapshot: Snapshot, start: int, end: int) -> str:
    """A whole HTML document: the page's content with ``Page.text[start:end]`` in ``mark``.

    The first mark has the id "quote". Offsets outside the text mark nothing. Never raises.
    """
    page = read_page(snapshot)
    start, end = max(0, start), min(end, len(page.text))
    body = _marked(snapshot, page, start, end) if page.text else ""
    if not body:
        body = _plain(page, start, end)
    return (
        '<!doctype html><html><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        '<meta name="referrer" content="no-referrer"><meta name="robots" content="noindex">'
        f"<title>{escape(page.title or page.url)}</title><style>{_STYLE}</style></head>"
        f"<body>{body}</body></html>"
    )


def _marked(snapshot: Snapshot, page: Page, start: int, end: int) -> str:
    """The sanitised markup; "" where it is too large or its text is not the page's."""
    markup = decode(snapshot.body or b"", snapshot.charset, snapshot.media_type)
    if len(markup) > MAX_CHARACTERS or "<" not in markup:
        return ""
    with warnings.catch_warnings():  # it guesses aloud that a page may be XML or a file name
        warnings.simplefilter("ignore", UserWarning)
        soup = BeautifulSoup(markup, "lxml")
    for tag in soup.find_all("mark"):
        tag.name = "span"  # only our own mark may look like one
    hits, quote = _locate(soup, start, end)
    if quote != page.text[start:end]:
        return ""
    for number, (node, first, last) in enumerate(hits):
        _wrap(soup, node, first, last, is_first=number == 0)
    _prepare(soup, snapshot.url)
    body = soup.body or soup
    return nh3.clean(
        body.decode_contents(),
        tags=set(_TAGS),
        clean_content_tags=_DROPPED,
        attributes=_ATTRIBUTES,
        url_schemes={"http", "https"},
        link_rel="noopener noreferrer nofollow",
        strip_comments=True,
    )


Hit = tuple[NavigableString, int, int]


def _locate(soup: BeautifulSoup, start: int, end: int) -> tuple[list[Hit], str]:
    """(text node, from, to) of every piece of the quote, and the quote as it reads there."""
    hits: list[Hit] = []
    quote: list[str] = []
    at = 0
    blank = False
    for node in _visible(soup):
        if node is None:
            blank = True
            continue
        first = last = -1
        for index, character in enumerate(node):
            if character.isspace():
                blank = True
                continue
            if blank and at:
                if start <= at < end:
                    quote.append(" ")
                at += 1
            blank = False
            if start <= at < end:
                quote.append(character)
                first = index if first < 0 else first
                last = index + 1
            at += 1
        if first >= 0:
            hits.append((node, first, last))
        if at >= end:
            break
    return hits, "".join(quote)


def _visible(soup: BeautifulSoup) -> Iterator[NavigableString | None]:
    """Visible text nodes in order, None for a gap, by the same rules as Page.text."""
    stack: list[Tag | NavigableString | None] = [soup]
    while stack:
        node = stack.pop()
        if node is None:
            yield None
        elif isinstance(node, NavigableString):
            if not isinstance(node, PreformattedString):
                yield node
        elif node is soup or not is_hidden(node):
            gap = node.name not in INLINE
            if gap:
                yield None
                stack.append(None)
            stack.extend(
                child
                for child in reversed(node.contents)
                if isinstance(child, (Tag, NavigableString))
            )


def is_hidden(tag: Tag) -> bool:
    """Whether no reader sees the element."""
    style = "".join(str(tag.get("style", "")).split()).lower()
    return (
        tag.name in UNSEEN
        or tag.has_attr("hidden")
        or "display:none" in style
        or "visibility:hidden" in style
    )


def _wrap(
    soup: BeautifulSoup, node: NavigableString, first: int, last: int, *, is_first: bool
) -> None:
    text = str(node)
    mark = soup.new_tag("mark")
    if is_first:
        mark["id"] = "quote"
    mark.string = text[first:last]
    before, after = NavigableString(text[:first]), NavigableString(text[last:])
    node.replace_with(before, mark, after)


def _prepare(soup: BeautifulSoup, url: str) -> None:
    """Hidden parts out (their styles go), links absolute."""
    for tag in soup.find_all(True):
        if tag.decomposed:
            continue
        if tag.name not in ("html", "head", "body") and is_hidden(tag):
            tag.decompose()
        elif tag.name == "a" and tag.has_attr("href"):
            target = resolve(url, str(tag["href"]))
            if target:
                tag["href"] = target
            else:
                del tag["href"]


def _plain(page: Page, start: int, end: int) -> str:
    before = page.text[max(0, start - CONTEXT) : start]
    after = page.text[end : end + CONTEXT]
    quote = page.text[start:end]
    mark = f'<mark id="quote">{escape(quote)}</mark>' if quote else ""
    return f"<p>{escape(before)}{mark}{escape(after)}</p>"
