from __future__ import annotations

import csv
import os
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from auditor.feeds import FeedConfig
from auditor.feeds.config import Gates
from auditor.feeds.drift import Drift
from auditor.feeds.gates import Alarm, Look, alarm
from auditor.ingest import ingest
from auditor.store import AuditStore

if TYPE_CHECKING:
    from collections.abc import Iterator

PITFALLS = Path(__file__).resolve().parents[4] / "shared" / "pitfalls"
NOW = datetime(2026, 11, 1, 3, tzinfo=UTC)
SOUND = Look(rows=1000, known=1000, prices=500, keys=5, age_hours=4)


def gate(gates: Gates | None = None, **figures: Any) -> str:
    look = {name: getattr(SOUND, name) for name in Look.__slots__} | figures
    found = alarm(Look(**look), gates or Gates())
    return "" if found is None else found.gate if found.closes else f"({found.gate})"


def test_a_sound_export_passes():
    assert gate() == ""
    assert alarm(Look(rows=1), Gates()) is None


@pytest.mark.parametrize(
    ("figures", "name"),
    [
        ({"rows": 0}, "truncated"),
        ({"missing": 301}, "truncated"),
        ({"missing": 1, "cut_off": True}, "truncated"),
        ({"missing": 1000, "added": 990}, "other_keys"),
        ({"rows": 10, "rejected": 990}, "rejected"),
        ({"rows": 10, "rejected": 990, "ragged": 985}, "columns_shifted"),
        ({"keys": 400, "unknown": 390}, "unknown_keys"),
        ({"keys": 1, "unknown": 1, "damaged": 2, "rejected": 2, "rows": 1}, "unknown_keys"),
        ({"keys": 300, "damaged": 60, "rejected": 60}, "damaged_keys"),
        ({"keys": 300, "stripped": 16}, "damaged_keys"),
        ({"duplicates": 101}, "duplicate_keys"),
        ({"drift": Drift(gone=("valid_to",), closes=True)}, "columns"),
        ({"drift": Drift(new=("note",))}, "(columns)"),
        ({"changed": 500, "ratios": [Decimal(100)] * 500}, "scale"),
        ({"changed": 500, "ratios": [Decimal("0.01")] * 450 + [Decimal("1.1")] * 50}, "scale"),
    ],
)
def test_what_is_wrong_with_the_whole_export_closes_a_gate(figures, name):
    assert gate(**figures) == name


@pytest.mark.parametrize(
    "figures",
    [
        {"missing": 300},
        {"known": 9, "missing": 8},
        {"cut_off": True},
        {"rows": 3, "rejected": 5, "known": 0},
        {"keys": 2, "unknown": 2},
        {"keys": 300, "damaged": 50, "stripped": 15},
        {"duplicates": 100},
        {"drift": Drift()},
        {"changed": 1000, "ratios": [Decimal("1.05")] * 500},
        {"changed": 3, "ratios": [Decimal(10)] * 3},
        {"changed": 500, "ratios": [Decimal(10)] * 250 + [Decimal("1.1")] * 250},
        {"age_hours": 10_000},
    ],
)
def test_what_a_sound_export_may_look_like_leaves_the_gates_open(figures):
    assert gate(**figures) == ""


def test_the_figures_of_a_gate_are_configured():
    assert gate(Gates(max_drop=0.1), missing=101) == "truncated"
    assert gate(Gates(max_changed=0.3), changed=301) == "changed"
    assert gate(Gates(min_rows=1001)) == "truncated"
    assert gate(Gates(max_duplicates=0.01), duplicates=11) == "duplicate_keys"
    assert gate(Gates(max_damaged_keys=0), keys=500, damaged=3) == "damaged_keys"
    renamed = Drift(renamed=(("price", "price_new"),), closes=True)
    assert gate(Gates(column_drift="warn"), drift=renamed) == "(columns)"
    assert gate(Gates(max_rejected=0.01), rejected=20) == "rejected"


def test_an_old_export_warns_first_and_is_not_believed_later():
    gates = Gates(warn_after_hours=26, error_after_hours=72)
    assert gate(gates, age_hours=25) == ""
    assert gate(gates, age_hours=27) == "(stale)"
    assert gate(gates, age_hours=73) == "stale"


