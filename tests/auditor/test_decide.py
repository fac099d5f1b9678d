"""Which decision is allowed when."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from auditor.decide import (
    REASONS,
    RejectReason,
    Wish,
    check_seen,
    decide,
    plan_of,
    revision,
    undo,
)
from auditor.errors import DecisionRefused
from auditor.model import Attribute, DecisionKind, Finding, Judgement, State, Verdict

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
LATER = NOW + timedelta(days=9)
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


@pytest.mark.parametrize("kind", list(ALLOWED))
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


def test_a_decision_on_what_changed_meanwhile_is_refused_with_what_it_is_now() -> None:
    seen = revision(finding())
    now = replace(finding(), state=State.REJECTED, owner="ben")
    with pytest.raises(DecisionRefused, match="it is rejected now, with ben; the page says 50 pcs"):
        check_seen(now, seen)
    check_seen(finding(), seen)


def test_a_new_look_that_shows_the_same_is_the_same_revision() -> None:
    assert revision(finding()) == revision(replace(finding(), snapshot="ef" * 32, last_seen=LATER))


def test_a_plan_is_another_one_as_soon_as_one_finding_is() -> None:
    one, other = finding(), replace(finding(), fingerprint="ff" * 32)
    assert plan_of([one, other]) == plan_of([other, one])
    assert plan_of([one, other]) != plan_of([one, replace(other, state=State.WAIVED)])


def test_a_decision_is_taken_back_to_what_was_before() -> None:
    waived = decide(finding(State.ACKNOWLEDGED), wish(DecisionKind.WAIVE, until=LATER), NOW)
    log = [replace(waived.decision, id=1)]
    back = undo(waived.finding, log, wish(DecisionKind.UNDO), NOW)
    assert back.finding == finding(State.ACKNOWLEDGED)
    assert back.decision.undoes == 1
    with pytest.raises(DecisionRefused, match="nothing was decided"):
        undo(back.finding, [*log, replace(back.decision, id=2)], wish(DecisionKind.UNDO), NOW)


def test_nobody_takes_back_what_somebody_else_decided() -> None:
    done = decide(finding(), wish(DecisionKind.ACK, who="ben"), NOW)
    with pytest.raises(DecisionRefused, match="the last decision is ben's"):
        undo(done.finding, [replace(done.decision, id=1)], wish(DecisionKind.UNDO), NOW)


def test_what_an_audit_has_judged_since_is_not_taken_back() -> None:
    done = decide(finding(), wish(DecisionKind.CONFIRM), NOW)
    verified = replace(done.finding, state=State.VERIFIED)
    with pytest.raises(DecisionRefused, match="can no longer be taken back"):
        undo(verified, [replace(done.decision, id=1)], wish(DecisionKind.UNDO), NOW)
