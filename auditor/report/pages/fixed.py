"""What was fixed, and seen fixed by a later crawl."""

from __future__ import annotations

from dataclasses import dataclass

from auditor.report.material import Material
from auditor.report.page import Page
from auditor.report.view import FindingRow


@dataclass(frozen=True, slots=True)
class FixedView:
    """Findings that ended verified."""

    findings: tuple[FindingRow, ...]


def _view(material: Material, _id: str) -> FixedView:
    return FixedView(tuple(material.fixed_rows.values()))


FIXED = Page("fixed", _view, "Fixed")