def test_a_message_names_the_figures():
    found = alarm(Look(rows=7, known=31, missing=24), Gates())
    assert found == Alarm(
        "truncated",
        "24 of 31 known facts are missing, more than 30%; if that is right, set "
        "`gates.max_drop: 1` for one run",
    )


# With real files -------------------------------------------------------------------------------

COLUMNS: dict[str, Any] = {
    "sku": "sku",
    "attribute": {"constant": "price"},
    "value": "price",
    "unit": "currency",
    "price_per": "price_per",
    "price_unit": "price_unit",
}


@pytest.fixture
def store(tmp_path) -> Iterator[AuditStore]:
    with AuditStore(tmp_path / "sellby.db") as opened:
        yield opened


def feed(**settings: Any) -> FeedConfig:
    plain: dict[str, Any] = {
        "format": "csv",
        "path": "feed.csv",
        "delimiter": ";",
        "market": "GB",
        "tax": "excl",
        "columns": COLUMNS,
    }
    return FeedConfig(**(plain | settings))


def load(store: AuditStore, folder: Path, config: FeedConfig, content: str, number: int) -> str:
    path = folder / "feed.csv"
    path.write_text(content, encoding="utf-8")
    written = (NOW + timedelta(days=number, hours=-4)).timestamp()
    os.utime(path, (written, written))
    now = NOW + timedelta(days=number)
    summary = ingest("uk", config, folder, store.catalogue, now)
    return summary.state if summary.state != "quarantined" else summary.message.split(":")[0]


