"""Stores → ReportView: counting, ranking and wording, so that templates need not."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from zoneinfo import ZoneInfo

from auditor.model import State
from auditor.plain import web_link
from auditor.report.counts import group_rows, headline, open_counts, tally_rows
from auditor.report.health import feed_rows, source_rows
from auditor.report.quote import QuoteReader
from auditor.report.rows import Rows, task_rows
from auditor.report.view import IncidentRow, ReasonRow, RemarkRow, ReportView
from auditor.report.wording import STATES, reason_meaning
from auditor.store import AuditStore, Filter, ReasonCount
from auditor.tasks import tasks
from crawler.store import SnapshotStore

EXAMPLES_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Letterhead:
    """What the report says of its reader's company.

    ``timezone`` (IANA) is what instants are shown in; ``kinds`` maps a source's name to its kind.
    """

    company: str = ""
    timezone: str = "UTC"
    kinds: Mapping[str, str] = field(default_factory=dict)


def build_view(
    store: AuditStore, snapshots: SnapshotStore, letterhead: Letterhead, now: datetime
) -> ReportView:
    """The whole report as of the newest audit."""
    clock = _clock(ZoneInfo(letterhead.timezone))
    audit = store.audits.latest()
    popularity = store.catalogue.popularity()
    rows = Rows(store, QuoteReader(snapshots), clock)
    work = store.findings.matching(Filter())
    fixed = store.findings.matching(Filter(states=(State.VERIFIED,)))
    tallies = {name: store.audits.tallies(name) for name in ("group", "owner", "source")}
    open_of = open_counts(work)
    listed = {finding.id: rows.row(finding, rank) for rank, finding in enumerate(work, 1)}
    return ReportView(
        company=letterhead.company or "Your company",
        generated_at=clock(now),
        as_of=clock(audit.as_of) if audit else "–",
        version=_version(),
        headline=headline(store, tallies["source"]),
        incidents=tuple(
            IncidentRow(i.kind.replace("_", " "), i.subject, i.message, clock(i.opened_at))
            for i in store.audits.open_incidents()
        ),
        findings=tuple(listed.values()),
        tasks=task_rows(tasks(work), listed),
        fixed=tuple(rows.row(finding, rank) for rank, finding in enumerate(fixed, 1)),
        groups=group_rows(store, tallies["group"], open_of["group"]),
        owners=tally_rows(tallies["owner"], open_of["owner"]),
        sources=source_rows(snapshots, clock, letterhead.kinds),
        source_facts=tally_rows(tallies["source"], open_of["source"]),
        feeds=feed_rows(store, clock),
        not_judged=_reasons(store.audits.not_judged(EXAMPLES_SHOWN)),
        skipped=_reasons(store.audits.skipped(EXAMPLES_SHOWN)),
        remarks=tuple(
            RemarkRow(
                kind=r.kind.replace("_", " "),
                subject=r.subject,
                count=r.count,
                message=r.message,
                examples=tuple((url, web_link(url), sku, text) for url, sku, text in r.examples),
            )
            for r in store.overview.remarks()
        ),
        states=_states(store.findings.counts()),
        unranked_products=sum(1 for p in popularity.values() if p.score is None),
    )


def _version() -> str:
    try:
        return version("sellby")
    except PackageNotFoundError:
        return "from a checkout"


def _clock(zone: ZoneInfo) -> Callable[[datetime | None], str]:
    def shown(instant: datetime | None) -> str:
        return "" if instant is None else f"{instant.astimezone(zone):%Y-%m-%d %H:%M %Z}"

    return shown


def _reasons(counts: Sequence[ReasonCount]) -> tuple[ReasonRow, ...]:
    return tuple(
        ReasonRow(
            reason=row.reason.replace("_", " "),
            meaning=reason_meaning(row.reason),
            count=row.count,
            examples=tuple((url, web_link(url), sku, quote) for _, url, sku, quote in row.examples),
        )
        for row in counts
    )


def _states(counts: dict[str, int]) -> tuple[tuple[str, str, int], ...]:
    return tuple(
        (state.replace("_", " "), meaning, counts.get(state, 0))
        for state, meaning in STATES.items()
    )
