"""Who owns a finding. Pure: ``now`` is an argument."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from auditor.config import Away, OwnerRule
    from auditor.model import Judgement, Product


def owner_of(
    judgement: Judgement,
    product: Product | None,
    source_owner: str,
    rules: Sequence[OwnerRule],
) -> tuple[str, str]:
    """Owner and deputy of a finding, "" where nobody is named.

    The first rule that fits decides; without one the owner of the source, else of the product.
    """
    for rule in rules:
        if _fits(rule, judgement, product):
            return rule.owner, rule.deputy
    return source_owner or (product.owner if product else ""), ""


def present(owner: str, deputy: str, away: Sequence[Away], today: date) -> str:
    """Who gets it today: the deputy while the owner is away, if there is one."""
    absent = any(entry.who == owner and today <= entry.until for entry in away)
    return deputy if absent and deputy else owner


def _fits(rule: OwnerRule, judgement: Judgement, product: Product | None) -> bool:
    group = product.group.casefold() if product else ""
    return (
        (not rule.group or group in {name.casefold() for name in rule.group})
        and (not rule.source or judgement.source in rule.source)
        and (not rule.attribute or judgement.attribute in rule.attribute)
        and (not rule.path or re.search(rule.path, judgement.url) is not None)
    )
