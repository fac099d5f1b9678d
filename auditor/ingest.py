"""One feed into the catalogue: read, compared, judged by its gates, applied, recorded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from functools import cache, partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

from auditor.errors import FeedError
from auditor.feeds import content_digest, feed_format, fetched, read_exported
from auditor.feeds.bounds import beyond, factor
from auditor.feeds.drift import drift
from auditor.feeds.gates import Look, alarm, scaled
from auditor.feeds.tally import Tally
from auditor.store.feed_runs import Export, Verdict
from auditor.store.history import FeedRunSummary, short_digest
from auditor.store.standing import Clash
from auditor.store.versions import Fetched
from auditor.values.codec import basis_from_json, from_json

if TYPE_CHECKING:
    from auditor.feeds import Exported, FeedConfig, FeedFormat
    from auditor.feeds.preview import Preview
    from auditor.store.catalogue import CatalogueStore
    from auditor.store.feed_runs import Gate
    from auditor.store.held import IsBeyond
    from auditor.store.intake import Difference, Intake


@dataclass(frozen=True, slots=True)
class Released:
    """Who lets which export (its content digest) pass."""

    who: str
    content: str


def ingest(  # noqa: PLR0913 - what, from where, into what and when are separate things
    name: str,
    feed: FeedConfig,
    base_dir: Path,
    catalogue: CatalogueStore,
    now: datetime,
    *,
    dry_run: bool = False,
    released: Released | None = None,
    preview: Preview | None = None,
) -> FeedRunSummary:
    """Bring the catalogue up to what feed ``name`` says; a feed that fails changes nothing.

    The summary's ``state`` tells what happened, ``message`` why; a state of "failed" or
    "quarantined" is one Incident. With ``dry_run`` nothing is written, not even the run.
    ``released`` lets an export pass its gates and bounds, whatever they say, and no other export.
    ``preview`` keeps the first records, for which an export is read also where it is the same.
    """
    take = partial(_take, name, feed, catalogue, now, dry_run=dry_run, released=released)
    reads = _reads(feed)
    same = catalogue.fetched(name, reads, now) if preview is None and released is None else None
    try:
        with fetched(name, feed, base_dir, version=same.version if same else "") as exported:
            if same and exported.is_unchanged and _is_fresh(feed, exported, now):
                known = Export(exported.written_at or now, content=same.content)
                return catalogue.apply(name, (), now, export=known, dry_run=dry_run)
            with _whole(name, feed, base_dir, exported) as here:
                try:
                    summary, tally, content = take(here, preview, passes_over=True)
                except Clash:
                    summary, tally, content = take(here, preview, passes_over=False)
                version = here.version
    except FeedError as error:
        if released:  # nothing was read anew: the run before stands
            return FeedRunSummary(name, now, "failed", message=str(error))
        return catalogue.record_failure(name, now, str(error), dry_run=dry_run)
    if summary.state in ("applied", "unchanged") and not dry_run:
        if tally.columns.kinds:
            catalogue.save_columns(name, tally.columns.kinds)
        if version:
            catalogue.save_fetched(Fetched(name, version, reads, content, now))
    return summary


@contextmanager
def _whole(name: str, feed: FeedConfig, base_dir: Path, exported: Exported) -> Iterator[Exported]:
    """The export with its content: one that is unchanged, and too old by now, has to be judged."""
    if not exported.is_unchanged:
        yield exported
        return
    with fetched(name, feed, base_dir) as again:
        yield again


def _take(  # noqa: PLR0913 - as ingest
    name: str,
    feed: FeedConfig,
    catalogue: CatalogueStore,
    now: datetime,
    exported: Exported,
    preview: Preview | None,
    *,
    dry_run: bool,
    released: Released | None,
    passes_over: bool,
) -> tuple[FeedRunSummary, Tally, str]:
    """Read an export and apply it; what its content is known by.

    Raises Clash where no row may be passed over and one was.
    """
    tally = Tally()
    export = _export(name, feed, exported, now)
    gate = _gate(feed, export, _age_hours(exported, now), tally, catalogue.columns(name))
    export = replace(export, gate=gate, may_disagree=lambda: tally.columns.repeats)
    if released:
        export = _let_through(export, released)
    standing = None
    if preview is None and export.full and getattr(feed_format(name, feed), "passes_over", False):
        config = feed.of_rows() + _reader_version()
        standing = catalogue.standing(name, config, passes_over=passes_over)
    records = read_exported(
        name, feed, exported, tally, to_store=preview is None, standing=standing
    )
    if preview is not None:
        export, records = replace(export, may_skip=False), preview.of(records)
    summary = catalogue.apply(name, records, now, export=export, standing=standing, dry_run=dry_run)
    return summary, tally, export.content


def _export(name: str, feed: FeedConfig, exported: Exported, now: datetime) -> Export:
    reader = feed_format(name, feed)
    return Export(
        exported.written_at or now,
        full=_is_full(reader, feed, exported),
        whole=getattr(reader, "whole_items", False),
        content=content_digest(exported.path, feed.without_secrets(), _reader_version()),
        may_skip=_is_fresh(feed, exported, now),
        is_beyond=_bounds(feed),
    )


def _is_fresh(feed: FeedConfig, exported: Exported, now: datetime) -> bool:
    age_hours = _age_hours(exported, now)
    limits = (feed.gates.warn_after_hours, feed.gates.error_after_hours)
    return not any(limit is not None and age_hours > limit for limit in limits)


def _reads(feed: FeedConfig) -> str:
    """What stands for all but the export itself that decides what is read from it.

    Of the address, which may hold a secret in its query, only as much as tells it from another.
    """
    address = short_digest(feed.path)[:8]
    return short_digest(address, feed.without_secrets(), _reader_version())


def _age_hours(exported: Exported, now: datetime) -> float:
    return (now - (exported.written_at or now)).total_seconds() / 3600


def _bounds(feed: FeedConfig) -> IsBeyond | None:
    bounds = {attribute.value: factor for attribute, factor in feed.gates.max_factor.items()}
    if not bounds:
        return None
    return lambda attribute, old, new: beyond(attribute, old, new, bounds) is not None


def _let_through(export: Export, released: Released) -> Export:
    if released.content and export.content != released.content:
        raise FeedError(
            "the export, or the feed's configuration, is no longer the one that was set aside; run "
            "`sellby ingest` and look again"
        )
    return replace(export, gate=_passes(export.gate, released.who), is_beyond=None)


def _passes(gate: Gate | None, who: str) -> Gate:
    """The gate held open by a person; what it would have said is said still."""

    def judge(difference: Difference, intake: Intake) -> Verdict:
        verdict = gate(difference, intake) if gate else Verdict()
        return Verdict(
            False, f"released by {who}" + f" ({verdict.message})" * bool(verdict.message)
        )

    return judge


def _is_full(reader: FeedFormat, feed: FeedConfig, exported: Exported) -> bool:
    """Whether what the export lacks is gone: neither its feed nor the file itself says else."""
    partial = getattr(reader, "is_partial", None)
    return feed.mode == "full" and not (partial is not None and partial(exported.path))


@cache
def _reader_version() -> str:
    """What reads a file is part of what is read from it: another release reads it anew."""
    try:
        return version("sellby")
    except PackageNotFoundError:  # run from a checkout that is not installed
        return ""


def _gate(
    feed: FeedConfig, export: Export, age_hours: float, tally: Tally, before: Mapping[str, str]
) -> Gate:
    def judge(difference: Difference, intake: Intake) -> Verdict:
        look = _look(difference, intake, tally, full=export.full)
        look = replace(look, age_hours=max(0.0, age_hours), drift=drift(before, tally.columns))
        found = alarm(look, feed.gates)
        if found is None:
            return Verdict()
        return Verdict(found.closes, f"{found.gate.replace('_', ' ')}: {found.message}")

    return judge


def _look(difference: Difference, intake: Intake, tally: Tally, *, full: bool) -> Look:
    keys, unknown = intake.keys()
    ratios = _ratios(intake.changed_prices()) if difference.changed else []
    return Look(
        rows=difference.rows,
        rejected=difference.rejected,
        ragged=tally.ragged,
        damaged=tally.damaged,
        duplicates=tally.duplicates,
        cut_off=tally.cut_off,
        known=difference.known,
        added=difference.added,
        missing=difference.missing - difference.again if full else 0,
        changed=difference.changed,
        keys=keys,
        unknown=unknown,
        stripped=intake.stripped() if difference.added else 0,
        prices=intake.known_prices() if scaled(ratios) else 0,  # a walk through the whole feed
        ratios=ratios,
    )


def _ratios(prices: Sequence[tuple[str, str, str, str]]) -> list[Decimal]:
    """New price by old price, each per piece or other unit; equal ones and ranges left out."""
    found = []
    for old, new, old_basis, new_basis in prices:
        before = (from_json(old), basis_from_json(old_basis))
        ratio = factor(before, (from_json(new), basis_from_json(new_basis)))
        if ratio and ratio != 1:
            found.append(ratio)
    return found
