"""Can the eyes be trusted? Incidents, sources and feeds."""

from __future__ import annotations

from dataclasses import dataclass

from auditor.report.health import feed_rows, incident_rows, question_rows, source_rows
from auditor.report.material import Material
from auditor.report.page import Page
from auditor.report.view import FeedRow, IncidentRow, QuestionRow, SourceRow


@dataclass(frozen=True, slots=True)
class HealthView:
    """Open incidents, how sources and feeds were read last, and what feeds' owners are asked."""

    incidents: tuple[IncidentRow, ...]
    sources: tuple[SourceRow, ...]
    feeds: tuple[FeedRow, ...]
    questions: tuple[QuestionRow, ...]


def _view(material: Material, _id: str) -> HealthView:
    return HealthView(
        incident_rows(material), source_rows(material), feed_rows(material), question_rows(material)
    )


HEALTH = Page("health", _view, "Sources and feeds")
