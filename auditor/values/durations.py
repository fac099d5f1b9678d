"""Spans of time: the words and symbols that make a number a duration."""

from __future__ import annotations

import re

from auditor.values.lexicon import Lexicon, lookup
from auditor.values.types import Amount, Duration, DurationUnit, Interval

_HOUR = re.compile(r"h(?![\w/·*.])")


def read_unit(lexicon: Lexicon, lowered: str, at: int) -> tuple[int, str] | None:
    """The unit of time at ``at`` of lower-case text: its end and hours … months or years.

    >>> from auditor.values.lexicon import lexicon
    >>> read_unit(lexicon("fr"), "jours ouvrés", 0), read_unit(lexicon("en"), "horses", 0)
    ((12, 'business_days'), None)
    """
    found = lookup(lexicon.times, lowered, at)
    if found is not None:
        return found
    hour = _HOUR.match(lowered, at)
    return (hour.end(), "hours") if hour else None


def duration(amount: Amount, unit: str) -> Duration:
    """A Duration; years become months.

    >>> from decimal import Decimal
    >>> point = Amount("2", (Interval.point(Decimal(2)),))
    >>> duration(point, "years").amount.readings[0].low
    Decimal('24')
    """
    if unit != "years":
        return Duration(amount, DurationUnit(unit))
    readings = tuple(
        Interval(
            None if reading.low is None else reading.low * 12,
            None if reading.high is None else reading.high * 12,
        )
        for reading in amount.readings
    )
    return Duration(Amount(amount.text, readings, amount.half_step * 12), DurationUnit.MONTHS)
