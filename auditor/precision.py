"""How often is a rule right? What people decided on its findings says so. Pure.

A rule is the kind of fact, where on the page it was read, and what was wrong with it. A finding
counts for its rule where somebody confirmed, acknowledged or waived it, rejected it for another
reason than a reading error, or a later snapshot saw it fixed; it counts against it where somebody
said that the page does not say so: ``false_alarm``, ``other_product``, ``other_market``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from auditor.decide import RejectReason

if TYPE_CHECKING:
    from auditor.store import AuditStore

AGAINST = frozenset(
    {RejectReason.FALSE_ALARM, RejectReason.OTHER_PRODUCT, RejectReason.OTHER_MARKET}
)


@dataclass(frozen=True, slots=True)
class RuleRecord:
    """What was decided on one rule's findings.

    >>> RuleRecord("price", "table", "outdated", 9, 1).precision
    0.9
    """

    attribute: str
    method: str
    problem: str
    right: int
    wrong: int

    @property
    def name(self) -> str:
        """ "price read from table: outdated"."""
        words = f"{self.attribute} read from {self.method or 'the whole page'}: {self.problem}"
        return words.replace("_", " ")

    @property
    def decided(self) -> int:
        """Findings that were decided either way."""
        return self.right + self.wrong

    @property
    def precision(self) -> float | None:
        """Share that was right, 0–1; None where nothing was decided."""
        return self.right / self.decided if self.decided else None

    def is_doubtful(self, floor: float, fewest: int) -> bool:
        """Whether enough was decided, and too little of it was right."""
        return self.decided >= fewest and self.right < floor * self.decided


def rule_records(store: AuditStore) -> list[RuleRecord]:
    """Every rule on whose findings anything was decided, the most doubtful first."""
    found = [RuleRecord(*row) for row in store.desk.rule_outcomes(sorted(AGAINST))]
    return sorted(found, key=lambda rule: (rule.precision or 0.0, -rule.decided, rule.name))
