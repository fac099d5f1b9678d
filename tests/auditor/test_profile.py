"""Selectors of a site profile: what they point at is read, and belongs to the main product."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from auditor.catalogue import Catalogue
from auditor.extract import Context
from auditor.judging import Reading, read_claims
from auditor.model import Method, Product
from auditor.page.read import read_page
from auditor.profile import points, spans_of
from auditor.values.text import canonical
from crawler.config import Profile, Selector
from crawler.snapshot import Outcome, Snapshot

BODY = """<html><body><main><h1>BX-20 Pump</h1>
<div class="now"> 12,40 <b>€</b></div><div class="now" hidden>99 €</div>
<p>Man nimmt: <i id="q">50</i> und <i id="z">bald</i></p>
<div id="frist">ungefähr   3 Wochen</div><div id="da">Nicht auf Lager</div>
<table><tr><td>Wasauchimmer</td><td class="w">2,5 kg</td></tr></table>
</main></body></html>"""
CATALOGUE = Catalogue([Product("BX-20", urls=("https://a/bx-20",))])
CONTEXT = Context(language="de-DE", currency="EUR", spec_names={"weight": "weight"})


def snapshot(body: str = BODY) -> Snapshot:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    return Snapshot("web", "https://a/bx-20", at, Outcome.OK, 200, "text/html", None, body.encode())


def claimed(profile: Profile, body: str = BODY) -> Reading:
    return read_claims(snapshot(body), CATALOGUE, CONTEXT, profile=points(profile))


def of_profile(profile: Profile, body: str = BODY) -> list[tuple[str, str, str, str, str]]:
    reading = claimed(profile, body)
    return [
        (c.sku, str(c.attribute), c.key, canonical(c.value), c.quote)
        for c in reading.claims
        if c.method is Method.PROFILE
    ]


@pytest.mark.parametrize(
    ("profile", "expected"),
    [
        (Profile(price=Selector(css=".now")), ("BX-20", "price", "", "12.4 EUR", "12,40 €")),
        (Profile(moq=Selector(xpath="//i[@id='q']")), ("BX-20", "moq", "", "50 pcs", "50")),
        (
            Profile(lead_time=Selector(css="#frist")),
            ("BX-20", "lead_time", "", "3 weeks", "ungefähr 3 Wochen"),
        ),
        (
            Profile(availability=Selector(css="#da")),
            ("BX-20", "availability", "", "out_of_stock", "Nicht auf Lager"),
        ),
        (
            Profile(spec={"weight": Selector(css="td.w")}),
            ("BX-20", "spec", "weight", "2.5 kg", "2,5 kg"),
        ),
    ],
)
def test_what_a_selector_points_at_is_read_as_its_attribute(
    profile: Profile, expected: tuple[str, str, str, str, str]
) -> None:
    assert of_profile(profile) == [expected]


def test_a_quote_is_the_visible_text_at_its_place() -> None:
    page = read_page(snapshot())
    for claim in claimed(Profile(price=Selector(css=".now"))).claims:
        assert page.text[claim.locator.start : claim.locator.end] == claim.quote


@pytest.mark.parametrize(
    "selector",
    [
        Selector(css="[hidden]"),
        Selector(css=".nowhere"),
        Selector(xpath="//div/@class"),
        Selector(xpath="count(//div)"),
        Selector(xpath="//script"),
        Selector(css="#z"),
    ],
)
def test_what_nobody_sees_and_what_is_no_amount_gives_nothing(selector: Selector) -> None:
    assert of_profile(Profile(moq=selector)) == []


def test_a_text_node_stands_for_its_element_and_blanks_stay_out() -> None:
    page = read_page(snapshot())
    [point] = points(Profile(price=Selector(xpath="//div[@class='now'][1]/text()")))
    assert [page.text[start:end] for start, end in spans_of(snapshot(), page, point)] == ["12,40 €"]


def test_one_place_is_claimed_once() -> None:
    body = BODY.replace("12,40 <b>€</b>", "Preis: 12,40 € inkl. MwSt.")
    claims = claimed(Profile(price=Selector(css=".now")), body).claims
    prices = [c for c in claims if c.attribute == "price"]
    assert [(c.method, c.basis.tax) for c in prices] == [(Method.PROFILE, "incl")]


@pytest.mark.parametrize("body", ["", "no markup", "<p>\ue0fa 5 €", "<" * 2000])
def test_no_page_breaks_a_profile(body: str) -> None:
    assert of_profile(Profile(price=Selector(css="p"), moq=Selector(css="body")), body) is not None
