from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from auditor.compare import Policy
from auditor.model import Attribute, Diagnosis, Reason, Role, Verdict
from auditor.values.types import Basis, Tax


def test_an_active_product_may_be_offered(bench: Any) -> None:
    claim = bench.claim(bench.money("9.00"))
    truth = bench.truth(bench.word("active"), Attribute.STATUS)
    judged = bench.judge([claim], [truth], main=True)
    assert not [j for j in judged if j.verdict.is_finding]


def test_a_withdrawn_product_that_is_still_offered_is_found(bench: Any) -> None:
    claim = bench.claim(bench.money("9.00"), quote="9.00 EUR")
    truths = [
        bench.truth(bench.money("9.00"), end="2026-03-01"),
        bench.truth(bench.word("discontinued"), Attribute.STATUS, start="2026-03-01"),
    ]
    found = [j for j in bench.judge([claim], truths, main=True) if j.verdict.is_finding]
    (status,) = [j for j in found if j.attribute is Attribute.STATUS]
    assert (status.verdict, status.diagnosis) == (Verdict.MISMATCH, Diagnosis.OUTDATED)
    assert (status.claimed, status.expected, status.quote) == (
        "offered",
        "discontinued",
        "9.00 EUR",
    )
    assert status.stale_since == bench.day("2026-03-01")


def test_a_page_that_says_so_itself_is_right(bench: Any) -> None:
    claims = [
        bench.claim(bench.money("9.00")),
        bench.claim(bench.word("discontinued"), Attribute.STATUS, at=20),
    ]
    truths = [bench.truth(bench.word("discontinued"), Attribute.STATUS)]
    assert not [j for j in bench.judge(claims, truths, main=True) if j.verdict.is_finding]


def test_two_cartons_of_fifty_are_a_hundred_pieces(bench: Any) -> None:
    claim = bench.claim(bench.quantity("2", "carton"), Attribute.MOQ)
    truths = [
        bench.truth(bench.quantity("100"), Attribute.MOQ),
        bench.truth(bench.quantity("50"), Attribute.PACK_SIZE),
    ]
    assert bench.one(claim, *truths).verdict is Verdict.MATCH


def test_the_number_of_packs_called_pieces_is_a_basis_error(bench: Any) -> None:
    claim = bench.claim(bench.quantity("4"), Attribute.MOQ)
    truths = [
        bench.truth(bench.quantity("100"), Attribute.MOQ),
        bench.truth(bench.quantity("25"), Attribute.PACK_SIZE),
    ]
    assert bench.one(claim, *truths).diagnosis is Diagnosis.BASIS


def test_lead_times_agree_where_they_overlap_in_days_of_one_kind(bench: Any) -> None:
    truth = bench.truth(bench.span("2", "weeks"), Attribute.LEAD_TIME)
    same = bench.claim(bench.span("10", "business_days"), Attribute.LEAD_TIME)
    over = bench.claim(bench.span("2..3", "weeks"), Attribute.LEAD_TIME)
    other = bench.claim(bench.span("6", "weeks"), Attribute.LEAD_TIME)
    assert bench.one(same, truth).verdict is Verdict.MATCH
    assert bench.one(over, truth).verdict is Verdict.MATCH
    assert bench.one(other, truth).verdict is Verdict.MISMATCH


def test_without_a_truth_two_statements_contradict_each_other_once(bench: Any) -> None:
    claims = [
        bench.claim(bench.quantity("20"), Attribute.MOQ, binding="sentence", at=5),
        bench.claim(bench.quantity("40"), Attribute.MOQ, binding="sentence", at=50),
        bench.claim(bench.quantity("40"), Attribute.MOQ, binding="sentence", at=90),
    ]
    found = [j for j in bench.judge(claims, []) if j.verdict.is_finding]
    assert [(j.verdict, j.claimed, j.expected) for j in found] == [
        (Verdict.CONTRADICTION, "40 pcs", "20 pcs")
    ]


def test_statements_bound_only_by_the_page_do_not_contradict(bench: Any) -> None:
    claims = [
        bench.claim(bench.quantity("20"), Attribute.MOQ, at=5),
        bench.claim(bench.quantity("40"), Attribute.MOQ, at=50),
    ]
    assert not [j for j in bench.judge(claims, []) if j.verdict.is_finding]


def test_a_required_spec_is_missing_from_the_main_page_only(bench: Any) -> None:
    truths = [bench.truth(bench.quantity("24", "V"), Attribute.SPEC, key="supply voltage")]
    text = "BX-20 sensor"
    (found,) = bench.judge([], truths, text=text, main=True)
    assert (found.verdict, found.key, found.quote) == (Verdict.MISSING, "supply voltage", "BX-20")
    assert bench.judge([], truths, text=text) == []


def test_a_spec_whose_value_stands_on_the_page_is_not_missing(bench: Any) -> None:
    truths = [bench.truth(bench.quantity("24", "V"), Attribute.SPEC, key="supply voltage")]
    (left,) = bench.judge([], truths, text="BX-20 sensor for 24 V DC", main=True)
    assert (left.verdict, left.reason) == (Verdict.NOT_JUDGED, Reason.NO_CLAIM)


