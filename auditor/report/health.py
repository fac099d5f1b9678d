"""How the sources were crawled and the feeds read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from auditor.report.view import FeedRow, RejectedRow, SourceRow
from auditor.store import AuditStore
from crawler.store import SnapshotStore

REJECTS_SHOWN = 25


def source_rows(
    snapshots: SnapshotStore, clock: Callable[[datetime | None], str], kinds: Mapping[str, str]
) -> tuple[SourceRow, ...]:
    """How each source was read last."""
    rows = []
    for state in snapshots.sources():
        crawl = state.last_crawl
        rows.append(
            SourceRow(
                name=state.source,
                kind=kinds.get(state.source, ""),
                state=crawl.state if crawl else "never crawled",
                last_crawl=clock(crawl.started_at) if crawl else "–",
                pages=state.pages,
                outcomes=tuple(
                    (name.replace("_", " "), count)
                    for name, count in sorted(crawl.counts.items(), key=lambda pair: -pair[1])
                )
                if crawl
                else (),
                note="; ".join(problem.message for problem in crawl.problems) if crawl else "",
            )
        )
    return tuple(rows)


def feed_rows(store: AuditStore, clock: Callable[[datetime | None], str]) -> tuple[FeedRow, ...]:
    """How each feed was read last, with the first rows that could not be used."""
    rows = []
    for feed in store.catalogue.feeds():
        rejects = store.catalogue.rejected(feed.feed)[:REJECTS_SHOWN] if feed.rejected else []
        rows.append(
            FeedRow(
                name=feed.feed,
                state=feed.state,
                last_read=clock(feed.read_at),
                rows=feed.rows,
                added=feed.added,
                changed=feed.changed,
                removed=feed.removed,
                rejected=feed.rejected,
                message=feed.message,
                rejects=tuple(RejectedRow(f"{r.file}:{r.line}", r.reason, r.text) for r in rejects),
            )
        )
    return tuple(rows)
