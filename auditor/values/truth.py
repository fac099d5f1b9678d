"""The value columns of the canonical truths.csv (docs/feeds): text in, Value and Basis out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from auditor.values.codes import canonical_code
from auditor.values.fold import plain
from auditor.values.types import (
    Amount,
    Basis,
    Code,
    Duration,
    DurationUnit,
    Interval,
    Money,
    Quantity,
    Tax,
    Value,
    Word,
)
from auditor.values.units import COUNTED, canonical_unit
from auditor.values.vocabulary import vocabulary

_DECIMAL = re.compile(r"[+-]?(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d{1,2})?")
_TRAILING_MINUS = re.compile(r"(\d+(?:\.\d+)?)-")
_RANGE = re.compile(r"(?P<low>[^.]*(?:\.\d+)?)\.\.(?P<high>.*)")
_CURRENCY = re.compile(r"[A-Z]{3}")
_TEXT_ATTRIBUTES = frozenset({"offer", "policy", "status", "availability"})
_MONEY_ATTRIBUTES = frozenset({"price", "min_order_value"})
_MAX_TEXT = 2000


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns beside ``value`` and ``unit``, as text; "" where the feed has none."""

    price_per: str = ""
    price_unit: str = ""
    min_qty: str = ""
    max_qty: str = ""
    pack_size: str = ""
    tax: str = ""
    market: str = ""
    channel: str = ""
    customer_group: str = ""


def parse_truth_value(
    attribute: str, key: str, value: str, unit: str = "", columns: Columns | None = None
) -> tuple[Value, Basis]:
    """The Value and Basis of one row of truths.csv.

    ``value`` is a decimal with ".", a range "a..b" ("a..", "..b" open), or a word; ``unit`` an
    ISO 4217 code for money, a unit of time for a lead time, a unit of counting or a unit symbol
    else; empty for a coded value. Raises ValueError with a reason a feed's owner understands.

    >>> parse_truth_value("lead_time", "", "2..3", "weeks")[0].amount.readings
    (Interval(low=Decimal('2'), high=Decimal('3')),)
    >>> parse_truth_value("price", "", "12,40", "EUR")
    Traceback (most recent call last):
    ...
    ValueError: value '12,40' is not a decimal number with '.' as its mark
    """
    value, unit = value.strip(), unit.strip()
    if not value:
        raise ValueError("value is empty")
    if len(value) > _MAX_TEXT:
        raise ValueError(f"value is longer than {_MAX_TEXT} characters")
    basis = _basis(columns or Columns())
    if attribute in _MONEY_ATTRIBUTES:
        return _money(value, unit), basis
    if attribute == "lead_time":
        return _duration(value, unit), basis
    if attribute in {"moq", "order_multiple", "pack_size"}:
        return _count(value, unit), basis
    if attribute in _TEXT_ATTRIBUTES:
        return _word(attribute, value), basis
    if attribute == "spec":
        return _spec(value, unit), basis
    raise ValueError(
        f"attribute '{attribute}' is unknown; known are availability, lead_time, min_order_value, "
        "moq, offer, order_multiple, pack_size, policy, price, spec, status"
    )


def parse_decimal(text: str, name: str = "value") -> Decimal:
    """An exact decimal of a feed ("12.40", "12.50-" as ERPs write minus); raises ValueError.

    >>> parse_decimal("12.50-")
    Decimal('-12.50')
    >>> parse_decimal("1,299.00")
    Traceback (most recent call last):
    ...
    ValueError: value '1,299.00' is not a decimal number with '.' as its mark
    """
    text = text.strip()
    trailing = _TRAILING_MINUS.fullmatch(text)
    if trailing is not None:
        text = f"-{trailing[1]}"
    if len(text) > 40 or not text.isascii() or _DECIMAL.fullmatch(text) is None:
        raise ValueError(f"{name} '{text[:40]}' is not a decimal number with '.' as its mark")
    return Decimal(text)


def _amount(value: str) -> Amount:
    found = _RANGE.fullmatch(value)
    if found is None:
        return Amount(value, (Interval.point(parse_decimal(value)),))
    low, high = (
        parse_decimal(part) if part.strip() else None for part in (found["low"], found["high"])
    )
    if low is None and high is None:
        raise ValueError("range '..' has no end at all")
    if low is not None and high is not None and low > high:
        raise ValueError(f"range '{value}' ends below its start")
    return Amount(value, (Interval(low, high),))


def _money(value: str, unit: str) -> Money:
    if _CURRENCY.fullmatch(unit) is None:
        raise ValueError(f"unit '{unit}' is not a currency code (ISO 4217, three capitals)")
    amount = _amount(value)
    ends = (amount.readings[0].low, amount.readings[0].high)
    if any(end is not None and end < 0 for end in ends):
        raise ValueError(f"price {value} is negative")
    return Money(amount, unit)


def _duration(value: str, unit: str) -> Duration:
    known = {each.value: each for each in DurationUnit}
    span = known.get(unit.lower()) or known.get(vocabulary().canonical("time", unit) or "")
    if span is None:
        raise ValueError(f"unit '{unit}' is not one of {', '.join(known)}")
    return Duration(_amount(value), span)


def _count(value: str, unit: str) -> Quantity:
    canonical = canonical_unit(unit) if unit else "pcs"
    return Quantity(_amount(value), canonical or unit)


def _word(attribute: str, value: str) -> Word:
    known = vocabulary().canonical(attribute, value)
    return Word(value, known or plain(value))


def _spec(value: str, unit: str) -> Value:
    is_number = _RANGE.fullmatch(value) or _DECIMAL.fullmatch(value)
    if unit:
        if not is_number:
            raise ValueError(f"value '{value[:40]}' with unit '{unit}' is not a number or range")
        return Quantity(_amount(value), canonical_unit(unit) or unit)
    if _RANGE.fullmatch(value):
        return Quantity(_amount(value), "")
    return Code(value, canonical_code(value))


@lru_cache(maxsize=4096)  # a million rows share few bases
def _basis(columns: Columns) -> Basis:
    per = parse_decimal(columns.price_per, "price_per") if columns.price_per.strip() else Decimal(1)
    if per <= 0:
        raise ValueError(f"price_per {columns.price_per} is not positive")
    unit = columns.price_unit.strip() or "pcs"
    try:
        tax = Tax(columns.tax.strip().lower()) if columns.tax.strip() else Tax.UNKNOWN
    except ValueError:
        raise ValueError(f"tax '{columns.tax}' is neither excl nor incl") from None
    return Basis(
        price_per=per,
        price_unit=unit if unit in COUNTED else canonical_unit(unit) or unit,
        min_qty=_optional(columns.min_qty, "min_qty"),
        max_qty=_optional(columns.max_qty, "max_qty"),
        pack_size=_optional(columns.pack_size, "pack_size"),
        tax=tax,
        market=columns.market.strip().upper() or None,
        unit_stated=bool(columns.price_unit.strip()),
        channel=columns.channel.strip().casefold() or None,
        customer_group=columns.customer_group.strip().casefold() or None,
    )


def _optional(text: str, name: str) -> Decimal | None:
    return parse_decimal(text, name) if text.strip() else None
