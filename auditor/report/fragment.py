"""Links that open a live page at a quote: text fragments.

Source: https://wicg.github.io/scroll-to-text-fragment/ (understood by Chromium, Safari and
Firefox; a browser that does not know them opens the page at its top).
"""

from __future__ import annotations

import re
from urllib.parse import quote as percent

from auditor.plain import web_link

WORDS = 8
"""A longer quote is named by its first and last words: pages break lines and add spaces."""


def live_link(url: str, quote: str, place: str = "") -> str | None:
    """``url`` that scrolls to ``quote`` and highlights it; None where ``url`` is no web link.

    ``place`` is where in a document the quote stands: of a PDF browsers open the page.

    >>> live_link("https://shop.example/p?a=1", "12,40 € / 100 Stk.")
    'https://shop.example/p?a=1#:~:text=12%2C40%20%E2%82%AC%20%2F%20100%20Stk.'
    >>> live_link("https://w.example/Relay#Prices", "a-b")
    'https://w.example/Relay#Prices:~:text=a%2Db'
    >>> live_link("https://w.example/", "one two three four five six seven eight nine")
    'https://w.example/#:~:text=one%20two%20three%20four,six%20seven%20eight%20nine'
    >>> live_link("https://w.example/list.pdf", "9.50", "page 3")
    'https://w.example/list.pdf#page=3'
    >>> live_link("javascript:alert(1)", "x") is None
    True
    """
    link = web_link(url)
    words = quote.split()
    if link is not None and place:
        page = re.fullmatch(r"page (\d+)", place)
        return f"{link.partition('#')[0]}#page={page[1]}" if page else link
    if link is None or not words or "…" in quote:
        return link
    if len(words) > WORDS:
        half = WORDS // 2
        text = f"{_encoded(words[:half])},{_encoded(words[-half:])}"
    else:
        text = _encoded(words)
    return f"{link}{'' if '#' in link else '#'}:~:text={text}"


def _encoded(words: list[str]) -> str:
    """Percent-encoded; "-", "," and "&" have a meaning of their own in the directive."""
    return percent(" ".join(words), safe="").replace("-", "%2D")
