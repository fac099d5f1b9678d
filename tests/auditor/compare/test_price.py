from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from auditor.compare import Policy
from auditor.model import Attribute, Diagnosis, Method, Reason, Role, Verdict
from auditor.values.types import Amount, Basis, Interval, Money, Tax


def test_a_was_price_is_never_current(bench: Any) -> None:
    judged = bench.one(
        bench.claim(bench.money("9.00"), role=Role.WAS), bench.truth(bench.money("8.00"))
    )
    assert (judged.verdict, judged.reason) == (Verdict.NOT_JUDGED, Reason.NOT_CURRENT)


def test_a_member_price_is_left_alone(bench: Any) -> None:
    judged = bench.one(
        bench.claim(bench.money("7.00"), role=Role.MEMBER), bench.truth(bench.money("8.00"))
    )
    assert judged.reason is Reason.CUSTOMER_SPECIFIC


def test_another_currency_is_left_alone(bench: Any) -> None:
    judged = bench.one(
        bench.claim(bench.money("8.00", "CAD")), bench.truth(bench.money("8.00", "USD"))
    )
    assert judged.reason is Reason.OTHER_CURRENCY


def test_an_ambiguous_number_is_left_alone_even_where_a_reading_is_right(bench: Any) -> None:
    two = Amount("1.250", (Interval.point(Decimal("1.25")), Interval.point(Decimal(1250))))
    judged = bench.one(bench.claim(Money(two, "EUR")), bench.truth(bench.money("1250")))
    assert (judged.verdict, judged.reason) == (Verdict.NOT_JUDGED, Reason.AMBIGUOUS_NUMBER)


def test_two_truths_in_force_are_a_question_to_the_feeds_owner(bench: Any) -> None:
    truths = [bench.truth(bench.money("2.85")), bench.truth(bench.money("3.05"))]
    judged = bench.one(bench.claim(bench.money("2.85")), *truths)
    assert judged.reason is Reason.SOURCE_CONFLICT


def test_a_change_within_the_grace_is_left_alone(bench: Any) -> None:
    truths = [
        bench.truth(bench.money("0.62"), end="2026-11-16"),
        bench.truth(bench.money("0.66"), start="2026-11-16"),
    ]
    judged = bench.one(bench.claim(bench.money("0.62")), *truths)
    assert judged.reason is Reason.PROPAGATION_GRACE


def test_only_a_truth_of_another_market_is_no_truth_here(bench: Any) -> None:
    judged = bench.one(
        bench.claim(bench.money("8.00")), bench.truth(bench.money("9.00"), market="US")
    )
    assert judged.reason is Reason.OTHER_MARKET


def test_trailing_zeros_are_no_difference(bench: Any) -> None:
    judged = bench.one(bench.claim(bench.money("2879.20")), bench.truth(bench.money("2879.2")))
    assert judged.verdict is Verdict.MATCH


def test_an_old_price_says_since_when_and_how_far_behind(bench: Any) -> None:
    truths = [
        bench.truth(bench.money("12.40"), end="2026-03-01", price_per=Decimal(100)),
        bench.truth(
            bench.money("12.80"), start="2026-03-01", end="2026-05-01", price_per=Decimal(100)
        ),
        bench.truth(bench.money("13.10"), start="2026-05-01", price_per=Decimal(100)),
    ]
    claim = bench.claim(bench.money("12.40"), basis=Basis(Decimal(100), unit_stated=True))
    judged = bench.one(claim, *truths)
    assert (judged.verdict, judged.diagnosis) == (Verdict.MISMATCH, Diagnosis.OUTDATED)
    assert judged.stale_since == bench.day("2026-03-01")
    assert judged.versions_behind == 2
    assert judged.claimed == "12.40 EUR / 100 pcs"
    assert judged.expected == "13.10 EUR / 100 pcs"
    assert judged.note == (
        "The page shows 12.40 EUR / 100 pcs; this was the list price until 1 March 2026, "
        "2 changes ago. Now 13.10 EUR / 100 pcs holds since 1 May 2026."
    )
    assert judged.replacement == "13.10"


def test_a_future_price_is_early(bench: Any) -> None:
    truths = [
        bench.truth(bench.money("44.10"), end="2027-01-01"),
        bench.truth(bench.money("46.80"), start="2027-01-01"),
    ]
    assert bench.one(bench.claim(bench.money("46.80")), *truths).diagnosis is Diagnosis.EARLY


