"""Placeholder until the values package brings its own: exact decimals and 'a..b' ranges only."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from auditor.model import Attribute
from auditor.values.types import (
    Amount,
    Duration,
    DurationUnit,
    Interval,
    Money,
    Quantity,
    Value,
    Word,
)


def parse_truth_value(attribute: Attribute, text: str, unit: str) -> Value:
    low, _, high = text.partition("..")
    try:
        interval = Interval(Decimal(low), Decimal(high or low))
    except InvalidOperation:
        if attribute in (Attribute.PRICE, Attribute.MOQ):
            raise ValueError(f"{text!r} is no number") from None
        return Word(text, text.casefold())
    amount = Amount(text, (interval,))
    if attribute in (Attribute.PRICE, Attribute.MIN_ORDER_VALUE):
        return Money(amount, unit)
    if attribute is Attribute.LEAD_TIME:
        return Duration(amount, DurationUnit(unit))
    return Quantity(amount, unit)
