"""After all pages were judged: what website, knowledge base and feeds say together.

Facts on which the sources differ are stored as cross-checks. Where no feed knows a fact and two
sources contradict each other, the knowledge base's page gets one finding. Where both agree against
a feed, their findings go to the feed's owner.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from auditor.compare.three_way import CrossCheck, Standing, three_way
from auditor.findings import Sight, update
from auditor.looks import look_of
from auditor.model import DecisionKind, Finding, Judgement, Locator, Verdict
from auditor.page.read import read_page
from auditor.store.findings import Filter

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from auditor.config import Config
    from auditor.labels import Labels
    from auditor.looks import Look
    from auditor.store import AuditStore
    from crawler.store import SnapshotStore

# The role of a finding that two sources together make; no statement of a page has it.
ACROSS = "across"


def of_page_alone(findings: Iterable[Finding]) -> list[Finding]:
    """Without those that need a second source, or a person, to be seen again."""
    return [
        finding
        for finding in findings
        if finding.judgement.role != ACROSS and finding.judgement.verdict is not Verdict.REPORTED
    ]


def look_across(  # noqa: PLR0913 - both stores and what names a finding
    config: Config,
    snapshots: SnapshotStore,
    store: AuditStore,
    labels: Labels,
    *,
    as_of: datetime,
    sku: str = "",
) -> None:
    """Bring cross-checks and what follows from them up to date, of all products or of ``sku``."""
    kinds = {name: source.kind for name, source in config.sources.items()}
    kms = sorted(name for name, kind in kinds.items() if kind == "kms")
    before = [c for c in store.overview.checks(Standing.CONTRADICTION) if sku in ("", c.sku)]
    checks: list[CrossCheck] = []
    if kms:
        for judged in store.overview.stated_on_both(kms, sku):
            checks += three_way(judged, kinds)
    website_of = {(c.kms_url, c.sku, c.attribute, c.key): c.website_url for c in before}
    _contradict(snapshots, store, labels, checks, website_of, as_of=as_of, sku=sku)
    with store.writing():
        store.overview.replace_checks(checks, sku)
        _hand_over_doubts(config, store, checks)


# --- contradictions ------------------------------------------------------------------------------


def _contradict(  # noqa: PLR0913 - as above
    snapshots: SnapshotStore,
    store: AuditStore,
    labels: Labels,
    checks: Iterable[CrossCheck],
    website_of: Mapping[tuple[str, str, str, str], str],
    *,
    as_of: datetime,
    sku: str,
) -> None:
    """Open and close the findings of contradictions, page by page of the knowledge base."""
    wanted = Filter(verdict=Verdict.CONTRADICTION, every_state=True, sku=sku)
    pages: dict[tuple[str, str], tuple[list[Finding], list[CrossCheck]]] = {}
    for finding in store.findings.matching(wanted):
        j = finding.judgement
        if j.role == ACROSS:
            pages.setdefault((j.source, j.url), ([], []))[0].append(finding)
    for check in checks:
        if check.standing is Standing.CONTRADICTION:
            page = check.kms.source, check.kms.url
            pages.setdefault(page, ([], []))[1].append(check)
    for (source, url), (existing, found) in sorted(pages.items()):
        look = look_of(snapshots, source, url)
        if look is None:
            continue
        seen = replace(look.seen, text=_text(look))
        judgements = [j for j in (_judgement(check, seen.text) for check in found) if j]
        shown = {(j.sku, j.attribute, j.key) for j in judgements}
        known = [
            f
            for f in existing
            if _fact(f) in shown or not _is_blind(snapshots, store, f, website_of)
        ]
        decisions = store.findings.decisions(finding.fingerprint for finding in known)
        changes = update(known, judgements, seen, decisions, as_of)
        with store.writing():
            labelled = [labels.label(finding, decisions) for finding in changes.findings]
            store.findings.save(labelled, changes.history)


def _fact(finding: Finding) -> tuple[str, str, str]:
    j = finding.judgement
    return j.sku, j.attribute, j.key


def _is_blind(
    snapshots: SnapshotStore,
    store: AuditStore,
    finding: Finding,
    website_of: Mapping[tuple[str, str, str, str], str],
) -> bool:
    """Whether the website's page of an earlier contradiction cannot be read now."""
    url = website_of.get((finding.judgement.url, *_fact(finding)), "")
    looked = (look_of(snapshots, state.source, url) for state in snapshots.sources() if url)
    return any(look is not None and look.seen.sight is Sight.BLIND for look in looked)


def _text(look: Look) -> str:
    return read_page(look.snapshot).text if look.snapshot is not None else ""


def _judgement(check: CrossCheck, text: str) -> Judgement | None:
    """The contradiction as a judgement of the knowledge base's page; None without its quote."""
    start = text.find(check.kms.quote) if check.kms.quote else -1
    if start < 0:
        return None
    return replace(
        check.kms,
        role=ACROSS,
        verdict=Verdict.CONTRADICTION,
        reason=None,
        expected=check.website.claimed,
        note=f"{check.note} The website's page is {check.website.url}",
        locator=Locator(start, start + len(check.kms.quote)),
    )


# --- doubts about a feed -------------------------------------------------------------------------


def _hand_over_doubts(config: Config, store: AuditStore, checks: Iterable[CrossCheck]) -> None:
    """What they doubt is a question to the feed's owner, not to the owners of the pages."""
    doubts = {
        (check.sku, check.attribute, check.key, check.role, check.website.claimed): truth.feed
        for check in checks
        if check.standing is Standing.SOURCE_DOUBT
        and (truth := check.website.truth or check.kms.truth) is not None
    }
    changed = []
    for finding in store.findings.matching(Filter()) if doubts else ():
        j = finding.judgement
        feed = doubts.get((j.sku, j.attribute, j.key, j.role, j.claimed))
        if feed is None or not j.verdict.is_finding:
            continue
        owner = config.feeds[feed].owner if feed in config.feeds else ""
        if not owner or _is_assigned(store, finding):
            owner = finding.owner
        changed.append(replace(finding, owner=owner))
    store.findings.save(changed)


def _is_assigned(store: AuditStore, finding: Finding) -> bool:
    decisions = store.findings.decisions([finding.fingerprint]).get(finding.fingerprint, [])
    return any(decision.kind is DecisionKind.ASSIGN for decision in decisions)