@pytest.mark.parametrize(
    ("shown", "true"),
    [("195.00", "1.95"), ("2579.20", "2879.20"), ("0.295", "0.0295"), ("1294.00", "1249.00")],
)
def test_a_typing_slip_is_recognised(bench: Any, shown: str, true: str) -> None:
    judged = bench.one(bench.claim(bench.money(shown)), bench.truth(bench.money(true)))
    assert judged.diagnosis is Diagnosis.SLIP


def test_the_price_per_hundred_sold_as_piece_price_is_a_basis_error(bench: Any) -> None:
    claim = bench.claim(bench.money("9.80"), basis=Basis(unit_stated=True))
    judged = bench.one(claim, bench.truth(bench.money("9.80"), price_per=Decimal(100)))
    assert (judged.verdict, judged.diagnosis) == (Verdict.MISMATCH, Diagnosis.BASIS)


def test_the_bag_price_sold_as_piece_price_is_a_basis_error(bench: Any) -> None:
    claim = bench.claim(bench.money("4.50"), basis=Basis(unit_stated=True))
    truths = [
        bench.truth(bench.money("4.50"), price_unit="bag"),
        bench.truth(bench.quantity("50"), Attribute.PACK_SIZE),
    ]
    assert bench.one(claim, *truths).diagnosis is Diagnosis.BASIS


def test_a_box_price_is_compared_through_the_pack_size(bench: Any) -> None:
    claim = bench.claim(bench.money("8.40"), basis=Basis(price_unit="box", unit_stated=True))
    truths = [
        bench.truth(bench.money("0.042")),
        bench.truth(bench.quantity("200"), Attribute.PACK_SIZE),
    ]
    assert bench.one(claim, *truths).verdict is Verdict.MATCH


def test_a_gross_price_agrees_at_the_markets_rate_to_the_cent(bench: Any) -> None:
    gross = bench.claim(bench.money("10.23"), basis=Basis(tax=Tax.INCL))
    assert bench.one(gross, bench.truth(bench.money("8.60"))).verdict is Verdict.MATCH
    off = bench.claim(bench.money("10.24"), basis=Basis(tax=Tax.INCL))
    assert bench.one(off, bench.truth(bench.money("8.60"))).verdict is Verdict.MISMATCH


def test_a_gross_price_labelled_net_is_a_basis_error(bench: Any) -> None:
    claim = bench.claim(bench.money("535.50"), basis=Basis(tax=Tax.EXCL))
    assert bench.one(claim, bench.truth(bench.money("450.00"))).diagnosis is Diagnosis.BASIS


def test_the_total_for_the_minimum_quantity_is_no_unit_price(bench: Any) -> None:
    truths = [bench.truth(bench.money("3.60")), bench.truth(bench.quantity("25"), Attribute.MOQ)]
    judged = bench.one(bench.claim(bench.money("90.00")), *truths)
    assert judged.reason is Reason.BASIS_UNCLEAR


def test_each_break_is_compared_with_the_same_break(bench: Any) -> None:
    truths = [
        bench.truth(bench.money("7.20")),
        bench.truth(bench.money("6.30"), min_qty=Decimal(10), end="2026-07-01"),
        bench.truth(bench.money("6.48"), min_qty=Decimal(10), start="2026-07-01"),
        bench.truth(bench.money("5.76"), min_qty=Decimal(50)),
    ]
    claims = [
        bench.claim(bench.money(price), role=Role.TIER, basis=Basis(min_qty=Decimal(quantity)))
        for quantity, price in ((1, "7.20"), (10, "6.30"), (50, "5.76"))
    ]
    judged = {j.role: (j.verdict, j.diagnosis) for j in bench.judge(claims, truths)}
    assert judged == {
        "": (Verdict.MATCH, Diagnosis.NONE),
        "tier:10": (Verdict.MISMATCH, Diagnosis.OUTDATED),
        "tier:50": (Verdict.MATCH, Diagnosis.NONE),
    }


def test_a_break_the_price_list_does_not_have_is_extra(bench: Any) -> None:
    truths = [
        bench.truth(bench.money("0.11")),
        bench.truth(bench.money("0.05"), min_qty=Decimal(1000)),
    ]
    claim = bench.claim(bench.money("0.044"), role=Role.TIER, basis=Basis(min_qty=Decimal(5000)))
    judged = bench.one(claim, *truths)
    assert (judged.verdict, judged.diagnosis) == (Verdict.EXTRA, Diagnosis.NEVER_VALID)
    assert judged.expected == "no break at 5000 in the price list"


