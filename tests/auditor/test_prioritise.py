from __future__ import annotations

from dataclasses import replace
from math import prod

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.model import (
    Attribute,
    Claim,
    Diagnosis,
    Judgement,
    Locator,
    Method,
    Popularity,
    Role,
    Verdict,
)
from auditor.prioritise import KIND, SEVERITY, priority
from auditor.values.types import Basis, Word

WRONG = Judgement(
    "site", "/p", "TK-1", Attribute.PRICE, "", "list", Verdict.MISMATCH, Diagnosis.OUTDATED
)


def claim(confidence: float) -> Claim:
    return Claim(
        source="site",
        url="/p",
        sku="TK-1",
        attribute=Attribute.PRICE,
        key="",
        role=Role.LIST,
        value=Word("x", "x"),
        basis=Basis(),
        quote="x",
        locator=Locator(0, 1),
        method=Method.TABLE,
        visible=True,
        confidence=confidence,
    )


def test_every_attribute_and_every_verdict_that_is_a_finding_has_its_weight():
    assert set(SEVERITY) == set(Attribute)
    assert set(KIND) == {verdict for verdict in Verdict if verdict.is_finding}


def test_a_product_without_a_signal_counts_the_floor_and_says_so():
    for popularity in (None, Popularity("TK-1", None)):
        _score, parts = priority(WRONG, popularity)
        assert ("popularity", "no popularity signal: the floor", 0.25) in parts


def test_an_unpopular_product_is_late_but_never_off_the_list():
    score, _parts = priority(WRONG, Popularity("TK-1", 0.0))
    assert score == 20.0


def test_the_worst_on_the_most_popular_product_is_a_hundred():
    score, _parts = priority(WRONG, Popularity("TK-1", 100.0), days_wrong=365)
    assert score == 100.0


def test_a_doubtful_claim_an_internal_page_and_a_markup_slip_rank_lower():
    popular = Popularity("TK-1", 80.0)
    full, _parts = priority(WRONG, popular)
    assert priority(replace(WRONG, claim=claim(0.5)), popular)[0] == pytest.approx(
        full / 2, abs=0.1
    )
    assert priority(WRONG, popular, customer_visible=False)[0] < full
    assert priority(replace(WRONG, diagnosis=Diagnosis.MARKUP_STALE), popular)[0] < full
    assert priority(replace(WRONG, verdict=Verdict.MISSING), popular)[0] < full
    assert priority(replace(WRONG, attribute=Attribute.POLICY), popular)[0] < full


@given(
    attribute=st.sampled_from(Attribute),
    verdict=st.sampled_from([verdict for verdict in Verdict if verdict.is_finding]),
    diagnosis=st.sampled_from(Diagnosis),
    confidence=st.floats(0, 1),
    popularity=st.none() | st.floats(0, 100),
    visible=st.booleans(),
    days=st.none() | st.floats(0, 5000),
)
def test_the_factors_shown_multiply_to_the_number(
    attribute, verdict, diagnosis, confidence, popularity, visible, days
):
    judgement = replace(
        WRONG, attribute=attribute, verdict=verdict, diagnosis=diagnosis, claim=claim(confidence)
    )
    score, parts = priority(
        judgement, Popularity("TK-1", popularity), customer_visible=visible, days_wrong=days
    )
    assert 0 <= score <= 100
    assert score == pytest.approx(100 * prod(value for _name, _shown, value in parts), abs=0.051)
    assert all(name and shown for name, shown, _value in parts)
