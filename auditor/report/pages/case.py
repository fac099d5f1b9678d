"""The case for the work: hours lost, customers at risk, before and after."""

from __future__ import annotations

from dataclasses import dataclass

from auditor.case import Case, Figure, build_case
from auditor.case.months import Month
from auditor.case.pain import Pain
from auditor.compare.words import attribute_name
from auditor.errors import FeedError
from auditor.model import Attribute
from auditor.report.material import Material
from auditor.report.page import Page


@dataclass(frozen=True, slots=True)
class FigureRow:
    """A number with its formula."""

    name: str
    value: str
    formula: str


@dataclass(frozen=True, slots=True)
class PainRow:
    """One point of pain; ``formulas`` is all of its figures in words."""

    topic: str
    shared: str
    customers_say: str
    staff_say: str
    open_findings: int
    figures: tuple[FigureRow, ...]
    formulas: str


@dataclass(frozen=True, slots=True)
class MonthRow:
    """One calendar month; ``height`` are its hours lost in per cent of the worst month's."""

    month: str
    contacts: int
    explained: int
    repeats: int
    flags: int
    hours: str
    opened: int
    fixed: int
    days_to_fix: str
    views_wrong: str
    height: float


@dataclass(frozen=True, slots=True)
class ComparisonRow:
    """One measure before the work began and since."""

    name: str
    before: str
    since: str
    formula: str


@dataclass(frozen=True, slots=True)
class CaseView:
    """The case; ``missing`` is what would complete it, ``trouble`` why a survey was not read.

    ``has_since``: a whole month has passed since the work began; ``has_spared``: a fact that was
    asked about was fixed.
    """

    started: str
    figures: tuple[FigureRow, ...]
    pains: tuple[PainRow, ...]
    months: tuple[MonthRow, ...]
    comparisons: tuple[ComparisonRow, ...]
    gains: tuple[FigureRow, ...]
    missing: tuple[str, ...]
    unusable: tuple[str, ...]
    trouble: str = ""
    has_since: bool = False
    has_spared: bool = False


def _view(material: Material, _id: str) -> CaseView:
    try:
        case = build_case(material.store, material.config, material.now)
    except FeedError as error:
        return CaseView("", (), (), (), (), (), (), (), str(error))
    return CaseView(
        started=f"{case.started:%Y-%m-%d}",
        figures=_figures(case.headline),
        pains=tuple(_pain(pain) for pain in case.pains),
        months=_months(case),
        comparisons=tuple(
            ComparisonRow(c.name, _shown(c.before), _shown(c.since), c.formula)
            for c in case.comparisons
        ),
        gains=_figures(case.gains),
        missing=case.missing,
        unusable=case.unusable,
        has_since=any(c.since is not None for c in case.comparisons),
        has_spared=bool(case.avoided),
    )


def _figures(figures: tuple[Figure, ...]) -> tuple[FigureRow, ...]:
    return tuple(FigureRow(f.name, f.value, f.formula) for f in figures)


def _pain(pain: Pain) -> PainRow:
    return PainRow(
        topic=_topic(pain.topic),
        shared="customers and staff" if pain.shared else "one side",
        customers_say="; ".join(pain.problems),
        staff_say="; ".join(pain.frustrations),
        open_findings=pain.open,
        figures=_figures(pain.figures),
        formulas="; ".join(f"{f.name} {f.value} = {f.formula}" for f in pain.figures),
    )


def _topic(name: str) -> str:
    """A kind of fact in words; the surveys' own word or sentence stands for itself."""
    if name in set(Attribute):
        return "price" if name == Attribute.PRICE else attribute_name(Attribute(name))
    return name


def _months(case: Case) -> tuple[MonthRow, ...]:
    worst = max((float(month.hours) for month in case.months), default=0.0) or 1.0
    return tuple(_month(month, worst) for month in case.months)


def _month(month: Month, worst: float) -> MonthRow:
    return MonthRow(
        month=month.name + ("" if month.whole else " (in part)"),
        contacts=month.contacts,
        explained=month.explained,
        repeats=month.repeats,
        flags=month.flags,
        hours=f"{month.hours:.1f}",
        opened=month.opened,
        fixed=month.fixed,
        days_to_fix=_shown(month.days_to_fix),
        views_wrong="" if month.views_wrong is None else f"{month.views_wrong:,.0f}",
        height=round(100 * float(month.hours) / worst, 1),
    )


def _shown(number: float | None) -> str:
    return "" if number is None else f"{number:,.1f}"


CASE = Page("case", _view, "The case")
