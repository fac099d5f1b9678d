"""A code at the end of a clause is still a code."""

from __future__ import annotations

import pytest

from auditor.values.locale import locale_for
from auditor.values.tokenizer import tokenize
from auditor.values.tokens import Kind


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Its protection class is IP54, and its material is polyamide.", "IP54"),
        ("The housing is IP67.", "IP67"),
        ("The thread is M8x1.25.", "M8x1.25"),
        ("M8x1, zinc plated", "M8x1"),
        ("strength class 8.8.", "class 8.8"),
    ],
)
def test_a_full_stop_or_comma_does_not_hide_a_code(text: str, code: str) -> None:
    codes = [t for t in tokenize(text, locale_for("en-US")) if t.kind is Kind.CODE]
    assert [text[t.start : t.end] for t in codes] == [code]
