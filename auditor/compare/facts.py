"""What is known of one product when its statements are judged: its truths in time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

from auditor.compare.specific import barred
from auditor.model import Attribute, Claim, Reason, Truth
from auditor.values.types import Amount, Dimensions, Duration, Money, Quantity, Value
from auditor.values.vocabulary import vocabulary

if TYPE_CHECKING:
    from auditor.catalogue import Catalogue
    from auditor.compare.policy import Policy
    from auditor.page.model import Page


class Agreement(StrEnum):
    """How one claim stands to one truth."""

    SAME = "same"
    DIFFERENT = "different"
    OTHER_BASIS = "other_basis"
    AMBIGUOUS = "ambiguous"
    INCOMPARABLE = "incomparable"


@dataclass(frozen=True, slots=True)
class Comparison:
    """The outcome of comparing one claim with one truth; ``reason`` why it cannot be compared."""

    agreement: Agreement
    reason: Reason | None = None
    note: str = ""


SAME = Comparison(Agreement.SAME)
DIFFERENT = Comparison(Agreement.DIFFERENT)
AMBIGUOUS = Comparison(Agreement.AMBIGUOUS, Reason.AMBIGUOUS_NUMBER)

Rule = Callable[[Claim, Truth], Comparison]


@dataclass(frozen=True, slots=True)
class Setting:
    """Everything beside the claim that a judgement of one product on one page depends on.

    ``truths`` are the product's own, ``neighbours`` the SKUs of the other products the page
    names. ``truths_of`` looks any SKU up.
    """

    page: Page
    sku: str
    at: datetime
    policy: Policy
    catalogue: Catalogue
    truths: tuple[Truth, ...]
    neighbours: tuple[str, ...]
    truths_of: Callable[[str], Sequence[Truth]]

    def series(self, attribute: Attribute, key: str | None = None) -> list[Truth]:
        """All truths of an attribute, past and future, oldest first, that apply to the source."""
        found = [
            t
            for t in self.truths
            if t.attribute is attribute and (key is None or t.key == key) and self.applies(t)
        ]
        return sorted(found, key=lambda t: t.valid_from.timestamp() if t.valid_from else 0.0)

    def in_force(self, attribute: Attribute, key: str | None = None) -> list[Truth]:
        """The truths of an attribute that hold at the judged instant."""
        return [t for t in self.series(attribute, key) if t.in_force(self.at)]

    def applies(self, truth: Truth) -> bool:
        """Whether a truth is for the source's market, channel and customers, or for all."""
        return barred(truth, self.policy) is None

    def none_applies(self, attribute: Attribute) -> Reason:
        """Why no truth of an attribute applies: there is none, or the nearest is for others."""
        reasons = {barred(t, self.policy) for t in self.truths if t.attribute is attribute}
        return next((r for r in _NEAREST if r in reasons), Reason.NO_TRUTH)

    def pack_unit(self) -> str:
        """What the product's pack size counts: "pcs", or the rolls of a carton of rolls."""
        for truth in self.in_force(Attribute.PACK_SIZE):
            if isinstance(truth.value, Quantity) and truth.value.unit:
                return truth.value.unit
        return "pcs"

    def is_called(self, unit: str) -> bool:
        """Whether the product is a ``unit`` by its name: 25 boxes of a "Shipping box" are pieces,
        whatever they are packed in."""
        product = self.catalogue.by_sku.get(self.sku)
        words = vocabulary(self.policy.language)
        named = words.find("unit", product.name) if product is not None else []
        return any(hit.canonical == unit for hit in named)

    def number(self, attribute: Attribute) -> Decimal | None:
        """The single number in force of a quantity attribute, e.g. the pack size."""
        for truth in self.in_force(attribute):
            if (found := exact(truth.value)) is not None:
                return found
        return None


_NEAREST = (Reason.CUSTOMER_SPECIFIC, Reason.OTHER_CHANNEL, Reason.OTHER_MARKET)


def exact(value: Value) -> Decimal | None:
    """The one number a value is; None for ranges, words and ambiguous numbers."""
    amount = amount_of(value)
    if amount is None or len(amount.readings) != 1 or not amount.readings[0].is_point:
        return None
    return amount.readings[0].low


def amount_of(value: Value) -> Amount | None:
    """The amount inside a money, quantity or duration value."""
    match value:
        case Money(amount=amount) | Quantity(amount=amount) | Duration(amount=amount):
            return amount
        case Dimensions(parts=(part,)):
            return part.amount
        case _:
            return None
