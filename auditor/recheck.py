"""Looking at pages again right after somebody said that they are fixed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from auditor.audit import audit_pages
from auditor.lock import hold_lock
from auditor.store import AuditStore
from crawler.run import crawl
from crawler.store import SnapshotStore

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime
    from pathlib import Path

    from auditor.config import Config
    from auditor.model import Finding


@dataclass(frozen=True, slots=True)
class Rechecked:
    """``findings`` as they are now, each with why it came to that; ``warnings`` are sentences."""

    findings: tuple[tuple[Finding, str], ...]
    warnings: tuple[str, ...] = ()


def recheck(
    config: Config, database: Path, findings: Sequence[Finding], now: Callable[[], datetime]
) -> Rechecked:
    """Fetch the pages of ``findings`` now, judge them anew, and say what became of them.

    Uses the network, paced as in a crawl. Raises Locked while another run is at work, and what
    ``crawl`` raises; decisions made before stay.
    """
    with (
        hold_lock(database, command="sellby confirm --recheck", now=now()),
        SnapshotStore(database) as snapshots,
        AuditStore(database) as store,
    ):
        pages = sorted({(f.judgement.source, f.judgement.url) for f in findings})
        warnings = _fetch(config, snapshots, pages)
        audit_pages(config, snapshots, store, pages, as_of=now())
        after = [store.findings.by_id(finding.id) for finding in findings]
        histories = store.findings.histories([finding.fingerprint for finding in after])
    told = {key: steps[-1].why for key, steps in histories.items() if steps}
    return Rechecked(tuple((f, told.get(f.fingerprint, "")) for f in after), tuple(warnings))


def _fetch(config: Config, snapshots: SnapshotStore, pages: Sequence[tuple[str, str]]) -> list[str]:
    warnings = []
    for source in sorted({name for name, _ in pages}):
        if source not in config.sources:
            warnings.append(f"{source} is no longer configured; its pages were not fetched")
            continue
        urls = [url for name, url in pages if name == source]
        summary = crawl(config.crawl, config.sources[source], snapshots, only=urls)
        warnings += [f"{source}: {problem.message}" for problem in summary.problems]
    return warnings
