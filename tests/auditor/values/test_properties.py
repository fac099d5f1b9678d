"""What holds for any text: no exception, offsets that re-quote, linear work."""

from __future__ import annotations

import importlib
import pkgutil
import re
import sys
from collections.abc import Iterator
from decimal import Decimal
from re import _constants as opcodes
from re import _parser as parser
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import auditor.values
from auditor.values.codec import basis_from_json, basis_to_json, from_json, to_json
from auditor.values.compare import Comparison, same
from auditor.values.fold import fold
from auditor.values.locale import Locale, locale_for
from auditor.values.numbers import readings_of
from auditor.values.text import canonical, localized
from auditor.values.tokenizer import tokenize
from auditor.values.types import Interval, Money, Quantity
from auditor.values.units import convert, convertible, symbols
from auditor.values.vocabulary import vocabulary

LOCALES = [
    locale_for(tag)
    for tag in ("en-US", "de-DE", "fr-FR", "es-ES", "it-IT", "nl-NL", "de-CH", "en-IN", "", "en-ZA")
]
MARKS = """
1 2 12 1.299 1,25,000 0.335 ½ 1/2 - – … € $ £ CHF Rs. EUR US$ ¢ p / /- .– pcs Stk. m mm ″ ' in kg
V °C % ± + x × by IP M8 DN AWG NC to bis à from ab ≤ > weeks h Werktage per pro la each ea 100
thousand C M k million ( ) : , . 31.12.2026 2026-03-01 March 3rd two fünf L １ ． ٣ ² ⁹⁰ İ ẞ ß 😀
max. min # _ ~ | → 1e5 +49 10:30 am
"""
BLANKS = [" ", "  ", "\n", "\u00ad", "\u200b", "\u202f", "\u00a0", "\ufeff", '"', "\ud7ff"]
PHRASES = [
    " items in the box ",
    " model ",
    "jours ouvrés",
    "excl. VAT",
    "inkl. 19 % MwSt.",
    "W x H",
    "up to",
    "a dozen",
]
FRAGMENTS = [*MARKS.split(), *BLANKS, *PHRASES]
TEXTS = st.one_of(
    st.lists(st.sampled_from(FRAGMENTS), max_size=14).map("".join), st.text(max_size=60)
)


@settings(max_examples=400, deadline=None)
@given(text=TEXTS, locale=st.sampled_from(LOCALES))
def test_any_text_gives_ordered_tokens_that_can_be_quoted_again(text: str, locale: Locale) -> None:
    position = 0
    for token in tokenize(text, locale):
        assert position <= token.start <= token.core[0] < token.core[1] <= token.end <= len(text)
        assert text[token.start : token.end].strip()
        position = token.end


@settings(max_examples=300, deadline=None)
@given(text=TEXTS, locale=st.sampled_from(LOCALES))
def test_the_quick_way_reads_what_the_full_way_reads(text: str, locale: Locale) -> None:
    quick = tokenize(text, locale)
    with patch("auditor.values.tokenizer.has_plain_left", return_value=False):
        assert quick == tokenize(text, locale)


@settings(max_examples=300, deadline=None)
@given(text=TEXTS, locale=st.sampled_from(LOCALES))
def test_every_value_survives_the_store_and_equals_itself(text: str, locale: Locale) -> None:
    for token in tokenize(text, locale):
        if token.value is None:
            continue
        assert from_json(to_json(token.value)) == token.value
        if token.basis is not None:
            assert basis_from_json(basis_to_json(token.basis)) == token.basis
        assert canonical(token.value, token.basis)
        assert localized(token.value, text[token.start : token.end], locale)
        is_open = isinstance(token.value, Money) and token.value.currency is None
        assert same(token.value, token.value) is not Comparison.DIFFERENT
        assert is_open or same(token.value, token.value) is not Comparison.INCOMPARABLE


@settings(max_examples=300, deadline=None)
@given(text=st.text(max_size=80), start=st.integers(0, 80), length=st.integers(0, 80))
def test_folding_keeps_the_way_back(text: str, start: int, length: int) -> None:
    start = min(start, len(text))
    folded = fold(text, start, start + length)
    for at, character in enumerate(folded.text):
        left, right = folded.back(at, at + 1)
        assert right == left + 1
        assert start <= left < start + length
        if character.isascii() and character.isalpha() and text[left].isascii():
            assert text[left] == character


@settings(max_examples=200, deadline=None)
@given(number=st.decimals(0, 10**9, places=2), locale=st.sampled_from(LOCALES[:8]))
def test_a_number_written_for_a_locale_is_read_back(number: Decimal, locale: Locale) -> None:
    group = "'" if "'" in locale.groups else "." if locale.decimal == "," else ","
    text = f"{number:,.2f}".replace(",", "\0").replace(".", locale.decimal).replace("\0", group)
    assert readings_of(text, locale) == (number,)


