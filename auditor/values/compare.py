"""Whether a claimed value says what the truth says.

Money compares exactly. Measured amounts compare within the printed precision: half a unit of the
last printed digit, after conversion, but never by more than 2 % (5 % where units were converted),
so that a coarse print ("1 kg") does not swallow a different value. Counted units compare exactly.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from auditor.values.codes import codes_in, identity
from auditor.values.fold import plain
from auditor.values.intervals import (
    Close,
    Comparison,
    Ranges,
    exactly,
    mapped,
    same_amount,
    same_interval,
)
from auditor.values.timespans import same_duration
from auditor.values.types import (
    Amount,
    Code,
    Dimensions,
    Duration,
    Interval,
    Money,
    Quantity,
    Value,
    Word,
)
from auditor.values.units import COUNTED, canonical_unit, convert, convertible, ratio
from auditor.values.vocabulary import vocabulary

__all__ = ["Comparison", "Ranges", "same", "same_interval"]

_SAME_UNIT_LIMIT = Decimal("0.02")
_CONVERTED_LIMIT = Decimal("0.05")
_TEMPERATURES = frozenset({"°C", "°F", "K"})
_DEGREES = frozenset({"°C", "°F"})
_BARE_DEGREES = frozenset({"C", "F"})
_BADNESS = {
    Comparison.EQUAL: 0,
    Comparison.WITHIN: 1,
    Comparison.AMBIGUOUS: 2,
    Comparison.INCOMPARABLE: 3,
    Comparison.DIFFERENT: 4,
}


def same(claimed: Value, expected: Value, *, ranges: Ranges = Ranges.EXACT) -> Comparison:
    """How ``claimed`` compares with ``expected``.

    AMBIGUOUS when only some readings of a number agree; INCOMPARABLE when the two are of
    different kinds, currencies or units that do not convert (pieces and packs among them).

    >>> def q(n, unit): return Quantity(Amount(n, (Interval.point(Decimal(n)),)), unit)
    >>> same(q("1.5", "in"), q("38.1", "mm")), same(q("2", "pack"), q("2", "pcs"))
    (<Comparison.EQUAL: 'equal'>, <Comparison.INCOMPARABLE: 'incomparable'>)
    >>> same(q("2.5", "m"), q("25", "m"))
    <Comparison.DIFFERENT: 'different'>
    """
    match claimed, expected:
        case Money(), Money():
            if claimed.currency is None or claimed.currency != expected.currency:
                return Comparison.INCOMPARABLE
            return same_amount(claimed.amount, expected.amount, exactly, ranges)
        case Quantity(), Quantity():
            return _quantities(claimed, expected, ranges)
        case Duration(), Duration():
            return same_duration(claimed, expected, ranges)
        case Duration(), Quantity():
            return _timed(claimed, expected, ranges)
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


def _quantities(claimed: Quantity, expected: Quantity, ranges: Ranges) -> Comparison:
    if expected.unit in _DEGREES and claimed.unit in _BARE_DEGREES:
        claimed = replace(claimed, unit=f"°{claimed.unit}")  # "392 F" of a temperature: no farads
    if claimed.unit == "" and expected.unit and canonical_unit(expected.unit) is None:
        # "0 to 14 pH" where nobody knows pH as a unit: equal numbers agree, others say nothing
        alone = _quantities(claimed, replace(expected, unit=""), ranges)
        return alone if alone is Comparison.EQUAL else Comparison.INCOMPARABLE
    if not convertible(claimed.unit, expected.unit):
        return Comparison.INCOMPARABLE
    amount, source, target = claimed.amount, claimed.unit, expected.unit
    if source != target:
        amount = mapped(amount, lambda value: convert(value, source, target))
    band = _toleranced(claimed)
    if band is not None and source == target:
        found = same_amount(band, expected.amount, exactly, Ranges.EXACT)
        if found is Comparison.EQUAL:  # 24 V ±10 % is 21.6 to 26.4 V
            return found
    return same_amount(amount, expected.amount, _closeness(claimed, expected), ranges)


def _closeness(claimed: Quantity, expected: Quantity) -> Close:
    if claimed.unit in COUNTED or claimed.unit == "":
        return exactly
    step = claimed.amount.half_step
    if claimed.unit == expected.unit:
        return lambda a, b: a == b or abs(a - b) <= min(step, abs(b) * _SAME_UNIT_LIMIT)
    widest = max(step * abs(ratio(claimed.unit, expected.unit)), _half_step(expected.amount))
    if expected.unit in _TEMPERATURES:
        return lambda a, b: abs(a - b) <= widest
    return lambda a, b: a == b or abs(a - b) <= min(widest, abs(b) * _CONVERTED_LIMIT)


def _timed(claimed: Duration, expected: Quantity, ranges: Ranges) -> Comparison:
    """A time on the page against a feed's number of hours: "3 h" and 3 in h."""
    if vocabulary().canonical("time", expected.unit) != claimed.unit.value:
        return Comparison.INCOMPARABLE
    return same_amount(claimed.amount, expected.amount, exactly, ranges)


