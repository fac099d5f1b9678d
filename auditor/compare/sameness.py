"""Do a claim and a truth of one plain attribute say the same thing?"""

from __future__ import annotations

from auditor.compare.facts import AMBIGUOUS, DIFFERENT, SAME, Agreement, Comparison
from auditor.model import Attribute, Claim, Reason, Truth
from auditor.values.compare import Comparison as Compared
from auditor.values.compare import Ranges, same
from auditor.values.locale import locale_for
from auditor.values.tokenizer import tokenize
from auditor.values.types import Value, Word

# A lead time agrees where one common day is possible; a specification must state both ends.
_RANGES = {Attribute.LEAD_TIME: Ranges.OVERLAP}


def agree(claim: Claim, truth: Truth) -> Comparison:
    """Whether a claim and a truth of one attribute and key agree."""
    ranges = _RANGES.get(claim.attribute, Ranges.EXACT)
    found = same(claim.value, truth.value, ranges=ranges)
    if found is Compared.INCOMPARABLE and isinstance(truth.value, Word):
        found = _inside(claim.value, truth.value)
    if found.agrees:
        return SAME
    if found is Compared.DIFFERENT:
        return DIFFERENT
    if found is Compared.AMBIGUOUS:
        return AMBIGUOUS
    return Comparison(Agreement.INCOMPARABLE, Reason.INCOMPARABLE)


def _inside(claimed: Value, expected: Word) -> Compared:
    """A typed claim against a feed's phrase that holds one such value ("30 days net")."""
    held = [
        token.value
        for token in tokenize(expected.text, locale_for("en-US"))
        if token.value is not None and type(token.value) is type(claimed)
    ]
    return same(claimed, held[0]) if len(held) == 1 else Compared.INCOMPARABLE