def test_a_short_word_or_span_of_time_that_stands_on_the_page_is_not_missing(bench: Any) -> None:
    material = bench.truth(bench.word("PA"), Attribute.SPEC, key="material")
    (left,) = bench.judge([], [material], text="BX-20 clip, polyamide (PA)", main=True)
    assert left.verdict is Verdict.NOT_JUDGED
    (found,) = bench.judge([], [material], text="BX-20 clip for PAL and SPA", main=True)
    assert found.verdict is Verdict.MISSING
    runtime = bench.truth(bench.quantity("8", "h"), Attribute.SPEC, key="runtime")
    (left,) = bench.judge([], [runtime], text="BX-20 lamp, lasts 8 hours", main=True)
    assert left.verdict is Verdict.NOT_JUDGED


def test_only_listed_specs_are_required_where_the_configuration_lists_them(bench: Any) -> None:
    truths = [bench.truth(bench.quantity("24", "V"), Attribute.SPEC, key="supply voltage")]
    policy = Policy(required_specs={"": ("weight",)})
    (left,) = bench.judge([], truths, text="BX-20 sensor", main=True, policy=policy)
    assert left.verdict is Verdict.NOT_JUDGED


def test_an_offer_is_expired_by_the_feed_or_by_its_own_words(bench: Any) -> None:
    ended = bench.truth(
        bench.word("free rack"), Attribute.OFFER, key="RACK", start="2026-05-01", end="2026-09-01"
    )
    claim = bench.claim(bench.word("get a rack free"), Attribute.OFFER, key="RACK")
    assert bench.one(claim, ended).verdict is Verdict.EXPIRED
    own = bench.claim(
        bench.word("10 % off until June"), Attribute.OFFER, valid_to=bench.day("2026-07-01")
    )
    assert bench.one(own).verdict is Verdict.EXPIRED


def test_an_unknown_offer_is_extra_only_where_offers_are_listed(bench: Any) -> None:
    claim = bench.claim(bench.word("free rack with code X1"), Attribute.OFFER, key="X1")
    assert bench.one(claim).reason is Reason.NO_TRUTH
    listed = Policy(offers_are_complete=True)
    assert bench.one(claim, policy=listed).verdict is Verdict.EXTRA


def test_an_announced_value_is_not_todays(bench: Any) -> None:
    from dataclasses import replace

    truth = bench.truth(bench.money("10.00"))
    claim = replace(bench.claim(bench.money("11.00")), valid_from=bench.day("2027-01-01"))
    assert bench.one(claim, truth).reason is Reason.NOT_CURRENT


def test_the_grace_is_configurable_per_attribute(bench: Any) -> None:
    truths = [
        bench.truth(bench.money("0.62"), end="2026-11-10"),
        bench.truth(bench.money("0.66"), start="2026-11-10"),
    ]
    claim = bench.claim(bench.money("0.62"))
    assert bench.one(claim, *truths).diagnosis is Diagnosis.OUTDATED
    slow = Policy(grace={Attribute.PRICE: timedelta(days=14)}, tax=Tax.EXCL)
    assert bench.one(claim, *truths, policy=slow).reason is Reason.PROPAGATION_GRACE


def test_a_price_per_metre_is_not_compared_with_one_per_kilogram(bench: Any) -> None:
    basis = Basis(price_unit="m", unit_stated=True)
    truth = bench.truth(bench.money("4.00"), price_unit="kg", price_per=Decimal(1))
    judged = bench.one(bench.claim(bench.money("3.00"), basis=basis), truth)
    assert judged.reason is Reason.BASIS_UNCLEAR


def test_states_that_differ_in_wording_only_are_no_difference(bench: Any) -> None:
    status = bench.truth(bench.word("discontinued"), Attribute.STATUS)
    claim = bench.claim(bench.word("superseded"), Attribute.STATUS)
    assert bench.one(claim, status).verdict is Verdict.MATCH
    stock = bench.truth(bench.word("out_of_stock"), Attribute.AVAILABILITY)
    late = bench.claim(bench.word("backorder"), Attribute.AVAILABILITY)
    assert bench.one(late, stock).reason is Reason.INCOMPARABLE


def test_the_catalogues_own_status_withdraws_a_product_that_no_feed_prices(bench: Any) -> None:
    claim = bench.claim(bench.money("9.00"))
    ended = [bench.truth(bench.money("9.00"), end="2026-03-01")]
    judged = bench.judge([claim], ended, main=True, status="discontinued")
    (status,) = [j for j in judged if j.attribute is Attribute.STATUS]
    assert (status.verdict, status.expected) == (Verdict.MISMATCH, "discontinued")
    priced = [bench.truth(bench.money("9.00"))]
    judged = bench.judge([claim], priced, main=True, status="discontinued")
    assert not [j for j in judged if j.verdict.is_finding]


