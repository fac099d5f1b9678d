"""Is a printed price the price in force? Like is compared with like, break by break."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from auditor.compare.diagnose import Diagnosed
from auditor.compare.facts import Agreement, Setting, exact
from auditor.compare.price_rule import PriceRule
from auditor.compare.verdicts import Case, conflict, extra, mismatched, unjudged, weigh
from auditor.model import Attribute, Claim, Diagnosis, Judgement, Reason, Role, Truth, Verdict
from auditor.values.types import Interval, Money, Word

_ONE = Decimal(1)
_PER_NOUN = re.compile(
    r"\s*(?:per|each|/|je|pro|par|por|al|a|per il|la|le)\s+([^\W\d_]{4,30})", re.IGNORECASE
)

_PER_UNKNOWN = re.compile(r"\s(?:per|pro|je|par|por)\s+([^\W\d_]{4,30})", re.IGNORECASE)


def judge_price(claim: Claim, setting: Setting) -> Judgement:
    """Judge one price claim; roles that are not current are left alone with their reason."""
    claim = _per_own_noun(claim, setting)
    if isinstance(claim.value, Word):
        case = Case(claim, _in_force_base(setting), ())
        reason = _WORD_REASONS.get(claim.value.canonical, Reason.NOT_PUBLISHED)
        return unjudged(case, setting, reason, "The page shows no price on purpose.")
    if not isinstance(claim.value, Money):
        return unjudged(Case(claim, (), ()), setting, Reason.INCOMPARABLE)
    if not claim.role.is_current:
        case = Case(claim, (), (), role=str(claim.role))
        return unjudged(case, setting, _NOT_CURRENT.get(claim.role, Reason.NOT_CURRENT))
    if not setting.series(Attribute.PRICE):
        reason = setting.none_applies(Attribute.PRICE)
        return unjudged(Case(claim, (), ()), setting, reason)
    if claim.role is Role.FROM and claim.basis.min_qty is None:
        return _judge_from(claim, setting)
    if not _is_point(claim):
        return _judge_range(claim, setting)
    if claim.role is Role.SALE:
        return _judge_sale(claim, setting)
    return _judge_list(claim, setting)


def _judge_list(claim: Claim, setting: Setting) -> Judgement:
    rule = PriceRule(setting)
    breaks = setting.in_force(Attribute.PRICE, "")
    series = setting.series(Attribute.PRICE, "")
    quantity = claim.basis.min_qty
    role = _tier_role(quantity)
    now = _at_break(breaks, quantity)
    history = [t for t in series if _same_break(t, quantity, breaks)]
    case = Case(claim, now, history, role=role)
    total = _is_extended_total(claim, setting, now)
    if quantity is None and len({t.basis.min_qty for t in breaks}) > 1:
        fits = [t for t in breaks if rule(claim, t).agreement is Agreement.SAME]
        if fits and not conflict(now, rule, claim):
            return weigh(Case(claim, fits[:1], history), rule, setting)
    if not now and _is_minimum(quantity, setting):
        # "100 minimum, 8 cents each": the minimum quantity is no price break.
        return _judge_list(replace(claim, basis=replace(claim.basis, min_qty=None)), setting)
    if not now:
        return _judge_without_break(claim, breaks, series, setting, rule)
    judgement = weigh(case, rule, setting)
    if judgement.verdict is Verdict.MISMATCH and total:
        return unjudged(case, setting, Reason.BASIS_UNCLEAR, total, now[0])
    if judgement.verdict is Verdict.MISMATCH:
        return _as_sale(claim, judgement, setting) if quantity is None else judgement
    return judgement


def _as_sale(claim: Claim, judgement: Judgement, setting: Setting) -> Judgement:
    """A price without a sale label that is a sale price: the running one, or one that is over."""
    rule = PriceRule(setting)
    series = setting.series(Attribute.PRICE, "sale")
    running = [t for t in series if t.in_force(setting.at)]
    if running:
        as_sale = weigh(Case(claim, running, (), key="sale"), rule, setting)
        if as_sale.verdict is not Verdict.MISMATCH:
            return as_sale
    over = [
        t
        for t in series
        if t.valid_to is not None
        and t.valid_to <= setting.at
        and rule(claim, t).agreement is Agreement.SAME
    ]
    base = _in_force_base(setting)
    if over and not running and base and judgement.diagnosis is not Diagnosis.OUTDATED:
        return _expired(claim, series, base, setting)
    return judgement


def _judge_without_break(
    claim: Claim,
    breaks: Sequence[Truth],
    series: Sequence[Truth],
    setting: Setting,
    rule: PriceRule,
) -> Judgement:
    """A quantity for which the price list has no break of its own."""
    quantity = claim.basis.min_qty
    role = _tier_role(quantity)
    lower = [t for t in breaks if (t.basis.min_qty or _ONE) <= (quantity or _ONE)]
    past = [t for t in series if (t.basis.min_qty or _ONE) == (quantity or _ONE)]
    if lower and quantity is not None:
        highest = max(t.basis.min_qty or _ONE for t in lower)
        governing = [t for t in lower if (t.basis.min_qty or _ONE) == highest]
        case = Case(claim, governing, past, role=role)
        judged = weigh(case, rule, setting)
        if judged.verdict is Verdict.MISMATCH and _is_a_break_more(claim, governing[0], judged):
            note = f"no break at {quantity.normalize():f} in the price list"
            return extra(judged, note, note)
        return judged
    case = Case(claim, (), past, role=role)
    if not breaks:
        reason = Reason.NO_TRUTH
        if _is_near_change(past, claim, rule, setting):
            reason = Reason.PROPAGATION_GRACE
        return unjudged(case, setting, reason)
    return unjudged(case, setting, Reason.BASIS_UNCLEAR, "The price list starts above this break.")


def _is_a_break_more(claim: Claim, governing: Truth, judged: Judgement) -> bool:
    """Whether a price is that of a break the feed does not have.

    A lower price for more is a break sooner than the same price on another basis: a tenth or a
    fifth less may also be the tax by chance.
    """
    if judged.diagnosis is Diagnosis.NEVER_VALID:
        return True
    shown, true = exact(claim.value), exact(governing.value)
    if judged.diagnosis is not Diagnosis.BASIS or shown is None or true is None:
        return False
    same_unit = (claim.basis.price_per, claim.basis.price_unit) == (
        governing.basis.price_per,
        governing.basis.price_unit,
    )
    return same_unit and true / 2 < shown < true


def _judge_sale(claim: Claim, setting: Setting) -> Judgement:
    rule = PriceRule(setting)
    sales = setting.in_force(Attribute.PRICE, "sale")
    series = setting.series(Attribute.PRICE, "sale")
    base = _in_force_base(setting)
    if claim.valid_to is not None and claim.valid_to <= setting.at:
        return _expired(claim, series, base, setting)
    if sales:
        judged = weigh(Case(claim, sales, series, key="sale", role="sale"), rule, setting)
        if judged.verdict is not Verdict.MISMATCH:
            return judged
    listed = weigh(Case(claim, base, ()), rule, setting)
    if listed.verdict is Verdict.MATCH or not series:
        return _judge_list(claim, setting) if listed.verdict is not Verdict.MATCH else listed
    case = Case(claim, sales or base, series, key="sale", role="sale")
    judged = weigh(case, rule, setting)
    if judged.verdict is Verdict.MISMATCH and judged.diagnosis is Diagnosis.OUTDATED and not sales:
        return _expired(claim, series, base, setting)
    return judged


def _expired(
    claim: Claim, series: Sequence[Truth], base: Sequence[Truth], setting: Setting
) -> Judgement:
    """A sale whose window is over, still presented as running."""
    rule = PriceRule(setting)
    case = Case(claim, base, series, key="sale", role="sale")
    if not base:
        return unjudged(case, setting, Reason.NO_TRUTH)
    if rule(claim, base[0]).agreement is Agreement.SAME:
        return weigh(Case(claim, base, ()), rule, setting)
    ended = [
        t.valid_to
        for t in series
        if t.valid_to and t.valid_to <= setting.at and rule(claim, t).agreement is Agreement.SAME
    ]
    since = max(ended, default=claim.valid_to)
    if since is not None and setting.at - since <= setting.policy.grace_for(Attribute.PRICE):
        return unjudged(
            case, setting, Reason.PROPAGATION_GRACE, "The sale ended just now.", base[0]
        )
    found = Diagnosed(Diagnosis.OUTDATED, "the sale is over", since, 1)
    return mismatched(case, setting, base[0], found, verdict=Verdict.EXPIRED)


def _judge_from(claim: Claim, setting: Setting) -> Judgement:
    """ "From $x" is true while the lowest price in force is x."""
    rule = PriceRule(setting)
    breaks = [t for t in setting.in_force(Attribute.PRICE) if exact(t.value) is not None]
    if not breaks:
        return unjudged(Case(claim, (), (), role="from"), setting, Reason.NO_TRUTH)
    lowest = min(breaks, key=lambda t: (exact(t.value) or _ONE) / t.basis.price_per)
    series = setting.series(Attribute.PRICE)
    history = [t for t in series if t.basis.min_qty == lowest.basis.min_qty]
    point = _as_point(claim)
    same_break = [t for t in breaks if t.basis.min_qty == lowest.basis.min_qty]
    return weigh(Case(point, same_break, history, role="from"), rule, setting)


def _judge_range(claim: Claim, setting: Setting) -> Judgement:
    """A range holds where its ends are the lowest and highest price in force."""
    rule = PriceRule(setting)
    breaks = [t for t in setting.in_force(Attribute.PRICE) if exact(t.value) is not None]
    case = Case(claim, breaks[:1], ())
    assert isinstance(claim.value, Money)
    reading = claim.value.amount.readings[0]
    ends = [end for end in (reading.low, reading.high) if end is not None]
    if breaks and len(claim.value.amount.readings) == 1:
        hits = [
            any(low <= end <= high for t in breaks for low, high in rule.expected(claim, t) or ())
            for end in ends
        ]
        if hits and all(hits):
            note = "Both ends of the range are prices in force."
            return unjudged(case, setting, Reason.ROLE_UNCLEAR, note, breaks[0])
    return unjudged(case, setting, Reason.ROLE_UNCLEAR, "A range names no single price.")


def _per_own_noun(claim: Claim, setting: Setting) -> Claim:
    """ "£4.50 per washer" for a fibre washer is a price per piece, printed as such."""
    noun = _noun_behind(claim, setting, _PER_NOUN)
    if not noun or not _is_own_noun(noun, claim, setting):
        return claim
    return replace(claim, basis=replace(claim.basis, price_unit="pcs", unit_stated=True))


def is_per_unknown(claim: Claim, setting: Setting) -> bool:
    """Whether a price is per something that is no unit known here: "£47.00 per outer"."""
    noun = _noun_behind(claim, setting, _PER_UNKNOWN)
    return bool(noun) and not _is_own_noun(noun, claim, setting)


def _noun_behind(claim: Claim, setting: Setting, pattern: re.Pattern[str]) -> str:
    if claim.basis.unit_stated or claim.locator.start < 0:
        return ""
    found = pattern.match(setting.page.text, claim.locator.end)
    return found[1].casefold() if found else ""


def _is_own_noun(noun: str, claim: Claim, setting: Setting) -> bool:
    product = setting.catalogue.by_sku.get(claim.sku)
    words = re.findall(r"[^\W\d_]{4,}", product.name.casefold()) if product is not None else []
    return any(_same_noun(noun, word) for word in words)


def _same_noun(one: str, two: str) -> bool:
    return one == two or one.rstrip("s") == two.rstrip("s")


def _is_minimum(quantity: Decimal | None, setting: Setting) -> bool:
    """Whether a quantity is the product's minimum, below which nothing is sold anyway."""
    minimum = setting.number(Attribute.MOQ)
    return quantity is not None and minimum is not None and quantity <= minimum


