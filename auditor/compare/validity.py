"""Does the page itself say that its prices hold no longer?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from auditor.compare.words import day
from auditor.extract.policy import PRICE_VALIDITY
from auditor.model import Attribute, Claim, Diagnosis, Judgement, Verdict
from auditor.values.types import Money

if TYPE_CHECKING:
    from datetime import datetime

    from auditor.compare.policy import Policy


def self_expired(
    judged: Sequence[Judgement], claims: Sequence[Claim], at: datetime, policy: Policy
) -> list[Judgement]:
    """``judged`` with the last date until which a page says its prices hold held against ``at``.

    It is ``expired`` only where every such date lies in the past (a page with last year's and this
    year's list holds), by more than the grace, and the page still shows a current price; it is
    right while it lies ahead. One judgement a page; the others are left as they are.
    """
    said = [c.valid_to for c in claims if _is_validity(c) and c.valid_to is not None]
    if not said or not any(_is_price(c) for c in claims):
        return list(judged)
    last = max(said)
    if last <= at < last + policy.grace_for(Attribute.POLICY):
        return list(judged)
    found, told = [], False
    for judgement in judged:
        claim = judgement.claim
        is_it = claim is not None and _is_validity(claim) and claim.valid_to == last
        found.append(_held(judgement, last, at) if is_it and not told else judgement)
        told = told or is_it
    return found


def _held(judgement: Judgement, end: datetime, at: datetime) -> Judgement:
    """The statement against the calendar; ``end`` is the midnight after the last day."""
    last_day = end - timedelta(hours=12)
    claimed = f"until {last_day:%Y-%m-%d}"
    if end > at:
        note = f"By its own words the prices of the page are valid until {day(last_day)}."
        return replace(judgement, verdict=Verdict.MATCH, reason=None, claimed=claimed, note=note)
    return replace(
        judgement,
        verdict=Verdict.EXPIRED,
        diagnosis=Diagnosis.OUTDATED,
        reason=None,
        claimed=claimed,
        expected="a date that lies ahead",
        stale_since=end,
        note=f"By its own words the prices of the page were valid until {day(last_day)}; it still "
        "shows prices.",
    )


def _is_validity(claim: Claim) -> bool:
    return (
        claim.attribute is Attribute.POLICY
        and claim.key == PRICE_VALIDITY
        and claim.visible
        and claim.valid_to is not None
    )


def _is_price(claim: Claim) -> bool:
    return (
        claim.attribute is Attribute.PRICE
        and claim.visible
        and claim.role.is_current
        and isinstance(claim.value, Money)
    )
