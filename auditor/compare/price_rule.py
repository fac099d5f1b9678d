"""Do a printed price and a truth name the same price, once both are on one basis?"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal

from auditor.compare.facts import (
    AMBIGUOUS,
    DIFFERENT,
    SAME,
    Agreement,
    Comparison,
    Setting,
    exact,
)
from auditor.compare.units import PACKS, PIECES, VESSELS, factor_between, is_one_selling_unit
from auditor.model import Attribute, Claim, Reason, Truth
from auditor.values.types import Interval, Money, Tax

_ONE = Decimal(1)


@dataclass(frozen=True, slots=True)
class PriceRule:
    """Compares one price claim with one price truth on a common basis."""

    setting: Setting

    def __call__(self, claim: Claim, truth: Truth) -> Comparison:
        """Same, different, on another basis, or not comparable and why."""
        if not isinstance(claim.value, Money) or not isinstance(truth.value, Money):
            return Comparison(Agreement.INCOMPARABLE, Reason.INCOMPARABLE)
        barred = _barred(claim, truth)
        if barred is not None:
            return barred
        expected = self.expected(claim, truth)
        if expected is None or self._is_unknown_pack(claim, truth):
            alike = self._as_one_unit(claim, truth)
            if expected is None or alike is SAME:
                return alike
        assert expected is not None
        amount = claim.value.amount
        equal = [
            any(_within(r, low, high, amount.half_step) for low, high in expected)
            for r in amount.readings
        ]
        if all(equal):
            return SAME
        if any(equal):
            return AMBIGUOUS
        if len(amount.readings) > 1:
            return AMBIGUOUS
        if self._is_the_piece(claim, truth):
            return SAME
        return self._basis_slip(claim, truth) or DIFFERENT

    def expected(self, claim: Claim, truth: Truth) -> list[tuple[Decimal, Decimal]] | None:
        """The truth on the claim's basis: the intervals a right print may lie in.

        Several where nobody says whether the tax is in; None where the units do not relate.
        """
        net = exact(truth.value)
        packs = self.setting.number(Attribute.PACK_SIZE)
        factor = factor_between(claim.basis, truth.basis, packs, self.setting.pack_unit())
        taxes = self._tax_factors(claim.basis.tax, truth)
        if net is None or factor is None or not taxes:
            return None
        assert isinstance(claim.value, Money)
        half = claim.value.amount.half_step
        found = []
        for tax in taxes:
            converted = net / truth.basis.price_per * factor * claim.basis.price_per * tax
            # A converted price is printed rounded: half a step of the print.
            slack = Decimal(0) if converted == net else half
            found.append((converted - slack, converted + slack))
        return found

    def _is_the_piece(self, claim: Claim, truth: Truth) -> bool:
        """Whether the amount is right for what is one piece: "€ 4,90 per cartridge" of 12 in a box.

        A feed's "pcs" of glue is the cartridge, whatever the cartridges are packed in.
        """
        alike = claim.basis.price_unit in VESSELS and truth.basis.price_unit in PIECES
        same_count = claim.basis.price_per == truth.basis.price_per
        return alike and same_count and exact(claim.value) == exact(truth.value)

    def _is_unknown_pack(self, claim: Claim, truth: Truth) -> bool:
        """Whether only the page knows of packs: then the feed's piece may be the pack."""
        ours, theirs = claim.basis.price_unit, truth.basis.price_unit
        known = truth.basis.pack_size or self.setting.number(Attribute.PACK_SIZE)
        return known is None and ours in PACKS and theirs in PIECES

    def _as_one_unit(self, claim: Claim, truth: Truth) -> Comparison:
        """Nothing says how the two units relate: equal amounts still agree."""
        unclear = Comparison(Agreement.INCOMPARABLE, Reason.BASIS_UNCLEAR)
        if not is_one_selling_unit(claim.basis.price_unit, truth.basis.price_unit):
            return unclear
        alike = replace(claim, basis=replace(claim.basis, price_unit=truth.basis.price_unit))
        if self.expected(alike, truth) is None or self(alike, truth) is not SAME:
            return unclear
        return SAME

    def _tax_factors(self, tax: Tax, truth: Truth) -> list[Decimal]:
        """What turns the truth into the page's tax basis; both ways where a side does not say."""
        ours = tax if tax is not Tax.UNKNOWN else self.setting.policy.tax
        theirs = truth.basis.tax
        rate = self._rate(truth)
        if ours is theirs is not Tax.UNKNOWN:
            return [_ONE]
        if Tax.UNKNOWN in (ours, theirs):
            return [_ONE] if rate is None else [_ONE, rate, _ONE / rate]
        if rate is None:
            return []
        return [rate if ours is Tax.INCL else _ONE / rate]

    def _rate(self, truth: Truth) -> Decimal | None:
        market = truth.basis.market or self.setting.policy.market
        percent = self.setting.policy.vat.get(market or "")
        return None if percent is None else _ONE + percent / 100

    def _basis_slip(self, claim: Claim, truth: Truth) -> Comparison | None:
        """The right number on the wrong basis: per 100 sold as per piece, gross as net."""
        shown, true = exact(claim.value), exact(truth.value)
        if shown is None or true is None:
            return None
        one, two = claim.basis, truth.basis
        if shown == true and (one.price_per, one.price_unit) != (two.price_per, two.price_unit):
            per = f"{two.price_per.normalize():f} {two.price_unit}"
            return _other_basis(f"the amount is right, but it is for {per}")
        rate = self._rate(truth)
        if rate is not None:
            gross = (true * rate).quantize(Decimal("0.01"), ROUND_HALF_UP)
            net = (true / rate).quantize(Decimal("0.01"), ROUND_HALF_UP)
            for amount, word in ((gross, "with"), (net, "without")):
                if shown == amount != true:
                    return _other_basis(f"that is the price {word} tax, labelled otherwise")
        packs = two.pack_size or self.setting.number(Attribute.PACK_SIZE)
        if packs and packs > 1 and shown in (true * packs, true / packs):
            return _other_basis(f"the amounts differ by the pack of {packs.normalize():f}")
        return None


def _barred(claim: Claim, truth: Truth) -> Comparison | None:
    assert isinstance(claim.value, Money)
    assert isinstance(truth.value, Money)
    market = claim.basis.market
    if market is not None and truth.basis.market is not None and market != truth.basis.market:
        return Comparison(Agreement.INCOMPARABLE, Reason.OTHER_MARKET)
    if claim.value.currency is None:
        return Comparison(Agreement.INCOMPARABLE, Reason.AMBIGUOUS_CURRENCY)
    if claim.value.currency != truth.value.currency:
        return Comparison(Agreement.INCOMPARABLE, Reason.OTHER_CURRENCY)
    return None


def _within(reading: Interval, low: Decimal, high: Decimal, half: Decimal) -> bool:
    if reading.low is None:
        return False
    if low == high and half:  # a truth with more decimals than are printed is printed rounded
        finer = low.as_tuple().exponent
        if isinstance(finer, int) and Decimal(1).scaleb(finer) < 2 * half:
            return abs(reading.low - low) <= half and abs(reading.low - low) <= low / 200
    return low <= reading.low <= high


def _other_basis(note: str) -> Comparison:
    return Comparison(Agreement.OTHER_BASIS, None, note)
