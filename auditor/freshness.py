"""How many page views saw the right value? Freshness weighted by views, and its objective.

Pure: what was judged and what was viewed come in, shares and burn go out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

WINDOW = timedelta(days=28)
"""What an error budget is for: four whole weeks, so that every weekday counts the same."""


@dataclass(frozen=True, slots=True)
class ProductFacts:
    """Facts judged of one product: right, wrong, and of the wrong ones how many for too long."""

    sku: str
    right: int
    wrong: int
    late: int = 0


@dataclass(frozen=True, slots=True)
class Freshness:
    """Page views of 30 days: all, of right values, and of values right or not wrong for long.

    ``products`` were judged and have page views; ``unviewed`` were judged and have none known.
    """

    views: float = 0.0
    right: float = 0.0
    on_time: float = 0.0
    products: int = 0
    unviewed: int = 0

    @property
    def share(self) -> float | None:
        """Share of page views that saw the right value, 0–1; None where no views are known."""
        return self.right / self.views if self.views else None

    @property
    def on_time_share(self) -> float | None:
        """Share that saw a right value or one not wrong for long, 0–1; None without views."""
        return self.on_time / self.views if self.views else None


def freshness(facts: Iterable[ProductFacts], views: Mapping[str, float]) -> Freshness:
    """View-weighted freshness = Σ views × right ÷ (right + wrong)  ÷  Σ views, over products.

    ``views`` are page views in 30 days by SKU. The same with (right + wrong − late) in place of
    right is the share that the objective is about. A product of which nothing was judged is not
    in the sums: what it shows is not known. Facts of one product count alike.

    >>> found = freshness([ProductFacts("A", 3, 1, 1), ProductFacts("B", 1, 1)],
    ...                   {"A": 900.0, "B": 100.0, "C": 50.0})
    >>> found.views, round(found.share, 4), round(found.on_time_share, 4)
    (1000.0, 0.725, 0.775)
    >>> freshness([ProductFacts("A", 1, 0)], {}).share is None
    True
    """
    seen = right = on_time = 0.0
    products = unviewed = 0
    for fact in facts:
        judged = fact.right + fact.wrong
        if not judged:
            continue
        count = views.get(fact.sku, 0.0)
        products += count > 0
        unviewed += count <= 0
        seen += count
        right += count * fact.right / judged
        on_time += count * (judged - fact.late) / judged
    return Freshness(seen, right, on_time, products, unviewed)


@dataclass(frozen=True, slots=True)
class Burn:
    """How fast an error budget is used up, and how much of it is.

    ``rate`` is what the newest audit burns: 1 would use up exactly the whole budget in
    ``WINDOW``. ``used`` is the part of the budget that the last ``WINDOW`` used, 1 = all of it;
    ``days`` of the window are covered by audits.
    """

    rate: float
    used: float
    days: float


def burn(points: Sequence[tuple[datetime, float]], objective: float, now: datetime) -> Burn | None:
    """The burn of an objective (0–1, below 1) by shares on time, oldest first; None without any.

    rate = (1 − newest share) ÷ (1 − objective)
    used = Σ (1 − share) × its days  ÷  ((1 − objective) × 28 days)

    A share holds from its audit to the next one, the newest until ``now``.

    >>> from datetime import UTC
    >>> day = lambda n: datetime(2026, 11, n, tzinfo=UTC)
    >>> burn([(day(1), 0.90), (day(8), 0.98)], 0.95, day(15))
    Burn(rate=0.4, used=0.6, days=14.0)
    """
    if not points or not 0 <= objective < 1:
        return None
    budget = 1 - objective
    start = now - WINDOW
    lost, covered = 0.0, timedelta()
    ends = [at for at, _share in points[1:]] + [now]
    for (at, share), end in zip(points, ends, strict=True):
        held = max(timedelta(), min(end, now) - max(at, start))
        lost += (1 - share) * (held / WINDOW)
        covered += held
    return Burn(
        rate=round((1 - points[-1][1]) / budget, 3),
        used=round(lost / budget, 3),
        days=round(covered / timedelta(days=1), 2),
    )
