"""A copy of a stored page that is safe to show, with quotes highlighted.

What was crawled is hostile: the copy keeps text, structure and web links and nothing that runs,
loads, submits or styles. A policy in its head forbids what a mistake here would let through.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

import nh3
from bs4 import BeautifulSoup
from bs4.element import NavigableString, PreformattedString, Tag

from auditor.page.links import resolve
from auditor.page.read import read_page
from auditor.page.shapes import INLINE, UNSEEN
from auditor.plain import printable
from crawler.content import decode

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

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
    ":root{color-scheme:light dark}"
    "body{font:15px/1.55 system-ui,sans-serif;max-width:56rem;margin:1.25rem auto;padding:0 1rem;"
    "overflow-wrap:anywhere}"
    "h1,h2,h3{line-height:1.25}a{color:inherit}"
    "mark{background:#ffe27a;color:#1d2429;padding:.1em .15em;border-radius:3px;"
    "outline:2px solid #c98a00;scroll-margin:6rem}mark:empty{outline:0;padding:0}"
    "mark:target{background:#ffd23f;outline-width:3px}"
    "table{border-collapse:collapse}td,th{border:1px solid #8888;padding:.2em .5em}"
    "@media print{mark{print-color-adjust:exact;-webkit-print-color-adjust:exact}}"
)
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def annotated(snapshot: Snapshot, quotes: Mapping[str, tuple[int, int]]) -> str:
    """A whole HTML document: the page's content with quotes in ``mark``.

    ``quotes`` are the spans of ``Page.text``, by the id that the first mark of each gets (letters,
    digits and "-"). Spans outside the text mark nothing. Never raises.
    """
    page = read_page(snapshot)
    spans = _joined(quotes, len(page.text))
    body = _marked(snapshot, page, spans) if page.text else ""
    if not body:
        body = _plain(page, spans)
    return (
        '<!doctype html><html lang=""><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="referrer" content="no-referrer"><meta name="robots" content="noindex">'
        f"<title>{escape(printable(page.title or page.url))}</title><style>{_STYLE}</style></head>"
        f"<body>{printable(body)}</body></html>"
    )


@dataclass(slots=True)
class _Span:
    """A stretch of text to mark; ``ids`` are the quotes that begin in it."""

    start: int
    end: int
    ids: list[str]


def _joined(quotes: Mapping[str, tuple[int, int]], length: int) -> list[_Span]:
    """Spans in order, those that overlap as one."""
    spans: list[_Span] = []
    for name, (first, last) in sorted(quotes.items(), key=lambda item: (item[1], item[0])):
        start, end = max(0, first), min(last, length)
        if start >= end:
            continue
        if spans and start < spans[-1].end:
            spans[-1].end = max(spans[-1].end, end)
            spans[-1].ids.append(name)
        else:
            spans.append(_Span(start, end, [name]))
    return spans


def _marked(snapshot: Snapshot, page: Page, spans: Sequence[_Span]) -> str:
    """The sanitised markup; "" where it is too large or its text is not the page's."""
    markup = decode(snapshot.body or b"", snapshot.charset, snapshot.media_type)
    if len(markup) > MAX_CHARACTERS or "<" not in markup:
        return ""
    with warnings.catch_warnings():  # it guesses aloud that a page may be XML or a file name
        warnings.simplefilter("ignore", UserWarning)
        soup = BeautifulSoup(markup, "lxml")
    for tag in soup.find_all("mark"):
        tag.name = "span"  # only our own mark may look like one
    hits, texts = _locate(soup, spans)
    if texts != [page.text[span.start : span.end] for span in spans]:
        return ""
    for node, pieces in hits:
        _wrap(soup, node, pieces)
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


Piece = tuple[int, int, list[str]]
"""From, to inside a text node, and the ids of the quotes that begin there."""


def _locate(
    soup: BeautifulSoup, spans: Sequence[_Span]
) -> tuple[list[tuple[NavigableString, list[Piece]]], list[str]]:
    """The pieces of spans in every text node that has some, and each span as it reads there."""
    hits: list[tuple[NavigableString, list[Piece]]] = []
    texts = [""] * len(spans)
    waiting = {id(span) for span in spans}
    at, blank = 0, False
    for node in _visible(soup):
        if not spans or at >= spans[-1].end:
            break
        if node is None:
            blank = True
            continue
        words = node.split()
        if not words:
            blank = blank or bool(node)
            continue
        begin = at + (at > 0 and (blank or node[0].isspace()))
        end = begin + sum(map(len, words)) + len(words) - 1
        inside = [n for n, span in enumerate(spans) if span.start < end and span.end > at]
        pieces: list[Piece] = []
        for number in inside:
            span = spans[number]
            first, last, text = _piece(node, at, span, blank=blank)
            texts[number] += text
            if last > first >= 0:
                ids = span.ids if id(span) in waiting else []
                waiting.discard(id(span))
                pieces.append((first, last, ids))
        if pieces:
            hits.append((node, pieces))
        at, blank = end, node[-1].isspace()
    return hits, texts


def _piece(node: str, at: int, span: _Span, *, blank: bool) -> tuple[int, int, str]:
    """From, to of a span's characters inside ``node`` (-1 where none), and how they read."""
    first = last = -1
    text: list[str] = []
    for index, character in enumerate(node):
        if character.isspace():
            blank = True
            continue
        if blank and at:
            if span.start <= at < span.end:
                text.append(" ")
            at += 1
        blank = False
        if span.start <= at < span.end:
            text.append(character)
            first = index if first < 0 else first
            last = index + 1
        at += 1
        if at >= span.end:
            break
    return first, last, "".join(text)


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


def _wrap(soup: BeautifulSoup, node: NavigableString, pieces: Sequence[Piece]) -> None:
    text, at = str(node), 0
    parts: list[NavigableString | Tag] = []
    for first, last, ids in pieces:
        parts.append(NavigableString(text[at:first]))
        parts += [soup.new_tag("mark", attrs={"id": name}) for name in ids[1:]]
        mark = soup.new_tag("mark", attrs={"id": ids[0]} if ids else {})
        mark.string = text[first:last]
        parts.append(mark)
        at = last
    node.replace_with(*parts, NavigableString(text[at:]))


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


def _plain(page: Page, spans: Sequence[_Span]) -> str:
    """The text around each quote, without markup."""
    if not spans:
        return f"<p>{escape(page.text[: 2 * CONTEXT])}</p>"
    parts = []
    for span in spans:
        before = page.text[max(0, span.start - CONTEXT) : span.start]
        after = page.text[span.end : span.end + CONTEXT]
        marks = "".join(f'<mark id="{escape(name)}"></mark>' for name in span.ids[1:])
        quote = escape(page.text[span.start : span.end])
        marks += f'<mark id="{escape(span.ids[0])}">{quote}</mark>'
        parts.append(f"<p>{escape(before)}{marks}{escape(after)}</p>")
    return "".join(parts)
