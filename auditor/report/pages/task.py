"""One task: all sides, the quote on its page, the value's history, what was decided."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from markupsafe import Markup

from auditor.model import Finding
from auditor.plain import web_link
from auditor.popularity import FORMULA, explain
from auditor.report.material import Material
from auditor.report.page import Page
from auditor.report.value_history import StepRow, page_steps, step_chart, step_rows, truth_steps
from auditor.report.view import CostRow, FindingRow, TaskRow
from auditor.store.overview import Beside

COST_NAMES = {
    "days": "days wrong",
    "views": "views served wrong",
    "order_lines": "order lines meanwhile",
    "error": "size of the error",
}

IN_FULL = 31
"""Findings of a task that stand in full on its page; of the others only both sides."""


@dataclass(frozen=True, slots=True)
class SideRow:
    """What one side says: "website", "knowledge base" or "feed".

    ``standing`` is "wrong", "right" or "silent"; ``place`` the page or the feed's row.
    """

    side: str
    name: str
    value: str
    standing: str
    place: str
    link: str | None
    seen: str


@dataclass(frozen=True, slots=True)
class TaskView:
    """All findings of a task, the most urgent first, and what is known around that one.

    The first ``in_full`` findings stand in full on the page, both sides of the others in a list.
    ``chart`` is None where the value has no history to draw.
    """

    findings: tuple[FindingRow, ...]
    in_full: int
    task: TaskRow
    n_tasks: int
    is_fixed: bool
    sides: tuple[SideRow, ...]
    chart: Markup | None
    steps: tuple[StepRow, ...]


def _ids(material: Material) -> Iterable[str]:
    return material.task_by_id


def _view(material: Material, page_id: str) -> TaskView | None:
    task = material.task_by_id.get(page_id)
    if task is None:
        return None
    first = task.findings[0]
    rows = material.rows_of(task.findings)
    findings = (
        *(_with_cost(material, f, rows[f.id]) for f in task.findings[:IN_FULL]),
        *(rows[f.id] for f in task.findings[IN_FULL:]),
    )
    chart, steps = _history(material, first)
    return TaskView(
        findings=findings,
        in_full=IN_FULL,
        task=replace(material.task_row(task), first=findings[0]),
        n_tasks=len(material.tasks),
        is_fixed=not material.rank_of(task),
        sides=_sides(material, first, findings[0]),
        chart=chart,
        steps=steps,
    )


def _with_cost(material: Material, finding: Finding, row: FindingRow) -> FindingRow:
    """The row with what the finding cost so far, every figure with its formula."""
    cost = material.costs.of(finding)
    figures = [CostRow(COST_NAMES[name], words) for name, words in cost.exposure.formulas]
    toll = cost.toll
    if toll.contacts:
        words = (
            f"{toll.contacts} tickets or calls about it while it was wrong, {toll.repeats} of them "
            f"repeats, {toll.minutes:,.0f} minutes"
        )
        figures.append(CostRow("contacts", words))
    popularity = material.popularity.get(finding.judgement.sku)
    if popularity is not None:
        figures.append(CostRow("popularity", f"{explain(popularity)}. {FORMULA}"))
    return replace(row, cost=tuple(figures))


def _history(material: Material, finding: Finding) -> tuple[Markup | None, tuple[StepRow, ...]]:
    sku = finding.judgement.sku
    truth = truth_steps(finding, material.truths_of(sku))
    page = page_steps(finding, material.former_of(sku))
    label = (
        f"{finding.judgement.attribute} of {sku} over time: what was true, and what the page said"
    )
    chart = step_chart(label, truth, page, material.now)
    return chart, step_rows(truth, page, material.clock) if chart is not None else ()


def _sides(material: Material, finding: Finding, row: FindingRow) -> tuple[SideRow, ...]:
    """Website, knowledge base and feed; the one that nobody configured is left out."""
    beside = material.beside(finding)
    on_kms = material.is_kms(finding.judgement.source)
    sides = [_own_side(row, on_kms=on_kms), _other_side(material, beside, on_kms=on_kms)]
    shown = sides[::-1] if on_kms else sides
    return (*(side for side in shown if side is not None), _feed_side(row))


def _own_side(row: FindingRow, *, on_kms: bool) -> SideRow:
    return SideRow(
        side=_SIDES[on_kms],
        name=row.source,
        value=row.claimed,
        standing="right" if row.state == "verified" else "wrong",
        place=f"{row.url} ({row.document_place})" if row.document_place else row.url,
        link=row.live_link,
        seen=row.observed_at,
    )


def _other_side(material: Material, beside: Beside | None, *, on_kms: bool) -> SideRow | None:
    """The side that the finding is not on."""
    if beside is None:
        names = [name for name in material.config.sources if material.is_kms(name) != on_kms]
        name = ", ".join(names)
        return SideRow(_SIDES[not on_kms], name, "", "silent", "", None, "") if names else None
    value, url = (beside.website, beside.website_url) if on_kms else (beside.kms, beside.kms_url)
    agrees = beside.standing == ("kms_wrong" if on_kms else "site_wrong")
    standing = "right" if agrees else "wrong"
    return SideRow(_SIDES[not on_kms], "", value, standing, url, web_link(url), "")


_SIDES = {False: "website", True: "knowledge base"}


def _feed_side(row: FindingRow) -> SideRow:
    return SideRow(
        side="feed",
        name=row.truth_feed,
        value=row.expected,
        standing="right" if row.truth_feed else "silent",
        place=row.truth_row,
        link=None,
        seen=row.truth_valid_from,
    )


TASK = Page("task", _view, ids=_ids, is_one_of_many=True)
