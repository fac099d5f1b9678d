"""Lead time, availability, status, policy and spec: one claim against one series of truths."""

from __future__ import annotations

from dataclasses import replace

from auditor.compare.diagnose import Diagnosed
from auditor.compare.facts import Agreement, Rule, Setting
from auditor.compare.sameness import agree
from auditor.compare.verdicts import Case, mismatched, unjudged, weigh
from auditor.compare.words import day
from auditor.model import Attribute, Claim, Diagnosis, Judgement, Reason, Verdict


def judge_plain(claim: Claim, setting: Setting) -> Judgement:
    """Judge a claim whose truths form one series by attribute and key."""
    series = setting.series(claim.attribute, claim.key)
    now = [t for t in series if t.in_force(setting.at)]
    case = Case(claim, now, series, key=claim.key)
    if not series:
        return unjudged(case, setting, setting.none_applies(claim.attribute))
    rule: Rule = agree
    if claim.attribute is Attribute.POLICY and not now:
        return _withdrawn(case, rule, setting)
    return weigh(case, rule, setting)


def _withdrawn(case: Case, rule: Rule, setting: Setting) -> Judgement:
    """A policy of which nothing is in force: expired where the page still states the last one."""
    ended = [t for t in case.history if t.valid_to is not None and t.valid_to <= setting.at]
    last = max(ended, key=lambda t: t.valid_to or setting.at, default=None)
    if last is None or last.valid_to is None or len(ended) < len(case.history):
        return unjudged(case, setting, Reason.NO_TRUTH)
    if setting.at - last.valid_to <= setting.policy.grace_for(Attribute.POLICY):
        return unjudged(case, setting, Reason.PROPAGATION_GRACE)
    if rule(case.claim, last).agreement is not Agreement.SAME:
        return unjudged(case, setting, Reason.NO_TRUTH)
    found = Diagnosed(Diagnosis.OUTDATED, "the policy is withdrawn", last.valid_to, 1)
    judged = mismatched(case, setting, last, found, verdict=Verdict.EXPIRED)
    return replace(
        judged,
        expected=f"ended {last.valid_to:%Y-%m-%d}",
        note=f"The page still states the policy {judged.claimed!r}; it was withdrawn on "
        f"{day(last.valid_to)}.",
        replacement="",
    )