def _is_extended_total(claim: Claim, setting: Setting, now: Sequence[Truth]) -> str:
    """A total for the minimum quantity is unit price × MOQ, not a unit price."""
    quantity = setting.number(Attribute.MOQ)
    shown = exact(claim.value)
    if quantity is None or quantity <= 1 or shown is None:
        return ""
    for truth in now:
        unit = exact(truth.value)
        if unit is not None and shown == unit / truth.basis.price_per * quantity:
            return f"That is the total for the minimum quantity of {quantity.normalize():f}."
    return ""


def _at_break(breaks: Sequence[Truth], quantity: Decimal | None) -> list[Truth]:
    wanted = quantity or _ONE
    found = [t for t in breaks if (t.basis.min_qty or _ONE) == wanted]
    if not found and quantity in (None, _ONE) and breaks:
        lowest = min(t.basis.min_qty or _ONE for t in breaks)
        found = [t for t in breaks if (t.basis.min_qty or _ONE) == lowest]
    return found


def _same_break(truth: Truth, quantity: Decimal | None, breaks: Sequence[Truth]) -> bool:
    wanted = {(t.basis.min_qty or _ONE) for t in _at_break(breaks, quantity)} or {quantity or _ONE}
    return (truth.basis.min_qty or _ONE) in wanted


