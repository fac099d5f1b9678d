"""Does one export contradict so many pages at once that its owner is asked first?

A feed that is wrong as a whole (a wrong price list, net prices that are gross now) looks like
hundreds of pages that went wrong overnight. So the pages that contradict a new export wait
until it is known how many do. Where ``doubt_pages`` or more said yesterday what the feed said
yesterday, and say the same today, one question goes to the feed's owner and none of the findings
opens; else all are judged as usual.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from auditor.model import Incident
from auditor.store.doubts import Doubt
from auditor.trust import Shaky, trust

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from auditor.config import Config
    from auditor.judging import Judged
    from auditor.looks import Look
    from auditor.model import Judgement
    from auditor.store import AuditStore
    from auditor.store.doubts import Batch

DOUBT = "source_doubt"
"""The kind of the incident that asks the question."""

WATCHED = timedelta(days=7)
"""How long an export counts as new: longer than any page takes to be fetched again, and than the
propagation grace, within which pages are not held against it yet."""

MOST_WAITING = 5000
"""Pages kept in memory; from there on the first that wait are judged as usual."""

_OVER = "fewer than {least} pages contradict it now"


@dataclass(slots=True)
class Doubting:
    """Holds back the pages that contradict a new export until it is known how many do.

    ``since`` is from when on an export is new (None before the first audit: none is), ``settled``
    are those on which a doubt is over.
    """

    store: AuditStore
    least: int | None
    since: datetime | None
    was_open: frozenset[Batch]
    settled: frozenset[Batch]
    decided: set[Batch] = field(default_factory=set)
    _pages: Counter[Batch] = field(default_factory=Counter)
    _examples: dict[Batch, str] = field(default_factory=dict)
    _waiting: list[tuple[Look, Judged]] = field(default_factory=list)

    @classmethod
    def of(cls, config: Config, store: AuditStore) -> Doubting:
        """For an audit that has not begun yet."""
        latest, doubts = store.audits.latest(), store.catalogue.doubts
        longest = max(config.judgement.grace_hours.values(), default=0.0)
        watched = max(WATCHED, 2 * timedelta(hours=longest))
        return cls(
            store,
            config.judgement.doubt_pages,
            latest.as_of - watched if latest else None,
            frozenset((doubt.feed, doubt.batch) for doubt in doubts.open()),
            doubts.settled(),
        )

    def sift(self, look: Look, result: Judged) -> Iterator[tuple[Look, Judged]]:
        """The pages whose findings are settled now: this one, or those that waited, or none."""
        batches = {batch for j in result.judgements if (batch := self._suspect(j)) is not None}
        if batches:
            self._count(look, result)
        if batches <= self.decided:
            yield look, self._settled(result)
            return
        snapshot = look.snapshot and replace(look.snapshot, body=b"")
        self._waiting.append((replace(look, snapshot=snapshot), result))
        reached = {b for b in batches if self.least and self._pages[b] >= self.least}
        if not reached <= self.decided:
            self.decided |= reached
            yield from self._ready()
        if len(self._waiting) > MOST_WAITING:
            first, judged = self._waiting.pop(0)
            yield first, self._settled(judged)

    def rest(self) -> Iterator[tuple[Look, Judged]]:
        """The pages that still wait, once all are counted: too few contradict, so they hold."""
        for look, result in self._waiting:
            yield look, self._settled(result)
        self._waiting.clear()

    def save(self, config: Config, as_of: datetime) -> None:
        """Keep what is in doubt, close what is so no longer, and ask one question a feed."""
        doubts = self.store.catalogue.doubts
        over = [batch for batch in self.was_open if batch not in self.decided]
        found = [
            Doubt(*batch, self._pages[batch], self._examples.get(batch, ""), as_of)
            for batch in sorted(self.decided)
        ]
        with self.store.writing():
            doubts.close(over, _OVER.format(least=self.least), as_of)
            doubts.save(found)
        ask(config, self.store, as_of)

    def _suspect(self, judgement: Judgement) -> Batch | None:
        """The new export on which a finding rests, if it took effect unannounced."""
        truth = judgement.truth
        if not judgement.verdict.is_finding or truth is None or truth.first_seen is None:
            return None
        batch = (truth.feed, truth.first_seen)
        if batch in self.was_open:
            return batch
        if self.least is None or self.since is None or truth.first_seen <= self.since:
            return None
        if batch in self.settled:
            return None
        announced = truth.valid_from is not None and truth.valid_from > truth.first_seen
        return None if announced else batch

    def _count(self, look: Look, result: Judged) -> None:
        """Count the page for each export it contradicts and whose forerunner it agreed with."""
        agreed = self.store.audits.agreed(look.seen.source, look.seen.url)
        counted: set[Batch] = set()
        for j in result.judgements:
            batch = self._suspect(j)
            said = (j.sku, str(j.attribute), j.key, j.claimed)
            if batch is None or batch in counted or said not in agreed:
                continue
            counted.add(batch)
            self._pages[batch] += 1
            example = f"{j.sku}: {look.seen.url} says {j.claimed}, the feed {j.expected}"
            self._examples.setdefault(batch, example)

    def _settled(self, result: Judged) -> Judged:
        return without_doubted(result, self.decided)

    def _ready(self) -> Iterator[tuple[Look, Judged]]:
        """Those of the waiting whose exports are all decided on."""
        kept = []
        for look, result in self._waiting:
            batches = {b for j in result.judgements if (b := self._suspect(j)) is not None}
            if batches <= self.decided:
                yield look, self._settled(result)
            else:
                kept.append((look, result))
        self._waiting = kept


def without_doubted(result: Judged, doubted: Iterable[Batch]) -> Judged:
    """``result`` with the findings left alone that rest on exports in doubt."""
    shaky = Shaky(doubted=frozenset(doubted))
    if not shaky.doubted:
        return result
    return replace(result, judgements=tuple(trust(j, shaky) for j in result.judgements))


def ask(config: Config, store: AuditStore, at: datetime) -> None:
    """One incident for each feed in doubt, with the question to its owner; others close."""
    questions: dict[str, Incident] = {}
    for doubt in store.catalogue.doubts.open():
        feed = config.feeds.get(doubt.feed)
        owner = f" {feed.owner}" if feed and feed.owner else ""
        questions[doubt.feed] = Incident(
            DOUBT,
            doubt.feed,
            f"{doubt.pages} pages that agreed before now contradict the export first read "
            f"{doubt.batch:%Y-%m-%d %H:%M}Z ({doubt.example}). A question to its owner{owner}: is "
            f"it right? If so, `sellby feeds release {doubt.feed}`; if not, export it again. "
            "Until then no finding rests on it.",
        )
    store.audits.set_incidents([DOUBT], questions.values(), at)
