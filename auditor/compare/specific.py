"""Which truths are for this source, and which of them is the most specific? Pure.

A price list for one market, channel or customer group replaces the general one of the same fact as
a whole: where the list for Germany has breaks of its own, no break of the general list counts
beside them. When the specific list is over, the general one holds again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from auditor.model import Reason, Truth
from auditor.values.types import Basis, Money

if TYPE_CHECKING:
    from auditor.compare.policy import Policy

Span = tuple[datetime | None, datetime | None]
"""From when (None: ever) up to when (exclusive, None: open)."""


def barred(truth: Truth, policy: Policy) -> Reason | None:
    """Why a truth is not held against a source's pages; None where it applies.

    A source without a market may be any market's; one without a channel or customer group is
    nobody's in particular: what holds for one channel or for some customers proves nothing there.
    """
    basis = truth.basis
    if basis.customer_group is not None and basis.customer_group != policy.customer_group:
        return Reason.CUSTOMER_SPECIFIC
    if basis.channel is not None and basis.channel != policy.channel:
        return Reason.OTHER_CHANNEL
    if basis.market is not None and policy.market not in (None, basis.market):
        return Reason.OTHER_MARKET
    return None


def effective(truths: Sequence[Truth], policy: Policy) -> tuple[Truth, ...]:
    """``truths`` with those cut short that a more specific one stands in for, past and future too.

    Customer group weighs more than market, market more than channel; only what the source has said
    of itself counts. Truths that do not apply to the source are kept as they are.
    """
    ranks = {rank(truth.basis, policy) for truth in truths}
    if len(ranks) < 2:
        return tuple(truths)
    facts: dict[object, list[Truth]] = defaultdict(list)
    for truth in truths:
        if barred(truth, policy) is None:
            facts[_fact(truth)].append(truth)
    found: list[Truth] = []
    for truth in truths:
        own = rank(truth.basis, policy)
        above = [
            (other.valid_from, other.valid_to)
            for other in facts.get(_fact(truth), ())
            if rank(other.basis, policy) > own
        ]
        if barred(truth, policy) is not None or not above:
            found.append(truth)
            continue
        left = _without((truth.valid_from, truth.valid_to), above)
        found += [replace(truth, valid_from=start, valid_to=end) for start, end in left]
    return tuple(found)


def rank(basis: Basis, policy: Policy) -> int:
    """How specifically a basis is for the source, 0 (general) to 7."""
    group = basis.customer_group is not None and basis.customer_group == policy.customer_group
    market = basis.market is not None and basis.market == policy.market
    channel = basis.channel is not None and basis.channel == policy.channel
    return 4 * group + 2 * market + channel


def _fact(truth: Truth) -> tuple[object, ...]:
    currency = truth.value.currency if isinstance(truth.value, Money) else ""
    return (truth.attribute, truth.key, currency)


def _without(span: Span, others: Iterable[Span]) -> list[Span]:
    """What is left of a span without the others."""
    left = [span]
    for start, end in others:
        left = _cut(left, start, end)
    return left


def _cut(spans: Iterable[Span], start: datetime | None, end: datetime | None) -> list[Span]:
    found: list[Span] = []
    for low, high in spans:
        is_apart = (high and start and high <= start) or (low and end and end <= low)
        if is_apart:
            found.append((low, high))
            continue
        if start is not None and (low is None or low < start):
            found.append((low, start))
        if end is not None and (high is None or end < high):
            found.append((end, high))
    return found
