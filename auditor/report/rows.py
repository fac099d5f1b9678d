"""Findings and tasks as the rows that templates print."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from auditor.compare.words import attribute_name
from auditor.model import Finding
from auditor.plain import web_link
from auditor.report.fragment import live_link
from auditor.report.view import Factor, FindingRow, HistoryRow, TaskRow
from auditor.store import AuditStore
from auditor.store.overview import Beside
from auditor.store.trends import QuoteContext
from auditor.tasks import Task

Clock = Callable[[datetime | None], str]


class Rows:
    """Turns findings into rows; what they need beside themselves is read at once for all."""

    def __init__(
        self,
        store: AuditStore,
        clock: Clock,
        findings: Sequence[Finding],
        *,
        pages: Mapping[str, str],
        copies: Mapping[str, str],
    ) -> None:
        """``pages`` and ``copies`` are the ids of tasks and of copies by finding id."""
        keys = [finding.fingerprint for finding in findings]
        self._clock = clock
        self._pages, self._copies = pages, copies
        self._steps = store.findings.histories(keys)
        self._decisions = store.findings.decisions(keys)
        self._contexts = store.trends.contexts(keys)

    def row(self, finding: Finding, beside: Beside | None) -> FindingRow:
        """The finding in words; ``beside`` is how all sides stand on its fact."""
        j = finding.judgement
        claim, truth = j.claim, j.truth
        context = self._contexts.get(finding.fingerprint, QuoteContext())
        seen = j.locator.start >= 0 and bool(j.quote)
        return FindingRow(
            id=finding.id,
            href=href_of(finding, self._pages[finding.id]),
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
            live_link=live_link(j.url, j.quote, j.locator.place) if seen else web_link(j.url),
            edit_link=web_link(context.edit_url),
            copy=self._copies.get(finding.id, ""),
            attribute=j.attribute.replace("_", " "),
            key=_key(finding),
            fact=_fact(finding),
            claimed=j.claimed.replace("_", " "),
            expected=j.expected.replace("_", " "),
            note=j.note,
            replacement=j.replacement,
            before=context.before,
            quote=j.quote,
            document_place=j.locator.place,
            after=context.after,
            truth_feed=truth.feed if truth else "",
            truth_row=truth.row if truth else "",
            truth_valid_from=self._clock(truth.valid_from) if truth else "",
            stale_since=self._clock(j.stale_since),
            first_seen=self._clock(finding.first_seen),
            last_seen=self._clock(finding.last_seen),
            observed_at=self._clock(finding.observed_at),
            closed_at=self._clock(finding.closed_at),
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
        )

    def _history(self, finding: Finding) -> tuple[HistoryRow, ...]:
        steps = [
            (step.at, f"{step.old or 'new'} → {step.new}".replace("_", " "), "", step.why)
            for step in self._steps.get(finding.fingerprint, ())
        ]
        steps += [
            (d.at, str(d.kind), d.who, " · ".join(filter(None, (d.reason, d.note))))
            for d in self._decisions.get(finding.fingerprint, ())
        ]
        steps.sort(key=lambda step: step[0])
        return tuple(HistoryRow(self._clock(at), what, who, note) for at, what, who, note in steps)


def _key(finding: Finding) -> str:
    return " ".join(filter(None, (finding.judgement.key, _tier(finding))))


def _fact(finding: Finding) -> str:
    """What is wrong, in a person's words: "list price from 250", "operating voltage"."""
    j = finding.judgement
    name = attribute_name(j.attribute, j.key)
    return " ".join(filter(None, (name, _tier(finding))))


def _tier(finding: Finding) -> str:
    kind, _, quantity = finding.judgement.role.partition(":")
    return f"from {quantity}" if kind == "tier" else ""


def href_of(finding: Finding, page: str) -> str:
    """The way from the report's top to a finding's place on its task's page."""
    return f"task/{page}.html#{finding.id}"


def task_row(task: Task, first: FindingRow, rank: int) -> TaskRow:
    """One task; ``first`` is its most urgent finding, ``rank`` its place on the list."""
    return TaskRow(
        rank=rank,
        id=task.id,
        href=f"task/{task.id}.html",
        name=task.name if len(task.findings) > 1 else "",
        cause=task.cause.replace("_", " "),
        fix=task.fix,
        clears=task.clears,
        findings=len(task.findings),
        pages=len(task.pages),
        products=len(task.products),
        owners=" ".join(task.owners),
        first=first,
    )
