"""Which findings stand behind which contacts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from auditor.contacts import Link, Toll, behind, by_finding, told, toll, with_words
from auditor.model import (
    Attribute,
    Contact,
    Diagnosis,
    Finding,
    Judgement,
    State,
    Verdict,
)

DAY = datetime(2026, 11, 1, tzinfo=UTC)


def finding(
    key: str, sku: str, attribute: Attribute, *, stale: int | None = None, fixed: int | None = None
) -> Finding:
    j = Judgement(
        "web", f"https://a/{key}", sku, attribute, "", "", Verdict.MISMATCH, Diagnosis.OUTDATED,
        stale_since=DAY + timedelta(days=stale) if stale is not None else None,
    )  # fmt: skip
    return Finding(
        key, key, j, State.VERIFIED if fixed is not None else State.OPEN,
        DAY + timedelta(days=10), DAY + timedelta(days=20),
        closed_at=DAY + timedelta(days=fixed) if fixed is not None else None,
    )  # fmt: skip


def contact(number: int, day: float, **more: object) -> Contact:
    return Contact(str(number), DAY + timedelta(days=day), **more)  # type: ignore[arg-type]


PRICE = finding("p", "A", Attribute.PRICE, stale=0, fixed=20)
MOQ = finding("m", "A", Attribute.MOQ)


def links(*contacts: tuple[Contact, str]) -> list[list[tuple[str, Link]]]:
    return [list(one.findings) for one in behind(told(contacts), [PRICE, MOQ])]


def test_a_contact_about_another_product_or_none_has_no_finding_behind_it() -> None:
    assert links((contact(1, 12, reason="price"), "B"), (contact(2, 12, reason="price"), "")) == [
        [],
        [],
    ]


def test_the_reason_says_which_fact_and_without_one_all_of_the_product_are_possible() -> None:
    assert links((contact(1, 12, reason="Price question"), "A")) == [[("p", Link.FACT)]]
    assert links((contact(1, 12, reason="delivery date"), "A")) == [[]]
    assert links((contact(1, 12), "A")) == [[("m", Link.PRODUCT), ("p", Link.PRODUCT)]]


def test_only_while_it_was_wrong() -> None:
    assert links((contact(1, 5, reason="moq"), "A")) == [[]]
    assert links((contact(1, 5, reason="price"), "A")) == [[("p", Link.FACT)]]
    assert links((contact(1, 21, reason="price"), "A")) == [[]]


def test_the_same_customer_about_the_same_product_within_a_fortnight_is_a_repeat() -> None:
    contacts = [
        (contact(1, 0, who="x"), "A"),
        (contact(2, 13, who="x"), "A"),
        (contact(3, 40, who="x"), "A"),
        (contact(4, 41, who="y"), "A"),
        (contact(5, 42, who="x", repeat=False), "A"),
        (contact(6, 43, who="x"), "B"),
    ]
    assert [one.repeat for one in told(contacts)] == [False, True, False, False, False, False]


def test_sums_count_each_contact_once_and_findings_each_time() -> None:
    found = behind(
        told([(contact(1, 12, minutes=Decimal(20)), "A"), (contact(2, 13), "A"),
              (contact(3, 14, minutes=Decimal(5)), "B")]),
        [PRICE, MOQ],
    )  # fmt: skip
    assert by_finding(found)["p"] == by_finding(found)["m"] == Toll(2, 0, Decimal(20), 1)
    assert toll(found) == Toll(2, 0, Decimal(20), 1)
    assert toll(found, explained=False) == Toll(3, 0, Decimal(25), 1)


def test_a_companys_own_words_come_first() -> None:
    words = with_words({Attribute.LEAD_TIME: ["where is my price"]})
    (one,) = told([(contact(1, 1, reason="Where is my order"), "A")], words)
    assert one.attribute is None
    (two,) = told([(contact(1, 1, reason="Lead time?"), "A")], words)
    assert two.attribute is Attribute.LEAD_TIME
