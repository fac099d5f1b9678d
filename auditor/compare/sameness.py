"""Do a claim and a truth of one plain attribute say the same thing?"""

from __future__ import annotations

import re

from auditor.compare.facts import AMBIGUOUS, DIFFERENT, SAME, Agreement, Comparison
from auditor.model import Attribute, Claim, Reason, Truth
from auditor.values.compare import Comparison as Compared
from auditor.values.compare import Ranges, same
from auditor.values.fold import plain
from auditor.values.locale import locale_for
from auditor.values.tokenizer import tokenize
from auditor.values.types import Code, Quantity, Value, Word

WITHDRAWN = frozenset({"discontinued", "superseded", "withdrawn", "obsolete", "end_of_life"})
"""Lifecycle states in which a product is not sold any more."""

_NOT_ON_THE_SHELF = frozenset({"out_of_stock", "backorder", "preorder", "made_to_order"})
# "12,000" and "12 000": one group of three behind another digit.
_GROUPS = re.compile(r"(?<=\d)[,.'’ ](?=\d{3}(?!\d))")
# A lead time agrees where one common day is possible; a specification must state both ends.
_RANGES = {Attribute.LEAD_TIME: Ranges.OVERLAP}


def agree(claim: Claim, truth: Truth) -> Comparison:
    """Whether a claim and a truth of one attribute and key agree."""
    ranges = _RANGES.get(claim.attribute, Ranges.EXACT)
    found = same(claim.value, truth.value, ranges=ranges)
    if found is Compared.INCOMPARABLE and isinstance(truth.value, Word):
        found = _inside(claim.value, truth.value)
    if found.agrees or (found is Compared.INCOMPARABLE and _is_printed_alike(claim, truth)):
        return SAME
    if _says_its_name(claim, truth):
        return SAME
    if found is Compared.DIFFERENT:
        return _near(claim, truth) or DIFFERENT
    if found is Compared.AMBIGUOUS:
        return AMBIGUOUS
    return Comparison(Agreement.INCOMPARABLE, Reason.INCOMPARABLE)


def _near(claim: Claim, truth: Truth) -> Comparison | None:
    """States that differ in wording more than in fact: "superseded" of a discontinued product."""
    if not isinstance(claim.value, Word) or not isinstance(truth.value, Word):
        return None
    both = {claim.value.canonical, truth.value.canonical}
    if claim.attribute is Attribute.STATUS and both <= WITHDRAWN:
        return SAME
    if claim.attribute is Attribute.AVAILABILITY and claim.value.canonical == "to_order":
        ordered = truth.value.canonical in ("backorder", "made_to_order")
        return SAME if ordered else Comparison(Agreement.INCOMPARABLE, Reason.INCOMPARABLE)
    if claim.attribute is Attribute.AVAILABILITY and both <= _NOT_ON_THE_SHELF:
        return Comparison(Agreement.INCOMPARABLE, Reason.INCOMPARABLE)
    return None


def _is_printed_alike(claim: Claim, truth: Truth) -> bool:
    """Whether the page prints the feed's value and unit letter by letter: "12,000 × g"."""
    value = truth.value
    if truth.attribute is not Attribute.SPEC or not isinstance(value, Quantity) or not value.unit:
        return False
    said, wanted = _letters(claim.quote), _letters(f"{value.amount.text}{value.unit}")
    return said.endswith(wanted) and not said[: -len(wanted)].endswith(tuple("0123456789.,"))


def _says_its_name(claim: Claim, truth: Truth) -> bool:
    """Whether a value differs only by the name of its own property: "Grade 5" of grade 5."""
    ours, theirs = claim.value, truth.value
    if truth.attribute is not Attribute.SPEC or not isinstance(theirs, Code | Word):
        return False
    if not isinstance(ours, Code | Word):
        return False
    name = set(plain(truth.key).split())
    said, wanted = (
        [word for word in plain(value.text).split() if word not in name] for value in (ours, theirs)
    )
    return bool(said) and said == wanted


def _letters(text: str) -> str:
    return "".join(_GROUPS.sub("", plain(text).replace("×", "x")).split())


def _inside(claimed: Value, expected: Word) -> Compared:
    """A typed claim against a feed's phrase that holds one such value ("30 days net")."""
    held = [
        token.value
        for token in tokenize(expected.text, locale_for("en-US"))
        if token.value is not None and type(token.value) is type(claimed)
    ]
    return same(claimed, held[0]) if len(held) == 1 else Compared.INCOMPARABLE
