from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auditor.errors import FeedError
from auditor.feeds import Signal
from auditor.model import Attribute, Popularity, Product, RejectedRow, Truth
from auditor.store import AuditStore
from auditor.store.feed_runs import Export, Verdict
from auditor.values.types import Amount, Basis, Interval, Money, Quantity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from auditor.store.catalogue import CatalogueStore

NIGHT = datetime(2026, 11, 1, 3, tzinfo=UTC)
"""The first night; ``night(n)`` the n-th after it, each export written four hours earlier."""


def night(number: int) -> datetime:
    return NIGHT + timedelta(days=number)


def export(number: int, **options: object) -> Export:
    return Export(night(number) - timedelta(hours=4), **options)


def day(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def price(sku: str, amount: str, start: str = "", end: str = "", key: str = "") -> Truth:
    value = Money(Amount(amount, (Interval.point(Decimal(amount)),)), "EUR")
    return Truth(
        sku,
        Attribute.PRICE,
        key,
        value,
        valid_from=day(start) if start else None,
        valid_to=day(end) if end else None,
        feed="erp",
        row="erp.csv:2",
    )


def moq(sku: str, amount: str) -> Truth:
    value = Quantity(Amount(amount, (Interval.point(Decimal(amount)),)), "pcs")
    return Truth(sku, Attribute.MOQ, "", value, feed="erp", row="erp.csv:3")


def windows(store: CatalogueStore, sku: str) -> list[tuple[str, str, str]]:
    return [
        (
            truth.value.amount.text,
            f"{truth.valid_from:%Y-%m-%d %H}" if truth.valid_from else "",
            f"{truth.valid_to:%Y-%m-%d %H}" if truth.valid_to else "",
        )
        for truth in store.truths(sku)
    ]


def in_force(store: CatalogueStore, sku: str, at: datetime) -> list[str]:
    return [truth.value.amount.text for truth in store.truths(sku) if truth.in_force(at)]


@pytest.fixture
def catalogue(tmp_path) -> Iterator[CatalogueStore]:
    with AuditStore(tmp_path / "sellby.db") as store:
        yield store.catalogue


def test_a_price_list_alone_names_the_products_until_a_feed_lists_them(catalogue):
    catalogue.apply("erp", [price("A", "1"), price("B", "2"), moq("A", "5")], night(0))
    assert [product.sku for product in catalogue.products()] == ["A", "B"]
    catalogue.apply("pim", [Product("A", "Valve")], night(1))
    assert [(product.sku, product.name) for product in catalogue.products()] == [("A", "Valve")]


# Nothing is lost -------------------------------------------------------------------------------


def test_a_feed_that_breaks_off_changes_nothing(catalogue):
    catalogue.apply("erp", [price("A", "10"), price("B", "5")], night(0), export=export(0))

    def broken() -> Iterator[object]:
        yield price("A", "11")
        raise FeedError("erp.csv: from about line 3 on it is not utf-8")

    with pytest.raises(FeedError):
        catalogue.apply("erp", broken(), night(1), export=export(1))
    assert windows(catalogue, "A") == [("10", "", "")]
    catalogue.record_failure("erp", night(1), "erp.csv: half-written")
    (run,) = catalogue.feeds()
    assert (run.state, run.message, run.read_at) == ("failed", "erp.csv: half-written", night(1))


def test_a_closed_gate_keeps_the_last_good_truth_and_says_why(catalogue):
    catalogue.apply("erp", [price("A", "10")], night(0), export=export(0))
    summary = catalogue.apply(
        "erp",
        [price("A", "1000")],
        night(1),
        export=export(1, gate=lambda *_: Verdict(True, "times a hundred")),
    )
    assert (summary.state, summary.message) == ("quarantined", "times a hundred")
    assert windows(catalogue, "A") == [("10", "", "")]
    assert catalogue.feeds()[0].state == "quarantined"


def test_a_dry_run_tells_the_difference_and_writes_nothing(catalogue):
    catalogue.apply("erp", [price("A", "10"), price("B", "5")], night(0), export=export(0))
    summary = catalogue.apply(
        "erp",
        [price("A", "11"), price("C", "7"), RejectedRow("erp.csv", 9, "no")],
        night(1),
        export=export(1),
        dry_run=True,
    )
    assert (summary.added, summary.changed, summary.missing, summary.rejected) == (1, 1, 1, 1)
    assert summary.dry_run
    assert windows(catalogue, "A") == [("10", "", "")]
    assert [run.read_at for run in catalogue.feeds()] == [night(0)]


def test_the_same_export_again_changes_nothing(catalogue):
    records = [Product("A", "Pump"), price("A", "10"), Signal("A", "orders", Decimal(3), 30)]
    first = catalogue.apply("erp", records, night(0), export=export(0))
    again = catalogue.apply("erp", records, night(1), export=export(1))
    assert (first.state, first.added) == ("applied", 3)
    assert (again.state, again.added, again.changed, again.unchanged) == ("unchanged", 0, 0, 3)


def test_a_number_written_otherwise_is_no_change(catalogue):
    for number, amount in enumerate(["200", "200.00", "2E+2"]):
        summary = catalogue.apply("erp", [price("A", amount)], night(number), export=export(number))
        assert summary.state == ("applied" if number == 0 else "unchanged")
    assert windows(catalogue, "A") == [("200", "", "")]


# Truths over time ------------------------------------------------------------------------------


def test_a_value_that_changes_without_dates_ends_where_the_export_before_was_written(catalogue):
    catalogue.apply("erp", [price("A", "10")], night(0), export=export(0))
    summary = catalogue.apply("erp", [price("A", "11")], night(1), export=export(1))
    assert (summary.added, summary.changed, summary.unchanged) == (0, 1, 0)
    assert windows(catalogue, "A") == [("10", "", "2026-10-31 23"), ("11", "2026-10-31 23", "")]


def test_an_old_file_read_night_after_night_confirms_its_values_until_the_last_but_one(catalogue):
    old = Export(day("2026-06-01"))
    for number in range(3):
        catalogue.apply("erp", [price("A", "10")], night(number), export=old)
    catalogue.apply("erp", [price("A", "11")], night(3), export=export(3))
    assert windows(catalogue, "A")[1] == ("11", "2026-11-02 03", "")


def test_an_old_file_read_once_confirms_its_values_until_a_day_before(catalogue):
    catalogue.apply("erp", [price("A", "10")], night(0), export=Export(day("2024-06-01")))
    catalogue.apply("erp", [price("A", "11")], night(1), export=export(1))
    assert windows(catalogue, "A")[1] == ("11", "2026-10-31 03", "")


def test_every_change_leaves_a_version(catalogue):
    for number, amount in enumerate(["10", "11", "10", "12"]):
        catalogue.apply("erp", [price("A", amount)], night(number), export=export(number))
    assert [text for text, _start, _end in windows(catalogue, "A")] == ["10", "11", "10", "12"]
    for hour in range(0, 24 * 6, 5):
        assert len(in_force(catalogue, "A", night(-1) + timedelta(hours=hour))) == 1


def test_past_and_future_truths_of_the_feed_are_kept(catalogue):
    rows = [
        price("A", "9", "2025-01-01", "2026-01-01"),
        price("A", "10", "2026-01-01", "2027-01-01"),
        price("A", "11", "2027-01-01"),
    ]
    catalogue.apply("erp", rows, night(0), export=export(0))
    assert in_force(catalogue, "A", day("2025-06-01")) == ["9"]
    assert in_force(catalogue, "A", day("2026-06-01")) == ["10"]
    assert in_force(catalogue, "A", day("2028-01-01")) == ["11"]


def test_past_truths_stay_when_the_feed_stops_stating_them(catalogue):
    past, now = price("A", "9", "2025-01-01", "2026-01-01"), price("A", "10", "2026-01-01")
    catalogue.apply("erp", [past, now], night(0), export=export(0))
    for number in (1, 2, 3):
        summary = catalogue.apply("erp", [now], night(number), export=export(number))
        assert (summary.state, summary.missing, summary.removed) == ("unchanged", 0, 0)
    assert in_force(catalogue, "A", day("2025-06-01")) == ["9"]


def test_a_price_with_a_later_start_ends_the_one_that_is_gone(catalogue):
    catalogue.apply("erp", [price("A", "10", "2026-01-01")], night(0), export=export(0))
    summary = catalogue.apply("erp", [price("A", "11", "2026-11-02")], night(1), export=export(1))
    assert summary.changed == 1
    assert windows(catalogue, "A") == [
        ("10", "2026-01-01 00", "2026-11-02 00"),
        ("11", "2026-11-02 00", ""),
    ]


def test_open_ends_are_closed_by_the_next_start_on_reading(catalogue):
    rows = [price("A", "10", "2026-01-01"), price("A", "11", "2026-06-01")]
    catalogue.apply("erp", rows, night(0), export=export(0))
    assert in_force(catalogue, "A", night(0)) == ["11"]
    assert in_force(catalogue, "A", day("2026-03-01")) == ["10"]


def test_a_promotion_with_an_end_does_not_end_the_price_before_it(catalogue):
    rows = [price("A", "10", "2026-01-01"), price("A", "8", "2026-06-01", "2026-07-01")]
    catalogue.apply("erp", rows, night(0), export=export(0))
    assert in_force(catalogue, "A", night(0)) == ["10"]


def test_a_future_price_that_is_postponed_never_held(catalogue):
    now = price("A", "10", "2026-01-01")
    catalogue.apply("erp", [now, price("A", "12", "2027-03-01")], night(0), export=export(0))
    catalogue.apply("erp", [now, price("A", "12", "2027-04-01")], night(1), export=export(1))
    assert in_force(catalogue, "A", day("2027-03-15")) == ["10"]
    assert in_force(catalogue, "A", day("2027-04-15")) == ["12"]


def test_a_value_corrected_under_the_same_start_holds_from_when_it_was_known(catalogue):
    catalogue.apply("erp", [price("A", "10", "2026-01-01")], night(0), export=export(0))
    catalogue.apply("erp", [price("A", "11", "2026-01-01")], night(1), export=export(1))
    assert in_force(catalogue, "A", day("2026-06-01")) == ["10"]
    assert in_force(catalogue, "A", night(1)) == ["11"]


def test_two_rows_that_contradict_are_both_in_force(catalogue):
    catalogue.apply("erp", [price("A", "10"), price("A", "12")], night(0), export=export(0))
    assert in_force(catalogue, "A", night(0)) == ["10", "12"]
    catalogue.apply("erp", [price("A", "12")], night(1), export=export(1))
    catalogue.apply("erp", [price("A", "12")], night(2), export=export(2))
    assert in_force(catalogue, "A", night(2)) == ["12"]


# Removal ---------------------------------------------------------------------------------------


def test_a_fact_is_ended_only_when_two_exports_in_a_row_lack_it(catalogue):
    catalogue.apply("erp", [price("A", "10"), price("B", "5")], night(0), export=export(0))
    first = catalogue.apply("erp", [price("A", "10")], night(1), export=export(1))
    assert (first.missing, first.removed) == (1, 0)
    assert in_force(catalogue, "B", night(1)) == ["5"]
    second = catalogue.apply("erp", [price("A", "10")], night(2), export=export(2))
    assert (second.missing, second.removed) == (0, 1)
    assert windows(catalogue, "B") == [("5", "", "2026-11-02 03")]


def test_a_fact_that_comes_back_starts_its_count_anew(catalogue):
    both = [price("A", "10"), price("B", "5")]
    for number, rows in enumerate([both, both[:1], both, both[:1]]):
        catalogue.apply("erp", rows, night(number), export=export(number))
    assert in_force(catalogue, "B", night(4)) == ["5"]


def test_the_same_export_read_twice_is_no_second_absence(catalogue):
    catalogue.apply("erp", [price("A", "10"), price("B", "5")], night(0), export=export(0))
    for number in (1, 2, 3):
        catalogue.apply("erp", [price("A", "10")], night(number), export=export(1))
    assert in_force(catalogue, "B", night(4)) == ["5"]


def test_a_delta_feed_never_removes(catalogue):
    catalogue.apply("erp", [Product("B"), price("A", "10"), price("B", "5")], night(0))
    for number in (1, 2, 3):
        rows = [price("A", f"1{number}")]
        catalogue.apply("erp", rows, night(number), export=export(number, full=False))
    assert in_force(catalogue, "B", night(4)) == ["5"]
    assert in_force(catalogue, "A", night(4)) == ["13"]
    assert [product.sku for product in catalogue.products()] == ["B"]


def test_what_a_whole_item_no_longer_states_ends_at_once(catalogue):
    sale = price("A", "8", key="sale")
    catalogue.apply("shop", [Product("A"), price("A", "10"), sale], night(0), export=export(0))
    summary = catalogue.apply(
        "shop", [Product("A"), price("A", "10")], night(1), export=export(1, whole=True)
    )
    assert summary.removed == 1
    assert in_force(catalogue, "A", night(1)) == ["10"]


def test_what_a_whole_item_states_unreadably_is_not_ended(catalogue):
    catalogue.apply("shop", [Product("A"), price("A", "10")], night(0), export=export(0))
    rows = [Product("A"), RejectedRow("feed.xml", 4, "g:price: '1O' is no price")]
    catalogue.apply("shop", rows, night(1), export=export(1, whole=True))
    assert in_force(catalogue, "A", night(1)) == ["10"]


def test_a_future_truth_that_is_withdrawn_never_holds(catalogue):
    now = price("A", "10", "2026-01-01")
    catalogue.apply("erp", [now, price("A", "12", "2027-03-01")], night(0), export=export(0))
    for number in (1, 2):
        catalogue.apply("erp", [now], night(number), export=export(number))
    assert in_force(catalogue, "A", day("2027-04-01")) == ["10"]


def test_one_feed_does_not_end_what_another_states(catalogue):
    catalogue.apply("erp", [price("A", "10")], night(0), export=export(0))
    for number in (1, 2, 3):
        catalogue.apply("other", [moq("A", "5")], night(number), export=export(number))
    assert len(catalogue.truths("A")) == 2


# Products, popularity, runs --------------------------------------------------------------------


def test_the_feed_read_first_wins_and_others_fill_gaps(catalogue):
    catalogue.apply("pim", [Product("A", "Pump", aliases=("old",), urls=("/a",))], night(0))
    shop = Product("A", "PUMP!!", gtin="123", aliases=("P7",), urls=("/b",))
    catalogue.apply("shop", [shop], night(0))
    assert catalogue.products() == [
        Product("A", "Pump", gtin="123", aliases=("P7", "old"), urls=("/a", "/b"))
    ]


def test_a_product_is_gone_when_two_exports_of_every_feed_lack_it(catalogue):
    for number, rows in enumerate([[Product("A"), Product("B")], [Product("A")], [Product("A")]]):
        assert len(catalogue.products()) == (0 if number == 0 else 2)
        catalogue.apply("pim", rows, night(number), export=export(number))
    assert [product.sku for product in catalogue.products()] == ["A"]


def test_popularity_signals_are_replaced_by_each_export(catalogue):
    rows = [Signal("A", "orders", Decimal(3), 30), Signal("B", "orders", Decimal("2.5"), 90)]
    catalogue.apply("pop", rows, night(0), export=export(0))
    summary = catalogue.apply(
        "pop", [Signal("A", "orders", Decimal(4), 30)], night(1), export=export(1)
    )
    assert (summary.changed, summary.removed) == (1, 1)
    rates = list(catalogue.demand.rates(lambda batches: [1.0] * len(batches)))
    assert rates == [("pop", "sku", "A", "orders", 4.0)]


def test_popularity_comes_back_as_saved(catalogue):
    saved = Popularity(
        "A", 63.5, (("orders", Decimal("12.5"), 40.0), ("searches", Decimal(0), 0.0))
    )
    catalogue.save_popularity([saved])
    assert catalogue.popularity() == {"A": saved}


def test_a_truth_comes_back_as_it_was_read(catalogue):
    value = Money(Amount("12.40", (Interval.point(Decimal("12.40")),)), "EUR")
    basis = Basis(Decimal(100), "m", Decimal(500), market="DE", unit_stated=True)
    truth = Truth(
        "A", Attribute.PRICE, "", value, basis, day("2026-01-01"), day("2027-01-01"),
        feed="erp", row="prices.csv:17",
    )  # fmt: skip
    catalogue.apply("erp", [truth], night(0))
    (read,) = catalogue.truths("A")
    assert (read.value, read.basis, read.row) == (value, basis, "prices.csv:17")
    assert (read.valid_from, read.valid_to) == (truth.valid_from, truth.valid_to)
    assert read.first_seen == night(0)
    assert catalogue.truths_many(["A", "B"]) == {"A": [read], "B": []}


def test_a_fact_that_moved_to_another_row_is_found_there(catalogue):
    truth = price("A", "10")
    catalogue.apply("erp", [truth], night(0), export=export(0))
    moved = replace(truth, row="erp.csv:99")
    summary = catalogue.apply("erp", [moved], night(1), export=export(1))
    assert summary.state == "unchanged"
    assert [found.row for found in catalogue.truths("A")] == ["erp.csv:99"]


def test_spec_names_are_folded(catalogue):
    value = Quantity(Amount("24", (Interval.point(Decimal(24)),)), "V")
    catalogue.apply("pim", [Truth("A", Attribute.SPEC, "Supply  Voltage", value)], night(0))
    assert catalogue.spec_names() == {"supply voltage": "Supply  Voltage"}


def test_rejected_rows_are_those_of_the_newest_run(catalogue):
    rejected = RejectedRow("erp.csv", 7, "no price", "A;?")
    catalogue.apply("erp", [price("A", "10"), rejected], night(0), export=export(0))
    assert catalogue.rejected("erp") == [rejected]
    catalogue.apply("erp", [price("A", "10")], night(1), export=export(1))
    assert catalogue.rejected("erp") == []


def test_feeds_come_in_the_order_they_were_first_read(catalogue):
    for name in ("pim", "erp", "pim"):
        catalogue.apply(name, [], night(0))
    assert [run.feed for run in catalogue.feeds()] == ["pim", "erp"]


amounts = st.sampled_from(["1", "2", "3"])
exports = st.lists(
    st.dictionaries(st.sampled_from("ABC"), amounts, min_size=1), min_size=1, max_size=6
)


@given(exports)
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_whatever_the_exports_one_value_a_product_is_in_force_and_it_is_the_newest(rows):
    with AuditStore(":memory:") as store:
        newest: dict[str, str] = {}
        for number, stated in enumerate(rows):
            records = [price(sku, amount) for sku, amount in stated.items()]
            summary = store.catalogue.apply("erp", records, night(number), export=export(number))
            assert summary.added + summary.changed + summary.unchanged == len(stated)
            newest.update(stated)
            for sku, amount in stated.items():
                assert in_force(store.catalogue, sku, night(number)) == [amount]
        for sku in newest:
            for hours in range(0, 24 * len(rows), 6):
                assert len(in_force(store.catalogue, sku, NIGHT + timedelta(hours=hours))) <= 1


def test_only_products_with_no_other_truth_state_terms_of_sale(catalogue):
    terms = Basis(market="GB")
    least = replace(price("TERMS", "50"), attribute=Attribute.MIN_ORDER_VALUE, basis=terms)
    both = [replace(least, sku="BX-20"), price("BX-20", "9.90")]
    catalogue.apply("erp", [least, *both], night(0), export=export(0))
    assert catalogue.terms_stated() == [("TERMS", Attribute.MIN_ORDER_VALUE, "GB")]
