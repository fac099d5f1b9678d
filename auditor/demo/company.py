"""The invented company: products, truths with history, and what its pages say wrongly.

Everything is derived from ``examples/company.yaml`` and the day the demo runs, so two runs on one
day give the same company. Days in the past and future are chosen by a checksum of the SKU.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

import auditor

Cent = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Fact:
    """One row of truths.csv; ``valid_to`` exclusive, None = open."""

    sku: str
    attribute: str
    key: str
    value: str
    unit: str
    valid_from: date
    valid_to: date | None = None
    price_per: int = 1
    price_unit: str = "pcs"
    min_qty: str = ""

    def in_force(self, day: date) -> bool:
        """Whether it holds on ``day``."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing that is wrong on purpose; ``page`` is "product" or "wiki:TITLE"."""

    sku: str
    attribute: str
    key: str
    show: str
    page: str
    verdict: str
    diagnosis: str
    was: str
    now: str


@dataclass(frozen=True, slots=True)
class Item:
    """One product with the path of its page."""

    sku: str
    name: str
    mpn: str
    gtin: str
    variant: str
    series: str
    group: str
    owner: str
    template: str
    path: str
    position: int


@dataclass(frozen=True, slots=True)
class Company:
    """The whole company as of ``today``."""

    name: str
    today: date
    items: tuple[Item, ...]
    facts: tuple[Fact, ...]
    mistakes: tuple[Mistake, ...]
    series: tuple[dict[str, Any], ...]
    by_sku: dict[str, Item] = field(repr=False, default_factory=dict)

    def history(self, sku: str, attribute: str, key: str = "", min_qty: str = "") -> list[Fact]:
        """Every truth of one fact, oldest first."""
        return [
            fact
            for fact in self.facts
            if (fact.sku, fact.attribute, fact.key, fact.min_qty) == (sku, attribute, key, min_qty)
        ]

    def current(self, sku: str, attribute: str, key: str = "", min_qty: str = "") -> Fact | None:
        """The truth in force today, None where there is none."""
        for fact in self.history(sku, attribute, key, min_qty):
            if fact.in_force(self.today):
                return fact
        return None


def examples_directory() -> Path:
    """Where the demo's own files lie: the checkout's ``examples/``, else inside the wheel."""
    package = Path(auditor.__file__).parent
    checkout = package.parent / "examples"
    return checkout if (checkout / "company.yaml").is_file() else package / "_examples"


def load_company(today: date) -> Company:
    """The company as of ``today``."""
    text = (examples_directory() / "company.yaml").read_text(encoding="utf-8")
    data = yaml.safe_load(text)
    mistakes = tuple(_mistake(row) for row in data["mistakes"])
    items = tuple(item for series in data["series"] for item in _items(series))
    series_of = {series["code"]: series for series in data["series"]}
    facts = [
        fact for item in items for fact in _facts(item, series_of[item.series], mistakes, today)
    ]
    facts += _terms(today)
    return Company(
        name=data["name"],
        today=today,
        items=items,
        facts=tuple(facts),
        mistakes=mistakes,
        series=tuple(data["series"]),
        by_sku={item.sku: item for item in items},
    )


def spread(text: str, low: int, high: int) -> int:
    """A number in ``low … high`` that depends on ``text`` alone."""
    return low + zlib.crc32(text.encode()) % (high - low + 1)


def gtin13(body: str) -> str:
    """A GTIN-13 below GS1's demonstration prefix 952, with its check digit."""
    digits = "952" + f"{zlib.crc32(body.encode()) % 10**9:09d}"
    total = sum(int(c) * (3 if i % 2 else 1) for i, c in enumerate(digits))
    return digits + str(-total % 10)


def _mistake(row: dict[str, Any]) -> Mistake:
    verdict, diagnosis = row["expect"]
    return Mistake(
        sku=row["sku"],
        attribute=row["attribute"],
        key=row.get("key", ""),
        show=row["show"],
        page=row.get("page", "product"),
        verdict=verdict,
        diagnosis=diagnosis,
        was=row.get("was", ""),
        now=row.get("now", ""),
    )


