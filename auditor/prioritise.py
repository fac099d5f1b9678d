"""Which finding first? One formula, every factor shown beside the number."""

from __future__ import annotations

from auditor.model import Attribute, Diagnosis, Judgement, Popularity, Verdict

Parts = tuple[tuple[str, str, float], ...]
"""The factors in order: name, what it rests on in words, value in (0, 1]."""

SEVERITY = {
    Attribute.PRICE: 1.0,
    Attribute.MIN_ORDER_VALUE: 0.8,
    Attribute.MOQ: 0.8,
    Attribute.AVAILABILITY: 0.8,
    Attribute.STATUS: 0.8,
    Attribute.LEAD_TIME: 0.75,
    Attribute.ORDER_MULTIPLE: 0.7,
    Attribute.PACK_SIZE: 0.7,
    Attribute.SPEC: 0.7,
    Attribute.OFFER: 0.7,
    Attribute.POLICY: 0.6,
    Attribute.REPORTED: 0.9,
}
"""What a wrong fact costs: a wrong price is argued about at once, a wrong quantity or date at the
order, a wrong spec at the return."""

KIND = {
    Verdict.MISMATCH: 1.0,
    Verdict.EXPIRED: 0.9,
    Verdict.EXTRA: 0.8,
    Verdict.CONTRADICTION: 0.7,
    Verdict.MISSING: 0.5,
    Verdict.REPORTED: 1.0,
}
"""A wrong statement misleads, a missing one only makes people ask."""

SOFTER = {Diagnosis.MARKUP_STALE: 0.6, Diagnosis.BASIS: 0.8, Diagnosis.EARLY: 0.9}
"""Readers see the right value (markup), can find it (basis), or will soon (early)."""

POPULARITY_FLOOR = 0.25
"""What a product nobody looks at still counts, so that it is late on the list but never off it."""

INTERNAL = 0.8
"""A knowledge base misleads through a colleague, who may notice."""

FRESH_AGE = 0.8
FULL_AGE_DAYS = 90.0
"""A value wrong for a quarter or longer has its full weight; a fresh one 80 % of it."""


def priority(
    judgement: Judgement,
    popularity: Popularity | None,
    *,
    customer_visible: bool = True,
    days_wrong: float | None = None,
) -> tuple[float, Parts]:
    """Priority 0–100 of a disagreement, and the factors whose product times 100 it is.

    priority = 100 × severity × kind × confidence × popularity × audience × age

    - severity: by attribute (``SEVERITY``); kind: by verdict (``KIND``) and diagnosis (``SOFTER``)
    - confidence: the claim's; 1 where there is no claim (a missing statement)
    - popularity: 0.25 + 0.75 × P/100 with the product's P; without any signal the floor 0.25
    - audience: 1 where customers read it, 0.8 for internal sources
    - age: 0.8 + 0.2 × min(1, days wrong / 90); 0.8 where it is not known since when

    >>> wrong = Judgement("site", "/p", "TK-1", Attribute.PRICE, "", "list", Verdict.MISMATCH,
    ...                   Diagnosis.OUTDATED)
    >>> score, parts = priority(wrong, Popularity("TK-1", 60.0), days_wrong=45)
    >>> score
    63.0
    >>> for name, shown, value in parts:
    ...     print(f"{name}: {value:g} ({shown})")
    severity: 1 (price)
    kind: 1 (mismatch, outdated)
    confidence: 1 (no claim to doubt)
    popularity: 0.7 (0.25 + 0.75 × 60/100)
    audience: 1 (customers read it)
    age: 0.9 (wrong for 45 days)
    """
    parts: Parts = (
        ("severity", _words(judgement.attribute), SEVERITY[judgement.attribute]),
        _kind(judgement),
        _confidence(judgement),
        _popularity(popularity),
        ("audience", "customers read it", 1.0)
        if customer_visible
        else ("audience", "read inside the company", INTERNAL),
        _age(days_wrong),
    )
    product = 100.0
    for _name, _shown, value in parts:
        product *= value
    return round(product, 1), parts


def _kind(judgement: Judgement) -> tuple[str, str, float]:
    base = KIND.get(judgement.verdict, 0.0)
    words = _words(judgement.verdict)
    if judgement.diagnosis is not Diagnosis.NONE:
        words += f", {_words(judgement.diagnosis)}"
    return "kind", words, round(base * SOFTER.get(judgement.diagnosis, 1.0), 4)


def _confidence(judgement: Judgement) -> tuple[str, str, float]:
    if judgement.claim is None:
        return "confidence", "no claim to doubt", 1.0
    value = min(1.0, max(0.0, judgement.claim.confidence))
    return "confidence", f"read from {_words(judgement.claim.method)}", round(value, 4)


def _popularity(popularity: Popularity | None) -> tuple[str, str, float]:
    if popularity is None or popularity.score is None:
        return "popularity", "no popularity signal: the floor", POPULARITY_FLOOR
    score = min(100.0, max(0.0, popularity.score))
    value = POPULARITY_FLOOR + (1 - POPULARITY_FLOOR) * score / 100
    shown = f"{POPULARITY_FLOOR:g} + {1 - POPULARITY_FLOOR:g} × {score:.3g}/100"
    return "popularity", shown, round(value, 4)


def _age(days: float | None) -> tuple[str, str, float]:
    if days is None:
        return "age", "since when is not known", FRESH_AGE
    days = max(0.0, days)
    value = FRESH_AGE + (1 - FRESH_AGE) * min(1.0, days / FULL_AGE_DAYS)
    unit = "day" if int(days) == 1 else "days"
    return "age", f"wrong for {int(days)} {unit}", round(value, 4)


def _words(name: str) -> str:
    return str(name).replace("_", " ")
