from __future__ import annotations

from decimal import Decimal
from typing import Any

from auditor.compare import Policy
from auditor.compare.specific import effective
from auditor.model import Diagnosis, Reason, Verdict
from auditor.values.types import Basis, Tax

SHOP = Policy(market="DE", channel="webshop", tax=Tax.EXCL, language="en-US")
DEALERS = Policy(market="DE", customer_group="dealer", tax=Tax.EXCL, language="en-US")


def test_a_customer_groups_price_is_never_held_against_a_public_page(bench: Any) -> None:
    judged = bench.one(
        bench.claim(bench.money("8.00")), bench.truth(bench.money("7.00"), customer_group="dealer")
    )
    assert (judged.verdict, judged.reason) == (Verdict.NOT_JUDGED, Reason.CUSTOMER_SPECIFIC)


def test_a_customer_groups_price_never_vouches_for_a_public_page(bench: Any) -> None:
    truths = [
        bench.truth(bench.money("7.00"), customer_group="dealer"),
        bench.truth(bench.money("8.00")),
    ]
    judged = bench.one(bench.claim(bench.money("7.00")), *truths)
    assert (judged.verdict, judged.expected[:4]) == (Verdict.MISMATCH, "8.00")


def test_the_groups_own_source_is_held_against_the_groups_price(bench: Any) -> None:
    truths = [
        bench.truth(bench.money("7.00"), customer_group="dealer"),
        bench.truth(bench.money("8.00")),
    ]
    judged = bench.one(bench.claim(bench.money("7.00")), *truths, policy=DEALERS)
    assert judged.verdict is Verdict.MATCH


def test_a_price_for_another_channel_is_left_alone(bench: Any) -> None:
    truth = bench.truth(bench.money("7.00"), channel="branch")
    judged = bench.one(bench.claim(bench.money("8.00")), truth, policy=SHOP)
    assert judged.reason is Reason.OTHER_CHANNEL
    assert bench.one(bench.claim(bench.money("8.00")), truth).reason is Reason.OTHER_CHANNEL


def test_the_most_specific_price_wins(bench: Any) -> None:
    truths = [
        bench.truth(bench.money("8.00")),
        bench.truth(bench.money("8.50"), market="DE"),
        bench.truth(bench.money("8.20"), market="DE", channel="webshop"),
    ]
    for price, verdict in (
        ("8.20", Verdict.MATCH),
        ("8.50", Verdict.MISMATCH),
        ("8.00", Verdict.MISMATCH),
    ):
        judged = bench.one(bench.claim(bench.money(price)), *truths, policy=SHOP)
        assert judged.verdict is verdict, price


def test_equal_rank_that_disagrees_is_no_finding(bench: Any) -> None:
    truths = [
        bench.truth(bench.money("8.00")),
        bench.truth(bench.money("8.50"), market="DE"),
        bench.truth(bench.money("8.60"), market="DE"),
    ]
    judged = bench.one(bench.claim(bench.money("7.00")), *truths)
    assert judged.reason is Reason.SOURCE_CONFLICT


def test_a_market_the_source_has_not_named_is_no_rank(bench: Any) -> None:
    truths = [bench.truth(bench.money("8.00")), bench.truth(bench.money("8.50"), market="DE")]
    anywhere = Policy(tax=Tax.EXCL, language="en-US")
    judged = bench.one(bench.claim(bench.money("7.00")), *truths, policy=anywhere)
    assert judged.reason is Reason.SOURCE_CONFLICT


def test_no_break_of_the_general_list_counts_beside_a_specific_list(bench: Any) -> None:
    truths = [
        bench.truth(bench.money("8.00"), min_qty=Decimal(1)),
        bench.truth(bench.money("6.00"), min_qty=Decimal(50)),
        bench.truth(bench.money("9.00"), min_qty=Decimal(1), market="DE"),
        bench.truth(bench.money("7.00"), min_qty=Decimal(100), market="DE"),
    ]
    claim = bench.claim(bench.money("6.00"), basis=Basis(min_qty=Decimal(50), tax=Tax.EXCL))
    judged = bench.one(claim, *truths)
    assert (judged.verdict, judged.expected) == (Verdict.EXTRA, "no break at 50 in the price list")


def test_the_general_price_is_outdated_from_the_start_of_the_specific_one(bench: Any) -> None:
    truths = [
        bench.truth(bench.money("8.00")),
        bench.truth(bench.money("8.50"), market="DE", start="2026-11-01"),
    ]
    judged = bench.one(bench.claim(bench.money("8.00")), *truths)
    assert judged.diagnosis is Diagnosis.OUTDATED
    assert judged.stale_since == bench.day("2026-11-01")


def test_the_general_price_holds_again_when_the_specific_one_is_over(bench: Any) -> None:
    truths = [
        bench.truth(bench.money("8.00")),
        bench.truth(bench.money("8.50"), market="DE", start="2026-03-01", end="2026-06-01"),
    ]
    pieces = effective(truths, SHOP)
    general = [(t.valid_from, t.valid_to) for t in pieces if t.basis.market is None]
    day = bench.day
    assert general == [(day("2026-01-01"), day("2026-03-01")), (day("2026-06-01"), None)]
    assert bench.one(bench.claim(bench.money("8.00")), *truths).verdict is Verdict.MATCH


def test_specific_truths_beside_or_around_a_general_one_cut_what_they_cover(bench: Any) -> None:
    def left(*specific: tuple[str, str]) -> list[tuple[Any, Any]]:
        truths = [bench.truth(bench.money("8.00"), start="2026-02-01", end="2026-10-01")]
        truths += [
            bench.truth(bench.money("9.00"), market="DE", start=start, end=end)
            for start, end in specific
        ]
        pieces = (t for t in effective(truths, SHOP) if t.basis.market is None)
        return [(f"{t.valid_from:%m}", f"{t.valid_to:%m}") for t in pieces]

    assert left(("2026-01-01", "2026-02-01")) == [("02", "10")]
    assert left(("2026-01-01", "2026-03-01")) == [("03", "10")]
    assert left(("2026-09-01", "")) == [("02", "09")]
    assert left(("2026-01-01", "")) == []
    assert left(("2026-03-01", "2026-04-01"), ("2026-05-01", "2026-06-01")) == [
        ("02", "03"),
        ("04", "05"),
        ("06", "10"),
    ]
