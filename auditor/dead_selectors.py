"""Which selectors of site profiles have stopped matching: our eyes failed, not the pages."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from auditor.looks import looks
from auditor.model import Incident
from auditor.profile import matching, points
from auditor.store.profiles import Matched

if TYPE_CHECKING:
    from datetime import datetime

    from auditor.config import Config
    from auditor.profile import Point
    from auditor.store import AuditStore
    from crawler.store import SnapshotStore

DEAD = "dead_selector"
# A selector whose share of the pages falls below this part of what it was no longer works: a
# template that changed takes nearly all pages at once, a shop that shrinks does not.
NEARLY_NONE = 0.1


def dead_selectors(
    config: Config, snapshots: SnapshotStore, store: AuditStore, at: datetime
) -> list[Incident]:
    """Count what every selector matches now, remember it, and tell which have died.

    One incident per source. Sources without a profile cost nothing. What a dead selector matched
    while it worked is kept, so that it stays dead until it matches again or is changed.
    """
    known = store.profiles.known()
    now: list[Matched] = []
    for name in sorted(config.sources):
        profile = points(config.sources[name].profile)
        if profile:
            now += [_seen(known, each) for each in _counted(snapshots, name, profile)]
    if now or known:
        store.profiles.replace(now, at)
    dead = [each for each in now if each.is_dead]
    return [
        Incident(DEAD, source, _message(source, [each for each in dead if each.source == source]))
        for source in dict.fromkeys(each.source for each in dead)
    ]


def _counted(snapshots: SnapshotStore, source: str, profile: tuple[Point, ...]) -> list[Matched]:
    pages = 0
    counts: Counter[Point] = Counter()
    for look in looks(snapshots, source):
        if look.snapshot is not None:
            pages += 1
            counts.update(matching(look.snapshot, profile))
    return [Matched(source, str(p.attribute), p.key, p.text, pages, counts[p]) for p in profile]


def _seen(known: dict[tuple[str, str, str], Matched], now: Matched) -> Matched:
    """``now``, or what was known before where the selector is dead or nothing was seen."""
    before = known.get((now.source, now.attribute, now.key))
    if before is None or before.selector != now.selector or not before.matched:
        return now
    if not now.pages:
        return before
    share, usual = now.matched / now.pages, before.matched / before.pages
    return replace(before, is_dead=True) if share < NEARLY_NONE * usual else now


def _message(source: str, dead: list[Matched]) -> str:
    said = "; ".join(
        f"{each.attribute}{f' {each.key}' if each.key else ''} ({each.selector}; once "
        f"{each.matched:,} of {each.pages:,} pages)"
        for each in dead
    )
    return (
        f"Selectors of `sources.{source}.profile` match (nearly) nothing any more: {said}. Nothing "
        f"is judged by them until they do. See with `sellby profile {source}` and correct them."
    )
