"""When a claim says what the truth says: precision, readings, ranges, units, names."""

from __future__ import annotations

from decimal import Decimal

import pytest

from auditor.values.compare import Comparison, Ranges, same
from auditor.values.locale import locale_for
from auditor.values.tokenizer import tokenize
from auditor.values.truth import parse_truth_value
from auditor.values.types import Amount, Dimensions, Interval, Quantity, Value, Word


def claim(text: str, language: str = "en-US") -> Value:
    value = tokenize(text, locale_for(language))[0].value
    assert value is not None
    return value


def truth(attribute: str, value: str, unit: str = "") -> Value:
    return parse_truth_value(attribute, "", value, unit)[0]


SPECS = [
    ("12 oz", "0.340", "kg", "equal"),
    ("150 psi", "10.34", "bar", "equal"),
    ("55 US gal", "208.2", "l", "equal"),
    ("22 lb", "6.8", "kg", "different"),
    ("311 F", "155", "°C", "equal"),
    ("320 F", "155", "°C", "different"),
    ("6.5 pH", "6.5", "pH", "equal"),
    ("7.5 pH", "6.5", "pH", "incomparable"),
    ("185 °F", "85", "°C", "equal"),
    ("40 °F", "4", "°C", "equal"),
    ("80 °F", "85", "°C", "different"),
    ("3/4 in", "19.05", "mm", "equal"),
    ("3/4 in", "19", "mm", "equal"),
    ("19 mm", "19.05", "mm", "equal"),
    ("2.5 m", "2.54", "m", "equal"),
    ("2.5 m", "25", "m", "different"),
    ("2 m", "2.4", "m", "different"),
    ("1 kg", "2", "lb", "different"),
    ("25 m", "25.0", "m", "equal"),
    ("24 V", "12..36", "V", "within"),
    ("48 V", "12..36", "V", "different"),
    ("12–36 VDC", "12..36", "V", "equal"),
    ("12–24 VDC", "12..36", "V", "different"),
    ("-10 °C to 55 °C", "-10..80", "°C", "different"),
    ("14 to 176 °F", "-10..80", "°C", "equal"),
    ("up to 60 W", "60", "W", "equal"),
    ("≤ 4.0 %", "0..4", "%", "within"),
    ("≤ 5 %", "0..4", "%", "different"),
    ("≥ 5 bar", "5..", "bar", "equal"),
    ("± 0.25 % FS", "0.25", "%", "equal"),
    ("24 V ±10 %", "24", "V", "equal"),
    ("24 V ±10 %", "21.6..26.4", "V", "equal"),
    ("5 kg", "5", "m", "incomparable"),
    ("2 packs", "2", "pcs", "incomparable"),
    ("2 dozen", "24", "pcs", "equal"),
    ("5 kg", "5", "furlong", "incomparable"),
]


@pytest.mark.parametrize(("text", "value", "unit", "expected"), SPECS)
def test_measured_amounts_agree_within_the_printed_precision(
    text: str, value: str, unit: str, expected: str
) -> None:
    assert same(claim(text), truth("spec", value, unit)) == expected


@pytest.mark.parametrize(
    ("text", "value", "unit", "expected"),
    [
        ("$12.40", "12.4", "USD", "equal"),
        ("$12.40", "12.41", "USD", "different"),
        ("$12", "12.40", "USD", "different"),
        ("€12.40", "12.40", "USD", "incomparable"),
        ("EUR 1.299", "1299", "EUR", "ambiguous"),
        ("EUR 1.299", "1.299", "EUR", "ambiguous"),
        ("EUR 1.299", "1300", "EUR", "different"),
        ("$14.50 – $18.75", "16.00", "USD", "within"),
        ("$14.50 – $18.75", "19.00", "USD", "different"),
    ],
)
def test_money_agrees_to_the_last_digit_or_not_at_all(
    text: str, value: str, unit: str, expected: str
) -> None:
    assert same(claim(text), truth("price", value, unit)) == expected


def test_money_without_a_currency_is_not_compared() -> None:
    assert same(claim("$12", "de-DE"), truth("price", "12", "USD")) is Comparison.INCOMPARABLE


@pytest.mark.parametrize(
    ("text", "value", "unit", "expected"),
    [
        ("2 weeks", "10", "business_days", "equal"),
        ("2 weeks", "14", "days", "equal"),
        ("48 h", "2", "days", "equal"),
        ("14 days", "10", "business_days", "equal"),
        ("2–3 weeks", "10..15", "business_days", "equal"),
        ("2 weeks", "2..3", "weeks", "within"),
        ("2–3 weeks", "2", "weeks", "within"),
        ("2–3 weeks", "2..4", "weeks", "different"),
        ("3 days", "3", "business_days", "ambiguous"),
        ("10 days", "3", "business_days", "different"),
        ("15 working days", "5", "business_days", "different"),
        ("48 h", "2", "business_days", "ambiguous"),
        ("4 weeks", "1", "months", "ambiguous"),
        ("2 months", "3", "weeks", "different"),
        ("5 business days", "6", "weeks", "different"),
    ],
)
def test_spans_of_time_agree_by_calendar(text: str, value: str, unit: str, expected: str) -> None:
    assert same(claim(text), truth("lead_time", value, unit)) == expected


