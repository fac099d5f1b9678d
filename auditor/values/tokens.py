"""Tokens: typed values cut out of running text, with their spans."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from auditor.values.types import Basis, Value


class Kind(StrEnum):
    """What a token is."""

    MONEY = "money"
    NUMBER = "number"
    QUANTITY = "quantity"
    DURATION = "duration"
    DIMENSIONS = "dimensions"
    CODE = "code"
    DATE = "date"
    PERCENT = "percent"


class Bound(StrEnum):
    """An open end printed with a value."""

    NONE = ""
    FROM = "from"
    UP_TO = "up_to"


@dataclass(frozen=True, slots=True)
class Token:
    """One typed value in a text.

    ``start``/``end`` are characters of the tokenized text and cover the whole printed value
    (currency, "per 100 pcs" and range included). ``core`` is the span of the value without its
    "from"/"per …" dressing. ``basis`` holds what was printed with a price (price_per, price_unit,
    tax), None for other kinds. ``instant`` is set for dates only (start of that day).
    """

    kind: Kind
    start: int
    end: int
    value: Value | None
    core: tuple[int, int]
    basis: Basis | None = None
    bound: Bound = Bound.NONE
    instant: datetime | None = None
