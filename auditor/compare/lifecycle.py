"""Is a product still offered that the feed has withdrawn?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from auditor.compare.diagnose import Diagnosed
from auditor.compare.sameness import WITHDRAWN
from auditor.compare.verdicts import Case, mismatched
from auditor.compare.words import day
from auditor.model import Attribute, Claim, Diagnosis, Judgement, Truth
from auditor.values.types import Money, Word

if TYPE_CHECKING:
    from auditor.compare.facts import Setting


def still_offered(claims: Sequence[Claim], setting: Setting) -> list[Judgement]:
    """One judgement where a withdrawn product's main page offers it as if nothing had happened.

    Only where a status in force withdraws it, no price is in force, the page shows a current price
    or says that it is in stock, and nowhere mentions the status.
    """
    status = _withdrawn(setting)
    if not status or setting.in_force(Attribute.PRICE):
        return []
    if any(c.attribute is Attribute.STATUS for c in claims):
        return []
    offers = [c for c in claims if _is_offer(c)]
    truth, since = status[0], status[0].valid_from
    grace = setting.policy.grace_for(Attribute.STATUS)
    if not offers or (since is not None and setting.at - since <= grace):
        return []
    case = Case(offers[0], status, ())
    judged = mismatched(case, setting, truth, Diagnosed(Diagnosis.OUTDATED, "", since, 1))
    from_day = f" since {day(since)}" if since else ""
    product = setting.catalogue.by_sku.get(setting.sku)
    successor = product.superseded_by if product else ""
    instead = f" Its successor is {successor}." if successor else ""
    return [
        replace(
            judged,
            attribute=Attribute.STATUS,
            claimed="offered",
            unit="",
            note=f"The page still offers a product that is {judged.expected}{from_day}.{instead}",
            replacement="",
        )
    ]


def _withdrawn(setting: Setting) -> list[Truth]:
    """The truths in force that withdraw the product; else what the catalogue says of it."""
    stated = setting.in_force(Attribute.STATUS)
    product = setting.catalogue.by_sku.get(setting.sku)
    if not stated and product is not None and product.status in WITHDRAWN:
        word = Word(product.status, product.status)
        return [Truth(setting.sku, Attribute.STATUS, "", word)]
    return [t for t in stated if isinstance(t.value, Word) and t.value.canonical in WITHDRAWN]


def _is_offer(claim: Claim) -> bool:
    if claim.attribute is Attribute.PRICE:
        return claim.role.is_current and isinstance(claim.value, Money)
    return claim.attribute is Attribute.AVAILABILITY and (
        isinstance(claim.value, Word) and claim.value.canonical == "in_stock"
    )
