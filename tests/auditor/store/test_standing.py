from __future__ import annotations

import os
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auditor.feeds import FeedConfig
from auditor.feeds.tabular import Tabular
from auditor.feeds.truths_csv import TruthsCsv
from auditor.ingest import ingest
from auditor.model import Attribute
from auditor.store import AuditStore

NOW = datetime(2026, 11, 1, 3, tzinfo=UTC)
HEADER = "sku,attribute,value,min_qty,valid_from"
GATES = dict.fromkeys(("max_drop", "max_changed", "max_rejected", "max_duplicates"), 1.0)
FEED = FeedConfig(path="p*.csv", currency="EUR", gates=GATES)


def night(store, folder, number, lines, header=HEADER, feed=FEED):
    path = folder / f"p{number}.csv"
    path.write_text("\n".join((header, *lines)) + "\n", encoding="utf-8")
    now = NOW + timedelta(days=number)
    os.utime(path, ((now - timedelta(hours=1)).timestamp(),) * 2)
    return ingest("erp", feed, folder, store.catalogue, now)


def told(store):
    skus = [f"A{number}" for number in range(4)]
    truths = [truth for sku in skus for truth in store.catalogue.truths(sku)]
    return truths, store.catalogue.rejected("erp"), store.catalogue.conflicts.of()


@pytest.fixture
def store(tmp_path):
    with AuditStore(tmp_path / "sellby.db") as opened:
        yield opened


row = st.builds(
    "{},{},{},{},{}".format,
    st.sampled_from(["A0", "A1", "A2", "A3", "1E+12"]),
    st.sampled_from(["price", "price", "moq"]),
    st.sampled_from(["1", "2", "2.0", "3.50", '"3.50"', '"4\n"', "x"]),
    st.sampled_from(["", "10"]),
    st.sampled_from(["", "2026-10-01", "2026-11-03"]),
)
exports = st.lists(row, max_size=8)


MAPPED = FeedConfig(
    format="csv", path="p*.csv", currency="EUR", gates={**GATES, "max_factor": {"price": 2}},
    columns={name: name for name in HEADER.split(",")},
)  # fmt: skip
"""Rows of which some wait for a person."""


@pytest.mark.parametrize("feed", [FEED, MAPPED], ids=["truths", "mapped"])
@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(nights=st.lists(exports, min_size=2, max_size=4), keeps_rows=st.booleans())
def test_passing_rows_over_comes_to_what_reading_them_comes_to(feed, nights, keeps_rows):
    """Whatever is repeated, changed, contradicted, unreadable or gone, in any order."""
    seen = []
    for passes_over in (True, False):
        with ExitStack() as stack:
            patch = stack.enter_context(pytest.MonkeyPatch.context())
            patch.setattr(TruthsCsv, "passes_over", passes_over)
            patch.setattr(Tabular, "passes_over", passes_over)
            folder = Path(stack.enter_context(TemporaryDirectory()))
            store = stack.enter_context(AuditStore(folder / "sellby.db"))
            summaries, before = [], []
            for number, lines in enumerate(nights):
                lines = [*lines, *reversed(before)] if keeps_rows else lines
                summaries.append(night(store, folder, number, lines, feed=feed))
                before = lines
            seen.append((summaries, told(store)))
    assert seen[0] == seen[1]


def test_unchanged_rows_are_not_read_again(tmp_path, store, monkeypatch):
    rows = [f"A{number},price,{number + 1}.00,," for number in range(300)]
    night(store, tmp_path, 0, rows)
    read = []
    of_line = TruthsCsv.read_stated

    def counting(self, path, standing=None):
        for record in of_line(self, path, standing):
            read.extend(getattr(record, "skus", ()))
            yield record

    monkeypatch.setattr(TruthsCsv, "read_stated", counting)
    changed = ["A7,price,99.00,,", *(row for row in reversed(rows) if not row.startswith("A7,"))]
    summary = night(store, tmp_path, 1, changed)
    assert (summary.rows, summary.changed, summary.unchanged) == (300, 1, 299)
    assert read == ["A7"]


def test_a_truth_names_the_line_of_the_newest_export(tmp_path, store):
    night(store, tmp_path, 0, ["A0,price,1.00,,", "A1,price,2.00,,"])
    night(store, tmp_path, 1, ["A3,price,4.00,,", "A1,price,2.00,,", "A0,price,1.00,,"])
    rows = {sku: store.catalogue.truths(sku)[0].row for sku in ("A0", "A1", "A3")}
    assert rows == {"A0": "p1.csv:4", "A1": "p1.csv:3", "A3": "p1.csv:2"}


