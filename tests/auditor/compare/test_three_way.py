from __future__ import annotations

from dataclasses import replace
from typing import Any

from auditor.compare.three_way import Standing, three_way
from auditor.model import Attribute, Diagnosis, Judgement, Verdict

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
    (check,) = three_way(both(bench, "9.13", "9.13", "8.00"), KINDS)
    assert check.standing is Standing.SOURCE_DOUBT
    assert check.note == (
        "List price of BX-20: the website says 9.13 EUR / 1 pcs, the knowledge base "
        "9.13 EUR / 1 pcs. The feed says 8.00 EUR / 1 pcs. Website and knowledge base agree with "
        "each other against the feed: ask the data's owner first whether the feed is right."
    )


def test_an_error_that_the_feed_explains_is_made_twice_and_no_question(bench: Any) -> None:
    judged = [replace(j, diagnosis=Diagnosis.OUTDATED) for j in both(bench, "9.13", "9.13", "8.00")]
    assert standings(judged) == [Standing.BOTH_WRONG_ALIKE]


def test_a_side_that_could_not_be_judged_makes_the_other_no_less_and_no_more_wrong(
    bench: Any,
) -> None:
    judged = both(bench, "9.13", "8.00", "8.00")
    unsure = [j if j.source == "shop" else replace(j, verdict=Verdict.NOT_JUDGED) for j in judged]
    assert standings(unsure) == []


def test_judgements_as_the_store_keeps_them_are_enough(bench: Any) -> None:
    judged = [replace(j, claim=None) for j in both(bench, "9.00", "8.00", "8.00")]
    assert standings(judged) == [Standing.SITE_WRONG]


def test_without_a_truth_only_facts_of_one_value_contradict(bench: Any) -> None:
    assert standings(both(bench, "9.00", "7.00", "")) == []
    site = bench.judge([bench.claim(bench.quantity("5"), Attribute.MOQ)], [])
    desk = bench.judge([bench.claim(bench.quantity("10"), Attribute.MOQ)], [])
    judged = [*site, *(replace(j, source="help") for j in desk)]
    assert standings(judged) == [Standing.CONTRADICTION]


def test_a_side_that_says_two_things_contradicts_nobody_but_itself(bench: Any) -> None:
    first = bench.judge([bench.claim(bench.quantity("5"), Attribute.MOQ)], [])
    second = bench.judge([bench.claim(bench.quantity("50"), Attribute.MOQ)], [])
    desk = bench.judge([bench.claim(bench.quantity("10"), Attribute.MOQ)], [])
    judged = [*first, *second, *(replace(j, source="help") for j in desk)]
    assert standings(judged) == []


def test_other_units_do_not_contradict(bench: Any) -> None:
    site = bench.judge([bench.claim(bench.quantity("1", "carton"), Attribute.MOQ)], [])
    desk = bench.judge([bench.claim(bench.quantity("10"), Attribute.MOQ)], [])
    assert standings([*site, *(replace(j, source="help") for j in desk)]) == []
