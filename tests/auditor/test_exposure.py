"""How many met a wrong fact: counted, shared out, estimated, or not known."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.exposure import between, error_of, exposure

DAY = date(2026, 11, 1)
AT = datetime(2026, 11, 1, tzinfo=UTC)


def test_without_figures_nothing_is_said_of_them() -> None:
    found = exposure("1 EUR / 1 pcs", "", AT, AT + timedelta(days=2), views=(), order_lines=())
    assert (found.views, found.order_lines, found.error) == (None, None, None)
    assert [name for name, _words in found.formulas] == ["days"]


def test_days_without_figures_are_not_counted_as_nothing() -> None:
    found = between([(DAY, 1, 5.0)], DAY - timedelta(days=9), DAY)
    assert found is not None
    assert (found.count, found.covered, found.days) == (5.0, 1, 10)


def test_a_time_without_any_figures_is_not_known_and_not_nothing() -> None:
    series = [(DAY - timedelta(days=9), 1, 5.0)]
    found = exposure("", "", AT, AT + timedelta(days=1), views=series, order_lines=series)
    assert (found.views, found.order_lines) == (None, None)


def test_a_rate_without_days_is_an_estimate_and_says_so() -> None:
    series = [(None, 30, 60.0)]
    found = exposure("", "", AT, AT + timedelta(days=4), views=series, order_lines=())
    assert found.views is not None
    assert found.views.estimated
    assert "estimated" in dict(found.formulas)["views"]
    dated = between([*series, (DAY, 1, 7.0)], DAY, DAY)
    assert dated is not None
    assert (dated.count, dated.estimated) == (7.0, False)


@given(
    st.lists(
        st.tuples(st.integers(0, 60), st.integers(1, 31), st.integers(0, 500)),
        min_size=1,
        max_size=9,
    ),
    st.integers(0, 50),
    st.integers(0, 20),
    st.integers(1, 20),
)
def test_a_time_counts_what_its_parts_count(
    rows: list[tuple[int, int, int]], start: int, one: int, two: int
) -> None:
    series = [(DAY + timedelta(days=day), window, float(count)) for day, window, count in rows]
    first = DAY + timedelta(days=start)
    middle, last = first + timedelta(days=one), first + timedelta(days=one + two)
    whole = between(series, first, last)
    before, after = (
        between(series, first, middle),
        between(series, middle + timedelta(days=1), last),
    )
    assert whole is not None
    assert before is not None
    assert after is not None
    assert whole.count == pytest.approx(before.count + after.count)
    assert whole.covered == before.covered + after.covered
    assert whole.covered <= whole.days


@pytest.mark.parametrize(
    ("claimed", "expected", "percent"),
    [
        ("14.95 USD / 1 pcs", "14.95 USD / 100 pcs", "9900.0"),
        ("1.71 USD / 1 pcs from 250", "1.84 USD / 1 pcs from 250", "7.1"),
        ("1.71 USD / 1 pcs from 250", "1.84 USD / 1 pcs from 100", None),
        ("100 pcs", "200 pcs", "50.0"),
        ("12.40 EUR / 1 pcs", "12.40 USD / 1 pcs", None),
        ("12.40 EUR / 1 pcs", "12.40 EUR / 1 m", None),
        ("", "PN25", None),
        ("in_stock", "out_of_stock", None),
        ("1.07 USD / 1 pcs from 1000", "no break at 1000 in the price list", None),
        ("5 pcs", "0 pcs", None),
    ],
)
def test_the_size_of_an_error_is_told_only_of_what_compares(
    claimed: str, expected: str, percent: str | None
) -> None:
    found = error_of(claimed, expected)
    assert (None if found is None else found[0]) == (Decimal(percent) if percent else None)
