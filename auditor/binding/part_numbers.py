"""Part numbers that were read as quantities: "53-1280" is neither a range nor a price break, and
"the Heron 7 for £249" is no price for seven."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from auditor.model import Candidate, Method, Role
from auditor.values.types import Amount, Basis, Duration, Money, Quantity

if TYPE_CHECKING:
    from auditor.mentions import Mention

_DIGITS = re.compile(r"\d+")
_DECIMALS = re.compile(r"\d+\.\d+")
# How far before its price the product may be named that lends it a number.
_REACH = 60


class PartNumbers:
    """The numbers that the products named on a page are made of."""

    def __init__(self, mentions: Iterable[Mention]) -> None:
        self._ends: set[tuple[Decimal, Decimal | None]] = set()
        self._parts: list[tuple[int, int, str, frozenset[Decimal]]] = []
        for mention in mentions:
            groups = [Decimal(d) for d in _DIGITS.findall(mention.text)]
            if not groups:
                continue
            decimals = [Decimal(d) for d in _DECIMALS.findall(mention.text)]
            numbers = frozenset(groups + decimals)
            self._parts.append((mention.start, mention.end, mention.text, numbers))
            if any(c.isalpha() for c in mention.text):
                continue
            self._ends.add((groups[0], groups[1] if len(groups) > 1 else None))
            self._ends.add((groups[0], None))

    def without(self, candidate: Candidate) -> Candidate | None:
        """The candidate without what is a part number; None where its value itself is one."""
        if not self._parts or not candidate.visible:
            return candidate
        if self._is_part(candidate):
            return None
        candidate = self._per_one(candidate)
        basis = candidate.basis
        if basis.min_qty is None or (basis.min_qty, basis.max_qty) not in self._ends:
            return candidate
        plain: Basis = replace(basis, min_qty=None, max_qty=None)
        role = Role.LIST if candidate.role is Role.TIER else candidate.role
        return replace(candidate, basis=plain, role=role)

    def _per_one(self, candidate: Candidate) -> Candidate:
        """A price in running text without a quantity that is only the number of its product."""
        basis, start, end = candidate.basis, candidate.locator.start, candidate.locator.end
        count = basis.price_per if basis.price_per != 1 else basis.min_qty
        if count is None or count == 1 or candidate.method is not Method.PROSE:
            return candidate
        first = bisect_left(self._parts, (start - _REACH,))
        for low, high, _, numbers in self._parts[first:]:
            if low >= end:
                break
            own = candidate.quote[max(0, high - start) :] if high > start else candidate.quote
            if count in numbers and not _prints(own, count):
                one = replace(basis, price_per=Decimal(1), min_qty=None, max_qty=None)
                if basis.price_per != 1:
                    one = replace(one, price_unit="pcs", unit_stated=False)
                role = Role.LIST if candidate.role is Role.TIER else candidate.role
                return replace(candidate, basis=one, role=role)
        return candidate

    def _is_part(self, candidate: Candidate) -> bool:
        amount = _amount(candidate)
        if amount is None:
            return False
        start, end = candidate.locator.start, candidate.locator.end
        text = amount.text.strip()
        first = bisect_left(self._parts, (start,))
        for low, high, part, _ in self._parts[first:]:
            if high > end:
                break
            if text and text in part:
                outside = candidate.quote[: low - start] + candidate.quote[high - start :]
                if text not in outside:
                    return True
        return False


def _prints(text: str, count: Decimal) -> bool:
    return any(Decimal(digits) == count for digits in _DIGITS.findall(text))


def _amount(candidate: Candidate) -> Amount | None:
    match candidate.value:
        case Money(amount=amount) | Quantity(amount=amount) | Duration(amount=amount):
            return amount
        case _:
            return None