def _dimensions(claimed: Dimensions, expected: Dimensions, ranges: Ranges) -> Comparison:
    """By label where both are labelled throughout, else as a multiset."""
    if len(claimed.parts) != len(expected.parts):
        return Comparison.DIFFERENT
    if all(claimed.labels) and all(expected.labels):
        ours = dict(zip(claimed.labels, claimed.parts, strict=False))
        if set(ours) != set(expected.labels):
            return Comparison.INCOMPARABLE
        theirs = zip(expected.labels, expected.parts, strict=False)
        return _worst([same(ours[label], part, ranges=ranges) for label, part in theirs])
    left = list(claimed.parts)
    results: list[Comparison] = []
    for part in expected.parts:
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
        both = claimed.canonical.lower().split("/") if claimed.canonical.startswith("IP") else []
        return Comparison.EQUAL if wanted in both else Comparison.DIFFERENT  # IP65/IP67 is both
    if wanted in codes_in(claimed.text) or _squeezed(claimed.text) == _squeezed(expected.text):
        return Comparison.EQUAL
    if _is_other_words_for(claimed, expected):
        return Comparison.INCOMPARABLE
    if isinstance(expected, Code) or vocabulary().canonical("material", expected.text):
        return Comparison.DIFFERENT
    inside = f" {_spaced(expected.text)} " in f" {_spaced(claimed.text)} "
    return Comparison.WITHIN if inside else Comparison.DIFFERENT


def _squeezed(text: str) -> str:
    """A code without blanks and with a point for a comma: "EN 166", "2C-1,2"; words as they are."""
    folded = plain(text)
    return "".join(folded.split()).replace(",", ".") if any(map(str.isdigit, folded)) else folded


def _is_other_words_for(claimed: Code | Word, expected: Code | Word) -> bool:
    """Whether a colour stands against a name that no list knows: "grey" against "anthracite mica".

    It may be the same in other words.
    """
    words = vocabulary()
    if not words.find("colour", claimed.text):
        return False
    return not any(words.find(kind, expected.text) for kind in ("colour", "material"))


def _number_as_code(number: Quantity, name: Code | Word) -> Comparison:
    """A bare number against a coded truth ("8" for a strength class)."""
    if number.unit:
        return Comparison.INCOMPARABLE
    printed = plain(number.amount.text)
    if printed in {plain(name.text), plain(name.canonical)}:
        return Comparison.EQUAL
    is_same = identity(printed) == identity(name.text)
    return Comparison.EQUAL if is_same else Comparison.DIFFERENT


def _worst(results: list[Comparison]) -> Comparison:
    return max(results, key=lambda each: _BADNESS[each], default=Comparison.INCOMPARABLE)


def _toleranced(value: Quantity) -> Amount | None:
    """The band a printed tolerance spans around its value."""
    centre = value.amount.readings[0].low
    if value.tolerance is None or centre is None or not value.amount.readings[0].is_point:
        return None
    low, high = value.tolerance.low or Decimal(0), value.tolerance.high or Decimal(0)
    return Amount(value.amount.text, (Interval(centre + low, centre + high),))


def _half_step(amount: Amount) -> Decimal:
    """Half a unit of the last digit a feed gives."""
    reading = amount.readings[0]
    end = reading.low if reading.low is not None else reading.high
    exponent = end.as_tuple().exponent if end is not None else 0
    half = Decimal(5).scaleb(exponent - 1) if isinstance(exponent, int) else Decimal(0)
    return amount.half_step or half


def _spaced(text: str) -> str:
    return " ".join("".join(c if c.isalnum() or c in "%.-/+" else " " for c in plain(text)).split())
