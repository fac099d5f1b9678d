"""Change feed values at random and count which changes come back as findings.

    python benchmarks/planted.py SITES.json [--only NAME] [--changes 200] [--seed 1]

Each site of SITES.json (see sites.py) is crawled once. Its feed becomes products.csv and truths.csv
with list prices alone, and the same snapshots are judged four times:

- as published: every finding is a false alarm or a real mistake of the site;
- outdated: the page's price was true until half a year ago;
- slip: the truth is ten times the page's price;
- never valid: the truth is a price that no page shows, and the feed knows no past.

Prints, of the changed prices whose page states the old one: how many were found, how many with the
right diagnosis, and the products found that were not changed.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import re
import sqlite3
import tempfile
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from lxml import etree
from sites import findings, run_site, sellby

G = "{http://base.google.com/ns/1.0}"
FEEDS = """\
feeds:
  products: {{format: products_csv, path: products.csv}}
  truths: {{format: truths_csv, path: truths.csv, market: {market}, tax: {tax}}}
"""
PRODUCTS = ("sku", "name", "mpn", "gtin", "aliases", "group", "owner", "url", "status")
TRUTHS = ("sku", "attribute", "key", "value", "unit", "price_per", "price_unit", "min_qty", "tax",
          "market", "valid_from", "valid_to")  # fmt: skip
AUDITORS_TABLES = frozenset({
    "feed_run", "rejected_row", "product", "product_row", "product_alias", "product_url", "truth",
    "signal", "popularity", "audit", "judgement", "skipped", "finding", "state_change", "incident",
})  # fmt: skip
KINDS = {"outdated": "outdated", "slip": "slip", "never valid": "never_valid"}


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a Merchant feed."""

    sku: str
    name: str
    url: str
    price: Decimal
    currency: str


def measure(site: dict[str, Any], work: Path, changes: int, seed: int) -> None:
    """Measure one site in ``work``."""
    items = read_items(Path(site["feed"]))
    done = run_site(site, work)
    if done.returncode not in (0, 1, 3):
        raise SystemExit(done.stderr)
    config = (work / "config.yaml").read_text(encoding="utf-8")
    values = {"tax": "unknown", "market": "XX"} | site
    head = config.split("feeds:")[0]
    (work / "config.yaml").write_text(head + FEEDS.format(**values), encoding="utf-8")
    _write(work / "products.csv", PRODUCTS, [_product(item) for item in items])

    published = _judge(work, [_truth(item, item.price, site) for item in items])
    stated = _matched(work)
    print(f"\n== {site['name']}: {len(items)} items, {len(published)} findings as published")
    dice = random.Random(seed)
    for kind, diagnosis in KINDS.items():
        changed = {item.sku for item in dice.sample(items, min(changes, len(items)))}
        rows = [row for item in items for row in _rows(item, kind, item.sku in changed, site, dice)]
        _print(kind, diagnosis, changed & stated, _judge(work, rows))


def read_items(path: Path) -> list[Item]:
    """The items of a Merchant feed that have a price above 0."""
    items = {}
    for node in etree.parse(str(path)).iter("item", "{*}entry"):
        text = {k: (node.findtext(G + k) or "").strip() for k in ("id", "title", "link", "price")}
        found = re.fullmatch(r"([\d.]+) ?([A-Z]{3})", text["price"])
        try:
            price = Decimal(found[1]) if found else Decimal(0)
        except InvalidOperation:
            continue
        if found and price and text["id"]:
            name = text["title"] or (node.findtext("title") or "").strip()
            items[text["id"]] = Item(text["id"], name, text["link"], price, found[2])
    return list(items.values())


def _rows(
    item: Item, kind: str, is_changed: bool, site: dict[str, Any], dice: random.Random
) -> list[list[str]]:
    if not is_changed:
        return [_truth(item, item.price, site)]
    if kind == "slip":
        return [_truth(item, item.price * 10, site)]
    if kind == "never valid":
        return [_truth(item, (item.price * Decimal("1.3719")).quantize(Decimal("0.01")), site)]
    factor = Decimal(dice.choice(["0.83", "0.91", "1.07", "1.19"]))
    new = (item.price * factor).quantize(Decimal("0.01"))
    return [
        _truth(item, item.price, site, "2024-01-01", "2026-05-01"),
        _truth(item, new, site, "2026-05-01"),
    ]


def _judge(work: Path, truths: list[list[str]]) -> list[dict[str, Any]]:
    """Judge the stored snapshots from nothing against ``truths``."""
    _write(work / "truths.csv", TRUTHS, truths)
    db = sqlite3.connect(work / "sellby.db")
    names = {row[0] for row in db.execute("select name from sqlite_master where type = 'table'")}
    for name in sorted(names & AUDITORS_TABLES):
        db.execute(f"delete from {name}")
    db.commit()
    db.close()
    for command in ("ingest", "audit"):
        done = sellby(work, command)
        if done.returncode not in (0, 1, 3):
            raise SystemExit(done.stderr)
    return [row for row in findings(work) if row["attribute"] == "price"]


def _matched(work: Path) -> set[str]:
    db = sqlite3.connect(f"file:{work / 'sellby.db'}?mode=ro", uri=True)
    query = "select distinct sku from judgement where attribute = 'price' and verdict = 'match'"
    return {row[0] for row in db.execute(query)}


def _print(kind: str, diagnosis: str, changed: set[str], found: list[dict[str, Any]]) -> None:
    by_sku: dict[str, set[str]] = {}
    for row in found:
        by_sku.setdefault(row["sku"], set()).add(row["diagnosis"])
    seen = changed & by_sku.keys()
    right = {sku for sku in seen if diagnosis in by_sku[sku]}
    share = 100 * len(seen) / max(1, len(changed))
    print(f"   {kind:12} {len(changed):4} on a page, {len(seen):4} found ({share:5.1f} %)", end="")
    print(f", {len(right):4} rightly diagnosed, {len(by_sku.keys() - changed)} others found")
    for sku in sorted(changed - right)[:12]:
        print(f"      {sku}: {sorted(by_sku.get(sku, {'nothing'}))}")


def _product(item: Item) -> list[str]:
    return [item.sku, item.name, "", "", "", "", "", item.url, "active"]


def _truth(
    item: Item, price: Decimal, site: dict[str, Any], start: str = "", end: str = ""
) -> list[str]:
    market, tax = site.get("market", "XX"), site.get("tax", "excl")
    basis = ["1", "pcs", "", "excl" if tax == "unknown" else tax, market]
    return [item.sku, "price", "", str(price), item.currency, *basis, start, end]


def _write(path: Path, columns: tuple[str, ...], rows: list[list[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(columns)
        writer.writerows(rows)


def main() -> None:
    """Measure every site of the list."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("sites", type=Path)
    parser.add_argument("--only", default="")
    parser.add_argument("--changes", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    for site in json.loads(options.sites.read_text(encoding="utf-8")):
        if options.only in site["name"]:
            with tempfile.TemporaryDirectory() as scratch:
                measure(site, Path(scratch), options.changes, options.seed)


if __name__ == "__main__":
    main()
