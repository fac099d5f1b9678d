"""What a loosely named or unnamed value may say: that a page agrees, never that it is wrong."""

from __future__ import annotations

from dataclasses import replace

from auditor.model import Attribute, Diagnosis, Reason, Verdict


def loose(bench, text, unit, key):
    claim = bench.claim(bench.quantity(text, unit), Attribute.SPEC, key=key)
    return replace(claim, tentative=True)


def length(bench, text, **more):
    return bench.truth(bench.quantity(text, "ft"), Attribute.SPEC, key="length", **more)


def test_a_loose_label_confirms_but_does_not_accuse(bench):
    truth = length(bench, "15")
    assert bench.one(loose(bench, "15", "ft", "length"), truth).verdict is Verdict.MATCH
    other = bench.one(loose(bench, "20", "ft", "length"), truth)
    assert (other.verdict, other.reason) == (Verdict.NOT_JUDGED, Reason.INCOMPARABLE)


def test_a_former_value_is_known_by_being_equal_whatever_its_label(bench):
    old = length(bench, "12", start="2024-01-01", end="2026-01-01")
    judged = bench.one(loose(bench, "12", "ft", "length"), length(bench, "15"), old)
    assert (judged.verdict, judged.diagnosis) == (Verdict.MISMATCH, Diagnosis.OUTDATED)


def test_a_value_without_a_name_confirms_the_one_fact_it_equals(bench):
    truths = (length(bench, "15"), bench.truth(bench.quantity("4", "in"), Attribute.SPEC, key="d"))
    judged = bench.one(loose(bench, "4", "in", ""), *truths)
    assert (judged.key, judged.verdict) == ("d", Verdict.MATCH)
    assert bench.judge([loose(bench, "9", "in", "")], truths) == []


def test_a_value_that_two_facts_share_confirms_neither(bench):
    truths = [bench.truth(bench.quantity("4", "in"), Attribute.SPEC, key=k) for k in ("w", "d")]
    assert bench.judge([loose(bench, "4", "in", "")], truths) == []


def hinted(bench, text):
    claim = bench.claim(bench.quantity(text, "jar"), Attribute.MOQ)
    return replace(claim, tentative=True, hint=True)


def test_a_hint_confirms_the_minimum_that_nothing_else_states(bench):
    truth = bench.truth(bench.quantity("96"), Attribute.MOQ)
    assert bench.one(hinted(bench, "96"), truth).verdict is Verdict.MATCH
    assert bench.judge([hinted(bench, "90")], [truth]) == []


def test_a_hint_neither_accuses_nor_excuses(bench):
    now = bench.truth(bench.quantity("96"), Attribute.MOQ, start="2026-02-01")
    old = bench.truth(bench.quantity("48"), Attribute.MOQ, start="2024-01-01", end="2026-02-01")
    assert bench.judge([hinted(bench, "48")], [now, old]) == []
    stated = bench.claim(bench.quantity("48"), Attribute.MOQ, at=40)
    (judged,) = bench.judge([hinted(bench, "96"), stated], [now, old])
    assert judged.diagnosis is Diagnosis.OUTDATED
