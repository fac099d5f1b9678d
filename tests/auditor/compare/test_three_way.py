from __future__ import annotations

from dataclasses import replace
from typing import Any

from auditor.compare.three_way import Standing, three_way
from auditor.model import Attribute, Judgement

KINDS = {"shop": "website", "help": "kms"}


def both(bench: Any, website: str, kms: str, truth: str) -> list[Judgement]:
    truths = [bench.truth(bench.money(truth))] if truth else []
    site = bench.judge([bench.claim(bench.money(website))], truths)
    desk = bench.judge([bench.claim(bench.money(kms))], truths)
    return [*site, *(replace(j, source="help", url="https://help.example/a") for j in desk)]


def standings(judged: list[Judgement]) -> list[Standing]:
    return [check.standing for check in three_way(judged, KINDS)]


def test_what_only_one_side_states_is_no_cross_check(bench: Any) -> None:
    judged = bench.judge([bench.claim(bench.money("9.00"))], [bench.truth(bench.money("8.00"))])
    assert three_way(judged, KINDS) == []


def test_what_both_state_rightly_is_no_cross_check(bench: Any) -> None:
    assert standings(both(bench, "8.00", "8.00", "8.00")) == []


def test_the_wrong_side_is_named(bench: Any) -> None:
    assert standings(both(bench, "9.00", "8.00", "8.00")) == [Standing.SITE_WRONG]
    assert standings(both(bench, "8.00", "9.00", "8.00")) == [Standing.KMS_WRONG]
    assert standings(both(bench, "9.00", "7.00", "8.00")) == [Standing.BOTH_WRONG_DIFFERENTLY]


def test_two_that_agree_against_the_feed_are_a_question_to_its_owner(bench: Any) -> None:
    (check,) = three_way(both(bench, "9.00", "9.00", "8.00"), KINDS)
    assert check.standing is Standing.BOTH_WRONG_ALIKE
    assert check.note == (
        "List price of BX-20: the website says 9.00 EUR / 1 pcs, the knowledge base "
        "9.00 EUR / 1 pcs. The feed says 8.00 EUR / 1 pcs. Both agree against the feed: ask the "
        "data's owner whether the feed is right."
    )


def test_without_a_truth_only_facts_of_one_value_contradict(bench: Any) -> None:
    assert standings(both(bench, "9.00", "7.00", "")) == []
    site = bench.judge([bench.claim(bench.quantity("5"), Attribute.MOQ)], [])
    desk = bench.judge([bench.claim(bench.quantity("10"), Attribute.MOQ)], [])
    judged = [*site, *(replace(j, source="help") for j in desk)]
    assert standings(judged) == [Standing.CONTRADICTION]
