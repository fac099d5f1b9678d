"""What a judgement is worth depends on the feed it rests on."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from auditor.model import Attribute, Diagnosis, Judgement, Reason, Truth, Verdict
from auditor.trust import Shaky, trust
from auditor.values.types import Word

READ = datetime(2026, 11, 1, 3, tzinfo=UTC)
TRUTH = Truth(
    "KB-1", Attribute.AVAILABILITY, "", Word("x", "in_stock"), feed="erp", first_seen=READ
)
ERP = {
    Reason.FEED_GATED: Shaky(gated=frozenset({"erp"})),
    Reason.VALUE_HELD: Shaky(held=frozenset({("erp", "KB-1", "availability", "")})),
    Reason.SOURCE_DOUBT: Shaky(doubted=frozenset({("erp", READ)})),
}


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


@pytest.mark.parametrize("reason", ERP)
def test_what_is_shaky_proves_nothing_wrong(reason: Reason) -> None:
    judged = trust(a_judgement(Verdict.MISMATCH), ERP[reason])
    assert (judged.verdict, judged.reason) == (Verdict.NOT_JUDGED, reason)
    assert judged.diagnosis is Diagnosis.NONE


@pytest.mark.parametrize("shaky", ERP.values())
def test_matches_contradictions_and_what_rests_on_others_are_left_alone(shaky: Shaky) -> None:
    assert trust(a_judgement(Verdict.MATCH), shaky).verdict is Verdict.MATCH
    assert trust(a_judgement(Verdict.CONTRADICTION, None), shaky).verdict is Verdict.CONTRADICTION
    others = replace(TRUTH, feed="pim")
    assert trust(a_judgement(Verdict.MISMATCH, others), shaky).verdict is Verdict.MISMATCH
