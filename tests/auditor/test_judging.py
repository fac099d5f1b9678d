"""What a judgement is worth depends on the feed it rests on."""

from __future__ import annotations

from auditor.judging import trust
from auditor.model import Attribute, Diagnosis, Judgement, Reason, Truth, Verdict
from auditor.values.types import Word

TRUTH = Truth("KB-1", Attribute.AVAILABILITY, "", Word("x", "in_stock"), feed="erp")


def a_judgement(verdict: Verdict, truth: Truth | None = TRUTH) -> Judgement:
    return Judgement(
        "web",
        "https://a/",
        "KB-1",
        Attribute.AVAILABILITY,
        "",
        "",
        verdict,
        diagnosis=Diagnosis.OUTDATED,
        truth=truth,
    )


def test_a_feed_that_was_set_aside_proves_nothing_wrong() -> None:
    judged = trust(a_judgement(Verdict.MISMATCH), frozenset({"erp"}))
    assert (judged.verdict, judged.reason) == (Verdict.NOT_JUDGED, Reason.FEED_GATED)


def test_other_feeds_matches_and_contradictions_are_left_alone() -> None:
    gated = frozenset({"pim"})
    assert trust(a_judgement(Verdict.MISMATCH), gated).verdict is Verdict.MISMATCH
    gated = frozenset({"erp"})
    assert trust(a_judgement(Verdict.MATCH), gated).verdict is Verdict.MATCH
    assert trust(a_judgement(Verdict.CONTRADICTION, None), gated).verdict is Verdict.CONTRADICTION
