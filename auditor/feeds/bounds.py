"""Is a change of a value so large that a person should look first? Pure."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from auditor.values.types import Basis, Dimensions, Duration, Money, Quantity, Value


def beyond(
    attribute: str, old: tuple[Value, Basis], new: tuple[Value, Basis], bounds: Mapping[str, float]
) -> Decimal | None:
    """The factor between two values where it is beyond the bound of their attribute, else None.

    A bound of 3 lets a value grow up to three times and fall down to a third. Prices are taken per
    one of their price unit; what is in different units, or no single number, has no factor.

    >>> from auditor.values.truth import parse_truth_value as read
    >>> old, new = read("moq", "", "50", "pcs"), read("moq", "", "500", "pcs")
    >>> format(beyond("moq", old, new, {"moq": 5}), "f")
    '10'
    >>> beyond("moq", old, new, {"moq": 10}), beyond("moq", old, new, {})
    (None, None)
    """
    bound = bounds.get(attribute)
    found = None if bound is None else factor(old, new)
    if bound is None or found is None:
        return None
    limit = Decimal(str(bound))
    return found if found > limit or found * limit < 1 else None


def factor(old: tuple[Value, Basis], new: tuple[Value, Basis]) -> Decimal | None:
    """New value ÷ old value, each per one; None where that means nothing."""
    one, two = _number(*old), _number(*new)
    if one is None or two is None or one[1] != two[1] or not one[0] > 0 or two[0] < 0:
        return None
    return (two[0] / one[0]).normalize()


def _number(value: Value, basis: Basis) -> tuple[Decimal, object] | None:
    """The one number a value is, per one of its unit, and what it counts."""
    match value:
        case Money(amount, currency):
            unit: object = (currency, basis.price_unit)
            per = basis.price_per
        case Quantity(amount, symbol) | Dimensions((Quantity(amount, symbol),)):
            unit, per = symbol, Decimal(1)
        case Duration(amount, span):
            unit, per = span, Decimal(1)
        case _:
            return None
    reading = amount.readings[0]
    if len(amount.readings) != 1 or not reading.is_point or reading.low is None:
        return None
    return reading.low / per, unit