def test_a_from_price_is_true_while_the_lowest_price_is_that_price(bench: Any) -> None:
    truths = [
        bench.truth(bench.money("212.00")),
        bench.truth(bench.money("189.00"), min_qty=Decimal(10)),
        bench.truth(bench.money("179.00"), min_qty=Decimal(10), end="2026-01-01"),
    ]
    right = bench.claim(bench.money("189.00"), role=Role.FROM)
    other = bench.claim(bench.money("195.50"), role=Role.FROM)
    assert bench.one(right, *truths).verdict is Verdict.MATCH
    assert bench.one(other, *truths).verdict is Verdict.NOT_JUDGED


def test_a_sale_that_is_over_is_expired(bench: Any) -> None:
    truths = [
        bench.truth(bench.money("74.00")),
        bench.truth(bench.money("62.90"), key="sale", start="2026-10-01", end="2026-11-01"),
    ]
    judged = bench.one(bench.claim(bench.money("62.90"), role=Role.SALE), *truths)
    assert (judged.verdict, judged.key, judged.diagnosis) == (
        Verdict.EXPIRED,
        "sale",
        Diagnosis.OUTDATED,
    )


def test_a_running_sale_matches_and_so_does_the_list_price_beside_it(bench: Any) -> None:
    truths = [
        bench.truth(bench.money("1.95")),
        bench.truth(bench.money("1.56"), key="sale", start="2026-11-01", end="2026-12-01"),
    ]
    assert bench.one(bench.claim(bench.money("1.56"), role=Role.SALE), *truths).key == "sale"
    assert bench.one(bench.claim(bench.money("1.95")), *truths).verdict is Verdict.MATCH


def test_the_value_of_another_product_on_the_page_is_named(bench: Any) -> None:
    claims = [
        bench.claim(bench.money("690.00"), binding="column"),
        bench.claim(bench.money("690.00"), sku="BX-30", binding="column", at=40),
    ]
    truths = [bench.truth(bench.money("540.00")), bench.truth(bench.money("690.00"), sku="BX-30")]
    judged = bench.judge(claims, truths, text="BX-20 BX-30 690.00 690.00")
    assert [(j.sku, j.verdict, j.diagnosis) for j in judged] == [
        ("BX-20", Verdict.MISMATCH, Diagnosis.OTHER_PRODUCT),
        ("BX-30", Verdict.MATCH, Diagnosis.NONE),
    ]


def test_stale_markup_is_its_own_finding_beside_the_right_text(bench: Any) -> None:
    truths = [
        bench.truth(bench.money("46.20"), end="2026-05-01"),
        bench.truth(bench.money("48.50"), start="2026-05-01"),
    ]
    claims = [
        bench.claim(bench.money("48.50"), quote="$48.50"),
        bench.claim(bench.money("46.20"), visible=False, binding="structured"),
    ]
    match, stale = bench.judge(claims, truths)
    assert match.verdict is Verdict.MATCH
    assert (stale.verdict, stale.diagnosis) == (Verdict.MISMATCH, Diagnosis.MARKUP_STALE)
    assert (stale.quote, stale.claimed) == ("$48.50", "46.20 EUR / 1 pcs")


def test_wrong_markup_without_a_visible_price_is_left_alone(bench: Any) -> None:
    claim = bench.claim(bench.money("46.20"), visible=False, binding="structured")
    assert bench.one(claim, bench.truth(bench.money("48.50"))).reason is Reason.NO_CLAIM


def test_beside_the_right_price_an_unexplained_one_is_left_alone(bench: Any) -> None:
    claims = [bench.claim(bench.money("8.00")), bench.claim(bench.money("3.00"), at=30)]
    judged = bench.judge(claims, [bench.truth(bench.money("8.00"))])
    assert [j.verdict for j in judged] == [Verdict.MATCH, Verdict.NOT_JUDGED]


def test_one_fact_gives_one_finding(bench: Any) -> None:
    claims = [bench.claim(bench.money("7.00")), bench.claim(bench.money("7.00"), at=30)]
    judged = bench.judge(claims, [bench.truth(bench.money("8.00"))])
    assert [j.verdict for j in judged] == [Verdict.MISMATCH]


def test_a_price_on_request_is_not_missing(bench: Any) -> None:
    claim = bench.claim(bench.word("on_request"))
    judged = bench.one(claim, bench.truth(bench.money("8.00")), main=True)
    assert judged.reason is Reason.NOT_PUBLISHED


def test_a_rounded_print_of_a_finer_truth_agrees(bench: Any) -> None:
    truth = bench.truth(bench.money("12.404"))
    assert bench.one(bench.claim(bench.money("12.40")), truth).verdict is Verdict.MATCH
    coarse = bench.claim(bench.money("12"))
    assert bench.one(replace(coarse), truth).verdict is Verdict.MISMATCH


