"""Intervals and amounts against each other, whatever they measure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from enum import StrEnum

from auditor.values.types import Amount, Interval

Close = Callable[[Decimal, Decimal], bool]
"""Whether a claimed number may stand for an expected one."""


class Comparison(StrEnum):
    """What comparing two values came to."""

    EQUAL = "equal"
    WITHIN = "within"
    DIFFERENT = "different"
    AMBIGUOUS = "ambiguous"
    INCOMPARABLE = "incomparable"

    @property
    def agrees(self) -> bool:
        """Whether the claim is compatible with the truth."""
        return self in (Comparison.EQUAL, Comparison.WITHIN)


class Ranges(StrEnum):
    """How a claimed range is held against a truth range.

    ``EXACT``: both ends agree. ``CONTAINED``: the claimed range may be narrower. ``OVERLAP``: one
    common point is enough. A single value against a range is WITHIN when the range holds it,
    under every rule; an end that is not stated ("up to 60 W") is not compared.
    """

    EXACT = "exact"
    CONTAINED = "contained"
    OVERLAP = "overlap"


def exactly(a: Decimal, b: Decimal) -> bool:
    """Equality of numbers; trailing zeros do not matter."""
    return a == b


def same_interval(
    claimed: Interval, expected: Interval, close: Close, ranges: Ranges = Ranges.EXACT
) -> Comparison:
    """Two intervals, ends compared by ``close``; the rule of :class:`Ranges`.

    >>> two, span = Interval.point(Decimal(2)), Interval(Decimal(2), Decimal(3))
    >>> same_interval(two, span, exactly), same_interval(span, Interval(None, None), exactly)
    (<Comparison.WITHIN: 'within'>, <Comparison.INCOMPARABLE: 'incomparable'>)
    """
    low, high = claimed.low, claimed.high
    if claimed.is_point and expected.is_point:
        return Comparison.EQUAL if _is_close(low, expected.low, close) else Comparison.DIFFERENT
    if None in (low, high, expected.low, expected.high):
        return _open_ends(claimed, expected, close)
    if _is_close(low, expected.low, close) and _is_close(high, expected.high, close):
        return Comparison.EQUAL
    if claimed.is_point or expected.is_point:
        outer, point = (expected, low) if claimed.is_point else (claimed, expected.low)
        return _within(_holds(outer, point, close))
    if ranges is Ranges.CONTAINED:
        return _within(_holds(expected, low, close) and _holds(expected, high, close))
    if ranges is Ranges.OVERLAP:
        ends_inside = _holds(expected, low, close) or _holds(expected, high, close)
        return _within(ends_inside or _holds(claimed, expected.low, close))
    return Comparison.DIFFERENT


def same_amount(claimed: Amount, expected: Amount, close: Close, ranges: Ranges) -> Comparison:
    """Two amounts over all their readings: AMBIGUOUS where only some of them agree."""
    found = [
        same_interval(reading, wanted, close, ranges)
        for reading in claimed.readings
        for wanted in expected.readings
    ]
    agreeing = [each for each in found if each.agrees]
    if not agreeing:
        return Comparison.DIFFERENT if Comparison.DIFFERENT in found else found[0]
    if len(agreeing) < len(found):
        return Comparison.AMBIGUOUS
    return Comparison.EQUAL if Comparison.EQUAL in agreeing else Comparison.WITHIN


def mapped(amount: Amount, change: Callable[[Decimal], Decimal]) -> Amount:
    """The amount with every end changed, ends kept in order."""
    readings = []
    for reading in amount.readings:
        low = None if reading.low is None else change(reading.low)
        high = None if reading.high is None else change(reading.high)
        if low is not None and high is not None and low > high:
            low, high = high, low
        readings.append(Interval(low, high))
    return replace(amount, readings=tuple(readings))


def _open_ends(claimed: Interval, expected: Interval, close: Close) -> Comparison:
    """Only stated ends are compared: "up to 60 W" says nothing of a lower end."""
    for interval in (claimed, expected):
        if interval.low is None and interval.high is None:
            return Comparison.INCOMPARABLE
    pairs = [
        (mine, theirs)
        for mine, theirs in ((claimed.low, expected.low), (claimed.high, expected.high))
        if mine is not None and theirs is not None
    ]
    if not pairs or not all(close(mine, theirs) for mine, theirs in pairs):
        return Comparison.DIFFERENT
    is_same = [claimed.low is None, claimed.high is None] == [
        expected.low is None,
        expected.high is None,
    ]
    return Comparison.EQUAL if is_same else Comparison.WITHIN


def _holds(interval: Interval, value: Decimal | None, close: Close) -> bool:
    if value is None or interval.low is None or interval.high is None:
        return False
    if interval.low <= value <= interval.high:
        return True
    return close(value, interval.low) or close(value, interval.high)


def _is_close(a: Decimal | None, b: Decimal | None, close: Close) -> bool:
    return a is not None and b is not None and close(a, b)


def _within(is_within: bool) -> Comparison:
    return Comparison.WITHIN if is_within else Comparison.DIFFERENT
