from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.feeds import fields


@pytest.mark.parametrize(
    "text", ["", "-", "1,5", "1.299,00", "1e5", "NaN", "Infinity", "١٢", "1" * 31, "1 2", "0x1"]
)
def test_what_is_no_plain_decimal_is_refused(text):
    with pytest.raises(ValueError, match="no number"):
        fields.exact(text)


@given(
    st.decimals(
        allow_nan=False, allow_infinity=False, places=4, min_value=-(10**9), max_value=10**9
    )
)
def test_a_plain_decimal_is_read_exactly(number):
    assert fields.exact(format(number, "f")) == number


@pytest.mark.parametrize(
    ("text", "decimal", "thousands", "number"),
    [
        ("1.299,00", ",", ".", "1299.00"),
        ("1 299,5", ",", " ", "1299.5"),
        ("1\u202f299,5", ",", " ", "1299.5"),
        ("1’299.00", ".", "'", "1299.00"),
        ("12,50-", ",", None, "-12.50"),
        ("-3", ",", None, "-3"),
        ("1234567", ",", ".", "1234567"),
    ],
)
def test_a_number_is_read_with_its_declared_signs(text, decimal, thousands, number):
    assert fields.grouped(text, decimal, thousands) == Decimal(number)


@pytest.mark.parametrize(
    "text", ["1.29,00", "1.2999,00", "1.299.00", ",5", "12,", "1..299,0", "-12-", "", "1,2,3"]
)
def test_a_number_whose_groups_do_not_fit_is_refused(text):
    with pytest.raises(ValueError, match="no number"):
        fields.grouped(text, ",", ".")


@pytest.mark.parametrize("text", ["5.02E+14", "9,52e+12", "10-Apr", "#REF!", "#N/A", "", "   "])
def test_a_key_that_a_spreadsheet_has_damaged_is_refused(text):
    with pytest.raises(ValueError, match="key"):
        fields.key(text)


@pytest.mark.parametrize("text", ["1E5", "00071", "2E10", "NA", "TRUE", "10-4", "APR-10"])
def test_a_key_that_only_looks_odd_stays_as_it_is(text):
    assert fields.key(text) == text


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-01-01", datetime(2025, 12, 31, 23, tzinfo=UTC)),
        ("2026-07-01", datetime(2026, 6, 30, 22, tzinfo=UTC)),
        ("2026-07-01T08:00", datetime(2026, 7, 1, 6, tzinfo=UTC)),
        ("2026-07-01 08:00", datetime(2026, 7, 1, 6, tzinfo=UTC)),
        ("2026-07-01T08:00Z", datetime(2026, 7, 1, 8, tzinfo=UTC)),
        ("2026-07-01T08:00-0500", datetime(2026, 7, 1, 13, tzinfo=UTC)),
        ("2026-03-29T02:30", datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),  # skipped by the clock
    ],
)
def test_a_date_without_a_zone_is_in_the_feeds_zone(text, instant):
    assert fields.instant(text, "Europe/Berlin") == instant


@pytest.mark.parametrize("text", ["2026-13-01", "2026-02-30", "01.02.2026", "2026", "today", "0"])
def test_what_is_no_iso_date_is_refused(text):
    with pytest.raises(ValueError, match="is no ISO date"):
        fields.instant(text, "UTC")


@given(st.text(max_size=40))
def test_any_text_is_a_value_or_a_reason(text):
    zone = "America/New_York"
    for read in (
        fields.exact,
        fields.key,
        lambda t: fields.instant(t, zone),
        lambda t: fields.day_after(t, zone),
        lambda t: fields.grouped(t, ",", "."),
    ):
        with suppress(ValueError):  # any other exception fails
            read(text)