def test_a_withdrawn_policy_that_is_still_stated_is_expired(bench: Any) -> None:
    claim = bench.claim(bench.span("30", "days"), Attribute.POLICY, key="returns")
    ended = bench.truth(bench.span("30", "days"), Attribute.POLICY, key="returns", end="2026-06-01")
    found = bench.one(claim, ended)
    assert (found.verdict, found.expected) == (Verdict.EXPIRED, "ended 2026-06-01")
    other = bench.claim(bench.span("14", "days"), Attribute.POLICY, key="returns")
    assert bench.one(other, ended).reason is Reason.NO_TRUTH


def test_a_policy_that_goes_on_or_ended_just_now_is_not_withdrawn(bench: Any) -> None:
    claim = bench.claim(bench.span("30", "days"), Attribute.POLICY, key="returns")
    kinds = {"key": "returns"}
    span = bench.span("30", "days")
    now = bench.truth(span, Attribute.POLICY, start="2026-06-01", **kinds)
    ended = bench.truth(span, Attribute.POLICY, end="2026-06-01", **kinds)
    assert bench.one(claim, ended, now).verdict is Verdict.MATCH
    fresh = bench.truth(span, Attribute.POLICY, end="2026-11-15T12:00", **kinds)
    assert bench.one(claim, fresh).reason is Reason.PROPAGATION_GRACE


def test_a_value_that_repeats_the_name_of_its_property_is_the_value(bench: Any) -> None:
    truth = bench.truth(bench.word("5"), Attribute.SPEC, key="grade")
    claim = bench.claim(bench.word("Grade 5"), Attribute.SPEC, key="grade")
    assert bench.one(claim, truth).verdict is Verdict.MATCH
    other = bench.claim(bench.word("Grade 8"), Attribute.SPEC, key="grade")
    assert bench.one(other, truth).verdict is Verdict.MISMATCH


def test_a_from_price_that_differs_accuses_nobody(bench: Any) -> None:
    truth = bench.truth(bench.money("12.00"))
    claim = bench.claim(bench.money("8.00"), role=Role.FROM)
    assert bench.one(claim, truth).verdict is Verdict.NOT_JUDGED


def test_four_cartons_of_six_rolls_are_twenty_four_rolls(bench: Any) -> None:
    truths = [
        bench.truth(bench.quantity("24", "roll"), Attribute.MOQ),
        bench.truth(bench.quantity("6", "roll"), Attribute.PACK_SIZE),
    ]
    right = bench.claim(bench.quantity("4", "carton"), Attribute.MOQ)
    assert bench.one(right, *truths).verdict is Verdict.MATCH
    wrong = bench.claim(bench.quantity("5", "carton"), Attribute.MOQ)
    assert bench.one(wrong, *truths).verdict is Verdict.MISMATCH


def test_on_order_may_be_bought_in_or_made(bench: Any) -> None:
    claim = bench.claim(bench.word("to_order"), Attribute.AVAILABILITY)
    for state in ("backorder", "made_to_order"):
        truth = bench.truth(bench.word(state), Attribute.AVAILABILITY)
        assert bench.one(claim, truth).verdict is Verdict.MATCH
    absent = bench.truth(bench.word("out_of_stock"), Attribute.AVAILABILITY)
    assert bench.one(claim, absent).verdict is Verdict.NOT_JUDGED


def test_what_is_wrong_as_stock_is_not_told_a_second_time_as_an_offer(bench: Any) -> None:
    claim = bench.claim(bench.word("in_stock"), Attribute.AVAILABILITY)
    truths = [
        bench.truth(bench.word("out_of_stock"), Attribute.AVAILABILITY),
        bench.truth(bench.word("discontinued"), Attribute.STATUS),
    ]
    found = [j for j in bench.judge([claim], truths, main=True) if j.verdict.is_finding]
    assert [j.attribute for j in found] == [Attribute.AVAILABILITY]


def test_a_code_that_names_its_system_needs_no_label(bench: Any) -> None:
    claim = replace(bench.claim(bench.code("IP54"), Attribute.SPEC, key="rating"), tentative=True)
    truth = bench.truth(bench.code("IP65"), Attribute.SPEC, key="rating")
    assert bench.one(claim, truth).verdict is Verdict.MISMATCH
    other = bench.truth(bench.code("IP65"), Attribute.SPEC, key="rating of the plug")
    found = bench.judge([claim], [truth, other])
    assert not [j for j in found if j.verdict.is_finding]


def test_boxes_of_what_is_called_a_box_are_pieces(bench: Any) -> None:
    claim = bench.claim(bench.quantity("25", "box"), Attribute.MOQ)
    truths = [
        bench.truth(bench.quantity("25"), Attribute.MOQ),
        bench.truth(bench.quantity("25"), Attribute.PACK_SIZE),
    ]
    assert bench.one(claim, *truths).diagnosis is Diagnosis.BASIS
    assert bench.one(claim, *truths, name="Shipping box").verdict is Verdict.MATCH
