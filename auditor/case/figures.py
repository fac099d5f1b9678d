"""A number with its formula: none is ever printed without."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal


@dataclass(frozen=True, slots=True)
class Figure:
    """A number for people: what it is, its value in words, and how it came about."""

    name: str
    value: str
    formula: str
    number: float | None = None


def fine(number: Decimal) -> str:
    """A number that others are reckoned from: with one digit where it is not whole.

    >>> fine(Decimal("30.00")), fine(Decimal("132.683"))
    ('30', '132.7')
    """
    return f"{number:,.1f}".removesuffix(".0")


def money(amount: Decimal, currency: str) -> str:
    """An amount as people say it: whole units.

    >>> money(Decimal("1234567.5"), "USD")
    '1,234,568 USD'
    """
    whole = amount.quantize(Decimal(1), ROUND_HALF_UP)
    return f"{whole:,} {currency}".strip()


def count(number: float) -> str:
    """A count, whole above ten.

    >>> count(1234.4), count(3.25)
    ('1,234', '3.2')
    """
    return f"{number:,.0f}" if abs(number) >= 10 or number == int(number) else f"{number:.1f}"


def percent(share: float) -> str:
    """A share in per cent.

    >>> percent(0.345)
    '34.5 %'
    """
    return f"{100 * share:.1f}".removesuffix(".0") + " %"
