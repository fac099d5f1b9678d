"""Do two typed values say the same thing? Spans of time, words, codes and specifications."""

from __future__ import annotations

from decimal import Decimal

from auditor.compare.facts import AMBIGUOUS, DIFFERENT, SAME, Agreement, Comparison
from auditor.model import Claim, Reason, Truth
from auditor.values.types import Amount, Code, Duration, DurationUnit, Interval, Quantity, Word
from auditor.values.units import convert, convertible

_DAYS = {
    DurationUnit.HOURS: Decimal(1) / 24,
    DurationUnit.DAYS: Decimal(1),
    DurationUnit.BUSINESS_DAYS: Decimal(1),
    DurationUnit.WEEKS: Decimal(7),
    DurationUnit.MONTHS: Decimal(30),
}


def agree(claim: Claim, truth: Truth) -> Comparison:
    """Whether a claim and a truth of one attribute and key agree."""
    ours, theirs = claim.value, truth.value
    match ours, theirs:
        case Duration(), Duration():
            return _spans(ours, theirs)
        case Quantity(), Quantity():
            return _quantities(ours, theirs)
        case ((Word() | Code()), (Word() | Code())):
            return SAME if ours.canonical == theirs.canonical else DIFFERENT
        case _:
            return Comparison(Agreement.INCOMPARABLE, Reason.INCOMPARABLE)


def _spans(ours: Duration, theirs: Duration) -> Comparison:
    one, two = ours.amount.readings[0], theirs.amount.readings[0]
    both = {ours.unit, theirs.unit}
    week = 5 if DurationUnit.BUSINESS_DAYS in both else 7
    days = {**_DAYS, DurationUnit.WEEKS: Decimal(week)}
    return SAME if _overlap(one, days[ours.unit], two, days[theirs.unit]) else DIFFERENT


def _overlap(one: Interval, scale: Decimal, two: Interval, other: Decimal) -> bool:
    low = max((one.low or 0) * scale, (two.low or 0) * other)
    high = min(
        one.high * scale if one.high is not None else Decimal("1E9"),
        two.high * other if two.high is not None else Decimal("1E9"),
    )
    return low <= high


def _quantities(ours: Quantity, theirs: Quantity) -> Comparison:
    unit, wanted = ours.unit or theirs.unit, theirs.unit or ours.unit
    if unit != wanted and not convertible(unit, wanted):
        return Comparison(Agreement.INCOMPARABLE, Reason.INCOMPARABLE)
    hits = [
        _near(ours.amount, reading, unit, theirs.amount, wanted) for reading in ours.amount.readings
    ]
    if all(hits):
        return SAME
    return AMBIGUOUS if len(hits) > 1 else DIFFERENT


def _near(amount: Amount, one: Interval, unit: str, truth: Amount, wanted: str) -> bool:
    two = truth.readings[0]
    step = abs(convert(amount.half_step, unit, wanted) - convert(Decimal(0), unit, wanted))
    for a, b in ((one.low, two.low), (one.high, two.high)):
        if a is None or b is None:
            continue
        if abs(convert(a, unit, wanted) - b) > step:
            return False
    return True
