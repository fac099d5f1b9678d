from __future__ import annotations

import time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.model import Popularity
from auditor.popularity import classes, explain, scores


def of(*signals: tuple[str, str, int, int]) -> dict[str, Popularity]:
    found = scores((sku, name, Decimal(count), days) for sku, name, count, days in signals)
    return {known.sku: known for known in found}


def test_an_unknown_signal_is_refused():
    with pytest.raises(KeyError):
        of(("A", "likes", 1, 30))


def test_a_product_without_any_signal_is_unknown_and_not_zero():
    assert of() == {}
    assert set(of(("A", "orders", 3, 30))) == {"A"}


def test_a_product_without_an_entry_in_a_delivered_signal_has_none_of_its_points():
    found = of(("A", "orders", 9, 30), ("A", "pageviews", 9, 30), ("B", "pageviews", 9, 30))
    assert found["A"].score == 100
    assert found["B"].parts[0] == ("orders", Decimal(0), 0.0)
    assert found["B"].score == pytest.approx(100 * 0.25 / 0.65, abs=0.1)


def test_a_signal_that_no_feed_delivers_takes_no_points_away():
    assert of(("A", "searches", 5, 30))["A"].score == 100


def test_counts_are_brought_to_thirty_days():
    found = of(("A", "orders", 300, 90), ("B", "orders", 100, 30), ("C", "orders", 3, 7))
    assert found["A"].parts == found["B"].parts
    assert found["C"].parts[0][1] == Decimal("12.857")


def test_one_inflated_product_does_not_push_the_others_down():
    honest = [(f"P{n}", "pageviews", n, 30) for n in range(1, 1001)]
    before = of(*honest)
    after = of(*honest, ("BOT", "pageviews", 10_000_000, 30))
    assert after["BOT"].score == 100
    assert after["P500"].score == pytest.approx(before["P500"].score, abs=0.5)


def test_products_that_only_have_zeros_score_zero():
    assert of(("A", "orders", 0, 30))["A"].score == 0


@given(
    st.lists(
        st.tuples(
            st.sampled_from("ABCDE"),
            st.sampled_from(["orders", "pageviews", "tickets", "searches"]),
            st.integers(0, 10**9),
            st.integers(1, 365),
        ),
        max_size=30,
    )
)
def test_the_points_add_up_to_a_score_between_zero_and_a_hundred(signals):
    for known in of(*signals).values():
        assert known.score is not None
        assert 0 <= known.score <= 100
        total = sum(points for _name, _count, points in known.parts)
        assert known.score == pytest.approx(min(100, total), abs=0.11)


def test_a_score_explains_itself():
    found = of(("A", "orders", 9, 30), ("A", "searches", 2, 30))["A"]
    assert explain(found) == "100 = 72.7 orders (9) + 27.3 searches (2), counts of 30 days"


def test_products_without_orders_are_class_c():
    found = of(("A", "orders", 100, 30), ("B", "pageviews", 5, 30))
    assert classes(found.values()) == {"A": "A", "B": "C"}


def test_fifty_thousand_products_are_scored_in_seconds():
    signals = [
        (f"P{n}", name, Decimal(n % 977), 30)
        for n in range(50_000)
        for name in ("orders", "pageviews", "tickets", "searches")
    ]
    start = time.process_time()
    assert len(scores(signals)) == 50_000
    assert time.process_time() - start < 6
