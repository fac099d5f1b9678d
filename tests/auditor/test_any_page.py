"""The whole way of a page, from its bytes to judgements, on whatever a crawler may bring home."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auditor.catalogue import Catalogue
from auditor.compare import judge_page
from auditor.compare.policy import Policy
from auditor.extract import Context
from auditor.judging import read_claims
from auditor.model import Product, Truth
from auditor.profile import points
from auditor.values.truth import parse_truth_value
from crawler.config import Profile, Selector
from crawler.snapshot import Outcome, Snapshot

AT = datetime(2026, 1, 1, tzinfo=UTC)
PRODUCTS = [
    Product("BX-20", "Ball valve BX-20", aliases=("BX20",), urls=("https://shop.example/a",)),
    Product("BX-200", "Ball valve BX-200", status="discontinued", superseded_by="BX-20"),
    Product("100", "Adapter", mpn="BX"),
]
CATALOGUE = Catalogue(PRODUCTS)
FACTS = [
    ("price", "", "12.40", "EUR"),
    ("moq", "", "50", "pcs"),
    ("lead_time", "", "2..3", "weeks"),
    ("availability", "", "in_stock", ""),
    ("spec", "weight", "2.5", "kg"),
    ("spec", "material", "brass", ""),
]
TRUTHS = [
    Truth(sku, attribute, key, *parse_truth_value(attribute, key, value, unit), feed="t")  # type: ignore[arg-type]  # words of Attribute
    for sku in ("BX-20", "BX-200", "100")
    for attribute, key, value, unit in FACTS
]
CONTEXTS = [
    Context(
        language=language, currency="EUR", spec_names={"weight": "weight", "material": "material"}
    )
    for language in ("en-US", "de-DE", "fr-FR", "")
]
PROFILE = points(
    Profile(
        price=Selector(css="p"),
        moq=Selector(xpath="//td"),
        lead_time=Selector(xpath="//li/text()"),
        availability=Selector(css="b"),
        spec={"weight": Selector(css="dd, h1")},
    )
)
SAID = (
    "BX-20", "BX-200", "BX20", "100", "Price: 12,40 €", "$12.40", "was", "MOQ", "50", "pcs",
    "minimum order 20", "Lieferzeit 2–3 Wochen", "in stock", "Weight", "2.5 kg", "brass",
    "Material", "replaces", "per 100", "excl. VAT", "valid until 31.12.2025", "from", "1+", "10+",
    "Related products", "in 2022", "e.g.", "\u00ad", "\u202e", "12.40", "1.299", ": ", "·", "|",
    "log in for price",
)  # fmt: skip
LD = '{"@type":"Product","sku":"BX-20","offers":{"price":1}}'
MARKS = (
    "<h1>", "<h2>", "<p>", "<table><tr><td>", "<td>", "<tr><td>", "<tr><th>", "</table>",
    "<dl><dt>", "<dt>", "<dd>", "<ul><li>", "<li>", "</ul>", "<b>", "</b>", "<s>", "</s>",
    "<div>", "</div>", "<nav>", "</nav>", "<aside>", "</aside>", " ", "<br>",
    f'<script type="application/ld+json">{LD}</script>',
)  # fmt: skip
PAGES = st.lists(st.one_of(st.sampled_from(SAID), st.sampled_from(MARKS)), max_size=40).map("".join)


def of(sku: str) -> Sequence[Truth]:
    return [truth for truth in TRUTHS if truth.sku == sku]


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(PAGES, st.sampled_from(CONTEXTS), st.booleans())
def test_any_page_is_judged_with_quotes_that_stand_on_it(
    markup: str, context: Context, with_profile: bool
) -> None:
    body = markup.encode()
    snapshot = Snapshot("s", "https://shop.example/a", AT, Outcome.OK, 200, "text/html", None, body)
    profile = PROFILE if with_profile else ()
    reading = read_claims(snapshot, CATALOGUE, context, profile=profile)
    page = reading.page
    for claim in reading.claims:
        if claim.visible:
            assert page.text[claim.locator.start : claim.locator.end] == claim.quote
        assert claim.sku in {"BX-20", "BX-200", "100"}
    policy = Policy(source_kind="website", language=context.language, currency="EUR")
    judged = judge_page(page, reading.claims, reading.skipped, CATALOGUE, of, at=AT, policy=policy)
    again = judge_page(page, reading.claims, reading.skipped, CATALOGUE, of, at=AT, policy=policy)
    assert judged == again
    for judgement in judged:
        start, end = judgement.locator.start, judgement.locator.end
        assert -1 <= start <= end <= len(page.text)
        if judgement.verdict.is_finding:
            assert judgement.note, judgement
        elif judgement.verdict == "not_judged":
            assert judgement.reason is not None
