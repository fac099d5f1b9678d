"""Copied paragraphs, found by their shingles."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from auditor.near_copies import ALIKE, near_copies, overlap, shingles

RULE = (
    "Orders of terminal blocks start at 50 pieces; smaller lots are picked by hand at the counter, "
    "for which we charge a handling fee that is printed on the invoice."
)
OTHER = (
    "Returns are taken back within thirty days if the goods are unused and the packaging is whole; "
    "write to the service desk first and put the number of the case on the parcel."
)


def test_short_texts_are_never_copies() -> None:
    assert near_copies({"a": "MOQ 50 pcs", "b": "MOQ 50 pcs"}) == {}


def test_different_paragraphs_are_no_copies() -> None:
    assert near_copies({"a": RULE, "b": OTHER}) == {}


def test_a_paragraph_about_another_product_with_two_words_changed_is_a_copy() -> None:
    copy = RULE.replace("50", "25").replace("printed", "shown")
    assert near_copies({"b": copy, "a": RULE, "c": OTHER}) == {"a": "a", "b": "a"}


def test_half_a_paragraph_rewritten_is_no_copy() -> None:
    half = RULE.split(";")[0] + "; ask the counter for anything less, they know what to do about it"
    assert near_copies({"a": RULE, "b": half}) == {}


_WORDS = st.sampled_from(
    ["order", "minimum", "pieces", "price", "ships", "weeks", "return", "goods", "paid", "invoice"]
)
_TEXTS = st.dictionaries(
    st.sampled_from("abcdefgh"), st.lists(_WORDS, min_size=8, max_size=16).map(" ".join)
)


@given(_TEXTS)
def test_every_copy_overlaps_with_the_text_that_stands_for_it(texts: dict[str, str]) -> None:
    for key, head in near_copies(texts).items():
        assert overlap(shingles(texts[key]), shingles(texts[head])) >= ALIKE


@given(_TEXTS)
def test_no_two_texts_that_are_alike_both_stay_alone(texts: dict[str, str]) -> None:
    found = near_copies(texts)
    for one, other in combinations(sorted(texts), 2):
        sets = shingles(texts[one]), shingles(texts[other])
        if all(sets) and overlap(*sets) >= ALIKE:
            assert one in found or other in found


@given(_TEXTS)
def test_the_order_of_the_texts_does_not_matter(texts: dict[str, str]) -> None:
    assert near_copies(texts) == near_copies(dict(reversed(texts.items())))
