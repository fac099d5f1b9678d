"""What is wrong with our own eyes; how the sources were crawled and the feeds read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditor.report.material import Material
from auditor.report.view import FeedRow, IncidentRow, QuestionRow, RejectedRow, SourceRow
from auditor.report.wording import slug
from auditor.values.text import canonical

if TYPE_CHECKING:
    from crawler.store import SourceState

REJECTS_SHOWN = 25

_SOURCE_TONES = {"complete": "good", "failed": "bad"}
_FEED_TONES = {"applied": "good", "unchanged": "good", "failed": "bad", "quarantined": "bad"}


def incident_rows(material: Material) -> tuple[IncidentRow, ...]:
    """The open incidents."""
    return tuple(
        IncidentRow(i.kind.replace("_", " "), i.subject, i.message, material.clock(i.opened_at))
        for i in material.store.audits.open_incidents()
    )


def source_rows(material: Material) -> tuple[SourceRow, ...]:
    """How each source was read last."""
    rows = []
    judged = {row.name for row in material.slice_rows("source")}
    for state in material.snapshots.sources():
        crawl = state.last_crawl
        rows.append(
            SourceRow(
                name=state.source,
                kind=_kind(material, state.source),
                state=crawl.state if crawl else "never crawled",
                last_crawl=material.clock(crawl.started_at) if crawl else "–",
                pages=state.pages,
                outcomes=tuple(
                    (name.replace("_", " "), count)
                    for name, count in sorted(crawl.counts.items(), key=lambda pair: -pair[1])
                )
                if crawl
                else (),
                tone=_SOURCE_TONES.get(crawl.state, "doubtful") if crawl else "doubtful",
                href=f"source/{slug(state.source)}.html" if state.source in judged else "",
                note="; ".join(problem.message for problem in crawl.problems) if crawl else "",
                readable=_readable(material, state),
            )
        )
    return tuple(rows)


def _readable(material: Material, state: SourceState) -> str:
    """How much of a knowledge base could be read; what could not is not among the findings."""
    crawl = state.last_crawl
    if crawl is None or crawl.readable is None:
        return ""
    swept = material.snapshots.swept_at(state.source)
    when = f", all listed {material.clock(swept)}" if swept else ""
    return f"{crawl.readable:,} {'article' if crawl.readable == 1 else 'articles'} readable{when}"


def _kind(material: Material, name: str) -> str:
    """A source's kind in words: what was not asked politely is said there."""
    source = material.config.sources.get(name)
    if source is None:
        return ""
    if source.kind == "website" and source.robots == "ignore":
        return "website, its robots.txt is ignored"
    return "knowledge base" if source.kind == "kms" else source.kind


def question_rows(material: Material) -> tuple[QuestionRow, ...]:
    """What the feeds' owners are asked: held values first, then conflicts."""
    catalogue, feeds = material.store.catalogue, material.config.feeds
    rows = [
        QuestionRow(
            kind="held",
            feeds=held.feed,
            owner=feeds[held.feed].owner if held.feed in feeds else "",
            fact=" ".join(filter(None, (held.sku, held.attribute, held.key))),
            says=canonical(*held.old),
            also_says=f"{canonical(*held.new)} ({held.row})",
            since=material.clock(held.held_since),
        )
        for held in catalogue.held.of()
    ]
    for conflict in catalogue.conflicts.of():
        owners = (feeds[name].owner for name in conflict.feeds if name in feeds)
        first, *others = (f"{side.value} ({side.feed}: {side.row})" for side in conflict.sides)
        rows.append(
            QuestionRow(
                kind="conflict",
                feeds=", ".join(conflict.feeds),
                owner=", ".join(dict.fromkeys(filter(None, owners))),
                fact=" ".join(filter(None, (conflict.sku, conflict.attribute, conflict.key))),
                says=first,
                also_says=", ".join(others),
                since=material.clock(conflict.first_seen),
            )
        )
    return tuple(rows)


def feed_rows(material: Material) -> tuple[FeedRow, ...]:
    """How each feed was read last, with the first rows that could not be used."""
    rows = []
    catalogue = material.store.catalogue
    for feed in catalogue.feeds():
        rejects = catalogue.rejected(feed.feed)[:REJECTS_SHOWN] if feed.rejected else []
        rows.append(
            FeedRow(
                name=feed.feed,
                state=feed.state,
                last_read=material.clock(feed.read_at),
                rows=feed.rows,
                added=feed.added,
                changed=feed.changed,
                removed=feed.removed,
                rejected=feed.rejected,
                message=feed.message,
                tone=_FEED_TONES.get(feed.state, "doubtful"),
                rejects=tuple(RejectedRow(f"{r.file}:{r.line}", r.reason, r.text) for r in rejects),
            )
        )
    return tuple(rows)
