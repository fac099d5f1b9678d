"""Cells that need no reading: numbers and instants that their format states exactly."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

DIGITS = 15
"""Significant digits of a spreadsheet's number: Excel and LibreOffice show no more, and what
binary floating point adds beyond them (12.399999999999999) nobody has typed."""


class Exact(str):
    """A cell's text that is canonical already: a plain decimal, an ISO date or instant.

    The mapping's ``decimal``, ``locale`` and ``date`` form are about text that people or other
    programs wrote; they leave these alone.
    """

    __slots__ = ()


def number(value: Decimal | int) -> Exact:
    """The exact text of a decimal or whole number.

    >>> number(Decimal("1.20E+3"))
    '1200'
    """
    if isinstance(value, int):
        return Exact(value)
    if not value.is_finite():
        raise ValueError(f"{value} is no number")
    if abs(value.adjusted()) > 40:
        raise ValueError(f"{value:.6E} is beyond any price or measure")
    return Exact(format(value, "f"))


def as_shown(text: str) -> Decimal:
    """A stored spreadsheet number with the digits that are shown.

    >>> as_shown("12.399999999999999"), as_shown("1.2E-3")
    (Decimal('12.4'), Decimal('0.0012'))
    """
    value = Decimal(text)
    if value.is_finite() and len(value.as_tuple().digits) > DIGITS:
        value = Decimal(f"{value:.{DIGITS - 1}E}").normalize()
    return value


def instant(value: date | datetime) -> Exact:
    """The ISO text of a date, or of an instant with or without a zone."""
    return Exact(value.isoformat())
