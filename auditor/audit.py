"""The main flow: stored snapshots and truths in, findings out. Read top to bottom.

No network here. Same database, same configuration, same ``as_of`` → the same findings.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import TYPE_CHECKING

from auditor.across import look_across, of_page_alone
from auditor.bundle import bundle
from auditor.crew import crew_for, judged_batches
from auditor.dead_selectors import DEAD, dead_selectors
from auditor.demand import rescore_products
from auditor.desk import ask
from auditor.doubt import Doubting, without_doubted
from auditor.findings import Sight, fingerprint, update
from auditor.flags import settle_flags
from auditor.judging import Judge, Judged
from auditor.labels import Labels
from auditor.looks import Eyes, Look, look_of, looks
from auditor.model import State, Verdict
from auditor.night import contexts, save_night
from auditor.people_remarks import people_remarks
from auditor.placing import place_contacts
from auditor.remarks import Coverage
from auditor.store.audits import AuditRecord, PageResult
from auditor.store.findings import Filter
from crawler.documents.rendition import limits_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator
    from datetime import datetime

    from auditor.config import Config
    from auditor.findings import Changes
    from auditor.model import Incident
    from auditor.store import AuditStore
    from auditor.store.overview import Remark
    from crawler.store import SnapshotStore

# Pages judged between two commits: what a stopped audit has to do again, and how long a person
# who decides meanwhile may have to wait.
PAGES_AT_A_TIME = 32


@dataclass(frozen=True, slots=True)
class AuditSummary:
    """What an audit came to. ``steps`` counts the findings that went into each state."""

    as_of: datetime
    pages: int
    matches: int
    wrong: int
    not_judged: int
    skipped: int
    steps: dict[str, int] = field(default_factory=dict)
    incidents: tuple[Incident, ...] = ()
    remarks: tuple[Remark, ...] = ()


def run_audit(
    config: Config,
    snapshots: SnapshotStore,
    store: AuditStore,
    *,
    as_of: datetime,
    progress: Callable[[int, str], None] | None = None,
) -> AuditSummary:
    """Judge every stored page of the configured sources and bring the findings up to date."""
    _renew_documents(config, snapshots, progress)
    dead = dead_selectors(config, snapshots, store, as_of)
    judge = Judge(config, store.catalogue, store.profiles.dead())
    eyes, counts = Eyes(), Counter[str]()
    labels = Labels(config, judge.products, store.catalogue.popularity(), as_of)
    coverage, doubting = Coverage(config, judge.products), Doubting.of(config, store)
    audit = store.audits.begin(as_of, as_of)
    pages = (look for name in sorted(config.sources) for look in looks(snapshots, name))
    crew = crew_for(config, snapshots, store, as_of)

    def take(settled: Iterable[tuple[Look, Judged]]) -> None:
        for look, result in settled:
            changes = _apply(store, look, result, labels, as_of)
            _count(counts, look, result, changes)
            coverage.note(look, result)

    for batch, judged in judged_batches(judge, _batches(pages), as_of, crew):
        with store.writing():
            for look, result in zip(batch, judged, strict=True):
                eyes.note(look, result.failure)
                if look.seen.sight is not Sight.GONE:
                    store.audits.mark(look.seen.source, look.seen.url)
                take(doubting.sift(look, result))
        if progress is not None:
            progress(counts["pages"], batch[-1].seen.url)
    with store.writing():
        take(doubting.rest())
    doubting.save(config, as_of)
    store.audits.forget_other_pages()
    labels = _rated_anew(config, store, judge, labels, as_of)
    look_across(config, snapshots, store, labels, as_of=as_of)
    settle_flags(store, snapshots, labels, as_of)
    bundle(store)
    ask(config, store, as_of)
    remarks = (*coverage.remarks(store, as_of), *people_remarks(config, store))
    store.overview.replace_remarks(remarks)
    store.audits.set_incidents((*Eyes.KINDS, DEAD), (*eyes.incidents(), *dead), as_of)
    _leave_out(counts, store.audits.said_not_wrong())
    summary = _summary(counts, as_of, tuple(store.audits.open_incidents()))
    summary = replace(summary, remarks=remarks)
    save_night(config, store, store.catalogue.popularity(), audit, as_of)
    store.audits.finish(_record(audit, summary))
    return summary


def _rated_anew(
    config: Config, store: AuditStore, judge: Judge, labels: Labels, as_of: datetime
) -> Labels:
    """Labels by the popularity as the pages just judged share it out; findings get it too.

    Page views reach products through the products of the page, which only judging it shows.
    """
    before = store.catalogue.popularity()
    place_contacts(store)
    rescore_products(store.catalogue, config)
    after = store.catalogue.popularity()
    if before == after:
        return labels
    labels = Labels(config, judge.products, after, as_of)
    changed = [
        finding
        for finding in store.findings.matching(Filter())
        if before.get(finding.judgement.sku) != after.get(finding.judgement.sku)
    ]
    decisions = store.findings.decisions(finding.fingerprint for finding in changed)
    store.findings.save([labels.label(finding, decisions) for finding in changed])
    return labels


def audit_pages(
    config: Config,
    snapshots: SnapshotStore,
    store: AuditStore,
    pages: Collection[tuple[str, str]],
    *,
    as_of: datetime,
) -> None:
    """Judge just these pages (source, URL) again, as a re-check after a confirm does."""
    judge = Judge(config, store.catalogue, store.profiles.dead())
    labels = Labels(config, judge.products, store.catalogue.popularity(), as_of)
    doubted = [(doubt.feed, doubt.batch) for doubt in store.catalogue.doubts.open()]
    for source, url in sorted(pages):
        look = look_of(snapshots, source, url)
        if look is not None and source in config.sources:
            result = without_doubted(judge.judge(look, as_of), doubted)
            with store.writing():
                _apply(store, look, result, labels, as_of)
            for sku in sorted({j.sku for j in result.judgements if j.sku}):
                look_across(config, snapshots, store, labels, as_of=as_of, sku=sku)
    bundle(store)


def _renew_documents(
    config: Config, snapshots: SnapshotStore, progress: Callable[[int, str], None] | None
) -> None:
    """Read stored documents that nothing, or an older Sellby, has read yet."""

    def told(_number: int, source: str) -> None:
        if progress is not None:
            progress(0, f"documents of {source}")

    for name, source in config.sources.items():
        snapshots.limit_documents(name, limits_of(source.limits))
    snapshots.renew_documents(sorted(config.sources), told)


def _apply(
    store: AuditStore, look: Look, result: Judged, labels: Labels, as_of: datetime
) -> Changes:
    """Bring the findings of one page up to date, inside the caller's transaction."""
    seen = replace(look.seen, text=result.text)
    if result.failure:
        seen = replace(seen, sight=Sight.BLIND)
    existing = of_page_alone(store.findings.of_page(seen.source, seen.url))
    decisions = store.findings.decisions(finding.fingerprint for finding in existing)
    changes = update(existing, result.judgements, seen, decisions, as_of)
    findings = [labels.label(finding, decisions) for finding in changes.findings]
    store.findings.save(findings, changes.history)
    if seen.sight is not Sight.GONE:
        keys = tuple(fingerprint(j) if j.verdict.is_finding else "" for j in result.judgements)
        page = PageResult(seen.source, seen.url, result.judgements, keys, result.skipped)
        store.trends.note_changes(page, as_of)
        store.trends.save_contexts(contexts(look, result, keys))
        store.audits.save_page(page)
    return changes


