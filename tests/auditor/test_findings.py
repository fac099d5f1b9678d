"""The life of a finding, step by step."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from auditor.findings import Observation, Sight, fingerprint, update
from auditor.model import (
    Attribute,
    Decision,
    DecisionKind,
    Diagnosis,
    Finding,
    Judgement,
    Locator,
    Reason,
    State,
    Verdict,
)

T0 = datetime(2026, 11, 1, 2, tzinfo=UTC)
URL = "https://shop.example/bx-20"
TEXT = "BX-20 Terminal block. Price 12.40 EUR. MOQ 50."


def wrong(claimed: str = "12.40 EUR", expected: str = "13.10 EUR", **more: object) -> Judgement:
    judgement = Judgement(
        source="web",
        url=URL,
        sku="BX-20",
        attribute=Attribute.PRICE,
        key="",
        role="list",
        verdict=Verdict.MISMATCH,
        claimed=claimed,
        expected=expected,
        quote="12.40 EUR",
        locator=Locator(28, 37),
    )
    return replace(judgement, **more)


def right(**more: object) -> Judgement:
    return wrong(claimed="13.10 EUR", verdict=Verdict.MATCH, quote="13.10 EUR", **more)


def not_judged(reason: Reason, **more: object) -> Judgement:
    return wrong(claimed="", verdict=Verdict.NOT_JUDGED, reason=reason, quote="", **more)


def seen(day: float, text: str = TEXT, sight: Sight = Sight.CONTENT, why: str = "") -> Observation:
    return Observation("web", URL, sight, T0 + timedelta(days=day), "ab" * 32, text, why)


def opened(*judgements: Judgement) -> Finding:
    changes = update((), judgements or (wrong(),), seen(0), {}, T0)
    assert len(changes.findings) == 1
    return changes.findings[0]


def decided(finding: Finding, kind: DecisionKind, day: float, **more: object) -> Decision:
    j = finding.judgement
    decision = Decision(
        finding.fingerprint,
        kind,
        "ines",
        T0 + timedelta(days=day),
        claimed=j.claimed,
        expected=j.expected,
    )
    return replace(decision, **more)


def look(
    finding: Finding,
    judgements: tuple[Judgement, ...],
    at: Observation,
    *decisions: Decision,
    now: datetime | None = None,
) -> tuple[Finding, str]:
    """The finding after one look, and why it stepped ("" where it did not)."""
    found = {finding.fingerprint: list(decisions)} if decisions else {}
    changes = update((finding,), judgements, at, found, now or at.fetched_at)
    by_key = {each.fingerprint: each for each in changes.findings}
    why = " ".join(s.why for s in changes.history if s.fingerprint == finding.fingerprint)
    return by_key.get(finding.fingerprint, finding), why


def claimed_fixed(day: float = 1) -> tuple[Finding, Decision]:
    finding = replace(opened(), state=State.CLAIMED_FIXED)
    return finding, decided(finding, DecisionKind.CONFIRM, day)


def test_a_match_and_a_fact_that_was_not_judged_open_nothing() -> None:
    changes = update((), (right(), not_judged(Reason.NO_TRUTH)), seen(0), {}, T0)
    assert changes.findings == ()
    assert changes.history == ()


def test_a_page_that_could_not_be_read_opens_nothing() -> None:
    assert update((), (wrong(),), seen(0, sight=Sight.BLIND), {}, T0).findings == ()


def test_a_disagreement_opens_a_finding_with_its_history() -> None:
    changes = update((), (wrong(),), seen(0), {}, T0)
    (finding,) = changes.findings
    assert finding.state is State.OPEN
    assert finding.id == finding.fingerprint[:8]
    assert (finding.first_seen, finding.snapshot) == (T0, "ab" * 32)
    assert [(s.old, s.new) for s in changes.history] == [("", "open")]


def test_the_fingerprint_ignores_the_wrong_value_and_its_place() -> None:
    assert fingerprint(wrong()) == fingerprint(wrong("9.99 EUR", locator=Locator(1, 2)))
    assert fingerprint(wrong()) != fingerprint(wrong(role="sale"))


def test_the_same_value_wrong_twice_on_a_page_is_one_finding() -> None:
    twice = (wrong(locator=Locator(40, 49)), wrong("12.00 EUR", locator=Locator(5, 9)))
    changes = update((), twice, seen(0), {}, T0)
    assert [f.judgement.claimed for f in changes.findings] == ["12.00 EUR"]


@pytest.mark.parametrize(
    "state", [State.OPEN, State.ACKNOWLEDGED, State.NOT_OBSERVED, State.REOPENED]
)
def test_what_is_still_wrong_stays_and_is_brought_up_to_date(state: State) -> None:
    finding, why = look(replace(opened(), state=state), (wrong("12.80 EUR"),), seen(1))
    assert (finding.state, why) == (state, "")
    assert finding.judgement.claimed == "12.80 EUR"
    assert finding.first_seen == T0
    assert finding.last_seen == T0 + timedelta(days=1)


def test_a_confirm_is_not_believed_on_a_snapshot_taken_before_it() -> None:
    finding, confirm = claimed_fixed(day=1)
    for judgements in ((wrong(),), (right(),)):
        after, why = look(finding, judgements, seen(0.5), confirm, now=T0 + timedelta(days=2))
        assert (after.state, why) == (State.CLAIMED_FIXED, "")


def test_a_confirmed_page_that_still_says_it_goes_back_on_the_list() -> None:
    finding, confirm = claimed_fixed()
    after, why = look(finding, (wrong(),), seen(2), confirm)
    assert after.state is State.NOT_OBSERVED
    assert "still says 12.40 EUR" in why
    assert after.state.needs_work


def test_a_confirmed_page_that_is_right_is_verified() -> None:
    finding, confirm = claimed_fixed()
    after, why = look(finding, (right(),), seen(2, "Price 13.10 EUR"), confirm)
    assert after.state is State.VERIFIED
    assert after.closed_at == T0 + timedelta(days=2)
    assert "confirmed by ines" in why


def test_a_confirmed_fix_overtaken_by_a_new_truth_is_reopened_not_blamed() -> None:
    finding, confirm = claimed_fixed()
    newer = wrong("13.10 EUR", "14.00 EUR")
    after, why = look(finding, (newer,), seen(2), confirm)
    assert after.state is State.REOPENED
    assert "since then the truth is 14.00 EUR" in why


def test_a_confirmed_page_that_is_gone_is_verified_and_says_why() -> None:
    finding, confirm = claimed_fixed()
    gone = seen(2, "", Sight.GONE, "the page is gone (HTTP 410)")
    after, why = look(finding, (), gone, confirm)
    assert after.state is State.VERIFIED
    assert "HTTP 410" in why


def test_a_page_that_could_not_be_read_verifies_nothing() -> None:
    finding, confirm = claimed_fixed()
    after, why = look(finding, (), seen(2, "", Sight.BLIND, "login wall"), confirm)
    assert (after.state, why) == (State.CLAIMED_FIXED, "")
    assert after.observed_at == T0


@pytest.mark.parametrize("reason", [Reason.AMBIGUOUS_NUMBER, Reason.NEEDS_RENDER])
def test_a_fact_that_could_not_be_judged_verifies_nothing(reason: Reason) -> None:
    finding, confirm = claimed_fixed()
    after, _ = look(finding, (not_judged(reason),), seen(2, "Price 1.310"), confirm)
    assert after.state is State.CLAIMED_FIXED


def test_a_quote_that_still_stands_there_verifies_nothing_though_nothing_was_read() -> None:
    """A selector gone dead or an extractor gone blind must not look like a fix."""
    finding, confirm = claimed_fixed()
    after, _ = look(finding, (), seen(2), confirm)
    assert after.state is State.CLAIMED_FIXED


def test_a_sentence_taken_off_the_page_is_a_fix() -> None:
    finding, confirm = claimed_fixed()
    silent = not_judged(Reason.NO_CLAIM)
    after, why = look(finding, (silent,), seen(2, "BX-20 Terminal block."), confirm)
    assert after.state is State.VERIFIED
    assert "no longer says it" in why


def test_a_finding_that_vanishes_by_itself_is_seen_fixed() -> None:
    after, why = look(opened(), (right(),), seen(1, "Price 13.10 EUR"))
    assert after.state is State.VERIFIED
    assert why == "seen fixed: the page says 13.10 EUR"


def test_a_truth_that_comes_round_to_the_page_is_told_as_such() -> None:
    agrees = wrong(expected="12.40 EUR", verdict=Verdict.MATCH)
    _, why = look(opened(), (agrees,), seen(1))
    assert why == "seen fixed: the truth agrees with the page now"


def test_what_was_verified_and_is_wrong_again_is_reopened() -> None:
    verified = replace(opened(), state=State.VERIFIED, closed_at=T0)
    after, why = look(verified, (wrong("11.00 EUR"),), seen(3))
    assert after.state is State.REOPENED
    assert after.closed_at is None
    assert "wrong again" in why


def test_a_waiver_holds_until_its_date() -> None:
    until = T0 + timedelta(days=5)
    waived = replace(opened(), state=State.WAIVED, waived_until=until)
    waive = decided(waived, DecisionKind.WAIVE, 0, until=until)
    during, _ = look(waived, (wrong(),), seen(4), waive)
    assert (during.state, during.waived_until) == (State.WAIVED, until)
    after, why = look(waived, (wrong(),), seen(5), waive)
    assert (after.state, after.waived_until) == (State.OPEN, None)
    assert "2026-11-06" in why


@pytest.mark.parametrize("changed", [wrong("12.50 EUR"), wrong(expected="13.20 EUR")])
def test_a_waiver_or_rejection_ends_when_a_value_changes(changed: Judgement) -> None:
    for state, kind in (
        (State.WAIVED, DecisionKind.WAIVE),
        (State.REJECTED, DecisionKind.REJECT),
    ):
        finding = replace(opened(), state=state)
        after, why = look(finding, (changed,), seen(1), decided(finding, kind, 0))
        assert after.state is State.OPEN
        assert "ended" in why


def test_a_rejection_outlives_the_finding_s_absence() -> None:
    rejected = replace(opened(), state=State.REJECTED)
    reject = decided(rejected, DecisionKind.REJECT, 0)
    away, why = look(rejected, (), seen(1, "nothing"), reject)
    assert (away.state, why) == (State.REJECTED, "")
    back, why = look(away, (wrong(),), seen(2), reject)
    assert (back.state, why) == (State.REJECTED, "")


def test_a_missing_statement_is_verified_only_by_the_statement() -> None:
    finding = opened(wrong(claimed="", verdict=Verdict.MISSING, quote="BX-20"))
    silent, _ = look(finding, (), seen(1, "empty"))
    assert silent.state is State.OPEN
    stated, why = look(finding, (right(),), seen(2, "BX-20 13.10 EUR"))
    assert stated.state is State.VERIFIED
    assert "13.10 EUR" in why


def test_stale_markup_is_verified_though_its_visible_quote_stays() -> None:
    finding = opened(wrong(diagnosis=Diagnosis.MARKUP_STALE))
    after, _ = look(finding, (), seen(1))
    assert after.state is State.VERIFIED


def test_the_same_input_gives_the_same_changes() -> None:
    judgements = (wrong(), wrong(sku="BX-30"), wrong(role="sale"))
    first = update((), judgements, seen(0), {}, T0)
    assert first == update((), tuple(reversed(judgements)), seen(0), {}, T0)


def test_a_waiver_that_was_taken_back_does_not_count_any_more() -> None:
    old = replace(opened(wrong()), state=State.WAIVED)
    waive = Decision(old.fingerprint, DecisionKind.WAIVE, "ines", T0, claimed="9 EUR", id=1)
    anew = replace(waive, claimed="12.40 EUR", expected="13.10 EUR", id=2)
    undone = Decision(old.fingerprint, DecisionKind.UNDO, "ines", T0, id=3, undoes=1)
    changes = update([old], (wrong(),), seen(1), {old.fingerprint: [anew, waive, undone]}, T0)
    assert changes.findings[0].state is State.WAIVED
