"""One finding: both sides, the quote in its words, why it ranks there, what happened so far."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from auditor.report.material import Material
from auditor.report.page import Page
from auditor.report.view import FindingRow


@dataclass(frozen=True, slots=True)
class FindingView:
    """The finding, and how many stand on the work list with it."""

    finding: FindingRow
    n_findings: int


def _ids(material: Material) -> Iterable[str]:
    return (*material.listed, *material.fixed_rows)


def _view(material: Material, page_id: str) -> FindingView | None:
    row = material.listed.get(page_id) or material.fixed_rows.get(page_id)
    return FindingView(row, len(material.work)) if row is not None else None


FINDING = Page("finding", _view, ids=_ids, is_data=False)
