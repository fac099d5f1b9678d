from __future__ import annotations

import tracemalloc
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from pydantic import ValidationError

from auditor.errors import FeedError
from auditor.feeds import FeedConfig, Signal, read_feed
from auditor.model import Attribute, Product, RejectedRow, Truth
from auditor.values.types import Money, Tax

PITFALLS = Path(__file__).resolve().parents[4] / "shared" / "pitfalls"
TRUTHS = (
    "sku,attribute,key,value,unit,price_per,price_unit,min_qty,tax,market,valid_from,valid_to\n"
)


def read(folder: Path, text: str, **config: object) -> list[object]:
    (folder / "feed.csv").write_text(text, encoding="utf-8")
    settings: dict = {"format": "truths_csv", "path": "feed.csv", **config}
    return list(read_feed("erp", FeedConfig(**settings), folder))


def reasons(records: list[object]) -> list[str]:
    return [record.reason for record in records if isinstance(record, RejectedRow)]


def truths(records: list[object]) -> list[Truth]:
    return [record for record in records if isinstance(record, Truth)]


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (",price,,1,EUR,,,,,,,", "the key is empty"),
        ("5.02E+14,price,,1,EUR,,,,,,,", "a spreadsheet has damaged"),
        ("A,prize,,1,EUR,,,,,,,", "did you mean price?"),
        ("A,price,,,EUR,,,,,,,", "the value is empty"),
        ("A,price,,0,EUR,,,,,,,", "no price a page could state"),
        ("A,price,,-1,EUR,,,,,,,", "negative"),
        ("A,price,,1,EUR,0,,,,,,", "price_per 0 is not positive"),
        ("A,price,,1,EUR,,,x,,,,", "min_qty 'x' is not a decimal"),
        ("A,price,,1,EUR,,,,net,,,", "tax 'net' is neither excl nor incl"),
        ("A,price,,1,EUR,,,,,,2026-04-01,2026-04-01", "is not before valid_to"),
        ("A,price,,1,EUR,,,,,,1.4.2026,", "'1.4.2026' is no ISO date"),
        ("A,spec,,1,mm,,,,,,,", "spec needs a key"),
    ],
)
def test_a_bad_truth_row_is_rejected_with_its_reason_and_the_rest_is_used(tmp_path, row, says):
    records = read(tmp_path, TRUTHS + row + "\nB,price,,2,EUR,,,,,,,\n")
    assert [truth.sku for truth in truths(records)] == ["B"]
    assert len(reasons(records)) == 1
    assert says in reasons(records)[0]


def test_a_missing_file_names_the_nearest(tmp_path):
    (tmp_path / "prices.csv").write_text("sku\n")
    with pytest.raises(FeedError, match=r"did you mean prices\.csv\?"):
        list(read_feed("erp", FeedConfig(path="price.csv"), tmp_path))


def test_a_glob_without_a_file_is_refused(tmp_path):
    with pytest.raises(FeedError, match="no file matches"):
        list(read_feed("erp", FeedConfig(path="prices_*.csv"), tmp_path))


def test_an_unknown_format_is_refused(tmp_path):
    with pytest.raises(FeedError, match="no format is called 'sap'"):
        list(read_feed("erp", FeedConfig(format="sap", path="x"), tmp_path))


def test_of_a_glob_the_newest_file_is_read(tmp_path):
    import os

    for name, sku, at in (("p_2.csv", "OLD", 1_000_000), ("p_1.csv", "NEW", 2_000_000)):
        (tmp_path / name).write_text(f"sku\n{sku}\n")
        os.utime(tmp_path / name, (at, at))
    config = FeedConfig(format="products_csv", path="p_*.csv")
    assert [record.sku for record in read_feed("pim", config, tmp_path)] == ["NEW"]


def test_a_truth_carries_its_basis_validity_and_row(tmp_path):
    row = "A,price,,12.40,EUR,100,m,500,excl,DE,2026-01-01,2026-07-01\n"
    (truth,) = truths(read(tmp_path, TRUTHS + row, timezone="Europe/Berlin"))
    assert (truth.sku, truth.attribute, truth.key) == ("A", Attribute.PRICE, "")
    assert isinstance(truth.value, Money)
    assert truth.value.currency == "EUR"
    assert truth.value.amount.readings[0].low == Decimal("12.40")
    assert (truth.basis.price_per, truth.basis.price_unit) == (Decimal(100), "m")
    assert (truth.basis.min_qty, truth.basis.tax, truth.basis.market) == (500, Tax.EXCL, "DE")
    assert truth.valid_from == datetime(2025, 12, 31, 23, tzinfo=UTC)
    assert truth.valid_to == datetime(2026, 6, 30, 22, tzinfo=UTC)
    assert (truth.feed, truth.row) == ("erp", "feed.csv:2")


def test_defaults_of_the_feed_fill_what_a_row_leaves_open(tmp_path):
    text = "sku,attribute,value\nA,price,5.00\nA,moq,10\n"
    price, moq = truths(read(tmp_path, text, currency="CHF", tax="incl", market="CH"))
    assert price.value.currency == "CHF"
    assert (price.basis.tax, price.basis.market, price.basis.unit_stated) == (Tax.INCL, "CH", False)
    assert moq.basis.tax is Tax.UNKNOWN


