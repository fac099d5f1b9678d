"""First-contact arithmetic: the contacts that did not come because facts were fixed. Pure."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from auditor.contacts import wrong_between
from auditor.model import State

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from auditor.contacts import Behind
    from auditor.model import Finding

HORIZON_DAYS = 90
"""For so many days after a fix contacts count as avoided: an old mistake would have been noticed
sooner or later without it."""


@dataclass(frozen=True, slots=True)
class Avoided:
    """Contacts avoided by one fix: expected at the rate while it was wrong, less those that came.

    Shares of a contact that goes back to several findings are split among them, so that sums over
    fixes count no contact twice. ``before`` came in ``days_wrong``, ``since`` in ``days_fixed``.
    """

    fingerprint: str
    before: float
    days_wrong: float
    since: float
    days_fixed: float

    @property
    def expected(self) -> float:
        """Contacts that would have come since the fix at the rate before it."""
        return self.before / self.days_wrong * self.days_fixed if self.days_wrong else 0.0

    @property
    def contacts(self) -> float:
        """Contacts avoided, never below 0."""
        return max(0.0, self.expected - self.since)

    @property
    def formula(self) -> str:
        """How it was worked out.

        >>> Avoided("", 6, 60, 1, 30).contacts
        2.0
        >>> Avoided("", 6, 60, 1, 30).formula
        '6.0 contacts in 60 days wrong ÷ 60 × 30 days since the fix − 1.0 that came since'
        """
        return (
            f"{self.before:.1f} contacts in {self.days_wrong:.0f} days wrong ÷ "
            f"{self.days_wrong:.0f} × {self.days_fixed:.0f} days since the fix − "
            f"{self.since:.1f} that came since"
        )


def avoided(
    contacts: Sequence[Behind], findings: Sequence[Finding], now: datetime
) -> list[Avoided]:
    """What each fix that was seen spared, most first; fixes of facts nobody asked about are left
    out.

    Since the fix those contacts count against it that are about the same product and the same kind
    of fact (or do not say): they came all the same. After 90 days nothing is counted any more.
    """
    shares: dict[str, float] = defaultdict(float)
    for one in contacts:
        for fingerprint, _how in one.findings:
            shares[fingerprint] += 1 / len(one.findings)
    by_product: dict[str, list[Behind]] = defaultdict(list)
    for one in contacts:
        by_product[one.told.sku].append(one)
    found = []
    for finding in findings:
        closed = finding.closed_at
        if finding.state is not State.VERIFIED or closed is None or closed > now:
            continue
        if not shares.get(finding.fingerprint):
            continue
        start, _end = wrong_between(finding)
        until = min(now, closed + timedelta(days=HORIZON_DAYS))
        since = sum(
            1 / max(1, len(one.findings))
            for one in by_product.get(finding.judgement.sku, ())
            if closed < one.told.contact.at <= until
            and one.told.attribute in (None, finding.judgement.attribute)
        )
        found.append(
            Avoided(
                finding.fingerprint,
                shares[finding.fingerprint],
                max(1.0, _days(closed - start)),
                since,
                _days(until - closed),
            )
        )
    return sorted(found, key=lambda a: (-a.contacts, a.fingerprint))


def minutes_avoided(avoided_contacts: float, minutes: Decimal, contacts: int) -> Decimal:
    """Minutes spared: contacts avoided at the mean handling time of all explained contacts."""
    return Decimal(avoided_contacts) * minutes / contacts if contacts else Decimal(0)


def _days(span: timedelta) -> float:
    return span.total_seconds() / 86400
