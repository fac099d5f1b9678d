"""Spans of time against each other: calendar days, business days, weeks, months."""

from __future__ import annotations

from decimal import Decimal

from auditor.values.intervals import Comparison, Ranges, exactly, mapped, same_amount
from auditor.values.types import Amount, Duration, DurationUnit, Interval

_DAYS = {
    DurationUnit.HOURS: Decimal(1) / Decimal(24),
    DurationUnit.DAYS: Decimal(1),
    DurationUnit.WEEKS: Decimal(7),
}
_BUSINESS_DAYS_A_WEEK = 5
_SHORTEST_MONTH, _LONGEST_MONTH = Decimal(28), Decimal(31)
_FOREVER = Decimal(10**6)


def same_duration(claimed: Duration, expected: Duration, ranges: Ranges) -> Comparison:
    """One week is 7 days and 5 business days, one day 24 hours.

    Business days against days, and months against anything, agree only roughly: AMBIGUOUS where
    they can be the same ("3 days" and 3 business days), DIFFERENT where no calendar makes them so.
    """
    if claimed.unit is expected.unit:
        return same_amount(claimed.amount, expected.amount, exactly, ranges)
    if {claimed.unit, expected.unit} == {DurationUnit.BUSINESS_DAYS, DurationUnit.WEEKS}:
        return same_amount(_in_weeks(claimed), _in_weeks(expected), exactly, ranges)
    if claimed.unit in _DAYS and expected.unit in _DAYS:
        return same_amount(_in_days(claimed), _in_days(expected), exactly, ranges)
    return _roughly(claimed, expected)


def _roughly(claimed: Duration, expected: Duration) -> Comparison:
    ours = [_calendar_days(reading, claimed.unit) for reading in claimed.amount.readings]
    theirs = [_calendar_days(reading, expected.unit) for reading in expected.amount.readings]
    if not any(a[0] <= b[1] and b[0] <= a[1] for a in ours for b in theirs):
        return Comparison.DIFFERENT
    whole = _whole_weeks(claimed)
    if whole is not None and whole == _whole_weeks(expected):
        return Comparison.EQUAL
    return Comparison.AMBIGUOUS


def _calendar_days(reading: Interval, unit: DurationUnit) -> tuple[Decimal, Decimal]:
    """The calendar days a span can take, shortest and longest."""
    low = reading.low if reading.low is not None else Decimal(0)
    high = reading.high if reading.high is not None else _FOREVER
    match unit:
        case DurationUnit.BUSINESS_DAYS:
            weekends = (low - 1) // _BUSINESS_DAYS_A_WEEK if low >= 1 else Decimal(0)
            return low + 2 * weekends, high + 2 * (high // _BUSINESS_DAYS_A_WEEK + 1)
        case DurationUnit.MONTHS:
            return low * _SHORTEST_MONTH, high * _LONGEST_MONTH
        case _:
            return low * _DAYS[unit], high * _DAYS[unit]


def _whole_weeks(value: Duration) -> Decimal | None:
    reading = value.amount.readings[0]
    if not reading.is_point or reading.low is None or value.unit is DurationUnit.MONTHS:
        return None
    is_business = value.unit is DurationUnit.BUSINESS_DAYS
    week = Decimal(_BUSINESS_DAYS_A_WEEK) if is_business else 7 / _DAYS[value.unit]
    weeks = reading.low / week
    return weeks if weeks == weeks.to_integral_value() else None


def _in_days(value: Duration) -> Amount:
    if value.unit is DurationUnit.HOURS:  # 1/24 has no end; dividing rounds back to the day
        return mapped(value.amount, lambda number: number / 24)
    return mapped(value.amount, lambda number: number * _DAYS[value.unit])


def _in_weeks(value: Duration) -> Amount:
    if value.unit is DurationUnit.WEEKS:
        return value.amount
    return mapped(value.amount, lambda number: number / _BUSINESS_DAYS_A_WEEK)
