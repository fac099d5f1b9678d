"""From counted pages and terms to products."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from auditor.demand import PageIndex, folded, laid_out, lay, rescore, unique_names
from auditor.feeds.interface import Signal
from auditor.model import Product
from auditor.popularity import classes, factors, group_scores, scores
from auditor.store import AuditStore
from auditor.store.demand import Batch
from crawler.store import SnapshotStore, Views
from crawler.store.documents import count_views

if TYPE_CHECKING:
    from pathlib import Path

SHOP = "https://www.shop.example"
NOW = datetime(2026, 11, 28, tzinfo=UTC)
PAGES = PageIndex(
    [
        ("", f"{SHOP}/p/a", "A", True),
        ("web", f"{SHOP}/p/a", "A", False),
        ("web", f"{SHOP}/p/a", "B", False),
        ("web", f"{SHOP}/list", "A", False),
        ("web", f"{SHOP}/list", "B", False),
        ("web", f"{SHOP}/item?id=7", "C", False),
        ("web", f"{SHOP}/both", "A", False),
        ("wiki", "https://wiki.example/both", "B", False),
    ]
)


@pytest.mark.parametrize(
    ("address", "shares"),
    [
        (f"{SHOP}/nowhere", ()),
        ("/nowhere", ()),
        ("/p/a", (("A", 1.0),)),
        ("http://shop.example/p/a/?utm_source=mail#top", (("A", 1.0),)),
        ("/list", (("A", 0.5), ("B", 0.5))),
        ("/item?id=7", (("C", 1.0),)),
        ("/item?id=8", ()),
        ("/both", ()),
        ("wiki.example/both", (("B", 1.0),)),
    ],
)
def test_a_page_goes_to_its_own_product_else_in_shares_to_those_it_speaks_of(
    address: str, shares: tuple[tuple[str, float], ...]
) -> None:
    assert PAGES.products(address) == shares


def test_what_a_knowledge_base_counts_itself_reaches_the_products_it_speaks_of(
    tmp_path: Path,
) -> None:
    page = "https://wiki.example/a"
    with SnapshotStore(tmp_path / "sellby.db") as snapshots:
        for night, views in ((0, 1000), (7, 1070), (8, 5), (9, 25)):  # it was reset in between
            snapshots.save(
                [],
                also=lambda connection, at=night, all_views=views: count_views(
                    connection, "wiki", [Views(page, date(2026, 11, 1 + at), all_views)]
                ),
            )
    with AuditStore(tmp_path / "sellby.db") as store:
        store.catalogue.apply("pim", [Product("A", urls=(page,))], NOW)
        batches: list[Batch] = []

        def alike(found: list[Batch]) -> list[float]:
            batches.extend(found)
            return [1.0] * len(found)

        rates = list(store.catalogue.demand.rates(alike))
        assert rates == [("wiki", "url", page, "kms_views", 90.0)]
        assert [(batch.day, batch.window_days) for batch in batches] == [
            (date(2026, 11, 8), 7),
            (date(2026, 11, 10), 1),
        ]
        (scored,) = rescore(store.catalogue)
        assert scored.sku == "A"
        assert [name for name, _count, _points in scored.parts] == ["kms_views"]


def test_a_path_of_two_sites_is_settled_by_the_site_that_was_counted() -> None:
    assert PAGES.products("/both", frozenset({"wiki"})) == (("B", 1.0),)


def test_what_belongs_to_no_product_is_told_and_not_lost() -> None:
    names = unique_names([("A", "A"), ("A", "Hex bolt"), ("B", "Nut"), ("C", "nut")])
    laid = lay(
        [
            ("ga", "url", "/list", "pageviews", 10.0),
            ("ga", "url", "/about", "pageviews", 30.0),
            ("s", "term", "HEX  bolt", "searches", 4.0),
            ("s", "term", "nut", "searches", 6.0),
            ("erp", "sku", "A", "orders", 2.0),
        ],
        PAGES,
        names,
        {},
    )
    assert laid.rates == {
        ("A", "pageviews"): 5.0, ("B", "pageviews"): 5.0, ("A", "searches"): 4.0,
        ("A", "orders"): 2.0,
    }  # fmt: skip
    assert laid.unmatched == {("pageviews", "url"): 30.0, ("searches", "term"): 6.0}
    assert laid.examples["searches", "term"] == [(6.0, "nut")]
    assert folded("HEX  bolt") == "hex bolt"


def test_recent_days_weigh_more_and_the_pace_of_export_does_not() -> None:
    daily = [Batch("f", "orders", date(2026, 11, day), 1) for day in range(1, 29)]
    weekly = [Batch("f", "orders", date(2026, 11, day), 7) for day in (7, 14, 21, 28)]
    by_day = sum(2 * factor for factor in factors(daily))
    by_week = sum(14 * factor for factor in factors(weekly))
    assert by_day == pytest.approx(60)
    assert by_week == pytest.approx(60)
    rising = factors(daily)
    assert rising == sorted(rising)


def test_signals_of_pages_and_days_make_scores(tmp_path: object) -> None:
    with AuditStore(":memory:") as store:
        products = [Product("A", urls=(f"{SHOP}/p/a",)), Product("B", urls=(f"{SHOP}/p/b",))]
        store.catalogue.apply("products", products, NOW)
        days = [date(2026, 11, 27) - timedelta(days=n) for n in range(3)]
        views = [Signal("/p/a", "pageviews", Decimal(9), 1, "url", day) for day in days]
        views += [Signal("/p/b", "pageviews", Decimal(3), 1, "url", day) for day in days[:1]]
        store.catalogue.apply("views", views, NOW)
        found = {known.sku: known for known in rescore(store.catalogue)}
        assert found["A"].parts == (("pageviews", Decimal(270), 100.0),)
        assert 0 < (found["B"].score or 0) < 100
        assert store.catalogue.popularity() == found
        assert laid_out(store.catalogue).unmatched == {}


def test_a_feed_of_changes_forgets_what_is_older_than_a_year_and_a_month() -> None:
    from auditor.store.feed_runs import Export

    with AuditStore(":memory:") as store:
        for number, day in enumerate((date(2025, 1, 1), date(2026, 11, 1))):
            record = Signal("A", "orders", Decimal(1), 1, "sku", day)
            store.catalogue.apply(
                "erp", [record], NOW + timedelta(days=number), export=Export(full=False)
            )
        kept = [row[0] for row in store.database.execute("select day from signal")]
        assert kept == ["2026-11-01"]


def test_a_group_is_ranked_by_what_its_products_have_together() -> None:
    made = [("A", "orders", Decimal(50), 30), ("B", "orders", Decimal(60), 30)]
    made += [(f"T{n}", "orders", Decimal(1), 30) for n in range(100)]
    products = [Product("A", group="few"), Product("B", group="one")]
    products += [Product(f"T{n}", group="few") for n in range(100)]
    groups = group_scores({p.sku: p for p in scores(made)}, products)
    assert (groups["few"].score or 0) > (groups["one"].score or 0)


def test_classes_fall_back_to_page_views_where_nothing_is_ordered() -> None:
    made = scores([(s, "pageviews", Decimal(n), 30) for s, n in (("x", 80), ("y", 15), ("z", 5))])
    assert classes(made) == {"x": "A", "y": "B", "z": "C"}


def test_a_database_from_before_keeps_its_signals() -> None:
    with AuditStore(":memory:") as store:
        from auditor.store.schema.m008_signals import m008_signals

        db = store.database
        db.execute("drop table signal")
        db.execute(
            "create table signal (feed text, sku text, signal text, value text, "
            "window_days integer, primary key (feed, sku, signal)) strict, without rowid"
        )
        db.execute("insert into signal values ('pop', 'A', 'orders', '9', 90)")
        m008_signals(db)
        rows = list(db.execute("select * from signal"))
        assert rows == [("pop", "sku", "A", "orders", "", "9", 90)]
        assert [known.sku for known in rescore(store.catalogue)] == ["A"]
