"""The quick way for most numbers of a page: bare ones, with nothing around them to read.

Only says what the full reading would say, sooner: a number is taken here when the words on both
sides are in no table at all.
"""

from __future__ import annotations

import re
from decimal import Decimal

from auditor.values.scan import Scan
from auditor.values.tokens import Kind, Token
from auditor.values.types import Amount, Interval, Quantity

_WORD = re.compile(r"[^\W\d_]+")
# A number of its own (no group of three digits, no fraction) or a mark that joins nothing.
_OTHER = re.compile(r"(?:\d{1,2}|\d{4,})(?![\d/])|[|»•·*→©®#\[{]")
_HALF = Decimal("0.5")
_LONGEST_WORD = 16
_MOST_DIGITS = 9
_ENDING = frozenset(",;:)!?|]")
_HARMLESS = ",;:.)!?"


def has_plain_left(scan: Scan, at: int, floor: int) -> bool:
    """Whether nothing before the number at ``at`` can belong to it.

    ``floor`` is the end of what is read already.
    """
    if at == floor:
        return True
    before = scan.text[at - 1]
    if before == "(":
        return True
    if before != " ":
        return False
    if at - 1 <= floor:
        return True
    start = max(floor, at - _LONGEST_WORD - 1)
    blank = scan.text.rfind(" ", start, at - 1)
    if blank < 0 and start > floor:
        return scan.text[start : at - 1].isalpha()  # longer than any word in the tables
    word = scan.lowered[max(blank + 1, start) : at - 1].lstrip("(").rstrip(_HARMLESS)
    return word.isalnum() and word not in scan.lexicon.left_words


def bare_number(scan: Scan, at: int, end: int) -> Token | None:
    """The bare whole number of the digits ``at`` to ``end``; None where more may be printed."""
    text = scan.text
    if end - at > _MOST_DIGITS or not "1" <= text[at] <= "9" or not _is_plain_right(scan, end):
        return None
    value = Decimal(text[at:end])
    amount = Amount(text[at:end], (Interval(value, value),), _HALF)
    return Token(Kind.NUMBER, at, end, Quantity(amount, ""), (at, end))


def _is_plain_right(scan: Scan, end: int) -> bool:
    text = scan.text
    if end >= scan.stop:
        return True
    following = text[end]
    if following in _ENDING:
        return end + 1 >= scan.stop or text[end + 1] == " "
    if following != " ":
        return False
    if _OTHER.match(text, end + 1) is not None:
        return True
    word = _WORD.match(scan.lowered, end + 1)
    return word is not None and word.group() not in scan.lexicon.right_words
