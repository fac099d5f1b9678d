"""Lead time, availability, status, policy and spec: one claim against one series of truths."""

from __future__ import annotations

from auditor.compare.facts import Rule, Setting
from auditor.compare.sameness import agree
from auditor.compare.verdicts import Case, unjudged, weigh
from auditor.model import Claim, Judgement, Reason


def judge_plain(claim: Claim, setting: Setting) -> Judgement:
    """Judge a claim whose truths form one series by attribute and key."""
    series = setting.series(claim.attribute, claim.key)
    now = [t for t in series if t.in_force(setting.at)]
    case = Case(claim, now, series, key=claim.key)
    if not series:
        return unjudged(case, setting, Reason.NO_TRUTH)
    rule: Rule = agree
    return weigh(case, rule, setting)
