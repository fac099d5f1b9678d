"""Planted changes: every fact that a labelled page states rightly is found once it is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from auditor.evaluate import audit_page, describe
from auditor.labelled import LabelledSet
from auditor.model import Attribute, Judgement, Role, Truth, Verdict
from auditor.values.types import Amount, Code, Duration, Interval, Money, Quantity, Value, Word

OWN = Path(__file__).parent / "labelled"


def test_every_planted_change_is_found_as_outdated() -> None:
    labelled = LabelledSet.read(OWN)
    planted, missed = 0, []
    for case in labelled.cases():
        for name in case.pages:
            for right in stated_rightly(labelled, name):
                changed = with_change(labelled, right)
                if changed is None:
                    continue
                planted += 1
                _, judged = audit_page(changed, name)
                if not any(is_found(j, right) for j in judged):
                    missed.append(f"{name}: {describe(right)}")
    assert missed == []
    assert planted >= 80


def stated_rightly(labelled: LabelledSet, name: str) -> Iterator[Judgement]:
    _, judged = audit_page(labelled, name)
    seen: set[int] = set()
    for right in judged:
        if right.verdict is not Verdict.MATCH or right.truth is None or right.claim is None:
            continue
        if right.claim.role is Role.FROM:
            continue  # "from 2.60" may mean another break: it can confirm, never accuse
        fixed = right.attribute in (Attribute.OFFER, Attribute.POLICY)
        if right.claim.visible and not fixed and id(right.truth) not in seen:
            seen.add(id(right.truth))
            yield right


def with_change(labelled: LabelledSet, right: Judgement) -> LabelledSet | None:
    """The set in which the fact changed forty days ago (or half-way since it began)."""
    truth = right.truth
    assert truth is not None
    since = labelled.at - timedelta(days=40)
    if truth.valid_from is not None and truth.valid_from >= since:
        since = truth.valid_from + (labelled.at - truth.valid_from) / 2
    if labelled.at - since < timedelta(days=2):
        return None  # within the propagation grace
    old = replace(truth, valid_to=since)
    new = replace(truth, value=other(truth.value), valid_from=since)
    truths: list[Truth] = []
    for known in labelled.truths[right.sku]:
        truths += [old, new] if known is truth else [known]
    return replace(labelled, truths={**labelled.truths, right.sku: truths})


def other(value: Value) -> Value:
    match value:
        case Money(amount=amount):
            return replace(value, amount=scaled(amount, Decimal("1.25")))
        case Quantity(amount=amount):
            return replace(value, amount=scaled(amount, Decimal(3)))
        case Duration(amount=amount):
            return replace(value, amount=scaled(amount, Decimal(4)))
        case Code():
            return Code("ZZ99", "ZZ99")
        case Word(canonical="in_stock"):
            return Word("out_of_stock", "out_of_stock")
        case Word(canonical="out_of_stock" | "superseded"):
            return Word("in_stock", "in_stock")
        case _:
            return Word("something else", "something else")


def scaled(amount: Amount, factor: Decimal) -> Amount:
    def end(number: Decimal | None) -> Decimal | None:
        return None if number is None else number * factor + 1

    return replace(
        amount, readings=tuple(Interval(end(r.low), end(r.high)) for r in amount.readings)
    )


def is_found(judged: Judgement, right: Judgement) -> bool:
    return judged.verdict.is_finding and (judged.sku, judged.attribute, judged.key) == (
        right.sku,
        right.attribute,
        right.key,
    )
