"""Stores → ReportView: counting, ranking and wording, so that templates need not."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from zoneinfo import ZoneInfo

from auditor.model import Finding, State
from auditor.plain import web_link
from auditor.report.quote import QuoteReader
from auditor.report.view import (
    Factor,
    FeedRow,
    FindingRow,
    GroupRow,
    Headline,
    HistoryRow,
    IncidentRow,
    ReasonRow,
    RejectedRow,
    ReportView,
    Share,
    SourceRow,
    TrendPoint,
)
from auditor.report.wording import STATES, percent, reason_meaning
from auditor.store import AuditStore, Filter, ReasonCount, Tally
from crawler.store import SnapshotStore

TREND_AUDITS = 30
REJECTS_SHOWN = 25
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
    rows = _Rows(store, QuoteReader(snapshots), clock)
    work = store.findings.matching(Filter())
    fixed = store.findings.matching(Filter(states=(State.VERIFIED,)))
    tallies = {name: store.audits.tallies(name) for name in ("group", "owner", "source")}
    open_of = _open_counts(work)
    return ReportView(
        company=letterhead.company or "Your company",
        generated_at=clock(now),
        as_of=clock(audit.as_of) if audit else "–",
        version=_version(),
        headline=_headline(store, tallies["source"]),
        incidents=tuple(
            IncidentRow(i.kind.replace("_", " "), i.subject, i.message, clock(i.opened_at))
            for i in store.audits.open_incidents()
        ),
        findings=tuple(rows.row(finding, rank) for rank, finding in enumerate(work, 1)),
        fixed=tuple(rows.row(finding, rank) for rank, finding in enumerate(fixed, 1)),
        groups=_groups(store, tallies["group"], open_of["group"]),
        owners=_tally_rows(tallies["owner"], open_of["owner"]),
        sources=_sources(snapshots, clock, letterhead.kinds),
        source_facts=_tally_rows(tallies["source"], open_of["source"]),
        feeds=_feeds(store, clock),
        not_judged=_reasons(store.audits.not_judged(EXAMPLES_SHOWN)),
        skipped=_reasons(store.audits.skipped(EXAMPLES_SHOWN)),
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


# Findings ------------------------------------------------------------------------------------


class _Rows:
    """Turns findings into rows; reads each page once for the words around its quotes."""

    def __init__(
        self, store: AuditStore, quotes: QuoteReader, clock: Callable[[datetime | None], str]
    ) -> None:
        self._store = store
        self._quotes = quotes
        self._clock = clock

    def row(self, finding: Finding, rank: int) -> FindingRow:
        j = finding.judgement
        claim, truth = j.claim, j.truth
        context = self._quotes.around(finding)
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


def _open_counts(findings: Iterable[Finding]) -> dict[str, dict[str, int]]:
    counts: dict[str, dict[str, int]] = {"group": {}, "owner": {}, "source": {}}
    for finding in findings:
        names = (
            ("group", finding.group),
            ("owner", finding.owner),
            ("source", finding.judgement.source),
        )
        for by, name in names:
            counts[by][name] = counts[by].get(name, 0) + 1
    return counts


# Counts --------------------------------------------------------------------------------------


def _headline(store: AuditStore, by_source: Sequence[Tally]) -> Headline:
    right = sum(t.right for t in by_source)
    wrong = sum(t.wrong for t in by_source)
    blind = sum(t.not_judged for t in by_source)
    judged, met = right + wrong, right + wrong + blind
    audit = store.audits.latest()
    freshness, coverage = percent(right, judged), percent(judged, met)
    sentence = (
        f"{freshness} of the facts Sellby could judge are right; it could judge {coverage}."
        if met
        else "Nothing has been judged yet."
    )
    return Headline(
        sentence=sentence,
        formula=f"right ÷ judged = {right} ÷ {judged}; judged ÷ met = {judged} ÷ {met}.",
        right=right,
        wrong=wrong,
        not_judged=blind,
        coverage=coverage,
        freshness=freshness,
        pages=audit.pages if audit else 0,
        products_on_pages=store.audits.products_on_pages(),
        products=len(store.catalogue.products()),
        shares=_shares(right, wrong, blind),
        trend=_trend(store),
    )


def _trend(store: AuditStore) -> tuple[TrendPoint, ...]:
    audits = list(reversed(store.audits.history(TREND_AUDITS)))
    audits = [audit for audit in audits if audit.matches + audit.wrong]
    shares = [audit.matches / (audit.matches + audit.wrong) for audit in audits]
    low = min(shares, default=0.0)
    span = max(max(shares, default=1.0) - low, 0.02)
    return tuple(
        TrendPoint(
            day=f"{audit.as_of:%Y-%m-%d %H:%M}",
            freshness=percent(audit.matches, audit.matches + audit.wrong),
            coverage=percent(
                audit.matches + audit.wrong, audit.matches + audit.wrong + audit.not_judged
            ),
            wrong=audit.wrong,
            x=round(100 * i / max(1, len(audits) - 1), 2),
            y=round(45 - 40 * (share - low) / span, 2),
        )
        for i, (audit, share) in enumerate(zip(audits, shares, strict=True))
    )


def _shares(right: int, wrong: int, not_judged: int) -> tuple[Share, ...]:
    whole = max(1, right + wrong + not_judged)
    offset = 0.0
    shares = []
    for name, label, count in (
        ("right", "right", right),
        ("wrong", "wrong", wrong),
        ("not_judged", "not judged", not_judged),
    ):
        width = round(100 * count / whole, 3)
        shares.append(Share(name, label, count, round(offset, 3), width))
        offset += width
    return tuple(shares)


def _tally_rows(tallies: Sequence[Tally], open_of: dict[str, int]) -> tuple[GroupRow, ...]:
    rows = [_tally_row(tally, open_of.get(tally.name, 0)) for tally in tallies]
    return tuple(sorted(rows, key=lambda row: (-row.open, -row.wrong, row.name)))


def _tally_row(tally: Tally, open_findings: int, popularity: str = "") -> GroupRow:
    judged = tally.right + tally.wrong
    return GroupRow(
        name=tally.name,
        popularity=popularity,
        right=tally.right,
        wrong=tally.wrong,
        not_judged=tally.not_judged,
        open=open_findings,
        freshness=percent(tally.right, judged),
        coverage=percent(judged, judged + tally.not_judged),
        shares=_shares(tally.right, tally.wrong, tally.not_judged),
    )


def _groups(
    store: AuditStore, tallies: Sequence[Tally], open_of: dict[str, int]
) -> tuple[GroupRow, ...]:
    """Most popular group first: the mean score of its products that have one."""
    popularity = store.catalogue.popularity()
    scores: dict[str, list[float]] = {}
    for product in store.catalogue.products():
        known = popularity.get(product.sku)
        if known is not None and known.score is not None:
            scores.setdefault(product.group, []).append(known.score)
    mean = {name: sum(values) / len(values) for name, values in scores.items()}
    ordered = sorted(tallies, key=lambda t: (-mean.get(t.name, -1.0), t.name))
    return tuple(
        _tally_row(
            tally,
            open_of.get(tally.name, 0),
            f"mean popularity {mean[tally.name]:.0f} of 100"
            if tally.name in mean
            else "no popularity signal",
        )
        for tally in ordered
    )


# Health --------------------------------------------------------------------------------------


def _sources(
    snapshots: SnapshotStore, clock: Callable[[datetime | None], str], kinds: Mapping[str, str]
) -> tuple[SourceRow, ...]:
    rows = []
    for state in snapshots.sources():
        crawl = state.last_crawl
        rows.append(
            SourceRow(
                name=state.source,
                kind=kinds.get(state.source, ""),
                state=crawl.state if crawl else "never crawled",
                last_crawl=clock(crawl.started_at) if crawl else "–",
                pages=state.pages,
                outcomes=tuple(
                    (name.replace("_", " "), count)
                    for name, count in sorted(crawl.counts.items(), key=lambda pair: -pair[1])
                )
                if crawl
                else (),
                note="; ".join(problem.message for problem in crawl.problems) if crawl else "",
            )
        )
    return tuple(rows)


def _feeds(store: AuditStore, clock: Callable[[datetime | None], str]) -> tuple[FeedRow, ...]:
    rows = []
    for feed in store.catalogue.feeds():
        rejects = store.catalogue.rejected(feed.feed)[:REJECTS_SHOWN] if feed.rejected else []
        rows.append(
            FeedRow(
                name=feed.feed,
                state=feed.state,
                last_read=clock(feed.read_at),
                rows=feed.rows,
                added=feed.added,
                changed=feed.changed,
                removed=feed.removed,
                rejected=feed.rejected,
                message=feed.message,
                rejects=tuple(RejectedRow(f"{r.file}:{r.line}", r.reason, r.text) for r in rejects),
            )
        )
    return tuple(rows)


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
