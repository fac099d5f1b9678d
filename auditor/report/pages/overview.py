"""The first page: how the night went, and what to fix first."""

from __future__ import annotations

from dataclasses import dataclass

from auditor.report.headline import headline
from auditor.report.health import incident_rows
from auditor.report.material import Material
from auditor.report.page import Page
from auditor.report.trend import Trend, trend
from auditor.report.view import FindingRow, GroupRow, Headline, IncidentRow, TaskRow

TASKS_SHOWN = 25
FIXED_SHOWN = 8


@dataclass(frozen=True, slots=True)
class OverviewView:
    """The night in numbers, incidents, the first tasks, groups, owners, what was fixed."""

    headline: Headline
    incidents: tuple[IncidentRow, ...]
    tasks: tuple[TaskRow, ...]
    n_tasks: int
    n_findings: int
    groups: tuple[GroupRow, ...]
    owners: tuple[GroupRow, ...]
    trend: Trend
    fixed: tuple[FindingRow, ...]


def _view(material: Material, _id: str) -> OverviewView:
    return OverviewView(
        headline=headline(material),
        incidents=incident_rows(material),
        tasks=material.task_rows(material.tasks[:TASKS_SHOWN]),
        n_tasks=len(material.tasks),
        n_findings=len(material.work),
        groups=tuple(material.slice_rows("group")),
        owners=tuple(material.slice_rows("owner")),
        trend=trend(material),
        fixed=_just_fixed(material),
    )


def _just_fixed(material: Material) -> tuple[FindingRow, ...]:
    """What was seen fixed since the audit before the newest; nothing after a first night."""
    if len(material.audits) < 2:
        return ()
    before = material.audits[1].as_of
    new = [f for f in material.fixed if f.closed_at is not None and f.closed_at > before]
    rows = material.rows_of(new[:FIXED_SHOWN])
    return tuple(rows[finding.id] for finding in new[:FIXED_SHOWN])


OVERVIEW = Page("index", _view, "Overview")
