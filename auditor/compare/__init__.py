"""Is what the page says still true? Claims × truths × instant → judgements; pure."""

from auditor.compare.judge import Truths, judge_claim, judge_page, judge_unreadable
from auditor.compare.policy import STANDARD_VAT, Policy
from auditor.compare.three_way import CrossCheck, Standing, three_way

__all__ = [
    "STANDARD_VAT",
    "CrossCheck",
    "Policy",
    "Standing",
    "Truths",
    "judge_claim",
    "judge_page",
    "judge_unreadable",
    "three_way",
]
