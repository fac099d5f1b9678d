"""What one crawl of one source came to; the same record for website, KMS and folder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from crawler.snapshot import Outcome


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that kept a crawl from seeing everything; ``message`` is one sentence for people.

    ``kind`` is a stable word such as ``unreachable``, ``degraded``, ``refused``, ``rate_limited``.
    """

    kind: str
    message: str


@dataclass(frozen=True, slots=True)
class CrawlSummary:
    """Counts of one crawl of one source.

    ``counts`` holds how many visits ended in each outcome, keyed by ``Outcome`` value.
    ``complete`` is False where the crawl stopped before everything was asked for (a limit, an
    interrupt, a fatal problem): then absence of a page says nothing. Times are aware UTC.
    ``notes`` are sentences about what was left out on purpose, such as a calendar without end.
    ``readable`` is how many documents a knowledge base let us read; None elsewhere, and where
    the run did not get so far.
    """

    source: str
    started_at: datetime
    finished_at: datetime
    counts: Mapping[str, int]
    bytes_received: int = 0
    complete: bool = True
    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()
    readable: int | None = None

    @property
    def pages(self) -> int:
        """Pages whose content was read: outcomes ``ok`` and ``unchanged``."""
        return self.counts.get(Outcome.OK, 0) + self.counts.get(Outcome.UNCHANGED, 0)

    @property
    def visits(self) -> int:
        """Pages asked for, whatever the answer."""
        return sum(self.counts.values())
