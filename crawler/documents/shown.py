"""How a workbook shows a number: with the currency, unit and decimals of its cell format.

``12.5`` under ``#,##0.00 "EUR"`` is shown as "12.50 EUR". Digits are not grouped and the decimal
sign is a point: which signs a person sees depends on that person's computer, not on the sheet.
Source: ECMA-376 part 1, 18.8.30 (numFmt) and 18.8.31 (built-in formats).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache

from crawler.documents.markup import NUMBER, text

_BUILT_IN = {1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%",
             37: "#,##0", 38: "#,##0", 39: "#,##0.00", 40: "#,##0.00"}  # fmt: skip
_DATES = frozenset({*range(14, 23), *range(27, 37), 45, 46, 47, *range(50, 59)})
# Parts of a format: text in quotes, an escaped sign, room for a sign, [$€-407], colours.
_PART = re.compile(r'"([^"]*)"|\\(.)|_.|\*.|\[\$([^\]-]*)(?:-[^\]]*)?\]|\[[^\]]*\]')
_DIGITS = re.compile(r"[#0?](?:[#0?,. ]*[#0?,.])?")
_SLOT = "\x01"


@dataclass(frozen=True, slots=True)
class Format:
    """What stands before and after a number, and how many decimals it has (None: as stored)."""

    before: str = ""
    after: str = ""
    decimals: int | None = None
    digits: int = 0
    percent: bool = False
    is_date: bool = False


PLAIN = Format()


@lru_cache(maxsize=2048)
def cell_format(code: str, built_in: int = 0) -> Format:
    """The format of a code, or of a built-in number.

    >>> form = cell_format('_-* #,##0.00\\\\ [$€-407]_-;-* #,##0.00')
    >>> form.decimals, form.after
    (2, ' €')
    >>> cell_format('"US$"0.000').before, cell_format("dd.mm.yyyy").is_date
    ('US$', True)
    """
    if not code and built_in in _DATES:
        return Format(is_date=True)
    code = (code or _BUILT_IN.get(built_in, "")).split(";")[0]
    literals: list[str] = []

    def keep(match: re.Match[str]) -> str:
        said = next((group for group in match.groups() if group), "")
        literals.append(said)
        return _SLOT if said else ""

    bare = _PART.sub(keep, code)
    said = [literal for literal in literals if literal]
    if bare.strip(_SLOT + " ").lower() in ("", "general", "@", "standard"):
        return PLAIN
    if re.search(r"[ymdhs]", bare, re.IGNORECASE):
        return Format(is_date=True)
    digits = _DIGITS.search(bare)
    if digits is None or "E" in bare or "/" in bare:
        return PLAIN
    whole, _, part = digits.group().replace(",", "").replace(" ", "").partition(".")
    before = _put_back(bare[: digits.start()], said)
    after = _put_back(bare[digits.end() :], said)
    percent = "%" in bare
    after = after.replace("%", "")
    if digits.group().rstrip().endswith(","):  # shown in thousands: the number itself is better
        return Format(percent=percent)
    # "#" shows a decimal only where there is one.
    decimals = None if "#" in part or "?" in part else len(part)
    return Format(before, after, decimals, whole.count("0"), percent)


def shown(stored: str, form: Format, *, since_1904: bool = False) -> str:
    """The markup of what a cell shows that stores the number ``stored``.

    >>> shown("12.827124999999999", cell_format('#,##0.00 "EUR"'))
    '<var>12.83</var> EUR'
    >>> shown("46023", cell_format("dd.mm.yyyy")), shown("0.19", cell_format("0%"))
    ('2026-01-01', '<var>19</var>%')
    """
    try:
        value = Decimal(stored)
    except InvalidOperation:
        return text(stored)
    if not value.is_finite() or abs(value) >= Decimal(10) ** 18:
        return text(stored)
    if form.is_date:
        return _date(value, stored, since_1904=since_1904)
    if form.percent:
        value *= 100
    if form.decimals is not None:
        value = value.quantize(Decimal(1).scaleb(-form.decimals), ROUND_HALF_UP)
    else:
        # What floating point added beyond fifteen digits was never meant.
        value = value.normalize() if len(value.as_tuple().digits) < 15 else Decimal(f"{value:.12g}")
    plain = f"{value:f}"
    sign, plain = ("-", plain[1:]) if plain.startswith("-") else ("", plain)
    if form.decimals == 0 or "." not in plain:
        plain = plain.zfill(form.digits)
    percent = "%" if form.percent else ""
    number = f"<{NUMBER}>{sign}{plain}</{NUMBER}>"
    return f"{text(form.before)}{number}{percent}{text(form.after)}".strip()


def _put_back(part: str, literals: list[str]) -> str:
    return "".join(literals.pop(0) if sign == _SLOT and literals else sign for sign in part)


def _date(value: Decimal, stored: str, *, since_1904: bool) -> str:
    if not 0 <= value < 2_958_466:
        return text(stored)
    start = datetime(1904, 1, 1) if since_1904 else datetime(1899, 12, 30)  # noqa: DTZ001 - as the cell: without a zone
    at = start + timedelta(days=int(value), seconds=round(float(value % 1) * 86_400))
    if not value % 1:
        return at.date().isoformat()
    return at.isoformat(" ", "minutes")
