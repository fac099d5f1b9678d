"""From comparisons to one judgement: match, mismatch with its diagnosis, or abstention."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from auditor.compare.diagnose import Diagnosed, diagnose
from auditor.compare.facts import Agreement, Rule, Setting, amount_of
from auditor.compare.words import (
    attribute_name,
    claimed_text,
    day,
    expected_text,
    replacement,
    spoken,
)
from auditor.model import (
    Attribute,
    Claim,
    Diagnosis,
    Judgement,
    Locator,
    Reason,
    Truth,
    Verdict,
)
from auditor.values.types import Money, Quantity

_ONE_GROUP = re.compile(r"\d{1,3}[.,'’]\d{3}")


@dataclass(frozen=True, slots=True)
class Case:
    """One claim with the truths it may be held against.

    ``now`` are in force, ``history`` all of the same series (past and future). ``key`` and
    ``role`` name the fact in the judgement.
    """

    claim: Claim
    now: Sequence[Truth]
    history: Sequence[Truth]
    key: str = ""
    role: str = ""


def weigh(case: Case, rule: Rule, setting: Setting) -> Judgement:
    """Judge one claim: against what is in force, then against the past and the future."""
    compared = [(truth, rule(case.claim, truth)) for truth in case.now]
    if conflict(case.now, rule, case.claim):
        return unjudged(case, setting, Reason.SOURCE_CONFLICT, "Two truths in force differ.")
    for truth, comparison in compared:
        if comparison.agreement is Agreement.SAME:
            return matched(case, setting, truth)
    for truth, comparison in compared:
        if comparison.agreement is Agreement.AMBIGUOUS:
            reason = comparison.reason or Reason.AMBIGUOUS_NUMBER
            return unjudged(case, setting, reason, comparison.note, truth)
    different = [
        (t, c) for t, c in compared if c.agreement in (Agreement.DIFFERENT, Agreement.OTHER_BASIS)
    ]
    if not different and compared:
        # Nothing says how the units relate, but a former value is recognised by being equal.
        known = diagnose(case.claim, case.now[0], case.history, rule, setting, compared[0][1])
        if known.diagnosis in (Diagnosis.OUTDATED, Diagnosis.EARLY):
            different = compared[:1]
    if not different:
        reason = next((c.reason for _, c in compared if c.reason), Reason.NO_TRUTH)
        note = next((c.note for _, c in compared if c.note), "")
        return unjudged(case, setting, reason, note, case.now[0] if case.now else None)
    truth, comparison = different[0]
    if _in_grace(case, rule, setting):
        note = "The value changes within the propagation grace around this snapshot."
        return unjudged(case, setting, Reason.PROPAGATION_GRACE, note, truth)
    if hinges_on_separator(case.claim, truth):
        note = "Read with the other separator convention, the number is the true one."
        return unjudged(case, setting, Reason.AMBIGUOUS_NUMBER, note, truth)
    found = diagnose(case.claim, truth, case.history, rule, setting, comparison)
    return mismatched(case, setting, truth, found)


def hinges_on_separator(claim: Claim, truth: Truth) -> bool:
    """Whether claim and truth differ only in what one separator means: ``1.345`` and 1345.

    The source's language decides how numbers are read, but a text copied from elsewhere keeps its
    own convention; a factor of exactly 1000 around one group of three digits proves nothing.
    """
    if not isinstance(claim.value, Money | Quantity) or type(claim.value) is not type(truth.value):
        return False
    ours, theirs = amount_of(claim.value), amount_of(truth.value)
    if ours is None or theirs is None or not _ONE_GROUP.fullmatch(ours.text.strip()):
        return False
    one, two = ours.readings[0].low, theirs.readings[0].low
    return one is not None and two is not None and (one == 1000 * two or two == 1000 * one)


def conflict(now: Sequence[Truth], rule: Rule, claim: Claim) -> bool:
    """Whether two truths in force for the same fact differ, so that neither can be held."""
    first = now[0] if now else None
    return any(
        t.value != first.value or t.basis != first.basis
        for t in now[1:]
        if first is not None and t.basis.min_qty == first.basis.min_qty and t.key == first.key
    ) and not all(rule(claim, t).agreement is Agreement.SAME for t in now)


def matched(case: Case, setting: Setting, truth: Truth) -> Judgement:
    """The claim agrees with a truth in force."""
    return _judgement(case, setting, Verdict.MATCH, truth, note="The page agrees with the feed.")


def mismatched(
    case: Case,
    setting: Setting,
    truth: Truth,
    found: Diagnosed,
    *,
    verdict: Verdict = Verdict.MISMATCH,
) -> Judgement:
    """The claim disagrees with the truth in force, with the reason why."""
    judgement = _judgement(case, setting, verdict, truth, diagnosis=found.diagnosis)
    note = explain(judgement, found, truth)
    return replace(
        judgement,
        note=note,
        stale_since=found.stale_since,
        versions_behind=found.versions_behind,
        replacement=replacement(case.claim, truth, setting.policy.language),
    )


def extra(judgement: Judgement, expected: str, note: str) -> Judgement:
    """A mismatch turned into a statement of something that no feed knows at all."""
    return replace(
        judgement,
        verdict=Verdict.EXTRA,
        diagnosis=Diagnosis.NEVER_VALID,
        expected=expected,
        note=f"The page shows {judgement.claimed}, but there is {note}.",
        replacement="",
    )


def unjudged(
    case: Case, setting: Setting, reason: Reason, note: str = "", truth: Truth | None = None
) -> Judgement:
    """The claim is left alone, with the reason."""
    return _judgement(case, setting, Verdict.NOT_JUDGED, truth, reason=reason, note=note)


def silent(  # noqa: PLR0913 - without a claim nothing else carries these
    setting: Setting,
    attribute: Attribute,
    key: str,
    reason: Reason,
    *,
    quote: str = "",
    locator: Locator | None = None,
    note: str = "",
    truth: Truth | None = None,
) -> Judgement:
    """A fact that the page does not state, or not so that it could be read."""
    return Judgement(
        source=setting.page.source,
        url=setting.page.url,
        sku=setting.sku,
        attribute=attribute,
        key=key,
        role="",
        verdict=Verdict.NOT_JUDGED,
        reason=reason,
        truth=truth,
        expected=expected_text(truth) if truth else "",
        note=note,
        quote=quote,
        locator=locator or Locator(-1, -1),
    )


def explain(judgement: Judgement, found: Diagnosed, truth: Truth) -> str:
    """One sentence a product manager understands.

    It says what the page shows, why that is wrong and what holds instead.
    """
    shows = f"The page shows {spoken(judgement.claimed, judgement.attribute)}"
    holds = f"{spoken(judgement.expected, judgement.attribute)} holds"
    if truth.valid_from is not None:
        holds += f" since {day(truth.valid_from)}"
    name = attribute_name(judgement.attribute, judgement.key)
    match found.diagnosis:
        case Diagnosis.OUTDATED:
            until = f" until {day(found.stale_since)}" if found.stale_since else " before"
            behind = found.versions_behind or 1
            changes = "one change ago" if behind == 1 else f"{behind} changes ago"
            return f"{shows}; this was the {name}{until}, {changes}. Now {holds}."
        case Diagnosis.EARLY:
            start = f" on {day(found.starts)}" if found.starts else " later"
            return f"{shows}; this {name} only starts{start}. Until then {holds}."
        case Diagnosis.NEVER_VALID:
            return f"{shows}; no feed ever had this {name}. {holds}."
        case _:
            return f"{shows}; {found.note or 'that differs'}. {holds}."


def _judgement(  # noqa: PLR0913 - one place that fills the record
    case: Case,
    setting: Setting,
    verdict: Verdict,
    truth: Truth | None,
    *,
    diagnosis: Diagnosis = Diagnosis.NONE,
    reason: Reason | None = None,
    note: str = "",
) -> Judgement:
    claim = case.claim
    claimed, unit = claimed_text(claim)
    return Judgement(
        source=claim.source,
        url=claim.url,
        sku=claim.sku,
        attribute=claim.attribute,
        key=case.key,
        role=case.role,
        verdict=verdict,
        diagnosis=diagnosis,
        reason=reason,
        claim=claim,
        truth=truth,
        claimed=claimed,
        expected=expected_text(truth) if truth else "",
        unit=unit,
        note=note,
        quote=claim.quote,
        locator=claim.locator,
    )


def _in_grace(case: Case, rule: Rule, setting: Setting) -> bool:
    """Whether the claim is the value just before or just after a change near the snapshot."""
    grace = setting.policy.grace_for(case.claim.attribute)
    for truth in case.history:
        if truth.in_force(setting.at):
            continue
        edge = truth.valid_to if truth.valid_to and truth.valid_to <= setting.at else None
        if truth.valid_from and truth.valid_from > setting.at:
            edge = truth.valid_from
        if edge is None or abs(edge - setting.at) > grace:
            continue
        if rule(case.claim, truth).agreement is Agreement.SAME:
            return True
    return False
