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


def mapped(folder: Path, text: str, **config: Any) -> list[str]:
    """What is read, in short: value and unit, break and start of each truth, or the reason."""
    found = []
    for record in read(folder, text, **config):
        if isinstance(record, RejectedRow):
            found.append(f"{record.line}: {record.reason}")
        elif isinstance(record, Truth):
            quantity = record.basis.min_qty
            found.append(
                f"{record.sku} {record.attribute} {record.value.amount.text}"
                + (f" from {quantity}" if quantity is not None else "")
            )
    return found


PRICE: dict[str, Any] = {
    "sku": "Art",
    "attribute": {"constant": "price"},
    "unit": {"constant": "EUR"},
}


@pytest.mark.parametrize(
    ("locale", "text", "reads"),
    [
        ("de-DE", "1.299,00", "A price 1299.00"),
        ("de-CH", "1’299.50", "A price 1299.50"),
        ("fr-FR", "1 299,5", "A price 1299.5"),
        ("en-US", "1,299.00", "A price 1299.00"),
        ("en-US", "1.299,00", "2: column Preis: '1.299,00' is no number with decimal '.'"),
    ],
)
def test_a_number_is_read_with_the_signs_of_its_country_and_no_others(
    tmp_path, locale, text, reads
):
    columns = {**PRICE, "value": {"column": "Preis", "locale": locale}}
    (found,) = mapped(tmp_path, f"Art;Preis\nA;{text}\n", columns=columns)
    assert found.startswith(reads)


def test_a_date_has_the_zone_of_its_column(tmp_path):
    start = {"column": "Ab", "date": "%d.%m.%Y", "timezone": "America/New_York"}
    columns = {**PRICE, "value": "Preis", "valid_from": start}
    (truth,) = read(tmp_path, "Art;Preis;Ab\nA;5;01.02.2026\n", columns=columns)
    assert isinstance(truth, Truth)
    assert truth.valid_from == datetime(2026, 2, 1, 5, tzinfo=UTC)


def test_a_regex_keeps_its_group_and_rejects_what_does_not_fit(tmp_path):
    columns = {
        "sku": "Art",
        "attribute": {"constant": "lead_time"},
        "value": {"column": "Zeit", "regex": r"(?:ca\. )?(\d+)(?: Tage)?"},
        "unit": {"constant": "days"},
    }
    text = "Art;Zeit\nA;ca. 12 Tage\nB;auf Anfrage\n"
    assert mapped(tmp_path, text, columns=columns) == [
        "A lead_time 12",
        r"3: column Zeit: 'auf Anfrage' does not fit its regex (?:ca\. )?(\d+)(?: Tage)?",
    ]


def test_wide_price_breaks_become_one_truth_each(tmp_path):
    columns = {
        **PRICE,
        "value": {"column": "Preis ab {}", "decimal": ","},
        "min_qty": {"constant": "{}"},
    }
    text = "Art;Preis ab 1;Preis ab 100;Preis ab 1000\nA;5,00;4,00;3,50\nB;9,00;;8,00\n"
    assert mapped(tmp_path, text, columns=columns, unpivot=r"Preis ab (\d+)") == [
        "A price 5.00 from 1",
        "A price 4.00 from 100",
        "A price 3.50 from 1000",
        "B price 9.00 from 1",
        "B price 8.00 from 1000",
    ]


def test_breaks_in_pairs_of_columns_are_told_apart_by_their_number(tmp_path):
    columns = {**PRICE, "value": "Preis{}", "min_qty": "Menge{}"}
    text = "Art;Menge1;Preis1;Menge2;Preis2\nA;10;5;50;4\n"
    found = mapped(tmp_path, text, columns=columns, unpivot=r"Preis(\d+)")
    assert found == ["A price 5 from 10", "A price 4 from 50"]


def test_a_break_without_its_quantity_is_rejected_rather_than_taken_for_the_list_price(tmp_path):
    columns = {**PRICE, "value": "Preis{}", "min_qty": "Menge{}"}
    text = "Art;Menge1;Preis1;Preis2\nA;10;5;4\n"
    (reason,) = mapped(tmp_path, text, columns=columns, unpivot=r"Preis(\d+)")
    assert reason == "2: column Menge2 is not there beside its column of `unpivot`"


def test_an_unpivot_that_fits_no_column_is_no_empty_feed(tmp_path):
    columns = {**PRICE, "value": "Preis {}", "min_qty": {"constant": "{}"}}
    with pytest.raises(FeedError, match="no column fits `unpivot`"):
        read(tmp_path, "Art;Prix 1\nA;5\n", columns=columns, unpivot=r"Preis (\d+)")


def test_facts_that_do_not_use_the_unpivoted_column_are_stated_once(tmp_path):
    facts = [
        {"attribute": {"constant": "price"}, "value": "P{}", "min_qty": {"constant": "{}"},
         "unit": {"constant": "EUR"}},
        {"attribute": {"constant": "moq"}, "value": "Min"},
    ]  # fmt: skip
    text = "Art;Min;P1;P10\nA;1;5;4\n"
    found = mapped(tmp_path, text, columns={"sku": "Art"}, facts=facts, unpivot=r"P(\d+)")
    assert found == ["A moq 1", "A price 5 from 1", "A price 4 from 10"]


def test_rows_for_which_a_condition_does_not_hold_are_passed_over(tmp_path):
    text = "Art;Preis;Org;Weg\nA;1;1000;\nB;2;2000;\nC;3;1000;X\nD;4;1100;\n"
    when = [{"column": "Org", "is": ["1000", "1100"]}, {"column": "Weg", "empty": True}]
    columns = {**PRICE, "value": "Preis"}
    assert mapped(tmp_path, text, columns=columns, when=when) == ["A price 1", "D price 4"]


def test_a_column_counts_only_where_its_condition_holds(tmp_path):
    facts = [
        {"value": "Preis"},
        {"key": {"constant": "sale"},
         "value": {"column": "Aktion", "when": {"column": "Aktiv", "matches": "[jJ]a?"}}},
    ]  # fmt: skip
    text = "Art;Preis;Aktion;Aktiv\nA;5;4;ja\nB;5;4;nein\n"
    found = mapped(tmp_path, text, columns=PRICE, facts=facts)
    assert found == ["A price 5", "A price 4", "B price 5"]


def test_without_columns_the_header_carries_the_names_of_the_fields(tmp_path):
    text = "attribute;sku;value;unit\nprice;A;5.10;EUR\n"
    assert mapped(tmp_path, text) == ["A price 5.10"]
