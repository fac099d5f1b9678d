"""How a workbook shows a number: what a person who looks at the sheet would copy.

Source: ECMA-376 part 1, 18.8.30 (numFmt) and 18.8.31 (built-in formats).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from auditor.feeds.cells import Exact, as_shown, instant, number

_BUILT_IN = {1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%",
             37: "#,##0", 38: "#,##0", 39: "#,##0.00", 40: "#,##0.00"}  # fmt: skip
_BUILT_IN_DATES = frozenset({*range(14, 23), *range(27, 37), 45, 46, 47, *range(50, 59)})
_QUOTED = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?![hms]+\])[^\]]*\]', re.IGNORECASE)
_DATE_SIGNS = re.compile(r"[ymdhs]|\[[hms]+\]", re.IGNORECASE)
_PADDED = re.compile(r"0{2,}")
_FIXED = re.compile(r"[#0,]*0(?:\.(0+))?")
_DAY = Decimal(86_400)


@dataclass(frozen=True, slots=True)
class NumberFormat:
    """What a cell's format does: a date, zeros before it, or a fixed number of decimals.

    ``decimals`` None leaves the number as it is; ``digits`` is the least number of digits.
    """

    is_date: bool = False
    digits: int = 0
    decimals: int | None = None
    percent: bool = False


PLAIN = NumberFormat()


@lru_cache(maxsize=1024)
def number_format(code: str, built_in: int = 0) -> NumberFormat:
    """The format of a code such as ``000000`` or ``#,##0.00 "EUR"``, or of a built-in number.

    >>> number_format("000000"), number_format('#,##0.00 "EUR"').decimals
    (NumberFormat(is_date=False, digits=6, decimals=0, percent=False), 2)
    >>> number_format("dd.mm.yyyy").is_date, number_format('0" Tage"').is_date
    (True, False)
    """
    if not code and built_in in _BUILT_IN_DATES:
        return NumberFormat(is_date=True)
    text = code or _BUILT_IN.get(built_in, "")
    text = _QUOTED.sub("", text.split(";")[0])
    if text.strip().lower() in ("", "general", "@"):
        return PLAIN
    if _DATE_SIGNS.search(text):
        return NumberFormat(is_date=True)
    percent = "%" in text
    text = text.replace("%", "").strip(" €$£")
    if _PADDED.fullmatch(text):
        return NumberFormat(digits=len(text), decimals=0, percent=percent)
    fixed = _FIXED.fullmatch(text)
    if fixed is None:  # fractions, exponents, thousands left out: the number itself is better
        return NumberFormat(percent=percent)
    return NumberFormat(decimals=len(fixed[1] or ""), percent=percent)


def shown_number(text: str, form: NumberFormat, *, since_1904: bool = False) -> str:
    """What a cell that stores the number ``text`` shows: digits, or an ISO date.

    A price that a formula computes is stored as 12.827124999999999 and shown, and published, as
    12.83. Raises ValueError for what is no number.

    >>> shown_number("71", number_format("000000"))
    '000071'
    >>> shown_number("12.827124999999999", number_format("#,##0.00"))
    '12.83'
    >>> shown_number("46023", number_format("dd.mm.yyyy"))
    '2026-01-01'
    """
    try:
        value = as_shown(text)
    except ArithmeticError:
        raise ValueError(f"{text[:40]!r} is no number") from None
    if form.is_date:
        return _date(value, since_1904=since_1904)
    if form.percent:
        value *= 100
    if form.decimals is not None and value.is_finite() and abs(value) < Decimal(10) ** 20:
        value = value.quantize(Decimal(1).scaleb(-form.decimals), ROUND_HALF_UP)
    found = number(value)
    if form.percent:
        return f"{found}%"
    return found if len(found) >= form.digits else found.zfill(form.digits)


def _date(value: Decimal, *, since_1904: bool) -> Exact:
    """Days since 1899-12-30 (before March 1900 off by one, as no price list is) or 1904-01-01."""
    if not 0 <= value < 2_958_466:
        raise ValueError(f"{value} is no date of a spreadsheet")
    start = datetime(1904, 1, 1) if since_1904 else datetime(1899, 12, 30)  # noqa: DTZ001 - zone-less as the cell is
    days = int(value)
    seconds = int(((value - days) * _DAY).to_integral_value(ROUND_HALF_UP))
    found = start + timedelta(days=days, seconds=seconds)
    return instant(found.date() if seconds == 0 else found)
