"""Whatever is claimed and whatever is true: judging returns judgements, and says its reasons."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.catalogue import Catalogue
from auditor.compare import Policy, judge_page
from auditor.model import (
    Attribute,
    Claim,
    Diagnosis,
    Locator,
    Method,
    Product,
    Role,
    Truth,
    Verdict,
)
from auditor.page.model import Page
from auditor.values.types import (
    Amount,
    Basis,
    Code,
    Dimensions,
    Duration,
    DurationUnit,
    Interval,
    Money,
    Quantity,
    Tax,
    Value,
    Word,
)

AT = datetime(2026, 11, 16, tzinfo=UTC)
NUMBERS = st.decimals(-10, 10**9, allow_nan=False, allow_infinity=False, places=4)
ENDS = st.one_of(st.none(), NUMBERS)
UNITS = st.sampled_from(["pcs", "", "pack", "carton", "m", "kg", "l", "V", "°C", "pair", "spam"])


@st.composite
def intervals(draw: st.DrawFn) -> Interval:
    if draw(st.booleans()):
        return Interval.point(draw(NUMBERS))
    low, high = draw(ENDS), draw(ENDS)
    if low is not None and high is not None and low > high:
        low, high = high, low
    return Interval(low, high)


AMOUNTS = st.builds(
    Amount,
    st.text("0123456789.,–- /½", max_size=12),
    st.lists(intervals(), min_size=1, max_size=2).map(tuple),
    st.sampled_from([Decimal(0), Decimal("0.005"), Decimal("0.5"), Decimal(500)]),
)
QUANTITIES = st.builds(Quantity, AMOUNTS, UNITS)
VALUES: st.SearchStrategy[Value] = st.one_of(
    st.builds(Money, AMOUNTS, st.sampled_from(["EUR", "USD", None])),
    QUANTITIES,
    st.builds(Duration, AMOUNTS, st.sampled_from(list(DurationUnit))),
    st.builds(Dimensions, st.tuples(QUANTITIES, QUANTITIES), st.just(("width", "height"))),
    st.builds(Code, st.just("IP 67"), st.sampled_from(["IP67", "IP65"])),
    st.builds(Word, st.just("x"), st.sampled_from(["in_stock", "not_published", "discontinued"])),
)
COUNTS = st.sampled_from([None, Decimal(0), Decimal(1), Decimal(10), Decimal("2.5")])
BASES = st.builds(
    Basis,
    st.sampled_from([Decimal(1), Decimal(100)]),
    UNITS,
    COUNTS,
    COUNTS,
    st.one_of(st.none(), st.sampled_from([Decimal(1), Decimal(50)])),
    st.sampled_from(list(Tax)),
    st.sampled_from([None, "DE", "US"]),
    st.booleans(),
)
INSTANTS = st.one_of(st.none(), st.integers(-400, 400).map(lambda days: AT + timedelta(days=days)))
ATTRIBUTES = st.sampled_from(list(Attribute))
KEYS = st.sampled_from(["", "sale", "weight"])
TRUTHS = st.builds(
    Truth, st.sampled_from(["A-1", "B-2"]), ATTRIBUTES, KEYS, VALUES, BASES, INSTANTS, INSTANTS
)
CLAIMS = st.builds(
    Claim,
    st.just("shop"),
    st.just("https://shop.example/a"),
    st.sampled_from(["A-1", "B-2", "C-3"]),
    ATTRIBUTES,
    KEYS,
    st.sampled_from(list(Role)),
    VALUES,
    BASES,
    st.sampled_from(["A-1 costs 12.40", "", "12.40"]),
    st.builds(Locator, st.integers(-1, 30), st.integers(-1, 40)),
    st.sampled_from(list(Method)),
    st.booleans(),
    st.floats(0, 1),
    st.sampled_from(["main", "row", "sentence"]),
    INSTANTS,
)


@settings(max_examples=150, deadline=None)
@given(st.lists(CLAIMS, max_size=5), st.lists(TRUTHS, max_size=6))
def test_judging_never_raises_and_explains_itself(claims: list[Claim], truths: list[Truth]) -> None:
    catalogue = Catalogue(
        [Product("A-1", urls=("https://shop.example/a",)), Product("B-2"), Product("C-3")]
    )
    page = Page("shop", "https://shop.example/a", "A-1 costs 12.40 EUR and B-2 costs 13.00 EUR")

    def of(sku: str) -> list[Truth]:
        return [t for t in truths if t.sku == sku]

    policy = Policy(market="DE", tax=Tax.EXCL, language="de-DE", offers_are_complete=True)
    judged = judge_page(page, claims, [], catalogue, of, at=AT, policy=policy)
    assert judged == judge_page(page, claims, [], catalogue, of, at=AT, policy=policy)
    facts = set()
    for judgement in judged:
        if judgement.verdict is Verdict.NOT_JUDGED:
            assert judgement.reason is not None
        if not judgement.verdict.is_finding:
            continue
        assert judgement.reason is None
        assert judgement.note
        assert judgement.expected
        fact = (judgement.sku, judgement.attribute, judgement.key, judgement.role)
        if judgement.verdict is Verdict.MISMATCH:
            assert judgement.diagnosis is not Diagnosis.NONE
        assert fact not in facts, "one fact gives at most one finding"
        facts.add(fact)
