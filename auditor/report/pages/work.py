"""The whole work list, most urgent first, in pages of a length that browsers like."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from auditor.report.material import Material
from auditor.report.page import Page
from auditor.report.view import FindingRow

ROWS_A_PAGE = 500


@dataclass(frozen=True, slots=True)
class WorkView:
    """``number`` counts the list's pages from 1; ``n_findings`` stand on all of them."""

    number: int
    n_pages: int
    n_findings: int
    findings: tuple[FindingRow, ...]


def _pages(material: Material) -> int:
    return max(1, -(-len(material.work) // ROWS_A_PAGE))


def _ids(material: Material) -> Iterable[str]:
    return ("", *(str(number) for number in range(2, _pages(material) + 1)))


def _view(material: Material, page_id: str) -> WorkView | None:
    if page_id not in _ids(material):
        return None
    number = int(page_id or 1)
    start = (number - 1) * ROWS_A_PAGE
    shown = material.work[start : start + ROWS_A_PAGE]
    return WorkView(
        number=number,
        n_pages=_pages(material),
        n_findings=len(material.work),
        findings=tuple(material.listed[finding.id] for finding in shown),
    )


WORK = Page("work", _view, "Work list", ids=_ids, is_data=False)
