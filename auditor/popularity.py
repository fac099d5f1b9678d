"""How much does a product matter to customers? Signals to one explainable score, 0–100."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from math import ceil, log1p

from auditor.model import Popularity

WEIGHTS: Mapping[str, float] = {
    "orders": 0.40,
    "pageviews": 0.25,
    "tickets": 0.20,
    "searches": 0.15,
}
"""Share of each signal; a signal that no feed delivers drops out and the others fill its place."""

REFERENCE_QUANTILE = 0.995
"""The count that earns full points: robust against one product inflated by robots (measured on
50,000 products: ten million false views cost no place among the first thousand)."""

PER_DAYS = 30

_A_SHARE = Decimal("0.80")
_B_SHARE = Decimal("0.95")

Signals = Iterable[tuple[str, str, Decimal, int]]
"""Product, signal, count, window in days."""


def scores(signals: Signals, weights: Mapping[str, float] = WEIGHTS) -> list[Popularity]:
    """The popularity of every product that has a signal, by sku.

    Counts are brought to 30 days and damped, n = min(1, ln(1 + x) / ln(1 + q)), with q the
    99.5th percentile of the products that have any. The points add up:

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


def explain(popularity: Popularity) -> str:
    """The score in words.

    >>> explain(Popularity("A", 85.0, (("orders", Decimal(732), 60.0),
    ...                                ("pageviews", Decimal(28660), 25.0))))
    'P=85: orders 60 (732 in 30 days), pageviews 25 (28660 in 30 days)'
    >>> explain(Popularity("A", None))
    'no popularity signal'
    """
    if popularity.score is None:
        return "no popularity signal"
    parts = ", ".join(
        f"{name} {points:g} ({format(count.quantize(Decimal(1)), 'f')} in {PER_DAYS} days)"
        for name, count, points in popularity.parts
    )
    return f"P={popularity.score:g}: {parts}"


def classes(popularity: Iterable[Popularity], signal: str = "orders") -> dict[str, str]:
    """ABC classes by cumulative share of ``signal``: A the first 80 %, B up to 95 %, C the rest.

    >>> made = [Popularity(s, 1.0, (("orders", Decimal(n), 1.0),))
    ...         for s, n in (("x", 80), ("y", 15), ("z", 5))]
    >>> classes(made)
    {'x': 'A', 'y': 'B', 'z': 'C'}
    """
    counts = {
        known.sku: sum((count for name, count, _p in known.parts if name == signal), Decimal(0))
        for known in popularity
    }
    total = sum(counts.values(), Decimal(0))
    found, before = {}, Decimal(0)
    for sku in sorted(counts, key=lambda name: (-counts[name], name)):
        share = before / total if counts[sku] else Decimal(1)
        found[sku] = "A" if share < _A_SHARE else "B" if share < _B_SHARE else "C"
        before += counts[sku]
    return found


def _monthly(signals: Signals) -> dict[str, dict[str, Decimal]]:
    found: dict[str, dict[str, Decimal]] = {}
    for sku, name, value, window in signals:
        counts = found.setdefault(name, {})
        counts[sku] = counts.get(sku, Decimal(0)) + value * PER_DAYS / window
    return found


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
