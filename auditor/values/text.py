"""How values are written: canonical text for reports and files, and in a page's own form."""

from __future__ import annotations

import re
from decimal import Decimal

from auditor.values.locale import Locale
from auditor.values.types import (
    Amount,
    Basis,
    Code,
    Dimensions,
    Duration,
    Interval,
    Money,
    Quantity,
    Value,
    Word,
)

_NUMBER = re.compile(r"\d(?:[\d.,'’  ]*\d)?")


def canonical(value: Value, basis: Basis | None = None) -> str:
    """One canonical text a value: ``.`` decimals, no grouping, ranges with "..".

    A money value with a basis is a price and says what it is for.

    >>> price = Money(Amount("12,40", (Interval.point(Decimal("12.40")),)), "EUR")
    >>> canonical(price, Basis(price_per=Decimal(100)))
    '12.40 EUR / 100 pcs'
    >>> canonical(price, Basis(min_qty=Decimal(10)))
    '12.40 EUR / 1 pcs from 10'
    >>> canonical(price)
    '12.4 EUR'
    """
    text, unit = amount_text(value, basis), unit_text(value, basis)
    return f"{text} {unit}" if unit else text


def amount_text(value: Value, basis: Basis | None = None) -> str:
    """The value without its unit: "12.40", "2..3", "in_stock".

    The most plausible reading comes first, others behind "|" ("1.25|1250").
    """
    match value:
        case Money(amount, _):
            return _amount(amount, keep=2 if basis is not None else 0)
        case Quantity(amount, _, _) | Duration(amount, _):
            return _amount(amount)
        case Dimensions(parts, _):
            return " x ".join(_amount(part.amount) for part in parts)
        case Code(_, name) | Word(_, name):
            return name


def unit_text(value: Value, basis: Basis | None = None) -> str:
    """The unit of a value, with the basis of a price: "EUR / 100 pcs", "weeks", "V", "".

    >>> unit_text(Money(Amount("5", (Interval.point(Decimal(5)),)), None), Basis(price_unit="bag"))
    '? / bag'
    """
    match value:
        case Money(_, currency):
            return (currency or "?") + (_per(basis) if basis is not None else "")
        case Quantity(_, unit, _):
            return unit
        case Duration(_, span):
            return span.value
        case Dimensions(parts, _):
            units = dict.fromkeys(part.unit for part in parts if part.unit)
            return "/".join(units)
        case Code() | Word():
            return ""


def localized(value: Value, like: str, locale: Locale) -> str:
    """``value`` written in the number format of ``like``, the text it would replace.

    Everything around the number (currency sign, unit, blanks) stays. Where ``like`` holds no
    number, or another number of numbers than the value has ends, the canonical text comes back.

    >>> from auditor.values.locale import locale_for
    >>> new = Money(Amount("", (Interval.point(Decimal(1349)),)), "EUR")
    >>> localized(new, "€ 1.299,00", locale_for("de-DE"))
    '€ 1.349,00'
    """
    amounts = _ends(value)
    if amounts is None:
        return canonical(value)
    runs = list(_NUMBER.finditer(like))
    if len(runs) < len(amounts) or not runs:
        return canonical(value)
    pieces: list[str] = []
    position = 0
    for run, number in zip(runs, amounts, strict=False):
        keep = 2 if isinstance(value, Money) else 0
        pieces += [like[position : run.start()], _written(number, run.group(), locale, keep)]
        position = run.end()
    return "".join(pieces) + like[position:]


def decimal_text(number: Decimal, keep: int = 0) -> str:
    """A Decimal without exponent and without trailing zeros beyond ``keep`` printed decimals.

    >>> decimal_text(Decimal("0.04400"), 2), decimal_text(Decimal("1E+3"))
    ('0.044', '1000')
    """
    text = f"{number:f}"
    if "." not in text:
        return text
    whole, fraction = text.split(".")
    fraction = fraction[:keep] + fraction[keep:].rstrip("0")
    if keep == 0:
        fraction = fraction.rstrip("0")
    text = f"{whole}.{fraction}" if fraction else whole
    return "0" if text in {"-0", ""} else text


def _amount(amount: Amount, keep: int = 0) -> str:
    return "|".join(_interval(reading, keep) for reading in amount.readings)


def _interval(interval: Interval, keep: int) -> str:
    if interval.is_point and interval.low is not None:
        return decimal_text(interval.low, keep)
    low, high = (
        "" if end is None else decimal_text(end, keep) for end in (interval.low, interval.high)
    )
    return f"{low}..{high}"


def _per(basis: Basis) -> str:
    unit = basis.price_unit
    per = decimal_text(basis.price_per)
    text = f" / {per} {unit}" if unit == "pcs" or per != "1" else f" / {unit}"
    if basis.pack_size is not None and unit != "pcs":
        text += f" of {decimal_text(basis.pack_size)}"
        text += f" {basis.pack_unit}" if basis.pack_unit != "pcs" else ""
    if basis.min_qty is not None and basis.min_qty > 1:
        text += f" from {decimal_text(basis.min_qty)}"
    return text


def _ends(value: Value) -> list[Decimal] | None:
    match value:
        case Money(amount, _) | Quantity(amount, _, _) | Duration(amount, _):
            reading = amount.readings[0]
            ends = [end for end in (reading.low, reading.high) if end is not None]
            return ends[:1] if reading.is_point else ends
        case Dimensions(parts, _):
            each = [part.amount.readings[0].low for part in parts]
            return [end for end in each if end is not None] if all(each) else None
        case _:
            return None


def _written(number: Decimal, like: str, locale: Locale, keep: int) -> str:
    """The number in the format of ``like``; broken money keeps at least its minor units."""
    decimal, group = _style(like, locale)
    decimals = len(like) - like.rfind(decimal) - 1 if decimal and decimal in like else 0
    own = len(decimal_text(number).partition(".")[2])
    text = f"{number:.{max(decimals, own, keep if own else 0)}f}"
    whole, _, fraction = text.partition(".")
    if group:
        whole = _grouped(whole, group, indian=locale.indian)
    mark = decimal or locale.decimal or "."
    return f"{whole}{mark}{fraction}" if fraction else whole


def _style(like: str, locale: Locale) -> tuple[str, str]:
    """The decimal mark and the grouping mark that ``like`` uses."""
    marks = [c for c in like if not c.isdigit()]
    if not marks:
        return locale.decimal, ""
    last = marks[-1]
    tail = len(like) - like.rfind(last) - 1
    if len(set(marks)) > 1:
        return last, marks[0]
    is_group = len(marks) > 1 or last in "'’   " or (tail == 3 and last != locale.decimal)
    return (locale.decimal if locale.decimal != last else "", last) if is_group else (last, "")


def _grouped(whole: str, group: str, *, indian: bool) -> str:
    sign, digits = ("-", whole[1:]) if whole.startswith("-") else ("", whole)
    head, tail = digits[:-3], digits[-3:]
    size = 2 if indian else 3
    parts: list[str] = []
    while head:
        parts.insert(0, head[-size:])
        head = head[:-size]
    return sign + group.join([*parts, tail])
