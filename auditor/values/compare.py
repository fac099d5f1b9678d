"""Whether a claimed value says what the truth says.

Money compares exactly. Measured amounts compare within the printed precision: half a unit of the
last printed digit, after conversion, but never by more than 2 % (5 % where units were converted),
so that a coarse print ("1 kg") does not swallow a different value. Counted units compare exactly.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from enum import StrEnum

from auditor.values.codes import codes_in, identity
from auditor.values.fold import plain
from auditor.values.types import (
    Amount,
    Code,
    Dimensions,
    Duration,
    DurationUnit,
    Interval,
    Money,
    Quantity,
    Value,
    Word,
)
from auditor.values.units import COUNTED, convertible, ratio
from auditor.values.units import convert as convert_unit
from auditor.values.vocabulary import vocabulary

_SAME_UNIT_LIMIT = Decimal("0.02")
_CONVERTED_LIMIT = Decimal("0.05")
_TEMPERATURES = frozenset({"°C", "°F", "K"})
_DAYS = {
    DurationUnit.HOURS: Decimal(1) / Decimal(24),
    DurationUnit.DAYS: Decimal(1),
    DurationUnit.WEEKS: Decimal(7),
}
_SHORTEST_MONTH, _LONGEST_MONTH = Decimal(28), Decimal(31)

Close = Callable[[Decimal, Decimal], bool]


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


def same(claimed: Value, expected: Value, *, ranges: Ranges = Ranges.EXACT) -> Comparison:
    """How ``claimed`` compares with ``expected``.

    AMBIGUOUS when only some readings of a number agree; INCOMPARABLE when the two are of
    different kinds, currencies or units that do not convert (pieces and packs among them).

    >>> from auditor.values.types import Amount, Interval
    >>> def q(n, unit): return Quantity(Amount(n, (Interval.point(Decimal(n)),)), unit)
    >>> same(q("1.5", "in"), q("38.1", "mm")), same(q("2", "pack"), q("2", "pcs"))
    (<Comparison.EQUAL: 'equal'>, <Comparison.INCOMPARABLE: 'incomparable'>)
    >>> same(q("2.5", "m"), q("25", "m"))
    <Comparison.DIFFERENT: 'different'>
    """
    match claimed, expected:
        case Money(), Money():
            return _money(claimed, expected, ranges)
        case Quantity(), Quantity():
            return _quantities(claimed, expected, ranges)
        case Duration(), Duration():
            return _durations(claimed, expected, ranges)
        case Dimensions(), Dimensions():
            return _dimensions(claimed, expected, ranges)
        case ((Code() | Word()), (Code() | Word())):
            return _names(claimed, expected)
        case Quantity(), (Code() | Word()):
            return _number_as_code(claimed, expected)
        case ((Code() | Word()), Quantity()):
            return _number_as_code(expected, claimed)
        case _:
            return Comparison.INCOMPARABLE


def same_interval(
    claimed: Interval, expected: Interval, close: Close, ranges: Ranges = Ranges.EXACT
) -> Comparison:
    """Two intervals, ends compared by ``close``; the rule of :class:`Ranges`."""
    low, high = claimed.low, claimed.high
    if claimed.is_point and expected.is_point:
        return _verdict(_is_close(low, expected.low, close))
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
        return _within(
            _holds(expected, low, close)
            or _holds(expected, high, close)
            or _holds(claimed, expected.low, close)
        )
    return Comparison.DIFFERENT


def _money(claimed: Money, expected: Money, ranges: Ranges) -> Comparison:
    if claimed.currency is None or claimed.currency != expected.currency:
        return Comparison.INCOMPARABLE
    return _amounts(claimed.amount, expected.amount, lambda a, b: a == b, ranges)


def _quantities(claimed: Quantity, expected: Quantity, ranges: Ranges) -> Comparison:
    if not convertible(claimed.unit, expected.unit):
        return Comparison.INCOMPARABLE
    amount = claimed.amount
    if claimed.unit != expected.unit:
        amount = _converted(claimed.amount, claimed.unit, expected.unit)
    close = _closeness(claimed, expected)
    band = _toleranced(claimed)
    found = _amounts(amount, expected.amount, close, ranges)
    if found is Comparison.DIFFERENT and band is not None and claimed.unit == expected.unit:
        return _amounts(band, expected.amount, close, Ranges.EXACT)
    return found


def _closeness(claimed: Quantity, expected: Quantity) -> Close:
    if (
        claimed.unit in COUNTED
        or claimed.unit in {"", "%"}
        and expected.unit == claimed.unit
        and (claimed.unit == "")
    ):
        return lambda a, b: a == b
    step = claimed.amount.half_step
    if claimed.unit == expected.unit:
        return lambda a, b: a == b or abs(a - b) <= min(step, abs(b) * _SAME_UNIT_LIMIT)
    widest = max(step * abs(ratio(claimed.unit, expected.unit)), _half_step(expected.amount))
    if expected.unit in _TEMPERATURES:
        return lambda a, b: abs(a - b) <= widest
    return lambda a, b: a == b or abs(a - b) <= min(widest, abs(b) * _CONVERTED_LIMIT)


def _durations(claimed: Duration, expected: Duration, ranges: Ranges) -> Comparison:
    def exact(a: Decimal, b: Decimal) -> bool:
        return a == b

    if claimed.unit is expected.unit:
        return _amounts(claimed.amount, expected.amount, exact, ranges)
    business = DurationUnit.BUSINESS_DAYS
    weeks = DurationUnit.WEEKS
    if {claimed.unit, expected.unit} == {business, weeks}:  # a week has five business days
        return _amounts(_in(claimed, weeks), _in(expected, weeks), exact, ranges)
    if claimed.unit in _DAYS and expected.unit in _DAYS:
        return _amounts(_scaled(claimed), _scaled(expected), exact, ranges)
    if {claimed.unit, expected.unit} <= {business, *_DAYS}:
        # Whole weeks are sure; else n business days take n calendar days and the weekends.
        return _roughly(claimed, expected)
    return _roughly(claimed, expected)


def _roughly(claimed: Duration, expected: Duration) -> Comparison:
    """Calendar against business days, or months: DIFFERENT only where no reading can agree."""
    ours = [_calendar_span(reading, claimed.unit) for reading in claimed.amount.readings]
    theirs = [_calendar_span(reading, expected.unit) for reading in expected.amount.readings]
    if any(a[0] <= b[1] and b[0] <= a[1] for a in ours for b in theirs):
        whole = _whole_weeks(claimed), _whole_weeks(expected)
        if whole[0] is not None and whole[0] == whole[1]:
            return Comparison.EQUAL
        return Comparison.AMBIGUOUS
    return Comparison.DIFFERENT


def _calendar_span(reading: Interval, unit: DurationUnit) -> tuple[Decimal, Decimal]:
    """The calendar days a span can take, shortest and longest."""
    low = reading.low if reading.low is not None else Decimal(0)
    high = reading.high if reading.high is not None else Decimal(10**6)
    match unit:
        case DurationUnit.BUSINESS_DAYS:
            return low + 2 * ((low - 1) // 5 if low >= 1 else 0), high + 2 * (high // 5 + 1)
        case DurationUnit.MONTHS:
            return low * _SHORTEST_MONTH, high * _LONGEST_MONTH
        case _:
            return low * _DAYS[unit], high * _DAYS[unit]


def _whole_weeks(value: Duration) -> Decimal | None:
    reading = value.amount.readings[0]
    if not reading.is_point or reading.low is None or value.unit is DurationUnit.MONTHS:
        return None
    days = 5 if value.unit is DurationUnit.BUSINESS_DAYS else 7 / _DAYS[value.unit]
    weeks = reading.low / Decimal(days)
    return weeks if weeks == weeks.to_integral_value() else None


def _dimensions(claimed: Dimensions, expected: Dimensions, ranges: Ranges) -> Comparison:
    """By label where both are labelled throughout, else as a multiset."""
    if len(claimed.parts) != len(expected.parts):
        return Comparison.DIFFERENT
    ours = list(zip(claimed.labels, claimed.parts, strict=False))
    theirs = list(zip(expected.labels, expected.parts, strict=False))
    if all(claimed.labels) and all(expected.labels):
        by_label = dict(ours)
        if set(by_label) != {label for label, _ in theirs}:
            return Comparison.INCOMPARABLE
        return _worst([same(by_label[label], part, ranges=ranges) for label, part in theirs])
    left = [part for _, part in ours]
    results: list[Comparison] = []
    for _, part in theirs:
        compared = [same(other, part, ranges=ranges) for other in left]
        best = min(range(len(left)), key=lambda i: _BADNESS[compared[i]])
        results.append(compared[best])
        left.pop(best)
    return _worst(results)


def _names(claimed: Code | Word, expected: Code | Word) -> Comparison:
    """Canonical forms; a free text agrees when it names the expected code or material."""
    if claimed.canonical == expected.canonical or plain(claimed.text) == plain(expected.text):
        return Comparison.EQUAL
    wanted = identity(expected.text)
    if identity(claimed.text) == wanted:
        return Comparison.EQUAL
    if isinstance(claimed, Code) and isinstance(expected, Code):
        return Comparison.DIFFERENT
    named = codes_in(claimed.text)
    if wanted in named:
        return Comparison.EQUAL
    if isinstance(expected, Code) or vocabulary().canonical("material", expected.text):
        return Comparison.DIFFERENT
    inside = f" {plain(expected.text)} " in f" {_spaced_words(claimed.text)} "
    return Comparison.WITHIN if inside else Comparison.DIFFERENT


def _number_as_code(number: Quantity, name: Code | Word) -> Comparison:
    """A bare number against a coded truth ("8" for a strength class)."""
    if number.unit:
        return Comparison.INCOMPARABLE
    wanted = {plain(name.text), plain(name.canonical)}
    printed = plain(number.amount.text)
    return _verdict(printed in wanted or identity(printed) == identity(name.text))


def _amounts(claimed: Amount, expected: Amount, close: Close, ranges: Ranges) -> Comparison:
    found = [
        same_interval(reading, wanted, close, ranges)
        for reading in claimed.readings
        for wanted in expected.readings
    ]
    agreeing = [each for each in found if each.agrees]
    if not agreeing:
        return Comparison.DIFFERENT
    if len(agreeing) < len(found):
        return Comparison.AMBIGUOUS
    return Comparison.EQUAL if Comparison.EQUAL in agreeing else Comparison.WITHIN


def _open_ends(claimed: Interval, expected: Interval, close: Close) -> Comparison:
    """ "up to 60 W" says nothing of a lower end: only stated ends are compared."""
    if (
        claimed.low is None
        and claimed.high is None
        or expected.low is None
        and expected.high is None
    ):
        return Comparison.INCOMPARABLE
    pairs = [
        (mine, theirs)
        for mine, theirs in ((claimed.low, expected.low), (claimed.high, expected.high))
        if mine is not None and theirs is not None
    ]
    if not pairs:
        return Comparison.DIFFERENT
    if not all(_is_close(mine, theirs, close) for mine, theirs in pairs):
        return Comparison.DIFFERENT
    is_same = (claimed.low is None) == (expected.low is None) and (claimed.high is None) == (
        expected.high is None
    )
    return Comparison.EQUAL if is_same else Comparison.WITHIN


def _holds(interval: Interval, value: Decimal | None, close: Close) -> bool:
    if value is None or interval.low is None or interval.high is None:
        return False
    return (
        interval.low <= value <= interval.high
        or close(value, interval.low)
        or close(value, interval.high)
    )


def _is_close(a: Decimal | None, b: Decimal | None, close: Close) -> bool:
    return a is not None and b is not None and close(a, b)


def _verdict(is_equal: bool) -> Comparison:
    return Comparison.EQUAL if is_equal else Comparison.DIFFERENT


def _within(is_within: bool) -> Comparison:
    return Comparison.WITHIN if is_within else Comparison.DIFFERENT


_BADNESS = {
    Comparison.EQUAL: 0,
    Comparison.WITHIN: 1,
    Comparison.AMBIGUOUS: 2,
    Comparison.INCOMPARABLE: 3,
    Comparison.DIFFERENT: 4,
}


def _worst(results: list[Comparison]) -> Comparison:
    return max(results, key=lambda each: _BADNESS[each])


def _mapped(amount: Amount, change: Callable[[Decimal], Decimal]) -> Amount:
    readings = []
    for reading in amount.readings:
        ends = [None if end is None else change(end) for end in (reading.low, reading.high)]
        low, high = ends
        if low is not None and high is not None and low > high:
            low, high = high, low
        readings.append(Interval(low, high))
    return replace(amount, readings=tuple(readings))


def _converted(amount: Amount, source: str, target: str) -> Amount:
    return _mapped(amount, lambda value: convert_unit(value, source, target))


def _scaled(value: Duration) -> Amount:
    return _mapped(value.amount, lambda number: (number * _DAYS[value.unit]).normalize())


def _in(value: Duration, unit: DurationUnit) -> Amount:
    return value.amount if value.unit is unit else _mapped(value.amount, lambda n: n / 5)


def _toleranced(value: Quantity) -> Amount | None:
    centre = value.amount.readings[0].low
    if value.tolerance is None or centre is None or not value.amount.readings[0].is_point:
        return None
    low, high = value.tolerance.low or Decimal(0), value.tolerance.high or Decimal(0)
    return replace(value.amount, readings=(Interval(centre + low, centre + high),))


def _half_step(amount: Amount) -> Decimal:
    """Half a unit of the last digit a feed gives."""
    if amount.half_step:
        return amount.half_step
    low = amount.readings[0].low if amount.readings[0].low is not None else amount.readings[0].high
    exponent = low.as_tuple().exponent if low is not None else 0
    return Decimal(5).scaleb(exponent - 1) if isinstance(exponent, int) else Decimal(0)


def _spaced_words(text: str) -> str:
    return " ".join("".join(c if c.isalnum() or c in "%.-/+" else " " for c in plain(text)).split())
