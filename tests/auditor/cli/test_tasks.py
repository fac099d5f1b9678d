"""One fix clears many: root causes found over whole audits of real pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .conftest import Company

RULE = (
    "Please note that for {sku} the minimum order quantity is 75 pcs; smaller lots are picked by "
    "hand at the counter, for which we charge a handling fee that the invoice shows."
)


@pytest.fixture
def copied(company: Company) -> Company:
    """The same wrong paragraph on two pages, and another wrong one on a third."""
    for slug, name, sku, price in (
        ("tb-100", "Terminal block", "TB-100", "13.10 EUR"),
        ("tb-200", "Terminal block wide", "TB-200", "22.00 EUR"),
        ("rl-500", "Relay", "RL-500", "48.50 EUR"),
    ):
        page = company.directory / f"pages/{slug}.html"
        page.write_text(
            f"<!doctype html><html lang=en><title>{name}</title><main><h1>{name} {sku}</h1>"
            f"<dl><dt>Part number</dt><dd>{sku}</dd><dt>Price</dt><dd>{price}</dd></dl>"
            f"<p>{RULE.format(sku=sku) if sku != 'RL-500' else 'Minimum order: 75 pcs.'}</p></main>"
        )
    company.sellby("-q", "run")
    return company


def test_a_copied_paragraph_is_one_task_and_one_decision(copied: Company) -> None:
    tasks = {task["cause"]: task for task in copied.read("findings", "--tasks")}
    assert sorted(tasks["copy"]["products"]) == ["TB-100", "TB-200"]
    assert tasks["fact"]["products"] == ["RL-500"]
    assert "one fix clears 2 findings on 2 pages" in tasks["copy"]["fix"]
    copied.sellby("ack", tasks["copy"]["id"])
    states = {f["sku"]: f["state"] for f in copied.read("findings")}
    assert states == {"TB-100": "acknowledged", "TB-200": "acknowledged", "RL-500": "open"}


def test_a_task_keeps_its_id_over_nights(copied: Company) -> None:
    before = {task["id"] for task in copied.read("findings", "--tasks")}
    copied.sellby("-q", "run")
    assert {task["id"] for task in copied.read("findings", "--tasks")} == before
