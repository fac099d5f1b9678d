"""What website, knowledge base and feed say together, as people get to see it."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from crawler.snapshot import Outcome, Snapshot
from crawler.store import SnapshotStore

if TYPE_CHECKING:
    from conftest import Company

WIKI = """  wiki: {kind: kms, connector: mediawiki, url: "https://wiki.acme.example/"}
feeds:
"""
ARTICLE = (
    "<html lang=en><title>Relay RL-500</title><body><main><h1>Relay RL-500</h1><dl>"
    "<dt>Part number<dd>RL-500<dt>Price<dd>{price}</dl></main>"
)


def with_article(company: Company, price: str) -> Company:
    """The relay for 57.30 EUR on the website, for ``price`` in the knowledge base; audited."""
    config = company.directory / "config.yaml"
    text = config.read_text().replace("feeds:\n", WIKI)
    config.write_text(text.replace("truths.csv}", "truths.csv, owner: dora@acme.example}"))
    company.page("rl-500", "Relay", "RL-500", "57.30 EUR", 10)
    company.sellby("crawl", "website")
    company.sellby("ingest")
    url, at = "https://wiki.acme.example/wiki/RL-500", datetime.now(UTC)
    body = ARTICLE.format(price=price).encode()
    with SnapshotStore(company.directory / "sellby.db") as snapshots:
        snapshots.save(
            [Snapshot("wiki", url, at, Outcome.OK, 200, "text/html", "utf-8", body)],
        )
    company.sellby("audit")
    return company


@pytest.fixture
def doubted(company: Company) -> Company:
    return with_article(company, "57.30 EUR")


def test_a_finding_without_a_second_source_has_none(audited: Company) -> None:
    assert [row["three_way"] for row in audited.read("findings")] == [None, None]


def test_the_list_says_which_side_is_right(company: Company) -> None:
    with_article(company, "48.50 EUR")
    finding = company.finding("RL-500", "price")
    assert finding["three_way"]["standing"] == "site_wrong"
    assert finding["three_way"]["kms_url"] == "https://wiki.acme.example/wiki/RL-500"


def test_a_doubt_is_one_piece_of_work_of_the_feeds_owner(doubted: Company) -> None:
    rows = [row for row in doubted.read("findings") if row["sku"] == "RL-500"]
    assert {row["source"] for row in rows} == {"website", "wiki"}
    assert {row["three_way"]["standing"] for row in rows} == {"source_doubt"}
    (task,) = [t for t in doubted.read("findings", "--tasks") if "RL-500" in t["products"]]
    assert (len(task["findings"]), task["owners"]) == (2, ["dora@acme.example"])


def test_show_says_whom_to_ask_first(doubted: Company) -> None:
    (first, _) = [r["id"] for r in doubted.read("findings") if r["sku"] == "RL-500"]
    said = " ".join(doubted.sellby("show", first).output.split())
    assert "Website and knowledge base agree with each other against the feed" in said
    assert "ask the data's owner first" in said
    assert doubted.read("show", first)["three_way"]["standing"] == "source_doubt"


def test_the_csv_has_a_column_for_it(doubted: Company) -> None:
    text = doubted.sellby("findings", "--format", "csv").stdout
    rows = list(csv.DictReader(io.StringIO(text.lstrip("\ufeff"))))
    assert {r["three_way"] for r in rows if r["sku"] == "RL-500"} == {"source_doubt"}


def test_the_audit_tells_the_question_and_opens_no_incident(doubted: Company) -> None:
    told = doubted.read("audit")
    (remark,) = [r for r in told["remarks"] if r["kind"] == "source_doubt"]
    assert (remark["subject"], remark["count"]) == ("truths", 1)
    assert "ask dora@acme.example first" in remark["message"]
    assert told["incidents"] == []


def test_the_report_shows_it_on_the_findings_page_and_among_the_remarks(doubted: Company) -> None:
    doubted.sellby("report")
    report = doubted.directory / "report"
    written = json.loads((report / "findings.json").read_text())
    (first, _) = [row for row in written if row["sku"] == "RL-500"]
    page = (report / first["href"].partition("#")[0]).read_text()
    assert '<h2 class="label">knowledge base' in page
    assert "https://wiki.acme.example/wiki/RL-500" in page
    unjudged = (report / "unjudged.html").read_text()
    assert "source doubt: <bdi>truths</bdi>" in unjudged
