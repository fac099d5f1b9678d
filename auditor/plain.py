"""Hostile text made safe to print: on a page, in a terminal, in a spreadsheet."""

from __future__ import annotations

import re
from datetime import UTC, datetime

# C0 and C1 controls except tab and newline, bidi embeddings, overrides and isolates, line and
# paragraph separators, BOM: each can move, hide or execute what stands next to it.
_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]"
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def printable(text: str) -> str:
    """``text`` with control and direction characters written out, so that they can do nothing.

    >>> printable("price \\x1b[31m5 EUR")
    'price ⟨U+001B⟩[31m5 EUR'
    >>> printable("12,40 €")
    '12,40 €'
    """
    if text.isascii() and text.isprintable():
        return text
    return _UNSAFE.sub(lambda match: f"⟨U+{ord(match[0]):04X}⟩", text)


def spreadsheet_cell(text: str) -> str:
    """``text`` as a CSV cell that no spreadsheet takes for a formula.

    A leading formula character gets an apostrophe in front (OWASP, "CSV injection"); plain
    negative numbers stay numbers.

    >>> spreadsheet_cell('=HYPERLINK("http://evil.example")')
    '\\'=HYPERLINK("http://evil.example")'
    >>> spreadsheet_cell("-12.5")
    '-12.5'
    """
    safe = printable(text)
    if safe.startswith(_FORMULA) and not re.fullmatch(r"[+-]?\d+(\.\d+)?", safe):
        return "'" + safe
    return safe


def web_link(url: str) -> str | None:
    """``url`` where it is safe to put behind a link: http(s) only, no control characters.

    >>> web_link("https://shop.example/p?a=1")
    'https://shop.example/p?a=1'
    >>> web_link("javascript:alert(1)") is None
    True
    """
    if re.match(r"https?://[^\s/]", url, re.IGNORECASE) and not _UNSAFE.search(url):
        return url
    return None


def instant(at: datetime | None) -> str | None:
    """An instant as data: ISO 8601 UTC, to the second, with Z.

    >>> instant(datetime(2026, 11, 22, 4, 30, tzinfo=UTC))
    '2026-11-22T04:30:00Z'
    """
    return None if at is None else at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
