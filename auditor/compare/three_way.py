"""Website, knowledge base and feed side by side: who is wrong about one fact of one product?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from auditor.compare.words import attribute_name, spoken
from auditor.model import Attribute, Judgement, Reason, Verdict

_SINGLE = frozenset(
    {
        Attribute.MOQ,
        Attribute.ORDER_MULTIPLE,
        Attribute.MIN_ORDER_VALUE,
        Attribute.LEAD_TIME,
        Attribute.SPEC,
    }
)


class Standing(StrEnum):
    """How website, knowledge base and feed stand to each other."""

    SITE_WRONG = "site_wrong"
    KMS_WRONG = "kms_wrong"
    BOTH_WRONG_ALIKE = "both_wrong_alike"
    BOTH_WRONG_DIFFERENTLY = "both_wrong_differently"
    CONTRADICTION = "contradiction"


@dataclass(frozen=True, slots=True)
class CrossCheck:
    """One fact on which the website and the knowledge base do not both agree with the feed.

    ``website`` and ``kms`` are the judgements quoted for each side. ``both_wrong_alike`` is one
    question to the data's owner: two places agree against the feed. ``contradiction``: no feed
    knows the fact and the two differ.
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

    Facts stated on one side only, or right on both, are left out. Pure: order and result depend on
    the judgements alone.
    """
    facts: dict[tuple[str, Attribute, str, str], dict[bool, list[Judgement]]] = defaultdict(
        lambda: {True: [], False: []}
    )
    for judged in judgements:
        if judged.claim is None or not judged.claim.visible or judged.role == "markup":
            continue
        is_kms = kinds.get(judged.source, "website") == "kms"
        facts[judged.sku, judged.attribute, judged.key, judged.role][is_kms].append(judged)
    found = []
    for fact in sorted(facts):
        check = _check(facts[fact][False], facts[fact][True])
        if check is not None:
            found.append(check)
    return found


def _check(website: Sequence[Judgement], kms: Sequence[Judgement]) -> CrossCheck | None:
    site, desk = _speaking(website), _speaking(kms)
    if site is None or desk is None:
        return None
    wrong = site.verdict.is_finding, desk.verdict.is_finding
    if wrong == (False, False):
        return _unknown(site, desk)
    if wrong == (True, False):
        return _made(Standing.SITE_WRONG, site, desk, "The knowledge base is right.")
    if wrong == (False, True):
        return _made(Standing.KMS_WRONG, site, desk, "The website is right.")
    if site.claimed == desk.claimed:
        note = "Both agree against the feed: ask the data's owner whether the feed is right."
        return _made(Standing.BOTH_WRONG_ALIKE, site, desk, note)
    return _made(
        Standing.BOTH_WRONG_DIFFERENTLY, site, desk, "Both are wrong, each in its own way."
    )


def _speaking(judged: Sequence[Judgement]) -> Judgement | None:
    """The judgement that speaks for a side: a wrong one first, then a right one, then any claim."""

    def rank(one: Judgement) -> tuple[int, str, int]:
        order = 0 if one.verdict.is_finding else 1 if one.verdict is Verdict.MATCH else 2
        return order, one.url, one.locator.start

    decided = [j for j in judged if j.reason in (None, Reason.NO_TRUTH)]
    return min(decided, key=rank) if decided else None


def _unknown(site: Judgement, desk: Judgement) -> CrossCheck | None:
    """No feed knows the fact; the two differ on something that has one value by nature."""
    if site.reason is not Reason.NO_TRUTH or desk.reason is not Reason.NO_TRUTH:
        return None
    if site.attribute not in _SINGLE or site.claimed == desk.claimed:
        return None
    return _made(Standing.CONTRADICTION, site, desk, "No feed says which one holds.")


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
