"""Reports are written whole, need no network, and no crawled text gets out of its place."""

from __future__ import annotations

import csv
import json
import re
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import ZipFile

import pytest
from python_calamine import CalamineWorkbook

from auditor.errors import AuditorError
from auditor.model import State
from auditor.report import HtmlReport, Report, Sheet, write_report

if TYPE_CHECKING:
    from conftest import MakeFinding, MakeReport

HOSTILE = '<script>alert(1)</script>=HYPERLINK("http://evil.example")\x1b[31m\u202egnp.exe'


def test_a_directory_that_holds_something_else_is_refused(
    report_of: MakeReport, tmp_path: Path
) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/thesis.txt").write_text("years of work")
    with pytest.raises(AuditorError, match="not a Sellby report"):
        write_report(report_of(), tmp_path / "mine")
    assert (tmp_path / "mine/thesis.txt").read_text() == "years of work"


def test_a_report_that_fails_leaves_the_earlier_one_alone(
    report_of: MakeReport, a_finding: MakeFinding, tmp_path: Path
) -> None:
    target = tmp_path / "out/report"
    write_report(report_of(), target)
    before = (target / "index.html").read_text()
    with pytest.raises(AuditorError, match="no package provides it"):
        write_report(report_of(a_finding()), target, plugins=["missing"])
    assert (target / "index.html").read_text() == before
    assert [path.name for path in target.parent.iterdir()] == ["report"]


class WordCount:
    """A report format of a third party: how many pages there are."""

    name = "word_count"

    def __init__(self) -> None:
        self.pages: list[str] = []

    def write_page(self, sheet: Sheet, directory: Path) -> None:
        self.pages.append(sheet.path)

    def write_whole(self, report: Report, directory: Path) -> None:
        (directory / "pages.txt").write_text("\n".join(self.pages))


