"""Why is a value wrong? Outdated, early, other basis, other product, slip, or never valid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from auditor.compare.facts import Agreement, Comparison, Rule, Setting, amount_of
from auditor.compare.units import is_one_selling_unit
from auditor.model import Claim, Diagnosis, Truth
from auditor.values.types import Basis, Money, Quantity, Word

# Below four significant digits every number is one digit away from many others.
_SLIP_DIGITS = 4
_SWAP_DIGITS = 3
_SLIP_FACTORS = tuple(Decimal(10) ** n for n in (1, 2, 3))


@dataclass(frozen=True, slots=True)
class Diagnosed:
    """A diagnosis; ``stale_since`` and ``versions_behind`` for outdated, ``starts`` for early."""

    diagnosis: Diagnosis
    note: str = ""
    stale_since: datetime | None = None
    versions_behind: int | None = None
    starts: datetime | None = None


def diagnose(  # noqa: PLR0913 - what a diagnosis may look at
    claim: Claim,
    truth: Truth,
    history: Sequence[Truth],
    rule: Rule,
    setting: Setting,
    comparison: Comparison,
) -> Diagnosed:
    """The most telling explanation of a mismatch, in this order of proof."""
    return (
        _outdated(claim, history, rule, setting.at)
        or _early(claim, history, rule, setting.at)
        or _other_basis(comparison)
        or _other_product(claim, rule, setting)
        or _slip(claim, truth)
        or Diagnosed(Diagnosis.NEVER_VALID)
    )


def slip(claimed: Decimal, expected: Decimal) -> str:
    """What typing slip leads from one number to the other, "" for none.

    >>> slip(Decimal("195"), Decimal("1.95")), slip(Decimal("2579.20"), Decimal("2879.2"))
    ('100 times too high', 'one digit differs')
    >>> slip(Decimal("1294"), Decimal("1249")), slip(Decimal("300"), Decimal("400"))
    ('two digits are swapped', '')
    """
    if claimed <= 0 or expected <= 0 or claimed == expected:
        return ""
    for factor in _SLIP_FACTORS:
        if claimed == expected * factor:
            return f"{factor} times too high"
        if expected == claimed * factor:
            return f"{factor} times too low"
    one, two = _aligned(claimed, expected)
    if len(one) == len(two) >= _SWAP_DIGITS and _is_swap(one, two):
        return "two digits are swapped"
    if len(one) != len(two) or min(len(d.strip("0")) for d in (one, two)) < _SLIP_DIGITS:
        return ""
    apart = [i for i, (a, b) in enumerate(zip(one, two, strict=True)) if a != b]
    if len(apart) == 1:
        return "one digit differs"
    return ""


def _is_swap(one: str, two: str) -> bool:
    """Whether two neighbouring digits changed places; a zero that moves alone is no swap.

    "3.02" for "3.20" is one: the other digits stand where they were.
    """
    apart = [i for i, (a, b) in enumerate(zip(one, two, strict=True)) if a != b]
    if len(apart) != 2 or apart[1] != apart[0] + 1 or apart[0] == 0:
        return False
    i, j = apart
    return one[i] == two[j] and one[j] == two[i]


def _outdated(claim: Claim, history: Sequence[Truth], rule: Rule, at: datetime) -> Diagnosed | None:
    past = [
        (t.valid_to, t)
        for t in history
        if t.valid_to is not None and t.valid_to <= at and _is(claim, t, rule)
    ]
    if not past:
        return None
    until, old = max(past, key=lambda item: item[0])
    later = {
        t.valid_from
        for t in history
        if t.valid_from is not None
        and until <= t.valid_from <= at
        and t.basis.min_qty == old.basis.min_qty
    }
    return Diagnosed(Diagnosis.OUTDATED, "", until, max(1, len(later)))


def _early(claim: Claim, history: Sequence[Truth], rule: Rule, at: datetime) -> Diagnosed | None:
    starts = [
        t.valid_from
        for t in history
        if t.valid_from is not None and t.valid_from > at and _is(claim, t, rule)
    ]
    return Diagnosed(Diagnosis.EARLY, starts=min(starts)) if starts else None


def _other_basis(comparison: Comparison) -> Diagnosed | None:
    if comparison.agreement is not Agreement.OTHER_BASIS:
        return None
    return Diagnosed(Diagnosis.BASIS, comparison.note or "the same number on another basis")


def _other_product(claim: Claim, rule: Rule, setting: Setting) -> Diagnosed | None:
    """The value belongs to another product that this very page names.

    A state such as "in stock" is that of many others: being the same proves nothing.
    """
    if isinstance(claim.value, Word):
        return None
    for sku in setting.neighbours:
        for truth in setting.truths_of(sku):
            if (
                truth.attribute is claim.attribute
                and truth.key == claim.key
                and truth.in_force(setting.at)
                and _is(claim, truth, rule)
            ):
                return Diagnosed(Diagnosis.OTHER_PRODUCT, f"that is the value of {sku}")
    return None


def _slip(claim: Claim, truth: Truth) -> Diagnosed | None:
    if not isinstance(claim.value, Money | Quantity):
        return None
    ours, theirs = amount_of(claim.value), amount_of(truth.value)
    if ours is None or theirs is None or not _is_one_unit(claim.basis, truth.basis):
        return None
    one, two = ours.readings[0], theirs.readings[0]
    if not (one.is_point and two.is_point) or one.low is None or two.low is None:
        return None
    claimed = one.low / claim.basis.price_per
    expected = two.low / truth.basis.price_per
    found = slip(claimed, expected)
    return Diagnosed(Diagnosis.SLIP, f"{found}, a typing slip") if found else None


def _is_one_unit(page: Basis, feed: Basis) -> bool:
    """Whether two prices are for the same: a unit that is not printed is the feed's."""
    return page.price_unit == feed.price_unit or (
        not page.unit_stated and is_one_selling_unit(page.price_unit, feed.price_unit)
    )


def _is(claim: Claim, truth: Truth, rule: Rule) -> bool:
    return rule(claim, truth).agreement is Agreement.SAME


def _aligned(one: Decimal, two: Decimal) -> tuple[str, str]:
    """Both numbers as digits with the same number of decimals."""
    places = max(0, *(-int(n.normalize().as_tuple().exponent) for n in (one, two)))
    return f"{one:.{places}f}".replace(".", ""), f"{two:.{places}f}".replace(".", "")
