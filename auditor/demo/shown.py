"""What a page of the invented company shows: the truth, unless a mistake says otherwise."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from auditor.demo.company import Company, Fact, Item, Mistake

_AVAILABILITY = {"in_stock": "In stock", "out_of_stock": "Out of stock"}


@dataclass(frozen=True, slots=True)
class Break:
    """One row of a price table."""

    quantity: str
    price: str


@dataclass(frozen=True, slots=True)
class Shown:
    """The texts of one product on one page; empty where the page leaves a fact out."""

    item: Item
    price: str
    price_per: str
    was_price: str
    sale_ends: str
    breaks: tuple[Break, ...]
    moq: str
    order_multiple: str
    pack_size: str
    lead_time: str
    availability: str
    specs: tuple[tuple[str, str], ...]
    markup_price: str
    in_stock: bool


def shown(company: Company, item: Item, page: str = "product") -> Shown:
    """What ``page`` ("product" or "wiki:TITLE") shows of ``item`` today."""
    mistakes = {
        (m.attribute, m.key): m for m in company.mistakes if (m.sku, m.page) == (item.sku, page)
    }
    price = _price(company, item, mistakes.get(("price", "")))
    sale = mistakes.get(("price", "sale"))
    text = Shown(
        item=item,
        price=_money(price),
        price_per=f"per {price.price_per} pcs" if price.price_per != 1 else "",
        was_price="",
        sale_ends="",
        breaks=_breaks(company, item, mistakes.get(("price", ""))),
        moq=_plain(company, item, "moq", mistakes),
        order_multiple=_plain(company, item, "order_multiple", mistakes),
        pack_size=_plain(company, item, "pack_size", mistakes),
        lead_time=_lead_time(company, item, mistakes.get(("lead_time", ""))),
        availability=_AVAILABILITY.get(_plain(company, item, "availability", mistakes), ""),
        specs=_specs(company, item, mistakes),
        markup_price=_markup_price(company, item, mistakes, price),
        in_stock=_plain(company, item, "availability", mistakes) == "in_stock",
    )
    return _on_sale(company, item, text) if sale and sale.show == "expired" else text


def day(value: date) -> str:
    """A date as the shop prints it: "October 31, 2026"."""
    return f"{value:%B} {value.day}, {value.year}"


def duration(value: str, unit: str) -> str:
    """A lead time as the shop prints it: "2 to 3 weeks"."""
    return f"{value.replace('..', ' to ')} {unit.replace('_', ' ')}"


def _chosen(company: Company, how: str, sku: str, attribute: str, min_qty: str = "") -> Fact:
    history = company.history(sku, attribute, "", min_qty)
    now = next(i for i, fact in enumerate(history) if fact.in_force(company.today))
    step = {"previous": -1, "scheduled": 1}.get(how, 0)
    return history[now + step]


def _price(company: Company, item: Item, mistake: Mistake | None) -> Fact:
    how = mistake.show if mistake else ""
    if how.startswith("other:"):
        return _chosen(company, "", how.removeprefix("other:"), "price")
    fact = _chosen(company, how, item.sku, "price")
    if how == "x10":
        return replace(fact, value=str(Decimal(fact.value) * 10))
    return replace(fact, price_per=1) if how == "piece" else fact


def _breaks(company: Company, item: Item, mistake: Mistake | None) -> tuple[Break, ...]:
    how = mistake.show if mistake else ""
    quantities = [f.min_qty for f in company.facts if f.sku == item.sku and f.min_qty]
    rows = [
        Break(quantity, _money(_chosen(company, how, item.sku, "price", quantity)))
        for quantity in dict.fromkeys(quantities)
    ]
    if how.startswith("extra:") and rows:
        lowest = Decimal(rows[-1].price.removeprefix("$")) * Decimal("0.9")
        rows.append(Break(how.removeprefix("extra:"), f"${lowest:.2f}"))
    return tuple(rows)


def _plain(
    company: Company, item: Item, attribute: str, mistakes: dict[tuple[str, str], Mistake]
) -> str:
    if not company.history(item.sku, attribute):
        return ""
    mistake = mistakes.get((attribute, ""))
    return _chosen(company, mistake.show if mistake else "", item.sku, attribute).value


def _lead_time(company: Company, item: Item, mistake: Mistake | None) -> str:
    fact = _chosen(company, mistake.show if mistake else "", item.sku, "lead_time")
    return duration(fact.value, fact.unit)


def _specs(
    company: Company, item: Item, mistakes: dict[tuple[str, str], Mistake]
) -> tuple[tuple[str, str], ...]:
    rows = []
    for fact in company.facts:
        if fact.sku != item.sku or fact.attribute != "spec":
            continue
        mistake = mistakes.get(("spec", fact.key))
        if mistake and mistake.show == "missing":
            continue
        value = mistake.show.removeprefix("value:") if mistake else fact.value
        rows.append((fact.key, f"{value.replace('..', ' to ')} {fact.unit}".strip()))
    return tuple(rows)


def _markup_price(
    company: Company, item: Item, mistakes: dict[tuple[str, str], Mistake], visible: Fact
) -> str:
    mistake = mistakes.get(("price", ""))
    if mistake and mistake.show == "markup":
        return _chosen(company, "previous", item.sku, "price").value
    return visible.value


def _on_sale(company: Company, item: Item, text: Shown) -> Shown:
    sale = company.history(item.sku, "price", "sale")[-1]
    assert sale.valid_to is not None
    return replace(
        text,
        price=_money(sale),
        was_price=text.price,
        sale_ends=day(sale.valid_to),
        markup_price=sale.value,
    )


def _money(fact: Fact) -> str:
    return f"${Decimal(fact.value):,.2f}"
