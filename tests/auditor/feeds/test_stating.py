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


def at_once(rows: list[dict[str, str]]) -> list[object]:
    """What becomes of rows that are made truths of together."""
    stating, numbers = Stating(DEFAULTS), [2] * len(rows)
    found: list[object] = []
    for _ in range(2):  # the second time the repeating fields are known
        quick = stating.of_cells(rows, numbers, [b""] * len(rows), "x.csv")
        others = [outcome(stating.state, rows[at]) for at in quick.others]
        found = [truth._replace(line=0) for truth in quick.truths.truths()] + others
    return found


@settings(deadline=None)
@given(st.lists(ROWS, min_size=1, max_size=6))
def test_both_ways_come_to_the_same(rows: list[dict[str, str]]) -> None:
    long_way = [
        outcome(lambda cells, row: stated(truth(cells, DEFAULTS, row)), cells) for cells in rows
    ]
    assert sorted(at_once(rows), key=repr) == sorted(long_way, key=repr)


@pytest.mark.parametrize("value", ["0", "0.00", "-1", "1,5", "", "x"])
def test_a_value_that_is_no_price_is_refused_though_its_row_is_known(value: str) -> None:
    fields = {"sku": "A", "attribute": "price"}
    good, refused = at_once([{**fields, "value": "1"}, {**fields, "value": value}])
    assert good.sku == "A"  # type: ignore[attr-defined]
    assert "price" in refused or "value" in refused or "no number" in refused  # type: ignore[operator]
