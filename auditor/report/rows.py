"""Findings and pieces of work as the rows that templates print."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from auditor.model import Finding
from auditor.plain import web_link
from auditor.report.quote import QuoteReader
from auditor.report.view import Factor, FindingRow, HistoryRow, TaskRow
from auditor.store import AuditStore
from auditor.tasks import Task


class Rows:
    """Turns findings into rows; reads each page once for the words around its quotes."""

    def __init__(
        self, store: AuditStore, quotes: QuoteReader, clock: Callable[[datetime | None], str]
    ) -> None:
        self._store = store
        self._quotes = quotes
        self._clock = clock

    def row(self, finding: Finding, rank: int) -> FindingRow:
        """The finding in words, at its rank in the list it stands in."""
        j = finding.judgement
        claim, truth = j.claim, j.truth
        context = self._quotes.around(finding)
        beside = self._store.overview.beside(finding)
        return FindingRow(
            id=finding.id,
            rank=rank,
            href=f"finding/{finding.id}.html",
            state=finding.state,
            state_label=finding.state.replace("_", " "),
            verdict=j.verdict,
            diagnosis=j.diagnosis.replace("_", " "),
            sku=j.sku,
            product=finding.product,
            group=finding.group,
            owner=finding.owner,
            source=j.source,
            url=j.url,
            link=web_link(j.url),
            edit_link=web_link(context.edit_url or ""),
            attribute=j.attribute.replace("_", " "),
            key=_key(finding),
            claimed=j.claimed.replace("_", " "),
            expected=j.expected.replace("_", " "),
            note=j.note,
            replacement=j.replacement,
            before=context.before,
            quote=j.quote,
            after=context.after,
            truth_feed=truth.feed if truth else "",
            truth_row=truth.row if truth else "",
            truth_valid_from=self._clock(truth.valid_from) if truth else "",
            stale_since=self._clock(j.stale_since),
            first_seen=self._clock(finding.first_seen),
            last_seen=self._clock(finding.last_seen),
            observed_at=self._clock(finding.observed_at),
            snapshot=finding.snapshot,
            method=claim.method.replace("_", " ") if claim else "the page as a whole",
            confidence=f"{claim.confidence:.2f}" if claim else "1.00",
            priority=f"{finding.priority:.1f}",
            priority_formula=" × ".join(f"{value:.2f}" for _, _, value in finding.priority_parts),
            priority_parts=tuple(
                Factor(name, shown, f"{value:.2f}") for name, shown, value in finding.priority_parts
            ),
            task=finding.task,
            history=self._history(finding),
            three_way=beside.standing.replace("_", " ") if beside else "",
            three_way_note=beside.note if beside else "",
            three_way_links=tuple((u, web_link(u)) for u in (beside.website_url, beside.kms_url))
            if beside
            else (),
        )

    def _history(self, finding: Finding) -> tuple[HistoryRow, ...]:
        steps = [
            (step.at, f"{step.old or 'new'} → {step.new}".replace("_", " "), "", step.why)
            for step in self._store.findings.history(finding.fingerprint)
        ]
        decisions = self._store.findings.decisions([finding.fingerprint])
        steps += [
            (d.at, str(d.kind), d.who, " · ".join(filter(None, (d.reason, d.note))))
            for d in decisions.get(finding.fingerprint, [])
        ]
        steps.sort(key=lambda step: step[0])
        return tuple(HistoryRow(self._clock(at), what, who, note) for at, what, who, note in steps)


def _key(finding: Finding) -> str:
    role = finding.judgement.role
    parts = [finding.judgement.key]
    if role.startswith("tier:"):
        parts.append(f"from {role.removeprefix('tier:')}")
    return " ".join(filter(None, parts))


def task_rows(tasks: Iterable[Task], rows: Mapping[str, FindingRow]) -> tuple[TaskRow, ...]:
    """Pieces of work in the order given; ``rows`` are their findings by id."""
    return tuple(
        TaskRow(
            name=task.name if len(task.findings) > 1 else "",
            size=_size(task),
            first=rows[task.findings[0].id],
            others=tuple(rows[finding.id] for finding in task.findings[1:]),
        )
        for task in tasks
    )


def _size(task: Task) -> str:
    findings, pages = len(task.findings), len(task.pages)
    return f"{findings} finding{'s' * (findings != 1)} on {pages} page{'s' * (pages != 1)}"
