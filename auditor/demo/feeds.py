"""The invented company's feeds, with history and scheduled changes, as the canonical CSV files."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

from auditor.demo.company import Company, spread

PRODUCTS = [
    "sku",
    "name",
    "mpn",
    "gtin",
    "aliases",
    "group",
    "owner",
    "url",
    "status",
    "superseded_by",
]
TRUTHS = [
    "sku",
    "attribute",
    "key",
    "value",
    "unit",
    "price_per",
    "price_unit",
    "min_qty",
    "tax",
    "market",
    "valid_from",
    "valid_to",
]
POPULARITY = ["sku", "signal", "value", "window_days"]


def write_feeds(company: Company, directory: Path, base: str) -> None:
    """Write products.csv, truths.csv and popularity.csv below ``directory``.

    ``base`` is the public address of the shop, for the products' main pages.
    """
    directory.mkdir(parents=True, exist_ok=True)
    _write(directory / "products.csv", PRODUCTS, _products(company, base))
    _write(directory / "truths.csv", TRUTHS, _truths(company))
    _write(directory / "popularity.csv", POPULARITY, _popularity(company))


def _products(company: Company, base: str) -> Iterable[Sequence[str]]:
    for item in company.items:
        yield (item.sku, item.name, item.mpn, item.gtin, "", item.group, item.owner,
               f"{base}{item.path}", "active", "")  # fmt: skip
    yield ("TERMS", "Terms of sale", "", "", "", "Terms", "legal@brightwater.example",
           f"{base}/terms", "active", "")  # fmt: skip


def _truths(company: Company) -> Iterable[Sequence[str]]:
    for fact in company.facts:
        is_price = fact.attribute == "price"
        yield (
            fact.sku,
            fact.attribute,
            fact.key,
            fact.value,
            fact.unit,
            str(fact.price_per) if is_price else "",
            fact.price_unit if is_price else "",
            fact.min_qty,
            "excl" if is_price or fact.attribute == "min_order_value" else "",
            "" if fact.attribute == "spec" else "US",
            fact.valid_from.isoformat(),
            fact.valid_to.isoformat() if fact.valid_to else "",
        )


def _popularity(company: Company) -> Iterable[Sequence[str]]:
    for item in company.items:
        for signal, window, top in (
            ("pageviews", 30, 4000),
            ("orders", 90, 300),
            ("tickets", 90, 25),
        ):
            if spread(item.sku + signal, 0, 9) or signal == "pageviews":
                share = spread(item.sku + signal + "x", 1, 100) ** 2
                yield (item.sku, signal, str(1 + top * share // 10_000), str(window))


def _write(path: Path, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(columns)
        writer.writerows(rows)
