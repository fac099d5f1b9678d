"""Where does markup print decimals without their point? ``173<sup>34</sup> Lei`` means 173.34."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from auditor.page.frames import trim

if TYPE_CHECKING:
    from auditor.page.frames import Mark, Walked

_FRACTION = frozenset(("sup", "sub", "span", "small", "em", "b", "strong"))
_MONEY = re.compile(
    r"[$€£¥₹₽₴₺₩₪]|\b(?:[A-Z]{3}|lei|kr|zł|kč|ft|fr|rs|din|lv|rub)\b\.?", re.IGNORECASE
)
_PRICE_CLASS = re.compile(r"price|preis|prix|prijs|precio|prezzo|cents?\b|decimal|fraction")


def split_decimals(walked: Walked) -> tuple[tuple[int, int], ...]:
    """Spans of two-digit decimals set apart from their number by markup alone.

    Required: two digits right behind a digit in an element of their own, and money beside it
    (a currency within a few characters or a class that says price), so that exponents and
    footnote marks stay what they are.
    """
    text = walked.text
    found: set[tuple[int, int]] = set()
    for mark in walked.inlines:
        if mark.tag not in _FRACTION or mark.end - mark.start > 4 or mark.end <= mark.start:
            continue
        start, end = trim(text, mark.start, mark.end)
        if end - start == 2 and text[start:end].isdecimal() and _continues(text, start, mark.tag):
            is_whole = not text[end : end + 1].isdecimal()
            if is_whole and _is_money(text, start, end, mark):
                found.add((start, end))
    return tuple(sorted(found))


def _continues(text: str, start: int, tag: str) -> bool:
    before = text[start - 1 : start]
    if before == " " and tag == "sup":
        before = text[start - 2 : start - 1]
    return before.isdecimal()


def _is_money(text: str, start: int, end: int, mark: Mark) -> bool:
    names = f"{mark.names} {mark.block.names}".lower()
    if _PRICE_CLASS.search(names):
        return True
    return bool(
        _MONEY.search(text[max(0, start - 14) : start])
        or _MONEY.match(text[end : end + 6].lstrip())
    )
