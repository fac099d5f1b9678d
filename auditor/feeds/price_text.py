"""Prices as shop exports write them, "15.00 USD": an exact amount and a currency, or a refusal."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache

from babel.numbers import get_currency_precision

from auditor.feeds import fields

_PRICE = re.compile(
    r"(?P<before>[A-Za-z]{3}|[€£])?\s*(?P<number>[+-]?\d[\d.,' ]*)\s*(?P<after>[A-Za-z]{3}|[€£])?",
    re.ASCII,
)
_SYMBOLS = {"€": "EUR", "£": "GBP"}


def read_price(text: str, currency: str | None, decimal: str | None) -> tuple[Decimal, str]:
    """Amount and ISO 4217 currency of ``text``; ``currency`` is used where it names none.

    The format asks for "15.00 USD"; "USD 15" and "15,00 EUR" are met in practice. One separator
    before exactly three digits is left open by the text ("1,299 EUR") and refused unless
    ``decimal`` says what it is. Raises ValueError with the reason.
    Source: https://support.google.com/merchants/answer/6324371

    >>> read_price("15.00 USD", None, None)
    (Decimal('15.00'), 'USD')
    >>> read_price("EUR 1.299,00", None, None)
    (Decimal('1299.00'), 'EUR')
    >>> read_price("1,299 EUR", None, None)
    Traceback (most recent call last):
    ValueError: '1,299 EUR' may be 1.299 or 1299; set `decimal` for this feed
    >>> read_price("from 3", "EUR", None)
    Traceback (most recent call last):
    ValueError: 'from 3' is no price such as "15.00 USD"
    """
    stripped = " ".join(text.split())
    match = _PRICE.fullmatch(stripped) if len(stripped) <= 40 else None
    if match is None or (match["before"] and match["after"]):
        raise ValueError(f'{stripped[:40]!r} is no price such as "15.00 USD"')
    code = match["before"] or match["after"] or currency
    if not code:
        raise ValueError(f"{stripped!r} names no currency; set `currency` for this feed")
    code = _SYMBOLS.get(code, code.upper())
    digits = match["number"].strip()
    sign = decimal or _decimal_sign(digits, code, stripped)
    others = {".", ",", "'", " "} - {sign}
    used = [other for other in others if other in digits]
    if len(used) > 1:
        raise ValueError(f"{stripped!r} mixes two thousands separators")
    return fields.grouped(digits, sign, used[0] if used else None), code


def _decimal_sign(digits: str, code: str, text: str) -> str:
    points, commas = digits.count("."), digits.count(",")
    if points and commas:
        return "." if digits.rfind(".") > digits.rfind(",") else ","
    if points + commas != 1:
        return "," if points > 1 else "."
    sign = "." if points else ","
    whole, _, fraction = digits.partition(sign)
    whole = whole.lstrip("+-")
    open_ = len(fraction) == 3 and len(whole) <= 3 and not whole.startswith("0")
    if open_ and _minor_digits(code) != 3:
        raise ValueError(
            f"{text!r} may be {whole}.{fraction} or {whole}{fraction}; set `decimal` for this feed"
        )
    return sign


@lru_cache(maxsize=200)
def _minor_digits(code: str) -> int:
    return get_currency_precision(code)
