from __future__ import annotations

import pytest

from auditor import identifiers


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("the BX-200 pump", 4, 9),
        ("the BX-20-S pump", 4, 9),
        ("the ABX-20 pump", 5, 10),
        ("the X-BX-20 pump", 6, 11),
        ("the BX-20/S pump", 4, 9),
        ("the BX-20.5 pump", 4, 9),
        ("the BX-20_rev", 4, 9),
    ],
)
def test_part_of_a_longer_identifier_does_not_stand_alone(text: str, start: int, end: int) -> None:
    assert text[start:end] == "BX-20"
    assert not identifiers.stands_alone(text, start, end)


@pytest.mark.parametrize(
    "text", ["BX-20", "(BX-20)", "BX-20.", "BX-20, BX-30", "BX-20/BX-30", "BX-20–BX-30", "»BX-20«"]
)
def test_an_identifier_between_punctuation_stands_alone(text: str) -> None:
    start = text.index("BX-20")
    assert identifiers.stands_alone(text, start, start + 5)


def test_a_word_and_a_number_are_not_an_identifier_with_a_blank() -> None:
    assert not identifiers.reads_as("as 20", "AS20")
    assert not identifiers.reads_as("NSL T1", "NSLT1")
    assert identifiers.reads_as("PZ 1", "PZ1")
    assert identifiers.reads_as("NS LT1", "NS-LT1")


@pytest.mark.parametrize(
    "text", ["120v", "22ah", "M8x1.25", "IP67", "DN40", "2024", "4711", "WASHER", "Pt100", "40x40"]
)
def test_spec_values_plain_numbers_and_words_need_context(text: str) -> None:
    assert identifiers.needs_context(text)


@pytest.mark.parametrize("text", ["BX-20", "TK-77120", "RC0805-1002F", "4006381333931"])
def test_distinct_identifiers_need_no_context(text: str) -> None:
    assert not identifiers.needs_context(text)


@pytest.mark.parametrize(
    "before",
    [
        "Art.-Nr. ",
        "SKU: ",
        "Item # ",
        "Part No. ",
        "Bestell-Nr.: ",
        "Réf. : ",
        "Stock no. ",
        "MPN ",
    ],
)
def test_labels_of_identifiers_are_known_in_several_languages(before: str) -> None:
    assert identifiers.has_label_before(before + "4711", len(before))


def test_offsets_lead_back_through_soft_hyphens_and_full_width_digits() -> None:
    text = "see Tem\u00adpera\u00adtur BX\u2011２０ now"
    folded = identifiers.fold(text)
    start = folded.text.index("bx20")
    assert text[folded.origin(start) : folded.origin(start + 3) + 1] == "BX\u2011２０"


def test_a_wrong_check_digit_is_no_gtin() -> None:
    assert identifiers.gtin14("4006381333932") is None
    assert identifiers.gtin14("4006381333931") == "04006381333931"
    assert identifiers.gtin14("96385074") == "00000096385074"
