"""What the pages are built from: the newest audit and all around it, each read once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from auditor.config import Config
from auditor.costs import Costs
from auditor.model import Finding, Popularity, Product, State
from auditor.report.counts import open_counts
from auditor.report.quote import QuoteReader
from auditor.report.rows import Rows
from auditor.report.view import FindingRow
from auditor.store import AuditRecord, AuditStore, Filter, Tally
from auditor.tasks import Task, tasks
from crawler.store import SnapshotStore


class Material:
    """The stores, the configuration and the instant, and what several pages need of them.

    Nothing is read before a page asks for it, and then once for all pages: make a new one for
    every report, and for every request where pages are served.
    """

    def __init__(
        self,
        store: AuditStore,
        snapshots: SnapshotStore,
        config: Config,
        now: datetime,
    ) -> None:
        self.store = store
        self.snapshots = snapshots
        self.config = config
        self.now = now
        self._zone = ZoneInfo(config.timezone)

    def clock(self, instant: datetime | None) -> str:
        """An instant as readers of the report know it; "" for None."""
        return "" if instant is None else f"{instant.astimezone(self._zone):%Y-%m-%d %H:%M %Z}"

    @cached_property
    def audit(self) -> AuditRecord | None:
        """The newest audit that got to its end."""
        return self.store.audits.latest()

    @cached_property
    def work(self) -> Sequence[Finding]:
        """What is on the work list, most urgent first."""
        return self.store.findings.matching(Filter())

    @cached_property
    def fixed(self) -> Sequence[Finding]:
        """What a later crawl saw right."""
        return self.store.findings.matching(Filter(states=(State.VERIFIED,)))

    @cached_property
    def tasks(self) -> Sequence[Task]:
        """The work in pieces, most urgent first."""
        return tasks(self.work)

    @cached_property
    def products(self) -> Sequence[Product]:
        """The catalogue, by SKU."""
        return self.store.catalogue.products()

    @cached_property
    def popularity(self) -> Mapping[str, Popularity]:
        """The popularity of every product that has a signal."""
        return self.store.catalogue.popularity()

    @cached_property
    def costs(self) -> Costs:
        """What findings cost until the newest audit, and the contacts behind which they stand."""
        return Costs(self.store, self.config, self.audit.as_of if self.audit else self.now)

    @cached_property
    def tallies(self) -> Mapping[str, Sequence[Tally]]:
        """Facts right, wrong and not judged, by "group", "owner" and "source"."""
        return {name: self.store.audits.tallies(name) for name in ("group", "owner", "source")}

    @cached_property
    def open_of(self) -> Mapping[str, Mapping[str, int]]:
        """Findings on the work list, by "group", "owner" and "source"."""
        return open_counts(self.work)

    @cached_property
    def listed(self) -> Mapping[str, FindingRow]:
        """The work list as rows, by id, most urgent first."""
        return {f.id: self._rows.row(f, rank) for rank, f in enumerate(self.work, 1)}

    @cached_property
    def fixed_rows(self) -> Mapping[str, FindingRow]:
        """What was fixed as rows, by id."""
        return {f.id: self._rows.row(f, rank) for rank, f in enumerate(self.fixed, 1)}

    @cached_property
    def _rows(self) -> Rows:
        return Rows(self.store, QuoteReader(self.snapshots), self.clock)
