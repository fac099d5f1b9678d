"""One feed into the catalogue: read, compared, judged by its gates, applied, recorded."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from auditor import popularity
from auditor.errors import FeedError
from auditor.feeds import exported_at, feed_format, find_file, read_feed
from auditor.store.feed_runs import Export

if TYPE_CHECKING:
    from auditor.feeds.config import FeedConfig
    from auditor.store.catalogue import CatalogueStore
    from auditor.store.history import FeedRunSummary


def ingest(  # noqa: PLR0913 - what, from where, into what and when are separate things
    name: str,
    feed: FeedConfig,
    base_dir: Path,
    catalogue: CatalogueStore,
    now: datetime,
    *,
    dry_run: bool = False,
) -> FeedRunSummary:
    """Bring the catalogue up to what feed ``name`` says; a feed that fails changes nothing.

    The summary's ``state`` tells what happened, ``message`` why; a state of "failed" or
    "quarantined" is one Incident. With ``dry_run`` nothing is written, not even the run.
    """
    try:
        path = find_file(feed, base_dir)
        export = Export(
            exported_at(path),
            full=feed.mode == "full",
            whole=getattr(feed_format(name, feed), "whole_items", False),
        )
        summary = catalogue.apply(
            name, read_feed(name, feed, base_dir), now, export=export, dry_run=dry_run
        )
    except FeedError as error:
        return catalogue.record_failure(name, now, str(error), dry_run=dry_run)
    if not dry_run:
        catalogue.save_popularity(popularity.scores(catalogue.signals()))
    return summary
