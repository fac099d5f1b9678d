"""What is kept of every audit: tallies with the views they had, and the words around quotes."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from auditor.freshness import Freshness, ProductFacts, freshness
from auditor.page.around import around
from auditor.store.trends import NightTally, QuoteContext

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from auditor.config import Config
    from auditor.judging import Judged
    from auditor.looks import Look
    from auditor.model import Popularity
    from auditor.store import AuditStore

VIEWS = "pageviews"
"""The signal that counts page views."""


def save_night(
    config: Config,
    store: AuditStore,
    popularity: Mapping[str, Popularity],
    audit: int,
    as_of: datetime,
) -> None:
    """Tally the facts as judged now, by group, owner and source, and keep that for good."""
    store.trends.save(audit, tallies(config, store, views_of(popularity), as_of))


def views_of(popularity: Mapping[str, Popularity]) -> dict[str, float]:
    """Page views in 30 days by SKU, of products that have any."""
    return {
        sku: float(count)
        for sku, known in popularity.items()
        for signal, count, _points in known.parts
        if signal == VIEWS and count > 0
    }


def tallies(
    config: Config, store: AuditStore, views: Mapping[str, float], as_of: datetime
) -> list[NightTally]:
    """The facts as judged last, in all and by group, owner and source.

    Views are of pages that customers see, so that in sums over sources a knowledge base has no
    share in the freshness; its own tally is weighted by the same views.
    """
    late_before = as_of - timedelta(hours=config.report.objective_hours)
    sums: dict[tuple[str, str], _Sum] = defaultdict(_Sum)
    for judged in store.trends.judged(late_before):
        source = config.sources.get(judged.source)
        customers_see = source is None or source.kind != "kms"
        for slice_, name in (
            ("all", ""),
            ("group", judged.group),
            ("owner", judged.owner),
            ("source", judged.source),
        ):
            viewed = customers_see or slice_ == "source"
            sums[slice_, name].add(judged.facts, judged.not_judged, viewed=viewed)
    opened = store.trends.open_counts()
    return [
        sums[key].tally(as_of, *key, opened.get(key, 0), views)
        for key in sorted({*sums, *opened, ("all", "")})
    ]


@dataclass(slots=True)
class _Sum:
    right: int = 0
    wrong: int = 0
    not_judged: int = 0
    viewed: list[ProductFacts] = field(default_factory=list)

    def add(self, facts: ProductFacts, not_judged: int, *, viewed: bool) -> None:
        self.right += facts.right
        self.wrong += facts.wrong
        self.not_judged += not_judged
        if viewed:
            self.viewed.append(facts)

    def tally(
        self, as_of: datetime, slice_: str, name: str, opened: int, views: Mapping[str, float]
    ) -> NightTally:
        seen: Freshness = freshness(_by_product(self.viewed), views)
        return NightTally(
            as_of, slice_, name, self.right, self.wrong, self.not_judged, opened, seen
        )


def _by_product(facts: Sequence[ProductFacts]) -> Iterator[ProductFacts]:
    """A product's facts on several sources as one: its views are counted once."""
    sums: dict[str, tuple[int, int, int]] = {}
    for each in facts:
        right, wrong, late = sums.get(each.sku, (0, 0, 0))
        sums[each.sku] = (right + each.right, wrong + each.wrong, late + each.late)
    return (ProductFacts(sku, *counts) for sku, counts in sums.items())


def contexts(look: Look, result: Judged, keys: Sequence[str]) -> dict[str, QuoteContext]:
    """The words around the quotes of a page's findings; ``keys`` are their fingerprints or ""."""
    edit_url = (look.snapshot.editorial.edit_url or "") if look.snapshot else ""
    found = {}
    for index, (judgement, key) in enumerate(zip(result.judgements, keys, strict=True)):
        if key:
            before, after = around(result.text, judgement.quote, judgement.locator.start) or (
                "",
                "",
            )
            passage = result.passages.get(index, "")
            found[key] = QuoteContext(before, after, edit_url, passage)
    return found
