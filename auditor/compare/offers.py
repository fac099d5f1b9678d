"""Promotions: running, over, not yet started, or known to no feed."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from auditor.compare.diagnose import Diagnosed
from auditor.compare.verdicts import Case, extra, matched, mismatched, unjudged
from auditor.compare.words import day
from auditor.model import Attribute, Claim, Diagnosis, Judgement, Reason, Truth, Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from auditor.compare.facts import Setting


def judge_offer(claim: Claim, setting: Setting) -> Judgement:
    """Judge one promotion by the offer feed's windows, and by the page's own end date.

    An offer that no feed knows is reported only where ``Policy.offers_are_complete`` says that
    every offer must stand in a feed.
    """
    series = setting.series(Attribute.OFFER)
    known = _same_offer(claim, series, setting)
    key = known[-1].key if known else claim.key
    case = Case(claim, known, series, key=key)
    grace = setting.policy.grace_for(Attribute.OFFER)
    running = [t for t in known if t.in_force(setting.at)]
    if running:
        return matched(case, setting, running[-1])
    future = [t for t in known if t.valid_from is not None and t.valid_from > setting.at]
    past = [t for t in known if t.valid_to is not None and t.valid_to <= setting.at]
    edges = [t.valid_from for t in future] + [t.valid_to for t in past] + [claim.valid_to]
    if any(edge is not None and abs(edge - setting.at) <= grace for edge in edges):
        return unjudged(case, setting, Reason.PROPAGATION_GRACE)
    if past and not future:
        return _ended(case, setting, past[-1])
    if future:
        start = future[0].valid_from
        found = Diagnosed(Diagnosis.EARLY, starts=start)
        judged = mismatched(case, setting, future[0], found)
        return replace(judged, expected=f"starts {start:%Y-%m-%d}" if start else "starts later")
    if claim.valid_to is not None and claim.valid_to <= setting.at:
        return _self_declared(case, setting)
    if not setting.policy.offers_are_complete or not claim.key:
        return unjudged(case, setting, Reason.NO_TRUTH, "No feed lists offers for this product.")
    judged = unjudged(case, setting, Reason.NO_TRUTH)
    return replace(extra(judged, "no such offer", "no such offer in any feed"), reason=None)


def _ended(case: Case, setting: Setting, truth: Truth) -> Judgement:
    end = truth.valid_to
    found = Diagnosed(Diagnosis.OUTDATED, "the offer is over", end, 1)
    judged = mismatched(case, setting, truth, found, verdict=Verdict.EXPIRED)
    if end is None:
        return judged
    note = f"The page still presents the offer {judged.claimed!r}; it ended on {day(end)}."
    return replace(judged, expected=f"ended {end:%Y-%m-%d}", note=note, replacement="")


def _self_declared(case: Case, setting: Setting) -> Judgement:
    """The page itself says that the offer is over, yet still shows it."""
    judged = unjudged(case, setting, Reason.NO_TRUTH)
    end = case.claim.valid_to
    assert end is not None
    return replace(
        judged,
        verdict=Verdict.EXPIRED,
        diagnosis=Diagnosis.OUTDATED,
        reason=None,
        expected=f"ended {end:%Y-%m-%d}",
        stale_since=end,
        note=f"The page shows an offer that by its own words ended on {day(end)}.",
    )


def _same_offer(claim: Claim, series: Sequence[Truth], setting: Setting) -> list[Truth]:
    """The truths of the offer that a claim speaks of: by its code, else the product's only one."""
    code = _fold(claim.key)
    by_code = [t for t in series if code and _fold(t.key) == code]
    if by_code:
        return by_code
    around = _fold(_neighbourhood(claim, setting))
    named = [t for t in series if _fold(t.key) and _fold(t.key) in around]
    if named:
        return named
    keys = {t.key for t in series}
    return list(series) if len(keys) == 1 and not code else []


def _neighbourhood(claim: Claim, setting: Setting) -> str:
    if claim.locator.start < 0:
        return claim.quote
    low, high = claim.locator.start - 300, claim.locator.end + 300
    return setting.page.text[max(0, low) : high]


def _fold(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).casefold()
