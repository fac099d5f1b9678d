"""Two prices side by side: the higher first one is the former price, though nothing says so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

from auditor.compare.facts import exact
from auditor.model import Attribute, Claim, Role
from auditor.values.types import Money

_SIDE_BY_SIDE = 3


def with_former_prices(claims: Sequence[Claim], text: str) -> list[Claim]:
    """The claims with "$85.00 $68.00" read as a was-price and a sale price.

    Only where the lower amount is what the structured data gives as the price, or is labelled as
    a sale: shops strike the former price through by a style sheet that a crawler does not see.
    """
    markup = {
        (c.sku, amount) for c in claims if not c.visible and (amount := _amount(c)) is not None
    }
    ordered = sorted((c for c in claims if c.visible), key=lambda c: c.locator.start)
    former: dict[int, Claim] = {}
    for first, second in pairwise(ordered):
        if not _is_pair(first, second, text):
            continue
        if second.role is Role.SALE or (second.sku, _amount(second)) in markup:
            former[id(first)] = replace(first, role=Role.WAS)
            former[id(second)] = replace(second, role=Role.SALE)
    return [former.get(id(c), c) for c in claims]


def _is_pair(first: Claim, second: Claim, text: str) -> bool:
    high, low = _amount(first), _amount(second)
    gap = text[first.locator.end : second.locator.start]
    return (
        high is not None
        and low is not None
        and low < high
        and first.sku == second.sku
        and first.role in (Role.LIST, Role.NONE)
        and second.role in (Role.LIST, Role.NONE, Role.SALE)
        and first.basis == second.basis
        and first.basis.min_qty is None
        and first.locator.end <= second.locator.start
        and len(gap) <= _SIDE_BY_SIDE
        and not any(c.isalnum() for c in gap)
    )


def _amount(claim: Claim) -> Decimal | None:
    if claim.attribute is not Attribute.PRICE or not isinstance(claim.value, Money):
        return None
    return exact(claim.value)