def test_an_end_in_the_year_9999_is_open(tmp_path):
    (truth,) = truths(read(tmp_path, TRUTHS + "A,price,,1,EUR,,,,,,2026-01-01,9999-12-31\n"))
    assert truth.valid_to is None


def test_a_fact_stated_twice_alike_is_told_with_both_lines(tmp_path):
    row = "A,price,,1.00,EUR,,,,,,,\n"
    records = read(tmp_path, TRUTHS + row + "B,price,,2,EUR,,,,,,,\n" + row)
    assert [truth.sku for truth in truths(records)] == ["A", "B"]
    assert reasons(records) == ["line 4 states price of A again, as line 2 does"]


def test_two_rows_that_contradict_are_both_kept_and_told_with_both_lines(tmp_path):
    records = read(tmp_path, TRUTHS + "A,price,,1,EUR,,,,,,,\nA,price,,2,EUR,,,,,,,\n")
    assert len(truths(records)) == 2
    assert reasons(records)[0].startswith("line 3 contradicts line 2 on price of A")


def test_price_breaks_markets_and_periods_are_facts_of_their_own(tmp_path):
    rows = (
        "A,price,,3,EUR,,,1,,DE,,\nA,price,,2,EUR,,,100,,DE,,\nA,price,,4,EUR,,,1,,FR,,\n"
        "A,price,,5,CHF,,,1,,DE,,\nA,price,,3.5,EUR,,,1,,DE,2027-01-01,\nA,price,sale,1,EUR,,,1,,DE,,\n"
    )
    records = read(tmp_path, TRUTHS + rows)
    assert len(truths(records)) == 6
    assert not reasons(records)


def test_products_read_several_aliases_and_pages(tmp_path):
    text = "sku,name,aliases,url,group\nA,Pump,old-1| P 7 |,/a|/b,Pumps\nA,Other,,,\n"
    records = read(tmp_path, text, format="products_csv", owner="pm@example.com")
    assert records[0] == Product(
        "A",
        "Pump",
        aliases=("old-1", "P 7"),
        group="Pumps",
        owner="pm@example.com",
        urls=("/a", "/b"),
    )
    assert reasons(records) == ["line 3 contradicts line 2 on product A: line 2 is used"]


def test_popularity_rows_are_checked(tmp_path):
    rows = ("A,orders,12,90", "A,views,1,30", "A,orders,-1,30", "A,tickets,1,0", "B,orders,3,")
    text = "\n".join(("sku,signal,value,window_days", *rows, ""))
    records = read(tmp_path, text, format="popularity_csv")
    assert [record for record in records if isinstance(record, Signal)] == [
        Signal("A", "orders", Decimal(12), 90),
        Signal("B", "orders", Decimal(3), 30),
    ]
    assert [reason[:12] for reason in reasons(records)] == [
        "signal 'view",
        "a count belo",
        "window_days ",
    ]


def test_hostile_text_stays_text(tmp_path):
    nasty = "=HYPERLINK(1)<script>\u202e\x1b[31m'; drop table truth;--"
    text = f'sku,name\nA,"{nasty}"\n'
    (product,) = read(tmp_path, text, format="products_csv")
    assert isinstance(product, Product)
    assert product.name == nasty


def test_many_rows_are_read_in_flat_memory(tmp_path):
    with (tmp_path / "feed.csv").open("w") as file:
        file.write("sku,attribute,value,unit\n")
        for number in range(25_000):
            file.write(f"SKU-{number:06},price,{number + 1}.50,EUR\n")
    config = FeedConfig(path="feed.csv")
    tracemalloc.start()
    try:
        count = sum(1 for _record in read_feed("erp", config, tmp_path))
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert count == 25_000
    assert peak < 8_000_000, "a list of them takes 20 MB"


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"path": ""}, "at least 1 character"),
        ({"path": "x", "timezone": "Berlin"}, "no IANA time zone"),
        ({"path": "x", "delimiter": ";;"}, "at most 1 item"),
        ({"path": "x", "currency": "euro"}, "match pattern"),
        ({"path": "x", "columns": {"sku": "A"}}, "goes with the formats csv, json"),
        ({"path": "x", "format": "xml"}, "the element that is a row"),
        ({"path": "x", "format": "csv", "sheet": "A"}, "goes with the formats ods, xlsx"),
        ({"path": "x", "format": "csv", "columns": {"skuu": "A"}}, "no such field"),
        ({"path": "x", "format": "csv", "columns": {"sku": {}}}, "exactly one of column"),
        ({"path": "x", "colums": {}}, "Extra inputs"),
    ],
)
def test_a_mistake_in_the_configuration_is_told(settings, says):
    with pytest.raises(ValidationError, match=says):
        FeedConfig(**settings)


@pytest.mark.skipif(not PITFALLS.is_dir(), reason="the labelled set is not here")
def test_the_labelled_sets_feeds_are_read_whole():
    counts = {}
    for name in ("products", "truths", "popularity"):
        config = FeedConfig(format=f"{name}_csv", path=f"{name}.csv")
        records = list(read_feed(name, config, PITFALLS))
        counts[name] = len(records) - len(reasons(records))
        assert all("contradicts" in reason for reason in reasons(records))
    assert counts == {"products": 214, "truths": 397, "popularity": 490}
