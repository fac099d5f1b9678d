"""How fast does Sellby read a page, beside extruct reading only its structured data?

Ours is the whole way a page goes in an audit: Page, all extractors, binding against a catalogue.
All readers run in one process on the same pages, interleaved round by round; printed are medians
of the rounds and ratios of pages a second. CPU time, so that a busy machine changes little.
Every round has pages of its own, as an audit reads each page once: what a site repeats on its
pages may be remembered, a page may not.

    python benchmarks/audit.py [--pages DIR] [--count 120] [--rounds 5] [--skus 50000] [--check]
"""

from __future__ import annotations

import argparse
import gc
import random
import statistics
import sys
import time
import warnings
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from extruct import extract as extruct_extract

from auditor.bind import bind
from auditor.catalogue import Catalogue
from auditor.extract import Context, extract
from auditor.garbage import seldom_collected
from auditor.model import Product
from auditor.page.read import read_page
from crawler.snapshot import Outcome, Snapshot

TARGETS = {"extruct, three syntaxes": 0.5, "extruct, all syntaxes": 8.0}
"""Least ratio of our pages a second to theirs."""

THREE = ["json-ld", "microdata", "opengraph"]
ALL = ["json-ld", "microdata", "opengraph", "rdfa", "microformat", "dublincore"]
WORDS = (
    "steel", "brass", "valve", "pump", "seal", "relay", "sensor", "cable", "terminal", "housing",
    "bracket", "filter", "hose", "clamp", "motor", "coupling", "bearing", "gasket", "fitting",
    "switch", "connector", "module", "drive", "cylinder", "manifold", "gauge", "probe",
)  # fmt: skip
SENTENCES = (
    "Designed for continuous duty in dusty and humid surroundings.",
    "All wetted parts are made of stainless steel and can be cleaned in place.",
    "Ships in a reusable carton with assembly instructions in six languages.",
    "The housing is rated IP65 and withstands up to 60 °C without derating.",
    "Please ask our engineers for drawings, certificates and special lengths.",
    "Orders received before 2 p.m. leave our warehouse on the same day.",
)


def main() -> int:
    """Run the rounds and print one line a reader."""
    options = _options()
    rng = random.Random(20260101)
    products = _products(rng, options.skus)
    count = options.count * options.rounds
    bodies = _stored(options.pages) if options.pages else _generated(rng, products, count)
    rng.shuffle(bodies)  # every round and every sample has a share of each kind
    snapshots = [_snapshot(i, body) for i, body in enumerate(bodies)]
    catalogue = Catalogue(products)
    context = Context(language="en-US", currency="USD", market="US")
    size = sum(map(len, bodies)) / len(bodies) / 1000
    print(f"{len(bodies)} pages, {size:.0f} KB on average, catalogue of {len(products)} SKUs")
    with seldom_collected():  # as an audit runs
        times = _measure(_readers(snapshots, catalogue, context), len(bodies), options.rounds)
    ours = times["ours: page + extractors + binding"]
    failed = False
    for name, seconds in times.items():
        line = f"{name:36s} {seconds * 1000:9.3f} ms a page {1 / seconds:9.0f} pages/s"
        if name in TARGETS:
            ratio = seconds / ours
            failed |= ratio < TARGETS[name]
            line += f"   ours is {ratio:.2f} × (target ≥ {TARGETS[name]})"
        print(line)
    return int(failed and options.check)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pages", type=Path, help="a directory of .html files to read instead")
    parser.add_argument("--count", type=int, default=120, help="generated pages a round")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--skus", type=int, default=50_000)
    parser.add_argument("--check", action="store_true", help="exit 1 where a target is missed")
    return parser.parse_args()


Reader = Callable[[int], object]


def _readers(
    snapshots: list[Snapshot], catalogue: Catalogue, context: Context
) -> dict[str, Reader]:
    def ours(index: int) -> object:
        page = read_page(snapshots[index])
        candidates, skipped = extract(page, context)
        return bind(page, candidates, catalogue, context), skipped

    def page_only(index: int) -> object:
        return read_page(snapshots[index])

    def three(index: int) -> object:
        return _extruct(snapshots[index], THREE)

    def everything(index: int) -> object:
        return _extruct(snapshots[index], ALL)

    return {
        "ours: page + extractors + binding": ours,
        "ours: page only": page_only,
        "extruct, three syntaxes": three,
        "extruct, all syntaxes": everything,
    }


