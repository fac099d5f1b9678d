"""Word lists: complete, found on word boundaries, extendable."""

from __future__ import annotations

from decimal import Decimal

import pytest

from auditor.values.locale import locale_for
from auditor.values.own_words import OwnWords
from auditor.values.units import canonical_unit, convert, convertible
from auditor.values.vocabulary import LANGUAGES, vocabulary

KINDS = [
    "availability", "status", "tax", "related_heading", "review_heading", "unit", "time", "number",
    "month", "bound", "range", "per", "each", "dimension", "material",
]  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_knows_every_kind(language: str) -> None:
    assert [kind for kind in KINDS if not vocabulary(language).phrases(kind)] == []
    assert set(vocabulary(language).phrases("month")) == {str(month) for month in range(1, 13)}


def test_a_phrase_never_matches_inside_a_word() -> None:
    words = vocabulary("en")
    assert words.find("availability", "instockpile, in stockholm") == []
    assert words.canonical("availability", "in stock today") is None


def test_the_longest_phrase_wins() -> None:
    [found] = vocabulary("en").find("availability", "Currently not in stock.")
    assert found.canonical == "out_of_stock"


@pytest.mark.parametrize(
    ("language", "kind", "text", "canonical"),
    [
        ("de", "availability", "aus\u00adver\u00adkauft", "out_of_stock"),
        ("de", "availability", "Auf\u00a0Lager", "in_stock"),
        ("fr", "availability", "Rupture de stock", "out_of_stock"),
        ("it", "tax", "IVA esclusa", "excl"),
        ("nl", "unit", "stuks", "pcs"),
        ("de", "tax", "plus tax", "excl"),
        ("xx", "availability", "rupture de stock", "out_of_stock"),
        ("en-GB", "status", "superseded by", "superseded"),
    ],
)
def test_words_of_the_page_have_one_canonical_word(
    language: str, kind: str, text: str, canonical: str
) -> None:
    assert vocabulary(language).canonical(kind, text) == canonical


def test_a_found_span_is_of_the_text_as_given() -> None:
    text = "… ist auf\u00a0La\u00adger …"
    [found] = vocabulary("de").find("availability", text)
    assert text[found.start : found.end] == "auf\u00a0La\u00adger"


def test_a_company_can_add_its_own_words() -> None:
    own = OwnWords({"en": {"availability.in_stock": ("on the truck",), "order.moq": ("floor",)}})
    words = vocabulary("en", own)
    assert words.canonical("availability", "On the truck") == "in_stock"
    assert words.canonical("availability", "in stock") == "in_stock"
    assert words.phrases("order") == {}
    assert vocabulary("en").canonical("availability", "On the truck") is None


def test_a_kind_nobody_defined_finds_nothing() -> None:
    assert vocabulary("en").find("weather", "rain") == []
    assert vocabulary("en").phrases("weather") == {}


@pytest.mark.parametrize(
    ("text", "language", "unit"),
    [
        ("VDC", "", "V"), ("Stk.", "de", "pcs"), ("pièces", "fr", "pcs"), ("litres", "fr", "l"),
        ("uds.", "es", "pcs"), ("pz.", "it", "pcs"), ("stuks", "nl", "pcs"), ("Ltr.", "de", "l"),
        ("lbs", "en", "lb"), ("″", "", "in"), ("µm", "", "µm"), ("um", "", "µm"), ("mA", "", "mA"),
        ("MΩ", "", "MΩ"), ("mW", "", "mW"), ("MW", "", "MW"), ("furlong", "en", None),
    ],
)  # fmt: skip
def test_units_have_one_symbol(text: str, language: str, unit: str | None) -> None:
    assert canonical_unit(text, language) == unit


def test_pieces_and_packs_do_not_convert() -> None:
    assert not convertible("pack", "pcs")
    with pytest.raises(ValueError, match="does not convert"):
        convert(Decimal(1), "bag", "kg")


@pytest.mark.parametrize(
    ("tag", "decimal", "groups", "currency"),
    [
        ("de-DE", ",", {".", " "}, "EUR"),
        ("de-CH", ".", {"'", " "}, "CHF"),
        ("en-US", ".", {","}, "USD"),
        ("en-IN", ".", {","}, "INR"),
        ("fr-FR", ",", {".", " "}, "EUR"),
        ("en-ZA", "", {" ", ","}, "ZAR"),
        ("", "", set(), None),
        ("tlh-KX", "", set(), None),
        ("de_DE", ",", {".", " "}, "EUR"),
    ],
)
def test_a_locale_knows_its_separators(
    tag: str, decimal: str, groups: set[str], currency: str | None
) -> None:
    locale = locale_for(tag)
    assert (locale.decimal, set(locale.groups), locale.currency) == (decimal, groups, currency)


def test_the_market_decides_what_a_dollar_is() -> None:
    assert locale_for("en", "CA").sign("$") == "CAD"
    assert locale_for("en-US").sign("$") == "USD"
    assert locale_for("de-DE").sign("$") is None
    assert locale_for("en", "JP").sign("¥") == "JPY"
    assert locale_for("sv-SE").sign("kr") == "SEK"
