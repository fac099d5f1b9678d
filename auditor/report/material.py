"""What the pages are built from: the newest audit and all around it, each read once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from auditor.config import Config
from auditor.costs import Costs
from auditor.model import Finding, Popularity, Product, Truth
from auditor.night import tallies, views_of
from auditor.report.copies import Copy, copies
from auditor.report.counts import group_rows, open_counts, slices_of, tally_rows
from auditor.report.rows import Rows, href_of, task_row
from auditor.report.view import FindingRow, GroupRow, TaskRow
from auditor.store import AuditRecord, AuditStore, Filter, Tally
from auditor.store.overview import Beside
from auditor.store.trends import FormerClaim, NightTally
from auditor.tasks import Task, tasks
from crawler.store import SnapshotStore

FIXED_DAYS = 28
"""How long a fix is told of."""
TREND_DAYS = 90
"""How far back trends go."""


class Material:
    """The stores, the configuration and the instant, and what several pages need of them.

    Nothing is read before a page asks for it, and then once for all pages: make a new one for
    every report, and for every request where pages are served.
    """

    def __init__(
        self, store: AuditStore, snapshots: SnapshotStore, config: Config, now: datetime
    ) -> None:
        self.store = store
        self.snapshots = snapshots
        self.config = config
        self.now = now
        self._zone = ZoneInfo(config.timezone)
        self.local_now = now.astimezone(self._zone)
        self._rows: dict[str, FindingRow] = {}
        self._slices: dict[str, Sequence[GroupRow]] = {}
        self._nights: dict[str, Mapping[str, Sequence[NightTally]]] = {}

    def clock(self, instant: datetime | None) -> str:
        """An instant as readers of the report know it; "" for None."""
        return "" if instant is None else f"{instant.astimezone(self._zone):%Y-%m-%d %H:%M %Z}"

    def is_kms(self, source: str) -> bool:
        """Whether a source is a knowledge base, which customers do not see."""
        known = self.config.sources.get(source)
        return known is not None and known.kind == "kms"

    @cached_property
    def audits(self) -> Sequence[AuditRecord]:
        """The newest two audits that got to their end, newest first."""
        return self.store.audits.history(2)

    @cached_property
    def audit(self) -> AuditRecord | None:
        """The newest audit that got to its end."""
        return self.audits[0] if self.audits else None

    @cached_property
    def work(self) -> Sequence[Finding]:
        """What is on the work list, most urgent first."""
        return self.store.findings.matching(Filter())

    @cached_property
    def fixed(self) -> Sequence[Finding]:
        """What crawls of the last ``FIXED_DAYS`` saw right, newest first."""
        return self.store.findings.fixed_since(self.now - timedelta(days=FIXED_DAYS))

    @cached_property
    def tasks(self) -> Sequence[Task]:
        """The work list, most urgent first."""
        return tasks(self.work)

    @cached_property
    def task_by_id(self) -> Mapping[str, Task]:
        """Tasks by id, each finding that was fixed as one of its own among them."""
        fixed = [Task(finding.id, (finding,)) for finding in self.fixed]
        return {task.id: task for task in (*self.tasks, *fixed)}

    def rank_of(self, task: Task) -> int:
        """A task's place on the work list, 0 where it is not on it."""
        return self._ranks.get(task.name, 0)

    @cached_property
    def _ranks(self) -> Mapping[str, int]:
        return {task.name: rank for rank, task in enumerate(self.tasks, 1)}

    def truths_of(self, sku: str) -> Sequence[Truth]:
        """All truths of a product, past and future too."""
        return self.store.catalogue.truths(sku)

    def former_of(self, sku: str) -> Sequence[FormerClaim]:
        """What pages said of a product before, oldest first."""
        return self.store.trends.former_claims([sku]).get(sku, ())

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

    def nights(self, slice_: str) -> Mapping[str, Sequence[NightTally]]:
        """The tallies of the last ``TREND_DAYS`` by "all", "group", "owner" or "source" name.

        Those of the newest audit are as they are known now, with what people said since; the
        others as they were known then.
        """
        if slice_ not in self._nights:
            since = self.now - timedelta(days=TREND_DAYS)
            self._nights[slice_] = {
                name: [self._tonight.get((night.as_of, slice_, name), night) for night in nights]
                for name, nights in self.store.trends.nights(slice_, since).items()
            }
        return self._nights[slice_]

    @cached_property
    def _tonight(self) -> Mapping[tuple[datetime, str, str], NightTally]:
        if self.audit is None or not self.store.findings.is_decided_after(self.audit.as_of):
            return {}  # as it was kept
        views, as_of = views_of(self.popularity), self.audit.as_of
        made = tallies(self.config, self.store, views, as_of)
        return {(as_of, tally.slice, tally.name): tally for tally in made}

    @cached_property
    def work_of(self) -> Mapping[tuple[str, str], Sequence[Task]]:
        """Tasks by ("group", "owner" or "source", name), most urgent first."""
        found: dict[tuple[str, str], list[Task]] = {}
        for task in self.tasks:
            for key in dict.fromkeys(key for f in task.findings for key in slices_of(f)):
                found.setdefault(key, []).append(task)
        return found

    def slice_rows(self, kind: str) -> Sequence[GroupRow]:
        """Groups, most popular first; owners or sources, most open findings first."""
        if kind not in self._slices:
            self._slices[kind] = group_rows(self) if kind == "group" else tally_rows(self, kind)
        return self._slices[kind]

    def products_of(self, group: str) -> Sequence[Product]:
        """A group's products, most popular first."""
        return self._grouped.get(group, ())

    @cached_property
    def _grouped(self) -> Mapping[str, Sequence[Product]]:
        found: dict[str, list[Product]] = {}
        for product in sorted(self.products, key=lambda p: (-self._score(p.sku), p.sku)):
            found.setdefault(product.group, []).append(product)
        return found

    def _score(self, sku: str) -> float:
        known = self.popularity.get(sku)
        return -1.0 if known is None or known.score is None else known.score

    @cached_property
    def open_by_sku(self) -> Mapping[str, int]:
        """Findings on the work list by product."""
        return Counter(finding.judgement.sku for finding in self.work)

    @cached_property
    def open_of(self) -> Mapping[str, Mapping[str, int]]:
        """Findings on the work list, by "group", "owner" and "source"."""
        return open_counts(self.work)

    @cached_property
    def copies(self) -> Mapping[str, Copy]:
        """The pages shown as annotated copies, by id."""
        return {copy.id: copy for copy in copies(self.work, self.config.report.copies)}

    @cached_property
    def _ids(self) -> tuple[Mapping[str, str], Mapping[str, str]]:
        """The ids of tasks and of copies, by finding id."""
        pages = {f.id: page for page, task in self.task_by_id.items() for f in task.findings}
        return pages, {name: copy.id for copy in self.copies.values() for name in copy.quotes}

    @cached_property
    def _beside(self) -> Mapping[str, Beside]:
        return self.store.overview.beside_all((*self.work, *self.fixed))

    def beside(self, finding: Finding) -> Beside | None:
        """How website, knowledge base and feed stand on what a finding is about."""
        return self._beside.get(finding.id)

    def rows_of(self, findings: Iterable[Finding]) -> Mapping[str, FindingRow]:
        """Findings as rows by id (others may be in it); made once, in few queries for many."""
        missing = [finding for finding in findings if finding.id not in self._rows]
        if missing:
            pages, shown = self._ids
            rows = Rows(self.store, self.clock, missing, pages=pages, copies=shown)
            self._rows.update({f.id: rows.row(f, self.beside(f)) for f in missing})
        return self._rows

    def href_of(self, finding: Finding) -> str:
        """The way from the report's top to a finding, "" where it has no place in the report."""
        page = self._ids[0].get(finding.id)
        return href_of(finding, page) if page is not None else ""

    def task_row(self, task: Task) -> TaskRow:
        """A task as a row."""
        first = task.findings[0]
        return task_row(task, self.rows_of([first])[first.id], self.rank_of(task))

    def task_rows(self, wanted: Sequence[Task]) -> tuple[TaskRow, ...]:
        """Tasks as rows."""
        self.rows_of(task.findings[0] for task in wanted)
        return tuple(self.task_row(task) for task in wanted)

    @cached_property
    def listed(self) -> Sequence[FindingRow]:
        """The whole work list as rows, most urgent first."""
        rows = self.rows_of(self.work)
        return [rows[finding.id] for finding in self.work]
