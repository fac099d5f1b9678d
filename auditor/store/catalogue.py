"""What the feeds say, in the database: products, truths with their history, popularity, runs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from auditor.company_terms import TERMS
from auditor.model import Attribute, Popularity, Product, RejectedRow, Truth
from auditor.store.conflicts import Conflicts
from auditor.store.demand import Demand
from auditor.store.doubts import Doubts
from auditor.store.feed_runs import (
    Calendar,
    Export,
    FeedRuns,
    Verdict,
    confirmed_until,
    is_same_export,
    moment_of,
)
from auditor.store.held import HeldValue, HeldValues
from auditor.store.history import FeedRunSummary, succeeded
from auditor.store.instants import from_text
from auditor.store.intake import Difference, Intake, Moment
from auditor.store.merge import merge_products
from auditor.store.releases import Release, Releases
from auditor.store.standing import Standing, Standings
from auditor.store.versions import Fetched, Versions
from auditor.values.codec import basis_from_json, from_json
from crawler.store.connection import readable_errors, transaction

if TYPE_CHECKING:
    from sqlite_utils import Database

CACHED_PRODUCTS = 8192
"""Products whose truths are kept decoded; pages ask for the same few over and over."""

CACHE_KB = 16_000
"""Page cache while a feed is taken in: a large one spills the same index pages again and again."""

_CHUNK = 500
_TRUTH = (
    "select sku, attribute, key, value, basis, valid_from, valid_to, first_seen, feed, row, id "
    "from truth where {where} "
    "and (valid_from is null or valid_to is null or valid_from < valid_to) "
    "order by sku, attribute, key, coalesce(valid_from, ''), id"
)
_TERMS = (
    "select distinct sku, attribute, json_extract(basis, '$.market') from truth t "
    "where attribute in ({0}) and removed_at is null and not exists (select 1 from truth o "
    "where o.sku = t.sku and o.attribute not in ({0}) and o.removed_at is null) "
    "order by sku, attribute"
)


class CatalogueStore:
    """Products, truths, popularity and feed runs of one database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._connection = database.conn
        file = self._connection.execute("pragma database_list").fetchone()[2]
        self._path = Path(file or ":memory:")
        self._runs = FeedRuns(self._connection)
        self.held = HeldValues(self._connection)
        self.releases = Releases(self._connection)
        self.conflicts = Conflicts(self._connection)
        self.doubts = Doubts(self._connection)
        self._standings = Standings(self._connection)
        self._versions = Versions(self._connection)
        self._cached = lru_cache(maxsize=CACHED_PRODUCTS)(self._read_truths)

    # Reading -------------------------------------------------------------------------------------

    def products(self) -> list[Product]:
        """Every product that some feed still states, by sku.

        Where no feed has ever stated any, the keys of the truths stand for them: a price list
        alone is enough to begin with.
        """
        aliases = self._grouped("select sku, alias from product_alias order by sku, alias")
        urls = self._grouped("select sku, url from product_url order by sku, position")
        stated = [
            Product(
                sku, name, mpn, gtin, aliases.get(sku, ()), group, owner, urls.get(sku, ()), *rest
            )
            for sku, name, mpn, gtin, group, owner, *rest in self._connection.execute(
                "select sku, name, mpn, gtin, product_group, owner, status, superseded_by "
                "from product where removed_at is null order by sku"
            )
        ]
        return stated or self._named_by_truths()

    def _named_by_truths(self) -> list[Product]:
        """A product for each key that truths have, where no feed ever listed products."""
        if self._connection.execute("select 1 from product limit 1").fetchone():
            return []
        skus = "select distinct sku from truth where removed_at is null order by sku"
        return [Product(sku) for (sku,) in self._connection.execute(skus)]

    def truths(self, sku: str) -> Sequence[Truth]:
        """All truths of a product, past and future too, by attribute, key and start."""
        return self._cached(sku)

    def truths_many(self, skus: Iterable[str]) -> dict[str, list[Truth]]:
        """The truths of several products, in few queries; a product without any has an empty
        list."""
        wanted = list(dict.fromkeys(skus))
        found: dict[str, list[Truth]] = {sku: [] for sku in wanted}
        for start in range(0, len(wanted), _CHUNK):
            chunk = wanted[start : start + _CHUNK]
            marks = ",".join("?" * len(chunk))
            for row in self._connection.execute(_TRUTH.format(where=f"sku in ({marks})"), chunk):
                found[row[0]].append(self._truth(row))
        return {sku: succeeded(truths) for sku, truths in found.items()}

    def spec_names(self) -> dict[str, str]:
        """The spec keys that truths use: folded name → key as the feed writes it."""
        keys = self._connection.execute(
            "select key, count(*) from truth where attribute = ? and removed_at is null "
            "group by key order by count(*) desc, key",
            (Attribute.SPEC.value,),
        )
        names: dict[str, str] = {}
        for key, _count in keys:
            names.setdefault(" ".join(key.casefold().split()), key)
        return names

    def terms_stated(self) -> list[tuple[str, Attribute, str | None]]:
        """The sku, attribute and market of every truth of the products that have none but of terms
        of sale."""
        terms = sorted(attribute.value for attribute in TERMS)
        rows = self._connection.execute(_TERMS.format(",".join("?" * len(terms))), terms * 2)
        return [(sku, Attribute(name), market) for sku, name, market in rows]

    def lists_offers(self) -> bool:
        """Whether any feed lists offers, so that one which is not listed can be told."""
        query = "select 1 from truth where attribute = ? and removed_at is null limit 1"
        found = self._connection.execute(query, (Attribute.OFFER.value,)).fetchone()
        return found is not None

    def popularity(self) -> dict[str, Popularity]:
        """Each product's popularity; a product without any signal is not in it."""
        found = self._connection.execute("select sku, score, parts from popularity order by sku")
        return {sku: Popularity(sku, score, _parts(parts)) for sku, score, parts in found}

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
            summary = _judged(intake.difference(now), intake, export, now)
            calendar = Calendar()
            if summary.state != "quarantined":
                if export.is_beyond is not None:
                    summary = _less_held(summary, self.held.set_aside(feed, export.is_beyond))
                calendar = self._runs.calendar(feed, now, is_same=not _moves(summary))
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
        summary = _ended(summary, ended)
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

    def _read_truths(self, sku: str) -> Sequence[Truth]:
        rows = self._connection.execute(_TRUTH.format(where="sku = ?"), (sku,))
        return tuple(succeeded([self._truth(row) for row in rows]))

    def _truth(self, row: Sequence[Any]) -> Truth:
        sku, attribute, key, value, basis, start, end, first_seen, feed, where, id_ = row
        return Truth(
            sku,
            Attribute(attribute),
            key,
            from_json(value),
            basis_from_json(basis),
            from_text(start),
            from_text(end),
            from_text(first_seen),
            feed,
            self._standings.row(feed, id_, where),
        )

    def _grouped(self, query: str) -> Mapping[str, tuple[str, ...]]:
        found: dict[str, list[str]] = {}
        for sku, text in self._connection.execute(query):
            found.setdefault(sku, []).append(text)
        return {sku: tuple(texts) for sku, texts in found.items()}

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


