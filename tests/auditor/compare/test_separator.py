"""A factor of 1000 around one separator is no proof of anything."""

from __future__ import annotations

from decimal import Decimal

import pytest

from auditor.compare.verdicts import hinges_on_separator
from auditor.model import Attribute, Claim, Locator, Method, Role, Truth
from auditor.values.types import Amount, Basis, Interval, Money


def money(text: str, value: str) -> Money:
    return Money(Amount(text, (Interval.point(Decimal(value)),)), "USD")


@pytest.mark.parametrize(
    ("text", "read", "true", "hinges"),
    [
        ("1.345", "1.345", "1345.00", True),
        ("1,299", "1299", "1.299", True),
        ("1.34", "1.34", "1340", False),
        ("1.345", "1.345", "134.50", False),
        ("12.400", "12.400", "13.10", False),
    ],
)
def test_only_a_whole_group_of_digits_hinges(text: str, read: str, true: str, hinges: bool) -> None:
    claim = Claim(
        "web", "https://a/", "S", Attribute.PRICE, "", Role.LIST, money(text, read), Basis(),
        text, Locator(0, len(text)), Method.PROSE, True, 1.0,
    )  # fmt: skip
    truth = Truth("S", Attribute.PRICE, "", money(true, true))
    assert hinges_on_separator(claim, truth) is hinges
