"""After an audit: findings with one root cause become one task."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from auditor.causes import causes_of
from auditor.compare.three_way import Standing
from auditor.store.findings import Filter

if TYPE_CHECKING:
    from auditor.store import AuditStore


def bundle(store: AuditStore) -> None:
    """Say of every finding on the work list what it is there for, and keep it where that is new."""
    with store.writing():
        findings = store.findings.matching(Filter())
        doubts = {
            (check.sku, check.attribute, check.key, check.role, check.website): check.feed
            for check in store.overview.checks(Standing.SOURCE_DOUBT)
        }
        causes = causes_of(findings, store.trends.passages(), doubts)
        store.findings.save(
            replace(finding, task=cause.name, cause=cause.kind)
            for finding in findings
            if (cause := causes[finding.fingerprint])
            and (cause.name, cause.kind) != (finding.task, finding.cause)
        )
