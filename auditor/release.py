"""A person lets through what a feed's gates hold back: an export, single values, a doubt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from auditor.doubt import ask
from auditor.errors import DecisionRefused
from auditor.ingest import Released, ingest
from auditor.store.releases import Release, ReleaseKind
from auditor.values.text import canonical

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from auditor.config import Config
    from auditor.store import AuditStore
    from auditor.store.doubts import Doubt
    from auditor.store.held import HeldValue
    from auditor.store.history import FeedRunSummary


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to release: all that waits of a feed, or the values with these ids; who, and why."""

    feed: str
    ids: Sequence[str]
    who: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was released, and what reading a released export came to."""

    releases: tuple[Release, ...]
    run: FeedRunSummary | None = None


def release(
    config: Config, store: AuditStore, wanted: Wanted, now: datetime, *, dry_run: bool = False
) -> Outcome:
    """Release what waits of a feed and write it into the log; all of it or nothing.

    A released export is read at once. Raises DecisionRefused where nothing waits, where nobody
    says who releases, or where the export is no longer the one that was set aside; NotFound for
    an id that no value has.
    """
    if not wanted.who.strip():
        raise DecisionRefused(
            "a release needs a name; say --as WHO or set identity.as in config.yaml"
        )
    catalogue = store.catalogue
    values = catalogue.held.chosen(wanted.feed, wanted.ids)
    doubts = [] if wanted.ids else catalogue.doubts.open(wanted.feed)
    newest = next((run for run in catalogue.feeds() if run.feed == wanted.feed), None)
    shut = newest if not wanted.ids and newest and newest.state == "quarantined" else None
    log = [_of_value(wanted, value, now) for value in values]
    log += [_of_doubt(wanted, doubt, now) for doubt in doubts]
    if shut:
        what = f"the export set aside: {shut.message}"
        kind = ReleaseKind.EXPORT
        log.append(Release(wanted.feed, kind, wanted.who, now, wanted.note, shut.content, what))
    if not log:
        raise DecisionRefused(_nothing(wanted.feed, newest))
    if dry_run:
        return Outcome(tuple(log))
    run = None
    if shut:
        released = Released(wanted.who, shut.content)
        feed = config.feeds[wanted.feed]
        run = ingest(wanted.feed, feed, config.base_dir, catalogue, now, released=released)
        if run.state == "failed":
            raise DecisionRefused(f"{wanted.feed} was not released: {run.message}")
        left = {value.id for value in catalogue.held.of(wanted.feed)}
        values = [value for value in values if value.id in left]
    with store.writing():
        catalogue.doubts.close([(d.feed, d.batch) for d in doubts], wanted.who, now)
        catalogue.release_values(wanted.feed, values, log, now)
    if doubts:
        ask(config, store, now)
    return Outcome(tuple(log), run)


def _of_value(wanted: Wanted, value: HeldValue, now: datetime) -> Release:
    what = f"{value.attribute} of {value.sku}: {canonical(*value.old)} → {canonical(*value.new)}"
    kind = ReleaseKind.VALUE
    return Release(wanted.feed, kind, wanted.who, now, wanted.note, value.id, what)


def _of_doubt(wanted: Wanted, doubt: Doubt, now: datetime) -> Release:
    batch = f"{doubt.batch:%Y-%m-%d %H:%MZ}"
    what = f"the export read {batch}, which {doubt.pages} pages contradict"
    return Release(wanted.feed, ReleaseKind.DOUBT, wanted.who, now, wanted.note, batch, what)


def _nothing(feed: str, newest: FeedRunSummary | None) -> str:
    if newest is None:
        return f"feed {feed} was not read yet; run `sellby ingest {feed}` first"
    if newest.state == "failed":
        return f"feed {feed} could not be read, so there is nothing to release: {newest.message}"
    return f"feed {feed}: nothing waits for a release"
