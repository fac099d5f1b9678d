"""Website, knowledge base and feed side by side: who is wrong about one fact of one product?"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from auditor.compare.words import attribute_name, spoken
from auditor.model import Attribute, Diagnosis, Judgement, Reason, Verdict

_SINGLE = frozenset(
    {
        Attribute.MOQ,
        Attribute.ORDER_MULTIPLE,
        Attribute.MIN_ORDER_VALUE,
        Attribute.LEAD_TIME,
        Attribute.SPEC,
    }
)
# A value that both sides share and that one of these explains is an error made twice: the feed
# itself knows where it comes from.
_EXPLAINED = frozenset(set(Diagnosis) - {Diagnosis.NONE, Diagnosis.NEVER_VALID})
_MEASURE = re.compile(r"(\d+(?:\.\d+)?)(?:\.\.(\d+(?:\.\d+)?))? (\S.*)")


class Standing(StrEnum):
    """How website, knowledge base and feed stand to each other."""

    SITE_WRONG = "site_wrong"
    KMS_WRONG = "kms_wrong"
    BOTH_WRONG_ALIKE = "both_wrong_alike"
    BOTH_WRONG_DIFFERENTLY = "both_wrong_differently"
    SOURCE_DOUBT = "source_doubt"
    CONTRADICTION = "contradiction"


@dataclass(frozen=True, slots=True)
class CrossCheck:
    """One fact on which the website and the knowledge base do not both agree with the feed.

    ``website`` and ``kms`` are the judgements quoted for each side. ``source_doubt``: both say the
    same, and nothing in the feed's history explains it, so its owner is asked first.
    ``both_wrong_alike``: both say the same, and it is explained (an outdated value, another
    basis). ``contradiction``: no feed knows the fact and the two differ.
    """

    sku: str
    attribute: Attribute
    key: str
    role: str
    standing: Standing
    website: Judgement
    kms: Judgement
    note: str


def three_way(judgements: Iterable[Judgement], kinds: Mapping[str, str]) -> list[CrossCheck]:
    """What the judgements of all pages say together; ``kinds`` is each source's kind.

    Facts stated on one side only, or right on both, are left out. Judgements as the store keeps
    them, without their claims, will do. Pure: order and result depend on the judgements alone.
    """
    facts: dict[tuple[str, Attribute, str, str], dict[bool, list[Judgement]]] = defaultdict(
        lambda: {True: [], False: []}
    )
    for judged in judgements:
        if _is_stated(judged):
            is_kms = kinds.get(judged.source, "website") == "kms"
            facts[judged.sku, judged.attribute, judged.key, judged.role][is_kms].append(judged)
    found = []
    for fact in sorted(facts):
        check = _check(facts[fact][False], facts[fact][True])
        if check is not None:
            found.append(check)
    return found


def _is_stated(judged: Judgement) -> bool:
    """Whether a reader of the page sees it said."""
    if not judged.claimed or judged.diagnosis is Diagnosis.MARKUP_STALE or judged.role == "markup":
        return False
    return judged.claim is None or judged.claim.visible


def _check(website: Sequence[Judgement], kms: Sequence[Judgement]) -> CrossCheck | None:
    site, desk = _speaking(website), _speaking(kms)
    if site is None or desk is None:
        return None
    wrong = site.verdict.is_finding, desk.verdict.is_finding
    if wrong == (False, False):
        return _unknown(website, kms, site, desk)
    if wrong == (True, False):
        if desk.verdict is not Verdict.MATCH:
            return None
        return _made(Standing.SITE_WRONG, site, desk, "The knowledge base is right.")
    if wrong == (False, True):
        if site.verdict is not Verdict.MATCH:
            return None
        return _made(Standing.KMS_WRONG, site, desk, "The website is right.")
    if site.claimed != desk.claimed:
        note = "Both are wrong, each in its own way."
        return _made(Standing.BOTH_WRONG_DIFFERENTLY, site, desk, note)
    if {site.diagnosis, desk.diagnosis} & _EXPLAINED:
        return _made(Standing.BOTH_WRONG_ALIKE, site, desk, "Both are wrong in the same way.")
    note = (
        "Website and knowledge base agree with each other against the feed: ask the data's owner "
        "first whether the feed is right."
    )
    return _made(Standing.SOURCE_DOUBT, site, desk, note)


def _speaking(judged: Sequence[Judgement]) -> Judgement | None:
    """The judgement that speaks for a side: a wrong one first, then a right one, then any claim."""

    def rank(one: Judgement) -> tuple[int, str, int]:
        order = 0 if one.verdict.is_finding else 1 if one.verdict is Verdict.MATCH else 2
        return order, one.url, one.locator.start

    decided = [j for j in judged if j.reason in (None, Reason.NO_TRUTH)]
    return min(decided, key=rank) if decided else None


def _unknown(
    website: Sequence[Judgement], kms: Sequence[Judgement], site: Judgement, desk: Judgement
) -> CrossCheck | None:
    """No feed knows the fact; the two differ on something that has one value by nature.

    Only where each side says one thing throughout, and both in the same unit.
    """
    if any(j.reason is not Reason.NO_TRUTH for j in (*website, *kms)):
        return None
    if site.attribute not in _SINGLE or not _differ(site.claimed, desk.claimed):
        return None
    if len({j.claimed for j in website}) > 1 or len({j.claimed for j in kms}) > 1:
        return None
    return _made(Standing.CONTRADICTION, site, desk, "No feed says which one holds.")


def _differ(one: str, two: str) -> bool:
    """Whether two canonical values of one unit lie apart by more than their printed precision.

    >>> _differ("20 pcs", "40 pcs"), _differ("20 pcs", "1 carton"), _differ("24 V", "24.3 V")
    (True, False, False)
    >>> _differ("2..3 weeks", "3..4 weeks"), _differ("IP67", "IP54")
    (False, False)
    """
    ours, theirs = _MEASURE.fullmatch(one), _MEASURE.fullmatch(two)
    if ours is None or theirs is None or ours[3] != theirs[3]:
        return False
    (low, high), (floor, top) = _span(ours), _span(theirs)
    return high < floor or top < low


def _span(match: re.Match[str]) -> tuple[Decimal, Decimal]:
    low, high = Decimal(match[1]), Decimal(match[2] or match[1])
    return low - _half(match[1]), high + _half(match[2] or match[1])


def _half(digits: str) -> Decimal:
    return Decimal(1).scaleb(-len(digits.partition(".")[2])) / 2


def _made(standing: Standing, site: Judgement, desk: Judgement, note: str) -> CrossCheck:
    name = attribute_name(site.attribute, site.key)
    says = (
        f"{name[:1].upper()}{name[1:]} of {site.sku}: the website says "
        f"{spoken(site.claimed, site.attribute)}, the knowledge base "
        f"{spoken(desk.claimed, desk.attribute)}."
    )
    expected = site.expected or desk.expected
    feed = f" The feed says {spoken(expected, site.attribute)}." if expected else ""
    return CrossCheck(
        site.sku, site.attribute, site.key, site.role, standing, site, desk, f"{says}{feed} {note}"
    )