def _is_near_change(
    truths: Sequence[Truth], claim: Claim, rule: PriceRule, setting: Setting
) -> bool:
    grace = setting.policy.grace_for(Attribute.PRICE)
    return any(
        edge is not None and abs(edge - setting.at) <= grace
        for t in truths
        if rule(claim, t).agreement is Agreement.SAME
        for edge in (t.valid_from, t.valid_to)
    )


def _in_force_base(setting: Setting) -> list[Truth]:
    return _at_break(setting.in_force(Attribute.PRICE, ""), None)


def _tier_role(quantity: Decimal | None) -> str:
    return f"tier:{quantity.normalize():f}" if quantity is not None and quantity > 1 else ""


def _is_point(claim: Claim) -> bool:
    return isinstance(claim.value, Money) and all(r.is_point for r in claim.value.amount.readings)


def _as_point(claim: Claim) -> Claim:
    """A from-price as the number it names."""
    assert isinstance(claim.value, Money)
    amount = claim.value.amount
    points = tuple(Interval.point(r.low) if r.low is not None else r for r in amount.readings)
    return replace(claim, value=replace(claim.value, amount=replace(amount, readings=points)))


_NOT_CURRENT = {Role.MEMBER: Reason.CUSTOMER_SPECIFIC}
_WORD_REASONS = {
    "not_published": Reason.NOT_PUBLISHED,
    "needs_render": Reason.NEEDS_RENDER,
    "empty_value": Reason.EMPTY_VALUE,
}
