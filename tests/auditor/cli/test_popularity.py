"""``sellby popularity``: where to start."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conftest import Company

VIEWS = (
    "date,url,signal,count\n2026-11-01,/rl-500.html,pageviews,5000\n"
    "2026-11-01,/jobs,pageviews,5000\n"
)


def with_views(company: Company) -> None:
    (company.directory / "feeds/views.csv").write_text(VIEWS)
    config = company.directory / "config.yaml"
    feed = "  views: {format: popularity_csv, path: feeds/views.csv, source: website}\n"
    config.write_text(config.read_text() + feed)


def test_groups_are_ranked_and_products_without_a_signal_are_stated(audited: Company) -> None:
    first, second = audited.read("popularity")
    assert (first["name"], first["products"], first["open"]) == ("Terminals", 2, 2)
    assert (second["name"], second["score"], second["class"]) == ("Relays", None, "")
    told = audited.sellby("popularity")
    assert "1 product without any signal" in told.stderr
    assert "P = 100 × Σ weight × n / Σ weight" in told.stderr


def test_page_views_reach_the_product_of_the_page_and_the_rest_is_told(audited: Company) -> None:
    with_views(audited)
    audited.sellby("-q", "run", "--no-crawl")
    product = next(
        p for p in audited.read("popularity", "--by", "product") if p["name"] == "RL-500"
    )
    assert product["parts"][1]["signal"] == "pageviews"
    assert product["score"] is not None
    told = audited.sellby("popularity")
    assert "50 % of page views are of pages without a product: /jobs" in told.stderr


def test_findings_get_the_priority_of_what_their_own_audit_found_out(audited: Company) -> None:
    before = audited.finding("TB-200", "moq")["priority"]
    text = VIEWS.replace("/rl-500.html", "/tb-200.html")
    with_views(audited)
    (audited.directory / "feeds/views.csv").write_text(text)
    audited.sellby("-q", "run", "--no-crawl")
    after = audited.finding("TB-200", "moq")["priority"]
    assert after > before
    audited.sellby("-q", "audit")
    assert audited.finding("TB-200", "moq")["priority"] == after


def test_a_source_that_is_not_configured_is_a_mistake_with_a_suggestion(audited: Company) -> None:
    with_views(audited)
    config = audited.directory / "config.yaml"
    config.write_text(config.read_text().replace("source: website}", "source: webside}"))
    result = audited.sellby("check", code=2)
    assert "no such source: 'webside', did you mean 'website'?" in result.stderr
