"""Is what the page says still true? Claims × truths × instant → judgements; pure."""

from auditor.compare.judge import Truths, judge_claim, judge_page, judge_unreadable
from auditor.compare.policy import STANDARD_VAT, Policy

__all__ = [
    "STANDARD_VAT",
    "Policy",
    "Truths",
    "judge_claim",
    "judge_page",
    "judge_unreadable",
]