def _count(counts: Counter[str], look: Look, result: Judged, changes: Changes) -> None:
    counts["pages"] += look.seen.sight is Sight.CONTENT
    counts["skipped"] += len(result.skipped)
    for judgement in result.judgements:
        counts["wrong" if judgement.verdict.is_finding else judgement.verdict] += 1
    for step in changes.history:
        counts[f"→{step.new}"] += 1


def _leave_out(counts: Counter[str], not_wrong: int) -> None:
    """What a person said is not wrong counts as not judged, here as everywhere."""
    counts["wrong"] -= not_wrong
    counts[Verdict.NOT_JUDGED] += not_wrong


def _summary(
    counts: Counter[str], as_of: datetime, incidents: tuple[Incident, ...]
) -> AuditSummary:
    return AuditSummary(
        as_of=as_of,
        pages=counts["pages"],
        matches=counts[Verdict.MATCH],
        wrong=counts["wrong"],
        not_judged=counts[Verdict.NOT_JUDGED],
        skipped=counts["skipped"],
        steps={str(s): n for s in State if (n := counts[f"→{s}"])},
        incidents=incidents,
    )


def _record(audit: int, summary: AuditSummary) -> AuditRecord:
    return AuditRecord(
        id=audit,
        as_of=summary.as_of,
        started_at=summary.as_of,
        finished_at=summary.as_of,
        pages=summary.pages,
        matches=summary.matches,
        wrong=summary.wrong,
        not_judged=summary.not_judged,
        skipped=summary.skipped,
        opened=summary.steps.get(State.OPEN, 0) + summary.steps.get(State.REOPENED, 0),
        verified=summary.steps.get(State.VERIFIED, 0),
        complete=True,
    )


def _batches(pages: Iterable[Look]) -> Iterator[list[Look]]:
    stream = iter(pages)
    while batch := list(islice(stream, PAGES_AT_A_TIME)):
        yield batch
