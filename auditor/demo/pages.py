"""The invented company's website and wiki as text: path → HTML, title → HTML."""

from __future__ import annotations

import json
from typing import Any
from zlib import crc32

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from auditor.demo.company import Company, Item, examples_directory
from auditor.demo.shown import Shown, shown

ARTICLES = (
    "quick facts",
    "ordering rules",
    "price objections",
    "replacement guide",
    "customer questions",
)


def website(company: Company, base: str) -> dict[str, str]:
    """Every page of the shop by path; ``base`` is the public address for canonical links."""
    env = _environment("site")
    pages: dict[str, str] = {}

    def add(path: str, template: str, title: str, **values: object) -> None:
        common = {"company": company.name, "base": base, "path": path, "title": title}
        common["nonce"] = f"{crc32(path.encode()):08x}"
        pages[path] = env.get_template(template).render(common | values)

    for item in company.items:
        text = shown(company, item)
        related = [shown(company, other, "related") for other in _neighbours(company, item)]
        values = {"s": text, "related": related, "json_ld": _json_ld(company, text, base)}
        add(item.path, f"{item.template}.html", item.name, **values)
    for series in company.series:
        _series_pages(company, series, add)
    for path, title, paragraphs, links in _texts(company):
        add(path, "text.html", title, paragraphs=paragraphs, links=links)
    return pages


def wiki(company: Company) -> dict[str, str]:
    """Every article of the knowledge base: title → HTML body."""
    env = _environment("wiki")
    articles: dict[str, str] = {}
    for series in company.series:
        items = [item for item in company.items if item.series == series["code"]]
        for number, kind in enumerate(ARTICLES):
            title = f"{series['code'][3:]} {kind}"
            chosen = _chosen(company, items, f"wiki:{title}", number)
            a, b, c = (shown(company, item, f"wiki:{title}") for item in chosen)
            articles[title] = env.get_template(f"{kind}.html").render(a=a, b=b, c=c)
    return articles


def sitemap(pages: dict[str, str], base: str) -> str:
    """The sitemap of every page."""
    rows = "".join(f"<url><loc>{base}{path}</loc></url>" for path in sorted(pages))
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</urlset>\n'
    )


def _environment(folder: str) -> Environment:
    loader = FileSystemLoader(examples_directory() / folder)
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True)


def _neighbours(company: Company, item: Item) -> list[Item]:
    same = [other for other in company.items if other.series == item.series and other != item]
    start = item.position % max(1, len(same) - 3)
    return same[start : start + 3]


def _chosen(company: Company, items: list[Item], page: str, number: int) -> list[Item]:
    wrong = [company.by_sku[m.sku] for m in company.mistakes if m.page == page]
    others = [item for item in items[number + 1 :] + items[:number] if item not in wrong]
    return (wrong + others)[:3]


def _series_pages(company: Company, series: dict[str, Any], add: Any) -> None:
    code = series["code"].lower()
    items = [item for item in company.items if item.series == series["code"]]
    rows = [shown(company, item, "series") for item in items]
    per = f" {rows[0].price_per}" if rows[0].price_per else " each"
    add(
        f"/series/{code}",
        "series.html",
        series["group"],
        rows=rows,
        per=per,
        spec_name=series["variant_spec"][0],
        intro=f"All {series['group'].lower()} at a glance. Open a part for drawings and downloads.",
    )
    path = f"/prices/{series['group'].lower().replace(' ', '-')}"
    add(path, "prices.html", f"Price list: {series['group']}", rows=rows, per=per)


def _texts(company: Company) -> list[tuple[str, str, list[str], list[tuple[str, str]]]]:
    series = [(f"/series/{s['code'].lower()}", str(s["group"])) for s in company.series]
    lists = [
        (f"/prices/{s['group'].lower().replace(' ', '-')}", f"Price list: {s['group']}")
        for s in company.series
    ]
    news = [
        ("/news/new-warehouse", "New warehouse opened", "We moved 40,000 pallets in two weekends."),
        ("/news/trade-fair", "Meet us at the trade fair", "Hall 4, stand 210. Coffee is on us."),
        ("/news/iso-audit", "ISO 9001 renewed", "The auditors found nothing to complain about."),
        ("/news/apprentices", "Three new apprentices", "Welcome Ada, Noor and Pavel."),
        (
            "/news/history",
            "Looking back",
            "In 2019 a pressure transmitter cost $112.00. Times change.",
        ),
    ]
    shop = company.name
    return [
        ("/", shop, ["Sensors, valves and fixings for plant builders."], series),
        ("/products", "Products", ["Nine product groups, 24-hour dispatch from stock."], series),
        ("/news", "News", ["What happened lately."], [(p, t) for p, t, _ in news] + lists),
        (
            "/terms",
            "Terms of sale",
            [
                "The minimum order value is $75.00 net per order.",
                "Payment: 30 days net from the date of invoice.",
                "Returns are accepted within 30 days in the original packaging.",
            ],
            [],
        ),
        ("/about", "About us", ["Family-owned since 1961, 140 people, two warehouses."], []),
        ("/contact", "Contact", ["Write to desk@brightwater.example or call 555-0142."], []),
        *((path, title, [text], []) for path, title, text in news),
    ]


def _json_ld(company: Company, text: Shown, base: str) -> Markup:
    item = text.item
    node = {
        "@context": "https://schema.org",
        "@type": "Product",
        "name": item.name,
        "sku": item.sku,
        "mpn": item.mpn,
        "offers": {
            "@type": "Offer",
            "url": f"{base}{item.path}",
            "priceCurrency": "USD",
            "price": text.markup_price,
            "availability": f"https://schema.org/{'InStock' if text.in_stock else 'OutOfStock'}",
        },
    }
    return Markup(json.dumps(node).replace("<", "\\u003c"))
