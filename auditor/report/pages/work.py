"""The whole work list in tasks, most urgent first, in pages browsers like."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from auditor.report.material import Material
from auditor.report.page import Page
from auditor.report.view import TaskRow

ROWS_A_PAGE = 300


@dataclass(frozen=True, slots=True)
class WorkView:
    """``number`` counts the list's pages from 1; the totals are of all of them."""

    number: int
    n_pages: int
    n_tasks: int
    n_findings: int
    tasks: tuple[TaskRow, ...]


def _pages(material: Material) -> int:
    return max(1, -(-len(material.tasks) // ROWS_A_PAGE))


def _ids(material: Material) -> Iterable[str]:
    return ("", *(str(number) for number in range(2, _pages(material) + 1)))


def _view(material: Material, page_id: str) -> WorkView | None:
    if page_id not in _ids(material):
        return None
    number = int(page_id or 1)
    start = (number - 1) * ROWS_A_PAGE
    return WorkView(
        number=number,
        n_pages=_pages(material),
        n_tasks=len(material.tasks),
        n_findings=len(material.work),
        tasks=material.task_rows(material.tasks[start : start + ROWS_A_PAGE]),
    )


WORK = Page("work", _view, "Work list", ids=_ids)
