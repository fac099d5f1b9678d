"""Where no feed knows better: does the page contradict itself?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING

from auditor.compare.facts import Agreement, Rule
from auditor.compare.quantity import QuantityRule
from auditor.compare.sameness import agree
from auditor.compare.words import attribute_name, claimed_text, spoken
from auditor.model import Attribute, Claim, Judgement, Truth, Verdict

if TYPE_CHECKING:
    from auditor.compare.facts import Setting

# Statements bound less directly than these may well be about something else.
_PROVEN = frozenset(
    {"row", "column", "header", "sentence", "card", "heading", "section", "only product"}
)
# … but enough for the other side of a contradiction, if they stand on a page about one product.
_LIKELY = _PROVEN | {"main", "paragraph"}
_SINGLE = frozenset(
    {Attribute.MOQ, Attribute.ORDER_MULTIPLE, Attribute.LEAD_TIME, Attribute.MIN_ORDER_VALUE}
)


def contradictions(claims: Sequence[Claim], setting: Setting) -> list[Judgement]:
    """One judgement per fact without a truth that is stated in two different ways.

    Only facts that have one value by nature, and only statements that name the product. The
    later statement is the claim, the earlier one the expectation.
    """
    facts: dict[tuple[Attribute, str], list[Claim]] = defaultdict(list)
    known = {(t.attribute, t.key) for t in setting.truths}
    for claim in claims:
        fact = (claim.attribute, claim.key)
        # The cards of a shop's delivery options each have a time of their own.
        is_option = claim.attribute is Attribute.LEAD_TIME and claim.binding == "card"
        if claim.attribute in _SINGLE and fact not in known and claim.binding in _LIKELY:
            facts[fact] += [] if is_option else [claim]
    found = []
    for stated in facts.values():
        ordered = sorted(stated, key=lambda c: c.locator.start)
        if not any(c.binding in _PROVEN for c in ordered):
            continue
        later = next((c for c in ordered[1:] if _differ(ordered[0], c, setting)), None)
        if later is not None:
            found.append(_contradiction(ordered[0], later))
    return found


def _differ(one: Claim, two: Claim, setting: Setting) -> bool:
    rule: Rule = agree
    if one.attribute in (Attribute.MOQ, Attribute.ORDER_MULTIPLE, Attribute.MIN_ORDER_VALUE):
        rule = QuantityRule(setting)
    first = Truth(one.sku, one.attribute, one.key, one.value, one.basis)
    second = Truth(two.sku, two.attribute, two.key, two.value, two.basis)
    return (
        rule(two, first).agreement is Agreement.DIFFERENT
        and rule(one, second).agreement is Agreement.DIFFERENT
    )


def _contradiction(earlier: Claim, later: Claim) -> Judgement:
    claimed, unit = claimed_text(later)
    expected, _ = claimed_text(earlier)
    name = attribute_name(later.attribute, later.key)
    return Judgement(
        source=later.source,
        url=later.url,
        sku=later.sku,
        attribute=later.attribute,
        key=later.key,
        role="",
        verdict=Verdict.CONTRADICTION,
        claim=later,
        claimed=claimed,
        expected=expected,
        unit=unit,
        note=f"The page gives two values for the {name}: {spoken(expected, later.attribute)} and "
        f"{spoken(claimed, later.attribute)}; no feed says which one holds.",
        quote=later.quote,
        locator=later.locator,
    )