def test_a_format_of_a_third_party_writes_beside_the_built_in_ones(
    report_of: MakeReport, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    point = EntryPoint("word_count", f"{__name__}:WordCount", "sellby.reports")
    monkeypatch.setattr(EntryPoint, "load", lambda _point: WordCount)
    monkeypatch.setattr("auditor.report.render.entry_points", lambda **_wanted: [point])
    write_report(report_of(), tmp_path / "report", plugins=["word_count"])
    pages = (tmp_path / "report/pages.txt").read_text().splitlines()
    assert "index.html" in pages
    assert all((tmp_path / "report" / page).is_file() for page in pages)


def test_an_earlier_report_is_replaced_as_a_whole(
    report_of: MakeReport, a_finding: MakeFinding, tmp_path: Path
) -> None:
    target = tmp_path / "report"
    write_report(report_of(a_finding(1)), target)
    (target / "stale.html").write_text("of an earlier night")
    write_report(report_of(a_finding(1)), target)
    assert not (target / "stale.html").exists()


def test_hostile_text_stays_text_on_every_page(
    report_of: MakeReport, a_finding: MakeFinding, tmp_path: Path
) -> None:
    finding = a_finding(
        quote=HOSTILE, claimed=HOSTILE, product=HOSTILE, note=HOSTILE, url="x:" + HOSTILE,
        owner=HOSTILE, group=HOSTILE, sku=HOSTILE,
    )  # fmt: skip
    write_report(report_of(finding, company=HOSTILE), tmp_path / "report")
    pages = list((tmp_path / "report").rglob("*.html"))
    assert pages
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert "<script>alert" not in text
        assert "\x1b" not in text
        assert "\u202e" not in text


def test_no_cell_of_the_csv_is_a_formula(
    report_of: MakeReport, a_finding: MakeFinding, tmp_path: Path
) -> None:
    finding = a_finding(quote='=HYPERLINK("http://evil.example")', claimed="@SUM(1)", owner="-1+1")
    write_report(report_of(finding), tmp_path / "report")
    with (tmp_path / "report" / "findings.csv").open(encoding="utf-8-sig", newline="") as handle:
        row = next(csv.DictReader(handle))
    assert row["quote"].startswith("'=")
    assert row["claimed"].startswith("'@")
    assert row["owner"].startswith("'-")


def test_no_cell_of_a_workbook_is_a_formula_or_a_link(
    report_of: MakeReport, a_finding: MakeFinding, tmp_path: Path
) -> None:
    quote = '=HYPERLINK("http://evil.example")'
    finding = a_finding(quote=quote, claimed="{=1+1}", url="https://a.example/", owner="=cmd|' '!A")
    write_report(report_of(finding), tmp_path / "report")
    books = list((tmp_path / "report").rglob("*.xlsx"))
    assert len(books) > 4
    for path in books:
        with ZipFile(path) as book:
            for name in book.namelist():
                assert b"<f>" not in book.read(name), (path, name)
                assert b"hyperlink" not in book.read(name), (path, name)
    findings = CalamineWorkbook.from_path(tmp_path / "report/findings.xlsx")
    head, row = findings.get_sheet_by_index(0).to_python()
    assert dict(zip(head, row, strict=True))["quote"] == quote


def test_the_pages_ask_no_network_and_keep_every_internal_link(
    report_of: MakeReport, a_finding: MakeFinding, tmp_path: Path
) -> None:
    report = report_of(a_finding(1), a_finding(2, state=State.VERIFIED))
    write_report(report, tmp_path / "report")
    pages = {path.relative_to(tmp_path / "report"): path for path in tmp_path.rglob("*.html")}
    for name, path in pages.items():
        text = path.read_text(encoding="utf-8")
        assert not re.findall(r"<(?:img|object|embed)\b", text)
        assert not re.findall(r'src="(?:https?:)?//', text)
        for href in re.findall(r'(?:href|src)="([^"#:]+)[^":]*"', text):
            assert (path.parent / href).resolve().exists(), f"{name} links to {href}"


def test_every_page_allows_only_its_own_style_and_script(
    report_of: MakeReport, a_finding: MakeFinding
) -> None:
    html = HtmlReport()
    for sheet in report_of(a_finding()).sheets():
        if sheet.page.name == "copy":  # it has a policy of its own, see test_annotate.py
            continue
        page = html.html(sheet)
        assert "default-src 'none'" in page
        assert "unsafe" not in page
        assert not re.findall(r"\s(?:style|on\w+)=", page)


def test_a_page_is_built_alone_and_reads_as_it_does_among_all(
    report_of: MakeReport, a_finding: MakeFinding, tmp_path: Path
) -> None:
    report = report_of(a_finding(1), a_finding(2))
    write_report(report, tmp_path / "report")
    for name in ("index", "groups", "health"):
        sheet = report.sheet(name)
        assert sheet is not None
        assert HtmlReport().html(sheet) == (tmp_path / f"report/{name}.html").read_text()
        assert report.at(f"{name}.html") is sheet
    task = report.at(f"task/{report.material.tasks[0].id}.html")
    assert task is not None
    assert task.page.name == "task"
    assert report.at("task/nonsense.html") is None
    assert report.at("findings.csv") is None
    assert report.sheet("task", "nonsense") is None
    assert report.sheet("nonsense") is None


def test_the_json_holds_the_work_list_as_it_was_crawled(
    report_of: MakeReport, a_finding: MakeFinding, tmp_path: Path
) -> None:
    write_report(report_of(a_finding(quote=HOSTILE)), tmp_path / "report")
    rows = json.loads((tmp_path / "report" / "findings.json").read_text())
    assert rows[0]["quote"] == HOSTILE


def test_a_long_work_list_is_split_into_pages(
    report_of: MakeReport, a_finding: MakeFinding
) -> None:
    report = report_of(*(a_finding(n) for n in range(1, 652)))
    (work,) = [page for page in report.pages if page.name == "work"]
    assert list(work.ids(report.material)) == ["", "2", "3"]
    last = report.sheet("work", "3")
    assert last is not None
    assert HtmlReport().html(last).count("<tr data-") == 51


def test_a_template_of_the_users_own_folder_wins(report_of: MakeReport, tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "index.html").write_text("{{ frame.company }} of our own")
    index = write_report(report_of(), tmp_path / "report", templates=mine)
    assert index.read_text() == "Example &amp; Sons of our own"


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("index.html", "one\n{% if %}", r"index.html:2: Expected an expression"),
        ("index.html", "one\ntwo\n{{ view.nonsense }}", r"index.html:3: .*no attribute 'nonsense'"),
        ("health.html", "{{ frame.company }}\n{{ 1 / 0 }}", r"health.html:2: ZeroDivisionError"),
        ("indx.html", "", r"indx.html: the report has no such template; did you mean index.html"),
    ],
)
def test_a_template_that_breaks_is_told_with_its_line(
    report_of: MakeReport, tmp_path: Path, name: str, text: str, said: str
) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / name).write_text(text)
    with pytest.raises(AuditorError, match=said):
        write_report(report_of(), tmp_path / "report", templates=mine)
    assert not (tmp_path / "report").exists()


def test_a_folder_of_templates_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(AuditorError, match=r"report.templates: there is no folder .*/mine"):
        HtmlReport(tmp_path / "mine")