def _extruct(snapshot: Snapshot, syntaxes: list[str]) -> object:
    """As a caller who wants to keep going must call it: a page it fails on gives nothing."""
    try:
        return extruct_extract(snapshot.body, base_url=snapshot.url, syntaxes=syntaxes)
    except Exception:  # noqa: BLE001 - a peer under test; its failures are not ours to judge
        return None


def _measure(readers: dict[str, Reader], n_pages: int, rounds: int) -> dict[str, float]:
    """Median CPU seconds a page of each reader."""
    spent: dict[str, list[float]] = {name: [] for name in readers}
    for reader in readers.values():
        reader(0)
    for number in range(rounds):
        pages = range(number, n_pages, rounds)
        for name, reader in readers.items():
            few = pages[::10] if name == "extruct, all syntaxes" else pages
            gc.collect()
            begun = time.process_time()
            for index in few:
                reader(index)
            spent[name].append((time.process_time() - begun) / len(few))
    return {name: statistics.median(values) for name, values in spent.items()}


def _snapshot(number: int, body: bytes) -> Snapshot:
    url = f"https://shop.example/products/{number}.html"
    at = datetime(2026, 1, 1, tzinfo=UTC)
    return Snapshot("shop", url, at, Outcome.OK, 200, "text/html", "utf-8", body)


def _stored(folder: Path) -> list[bytes]:
    bodies = [path.read_bytes() for path in sorted(folder.rglob("*.htm*")) if path.is_file()]
    if not bodies:
        sys.exit(f"{folder}: no .html files; give the directory of a checked-out site")
    return bodies


def _products(rng: random.Random, count: int) -> list[Product]:
    found = []
    for number in range(count):
        letters = "".join(rng.choices("ABCDEFGHKLMNPRSTVX", k=2))
        sku = f"{letters}-{number:05d}"
        name = " ".join(rng.choices(WORDS, k=3)).title()
        found.append(Product(sku=sku, name=name, mpn=f"{letters}{number:05d}{rng.choice('XYZ')}"))
    return found


def _generated(rng: random.Random, products: list[Product], count: int) -> list[bytes]:
    templates = (_shop, _microdata_shop, _distributor, _article, _listing)
    return [
        templates[number % len(templates)](rng, rng.sample(products, 12)).encode()
        for number in range(count)
    ]


def _price(rng: random.Random) -> str:
    return f"{rng.randrange(50, 90_000) / 100:.2f}"


@cache
def _surroundings(template: str) -> tuple[str, str, str, str]:
    """(styles, menu, footer, scripts): the same on every page of one site."""
    rng = random.Random(template)
    css = "".join(
        f".c{n}-{rng.choice(WORDS)}{{margin:{n}px;color:#{n:06x};display:flex}}" for n in range(400)
    )
    code = "".join(
        f"function f{n}(a,b){{if(a>{n}){{return b.q[{n}]||'{rng.choice(WORDS)}'}}}}"
        for n in range(400)
    )
    menu = "".join(
        f'<li class="menu-item menu-item-{n}"><a href="/c/{rng.choice(WORDS)}-{n}"><span>'
        f"{rng.choice(WORDS).title()} {rng.choice(WORDS)}</span></a></li>"
        for n in range(90)
    )
    foot = "".join(
        f'<li><a href="/info/{n}">{rng.choice(WORDS).title()}</a></li>' for n in range(25)
    )
    return css, menu, foot, code


def _frame(template: str, title: str, head: str, body: str) -> str:
    """What every page of a real shop carries: styles, scripts, menu, footer."""
    css, menu, foot, code = _surroundings(template)
    return (
        f'<!doctype html><html lang="en-US"><head><meta charset="utf-8"><title>{title}</title>'
        f'<meta property="og:title" content="{title}"><style>{css}</style>{head}</head><body>'
        f'<header class="site-header"><a href="/">Shop</a></header><nav><ul>{menu}</ul></nav>'
        f"<main>{body}</main><footer><ul>{foot}</ul><p>Free shipping over $150. VAT excluded.</p>"
        f"</footer><script>{code}</script></body></html>"
    )


def _text(rng: random.Random, count: int) -> str:
    return "".join(f"<p>{' '.join(rng.sample(SENTENCES, 3))}</p>" for _ in range(count))