def _judged(
    difference: Difference, intake: Intake, export: Export, now: datetime
) -> FeedRunSummary:
    verdict = export.gate(difference, intake) if export.gate else Verdict()
    return FeedRunSummary(
        intake.feed,
        now,
        "quarantined" if verdict.closed else "applied",
        rows=difference.rows,
        added=difference.added,
        changed=difference.changed,
        missing=difference.missing if export.full else 0,
        unchanged=difference.unchanged,
        rejected=difference.rejected,
        message=verdict.message,
        exported_at=export.exported_at,
    )


def _moves(summary: FeedRunSummary) -> bool:
    return bool(summary.added or summary.changed or summary.missing)


def _less_held(summary: FeedRunSummary, held: tuple[int, int]) -> FeedRunSummary:
    added, changed = held
    return replace(
        summary,
        added=max(0, summary.added - added),
        changed=max(0, summary.changed - changed),
        held=added + changed,
    )


def _ended(summary: FeedRunSummary, ended: int) -> FeedRunSummary:
    moved = summary.added or summary.changed or ended
    return replace(
        summary,
        state="applied" if moved else "unchanged",
        removed=ended,
        missing=max(0, summary.missing - ended),
    )


def _parts(text: str) -> tuple[tuple[str, Decimal, float], ...]:
    return tuple((signal, Decimal(count), points) for signal, count, points in json.loads(text))
