"""Canonical text, and replacements in the page's own number format."""

from __future__ import annotations

from decimal import Decimal

import pytest

from auditor.values.locale import locale_for
from auditor.values.text import amount_text, canonical, localized, unit_text
from auditor.values.tokenizer import tokenize
from auditor.values.types import Amount, Basis, Duration, DurationUnit, Interval, Money, Word


def money(number: str, currency: str | None = "EUR") -> Money:
    return Money(Amount(number, (Interval.point(Decimal(number)),)), currency)


@pytest.mark.parametrize(
    ("number", "basis", "expected"),
    [
        ("12.40", Basis(price_per=Decimal(100)), "12.40 EUR / 100 pcs"),
        ("6.30", Basis(min_qty=Decimal(10)), "6.30 EUR / 1 pcs from 10"),
        ("6.30", Basis(min_qty=Decimal(1)), "6.30 EUR / 1 pcs"),
        ("46.50", Basis(price_unit="bag"), "46.50 EUR / bag"),
        (
            "4.50",
            Basis(price_unit="bag", pack_size=Decimal(50)),
            "4.50 EUR / bag of 50",
        ),
        ("0.04400", Basis(min_qty=Decimal(5000)), "0.044 EUR / 1 pcs from 5000"),
        ("40.00", None, "40 EUR"),
    ],
)
def test_a_price_says_what_it_is_for(number: str, basis: Basis | None, expected: str) -> None:
    assert canonical(money(number), basis) == expected


def test_amount_and_unit_come_apart() -> None:
    span = Duration(Amount("2–3", (Interval(Decimal(2), Decimal(3)),)), DurationUnit.WEEKS)
    assert (amount_text(span), unit_text(span)) == ("2..3", "weeks")
    assert (amount_text(Word("In stock", "in_stock")), unit_text(Word("", ""))) == ("in_stock", "")
    assert unit_text(money("5", None)) == "?"


@pytest.mark.parametrize(
    ("language", "like", "number", "expected"),
    [
        ("de-DE", "€ 1.299,00", "1349", "€ 1.349,00"),
        ("de-DE", "1.299,00 €", "12499.5", "12.499,50 €"),
        ("de-DE", "12,40 € / 100 Stk.", "13.10", "13,10 € / 100 Stk."),
        ("de-CH", "CHF 1’249.–", "1310", "CHF 1’310.–"),
        ("en-US", "$1,299", "1349.50", "$1,349.50"),
        ("en-US", "$2.10 each", "12", "$12.00 each"),
        ("en-IN", "₹1,25,000", "1350000", "₹13,50,000"),
        ("fr-FR", "1 249,50 € HT", "1310", "1 310,00 € HT"),
        ("en-US", "$0.044", "0.0295", "$0.0295"),
    ],
)
def test_a_replacement_keeps_the_form_of_the_page(
    language: str, like: str, number: str, expected: str
) -> None:
    assert localized(money(number), like, locale_for(language)) == expected


def test_a_range_replaces_a_range() -> None:
    new = tokenize("4 to 6 weeks", locale_for("en-US"))[0].value
    assert new is not None
    assert localized(new, "2–3 Wochen", locale_for("de-DE")) == "4–6 Wochen"


def test_text_without_a_fitting_number_gives_the_canonical_text() -> None:
    assert localized(money("5"), "price on request", locale_for("en-US")) == "5 EUR"
    assert localized(Word("Yes", "in_stock"), "Sold out 2 days ago", locale_for("")) == "in_stock"
