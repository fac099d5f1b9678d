"""The first page: how the night went, and what to fix first."""

from __future__ import annotations

from dataclasses import dataclass

from auditor.report.counts import group_rows, headline, tally_rows
from auditor.report.health import incident_rows
from auditor.report.material import Material
from auditor.report.page import Page
from auditor.report.rows import task_rows
from auditor.report.view import GroupRow, Headline, IncidentRow, TaskRow

TASKS_SHOWN = 25


@dataclass(frozen=True, slots=True)
class OverviewView:
    """The night in numbers, open incidents, the first pieces of work, groups and owners."""

    headline: Headline
    incidents: tuple[IncidentRow, ...]
    tasks: tuple[TaskRow, ...]
    n_tasks: int
    n_findings: int
    groups: tuple[GroupRow, ...]
    owners: tuple[GroupRow, ...]


def _view(material: Material, _id: str) -> OverviewView:
    return OverviewView(
        headline=headline(material),
        incidents=incident_rows(material),
        tasks=task_rows(material.tasks[:TASKS_SHOWN], material.listed),
        n_tasks=len(material.tasks),
        n_findings=len(material.work),
        groups=group_rows(material),
        owners=tally_rows(material, "owner"),
    )


OVERVIEW = Page("index", _view, "Overview")
