"""Part numbers that were read as quantities: "53-1280" is neither a range nor a price break."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from auditor.model import Candidate, Role
from auditor.values.types import Amount, Basis, Duration, Money, Quantity

if TYPE_CHECKING:
    from auditor.catalogue import Mention

_DIGITS = re.compile(r"\d+")


class PartNumbers:
    """The numbers that the products named on a page are made of."""

    def __init__(self, mentions: Iterable[Mention]) -> None:
        self._ends: set[tuple[Decimal, Decimal | None]] = set()
        self._texts: list[tuple[int, int, str]] = []
        for mention in mentions:
            groups = [Decimal(d) for d in _DIGITS.findall(mention.text)]
            if not groups or any(c.isalpha() for c in mention.text):
                continue
            self._texts.append((mention.start, mention.end, mention.text))
            self._ends.add((groups[0], groups[1] if len(groups) > 1 else None))
            self._ends.add((groups[0], None))

    def without(self, candidate: Candidate) -> Candidate | None:
        """The candidate without what is a part number; None where its value itself is one."""
        if not self._texts or not candidate.visible:
            return candidate
        if self._is_part(candidate):
            return None
        basis = candidate.basis
        if basis.min_qty is None or (basis.min_qty, basis.max_qty) not in self._ends:
            return candidate
        plain: Basis = replace(basis, min_qty=None, max_qty=None)
        role = Role.LIST if candidate.role is Role.TIER else candidate.role
        return replace(candidate, basis=plain, role=role)

    def _is_part(self, candidate: Candidate) -> bool:
        amount = _amount(candidate)
        if amount is None:
            return False
        start, end = candidate.locator.start, candidate.locator.end
        text = amount.text.strip()
        first = bisect_left(self._texts, (start,))
        for low, high, part in self._texts[first:]:
            if high > end:
                break
            if text and text in part:
                outside = candidate.quote[: low - start] + candidate.quote[high - start :]
                if text not in outside:
                    return True
        return False


def _amount(candidate: Candidate) -> Amount | None:
    match candidate.value:
        case Money(amount=amount) | Quantity(amount=amount) | Duration(amount=amount):
            return amount
        case _:
            return None
