"""Minimum quantity, order multiple, pack size and minimum order value against the feed's."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from auditor.compare.facts import (
    AMBIGUOUS,
    DIFFERENT,
    SAME,
    Agreement,
    Comparison,
    Setting,
    exact,
)
from auditor.compare.units import PACKS, PIECES, is_one_selling_unit, units_in
from auditor.compare.verdicts import Case, unjudged, weigh
from auditor.model import Attribute, Claim, Judgement, Reason, Truth
from auditor.values.types import Amount, Money, Quantity


def judge_quantity(claim: Claim, setting: Setting) -> Judgement:
    """Judge a MOQ, an order multiple, a pack size or a minimum order value."""
    series = setting.series(claim.attribute)
    now = [t for t in series if t.in_force(setting.at)]
    case = Case(claim, now, series)
    if not series:
        return unjudged(case, setting, setting.none_applies(claim.attribute))
    return weigh(case, QuantityRule(setting), setting)


@dataclass(frozen=True, slots=True)
class QuantityRule:
    """Compares a number of pieces or packs, or an amount of money, with the truth's."""

    setting: Setting

    def __call__(self, claim: Claim, truth: Truth) -> Comparison:
        """Two cartons of 50 are 100 pieces; an unprinted unit is the truth's."""
        if isinstance(claim.value, Money) or isinstance(truth.value, Money):
            return _money(claim, truth)
        if not isinstance(claim.value, Quantity) or not isinstance(truth.value, Quantity):
            return Comparison(Agreement.INCOMPARABLE, Reason.INCOMPARABLE)
        ours, theirs = claim.value.unit, truth.value.unit
        packs = claim.basis.pack_size or self._pack_size(claim)
        factor = Decimal(1) if ours == "" else units_in(ours, theirs, packs, self._pack_unit(claim))
        expected = exact(truth.value)
        if expected is None:
            return Comparison(Agreement.INCOMPARABLE, Reason.INCOMPARABLE)
        if factor is None:
            equal = _equal(claim.value.amount, expected, Decimal(1)) is SAME
            if equal and is_one_selling_unit(ours, theirs):
                return SAME
            return Comparison(Agreement.INCOMPARABLE, Reason.BASIS_UNCLEAR)
        found = _equal(claim.value.amount, expected, factor)
        if found is not DIFFERENT:
            return found
        if theirs in PIECES and self.setting.is_called(ours):
            found = _equal(claim.value.amount, expected, Decimal(1))
        return found if found is SAME else self._as_packs(claim, truth, packs) or DIFFERENT

    def _pack_size(self, claim: Claim) -> Decimal | None:
        if claim.attribute is Attribute.PACK_SIZE:
            return None
        return self.setting.number(Attribute.PACK_SIZE)

    def _pack_unit(self, claim: Claim) -> str:
        return "pcs" if claim.basis.pack_size else self.setting.pack_unit()

    def _as_packs(self, claim: Claim, truth: Truth, packs: Decimal | None) -> Comparison | None:
        """The number of packs printed as pieces, or the other way round."""
        shown, true = exact(claim.value), exact(truth.value)
        if packs is None or packs <= 1 or shown is None or true is None:
            return None
        assert isinstance(claim.value, Quantity)
        count = f"{packs.normalize():f}"
        if claim.value.unit in PIECES and shown * packs == true:
            note = f"that is the number of packs of {count}, not of pieces"
            return Comparison(Agreement.OTHER_BASIS, None, note)
        if claim.value.unit in PACKS and shown == true:
            note = f"that is the number of pieces, not of packs of {count}"
            return Comparison(Agreement.OTHER_BASIS, None, note)
        return None


def _money(claim: Claim, truth: Truth) -> Comparison:
    if not isinstance(claim.value, Money) or not isinstance(truth.value, Money):
        return Comparison(Agreement.INCOMPARABLE, Reason.INCOMPARABLE)
    if claim.value.currency is None:
        return Comparison(Agreement.INCOMPARABLE, Reason.AMBIGUOUS_CURRENCY)
    if claim.value.currency != truth.value.currency:
        return Comparison(Agreement.INCOMPARABLE, Reason.OTHER_CURRENCY)
    expected = exact(truth.value)
    if expected is None:
        return Comparison(Agreement.INCOMPARABLE, Reason.INCOMPARABLE)
    return _equal(claim.value.amount, expected, Decimal(1))


def _equal(amount: Amount, expected: Decimal, factor: Decimal) -> Comparison:
    """ "from 5" and "5" are the same minimum: an open range counts by its lower end."""
    hits = [
        low is not None and low * factor == expected
        for low in (r.low if r.low is not None else r.high for r in amount.readings)
    ]
    if all(hits):
        return SAME
    return AMBIGUOUS if any(hits) or len(hits) > 1 else DIFFERENT
