"""The canonical truth columns: refusals first, then every kind of value."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path

import pytest

from auditor.values.codec import basis_from_json, basis_to_json, from_json, to_json
from auditor.values.text import canonical
from auditor.values.truth import Columns, parse_decimal, parse_truth_value
from auditor.values.types import Basis, Code, Duration, Money, Quantity, Tax, Word

PITFALLS = Path(__file__).parents[4] / "shared" / "pitfalls" / "truths.csv"


@pytest.mark.parametrize(
    ("attribute", "value", "unit", "reason"),
    [
        ("price", "", "EUR", "value is empty"),
        ("price", "12,40", "EUR", "not a decimal number"),
        ("price", "1,299.00", "USD", "not a decimal number"),
        ("price", "12.40 EUR", "EUR", "not a decimal number"),
        ("price", "NaN", "EUR", "not a decimal number"),
        ("price", "1e999999999", "EUR", "not a decimal number"),
        ("price", "-5.00", "EUR", "negative"),
        ("price", "5.00", "", "not a currency code"),
        ("price", "5.00", "Euro", "not a currency code"),
        ("price", "..", "EUR", "no end"),
        ("price", "9..5", "EUR", "ends below its start"),
        ("lead_time", "5", "fortnights", "not one of hours, days"),
        ("moq", "some", "pcs", "not a decimal number"),
        ("spec", "blue", "mm", "is not a number or range"),
        ("colour", "blue", "", "attribute 'colour' is unknown"),
        ("offer", "x" * 3000, "", "longer than"),
        ("price", "１２", "EUR", "not a decimal number"),
    ],
)
def test_a_bad_value_is_refused_with_its_reason(
    attribute: str, value: str, unit: str, reason: str
) -> None:
    with pytest.raises(ValueError, match=reason):
        parse_truth_value(attribute, "", value, unit)


@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        (Columns(price_per="0"), "price_per 0 is not positive"),
        (Columns(price_per="hundred"), "price_per 'hundred' is not a decimal"),
        (Columns(min_qty="1.000,0"), "min_qty"),
        (Columns(tax="maybe"), "neither excl nor incl"),
    ],
)
def test_a_bad_basis_is_refused_with_its_reason(columns: Columns, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        parse_truth_value("price", "", "5", "EUR", columns)


@pytest.mark.parametrize(
    ("attribute", "value", "unit", "kind", "text"),
    [
        ("price", "12.40", "EUR", Money, "12.4 EUR"),
        ("min_order_value", "150", "USD", Money, "150 USD"),
        ("lead_time", "2..3", "weeks", Duration, "2..3 weeks"),
        ("lead_time", "3", "Werktage", Duration, "3 business_days"),
        ("moq", "20", "pcs", Quantity, "20 pcs"),
        ("moq", "20", "Stk.", Quantity, "20 pcs"),
        ("pack_size", "500", "", Quantity, "500 pcs"),
        ("availability", "in_stock", "", Word, "in_stock"),
        ("availability", "In stock", "", Word, "in_stock"),
        ("status", "superseded", "", Word, "superseded"),
        ("policy", "30 days net", "", Word, "30 days net"),
        ("spec", "24", "V", Quantity, "24 V"),
        ("spec", "24", "VDC", Quantity, "24 V"),
        ("spec", "-10..80", "°C", Quantity, "-10..80 °C"),
        ("spec", "0.5..", "bar", Quantity, "0.5.. bar"),
        ("spec", "..4", "%", Quantity, "..4 %"),
        ("spec", "IP 67", "", Code, "IP67"),
        ("spec", "A2", "", Code, "A2"),
        ("spec", "304", "", Code, "304"),
        ("spec", "feuerverzinkt", "", Code, "feuerverzinkt"),
        ("spec", "1..4", "", Quantity, "1..4"),
    ],
)
def test_every_attribute_has_its_type(
    attribute: str, value: str, unit: str, kind: type, text: str
) -> None:
    parsed, _ = parse_truth_value(attribute, "", value, unit)
    assert isinstance(parsed, kind)
    assert canonical(parsed) == text


def test_the_basis_columns_become_a_basis() -> None:
    columns = Columns("100", "Stk.", "500", "", "", "EXCL", "de")
    _, basis = parse_truth_value("price", "", "12.40", "EUR", columns)
    assert basis == Basis(
        price_per=Decimal(100),
        price_unit="pcs",
        min_qty=Decimal(500),
        tax=Tax.EXCL,
        market="DE",
        unit_stated=True,
    )


def test_trailing_minus_is_read_as_erps_write_it() -> None:
    assert parse_decimal("12.50-") == Decimal("-12.50")


@pytest.mark.skipif(not PITFALLS.exists(), reason="the labelled set is not beside the project")
def test_every_row_of_the_labelled_set_parses_and_survives_the_store() -> None:
    with PITFALLS.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            columns = Columns(
                row["price_per"],
                row["price_unit"],
                row["min_qty"],
                "",
                "",
                row["tax"],
                row["market"],
            )
            value, basis = parse_truth_value(
                row["attribute"], row["key"], row["value"], row["unit"], columns
            )
            assert from_json(to_json(value)) == value
            assert basis_from_json(basis_to_json(basis)) == basis
