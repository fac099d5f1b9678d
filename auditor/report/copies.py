"""Which stored pages are shown with their quotes highlighted, and what each copy is called."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from auditor.model import Finding
from auditor.store.history import short_digest

EDITION = 1
"""Part of every copy's name: raise it when copies of the same page are made another way."""


@dataclass(frozen=True, slots=True)
class Copy:
    """One page as it was at ``at``, with the spans of ``quotes`` by finding id."""

    source: str
    url: str
    at: datetime
    snapshot: str
    quotes: dict[str, tuple[int, int]] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """Stands for all that the copy shows, so that the same copy need not be made again."""
        quotes = sorted((name, *span) for name, span in self.quotes.items())
        return short_digest(EDITION, self.url, self.snapshot, *(p for q in quotes for p in q))


def copies(findings: Iterable[Finding], limit: int) -> list[Copy]:
    """The copies that show the visible quotes of findings, at most ``limit`` of the first."""
    found: dict[tuple[str, str, str], Copy] = {}
    for finding in findings:
        j = finding.judgement
        if j.locator.start < 0 or not j.quote or not finding.snapshot:
            continue
        key = (j.source, j.url, finding.snapshot)
        if key not in found:
            if len(found) >= limit:
                continue
            found[key] = Copy(j.source, j.url, finding.last_seen, finding.snapshot)
        found[key].quotes[finding.id] = (j.locator.start, j.locator.end)
    return list(found.values())
