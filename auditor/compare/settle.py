"""One fact, several statements: which judgements of them stand?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from auditor.compare.facts import exact
from auditor.compare.markup import differ_by_tax
from auditor.compare.visible import stands_visibly
from auditor.model import Attribute, Diagnosis, Judgement, Method, Reason, Verdict
from auditor.values.types import Tax

if TYPE_CHECKING:
    from auditor.compare.facts import Setting

# Statements that name the product themselves; a value bound only by the page may be another's.
_EXPLICIT = frozenset({"row", "column", "header", "sentence", "heading", "card"})
UNPUBLISHED = (Reason.NOT_PUBLISHED, Reason.NEEDS_RENDER, Reason.EMPTY_VALUE)
"""Reasons that say: the place for the value is there, and there is nothing in it."""

_EXPLAINED = (
    Diagnosis.OUTDATED,
    Diagnosis.EARLY,
    Diagnosis.BASIS,
    Diagnosis.SLIP,
    Diagnosis.OTHER_PRODUCT,
)


def settle(
    judgements: Sequence[Judgement],
    markup: Sequence[Judgement],
    setting: Setting,
    empty: Collection[Attribute] = (),
) -> list[Judgement]:
    """At most one finding per fact, and none that a right statement beside it makes doubtful.

    Precision first: where the page also shows the right value, a wrong one is reported only if it
    names the product itself and a change of the truth explains it. Where several wrong values
    compete without explanation, none can be told to be the one that counts; where the place for
    the value is empty (``empty``, or a statement that says so), another value stands elsewhere.
    """
    facts: dict[tuple[Attribute, str, str], list[Judgement]] = defaultdict(list)
    unpublished = {j.attribute for j in judgements if j.reason in UNPUBLISHED} | set(empty)
    for judged in judgements:
        facts[judged.attribute, judged.key, judged.role].append(judged)
    found: list[Judgement] = []
    for group in facts.values():
        wrong = [j for j in group if j.verdict.is_finding]
        right = [j for j in group if j.verdict is Verdict.MATCH]
        found += [j for j in group if not j.verdict.is_finding]
        if not wrong:
            continue
        best = _best(wrong)
        if right and not _stands_beside_right(best):
            note = "The page also shows the right value, so this may be something else."
            found.append(_doubt(best, note))
        elif not right and _is_open(best, wrong):
            found.append(_doubt(best, "Several values compete and none agrees with the feed."))
        elif _is_unexplained(best) and best.attribute in unpublished:
            found.append(_doubt(best, "The place for the value is empty on this page."))
        elif _is_unexplained(best) and stands_visibly(best, setting):
            found.append(_doubt(best, "The right amount stands on the page as well."))
        elif _is_unexplained(best) and _is_confirmed(best, markup):
            found.append(_doubt(best, "The page's structured data has the right value."))
        else:
            found.append(best)
    return found


def _best(wrong: Sequence[Judgement]) -> Judgement:
    def rank(judged: Judgement) -> tuple[int, float, int]:
        claim = judged.claim
        explained = _EXPLAINED.index(judged.diagnosis) if judged.diagnosis in _EXPLAINED else 9
        return explained, -(claim.confidence if claim else 0.0), judged.locator.start

    return min(wrong, key=rank)


def _stands_beside_right(judged: Judgement) -> bool:
    explicit = judged.claim is not None and judged.claim.binding in _EXPLICIT
    changed = judged.diagnosis in (Diagnosis.OUTDATED, Diagnosis.EARLY)
    return (explicit and changed) or judged.verdict is Verdict.EXPIRED


def _is_open(best: Judgement, wrong: Sequence[Judgement]) -> bool:
    """Whether several unexplained values compete with equal right."""
    if best.diagnosis in _EXPLAINED or best.verdict is not Verdict.MISMATCH:
        return False
    if best.attribute is not Attribute.PRICE or best.claim is None:
        return False
    rivals = [j for j in wrong if j.claim and j.claim.confidence >= best.claim.confidence]
    if best.claim.binding in _EXPLICIT:  # what names the product itself outweighs what does not
        rivals = [j for j in rivals if j.claim and j.claim.binding in _EXPLICIT]
    return any(not _is_one_price(best, other) for other in rivals)


def _is_one_price(one: Judgement, two: Judgement) -> bool:
    """Whether two statements give one price: net and gross, or for one piece and for a thousand."""
    if one.claimed == two.claimed or one.claim is None or two.claim is None:
        return True
    ours, theirs = exact(one.claim.value), exact(two.claim.value)
    first, second = one.claim.basis, two.claim.basis
    if ours is None or theirs is None or first.price_unit != second.price_unit:
        return False
    ours, theirs = ours / first.price_per, theirs / second.price_per
    is_taxed = {first.tax, second.tax} == {Tax.EXCL, Tax.INCL}
    return ours == theirs or (is_taxed and differ_by_tax(ours, theirs))


def _is_unexplained(judged: Judgement) -> bool:
    named = judged.claim is not None and judged.claim.binding in _EXPLICIT
    running_text = judged.claim is not None and judged.claim.method is Method.PROSE
    return (
        (judged.attribute in (Attribute.PRICE, Attribute.AVAILABILITY) or running_text)
        and judged.verdict is Verdict.MISMATCH
        and judged.diagnosis not in _EXPLAINED
        and not named
    )


def _is_confirmed(judged: Judgement, markup: Sequence[Judgement]) -> bool:
    return any(
        j.attribute is judged.attribute and j.verdict is Verdict.MATCH and j.key == judged.key
        for j in markup
    )


def _doubt(judged: Judgement, note: str) -> Judgement:
    return replace(
        judged,
        verdict=Verdict.NOT_JUDGED,
        diagnosis=Diagnosis.NONE,
        reason=Reason.ROLE_UNCLEAR,
        note=note,
        stale_since=None,
        versions_behind=None,
        replacement="",
    )
