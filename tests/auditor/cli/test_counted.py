"""What counts as wrong: one definition, in every figure that people see."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from auditor.decide import RejectReason
from auditor.store import AuditStore, Filter

from .test_case import CASE

if TYPE_CHECKING:
    from .conftest import Company

TICKETS = "id,date,product,reason,minutes\n1,2026-10-05,TB-100,price,30\n"
VIEWS = """date,url,sku,signal,count,window_days
2026-10-31,/tb-100.html,,pageviews,310,31
"""


@pytest.fixture
def counted(audited: Company) -> Company:
    """The company with views, a ticket, a flag, and what an hour costs; TB-100's price is wrong."""
    (audited.directory / "feeds/tickets.csv").write_text(TICKETS)
    (audited.directory / "feeds/views.csv").write_text(VIEWS)
    (audited.directory / "customers.csv").write_text("problem,frequency,loyalty\nPrice,20,10\n")
    (audited.directory / "staff.csv").write_text(
        "frustration,frequency,minutes_a_week\nPrice,5,3\n"
    )
    config = audited.directory / "config.yaml"
    config.write_text(
        config.read_text()
        + "  views: {format: popularity_csv, path: feeds/views.csv}\n"
        + "  tickets: {format: contacts_csv, path: feeds/tickets.csv, mode: delta}\n"
        + CASE
    )
    audited.sellby("-q", "run", "--no-crawl")
    return audited


def figures(company: Company) -> dict[str, Any]:
    """What people see of TB-100's wrong price, in every place where it counts."""
    company.sellby("-q", "report")
    report = json.loads((company.directory / "report/report.json").read_text())
    headline, case = report["index"]["headline"], company.read("case")
    finding = company.finding("TB-100", "price")
    views = finding["exposure"]["views_wrong"]
    return {
        "headline": (headline["wrong"], headline["not_judged"]),
        "page views right": next(
            f["value"] for f in headline["figures"] if "page views saw" in f["label"]
        ),
        "trend": report["trends"]["trend"]["nights"][-1]["wrong"],
        "group": next(g["wrong"] for g in report["groups"]["groups"] if g["name"] == "Terminals"),
        "views of it": views["count"] if views else 0,
        "contacts": len(company.read("contacts")),
        "case": {figure["name"]: figure["number"] for figure in case["headline"]},
        "views of wrong pages": [month["views_wrong"] for month in case["months"]][-2],
        "opened": sum(month["opened"] for month in case["months"]),
    }


def test_a_false_alarm_counts_as_wrong_in_no_figure(counted: Company) -> None:
    finding = counted.finding("TB-100", "price")["id"]
    flag = counted.read("flag", "TB-100", "--minutes", "90")["id"]
    before = figures(counted)
    assert before["page views right"] == "50.0 %"
    assert before["views of it"] == before["views of wrong pages"] == 310
    assert before["case"]["staff hours lost a month"] == 1.0
    counted.sellby("reject", finding, "--reason", "false_alarm")
    counted.sellby("reject", flag, "--reason", "false_alarm")
    after = figures(counted)
    assert after["page views right"] == "100 %"
    wrong, not_judged = before["headline"]
    assert after["headline"] == (wrong - 1, not_judged + 1)
    assert after["trend"] == before["trend"] - 1
    assert after["group"] == before["group"] - 1
    assert after["views of it"] == 0
    assert after["views of wrong pages"] is None
    assert after["contacts"] == 0
    assert after["case"].get("staff hours lost a month", 0) == 0
    assert after["opened"] == before["opened"] - 2
    told = counted.read("audit")
    assert told["wrong"] == after["headline"][0]
    assert figures(counted) == after


def test_what_will_not_be_fixed_is_wrong_all_the_same(counted: Company) -> None:
    before = figures(counted)
    counted.sellby("reject", counted.finding("TB-100", "price")["id"], "--reason", "wont_fix")
    assert figures(counted) == before


def test_a_false_alarm_taken_back_counts_again(counted: Company) -> None:
    before, finding = figures(counted), counted.finding("TB-100", "price")["id"]
    counted.sellby("reject", finding, "--reason", "false_alarm")
    counted.sellby("undo", finding)
    assert figures(counted) == before


@pytest.mark.parametrize("reason", RejectReason)
def test_database_and_program_agree_on_what_stays_wrong(
    audited: Company, reason: RejectReason
) -> None:
    audited.sellby("reject", audited.finding("TB-100", "price")["id"], "--reason", str(reason))
    with AuditStore(audited.directory / "sellby.db") as store:
        assert len(store.findings.not_wrong()) == (not reason.is_still_wrong)
        kept = store.findings.matching(Filter(every_state=True, only_wrong=True))
        assert len(kept) == 1 + reason.is_still_wrong
