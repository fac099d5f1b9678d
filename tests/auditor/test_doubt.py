"""When one export contradicts many pages, its owner is asked once and nothing else is opened."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from auditor.audit import run_audit
from auditor.config import Config
from auditor.model import Attribute, Product, State, Truth
from auditor.release import Wanted, release
from auditor.store import AuditStore, Filter
from auditor.values.types import Amount, Basis, Interval, Money, Tax
from crawler.snapshot import Outcome, Snapshot
from crawler.store import SnapshotStore

T0 = datetime(2026, 11, 20, 2, tzinfo=UTC)
HOST = "https://shop.example"
SKUS = [f"TB-{number}" for number in range(100, 500, 100)]


def at(day: float) -> datetime:
    return T0 + timedelta(days=day)


class Shop:
    """Four products with a page each; two that contradict one export make a doubt."""

    def __init__(self, directory: Path, **judgement: Any) -> None:
        self.snapshots = SnapshotStore(directory / "sellby.db")
        self.store = AuditStore(directory / "sellby.db")
        source = {"kind": "website", "start": [f"{HOST}/"], "language": "en-US"}
        source |= {"currency": "EUR", "tax": "excl", "name": "web"}
        self.config = Config.model_validate(
            {
                "sources": {"web": source},
                "feeds": {"erp": {"path": "erp.csv", "owner": "pim@acme.example"}},
                "judgement": {"doubt_pages": 3, **judgement},
            }
        )
        products = [Product(sku, f"Terminal block {sku}", urls=(f"{HOST}/{sku}",)) for sku in SKUS]
        self.store.catalogue.apply("products", products, at(-30))
        self.feed(-30, dict.fromkeys(SKUS, "10.00"))
        self.visit(0, dict.fromkeys(SKUS, "10.00"))
        assert self.audit(0) == Counter(match=4)

    def feed(self, day: float, prices: dict[str, str], start: datetime | None = None) -> None:
        truths = [
            Truth(
                sku,
                Attribute.PRICE,
                "",
                Money(Amount(price, (Interval.point(Decimal(price)),)), "EUR"),
                Basis(tax=Tax.EXCL),
                valid_from=start,
                feed="erp",
                row="erp.csv:2",
            )
            for sku, price in prices.items()
        ]
        self.store.catalogue.apply("erp", truths, at(day))

    def visit(self, day: float, prices: dict[str, str]) -> None:
        for sku, price in prices.items():
            body = (
                f"<html lang=en><title>{sku}</title><body><main><h1>Terminal block {sku}</h1>"
                f"<dl><dt>Part number<dd>{sku}<dt>Price<dd>{price} EUR</dl></main>"
            ).encode()
            url = f"{HOST}/{sku}"
            snapshot = Snapshot("web", url, at(day), Outcome.OK, 200, "text/html", "utf-8", body)
            self.snapshots.save([snapshot])

    def audit(self, day: float) -> Counter[str]:
        summary = run_audit(self.config, self.snapshots, self.store, as_of=at(day))
        self.incidents = {i.subject: i.message for i in summary.incidents}
        counts = Counter(match=summary.matches, wrong=summary.wrong, left=summary.not_judged)
        return +counts

    def release(self, day: float) -> None:
        release(self.config, self.store, Wanted("erp", (), "ines", "new list"), at(day))

    def open(self) -> int:
        found = self.store.findings.matching(Filter(every_state=True))
        return sum(finding.state is State.OPEN for finding in found)


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    made = Shop(tmp_path)
    yield made
    made.snapshots.close()
    made.store.close()


OLD = dict.fromkeys(SKUS, "10.00")
NEW = dict.fromkeys(SKUS, "12.00")


def test_an_export_that_contradicts_many_pages_is_one_question_and_no_finding(shop: Shop):
    shop.feed(1, NEW)
    shop.visit(3, OLD)
    assert shop.audit(3) == Counter(left=4)
    assert shop.open() == 0
    assert set(shop.incidents) == {"erp"}
    assert shop.incidents["erp"].startswith("4 pages that agreed before now contradict")
    assert "pim@acme.example" in shop.incidents["erp"]


def test_pages_are_not_forgotten_while_the_change_is_within_the_grace(shop: Shop):
    shop.feed(0.9, OLD)
    shop.feed(1, NEW)
    shop.visit(1.1, OLD)
    assert shop.audit(1.1) == Counter(left=4)
    assert shop.incidents == {}
    shop.visit(3, OLD)
    assert shop.audit(3) == Counter(left=4)
    assert set(shop.incidents) == {"erp"}


def test_fewer_pages_than_the_bound_are_findings_as_usual(shop: Shop):
    shop.feed(1, {**OLD, "TB-100": "12.00", "TB-200": "12.00"})
    shop.visit(3, OLD)
    assert shop.audit(3) == Counter(match=2, wrong=2)
    assert shop.open() == 2


def test_pages_that_said_something_else_before_do_not_count(shop: Shop):
    shop.feed(1, NEW)
    shop.visit(3, {**OLD, "TB-100": "11.00", "TB-200": "11.00"})
    assert shop.audit(3) == Counter(wrong=4)


def test_a_doubt_stays_until_it_is_released_and_is_then_not_raised_again(shop: Shop):
    shop.feed(1, NEW)
    for day in (3, 4):
        shop.visit(day, OLD)
        assert shop.audit(day) == Counter(left=4)
    shop.release(4.1)
    assert not shop.store.catalogue.doubts.open()
    assert not [i for i in shop.store.audits.open_incidents() if i.kind == "source_doubt"]
    shop.visit(5, OLD)
    assert shop.audit(5) == Counter(wrong=4)
    assert shop.open() == 4
    assert shop.store.catalogue.releases.of("erp")[0].kind == "doubt"


def test_a_doubt_is_over_when_the_export_is_taken_back(shop: Shop):
    shop.feed(1, NEW)
    shop.visit(3, OLD)
    shop.audit(3)
    shop.feed(4, OLD)
    shop.visit(6, OLD)
    assert shop.audit(6) == Counter(match=4)
    assert shop.incidents == {}


def test_a_doubt_is_over_when_the_pages_follow(shop: Shop):
    shop.feed(1, NEW)
    shop.visit(3, OLD)
    shop.audit(3)
    shop.visit(4, {**NEW, "TB-100": "10.00"})
    assert shop.audit(4) == Counter(match=3, wrong=1)
    assert shop.incidents == {}


def test_a_change_that_was_announced_is_no_doubt(shop: Shop):
    shop.feed(0.5, NEW, start=at(2))
    shop.visit(4, OLD)
    assert shop.audit(4) == Counter(wrong=4)


def test_the_question_can_be_switched_off(tmp_path: Path):
    shop = Shop(tmp_path, doubt_pages=None)
    shop.feed(1, NEW)
    shop.visit(3, OLD)
    assert shop.audit(3) == Counter(wrong=4)
    shop.snapshots.close()
    shop.store.close()


def test_a_finding_from_before_the_doubt_stays_where_it_is(shop: Shop):
    shop.visit(0.5, {**OLD, "TB-400": "9.00"})
    assert shop.audit(0.5) == Counter(match=3, wrong=1)
    shop.feed(1, NEW)
    shop.visit(3, {**OLD, "TB-400": "9.00"})
    assert shop.audit(3) == Counter(left=4)
    assert shop.open() == 1
