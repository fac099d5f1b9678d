"""Typed values: what a claim or a truth says, with every reading its text allows."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Interval:
    """A closed interval; ``low == high`` is a single number, None an open end ("from", "up to")."""

    low: Decimal | None
    high: Decimal | None

    @classmethod
    def point(cls, value: Decimal) -> Interval:
        """The interval that holds just ``value``."""
        return cls(value, value)

    @property
    def is_point(self) -> bool:
        """Whether it is a single number."""
        return self.low is not None and self.low == self.high


@dataclass(frozen=True, slots=True)
class Amount:
    """A printed number or range, with its text and all its readings.

    ``readings`` holds at least one interval, the most plausible first; more than one means the
    separators leave it open (``1.250`` = 1.25 | 1250). ``half_step`` is half a unit of the last
    printed digit: the tolerance that the printed precision gives (0 for exact feed values).
    """

    text: str
    readings: tuple[Interval, ...]
    half_step: Decimal = Decimal(0)


class DurationUnit(StrEnum):
    """Unit and calendar of a duration; business days are not days."""

    HOURS = "hours"
    DAYS = "days"
    BUSINESS_DAYS = "business_days"
    WEEKS = "weeks"
    MONTHS = "months"


@dataclass(frozen=True, slots=True)
class Money:
    """An amount of money; ``currency`` is ISO 4217, None where the page does not say."""

    amount: Amount
    currency: str | None


@dataclass(frozen=True, slots=True)
class Quantity:
    """An amount with a unit symbol ("mm", "V", "pcs", "" for a bare number).

    ``tolerance`` is a printed ± band as absolute deviations (``24 V ±10 %`` = -2.4 … +2.4).
    """

    amount: Amount
    unit: str
    tolerance: Interval | None = None


@dataclass(frozen=True, slots=True)
class Duration:
    """A lead time or other span of time."""

    amount: Amount
    unit: DurationUnit


@dataclass(frozen=True, slots=True)
class Dimensions:
    """A composite dimension (L × W × H); ``labels`` are "length", "width", "height", "diameter"
    or "" where the text does not say, as many as ``parts``."""

    parts: tuple[Quantity, ...]
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Code:
    """A coded value (IP67, M8x1.25, AWG 20, DN40, 1.4301): an enum, never a number."""

    text: str
    canonical: str


@dataclass(frozen=True, slots=True)
class Word:
    """A word from a controlled vocabulary (``in_stock``, ``not_published``) or folded free text."""

    text: str
    canonical: str


Value = Money | Quantity | Duration | Dimensions | Code | Word


class Tax(StrEnum):
    """Whether a price holds the sales tax."""

    EXCL = "excl"
    INCL = "incl"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Basis:
    """What a price or quantity is for; two values are compared only on a common basis.

    A price is for ``price_per`` × ``price_unit`` ("pcs", "m", "kg", "pack", "reel" …), from
    ``min_qty`` on (None: no break stated) up to ``max_qty`` (None: open). ``pack_size`` is the
    number of pieces in one ``price_unit`` where the page or feed says so; ``pack_unit`` is what
    it counts when not pieces (a reel of 100 m: 100 and "m"). ``unit_stated`` tells whether the
    price unit was printed or only assumed. ``market``, ``channel`` ("webshop", "branch") and
    ``customer_group`` ("dealer") say for whom it holds; None: for all.
    """

    price_per: Decimal = Decimal(1)
    price_unit: str = "pcs"
    min_qty: Decimal | None = None
    max_qty: Decimal | None = None
    pack_size: Decimal | None = None
    tax: Tax = Tax.UNKNOWN
    market: str | None = None
    unit_stated: bool = False
    pack_unit: str = "pcs"
    channel: str | None = None
    customer_group: str | None = None
