"""How the feeds came in, and how they come in: runs and exports, over what is known of products."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from auditor.model import Popularity, RejectedRow
from auditor.store.conflicts import Conflicts
from auditor.store.demand import Demand
from auditor.store.doubts import Doubts
from auditor.store.feed_runs import (
    Calendar,
    Export,
    FeedRuns,
    confirmed_until,
    is_same_export,
    moment_of,
)
from auditor.store.held import HeldValue, HeldValues
from auditor.store.history import FeedRunSummary
from auditor.store.intake import Intake, Moment
from auditor.store.known import KnownProducts
from auditor.store.merge import merge_products
from auditor.store.releases import Release, Releases
from auditor.store.run_summary import ended_by, judged, less_held, moves
from auditor.store.standing import Standing
from auditor.store.versions import Fetched, Versions
from crawler.store.connection import readable_errors, transaction

if TYPE_CHECKING:
    from sqlite_utils import Database

CACHE_KB = 16_000
"""Page cache while a feed is taken in: a large one spills the same index pages again and again."""


class CatalogueStore(KnownProducts):
    """What is known of the products, and the feed runs that bring it up to date."""

    def __init__(self, database: Database) -> None:
        super().__init__(database.conn)
        self._database = database
        file = self._connection.execute("pragma database_list").fetchone()[2]
        self._path = Path(file or ":memory:")
        self._runs = FeedRuns(self._connection)
        self.held = HeldValues(self._connection)
        self.releases = Releases(self._connection)
        self.conflicts = Conflicts(self._connection)
        self.doubts = Doubts(self._connection)
        self._versions = Versions(self._connection)

    # Reading -------------------------------------------------------------------------------------

    @cached_property
    def demand(self) -> Demand:
        """What people view, order, search for and ask about."""
        return Demand(self._database)

    def feeds(self) -> list[FeedRunSummary]:
        """The newest run of each feed, in the order the feeds were first read."""
        return self._runs.newest()

    def was_ever_good(self, feed: str) -> bool:
        """Whether any export of ``feed`` was ever believed."""
        return self._runs.last_good(feed) is not None

    def gated(self) -> frozenset[str]:
        """The feeds whose newest export was set aside or unreadable: they may be out of date."""
        shut = ("quarantined", "failed")
        return frozenset(run.feed for run in self._runs.newest() if run.state in shut)

    def rejected(self, feed: str) -> list[RejectedRow]:
        """The rows that the feed's newest run could not use."""
        return self._runs.rejected(feed)

    def columns(self, feed: str) -> dict[str, str]:
        """The columns of the feed's last believed export: name → kind."""
        rows = self._connection.execute(
            "select name, kind from feed_column where feed = ? order by position", (feed,)
        )
        return dict(rows.fetchall())

    def standing(self, feed: str, config: str, *, passes_over: bool = True) -> Standing:
        """What is known of the rows of the feed's last believed export."""
        return Standing(self._connection, feed, config, passes_over=passes_over)

    def fetched(self, feed: str, reads: str, now: datetime) -> Fetched | None:
        """The remote export that the feed's newest run read and believed, under this configuration.

        None where it has to be read again whatever its version.
        """
        found = self._versions.of(feed, reads, now)
        return found if found and self._runs.same_content(feed, found.content) else None

    # Writing -------------------------------------------------------------------------------------

    def apply(  # noqa: PLR0913 - of what, what, when, and how are separate things
        self,
        feed: str,
        records: Iterable[object],
        now: datetime,
        *,
        export: Export | None = None,
        standing: Standing | None = None,
        dry_run: bool = False,
    ) -> FeedRunSummary:
        """Bring what ``feed`` states up to this export, in one transaction, and record the run.

        Whatever reading ``records`` raises (FeedError) goes through before anything is written.
        Where the export's gate is closed it is set aside: state "quarantined", the last good
        truth stays. ``dry_run`` compares without writing. ``standing`` is what reading the records
        passes rows over by; raises Clash where it must not, and all is to be read.
        """
        export = export or Export()
        same = self._runs.same_content(feed, export.content) if export.may_skip else None
        if same is not None:
            return self._read_again(same, export, now, dry_run=dry_run)
        with readable_errors(self._path), self._staging(feed, standing) as intake:
            intake.stage(records)
            summary = judged(intake.difference(now), intake, export, now)
            calendar = Calendar()
            if summary.state != "quarantined":
                if export.is_beyond is not None:
                    summary = less_held(summary, self.held.set_aside(feed, export.is_beyond))
                calendar = self._runs.calendar(feed, now, is_same=not moves(summary))
                summary = replace(summary, started=calendar.started, expired=calendar.expired)
            if dry_run:
                return replace(summary, dry_run=True)
            with self._writing():
                if summary.state == "quarantined":
                    run = self._runs.save(summary, None, export.content)
                else:
                    summary, run = self._apply(intake, summary, export, calendar)
                self._runs.save_rejected(run, feed, intake.rejected_rows())
        self._cached.cache_clear()
        return summary

    def release_values(
        self, feed: str, values: Sequence[HeldValue], releases: Iterable[Release], now: datetime
    ) -> None:
        """Let held values of ``feed`` come true, and log who let them, in one transaction.

        They hold from when they would have held, had they not waited.
        """
        before = self._runs.last_good(feed)
        last_read = before.read_at if before else now
        with readable_errors(self._path), self._staging(feed) as intake, self._writing():
            by_boundary: dict[datetime, list[HeldValue]] = {}
            for value in values:
                by_boundary.setdefault(self.held.boundary(value.id), []).append(value)
            for boundary, group in sorted(by_boundary.items()):
                intake.clear()
                self.held.restage(group)
                intake.restated()
                intake.apply(Moment(now, boundary, last_read), full=False, whole=False)
            self.releases.add(releases)
            self._standings.forget_cached()
            self.conflicts.refresh(self.truths_many, now)
        self._cached.cache_clear()

    def record_failure(
        self, feed: str, now: datetime, message: str, *, dry_run: bool = False
    ) -> FeedRunSummary:
        """Record that ``feed`` could not be read; the last good truth stays."""
        summary = FeedRunSummary(feed, now, "failed", message=message, dry_run=dry_run)
        if not dry_run:
            with readable_errors(self._path), self._writing():
                self._runs.save(summary, None)
        return summary

    def save_columns(self, feed: str, kinds: Mapping[str, str]) -> None:
        """Replace what is known of a feed's columns; a kind that cannot be told stays."""
        known = self.columns(feed)
        rows = [
            (feed, name, kind or known.get(name, ""), position)
            for position, (name, kind) in enumerate(kinds.items())
        ]
        with readable_errors(self._path), self._writing():
            self._connection.execute("delete from feed_column where feed = ?", (feed,))
            self._connection.executemany("insert into feed_column values (?, ?, ?, ?)", rows)

    def save_fetched(self, fetched: Fetched) -> None:
        """Keep which version of a remote export was read."""
        with readable_errors(self._path), self._writing():
            self._versions.save(fetched)

    def save_popularity(self, scores: Iterable[Popularity]) -> None:
        """Replace every product's popularity."""
        rows = (
            (score.sku, score.score, json.dumps([(s, str(n), p) for s, n, p in score.parts]))
            for score in scores
        )
        with readable_errors(self._path), self._writing():
            self._connection.execute("delete from popularity")
            self._connection.executemany("insert into popularity values (?, ?, ?)", rows)

    # Below ---------------------------------------------------------------------------------------

    def _apply(
        self, intake: Intake, summary: FeedRunSummary, export: Export, calendar: Calendar
    ) -> tuple[FeedRunSummary, int]:
        """Write a believed export inside the caller's transaction; the run's id."""
        feed, now = summary.feed, summary.read_at
        before = self._runs.last_good(feed)
        moment = moment_of(before, now)
        full = export.full and not is_same_export(before, export)
        ended = intake.apply(moment, full=full, whole=export.whole)
        self.held.save(feed, moment.boundary, now, full=export.full)
        self._standings.forget_cached()
        merge_products(self._connection, intake.touched_skus(), feed, now)
        summary = ended_by(summary, ended)
        alone = before is None and not export.may_disagree() and self._runs.is_alone(feed)
        if not alone and (summary.state == "applied" or calendar.started or calendar.expired):
            self.conflicts.refresh(self.truths_many, now, is_staged=before is not None)
        confirmed = confirmed_until(before, export, now)
        run = self._runs.save(summary, confirmed, export.content, calendar.next_boundary)
        return summary, run

    def _read_again(
        self, last: FeedRunSummary, export: Export, now: datetime, *, dry_run: bool
    ) -> FeedRunSummary:
        """The run of an export that holds what the last one held."""
        calendar = self._runs.calendar(last.feed, now, is_same=True)
        summary = FeedRunSummary(
            last.feed,
            now,
            "unchanged",
            started=calendar.started,
            expired=calendar.expired,
            held=last.held,
            rows=last.rows,
            unchanged=last.rows,
            rejected=last.rejected,
            dry_run=dry_run,
            exported_at=export.exported_at,
        )
        if not dry_run:
            confirmed = confirmed_until(self._runs.last_good(last.feed), export, now)
            with readable_errors(self._path), self._writing():
                run = self._runs.save(summary, confirmed, export.content, calendar.next_boundary)
                self._runs.keep_rejected(run, last.feed)
                if calendar.started or calendar.expired:
                    self.conflicts.refresh(self.truths_many, now)
        return summary

    @contextmanager
    def _writing(self) -> Iterator[None]:
        if self._connection.in_transaction:
            yield
            return
        with transaction(self._database):
            yield

    @contextmanager
    def _staging(self, feed: str, standing: Standing | None = None) -> Iterator[Intake]:
        """Staging tables on disk rather than in memory, emptied afterwards."""
        free = not self._connection.in_transaction
        if free:
            self._connection.execute("pragma temp_store = file")
            self._connection.execute(f"pragma cache_size = -{CACHE_KB}")
        intake = Intake(self._connection, feed, standing)
        try:
            yield intake
        finally:
            if free:
                self._connection.execute("pragma temp_store = memory")
                self._connection.execute("pragma cache_size = -2000")
            else:
                intake.clear()