def _specs(rng: random.Random) -> str:
    rows = "".join(
        f"<tr><th>{label}</th><td>{value}</td></tr>"
        for label, value in (
            ("Operating voltage", f"{rng.choice((12, 24, 48))} V DC"),
            ("Weight", f"{rng.randrange(100, 9000)} g"),
            ("Dimensions", f"{rng.randrange(10, 90)} × {rng.randrange(10, 90)} × 40 mm"),
            ("Protection", "IP65"),
            ("Temperature", "-20 to 60 °C"),
        )
    )
    return f'<h2>Technical data</h2><table class="specs">{rows}</table>'


def _related(rng: random.Random, products: list[Product]) -> str:
    cards = "".join(
        f'<div class="card"><a href="/p/{p.sku}"><h3>{p.name}</h3></a>'
        f'<span class="sku">{p.sku}</span><span class="price">${_price(rng)}</span></div>'
        for p in products
    )
    return f'<section class="related"><h2>You may also like</h2>{cards}</section>'


def _shop(rng: random.Random, products: list[Product]) -> str:
    main, *others = products
    price = _price(rng)
    head = (
        '<script type="application/ld+json">{"@context":"https://schema.org","@type":"Product",'
        f'"sku":"{main.sku}","name":"{main.name}","offers":{{"@type":"Offer","price":"{price}",'
        '"priceCurrency":"USD","availability":"https://schema.org/InStock"}}</script>'
    )
    body = (
        f"<h1>{main.name}</h1><p>SKU: <span>{main.sku}</span></p><div class='price'>"
        f"<s>$999.00</s> <span>${price}</span></div>"
        "<p>Minimum order quantity: 50 pcs</p><p>Ships within 3 days</p>"
        f"{_text(rng, 8)}{_specs(rng)}{_related(rng, others[:8])}"
    )
    return _frame("shop", main.name, head, body)


def _microdata_shop(rng: random.Random, products: list[Product]) -> str:
    main, *others = products
    body = (
        '<div itemscope itemtype="https://schema.org/Product">'
        f'<h1 itemprop="name">{main.name}</h1><span itemprop="sku">{main.sku}</span>'
        '<div itemprop="offers" itemscope itemtype="https://schema.org/Offer">'
        f'<meta itemprop="priceCurrency" content="USD"><span itemprop="price">{_price(rng)}</span>'
        '<link itemprop="availability" href="https://schema.org/InStock">In stock</div>'
        f"{_text(rng, 6)}</div>{_specs(rng)}{_related(rng, others[:4])}"
    )
    return _frame("microdata", main.name, "", body)


def _distributor(rng: random.Random, products: list[Product]) -> str:
    main, *others = products
    tiers = "".join(f"<tr><td>{q}+</td><td>${_price(rng)}</td></tr>" for q in (1, 10, 100, 1000))
    body = (
        f"<h1>{main.mpn} {main.name}</h1><dl><dt>Part number</dt><dd>{main.sku}</dd>"
        "<dt>Lead time</dt><dd>2-3 weeks</dd><dt>Order multiple</dt><dd>10</dd></dl>"
        f"<table><tr><th>Quantity</th><th>Unit price</th></tr>{tiers}</table>{_specs(rng)}"
        f"{_text(rng, 4)}{_related(rng, others[:6])}"
    )
    return _frame("distributor", main.name, "", body)


def _article(rng: random.Random, products: list[Product]) -> str:
    parts = "".join(
        f"<h2>{p.name}</h2><p>The list price of {p.sku} is ${_price(rng)} each, minimum order"
        " 25 pcs.</p>"
        f"{_text(rng, 2)}"
        for p in products[:6]
    )
    return _frame("article", "How we price", "", f"<article><h1>How we price</h1>{parts}</article>")


def _listing(rng: random.Random, products: list[Product]) -> str:
    rows = "".join(
        f'<tr><td><a href="/p/{p.sku}">{p.sku}</a></td><td>{p.name}</td>'
        f"<td>M{rng.choice((4, 6, 8))}</td><td>{rng.randrange(10, 90)} mm</td>"
        f"<td>${_price(rng)}</td></tr>"
        for p in products * 3
    )
    head = "<tr><th>Part</th><th>Name</th><th>Thread</th><th>Length</th><th>Price each</th></tr>"
    return _frame("listing", "Price list", "", f"<h1>Price list</h1><table>{head}{rows}</table>")


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    sys.exit(main())
