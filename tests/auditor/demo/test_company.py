"""The invented company is as large as promised and wrong exactly where it says."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from auditor.demo.company import Company, load_company
from auditor.demo.feeds import write_feeds
from auditor.demo.pages import website, wiki

TODAY = date(2026, 11, 22)


@pytest.fixture(scope="module")
def company() -> Company:
    return load_company(TODAY)


def test_two_loads_on_one_day_give_the_same_company(company: Company) -> None:
    assert load_company(TODAY) == company


def test_it_is_as_large_as_a_small_distributor(company: Company) -> None:
    assert len(company.items) >= 120
    assert len({item.group for item in company.items}) >= 6
    assert len({item.template for item in company.items}) >= 2
    assert len(website(company, "http://shop.example")) >= 150
    assert len(wiki(company)) >= 40


def test_its_feeds_hold_past_and_scheduled_truths(company: Company, tmp_path: Path) -> None:
    write_feeds(company, tmp_path, "http://shop.example")
    with (tmp_path / "truths.csv").open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    past = [row for row in rows if row["valid_to"] and row["valid_to"] <= TODAY.isoformat()]
    scheduled = [row for row in rows if row["valid_from"] > TODAY.isoformat()]
    assert len(past) > 100
    assert len(scheduled) > 20


def test_every_mistake_is_about_a_product_and_a_page_that_exist(company: Company) -> None:
    articles = wiki(company)
    for mistake in company.mistakes:
        assert mistake.sku in company.by_sku
        if mistake.page.startswith("wiki:"):
            assert mistake.sku in articles[mistake.page.removeprefix("wiki:")]


def test_no_fact_is_wrong_twice(company: Company) -> None:
    facts = Counter((m.sku, m.attribute, m.key, m.page) for m in company.mistakes)
    assert max(facts.values()) == 1


def test_one_truth_of_each_fact_is_in_force(company: Company) -> None:
    in_force = Counter(
        (fact.sku, fact.attribute, fact.key, fact.min_qty)
        for fact in company.facts
        if fact.in_force(TODAY)
    )
    assert max(in_force.values()) == 1