def test_a_truth_that_is_gone_names_the_last_export_that_had_it(tmp_path, store):
    night(store, tmp_path, 0, ["A0,price,1.00,,", "A1,price,2.00,,"])
    for number in (1, 2, 3):
        night(store, tmp_path, number, [f"A1,price,{number}.00,,"])
    assert [truth.row for truth in store.catalogue.truths("A0")] == ["p0.csv:2"]


@pytest.mark.parametrize(
    ("header", "update"),
    [("sku,attribute,min_qty,value,valid_from", {}), (HEADER, {"currency": "USD"})],
)
def test_a_row_that_means_something_else_now_is_read_again(tmp_path, store, header, update):
    night(store, tmp_path, 0, ["A0,price,1.00,5,"])
    feed = FEED.model_copy(update=update)
    summary = night(store, tmp_path, 1, ["A0,price,1.00,5,"], header, feed)
    assert summary.unchanged == 0
    assert summary.added + summary.changed == 1


def test_an_export_that_is_set_aside_leaves_what_is_known_of_rows(tmp_path, store):
    rows = [f"A{number},price,{number + 1}.00,," for number in range(30)]
    night(store, tmp_path, 0, rows)
    strict = FEED.model_copy(update={"gates": FEED.gates.model_copy(update={"max_drop": 0.1})})
    assert night(store, tmp_path, 1, rows[:2], feed=strict).state == "quarantined"
    assert store.catalogue.truths("A3")[0].row == "p0.csv:5"
    again = night(store, tmp_path, 2, rows[::-1], feed=strict)
    assert (again.state, again.unchanged) == ("unchanged", 30)


def test_a_value_that_waits_is_read_every_night_and_its_old_one_stays(tmp_path, store):
    gates = FEED.gates.model_copy(update={"max_factor": {Attribute.PRICE: 3}})
    feed = FEED.model_copy(update={"gates": gates})
    night(store, tmp_path, 0, ["A0,price,1.00,,", "A1,price,2.00,,"], feed=feed)
    for number in (1, 2):
        summary = night(
            store, tmp_path, number, ["A1,price,2.00,,", f"A{number + 1},price,1.00,,",
                                      "A0,price,50.00,,"], feed=feed,
        )  # fmt: skip
        assert summary.held == 1
        assert [t.value.amount.text for t in store.catalogue.truths("A0")] == ["1.00"]


def test_a_row_of_several_facts_is_read_every_night(tmp_path, store):
    """One of its truths may go while its text stays."""
    one = {"attribute": "attribute", "value": "value"}
    moq = {"attribute": {"constant": "moq"}, "value": "min_qty"}
    feed = FeedConfig(format="csv", path="p*.csv", currency="EUR", gates=GATES,
                      columns={"sku": "sku"}, facts=[one, moq])  # fmt: skip
    for number, price in enumerate(("2", "1", "2")):
        quantity = "" if price == "1" else "10"
        night(store, tmp_path, number, [f"A1,price,{price},{quantity},", "A2,price,1,,"], feed=feed)
    open_ = [t for t in store.catalogue.truths("A1") if t.valid_to is None]
    assert {t.attribute.value: t.value.amount.text for t in open_} == {"price": "2", "moq": "10"}


@pytest.mark.parametrize("format_", ["jsonl", "xml"])
def test_rows_of_other_formats_are_passed_over_too(tmp_path, store, format_):
    price = {"constant": "price"}
    columns = {"sku": "a", "attribute": price, "value": {"column": "b", "decimal": ","}}
    rows = "r" if format_ == "xml" else ""
    feed = FeedConfig(format=format_, path="p*.csv", currency="EUR", rows=rows, columns=columns)

    def lines(prices):
        if format_ == "xml":
            rows = "".join(f"<r><a>{sku}</a><b>{price}</b></r>" for sku, price in prices)
            return [f"<rows>{rows}</rows>"]
        return [f'{{"a": "{sku}", "b": "{price}"}}' for sku, price in prices]

    prices = [(f"A{n}", f"{n + 1},50") for n in range(60)]
    for number, (rows, changed) in enumerate([(prices, 0), ([*prices[:0:-1], ("A0", "9,99")], 1)]):
        path = tmp_path / f"p{number}.csv"
        path.write_text("\n".join(lines(rows)), encoding="utf-8")
        now = NOW + timedelta(days=number)
        os.utime(path, (now.timestamp(),) * 2)
        summary = ingest("erp", feed, tmp_path, store.catalogue, now + timedelta(hours=1))
        assert (summary.state, summary.changed) == ("applied", changed)
    assert summary.unchanged == 59
    assert store.catalogue.truths("A0")[-1].value.amount.text == "9.99"
