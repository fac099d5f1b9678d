"""Reports are written whole, need no network, and no crawled text gets out of its place."""

from __future__ import annotations

import csv
import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from auditor.errors import AuditorError
from auditor.report import write_report
from auditor.report.html import environment
from auditor.report.view import (
    Factor,
    FeedRow,
    FindingRow,
    GroupRow,
    Headline,
    HistoryRow,
    IncidentRow,
    ReasonRow,
    RejectedRow,
    ReportView,
    Share,
    SourceRow,
    TrendPoint,
)

HOSTILE = '<script>alert(1)</script>=HYPERLINK("http://evil.example")\x1b[31m\u202egnp.exe'


def a_finding(number: int = 1, **changes: object) -> FindingRow:
    row = FindingRow(
        id=f"{number:08x}",
        rank=number,
        href=f"finding/{number:08x}.html",
        state="open",
        state_label="open",
        verdict="mismatch",
        diagnosis="outdated",
        sku=f"KB-{number}",
        product="Cable tie 200 mm",
        group="Cable",
        owner="ines@example.com",
        source="website",
        url=f"https://shop.example/p/{number}",
        link=f"https://shop.example/p/{number}",
        edit_link=None,
        attribute="price",
        key="",
        claimed="12.40 EUR / 100 pcs",
        expected="13.10 EUR / 100 pcs",
        note="The page shows the list price that was in force until 1 April 2026.",
        replacement="13,10 € / 100 Stk.",
        before="Kabelbinder 200 mm ",
        quote="12,40 € / 100 Stk.",
        after=" zzgl. MwSt.",
        truth_feed="erp",
        truth_row="truths.csv:17",
        truth_valid_from="2026-04-01 00:00 CEST",
        stale_since="2026-04-01 00:00 CEST",
        first_seen="2026-11-20 02:00 CET",
        last_seen="2026-11-22 02:00 CET",
        observed_at="2026-11-22 02:00 CET",
        snapshot="ab" * 32,
        method="table",
        confidence="0.95",
        priority="71.3",
        priority_formula="1.00 × 0.95 × 0.75",
        priority_parts=(Factor("severity", "a wrong price", "1.00"),),
        task="website: price of 2026-04-01 not published",
        history=(HistoryRow("2026-11-20 02:00 CET", "new → open", "", "seen for the first time"),),
    )
    return replace(row, **changes)  # type: ignore[arg-type]


def a_view(*findings: FindingRow) -> ReportView:
    shares = (Share("right", "right", 94, 0, 94), Share("wrong", "wrong", 6, 94, 6))
    group = GroupRow("Cable", "mean popularity 60 of 100", 94, 6, 2, 6, "94 %", "98 %", shares)
    return ReportView(
        company="Example & Sons",
        generated_at="2026-11-22 07:00 CET",
        as_of="2026-11-22 02:00 CET",
        version="0.1.0",
        headline=Headline(
            "94 % of the facts Sellby could judge are right; it could judge 98 %.",
            "right ÷ judged = 94 ÷ 100",
            94,
            6,
            2,
            "98 %",
            "94 %",
            150,
            120,
            122,
            shares,
            (
                TrendPoint("2026-11-21", "90 %", "98 %", 10, 0, 45),
                TrendPoint("2026-11-22", "94 %", "98 %", 6, 100, 5),
            ),
        ),
        incidents=(IncidentRow("login wall", "wiki", "The wiki asks for a log-in.", "today"),),
        findings=findings,
        fixed=(),
        groups=(group,),
        owners=(group,),
        sources=(SourceRow("website", "website", "complete", "today", 150, (("ok", 150),)),),
        source_facts=(group,),
        feeds=(
            FeedRow(
                "erp",
                "applied",
                "today",
                10,
                1,
                2,
                0,
                1,
                "",
                (RejectedRow("truths.csv:9", "no value", "KB-1,price"),),
            ),
        ),
        not_judged=(ReasonRow("no claim", "Not stated.", 2, (("https://a/", None, "KB-1", "x"),)),),
        skipped=(),
    )


def test_a_directory_that_holds_something_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(AuditorError, match="not a Sellby report"):
        write_report(a_view(), tmp_path)
    assert (tmp_path / "thesis.txt").read_text() == "years of work"


def test_a_report_that_fails_leaves_the_earlier_one_alone(tmp_path: Path) -> None:
    target = tmp_path / "report"
    write_report(a_view(), target)
    before = (target / "index.html").read_text()
    with pytest.raises(AuditorError, match="no package provides it"):
        write_report(a_view(a_finding()), target, plugins=["missing"])
    assert (target / "index.html").read_text() == before
    assert [path.name for path in tmp_path.iterdir()] == ["report"]


def test_an_earlier_report_is_replaced_as_a_whole(tmp_path: Path) -> None:
    target = tmp_path / "report"
    write_report(a_view(a_finding(1)), target)
    write_report(a_view(a_finding(2)), target)
    assert [path.name for path in (target / "finding").iterdir()] == ["00000002.html"]


def test_hostile_text_stays_text_on_every_page(tmp_path: Path) -> None:
    finding = a_finding(
        quote=HOSTILE, claimed=HOSTILE, product=HOSTILE, note=HOSTILE, url=HOSTILE, link=None
    )
    write_report(a_view(finding), tmp_path / "report")
    for page in (tmp_path / "report").rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        assert "<script>alert" not in text
        assert "\x1b" not in text
        assert "\u202e" not in text


def test_no_cell_of_the_csv_is_a_formula(tmp_path: Path) -> None:
    finding = a_finding(quote='=HYPERLINK("http://evil.example")', claimed="@SUM(1)", owner="-1+1")
    write_report(a_view(finding), tmp_path / "report")
    with (tmp_path / "report" / "findings.csv").open(encoding="utf-8-sig", newline="") as handle:
        row = next(csv.DictReader(handle))
    assert row["quote"].startswith("'=")
    assert row["claimed"].startswith("'@")
    assert row["owner"].startswith("'-")


def test_the_pages_ask_no_network_and_keep_every_internal_link(tmp_path: Path) -> None:
    write_report(a_view(a_finding()), tmp_path / "report")
    pages = {path.relative_to(tmp_path / "report"): path for path in tmp_path.rglob("*.html")}
    for name, path in pages.items():
        text = path.read_text(encoding="utf-8")
        assert not re.findall(r"<(?:img|link|iframe|object|embed)\b|src=", text)
        for href in re.findall(r'href="([^"#:]+)"', text):
            assert (path.parent / href).resolve().exists(), f"{name} links to {href}"


def test_the_pages_allow_only_their_own_style_and_script() -> None:
    env = environment()
    assert "default-src 'none'" in env.get_template("_base.html").render(
        view=a_view(), root="", here=""
    )


def test_the_json_holds_the_work_list_as_it_was_crawled(tmp_path: Path) -> None:
    write_report(a_view(a_finding(quote=HOSTILE)), tmp_path / "report")
    rows = json.loads((tmp_path / "report" / "findings.json").read_text())
    assert rows[0]["quote"] == HOSTILE


def test_a_long_work_list_is_split_into_pages(tmp_path: Path) -> None:
    write_report(a_view(*(a_finding(n) for n in range(1, 1102))), tmp_path / "report")
    assert sorted(path.name for path in (tmp_path / "report").glob("work-*.html")) == [
        "work-1.html",
        "work-2.html",
        "work-3.html",
    ]


def test_a_template_of_the_users_own_folder_wins(tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "index.html").write_text("{{ view.company }} of our own")
    index = write_report(a_view(), tmp_path / "report", templates=mine)
    assert index.read_text() == "Example &amp; Sons of our own"
