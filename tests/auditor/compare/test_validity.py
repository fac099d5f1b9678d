"""Pages that say until when their prices hold."""

from __future__ import annotations

from typing import Any

import pytest

from auditor.model import Attribute, Claim, Diagnosis, Judgement, Reason, Role, Verdict


def until(bench: Any, *days: str, visible: bool = True) -> list[Claim]:
    return [
        bench.claim(
            bench.word(f"Prices valid until {day}"),
            Attribute.POLICY,
            key="price_validity",
            valid_to=bench.day(day),
            at=100 * number,
            visible=visible,
        )
        for number, day in enumerate(days, 1)
    ]


def said(judged: list[Judgement]) -> list[Judgement]:
    return [j for j in judged if j.attribute is Attribute.POLICY]


def test_a_page_without_a_current_price_expires_nothing(bench: Any) -> None:
    was = bench.claim(bench.money("9.00"), role=Role.WAS)
    for claims in ([], [was]):
        (judged,) = said(bench.judge([*claims, *until(bench, "2025-04-01")], []))
        assert judged.reason is Reason.NO_TRUTH


def test_a_date_that_readers_do_not_see_expires_nothing(bench: Any) -> None:
    claims = [bench.claim(bench.money("9.00")), *until(bench, "2025-04-01", visible=False)]
    assert not [j for j in bench.judge(claims, []) if j.verdict.is_finding]


def test_this_years_list_stands_beside_last_years(bench: Any) -> None:
    claims = [bench.claim(bench.money("9.00")), *until(bench, "2025-04-01", "2027-04-01")]
    assert not [j for j in bench.judge(claims, []) if j.verdict.is_finding]


def test_the_morning_after_is_left_alone(bench: Any) -> None:
    claims = [bench.claim(bench.money("9.00")), *until(bench, "2026-11-15")]
    claims[1] = until(bench, "2026-11-16")[0]
    (judged,) = said(bench.judge(claims, []))
    assert judged.verdict is Verdict.NOT_JUDGED


def test_prices_that_are_over_by_the_pages_own_words_are_one_finding(bench: Any) -> None:
    claims = [bench.claim(bench.money("9.00")), *until(bench, "2025-04-01", "2025-04-01")]
    (found,) = [j for j in bench.judge(claims, []) if j.verdict.is_finding]
    assert (found.verdict, found.diagnosis) == (Verdict.EXPIRED, Diagnosis.OUTDATED)
    assert found.claimed == "until 2025-03-31"
    assert found.stale_since == bench.day("2025-04-01")
    assert found.note == (
        "By its own words the prices of the page were valid until 31 March 2025; it still shows "
        "prices."
    )


@pytest.mark.parametrize("price", ["8.00", "9.00"])
def test_a_right_price_does_not_make_the_date_right(bench: Any, price: str) -> None:
    claims = [bench.claim(bench.money(price)), *until(bench, "2025-04-01")]
    truth = bench.truth(bench.money("9.00"))
    (found,) = said(bench.judge(claims, [truth]))
    assert found.verdict is Verdict.EXPIRED


def test_a_date_ahead_is_right_so_that_a_renewed_list_verifies_the_finding(bench: Any) -> None:
    claims = [bench.claim(bench.money("9.00")), *until(bench, "2027-04-01")]
    (judged,) = said(bench.judge(claims, []))
    assert (judged.verdict, judged.claimed) == (Verdict.MATCH, "until 2027-03-31")
