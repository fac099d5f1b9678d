"""Contacts and exposure, from the feeds to show, findings and the report."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conftest import Company

TICKETS = """id,date,product,subject,reason,minutes,repeat
1,2026-10-05,TB-100,,price,12,
2,2026-10-09,,Is TB-100 still 12.40?,price,18,yes
3,2026-09-01,TB-100,,price,5,
4,2026-10-07,TB-200,,delivery,7,
5,2026-10-07,,something else,,,
"""
VIEWS = """date,url,sku,signal,count,window_days
2026-10-31,/tb-100.html,,pageviews,310,31
2026-10-31,,TB-100,orders,31,31
"""


def with_feeds(company: Company) -> None:
    (company.directory / "feeds/tickets.csv").write_text(TICKETS)
    (company.directory / "feeds/views.csv").write_text(VIEWS)
    config = company.directory / "config.yaml"
    config.write_text(
        config.read_text()
        + "  views: {format: popularity_csv, path: feeds/views.csv}\n"
        + "  tickets: {format: contacts_csv, path: feeds/tickets.csv, mode: delta}\n"
    )
    company.sellby("-q", "run", "--no-crawl")


def test_without_contacts_it_says_how_to_give_some(audited: Company) -> None:
    assert audited.read("contacts") == []
    assert "give a feed of tickets or calls" in audited.sellby("contacts").stderr


def test_a_finding_shows_the_contacts_behind_which_it_stands(audited: Company) -> None:
    with_feeds(audited)
    (row,) = audited.read("contacts")
    assert (row["sku"], row["contacts"], row["repeats"], row["minutes"]) == ("TB-100", 2, 1, 30.0)
    told = audited.sellby("contacts").stderr
    assert "2 of 5 contacts (40 %) have a stale fact behind them" in told
    assert "1 contact could not be laid at any product's door" in told
    newest = audited.read("contacts", "--by", "contact")
    assert [(each["feed_id"], len(each["findings"])) for each in newest][:3] == [
        ("2", 1),
        ("5", 0),
        ("4", 0),
    ]
    assert [each["contacts"] for each in audited.read("contacts", "--repeats")] == [1]


def test_contacts_read_again_stay_as_many(audited: Company) -> None:
    with_feeds(audited)
    audited.sellby("-q", "run", "--no-crawl")
    assert audited.read("contacts")[0]["contacts"] == 2


def test_show_prints_every_formula_of_the_exposure(audited: Company) -> None:
    with_feeds(audited)
    finding = audited.finding("TB-100", "price")
    exposure = finding["exposure"]
    assert exposure["views_wrong"]["count"] == 310
    assert exposure["views_wrong"]["days_counted"] == 31
    assert exposure["order_lines_wrong"]["count"] == 31
    assert exposure["error_percent"] == "5.3"
    shown = audited.sellby("show", finding["id"]).stdout
    assert "310 = Σ page views of https://www.acme.example/tb-100.html on 31 of the" in shown
    assert "5.3 % = |12.4 − 13.1| ÷ 13.1, both in EUR / 1 pcs" in shown
    assert "2 tickets or calls about it since, 1 repeat, 30 minutes" in shown
    (row,) = [
        r
        for r in csv.DictReader(io.StringIO(audited.sellby("findings", "--format", "csv").stdout))
        if r["sku"] == "TB-100"
    ]
    assert (row["views_wrong"], row["contacts"], row["error_percent"]) == ("310", "2", "5.3")


def test_the_report_has_a_page_of_contacts_and_one_of_what_comes(audited: Company) -> None:
    with_feeds(audited)
    report = audited.directory / "report"
    page = (report / "contacts.html").read_text()
    assert "2 of 5 tickets and calls (40" in page
    pages = [path.read_text() for path in (report / "task").glob("*.html")]
    assert any("310 = Σ page views of" in text for text in pages)
    assert any("2 tickets or calls about it while it was wrong" in text for text in pages)
    assert json.loads((report / "contacts.json").read_text())["findings"][0]["contacts"] == 2
    assert "Nothing that is scheduled until then" in (report / "coming.html").read_text()
