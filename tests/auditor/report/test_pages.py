"""What stands on the pages: figures with formulas, tasks, sides, what was fixed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from bs4 import BeautifulSoup

from auditor.freshness import Freshness
from auditor.model import State
from auditor.report import HtmlReport, Report, write_report
from auditor.report.tables import tables
from auditor.store import AuditRecord
from auditor.store.trends import NightTally
from crawler.snapshot import Outcome, Snapshot

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import MakeFinding, MakeReport

NOW = datetime(2026, 11, 22, 2, tzinfo=UTC)


def view(report: Report, name: str, page_id: str = "") -> Any:
    sheet = report.sheet(name, page_id)
    assert sheet is not None
    return sheet.view


def html(report: Report, name: str, page_id: str = "") -> BeautifulSoup:
    sheet = report.sheet(name, page_id)
    assert sheet is not None
    return BeautifulSoup(HtmlReport().html(sheet), "html.parser")


def keep_night(report: Report, days_ago: int, tally: NightTally) -> None:
    """An earlier audit that came to this tally."""
    at = NOW - timedelta(days=days_ago)
    store = report.material.store
    audit = store.audits.begin(at, at)
    store.trends.save(audit, [replace(tally, as_of=at)])
    store.audits.finish(AuditRecord(audit, at, at, at, complete=True))


def test_before_the_first_audit_the_overview_says_what_to_do(report_of: MakeReport) -> None:
    report = report_of()
    report.material.store.database.execute("update audit set complete = 0")
    shown = html(report, "index").get_text()
    assert "Nothing has been judged yet." in shown
    assert "sellby run" in shown
    assert "Nothing is wrong" not in shown


def test_figures_print_the_numbers_their_formula_took(report_of: MakeReport) -> None:
    report = report_of()
    seen = Freshness(views=1000, right=900, on_time=980, products=5)
    keep_night(report, 0, NightTally(NOW, "all", "", 90, 10, 25, 10, seen))
    formulas = {
        f.label: (f.value, f.formula, f.tone) for f in view(report, "index").headline.figures
    }
    assert formulas["of page views saw the right value"][:2] == (
        "90.0 %",
        "Σ views × right ÷ judged, over products = 900 ÷ 1,000 views a month",
    )
    value, formula, tone = formulas["right, or wrong for less than 24 h; the objective is 95 %"]
    assert (value, tone) == ("98.0 %", "good")
    assert "burn 0.4 = 2.0 % late ÷ 5 % allowed" in formula


def test_a_trend_begins_with_the_second_night(report_of: MakeReport) -> None:
    report = report_of()
    tally = NightTally(NOW, "all", "", 90, 10, 25, 10, Freshness(100, 90, 90))
    keep_night(report, 1, tally)
    assert "Trends begin with the second night" in html(report, "trends").get_text()
    report = report_of()
    keep_night(report, 0, replace(tally, open=4))
    charts = html(report, "trends").select("svg[role=img]")
    assert [chart["class"] for chart in charts] == [["chart", "shares"], ["chart", "open"]]
    assert "from 10 to 4" in charts[1]["aria-label"]


def test_a_task_shows_its_first_finding_in_full_and_the_others_folded(
    report_of: MakeReport, a_finding: MakeFinding
) -> None:
    findings = [a_finding(n, task="price list of April", priority=90.0 - n) for n in range(1, 41)]
    report = report_of(*findings)
    (task,) = view(report, "work").tasks
    assert task.clears == "one fix clears 40 findings on 40 pages"
    shown = html(report, "task", task.id)
    assert "one fix clears 40 findings" in shown.get_text()
    ids = [finding.id for finding in findings]
    assert [i for i in ids if shown.find(id=i)] == ids
    assert len(shown.select("details.other")) == 30
    assert len(shown.select("#rest tbody tr")) == 9


def test_every_finding_is_found_where_its_link_leads(
    report_of: MakeReport, a_finding: MakeFinding
) -> None:
    report = report_of(a_finding(1), a_finding(2, task="t"), a_finding(3, task="t"))
    for row in report.material.listed:
        page, _, anchor = row.href.partition("#")
        name, _, rest = page.partition("/")
        assert html(report, name, rest.removesuffix(".html")).find(id=anchor)


def test_the_quote_is_marked_in_a_copy_of_its_page_that_next_nights_take_over(
    report_of: MakeReport, a_finding: MakeFinding, tmp_path: Path
) -> None:
    body = b"<html><body><h1>Tie</h1><script>x</script><p>Price 12 EUR</p></body></html>"
    finding = a_finding(1, quote="12 EUR")
    start = len("Tie Price ")
    place = replace(finding.judgement.locator, start=start, end=start + 6)
    report = report_of(replace(finding, judgement=replace(finding.judgement, locator=place)))
    report.material.snapshots.save(
        [
            Snapshot(
                "website", "https://shop.example/p/1", NOW, Outcome.OK, 200, "text/html", body=body
            )
        ]
    )
    (copy,) = report.material.copies
    marked = html(report, "copy", copy)
    assert [m.get_text() for m in marked.find_all("mark")] == ["12 EUR"]
    assert not marked.find_all("script")
    page = html(report, "task", report.material.tasks[0].id)
    assert page.select_one(f'iframe[src$="{copy}.html#{finding.id}"]')
    write_report(report, tmp_path / "out")
    before = (tmp_path / f"out/copy/{copy}.html").stat().st_ino
    write_report(report, tmp_path / "out")
    assert (tmp_path / f"out/copy/{copy}.html").stat().st_ino == before


def test_groups_owners_and_sources_have_pages_with_their_work(
    report_of: MakeReport, a_finding: MakeFinding
) -> None:
    report = report_of(a_finding(1), a_finding(2, group="Relays", owner=""))
    links = [a["href"] for a in html(report, "groups").select("table a")]
    assert len(links) == 6  # and the group of products that have none
    for link in links:
        name, _, rest = link.partition("/")
        page = html(report, name, rest.removesuffix(".html"))
        assert bool(page.select("#work tbody tr")) is (link != "group/none-.html"), link
    assert view(report, "owner", "none-").n_tasks == 1


def test_what_was_fixed_since_last_night_is_told_apart(
    report_of: MakeReport, a_finding: MakeFinding
) -> None:
    old = a_finding(1, state=State.VERIFIED, closed_at=NOW - timedelta(days=5))
    new = a_finding(2, state=State.VERIFIED, closed_at=NOW - timedelta(hours=1))
    ancient = a_finding(3, state=State.VERIFIED, closed_at=NOW - timedelta(days=99))
    report = report_of(old, new, ancient)
    keep_night(report, 1, NightTally(NOW, "all", "", 1, 0, 0, 0))
    fixed = view(report, "fixed")
    assert [row.id for row in fixed.new] == [new.id]
    assert [row.id for row in fixed.earlier] == [old.id]
    assert [row.id for row in view(report, "index").fixed] == [new.id]


def test_every_page_has_a_table_for_spreadsheets(
    report_of: MakeReport, a_finding: MakeFinding
) -> None:
    for sheet in report_of(a_finding(1)).sheets():
        if sheet.page.is_data:
            found = tables(sheet.view)
            assert found, sheet.page.name
            assert all(table.columns for table in found), sheet.page.name
