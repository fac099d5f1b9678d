"""Can the eyes be trusted? Incidents, sources and feeds."""

from __future__ import annotations

from dataclasses import dataclass

from auditor.report.health import feed_rows, incident_rows, source_rows
from auditor.report.material import Material
from auditor.report.page import Page
from auditor.report.view import FeedRow, IncidentRow, SourceRow


@dataclass(frozen=True, slots=True)
class HealthView:
    """Open incidents, and how sources and feeds were read last."""

    incidents: tuple[IncidentRow, ...]
    sources: tuple[SourceRow, ...]
    feeds: tuple[FeedRow, ...]


def _view(material: Material, _id: str) -> HealthView:
    return HealthView(incident_rows(material), source_rows(material), feed_rows(material))


HEALTH = Page("health", _view, "Sources and feeds")
