"""Does the structured data say what the reader sees? Visible text wins, a difference is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from auditor.compare.facts import exact
from auditor.compare.words import attribute_name, spoken
from auditor.model import Attribute, Diagnosis, Judgement, Method, Reason, Verdict

if TYPE_CHECKING:
    from auditor.compare.facts import Setting


_CENT = Decimal("0.01")
# Standard and reduced rates of value added tax in Europe, in percent.
_TAX_RATES = tuple(
    Decimal(rate)
    for rate in (
        "2.6", "3.8", "4", "5", "5.5", "6", "7", "8", "8.1", "9", "9.5", "10", "12", "13", "13.5",
        "14", "15", "17", "19", "20", "21", "22", "23", "24", "25", "27",
    )
)  # fmt: skip


def reconcile(
    visible: Sequence[Judgement], markup: Sequence[Judgement], setting: Setting
) -> list[Judgement]:
    """What the markup's own judgements add to those of the visible text.

    A wrong markup value beside a right visible one is ``markup_stale``, quoted by the visible
    text. Without a visible statement there is nothing to quote, so a wrong value is left alone.
    """
    found: list[Judgement] = []
    reported: set[tuple[Attribute, str]] = set()
    for judged in markup:
        fact = (judged.attribute, "")
        beside = [j for j in visible if j.attribute is judged.attribute]
        if judged.attribute is Attribute.SPEC:
            fact = (judged.attribute, judged.key)
            beside = [j for j in beside if j.key == judged.key]
        right = [j for j in beside if j.verdict is Verdict.MATCH]
        if judged.verdict is Verdict.MATCH and not beside:
            found.append(judged)
        elif not judged.verdict.is_finding or _is_explained(judged, right):
            continue
        elif right and fact not in reported:
            reported.add(fact)
            found.append(_stale(judged, _closest(judged, right)))
        elif not beside:
            reason = Reason.NEEDS_RENDER if setting.page.needs_render else Reason.NO_CLAIM
            note = "Only the structured data says this; no visible text shows it."
            found.append(_left_alone(judged, reason, note))
    return found


def _is_explained(judged: Judgement, right: Sequence[Judgement]) -> bool:
    """Whether a difference means nothing: another basis, or application data nobody else reads.

    Application data is often in cents or for another variant; markup often leaves the tax out, and
    at reduced rates, too.
    """
    if judged.diagnosis in (Diagnosis.OUTDATED, Diagnosis.EARLY):
        return False
    if judged.diagnosis is Diagnosis.BASIS or judged.claim is None:
        return True
    if judged.claim.method is Method.EMBEDDED_JSON:
        return True
    shown = exact(judged.claim.value)
    seen = [exact(j.claim.value) for j in right if j.claim is not None]
    return judged.attribute is Attribute.PRICE and any(
        shown is not None and amount is not None and differ_by_tax(shown, amount) for amount in seen
    )


def differ_by_tax(one: Decimal, two: Decimal) -> bool:
    """Whether the larger amount is the smaller one with a European rate of tax, to the cent."""
    low, high = min(one, two), max(one, two)
    return low > 0 and any(
        (low * (100 + rate) / 100).quantize(_CENT, ROUND_HALF_UP) == high for rate in _TAX_RATES
    )


def _stale(markup: Judgement, right: Judgement) -> Judgement:
    name = attribute_name(markup.attribute, markup.key)
    since = markup.stale_since
    return replace(
        markup,
        verdict=Verdict.MISMATCH,
        diagnosis=Diagnosis.MARKUP_STALE,
        key=right.key,
        role="markup",
        truth=right.truth or markup.truth,
        expected=right.expected or markup.expected,
        quote=right.quote,
        locator=replace(right.locator, path=markup.locator.path or right.locator.path),
        stale_since=since,
        replacement="",
        note=f"Readers see the right {name}, but the page's structured data still says "
        f"{spoken(markup.claimed, markup.attribute)}; search engines and shopping feeds show that.",
    )


def _closest(markup: Judgement, right: Sequence[Judgement]) -> Judgement:
    same = [j for j in right if (j.key, j.role) == (markup.key, markup.role)]
    return (same or list(right))[0]


def _left_alone(judged: Judgement, reason: Reason, note: str) -> Judgement:
    return replace(
        judged,
        verdict=Verdict.NOT_JUDGED,
        diagnosis=Diagnosis.NONE,
        reason=reason,
        note=note,
        stale_since=None,
        versions_behind=None,
        replacement="",
    )
