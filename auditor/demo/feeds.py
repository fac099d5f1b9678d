"""The invented company's feeds, with history and scheduled changes, as the canonical CSV files."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterable, Sequence
from datetime import timedelta
from pathlib import Path

from auditor.demo.company import Company, examples_directory, spread
from auditor.demo.pages import ARTICLES
from auditor.demo.server import WIKI

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
POPULARITY = ["date", "sku", "url", "term", "signal", "count", "window_days"]
CONTACTS = ["id", "date", "product", "subject", "reason", "minutes", "repeat", "customer"]
WEEKS = 16


def write_feeds(company: Company, directory: Path, base: str) -> None:
    """Write products.csv, truths.csv, popularity.csv and contacts.csv below ``directory``.

    ``base`` is the public address of the shop, for the products' main pages.
    """
    directory.mkdir(parents=True, exist_ok=True)
    _write(directory / "products.csv", PRODUCTS, _products(company, base))
    _write(directory / "truths.csv", TRUTHS, _truths(company))
    _write(directory / "popularity.csv", POPULARITY, _popularity(company))
    _write(directory / "contacts.csv", CONTACTS, _contacts(company))
    for survey in ("customer-survey.csv", "staff-survey.csv"):
        shutil.copyfile(examples_directory() / survey, directory / survey)


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
    """Week by week: views of pages and articles, order lines, what was searched for."""
    weeks = [(company.today - timedelta(days=1 + 7 * n)).isoformat() for n in range(WEEKS)]
    for item in company.items:
        for signal, top in (("pageviews", 900), ("orders", 25)):
            if not spread(item.sku + signal, 0, 9) and signal != "pageviews":
                continue
            share = spread(item.sku + signal + "x", 1, 100) ** 2
            for week in weeks:
                noise = spread(item.sku + signal + week, 80, 120)
                count = 1 + top * share * noise // 1_000_000
                sku, url = (item.sku, "") if signal == "orders" else ("", item.path)
                yield (week, sku, url, "", signal, str(count), "7")
    for series in company.series:
        for kind in ARTICLES:
            title = f"{series['code'][3:]} {kind}".replace(" ", "_")
            views = str(spread(title, 2, 60))
            for week in weeks:
                yield (week, "", f"{WIKI}/wiki/{title}", "", "kms_views", views, "7")
        yield (weeks[0], "", f"/series/{series['code'].lower()}", "", "pageviews", "140", "7")
    for item in company.items[::7]:
        asked = str(spread(item.sku, 1, 40))
        yield (weeks[0], "", "", item.name, "searches", asked, "7")
    yield (weeks[0], "", "", "torque wrench", "searches", "17", "7")
    yield (weeks[0], "", "/about", "", "pageviews", "55", "7")


def _contacts(company: Company) -> Iterable[Sequence[str]]:
    """Tickets of 120 days: most where something is wrong, some about anything else."""
    wrong = {(m.sku, m.attribute) for m in company.mistakes}
    number = 4000
    for sku, attribute in sorted(wrong):
        for nth in range(spread(sku + attribute, 1, 7)):
            number += 1
            yield _contact(company, number, sku, attribute, nth)
    for item in company.items[::9]:
        number += 1
        yield _contact(company, number, item.sku, "", 0)


def _contact(company: Company, number: int, sku: str, attribute: str, nth: int) -> tuple[str, ...]:
    item = company.by_sku[sku]
    day = company.today - timedelta(days=spread(f"{sku}{number}", 1, 120))
    customer = f"customer {spread(sku + str(nth // 2), 100, 160)}"
    reason = attribute.replace("_", " ") if spread(f"{number}", 0, 4) else "question"
    subject = f"Question about {item.mpn}" if nth % 3 == 2 else f"{item.name}: which one holds?"
    named = "" if nth % 3 == 2 else sku
    minutes = str(spread(f"m{number}", 8, 35)) if spread(f"u{number}", 0, 9) else ""
    repeat = "yes" if nth % 4 == 3 else ""
    return (f"T{number}", day.isoformat(), named, subject, reason, minutes, repeat, customer)


def _write(path: Path, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(columns)
        writer.writerows(rows)