def prices_in_force() -> str:
    """What the labelled set's truths say of GBP list prices, as the feed would write it."""
    lines = ["sku;price;currency;price_per;price_unit"]
    with (PITFALLS / "truths.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            wanted = (row["attribute"], row["key"], row["unit"], row["min_qty"], row["valid_to"])
            if wanted == ("price", "", "GBP", "", ""):
                cells = [row[name] for name in ("sku", "value", "unit", "price_per", "price_unit")]
                lines.append(";".join(cells))
    return "\n".join(lines) + "\n"


@pytest.mark.skipif(not PITFALLS.is_dir(), reason="the labelled set is not here")
@pytest.mark.parametrize(
    ("name", "expected", "settings"),
    [
        ("25-price-truncated.csv", "truncated", {}),
        ("25-price-column-shifted.csv", "columns shifted", {}),
        ("25-price-times-hundred.csv", "scale", {}),
        (
            "25-keys-mangled-by-excel.csv",
            "unknown keys",
            {
                "delimiter": ",",
                "columns": {k: v for k, v in COLUMNS.items() if not k.startswith("price_")},
            },
        ),
    ],
)
def test_a_broken_export_is_set_aside_as_a_whole(tmp_path, store, name, expected, settings):
    products = FeedConfig(format="products_csv", path="products.csv")
    assert ingest("products", products, PITFALLS, store.catalogue, NOW).state == "applied"
    assert load(store, tmp_path, feed(), prices_in_force(), 0) == "applied"
    skus = [product.sku for product in store.catalogue.products()]
    before = store.catalogue.truths_many(skus)
    broken = (PITFALLS / "feeds" / name).read_text(encoding="utf-8")
    assert load(store, tmp_path, feed(**settings), broken, 1) == expected
    assert store.catalogue.truths_many(skus) == before
    assert store.catalogue.gated() == {"uk"}
    assert load(store, tmp_path, feed(), prices_in_force(), 2) == "unchanged"
    assert store.catalogue.gated() == frozenset()


def test_a_general_price_rise_is_believed(tmp_path, store):
    def export(factor: str) -> str:
        rows = [f"S{n};{Decimal(n + 1) * Decimal(factor)};GBP;1;pcs" for n in range(50)]
        return "\n".join(["sku;price;currency;price_per;price_unit", *rows, ""])

    assert load(store, tmp_path, feed(), export("1.00"), 0) == "applied"
    assert load(store, tmp_path, feed(), export("1.05"), 1) == "applied"


def test_prices_that_move_from_per_piece_to_per_hundred_are_no_accident(tmp_path, store):
    def export(factor: int) -> str:
        rows = [f"S{n};{(n + 1) * factor};GBP;{factor};pcs" for n in range(50)]
        return "\n".join(["sku;price;currency;price_per;price_unit", *rows, ""])

    assert load(store, tmp_path, feed(), export(1), 0) == "applied"
    assert load(store, tmp_path, feed(), export(100), 1) == "applied"


# Keys and columns, with real files --------------------------------------------------------------

TRUTHS = FeedConfig(path="feed.csv", currency="EUR")
HEADER = "sku,attribute,value,min_qty,valid_from"


def lines(header: str, *rows: str) -> str:
    return "\n".join([header, *rows, ""])


def price_rows(keys: list[str]) -> list[str]:
    return [f"{key},price,{n + 1}.50,1,2026-01-01" for n, key in enumerate(keys)]


def test_keys_that_lost_their_leading_zeros_close_a_gate(tmp_path, store):
    keys = [f"00{n}" for n in range(100, 130)]
    assert load(store, tmp_path, TRUTHS, lines(HEADER, *price_rows(keys)), 0) == "applied"
    stripped = [key.lstrip("0") if n % 4 == 0 else key for n, key in enumerate(keys)]
    export = lines(HEADER, *price_rows(stripped))
    assert load(store, tmp_path, TRUTHS, export, 1) == "damaged keys"
    assert store.catalogue.truths("100") == ()


def test_keys_in_scientific_notation_close_a_gate(tmp_path, store):
    keys = [f"40123456789{n}" for n in range(10, 40)]
    assert load(store, tmp_path, TRUTHS, lines(HEADER, *price_rows(keys)), 0) == "applied"
    damaged = [*keys[:-4], *["4.01235E+12"] * 4]
    export = lines(HEADER, *price_rows(damaged))
    assert load(store, tmp_path, TRUTHS, export, 1) == "damaged keys"


def test_a_key_that_lacks_a_column_closes_a_gate(tmp_path, store):
    keys = [f"S{n}" for n in range(20)]
    twice = [*price_rows(keys), *[f"{key},price,99,1,2026-01-01" for key in keys]]
    assert load(store, tmp_path, TRUTHS, lines(HEADER, *twice), 0) == "duplicate keys"


@pytest.mark.parametrize(
    ("header", "says"),
    [
        ("sku,attribute,value,min_qty", "gone: valid_from"),
        ("sku,attribute,value,minimum_qty,valid_from", "min_qty may now be called minimum_qty"),
    ],
)
def test_a_used_column_that_is_gone_or_renamed_closes_a_gate(tmp_path, store, header, says):
    rows = price_rows([f"S{n}" for n in range(30)])
    assert load(store, tmp_path, TRUTHS, lines(HEADER, *rows), 0) == "applied"
    width = header.count(",") + 1
    fewer = [",".join(row.split(",")[:width]) for row in rows]
    assert load(store, tmp_path, TRUTHS, lines(header, *fewer), 1) == "columns"
    assert says in store.catalogue.feeds()[0].message
    assert store.catalogue.truths("S1")[0].valid_from is not None
    assert load(store, tmp_path, TRUTHS, lines(HEADER, *rows), 2) == "unchanged"


def test_a_used_column_of_another_kind_closes_a_gate(tmp_path, store):
    kinds: dict[str, Any] = {"columns": {**COLUMNS, "valid_from": "from"}, "delimiter": ","}
    header = "sku,price,currency,price_per,price_unit,from"
    rows = [f"S{n},{n + 1},GBP,1,pcs,2026-01-01" for n in range(30)]
    assert load(store, tmp_path, feed(**kinds), lines(header, *rows), 0) == "applied"
    serial = [row.replace("2026-01-01", "20260101") for row in rows]
    assert load(store, tmp_path, feed(**kinds), lines(header, *serial), 1) == "columns"
    assert "from is no date any more but number" in store.catalogue.feeds()[0].message


def test_a_new_column_is_told_once_and_closes_nothing(tmp_path, store):
    rows = price_rows([f"S{n}" for n in range(30)])
    assert load(store, tmp_path, TRUTHS, lines(HEADER, *rows), 0) == "applied"
    wider = [f"{row},x" for row in rows]
    assert load(store, tmp_path, TRUTHS, lines(f"{HEADER},note", *wider), 1) == "unchanged"
    assert store.catalogue.feeds()[0].message == "columns: new: note"
    assert load(store, tmp_path, TRUTHS, lines(f"{HEADER},note", *wider, "S99,price,1,1,,"), 2)
    assert store.catalogue.feeds()[0].message == ""
