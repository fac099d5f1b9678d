"""Which decision is allowed when."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from auditor.decide import REASONS, RejectReason, Wish, decide
from auditor.errors import DecisionRefused
from auditor.model import Attribute, DecisionKind, Finding, Judgement, State, Verdict

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
WORK = {State.OPEN, State.ACKNOWLEDGED, State.NOT_OBSERVED, State.REOPENED}
ALLOWED = {
    DecisionKind.CONFIRM: WORK | {State.CLAIMED_FIXED, State.WAIVED},
    DecisionKind.ACK: WORK - {State.ACKNOWLEDGED},
    DecisionKind.REJECT: WORK | {State.CLAIMED_FIXED, State.WAIVED},
    DecisionKind.WAIVE: WORK | {State.CLAIMED_FIXED, State.WAIVED},
    DecisionKind.ASSIGN: WORK | {State.CLAIMED_FIXED, State.WAIVED},
    DecisionKind.REOPEN: {State.CLAIMED_FIXED, State.VERIFIED, State.WAIVED, State.REJECTED},
}


def finding(state: State = State.OPEN) -> Finding:
    judgement = Judgement(
        "web", "https://shop.example/a", "A-1", Attribute.MOQ, "", "", Verdict.MISMATCH,
        claimed="50 pcs", expected="100 pcs",
    )  # fmt: skip
    return Finding("3fa9c01b", "3fa9c01b" * 8, judgement, state, NOW, NOW, snapshot="cd" * 32)


def wish(kind: DecisionKind, **more: object) -> Wish:
    full = Wish(kind, "ines", assignee="ben", reason=RejectReason.FALSE_ALARM)
    return replace(full, **more)


@pytest.mark.parametrize("kind", list(DecisionKind))
@pytest.mark.parametrize("state", list(State))
def test_each_decision_is_allowed_in_its_states_and_refused_in_the_others(
    kind: DecisionKind, state: State
) -> None:
    if state in ALLOWED[kind]:
        assert decide(finding(state), wish(kind), NOW).decision.kind is kind
    else:
        with pytest.raises(DecisionRefused, match=f"3fa9c01b: it is {state}"):
            decide(finding(state), wish(kind), NOW)


def test_nobody_decides_without_a_name() -> None:
    with pytest.raises(DecisionRefused, match="--as WHO"):
        decide(finding(), wish(DecisionKind.ACK, who=" "), NOW)


@pytest.mark.parametrize("reason", ["", "because"])
def test_a_rejection_needs_one_of_the_reasons(reason: str) -> None:
    with pytest.raises(DecisionRefused, match="page_right_feed_wrong"):
        decide(finding(), wish(DecisionKind.REJECT, reason=reason), NOW)


def test_a_waiver_ends_in_the_future() -> None:
    with pytest.raises(DecisionRefused, match="is over"):
        decide(finding(), wish(DecisionKind.WAIVE, until=NOW - timedelta(days=1)), NOW)


def test_an_assignment_needs_somebody() -> None:
    with pytest.raises(DecisionRefused, match="--to WHO"):
        decide(finding(), wish(DecisionKind.ASSIGN, assignee=""), NOW)


def test_every_reason_is_explained() -> None:
    assert set(REASONS) == set(RejectReason)


def test_a_decision_remembers_what_the_person_saw() -> None:
    made = decide(finding(), wish(DecisionKind.CONFIRM, note="done"), NOW)
    assert made.finding.state is State.CLAIMED_FIXED
    decision = made.decision
    assert (decision.claimed, decision.expected) == ("50 pcs", "100 pcs")
    assert (decision.evidence, decision.note, decision.at) == ("cd" * 32, "done", NOW)


def test_a_confirm_is_a_claim_and_never_closes() -> None:
    made = decide(finding(), wish(DecisionKind.CONFIRM), NOW)
    assert made.finding.closed_at is None
    assert made.change is not None
    assert "next snapshot will tell" in made.change.why


def test_assigning_changes_the_owner_and_not_the_state() -> None:
    made = decide(finding(), wish(DecisionKind.ASSIGN), NOW)
    assert (made.finding.owner, made.finding.state, made.change) == ("ben", State.OPEN, None)


def test_confirming_a_waived_finding_ends_the_waiver() -> None:
    waived = replace(finding(State.WAIVED), waived_until=NOW + timedelta(days=9))
    assert decide(waived, wish(DecisionKind.CONFIRM), NOW).finding.waived_until is None