@settings(max_examples=200, deadline=None)
@given(
    number=st.decimals(-1000, 1000, places=3),
    source=st.sampled_from(sorted(set(symbols().values()))),
    target=st.sampled_from(sorted(set(symbols().values()))),
)
def test_converting_there_and_back_changes_nothing(
    number: Decimal, source: str, target: str
) -> None:
    if not convertible(source, target):
        return
    there = convert(number, source, target)
    back = convert(there, target, source)
    assert abs(back - number) <= Decimal("1e-6") * max(abs(number), 1)


@settings(max_examples=200, deadline=None)
@given(text=st.text(max_size=80), kind=st.sampled_from(["availability", "tax", "unit", "month"]))
def test_found_phrases_lie_in_the_text(text: str, kind: str) -> None:
    for found in vocabulary().find(kind, text):
        assert 0 <= found.start < found.end <= len(text)


HOSTILE = [
    "1", "1 ", "1.", "1,", "1'", "1/", "1-", "1–", "½", "1x", "1 x ", "1 x 1 mm ", "$1 ", "$",
    "1$", "€1.", "(", "1 (", "from ", "from 1 ", "1 to ", "two ", "two to ", "A1", "a-",
    "1 million ", "March ", "1 March ", "1.1.", "12.12.2012", "1:", "+1 ", "±1 ", "1±1", "1 /",
    "$1 per ", "$1/1 ", "$1 (1 ", "\u00ad1", "１", "M8x1.25 ", "1 AWG", "H x W x D: 1 x", '"1" ',
    "1 mm to ", " 000 000", "1,000,000,", "DIN EN ISO ", "100 m reel ", "Min. ", "excl. 19 % ",
    "1 in ", "-", " ", "\u200b",
]  # fmt: skip


@pytest.mark.parametrize("piece", HOSTILE)
def test_work_grows_no_faster_than_the_text(piece: str) -> None:
    locale = locale_for("fr-FR")
    tokenize(piece * 5, locale)
    short, long = (_calls(piece * (size // len(piece)), locale) for size in (1500, 6000))
    assert long <= 4.6 * short + 200


def test_no_pattern_can_backtrack_without_bound() -> None:
    """Every unbounded repeat inside another one must be told from what goes on by a mark."""
    nested = {
        name
        for name, pattern in _patterns()
        if _has_nested_repeat(parser.parse(pattern.pattern, pattern.flags), inside=False)
    }
    # Digits and separators, name parts and separators: the two never match the same character.
    assert nested <= {"numbers._LITERAL", "tokenizer._RUN"}


def test_a_long_run_of_digits_is_no_number() -> None:
    assert tokenize("1" * 100_000, locale_for("en-US")) == []
    assert tokenize("1.000" * 20_000, locale_for("de-DE")) == []


def _calls(text: str, locale: Locale) -> int:
    count = 0

    def counted(_frame: Any, event: str, _argument: Any) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    before = sys.getprofile()
    sys.setprofile(counted)
    try:
        tokenize(text, locale)
    finally:
        sys.setprofile(before)
    return count


def _patterns() -> Iterator[tuple[str, re.Pattern[str]]]:
    for module_info in pkgutil.iter_modules(auditor.values.__path__):
        module = importlib.import_module(f"auditor.values.{module_info.name}")
        for name, value in vars(module).items():
            if isinstance(value, re.Pattern):
                yield f"{module_info.name}.{name}", value
            elif isinstance(value, tuple):
                for entry in value:
                    if isinstance(entry, tuple) and isinstance(entry[0], re.Pattern):
                        yield f"{module_info.name}.{name}", entry[0]


def _has_nested_repeat(node: Any, *, inside: bool) -> bool:
    for code, argument in node:
        unbounded = inside
        bodies: list[Any] = []
        if code in {opcodes.MAX_REPEAT, opcodes.MIN_REPEAT}:
            _, most, body = argument
            unbounded = most is opcodes.MAXREPEAT or most > 200
            if unbounded and inside:
                return True
            unbounded, bodies = unbounded or inside, [body]
        elif code is opcodes.SUBPATTERN:
            bodies = [argument[-1]]
        elif code is opcodes.BRANCH:
            bodies = argument[1]
        elif code in {opcodes.ASSERT, opcodes.ASSERT_NOT}:
            bodies = [argument[1]]
        if any(_has_nested_repeat(body, inside=unbounded) for body in bodies):
            return True
    return False


def test_an_interval_of_one_number_is_a_point() -> None:
    amount = tokenize("5 kg", locale_for("en-US"))[0].value
    assert isinstance(amount, Quantity)
    assert amount.amount.readings == (Interval.point(Decimal(5)),)
