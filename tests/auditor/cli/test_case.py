"""``sellby case``: the numbers with their formulas, and what is missing for more."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conftest import Company

CASE = """
case:
  hourly_rate: 60
  currency: EUR
  staff: 10
  customers: 1000
  revenue_per_customer: 500
  customer_survey: customers.csv
  staff_survey: staff.csv
"""


def with_case(company: Company) -> None:
    (company.directory / "customers.csv").write_text(
        "problem,frequency,loyalty\nThe price online was wrong,20,10\nRude on the phone,5,50\n"
        "x,x,x\n"
    )
    (company.directory / "staff.csv").write_text(
        "frustration,frequency,minutes_a_week\nChasing prices,50,30\n"
    )
    (company.directory / "feeds/tickets.csv").write_text(
        "id,date,product,reason,minutes\n1,2026-10-02,TB-100,price,30\n2,2026-10-05,TB-100,price,60\n"
    )
    config = company.directory / "config.yaml"
    tickets = "  tickets: {format: contacts_csv, path: feeds/tickets.csv, mode: delta}\n"
    config.write_text(config.read_text() + tickets + CASE)
    company.sellby("-q", "run", "--no-crawl")


def test_without_data_it_says_what_would_make_the_case(audited: Company) -> None:
    data = audited.read("case")
    assert data["headline"] == []
    assert any("case.hourly_rate" in line for line in data["missing"])
    assert "a feed of tickets or calls" in audited.sellby("case").stderr


def test_every_number_stands_beside_its_formula(audited: Company) -> None:
    with_case(audited)
    data = audited.read("case")
    figures = {figure["name"]: figure for figure in data["headline"]}
    assert figures["staff hours lost a month"]["number"] == 1.5
    assert figures["staff hours lost a month"]["formula"].startswith("90 minutes of 2 contacts")
    assert figures["their cost a month"]["formula"] == "1.5 hours × 60 EUR an hour"
    assert figures["points of pain that customers and staff share"]["value"] == "50 %"
    assert figures["revenue at risk a year"]["number"] == 10_000
    assert all(figure["formula"] for figure in figures.values())
    assert data["pains"][0]["topic"] == "price"
    assert data["pains"][0]["open_findings"] == 1
    assert data["unusable"] == ["customers.csv:4: 'x' is no number with a decimal point"]
    shown = audited.sellby("case").stdout
    assert "20 customers × 500 EUR a year" in shown


def test_the_report_has_the_case_as_a_page(audited: Company) -> None:
    with_case(audited)
    report = audited.directory / "report"
    assert "1.5 hours × 60 EUR an hour" in (report / "case.html").read_text()
    assert json.loads((report / "case.json").read_text())["pains"][0]["shared"]
    assert (report / "case.csv").read_text().startswith("\ufeffname,value,formula")


def test_a_survey_that_is_gone_is_said_on_the_page_and_refused_by_the_command(
    audited: Company,
) -> None:
    with_case(audited)
    (audited.directory / "staff.csv").unlink()
    assert "there is no survey" in audited.sellby("case", code=4).stderr
    audited.sellby("-q", "report")
    assert "there is no survey" in (audited.directory / "report/case.html").read_text()