def _items(series: dict[str, Any]) -> list[Item]:
    items = []
    for position, variant in enumerate(series["variants"]):
        sku = f"{series['code']}-{variant}"
        slug = sku.lower().replace(".", "-")
        items.append(
            Item(
                sku=sku,
                name=series["title"].format(v=variant),
                mpn=f"{series['code'][3:]}{spread(sku, 1000, 9999)}-{variant}",
                gtin=gtin13(sku),
                variant=variant,
                series=series["code"],
                group=series["group"],
                owner=series["owner"],
                template=series["template"],
                path=f"/products/{slug}" if series["template"] == "shop" else f"/item/{slug}.html",
                position=position,
            )
        )
    return items


def _facts(
    item: Item, series: dict[str, Any], mistakes: tuple[Mistake, ...], today: date
) -> list[Fact]:
    facts = _prices(item, series, today)
    plain = [("moq", str(series["moq"]), "pcs"), ("availability", series["availability"], "")]
    plain += [
        (name, str(series[name]), "pcs")
        for name in ("order_multiple", "pack_size")
        if name in series
    ]
    plain.append(("lead_time", series["lead_time"][0], series["lead_time"][1]))
    for attribute, value, unit in plain:
        fact = Fact(item.sku, attribute, "", value, unit, today - timedelta(days=700))
        facts += _with_history(fact, mistakes, today)
    key, value, unit = series["variant_spec"]
    since = today - timedelta(days=900)
    for name, text, symbol in [(key, value.format(v=item.variant), unit), *series["specs"]]:
        facts.append(Fact(item.sku, "spec", name, text, symbol, since))
    return facts


def _with_history(fact: Fact, mistakes: tuple[Mistake, ...], today: date) -> list[Fact]:
    for mistake in mistakes:
        if (mistake.sku, mistake.attribute) == (fact.sku, fact.attribute) and mistake.was:
            changed = today - timedelta(days=spread(fact.sku + fact.attribute, 20, 200))
            return [
                replace(fact, value=mistake.was, valid_to=changed),
                replace(fact, value=mistake.now or fact.value, valid_from=changed),
            ]
    return [fact]


def _prices(item: Item, series: dict[str, Any], today: date) -> list[Fact]:
    price = series["price"]
    now = Decimal(price["base"]) + Decimal(price["step"]) * item.position
    per = price.get("per", 1)
    start = today - timedelta(days=800)
    changed = today - timedelta(days=spread(item.sku, 30, 300))
    scheduled = today + timedelta(days=spread(item.sku, 10, 40))
    is_scheduled = item.position % 5 == 3 or item.sku == "BW-PT-100"
    breaks = [("", Decimal(1)), *((q, Decimal(f)) for q, f in series.get("tiers", {}).items())]
    facts = []
    for min_qty, factor in breaks:
        value = (now * factor).quantize(Cent)
        before = (now * factor * Decimal("0.93")).quantize(Cent)
        after = (now * factor * Decimal("1.04")).quantize(Cent)
        row = {"unit": series.get("currency", "USD"), "price_per": per, "min_qty": min_qty}
        facts.append(_price(item.sku, before, start, changed, row))
        facts.append(_price(item.sku, value, changed, scheduled if is_scheduled else None, row))
        if is_scheduled:
            facts.append(_price(item.sku, after, scheduled, None, row))
    if item.sku == "BW-PS-240":
        sale = (now * Decimal("0.85")).quantize(Cent)
        begin, end = today - timedelta(days=60), today - timedelta(days=21)
        facts.append(Fact(item.sku, "price", "sale", str(sale), "USD", begin, end, per))
    return facts


def _price(sku: str, value: Decimal, start: date, end: date | None, row: dict[str, Any]) -> Fact:
    return Fact(
        sku,
        "price",
        "",
        str(value),
        row["unit"],
        start,
        end,
        row["price_per"],
        "pcs",
        row["min_qty"],
    )


def _terms(today: date) -> list[Fact]:
    since = today - timedelta(days=400)
    return [
        Fact("TERMS", "min_order_value", "", "75", "USD", since),
        Fact("TERMS", "policy", "returns", "30 days", "", since),
        Fact("TERMS", "policy", "payment", "30 days net", "", since),
    ]