@pytest.mark.parametrize(
    ("ranges", "expected"),
    [
        (Ranges.EXACT, Comparison.DIFFERENT),
        (Ranges.CONTAINED, Comparison.WITHIN),
        (Ranges.OVERLAP, Comparison.WITHIN),
    ],
)
def test_a_narrower_range_agrees_where_the_rule_allows_it(
    ranges: Ranges, expected: Comparison
) -> None:
    assert same(claim("3–4 weeks"), truth("lead_time", "2..6", "weeks"), ranges=ranges) is expected


def test_ranges_that_only_touch_agree_under_overlap_alone() -> None:
    claimed, expected = claim("4–8 weeks"), truth("lead_time", "2..6", "weeks")
    assert same(claimed, expected, ranges=Ranges.CONTAINED) is Comparison.DIFFERENT
    assert same(claimed, expected, ranges=Ranges.OVERLAP) is Comparison.WITHIN


@pytest.mark.parametrize(
    ("text", "value", "expected"),
    [
        ("IP 65", "IP67", "different"),
        ("IP 67", "IP67", "equal"),
        ("M8-1.25", "M8x1.25", "equal"),
        ("M8", "M8x1.25", "equal"),
        ("M8 × 1", "M8x1.25", "different"),
        ("type 304", "304", "equal"),
        ("1.4301", "A2", "equal"),
        ("1.4301", "A4", "different"),
        ("20 AWG", "AWG 20", "equal"),
        ("DN 40", "DN40", "equal"),
        ("2 NC", "2 NC", "equal"),
        ("8", "8", "equal"),
        ("8.8", "8", "different"),
        ("4 mm", "4", "incomparable"),
    ],
)
def test_coded_values_agree_by_their_canonical_form(text: str, value: str, expected: str) -> None:
    assert same(claim(text), truth("spec", value)) == expected


@pytest.mark.parametrize(
    ("text", "value", "expected"),
    [
        ("Polytetrafluoroethylene", "PTFE", "equal"),
        ("Edelstahl 1.4301", "A2", "equal"),
        ("Acier inoxydable A2 (1.4301)", "A4", "different"),
        ("Material Stahl", "Stahl", "equal"),
        ("stainless steel", "steel", "different"),
        ("18-8 stainless, type 304", "304", "equal"),
        ("SS316", "316", "equal"),
        ("galvanisch verzinkt", "feuerverzinkt", "different"),
        ("Bronze", "bronze", "equal"),
        ("Type 4X (NEMA 4X)", "NEMA 4X", "equal"),
    ],
)
def test_free_text_agrees_when_it_names_the_code(text: str, value: str, expected: str) -> None:
    assert same(Word(text, text.lower()), truth("spec", value)) == expected


def test_free_words_agree_when_the_truth_stands_in_the_claim() -> None:
    assert same(Word("Very heavy duty", "?"), Word("heavy duty", "heavy duty")) is Comparison.WITHIN
    assert same(Word("Blackish", "?"), Word("black", "black")) is Comparison.DIFFERENT


def dimensions(labels: tuple[str, ...], *sizes: int) -> Dimensions:
    parts = tuple(
        Quantity(Amount(str(size), (Interval.point(Decimal(size)),)), "mm") for size in sizes
    )
    return Dimensions(parts, labels)


def test_unlabelled_dimensions_agree_in_any_order() -> None:
    bare = ("", "", "")
    assert same(dimensions(bare, 1, 2, 3), dimensions(bare, 3, 2, 1)) is Comparison.EQUAL
    assert same(dimensions(bare, 1, 2, 2), dimensions(bare, 1, 1, 2)) is Comparison.DIFFERENT
    assert same(dimensions(("", ""), 1, 2), dimensions(bare, 1, 2, 3)) is Comparison.DIFFERENT


def test_labelled_dimensions_agree_label_by_label() -> None:
    ours = dimensions(("height", "width"), 300, 400)
    assert same(ours, dimensions(("width", "height"), 400, 300)) is Comparison.EQUAL
    assert same(ours, dimensions(("width", "height"), 300, 400)) is Comparison.DIFFERENT
    assert same(ours, dimensions(("width", "depth"), 300, 400)) is Comparison.INCOMPARABLE


def test_kinds_that_have_nothing_in_common_are_not_compared() -> None:
    assert same(claim("$5"), truth("lead_time", "5", "days")) is Comparison.INCOMPARABLE
    assert same(claim("5 days"), truth("spec", "5", "kg")) is Comparison.INCOMPARABLE
