from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from auditor.compare.words import claimed_text, replacement
from auditor.model import Attribute, Role
from auditor.values.types import Amount, Basis, Interval, Quantity


def test_only_the_number_of_the_value_is_exchanged(bench: Any) -> None:
    claim = bench.claim(bench.money("0.295", "USD"), quote="1,000+ : $0.295")
    truth = bench.truth(bench.money("0.0295", "USD"))
    assert replacement(claim, truth, "en-US") == "1,000+ : $0.0295"


def test_the_pages_own_number_format_is_kept(bench: Any) -> None:
    amount = Amount("1.189,00", (Interval.point(Decimal("1189.00")),))
    claim = bench.claim(bench.money("1189.00"), quote="1.189,00 € / Stück")
    german = bench.claim(type(claim.value)(amount, "EUR"), quote=claim.quote)
    assert replacement(german, bench.truth(bench.money("1249")), "de-DE") == "1.249,00 € / Stück"


@pytest.mark.parametrize(
    ("quote", "shown", "true", "proposed"),
    [
        ("22 lb", ("22", "lb"), ("6.8", "kg"), "6.8 kg"),
        ("22 kg", ("22", "kg"), ("6.8", "kg"), "6.8 kg"),
    ],
)
def test_a_number_in_another_unit_is_not_put_before_the_old_unit(
    bench: Any, quote: str, shown: tuple[str, str], true: tuple[str, str], proposed: str
) -> None:
    claim = bench.claim(bench.quantity(*shown), Attribute.SPEC, key="weight", quote=quote)
    truth = bench.truth(bench.quantity(*true), Attribute.SPEC, key="weight")
    assert replacement(claim, truth, "en-US") == proposed


def test_days_are_not_exchanged_for_a_number_of_weeks(bench: Any) -> None:
    claim = bench.claim(
        bench.span("2", "business_days"), Attribute.LEAD_TIME, quote="2 working days"
    )
    truth = bench.truth(bench.span("6", "weeks"), Attribute.LEAD_TIME)
    assert replacement(claim, truth, "en-US") == "6 weeks"


def test_the_sign_of_a_range_stays_where_it_is(bench: Any) -> None:
    amount = Amount("-10 °C bis +55", (Interval(Decimal(-10), Decimal(55)),))
    claim = bench.claim(Quantity(amount, "°C"), Attribute.SPEC, quote="-10 °C bis +55 °C")
    truth = bench.truth(bench.quantity("-10..80", "°C"), Attribute.SPEC)
    assert replacement(claim, truth, "de-DE") == "-10 °C bis +80 °C"


def test_a_fraction_is_replaced_as_a_whole(bench: Any) -> None:
    amount = Amount("4 1/2", (Interval.point(Decimal("4.5")),))
    claim = bench.claim(Quantity(amount, "in"), Attribute.SPEC, quote="4 1/2 in. length")
    assert (
        replacement(claim, bench.truth(bench.quantity("5", "in"), Attribute.SPEC), "en") == "5 in"
    )


def test_another_basis_is_spelled_out(bench: Any) -> None:
    claim = bench.claim(bench.money("9.80"), basis=Basis(unit_stated=True), quote="9,80 €")
    truth = bench.truth(bench.money("9.80"), price_per=Decimal(100))
    assert replacement(claim, truth, "de-DE") == "9.80 EUR / 100 pcs"


def test_a_break_is_not_called_from_twice(bench: Any) -> None:
    claim = bench.claim(bench.money("3.10"), role=Role.FROM, basis=Basis(min_qty=Decimal(200)))
    assert claimed_text(claim)[0] == "3.10 EUR / 1 pcs from 200"
    assert claimed_text(bench.claim(bench.money("3.10"), role=Role.FROM))[0].startswith("from 3.10")
