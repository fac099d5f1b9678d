"""Audit real product pages against their labels, beside extruct and price-parser in the same run.

    python benchmarks/pages.py DATASET

DATASET is the ``dataset`` folder of scrapinghub's product-extraction-benchmark: 140 saved pages of
62 shops in ``html/*.html.gz``, their price, stock and part number in ``ground-truth.json``. It is
read, never copied into the project. The pages are judged three times, by us and by the two tools:

- as labelled: what agrees is found; what is called wrong is a false alarm (a few labels are wrong
  by a factor of 1,000, so that not every false alarm is one);
- stale: each labelled price raised by 13 %, so that each page that shows a price is wrong;
- slip: each labelled price ten times as high.

Prints matches, false alarms and the wrong prices found, and how often the page's own part number
was met on it.
"""

from __future__ import annotations

import csv
import gzip
import json
import re
import sys
import tempfile
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from auditor.baseline import audited_by_others
from auditor.evaluate import Report, beside, evaluate
from auditor.labelled import LabelledSet
from auditor.page.read import read_page
from crawler.snapshot import Outcome, Snapshot

SIGNS = {
    "€": "EUR", "£": "GBP", "US$": "USD", "R$": "BRL", "₹": "INR", "Rs": "INR", "Rs.": "INR",
    "Lei": "RON", "lei": "RON", "RON": "RON", "Kč": "CZK", "zł": "PLN", "TL": "TRY", "₺": "TRY",
    "Ft": "HUF", "₪": "ILS", "₴": "UAH", "грн": "UAH", "₽": "RUB", "руб": "RUB", "тг": "KZT",
    "тг.": "KZT", "원": "KRW", "₩": "KRW", "￥": "JPY", "S/": "PEN", "лв": "BGN", "лв.": "BGN",
}  # fmt: skip
DOLLARS = {
    "ca": "CAD", "au": "AUD", "nz": "NZD", "mx": "MXN", "cl": "CLP", "ar": "ARS", "co": "COP",
    "sg": "SGD", "hk": "HKD", "tw": "TWD",
}  # fmt: skip
SETS = {"as labelled": Decimal(1), "stale": Decimal("1.13"), "slip": Decimal(10)}
PRODUCTS = ("sku", "name", "mpn", "gtin", "aliases", "group", "owner", "url", "status")
TRUTHS = ("sku", "attribute", "key", "value", "unit", "price_per", "price_unit", "min_qty", "tax",
          "market", "valid_from", "valid_to")  # fmt: skip


def main(dataset: Path) -> None:
    """Measure the dataset and print the figures."""
    labels = json.loads((dataset / "ground-truth.json").read_text("utf-8"))
    for name, factor in SETS.items():
        with tempfile.TemporaryDirectory(prefix="sellby-pages-") as folder:
            made = Path(folder)
            _write_set(made, dataset, labels, factor)
            if name == "as labelled":
                _print_part_numbers(made)
            ours = evaluate(made)
            theirs = evaluate(made, audit=audited_by_others())
        print(f"\n== {name}")
        print(beside(ours, theirs))
        for whose, report in (("Sellby", ours), ("extruct+price-parser", theirs)):
            print(f"   {whose}: {_false(report)} called wrong that the labels do not")


def _false(report: Report) -> int:
    return sum(wrong.what == "false finding" for wrong in report.wrong)


def _write_set(made: Path, dataset: Path, labels: dict[str, Any], factor: Decimal) -> None:
    """One labelled set: a source a page, since each comes from another shop."""
    sources: dict[str, dict[str, str]] = {}
    products: list[dict[str, str]] = []
    truths: list[dict[str, str]] = []
    case: dict[str, Any] = {"pitfall": 0, "pages": [], "findings": [], "matches": []}
    seen: set[str] = set()
    for number, (key, label) in enumerate(sorted(labels.items()), 1):
        body = dataset / "html" / f"{key}.html.gz"
        sku = (label.get("sku") or [f"page-{number}"])[0]
        if not body.exists() or sku in seen:
            continue
        seen.add(sku)
        source, page = f"s{number:03}", f"s{number:03}/page.html"
        markup = gzip.decompress(body.read_bytes())
        (made / source).mkdir()
        (made / page).write_bytes(markup)
        currency = _currency(label)
        sources[source] = {"kind": "website", "language": _language(markup), "timezone": "UTC"}
        if currency:
            sources[source]["currency"] = currency
        products.append({"sku": sku, "url": page, "gtin": (label.get("gtin") or [""])[0]})
        case["pages"].append(page)
        for truth, changed in _truths(label, currency, factor):
            truths.append({"sku": sku} | truth)
            told = {"page": page, "sku": sku, "attribute": truth["attribute"], "quote": ""}
            wrong = {"verdict": "mismatch", "diagnosis": "slip" if factor == 10 else "never_valid"}
            case["findings" if changed else "matches"].append(told | (wrong if changed else {}))
    (made / "cases").mkdir()
    (made / "cases" / "00-pages.yaml").write_text(yaml.safe_dump(case), "utf-8")
    settings = {"as_of": "2021-02-03T00:00:00Z", "sources": sources}
    (made / "set.yaml").write_text(yaml.safe_dump(settings), "utf-8")
    _write(made / "products.csv", PRODUCTS, products)
    _write(made / "truths.csv", TRUTHS, truths)


def _truths(label: dict[str, Any], currency: str, factor: Decimal) -> list[tuple[Any, bool]]:
    """(truth, whether it was changed) for the price and the stock of one label."""
    found: list[tuple[dict[str, str], bool]] = []
    try:
        price = Decimal((label.get("price") or [""])[0])
    except InvalidOperation:
        price = Decimal(0)
    if price and currency:
        value = f"{(price * factor).quantize(Decimal('0.01')).normalize():f}"
        found.append(({"attribute": "price", "value": value, "unit": currency}, factor != 1))
    state = {"InStock": "in_stock", "OutOfStock": "out_of_stock"}.get(
        (label.get("availability") or [""])[0]
    )
    if state and factor == 1:
        found.append(({"attribute": "availability", "value": state}, False))
    return found


def _currency(label: dict[str, Any]) -> str:
    """ISO 4217 of a label's sign; a dollar is that of the shop's country."""
    sign = (label.get("currency") or [""])[0].strip()
    if sign == "$":
        return DOLLARS.get(urlsplit(label["url"]).netloc.rpartition(".")[2], "USD")
    return SIGNS.get(sign) or (sign if re.fullmatch("[A-Z]{3}", sign) else "")


def _language(markup: bytes) -> str:
    found = re.search(rb"<html[^>]*?\slang\s*=\s*[\"']?([A-Za-z]{2}(?:[-_][A-Za-z]{2})?)", markup)
    return found[1].decode().replace("_", "-") if found else ""


def _write(path: Path, columns: tuple[str, ...], rows: list[dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, columns, restval="")
        writer.writeheader()
        writer.writerows(rows)


def _print_part_numbers(folder: Path) -> None:
    """How often the page's own part number is met on it: looked up, never extracted."""
    labelled = LabelledSet.read(folder)
    met = total = 0
    for case in labelled.cases():
        for name in case.pages:
            body = (folder / name).read_bytes()
            snapshot = Snapshot("s", f"https://{name}", labelled.at, Outcome.OK, 200, "text/html",
                                None, body)  # fmt: skip
            page = read_page(snapshot)
            (own,) = labelled.catalogue.at_url(f"https://{name}")
            met += any(m.sku == own for m in labelled.catalogue.mentions(page))
            total += 1
    print(f"{total} pages; the page's own part number was met on {met} of them")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
