"""How it went over the last audits: shares, open findings, and the objective's formula."""

from __future__ import annotations

from dataclasses import dataclass

from auditor.report.headline import headline
from auditor.report.material import Material
from auditor.report.page import Page
from auditor.report.trend import Trend, trend
from auditor.report.view import Figure


@dataclass(frozen=True, slots=True)
class TrendsView:
    """The trend of everything, and the figures with their formulas."""

    trend: Trend
    figures: tuple[Figure, ...]
    objective_percent: float
    objective_hours: float


def _view(material: Material, _id: str) -> TrendsView:
    report = material.config.report
    return TrendsView(
        trend(material),
        headline(material).figures,
        report.objective_percent,
        report.objective_hours,
    )


TRENDS = Page("trends", _view, "Trends")
