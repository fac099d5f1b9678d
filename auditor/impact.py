"""What becomes wrong when the truth changes? Pages as they are, judged at a later instant. Pure.

A page that says today's price is right until the next price list takes effect. The preview asks
the same question as an audit of that later day would, with nothing else changed: same judgements,
same states, same owners. So what it lists for an instant is what a run at that instant opens.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from auditor.findings import update
from auditor.model import Diagnosis, State

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from auditor.findings import Observation
    from auditor.model import Attribute, Decision, Finding, Judgement


class Effect(StrEnum):
    """What a change of the truth does to a statement that stays as it is."""

    BREAKS = "breaks"
    WORSENS = "worsens"
    HEALS = "heals"

    @property
    def meaning(self) -> str:
        """The effect in words."""
        return {
            Effect.BREAKS: "becomes wrong",
            Effect.WORSENS: "is wrong already, and what would be right changes",
            Effect.HEALS: "is wrong today and becomes right",
        }[self]


@dataclass(frozen=True, slots=True)
class Coming:
    """One statement that the future changes.

    ``finding`` is as the run at the previewed instant would leave it. ``wrong_from`` is when the
    statement stops being true, ``opens_from`` when the propagation grace is over and a nightly run
    opens it. ``in_run`` says whether a run at the previewed instant does so already.
    ``kind`` is "page", "passage" (of a knowledge base) or "document".
    """

    finding: Finding
    effect: Effect
    wrong_from: datetime
    opens_from: datetime
    in_run: bool
    kind: str = "page"

    def lead_days(self, now: datetime) -> int:
        """Days until it is wrong, as a calendar in ``now``'s zone counts; 0 from its day on."""
        return max(0, (self.wrong_from.astimezone(now.tzinfo).date() - now.date()).days)


@dataclass(frozen=True, slots=True)
class PageAhead:
    """One page judged at a later instant.

    ``existing`` are its findings, ``judgements`` what the run at ``at`` makes of it, ``at_once``
    the same without any grace around a change of the truth.
    """

    existing: Sequence[Finding]
    judgements: Sequence[Judgement]
    at_once: Sequence[Judgement]
    seen: Observation
    decisions: Mapping[str, Sequence[Decision]]
    at: datetime


def coming(page: PageAhead, grace: Callable[[Attribute], timedelta]) -> list[Coming]:
    """What the instant does to the statements of one page, unlabelled.

    A value that is published before it holds is no news to warn of: only what a run opens, or
    would open if there were no grace for old values, breaks.
    """
    before = {finding.fingerprint: finding for finding in page.existing}
    opened = _steps(page, page.judgements)
    hidden = _steps(page, page.at_once)
    found = []
    for key in sorted({*opened, *hidden}):
        old = before.get(key)
        after, in_run = opened.get(key), True
        effect = _effect(old, after)
        if effect is None:
            after, in_run = hidden.get(key), False
            effect = _effect(old, after)
        if after is None or effect is None or (not in_run and _is_no_lag(effect, after)):
            continue
        start = _wrong_from(after, page.at)
        over = start + grace(after.judgement.attribute)
        opens = max(start, min(over, page.at)) if in_run else over
        found.append(Coming(after, effect, start, opens, in_run))
    return found


def contradicting(found: Iterable[Coming], feed: str, read_at: datetime) -> int:
    """How many pages that are right today an export of ``feed``, read at ``read_at``, contradicts.

    A change that it announces for later counts no page: nobody doubts what was said in advance.
    """
    pages = set()
    for one in found:
        judgement = one.finding.judgement
        truth = judgement.truth
        if one.effect is not Effect.BREAKS or truth is None or truth.feed != feed:
            continue
        announced = truth.valid_from is not None and truth.valid_from > read_at
        if truth.first_seen == read_at and not announced:
            pages.add((judgement.source, judgement.url))
    return len(pages)


def ranked(found: Iterable[Coming]) -> list[Coming]:
    """Most urgent first: what breaks before what worsens or heals, then by priority, then soonest.

    Everything after that only settles ties, so that the order never depends on the input's.
    """
    order = {Effect.BREAKS: 0, Effect.WORSENS: 1, Effect.HEALS: 2}
    return sorted(
        found,
        key=lambda c: (
            order[c.effect],
            -c.finding.priority,
            c.wrong_from,
            c.finding.judgement.source,
            c.finding.judgement.url,
            c.finding.fingerprint,
        ),
    )


@dataclass(frozen=True, slots=True)
class Notice:
    """What one owner should know in advance; ``items`` soonest first, ``owner`` "" for nobody's."""

    owner: str
    items: tuple[Coming, ...]

    @property
    def first(self) -> datetime:
        """When the earliest of it becomes wrong."""
        return self.items[0].wrong_from

    @property
    def pages(self) -> int:
        """How many pages are concerned."""
        return len({(c.finding.judgement.source, c.finding.judgement.url) for c in self.items})


def notices(found: Iterable[Coming], now: datetime, within: timedelta) -> list[Notice]:
    """Who has to be told now: by owner, what breaks or worsens no later than ``now + within``.

    Whose first change comes soonest is first.
    """
    by_owner: dict[str, list[Coming]] = defaultdict(list)
    for one in found:
        if one.effect is not Effect.HEALS and one.wrong_from <= now + within:
            by_owner[one.finding.owner].append(one)
    made = [
        Notice(
            owner,
            tuple(sorted(items, key=lambda c: (c.wrong_from, -c.finding.priority, c.finding.id))),
        )
        for owner, items in by_owner.items()
    ]
    return sorted(made, key=lambda notice: (notice.first, notice.owner))


def _steps(page: PageAhead, judgements: Sequence[Judgement]) -> dict[str, Finding]:
    changes = update(page.existing, judgements, page.seen, page.decisions, page.at)
    return {finding.fingerprint: finding for finding in changes.findings}


def _effect(before: Finding | None, after: Finding | None) -> Effect | None:
    if after is None:
        return None
    old = before.state if before is not None else None
    if after.state is State.OPEN and old is not State.OPEN:
        return Effect.BREAKS
    if after.state is State.REOPENED and old is not State.REOPENED:
        return Effect.BREAKS
    if before is None or old is None:
        return None
    if after.state is State.VERIFIED:
        return Effect.HEALS if old.needs_work else None
    if old.needs_work and before.judgement.expected != after.judgement.expected:
        return Effect.WORSENS
    return None


def _is_no_lag(effect: Effect, after: Finding) -> bool:
    """Whether it is other than an old value that may stand a little longer."""
    return effect is Effect.HEALS or after.judgement.diagnosis is Diagnosis.EARLY


def _wrong_from(finding: Finding, at: datetime) -> datetime:
    judgement = finding.judgement
    truth = judgement.truth
    starts = [judgement.stale_since, truth.valid_from if truth is not None else None]
    known = [start for start in starts if start is not None and start <= at]
    return max(known) if known else at
