"""Products and product groups by popularity: where a task force starts."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from auditor.model import Popularity
from auditor.popularity import classes, group_scores
from auditor.store.findings import Filter

if TYPE_CHECKING:
    from collections.abc import Mapping

    from auditor.store import AuditStore


@dataclass(frozen=True, slots=True)
class Ranked:
    """A product or group: its score, ABC class ("" unknown), and what is open on it.

    ``products`` are in the group, ``silent`` of them have no signal at all.
    """

    name: str
    popularity: Popularity
    abc: str
    products: int
    silent: int
    open: int


def rank_groups(store: AuditStore, weights: Mapping[str, float]) -> list[Ranked]:
    """Every product group, most popular first; those without a signal last, by name."""
    scored = store.catalogue.popularity()
    products = store.catalogue.products()
    members: dict[str, list[str]] = defaultdict(list)
    for product in products:
        members[product.group].append(product.sku)
    groups = group_scores(scored, products, weights)
    open_of = Counter(finding.group for finding in store.findings.matching(Filter()))
    letters = classes(groups.values())
    return _ordered(
        [
            Ranked(
                name,
                groups.get(name, Popularity(name, None)),
                letters.get(name, ""),
                len(skus),
                sum(_is_silent(scored.get(sku)) for sku in skus),
                open_of[name],
            )
            for name, skus in members.items()
        ]
    )


def rank_products(store: AuditStore, _weights: Mapping[str, float]) -> list[Ranked]:
    """Every product, most popular first; those without a signal last, by sku."""
    scored = store.catalogue.popularity()
    open_of = Counter(finding.judgement.sku for finding in store.findings.matching(Filter()))
    letters = classes(scored.values())
    return _ordered(
        [
            Ranked(
                product.sku,
                scored.get(product.sku, Popularity(product.sku, None)),
                letters.get(product.sku, ""),
                1,
                int(_is_silent(scored.get(product.sku))),
                open_of[product.sku],
            )
            for product in store.catalogue.products()
        ]
    )


def _is_silent(popularity: Popularity | None) -> bool:
    return popularity is None or popularity.score is None


def _ordered(ranked: list[Ranked]) -> list[Ranked]:
    return sorted(
        ranked,
        key=lambda r: (
            r.popularity.score is None,
            -(r.popularity.score or 0.0),
            -sum(count for _signal, count, _points in r.popularity.parts),
            r.name,
        ),
    )
