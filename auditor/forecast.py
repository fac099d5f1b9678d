"""The preview of a change over stored pages: what a later run would open. Writes nothing.

``ahead`` looks at the truth's own calendar, ``proposed`` at a feed file that is not applied yet.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from auditor.across import of_page_alone
from auditor.feeds import read_feed
from auditor.findings import Sight
from auditor.impact import Coming, PageAhead, coming, ranked
from auditor.ingest import ingest
from auditor.judging import Judge
from auditor.labels import Labels
from auditor.looks import look_of, looks
from auditor.store.feed_runs import Export
from auditor.store.trial import trial
from crawler.config import FolderSource

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from auditor.config import Config
    from auditor.feeds import FeedConfig
    from auditor.looks import Look
    from auditor.store import AuditStore
    from auditor.store.history import FeedRunSummary
    from crawler.store import SnapshotStore

Pages = set[tuple[str, str]]
"""Pages as (source, URL)."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """What a run at ``at`` would change, most urgent first; ``pages`` were judged again for it."""

    at: datetime
    coming: tuple[Coming, ...]
    pages: int


@dataclass(frozen=True, slots=True)
class Proposal:
    """A feed file tried out: its run as it would go, and the store as if it were applied.

    ``skus`` are the products whose truths it touches; ``everywhere`` says that what it changes
    may concern pages of any product (new products, new names of properties).
    """

    summary: FeedRunSummary
    store: AuditStore
    skus: frozenset[str]
    everywhere: bool


def ahead(  # noqa: PLR0913 - two stores, two instants and a proposal are separate things
    config: Config,
    snapshots: SnapshotStore,
    store: AuditStore,
    *,
    at: datetime,
    proposal: Proposal | None = None,
    progress: Callable[[int, str], None] | None = None,
) -> Forecast:
    """What a run at ``at`` would open, worsen and close if every page stays as it is stored.

    Pages that no change can touch are left out: what the last audit says of them stays.
    """
    truths = proposal.store if proposal is not None else store
    judge = Judge(config, truths.catalogue, store.profiles.dead())
    labels = Labels(config, judge.products, truths.catalogue.popularity(), at)
    found: list[Coming] = []
    count = 0
    for count, look in enumerate(_looks(config, snapshots, store, at, proposal), 1):
        if progress is not None:
            progress(count, look.seen.url)
        if look.seen.sight is not Sight.GONE:
            found += _of_page(config, store, judge, labels, look, at)
    return Forecast(at, tuple(ranked(found)), count)


@contextmanager
def proposed(  # noqa: PLR0913 - what, from where, into what and when are separate things
    name: str, feed: FeedConfig, path: Path, base_dir: Path, store: AuditStore, now: datetime
) -> Iterator[Proposal]:
    """Try the file at ``path`` as the next export of feed ``name``, beside the real catalogue.

    The summary says what the feed's gates make of it; its facts count as applied either way, so
    that the preview shows what releasing it would do. Raises FeedError where it cannot be read.
    """
    feed = feed.model_copy(update={"path": str(path.resolve())})
    with trial(store) as copy:
        summary = ingest(name, feed, base_dir, copy.catalogue, now, dry_run=True)
        before = (copy.catalogue.products(), copy.catalogue.spec_names())
        offers = copy.catalogue.lists_offers()
        export = Export(full=feed.mode == "full")
        copy.catalogue.apply(name, read_feed(name, feed, base_dir), now, export=export)
        after = (copy.catalogue.products(), copy.catalogue.spec_names())
        everywhere = before != after or offers != copy.catalogue.lists_offers()
        skus = frozenset(copy.schedule.written_at(now))
        yield Proposal(summary, copy, skus, everywhere)


def _of_page(  # noqa: PLR0913 - the whole setting of one page
    config: Config, store: AuditStore, judge: Judge, labels: Labels, look: Look, at: datetime
) -> Iterator[Coming]:
    then, at_once = judge.judge_ahead(look, at)
    source = look.seen.source
    existing = of_page_alone(store.findings.of_page(source, look.seen.url))
    decisions = store.findings.decisions(finding.fingerprint for finding in existing)
    page = PageAhead(
        existing,
        then.judgements,
        at_once.judgements,
        replace(look.seen, text=then.text),
        decisions,
        at,
    )
    for one in coming(page, lambda attribute: judge.grace(source, attribute)):
        finding = labels.label(one.finding, decisions)
        yield replace(one, finding=finding, kind=_kind(config, look))


def _kind(config: Config, look: Look) -> str:
    source = config.sources[look.seen.source]
    is_document = look.snapshot is not None and look.snapshot.document is not None
    if isinstance(source, FolderSource) or is_document:
        return "document"
    return "passage" if source.kind == "kms" else "page"


def _looks(
    config: Config,
    snapshots: SnapshotStore,
    store: AuditStore,
    at: datetime,
    proposal: Proposal | None,
) -> Iterator[Look]:
    """The pages that may change, as a run at ``at`` would find them: unchanged."""
    pages = _pages(config, snapshots, store, at, proposal)
    if pages is None:
        stored = (look for name in sorted(config.sources) for look in looks(snapshots, name))
    else:
        known = ((source, url) for source, url in sorted(pages) if source in config.sources)
        stored = (look for page in known if (look := look_of(snapshots, *page)) is not None)
    for look in stored:
        seen = replace(look.seen, fetched_at=max(at, look.seen.fetched_at))
        yield replace(look, seen=seen)


def _pages(
    config: Config,
    snapshots: SnapshotStore,
    store: AuditStore,
    at: datetime,
    proposal: Proposal | None,
) -> Pages | None:
    """Where a change can be seen; None for every page."""
    last = store.audits.latest()
    if last is None or (proposal is not None and proposal.everywhere):
        return None
    if any(run.read_at > last.as_of for run in store.catalogue.feeds()):
        return None  # the feeds say something that no audit has looked at
    if any(
        state.last_crawl is not None and state.last_crawl.started_at > last.as_of
        for state in snapshots.sources()
    ):
        return None
    skus = store.schedule.changing(last.as_of, at)
    if proposal is not None:
        skus |= proposal.skus | proposal.store.schedule.changing(last.as_of, at)
    if store.schedule.unplaced(skus):
        return None
    return store.schedule.pages_about(skus) | store.schedule.dated_pages()
