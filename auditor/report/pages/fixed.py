"""What was fixed, and seen fixed by a later crawl: since last night, and before."""

from __future__ import annotations

from dataclasses import dataclass

from auditor.report.material import FIXED_DAYS, Material
from auditor.report.page import Page
from auditor.report.view import FindingRow


@dataclass(frozen=True, slots=True)
class FixedView:
    """Findings that ended verified: after the audit before the newest, and earlier.

    ``since`` is that audit's instant, "" where there is none.
    """

    since: str
    days: int
    new: tuple[FindingRow, ...]
    earlier: tuple[FindingRow, ...]


def _view(material: Material, _id: str) -> FixedView:
    before = material.audits[1].as_of if len(material.audits) > 1 else None
    rows = material.rows_of(material.fixed)
    new: list[FindingRow] = []
    earlier: list[FindingRow] = []
    for finding in material.fixed:
        is_new = before is not None and finding.closed_at is not None and finding.closed_at > before
        (new if is_new else earlier).append(rows[finding.id])
    return FixedView(material.clock(before), FIXED_DAYS, tuple(new), tuple(earlier))


FIXED = Page("fixed", _view, "Fixed")