def test_the_higher_of_two_prices_side_by_side_is_the_former_one(bench: Any) -> None:
    text = "Strap $85.00 $68.00"
    claims = [
        bench.claim(bench.money("85.00", "USD"), quote="$85.00", at=6),
        bench.claim(bench.money("68.00", "USD"), quote="$68.00", at=13),
        bench.claim(bench.money("68.00", "USD"), visible=False, binding="structured"),
    ]
    truths = [
        bench.truth(bench.money("68.00", "USD"), end="2026-09-01"),
        bench.truth(bench.money("85.00", "USD"), start="2026-09-01"),
    ]
    judged = bench.judge(claims, truths, text=text)
    assert [(j.verdict, j.diagnosis, j.quote) for j in judged if j.verdict.is_finding] == [
        (Verdict.MISMATCH, Diagnosis.OUTDATED, "$68.00")
    ]


def test_two_prices_side_by_side_without_further_proof_stay_as_they_are(bench: Any) -> None:
    text = "Strap $85.00 $68.00"
    claims = [
        bench.claim(bench.money("85.00", "USD"), quote="$85.00", at=6),
        bench.claim(bench.money("68.00", "USD"), quote="$68.00", at=13),
    ]
    judged = bench.judge(claims, [bench.truth(bench.money("85.00", "USD"))], text=text)
    assert not [j for j in judged if j.verdict.is_finding]


def test_a_pack_that_only_the_page_knows_may_be_the_feeds_piece(bench: Any) -> None:
    basis = Basis(price_unit="pack", pack_size=Decimal(3), unit_stated=True)
    truth = bench.truth(bench.money("3.00"))
    assert bench.one(bench.claim(bench.money("3.00"), basis=basis), truth).verdict is Verdict.MATCH
    nine = bench.one(bench.claim(bench.money("9.00"), basis=basis), truth)
    assert nine.verdict is Verdict.MATCH


def test_application_data_in_cents_is_not_stale_markup(bench: Any) -> None:
    cents = replace(
        bench.claim(bench.money("1950"), visible=False, binding="structured"),
        method=Method.EMBEDDED_JSON,
    )
    judged = bench.judge(
        [bench.claim(bench.money("19.50")), cents], [bench.truth(bench.money("19.5"))]
    )
    assert [j.verdict for j in judged] == [Verdict.MATCH]


def test_where_nobody_says_whether_tax_is_in_both_amounts_agree(bench: Any) -> None:
    policy = Policy(market="DE", tax=Tax.UNKNOWN)
    truth = bench.truth(bench.money("100.00"))
    for shown in ("100.00", "119.00"):
        claim = bench.claim(bench.money(shown))
        assert bench.one(claim, truth, policy=policy).verdict is Verdict.MATCH
    labelled = bench.claim(bench.money("119.00"), basis=Basis(tax=Tax.EXCL))
    assert bench.one(labelled, truth, policy=policy).diagnosis is Diagnosis.BASIS


def test_where_the_price_is_on_request_another_amount_is_not_it(bench: Any) -> None:
    claims = [bench.claim(bench.word("not_published")), bench.claim(bench.money("85.00"), at=40)]
    truth = bench.truth(bench.money("900.00"))
    judged = bench.judge(claims, [truth])
    assert [j.reason for j in judged] == [Reason.NOT_PUBLISHED, Reason.ROLE_UNCLEAR]
    outdated = bench.truth(bench.money("85.00"), end="2026-03-01")
    now = bench.truth(bench.money("900.00"), start="2026-03-01")
    found = [j.diagnosis for j in bench.judge(claims, [outdated, now]) if j.verdict.is_finding]
    assert found == [Diagnosis.OUTDATED]


def test_net_and_gross_and_a_thousand_of_them_are_one_price_not_rivals(bench: Any) -> None:
    def priced(amount: str, at: int, **basis: Any) -> Any:
        stated = Basis(unit_stated=True, **basis)
        return bench.claim(bench.money(amount), basis=stated, at=at, role=Role.LIST)

    truth = bench.truth(bench.money("60.00"))
    net = priced("38.50", 0, tax=Tax.EXCL)
    gross = priced("46.59", 20, tax=Tax.INCL)
    thousand = priced("38500.00", 40, tax=Tax.EXCL, price_per=Decimal(1000))
    other = priced("44.00", 60, tax=Tax.EXCL)
    found = [j for j in bench.judge([net, gross, thousand], [truth]) if j.verdict.is_finding]
    assert [j.claimed for j in found] == ["38.50 EUR / 1 pcs"]
    assert not [j for j in bench.judge([net, other], [truth]) if j.verdict.is_finding]
