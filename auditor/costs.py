"""What each finding costs, from the database: exposure, and the contacts it stands behind."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from auditor.contacts import Toll, by_finding, wrong_between
from auditor.demand import address, sources_of
from auditor.exposure import Exposure, exposure
from auditor.placing import contacts_behind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from auditor.config import Config
    from auditor.contacts import Behind
    from auditor.exposure import Series
    from auditor.model import Finding
    from auditor.store import AuditStore

VIEWS = ("pageviews", "kms_views")
"""The signals that count a page being read: by customers, and by colleagues."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What one finding costs: whom it misled, and which contacts it stands behind."""

    exposure: Exposure
    toll: Toll


NOT_WRONG = Cost(
    Exposure(0.0, None, None, None, (("days", "0 = a person said that it is not wrong"),)), Toll()
)


def costs_of(
    store: AuditStore, config: Config, findings: Iterable[Finding], now: datetime
) -> dict[str, Cost]:
    """What findings cost until the newest audit, until ``now`` before the first; by id."""
    audit = store.audits.latest()
    costs = Costs(store, config, audit.as_of if audit else now)
    return {finding.id: costs.of(finding) for finding in findings}


class Costs:
    """Costs of findings as of ``now``; what several findings need is read once."""

    def __init__(self, store: AuditStore, config: Config, now: datetime) -> None:
        self._store, self._config, self._now = store, config, now
        self._seen: dict[tuple[str, str], Series] = {}
        self._ordered: dict[str, Series] = {}

    def of(self, finding: Finding) -> Cost:
        """The cost of one finding so far; of a fixed one until it was seen fixed.

        What a person said is not wrong costs nothing.
        """
        if finding.fingerprint in self._not_wrong:
            return NOT_WRONG
        judgement = finding.judgement
        start, end = wrong_between(finding)
        found = exposure(
            judgement.claimed,
            judgement.expected,
            start,
            min(end, self._now) if end is not None else self._now,
            views=self.views(judgement.source, judgement.url),
            order_lines=self._order_lines(judgement.sku),
            page=judgement.url,
        )
        return Cost(found, self._tolls.get(finding.fingerprint, Toll()))

    @cached_property
    def _not_wrong(self) -> frozenset[str]:
        return self._store.findings.not_wrong()

    @cached_property
    def behind(self) -> list[Behind]:
        """Every contact with the findings behind it."""
        return contacts_behind(self._store, self._config)

    @cached_property
    def _tolls(self) -> dict[str, Toll]:
        return by_finding(self.behind)

    def views(self, source: str, url: str) -> Series:
        """How often one page was viewed, as often as that was counted."""
        known = self._seen.get((source, url))
        if known is None:
            known = self._seen[source, url] = self._read_views(source, url)
        return known

    def _read_views(self, source: str, url: str) -> Series:
        page = address(url)
        path = page[page.index("/") :]
        wanted = [page, path, page.partition("?")[0], path.partition("?")[0]]
        for subjects in (self._subjects.get(each) for each in dict.fromkeys(wanted)):
            if subjects:
                feeds = self._feeds_of(source)
                return self._store.catalogue.demand.series("url", subjects, VIEWS, feeds)
        return ()

    def _order_lines(self, sku: str) -> Series:
        if not sku:
            return ()
        known = self._ordered.get(sku)
        if known is None:
            demand, feeds = self._store.catalogue.demand, tuple(self._config.feeds)
            known = self._ordered[sku] = demand.series("sku", [sku], ["orders"], feeds)
        return known

    def _feeds_of(self, source: str) -> tuple[str, ...]:
        """The feeds that count pages of this source, or do not say of which."""
        return tuple(
            feed
            for feed, sources in sources_of(self._config).items()
            if not sources or source in sources
        )

    @cached_property
    def _subjects(self) -> Mapping[str, list[str]]:
        """The addresses under which views were counted, by the address they come down to."""
        found: dict[str, list[str]] = defaultdict(list)
        for subject in self._store.catalogue.demand.counted_pages():
            found[address(subject)].append(subject)
        return found
