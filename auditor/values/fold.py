"""Text folded for reading, with the way back to the characters as given.

Full-width and other scripts' digits become ASCII, dashes, primes and blanks become their plain
forms (one character for one), and what no reader sees (soft hyphens, zero-width characters,
direction marks) is left out. ``Folded.back`` maps a span of the folded text to the given text.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache

# Soft hyphen, zero-width space/joiners, word joiner, BOM, direction marks and isolates,
# combining grapheme joiner, Mongolian vowel separator, variation selectors.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufe00-\ufe0f\ufeff]+"
)
_BLANKS = (
    "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u202f\u205f\u3000\t\n\r\v\f"
)
_EXTRA = {
    "\u2212": "-",  # minus sign
    "\u2010": "-",
    "\u2011": "-",  # no-break hyphen
    "\u2012": "–",
    "\u2014": "–",
    "\u2015": "–",
    "\ufe63": "-",
    "\u2019": "'",
    "\u2018": "'",
    "\u02bc": "'",
    "\u201b": "'",
    "\u00b4": "'",
    "`": "'",
    "\u2032": "′",
    "\u2033": "″",
    "\u201d": '"',
    "\u201c": '"',
    "\u2044": "/",
    "\u2215": "/",
    "\u066b": ".",  # Arabic decimal separator
    "\u066c": "'",  # Arabic thousands separator
    "\u060c": ",",
    "\u2715": "×",
    "\u2716": "×",
    "\u2a2f": "×",
    "\u03bc": "µ",  # Greek mu → micro sign
    "\u2126": "Ω",  # ohm sign → omega
    "\u212b": "Å",
    "\u2103": "℃",
    "\u0130": "I",  # lowers to two characters
    "\uff5e": "~",
    "\u301c": "~",
    "\uffe0": "¢",
    "\uffe1": "£",
    "\uffe5": "¥",
    "\uffe6": "₩",
}


@dataclass(frozen=True, slots=True)
class Folded:
    """Folded text; ``offsets[i]`` is where its character i stood (None: all stand in place)."""

    text: str
    base: int
    offsets: tuple[int, ...] | None

    def back(self, start: int, end: int) -> tuple[int, int]:
        """The span of the given text for a non-empty span of the folded text."""
        if self.offsets is None:
            return start + self.base, end + self.base
        return self.offsets[start] + self.base, self.offsets[end - 1] + 1 + self.base


def fold(text: str, start: int = 0, end: int | None = None) -> Folded:
    """Fold ``text[start:end]``; linear.

    >>> fold("＄４１５．００").text
    '$415.00'
    >>> folded = fold("Mindest\\u00admenge 2\\u202f500")
    >>> folded.text, folded.back(7, 12)
    ('Mindestmenge 2 500', (8, 13))
    """
    piece = text if start == 0 and end is None else text[start:end]
    if piece.isascii():
        if piece.isprintable() and "`" not in piece:  # nothing to fold: most pieces of most pages
            return Folded(piece, start, None)
        return Folded(_folded(piece), start, None)
    offsets: tuple[int, ...] | None = None
    if _INVISIBLE.search(piece):
        kept: list[int] = []
        last = 0
        for hit in _INVISIBLE.finditer(piece):
            kept.extend(range(last, hit.start()))
            last = hit.end()
        kept.extend(range(last, len(piece)))
        offsets = tuple(kept)
        piece = _INVISIBLE.sub("", piece)
    return Folded(_folded(piece), start, offsets)


def plain(text: str) -> str:
    """``text`` folded, lower-case, white space collapsed: the form in which words are compared.

    >>> plain("  In\\u00a0 Stock ")
    'in stock'
    """
    return " ".join(fold(text).text.lower().split())


def _folded(piece: str) -> str:
    """One character for one; only those that have a plain form are touched, they are few."""
    return _foldable().sub(lambda found: _table()[found.group()], piece)


@cache
def _foldable() -> re.Pattern[str]:
    return re.compile(f"[{re.escape(''.join(_table()))}]")


@cache
def _table() -> dict[str, str]:
    table = dict.fromkeys(_BLANKS, " ")
    for code in range(0x80, 0x10000):  # one plane: a wider class would not be a bitmap
        digit = unicodedata.decimal(chr(code), None)
        if digit is not None:
            table[chr(code)] = str(digit)
    table.update({chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)})
    return table | _EXTRA
