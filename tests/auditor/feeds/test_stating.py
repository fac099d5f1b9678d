"""Ready-to-store rows are what plain records would have become, digit for digit."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.feeds.canonical import Defaults, truth
from auditor.feeds.config import FeedConfig
from auditor.feeds.stating import Stating
from auditor.store.stated import stated

DEFAULTS = Defaults.of(
    "erp", FeedConfig(path="x.csv", currency="EUR", tax="excl", timezone="Europe/Berlin")
)
AMOUNTS = st.one_of(
    st.decimals("0.01", "99999", places=2).map(str),
    st.sampled_from(
        ["200", "200.00", "0200", "1e3", "12.40 ", "0.5", ".5", "12.50-", "1..2", "7."]
    ),
)
ROWS = st.fixed_dictionaries(
    {
        "sku": st.sampled_from(["TK-1", " 007", "Größe-7", "a\x1fb"]),
        "attribute": st.sampled_from(["price", "Price", "moq", "spec", "min_order_value"]),
        "value": AMOUNTS,
        "key": st.sampled_from(["", "sale"]),
        "unit": st.sampled_from(["", "EUR", "USD", "V"]),
    },
    optional={
        "min_qty": st.sampled_from(["", "10", "10.0"]),
        "price_per": st.sampled_from(["", "100"]),
        "market": st.sampled_from(["", "de"]),
        "channel": st.sampled_from(["", "Webshop"]),
        "valid_from": st.sampled_from(["", "2026-04-01", "2026-04-01T08:00Z"]),
        "valid_to": st.sampled_from(["", "2026-12-24"]),
    },
)


def outcome(make: object, cells: dict[str, str]) -> object:
    try:
        return make(cells, "x.csv:2")  # type: ignore[operator]  # either of the two ways
    except ValueError as error:
        return str(error)


@settings(deadline=None)
@given(st.lists(ROWS, min_size=1, max_size=6))
def test_both_ways_come_to_the_same(rows: list[dict[str, str]]) -> None:
    state = Stating(DEFAULTS).state
    for cells in [*rows, *rows]:  # the second time the repeating fields are known
        long_way = outcome(lambda cells, row: stated(truth(cells, DEFAULTS, row)), cells)
        assert outcome(state, cells) == long_way


@pytest.mark.parametrize("value", ["0", "0.00", "-1", "1,5", "", "x"])
def test_a_value_that_is_no_price_is_refused_though_its_row_is_known(value: str) -> None:
    state = Stating(DEFAULTS).state
    state({"sku": "A", "attribute": "price", "value": "1"}, "x.csv:2")
    with pytest.raises(ValueError, match=r"price|value"):
        state({"sku": "B", "attribute": "price", "value": value}, "x.csv:3")
