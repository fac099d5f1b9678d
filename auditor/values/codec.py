"""Values and bases as JSON text, for the store: an exact round trip, Decimals as text."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from auditor.values.types import (
    Amount,
    Basis,
    Code,
    Dimensions,
    Duration,
    DurationUnit,
    Interval,
    Money,
    Quantity,
    Tax,
    Value,
    Word,
)

# json.dumps builds an encoder a call; a feed has a million values.
_COMPACT = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def to_json(value: Value) -> str:
    """The value as compact JSON; ``from_json`` gives back an equal value.

    >>> to_json(Word("In stock", "in_stock"))
    '{"is":"word","text":"In stock","canonical":"in_stock"}'
    """
    return _COMPACT(_encode(value))


def from_json(text: str) -> Value:
    """The value that ``to_json`` wrote; raises ValueError for anything else.

    >>> from_json('{"is":"song"}')
    Traceback (most recent call last):
    ...
    ValueError: not a stored value: {"is":"song"}
    """
    try:
        return _decode(json.loads(text))
    except (KeyError, TypeError, ArithmeticError, AttributeError, ValueError) as problem:
        raise ValueError(f"not a stored value: {text[:80]}") from problem


def basis_to_json(basis: Basis) -> str:
    """The basis as compact JSON, fields at their default left out.

    >>> basis_to_json(Basis(price_per=Decimal(100), tax=Tax.EXCL))
    '{"price_per":"100","tax":"excl"}'
    """
    plain = Basis()
    fields: dict[str, Any] = {}
    for name in Basis.__slots__:
        held = getattr(basis, name)
        if held != getattr(plain, name):
            fields[name] = str(held) if isinstance(held, Decimal) else held
    return _COMPACT(fields)


def basis_from_json(text: str) -> Basis:
    """The basis that ``basis_to_json`` wrote; raises ValueError for anything else."""
    try:
        fields = json.loads(text)
        for name in ("price_per", "min_qty", "max_qty", "pack_size"):
            if fields.get(name) is not None:
                fields[name] = Decimal(fields[name])
        if "tax" in fields:
            fields["tax"] = Tax(fields["tax"])
        return Basis(**fields)
    except (TypeError, ArithmeticError, AttributeError, ValueError) as problem:
        raise ValueError(f"not a stored basis: {text[:80]}") from problem


def _encode(value: Value) -> dict[str, Any]:
    match value:
        case Money(amount, currency):
            return {"is": "money", **_encode_amount(amount), "currency": currency}
        case Quantity():
            return _encode_quantity(value)
        case Duration(amount, unit):
            return {"is": "duration", **_encode_amount(amount), "unit": unit.value}
        case Dimensions(parts, labels):
            return {
                "is": "dimensions",
                "parts": [_encode_quantity(part) for part in parts],
                "labels": list(labels),
            }
        case Code(text, canonical):
            return {"is": "code", "text": text, "canonical": canonical}
        case Word(text, canonical):
            return {"is": "word", "text": text, "canonical": canonical}


def _encode_quantity(value: Quantity) -> dict[str, Any]:
    fields = {"is": "quantity", **_encode_amount(value.amount), "unit": value.unit}
    if value.tolerance is not None:
        fields["tolerance"] = _encode_interval(value.tolerance)
    return fields


def _encode_amount(amount: Amount) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "text": amount.text,
        "readings": [_encode_interval(reading) for reading in amount.readings],
    }
    if amount.half_step:
        fields["half_step"] = str(amount.half_step)
    return fields


def _encode_interval(interval: Interval) -> list[str | None]:
    return [None if end is None else str(end) for end in (interval.low, interval.high)]


def _decode(fields: dict[str, Any]) -> Value:
    match fields["is"]:
        case "money":
            return Money(_decode_amount(fields), fields["currency"])
        case "quantity":
            return _decode_quantity(fields)
        case "duration":
            return Duration(_decode_amount(fields), DurationUnit(fields["unit"]))
        case "dimensions":
            parts = tuple(_decode_quantity(part) for part in fields["parts"])
            return Dimensions(parts, tuple(fields["labels"]))
        case "code":
            return Code(fields["text"], fields["canonical"])
        case "word":
            return Word(fields["text"], fields["canonical"])
        case other:
            raise ValueError(other)


def _decode_quantity(fields: dict[str, Any]) -> Quantity:
    tolerance = fields.get("tolerance")
    band = None if tolerance is None else _decode_interval(tolerance)
    return Quantity(_decode_amount(fields), fields["unit"], band)


def _decode_amount(fields: dict[str, Any]) -> Amount:
    return Amount(
        fields["text"],
        tuple(_decode_interval(reading) for reading in fields["readings"]),
        Decimal(fields.get("half_step", "0")),
    )


def _decode_interval(ends: list[str | None]) -> Interval:
    low, high = (None if end is None else Decimal(end) for end in ends)
    return Interval(low, high)
