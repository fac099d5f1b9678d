from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import ValidationError

from auditor.errors import FeedError
from auditor.feeds import FeedConfig, Signal, read_feed
from auditor.model import Attribute, Product, RejectedRow, Truth

if TYPE_CHECKING:
    from pathlib import Path

HEADER = "MATNR;KBETR;KONWA;KPEIN;KMEIN;DATAB;DATBI;VKORG\n"
PRICES: dict[str, Any] = {
    "sku": {"column": "MATNR", "strip_leading": "0"},
    "attribute": {"constant": "price"},
    "value": {"column": "KBETR", "decimal": ",", "thousands": "."},
    "unit": "KONWA",
    "price_per": {"column": "KPEIN", "default": "1"},
    "price_unit": {"column": "KMEIN", "lookup": {"ST": "pcs", "MTR": "m"}},
    "valid_from": {"column": "DATAB", "date": "%Y%m%d"},
    "valid_to": {"column": "DATBI", "date": "%Y%m%d", "inclusive": True, "open": ["99991231"]},
    "market": {"column": "VKORG", "lookup": {"1000": "DE"}},
    "tax": {"constant": "excl"},
}


def read(folder: Path, text: str, **config: Any) -> list[object]:
    (folder / "erp.csv").write_text(text, encoding="cp1252")
    settings: dict[str, Any] = {
        "format": "csv",
        "path": "erp.csv",
        "delimiter": ";",
        "encoding": "cp1252",
        "timezone": "Europe/Berlin",
        **config,
    }
    return list(read_feed("erp", FeedConfig(**settings), folder))


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("7;1,5,0;EUR;1;ST;20260101;99991231;1000", "column KBETR: '1,5,0' is no number"),
        ("7;1.29,00;EUR;1;ST;20260101;99991231;1000", "column KBETR"),
        ("7;1,50;EUR;1;KAR;20260101;99991231;1000", "column KMEIN: 'KAR' is not in its lookup"),
        ("7;1,50;EUR;1;ST;01.01.2026;99991231;1000", "column DATAB: '01.01.2026' is no date"),
        ("7;1,50;EUR;1;ST;20260201;20260101;1000", "is not before valid_to"),
        ("7;12,50-;EUR;1;ST;20260101;99991231;1000", ""),
    ],
)
def test_a_row_that_a_step_cannot_read_is_rejected_with_the_column(tmp_path, row, says):
    (rejected,) = read(tmp_path, HEADER + row + "\n", columns=PRICES)
    assert isinstance(rejected, RejectedRow)
    assert says in rejected.reason
    assert rejected.line == 2


def test_a_column_that_the_file_lacks_is_told_with_the_nearest(tmp_path):
    columns = {**PRICES, "unit": "KONVA"}
    with pytest.raises(FeedError, match=r"KONVA \(did you mean KONWA\?\)"):
        read(tmp_path, HEADER, columns=columns)


def test_an_erp_price_list_maps_to_truths(tmp_path):
    row = "000071;1.299,00;EUR;100;MTR;20260101;20260630;1000\n"
    (truth,) = read(tmp_path, HEADER + row, columns=PRICES)
    assert isinstance(truth, Truth)
    assert truth.sku == "71"
    assert truth.value.amount.readings[0].low == Decimal("1299.00")
    assert (truth.basis.price_per, truth.basis.price_unit) == (Decimal(100), "m")
    assert truth.valid_from == datetime(2025, 12, 31, 23, tzinfo=UTC)
    assert truth.valid_to == datetime(2026, 6, 30, 22, tzinfo=UTC)  # the 30th still holds
    assert (truth.basis.market, truth.row) == ("DE", "erp.csv:2")


def test_an_open_end_stays_open(tmp_path):
    (truth,) = read(tmp_path, HEADER + "7;1,00;EUR;;ST;20260101;99991231;\n", columns=PRICES)
    assert truth.valid_to is None
    assert truth.basis.price_per == 1
    assert truth.basis.market is None


def test_several_facts_stand_in_one_row_and_empty_ones_are_not_stated(tmp_path):
    text = "Art;Preis;Mind;Tage\nA;12,40;500;5\nB;3,00;;\n"
    records = read(
        tmp_path,
        text,
        columns={"sku": "Art", "price_unit": {"constant": "pcs"}},
        facts=[
            {
                "attribute": {"constant": "price"},
                "value": {"column": "Preis", "decimal": ","},
                "unit": {"constant": "EUR"},
            },
            {
                "attribute": {"constant": "moq"},
                "value": "Mind",
                "unit": {"constant": "pcs"},
            },
            {
                "attribute": {"constant": "lead_time"},
                "value": "Tage",
                "unit": {"constant": "business_days"},
            },
        ],
    )
    assert [(r.sku, r.attribute) for r in records if isinstance(r, Truth)] == [
        ("A", Attribute.PRICE),
        ("A", Attribute.MOQ),
        ("A", Attribute.LEAD_TIME),
        ("B", Attribute.PRICE),
    ]


def test_products_and_popularity_are_mapped_too(tmp_path):
    text = "Artikel;Bezeichnung;Klicks\nA;Größe;12\n"
    products = read(
        tmp_path, text, records="products", columns={"sku": "Artikel", "name": "Bezeichnung"}
    )
    assert products == [Product("A", "Größe")]
    popularity = read(
        tmp_path,
        text,
        records="popularity",
        columns={"sku": "Artikel", "signal": {"constant": "pageviews"}, "value": "Klicks"},
    )
    assert popularity == [Signal("A", "pageviews", Decimal(12), 30)]


@pytest.mark.parametrize("left_out", ["sku", "attribute", "value"])
def test_a_mapping_without_what_a_truth_needs_is_refused(left_out):
    columns = {name: rule for name, rule in PRICES.items() if name != left_out}
    with pytest.raises(ValidationError, match=f"lacks {left_out}"):
        FeedConfig(format="csv", path="x", columns=columns)
