"""The commands as people and machines use them."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import ZipFile

import click
import pytest
import xlsxwriter
from click.testing import CliRunner
from python_calamine import CalamineWorkbook

from auditor.cli import sellby
from auditor.cli.group import COMMANDS
from auditor.cli.output import print_xlsx
from auditor.config import load
from auditor.lock import hold_lock
from auditor.store import AuditStore
from auditor.values.text import canonical

if TYPE_CHECKING:
    from conftest import Company

FIXED_KEYS = {
    "id", "fingerprint", "state", "verdict", "diagnosis", "sku", "product", "group", "owner",
    "source", "url", "attribute", "key", "claimed", "expected", "unit", "quote", "stale_since",
    "first_seen", "last_seen", "priority", "task", "truth",
}  # fmt: skip
CLAIM_KEYS = {
    "sku", "attribute", "key", "role", "value", "unit", "basis", "quote", "start", "end",
    "method", "confidence",
}  # fmt: skip
HOSTILE = "<script>alert(1)</script> \x1b[31;1mred\x1b]0;owned\x07 \u202egnp.exe\u2066 \x9b31m"


# Errors ------------------------------------------------------------------------------------------


def test_no_configuration_says_what_to_do(tmp_path: Path) -> None:
    result = CliRunner().invoke(sellby, ["-c", str(tmp_path / "config.yaml"), "run"])
    assert result.exit_code == 2
    assert "sellby init" in result.stderr
    assert "Traceback" not in result.stderr


def test_five_mistakes_come_at_once_with_exit_code_2(company: Company) -> None:
    (company.directory / "config.yaml").write_text(
        "compny: Acme\ntimezone: Nowhere\nsources:\n  web:\n    kind: website\n"
        "    start: [www.acme.example]\n    tax: none\nfeeds:\n  erp: {format: truth_csv}\n"
    )
    result = company.sellby("check", code=2)
    lines = result.stderr.splitlines()
    assert lines[0] == "6 mistakes in the configuration:"
    assert len(lines) == 7
    assert all("config.yaml:" in line for line in lines[1:])


def test_a_misspelt_command_or_option_is_a_usage_error() -> None:
    result = CliRunner().invoke(sellby, ["confrim", "x"])
    assert result.exit_code == 2
    assert "Did you mean 'confirm'?" in result.stderr


@pytest.mark.parametrize("words", [["findings"], ["show", "ab"], ["ack", "ab"], ["report"]])
def test_no_database_says_what_to_do(company: Company, words: list[str]) -> None:
    assert "sellby run" in company.sellby(*words, code=2).stderr


def test_an_unknown_source_or_feed_gets_a_suggestion(company: Company) -> None:
    assert "did you mean 'website'?" in company.sellby("crawl", "web-site", code=2).stderr
    assert "did you mean 'truths'?" in company.sellby("ingest", "truth", code=2).stderr


def test_a_database_from_a_newer_version_is_left_alone(audited: Company) -> None:
    import sqlite3

    path = audited.directory / "sellby.db"
    with sqlite3.connect(path) as connection:
        connection.execute(
            "insert into _sqlite_migrations (migration_set, name, applied_at) "
            "values ('auditor', 'm999_future', '2030-01-01')"
        )
    connection.close()
    before = path.read_bytes()
    result = audited.sellby("findings", code=4)
    assert "newer Sellby" in result.stderr
    assert "Traceback" not in result.stderr
    assert path.read_bytes() == before


def test_a_file_that_is_no_database_is_left_alone(company: Company) -> None:
    path = company.directory / "sellby.db"
    path.write_text("price list 2026\n" * 100)
    result = company.sellby("findings", code=4)
    assert "not a database" in result.stderr
    assert path.read_text().startswith("price list")


def test_a_missing_feed_is_one_incident_and_the_rest_goes_on(audited: Company) -> None:
    (audited.directory / "feeds/truths.csv").unlink()
    result = audited.sellby("run", code=3)
    assert "truths" in result.stderr
    assert "feed not believed" in result.stderr
    assert len(audited.read("findings")) == 2
    (audited.directory / "feeds/truths.csv").write_text("sku;attribute;value\nTB-100;moq;50\n")
    audited.sellby("run", code=3)
    assert len(audited.read("findings")) == 2


def test_an_incident_closes_when_its_cause_is_gone(audited: Company) -> None:
    path = audited.directory / "feeds/popularity.csv"
    text = path.read_text()
    path.unlink()
    audited.sellby("-q", "run", code=3)
    path.write_text(text)
    audited.sellby("-q", "run", code=0)


def test_a_second_run_while_one_is_at_work_is_told_who_holds_the_lock(company: Company) -> None:
    database = company.directory / "sellby.db"
    with hold_lock(database, command="sellby run", now=datetime(2026, 11, 22, 2, tzinfo=UTC)):
        for words in (["run"], ["crawl"], ["ingest"], ["audit"]):
            result = company.sellby(*words, code=75)
            assert "`sellby run`, process " in result.stderr
            assert "since 2026-11-22 02:00:00 UTC" in result.stderr
    company.sellby("-q", "run")


def test_a_confirm_while_a_run_is_at_work_is_kept_though_not_rechecked(audited: Company) -> None:
    finding = audited.finding("TB-100", "price")["id"]
    database = audited.directory / "sellby.db"
    with hold_lock(database, command="sellby run", now=datetime(2026, 11, 22, 2, tzinfo=UTC)):
        result = audited.sellby("confirm", finding, "--recheck", code=75)
    assert "Decided, but not looked at again" in result.stderr
    assert audited.finding("TB-100", "price")["state"] == "claimed_fixed"


# Output ------------------------------------------------------------------------------------------


def test_a_workbook_has_what_the_csv_has_and_numbers_as_numbers(audited: Company) -> None:
    for words in (("findings",), ("findings", "--tasks")):
        header, *rows = sheet(audited.sellby(*words, "--format", "xlsx").stdout_bytes)
        shown = list(csv.DictReader(io.StringIO(audited.sellby(*words, "--format", "csv").stdout)))
        assert header == list(shown[0])
        assert len(rows) == len(shown) == 2
        priority = header.index("priority")
        assert [row[priority] for row in rows] == [float(each["priority"]) for each in shown]


def test_no_text_is_a_formula_or_a_link_in_a_workbook(audited: Company) -> None:
    hostile = '=HYPERLINK("http://evil.example")\u202e\x1b[31m'
    audited.sellby("flag", "TB-100", "--note", hostile)
    book = audited.sellby("findings", "--format", "xlsx").stdout_bytes
    with ZipFile(io.BytesIO(book)) as parts:
        cells = parts.read("xl/worksheets/sheet1.xml").decode()
        texts = "".join(parts.read(n).decode() for n in parts.namelist() if n.endswith(".xml"))
    assert "<f>" not in cells
    assert "<hyperlink" not in cells
    assert "HYPERLINK" in texts
    assert "\u202e" not in texts


def test_a_workbook_is_not_thrown_at_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    with pytest.raises(click.UsageError, match=r"> findings\.xlsx"):
        print_xlsx("findings", ("id",), [{"id": "3fa9c01b"}])


def sheet(book: bytes) -> list[list[object]]:
    """The rows of a workbook's first sheet."""
    return CalamineWorkbook.from_filelike(io.BytesIO(book)).get_sheet_by_index(0).to_python()


def test_findings_as_json_have_the_fixed_keys(audited: Company) -> None:
    found = audited.read("findings")
    assert [each["sku"] for each in found] == ["TB-100", "TB-200"]
    for each in found:
        assert set(each) >= FIXED_KEYS
        assert set(each["truth"]) == {"feed", "row", "valid_from"}
    price = found[0]
    assert price["verdict"] == "mismatch"
    assert price["diagnosis"] == "outdated"
    assert price["quote"] == "12.40 EUR"
    assert price["truth"]["row"].startswith("truths.csv:")
    assert price["stale_since"].startswith("2026-")


def test_findings_can_be_filtered(audited: Company) -> None:
    def skus(*words: str) -> list[str]:
        return [each["sku"] for each in audited.read("findings", *words)]

    assert skus("--attribute", "moq") == ["TB-200"]
    assert skus("--owner", "TOM@acme.example") == ["TB-100", "TB-200"]
    assert skus("--search", "wide") == ["TB-200"]
    assert skus("--diagnosis", "outdated") == ["TB-100"]
    assert skus("--state", "verified") == []
    assert skus("--mine") == []
    assert skus("-n", "1") == ["TB-100"]


def test_findings_bundle_into_tasks(audited: Company) -> None:
    tasks = audited.read("findings", "--tasks")
    assert [task["products"] for task in tasks] == [["TB-100"], ["TB-200"]]
    assert "2 tasks" in audited.sellby("findings", "--tasks").stderr


def test_a_task_is_shown_with_all_its_findings(audited: Company) -> None:
    (task, _) = audited.read("findings", "--tasks")
    shown = audited.read("show", task["id"])
    assert [finding["id"] for finding in shown["findings"]] == task["findings"]
    assert "one fix clears 1 finding" in audited.sellby("show", task["id"][:5]).stdout
    assert audited.read("findings", "--task", task["id"])[0]["task_id"] == task["id"]


def test_a_task_that_does_not_exist_is_named(audited: Company) -> None:
    assert "no task 'tffffff'" in audited.sellby("show", "tffffff", code=2).stderr


def test_show_takes_the_first_letters_of_an_id(audited: Company) -> None:
    finding = audited.finding("TB-100", "price")
    shown = audited.sellby("show", finding["id"][:6]).stdout
    assert "12.40 EUR" in shown
    assert "13.10 EUR" in shown
    assert "Minimum order quantity" in shown
    assert "popularity" in shown
    assert "seen for the first time" in shown


def test_quiet_is_quiet_and_talk_stays_off_stdout(company: Company) -> None:
    result = company.sellby("-q", "run")
    assert result.stderr == ""
    result = company.sellby("run", "--format", "json")
    assert json.loads(result.stdout)["pages"] == 3
    assert "Audit" in result.stderr


@pytest.mark.parametrize(
    ("words", "code"), [(["--fail-on", "open"], 1), (["--fail-on", "incident"], 0), ([], 0)]
)
def test_fail_on_decides_the_exit_code(audited: Company, words: list[str], code: int) -> None:
    audited.sellby("audit", *words, code=code)


def test_fail_on_new_looks_at_this_audit_alone(company: Company) -> None:
    company.sellby("run", "--fail-on", "new", code=1)
    company.sellby("run", "--fail-on", "new", code=0)


def test_the_same_database_and_instant_give_the_same_findings(audited: Company) -> None:
    words = ("audit", "--as-of", "2026-12-01T02:00:00Z")
    audited.sellby("-q", *words)
    first = audited.sellby("findings", "--all", "--format", "json").stdout
    audited.sellby("-q", *words)
    assert audited.sellby("findings", "--all", "--format", "json").stdout == first


def test_an_ingest_can_be_tried_first(audited: Company) -> None:
    truths = audited.directory / "feeds/truths.csv"
    truths.write_text(truths.read_text().replace("48.50", "49.50"))
    (tried,) = audited.read("ingest", "truths", "--dry-run")
    (done,) = audited.read("ingest", "truths")
    (again,) = audited.read("ingest", "truths")
    assert (tried["changed"], done["changed"], again["changed"]) == (1, 1, 0)


def test_check_says_what_is_in_place_and_what_is_not(company: Company) -> None:
    assert all(item["ok"] for item in company.read("check"))
    (company.directory / "feeds/products.csv").unlink()
    found = {item["name"]: item["ok"] for item in company.read("check", code=3)}
    assert found == {
        "sellby.db": True, "website": True, "products": False, "truths": True, "popularity": True,
    }  # fmt: skip


def test_check_says_what_a_beginner_has_left_out(company: Company) -> None:
    config = company.directory / "config.yaml"
    lines = config.read_text().splitlines(keepends=True)
    config.write_text("".join(line for line in lines if "products_csv" not in line))
    for page in (company.directory / "pages").glob("*.html"):
        page.rename(page.with_suffix(".md"))
    found = {item["name"]: item for item in company.read("check", code=3)}
    assert "`documents: true` reads them" in found["website"]["message"]
    assert "no feed lists products" in found["products"]["message"]
    assert found["products"]["ok"]


def test_a_price_list_alone_is_enough_for_findings(company: Company) -> None:
    config = company.directory / "config.yaml"
    lines = config.read_text().splitlines(keepends=True)
    config.write_text("".join(line for line in lines if "products_csv" not in line))
    company.sellby("-q", "run")
    found = {(each["sku"], each["attribute"]) for each in company.read("findings")}
    assert ("TB-200", "moq") in found


def test_findings_of_a_source_that_is_configured_no_more_are_told(audited: Company) -> None:
    config = audited.directory / "config.yaml"
    config.write_text(config.read_text().replace("  website:", "  shop:"))
    remarks = audited.read("audit")["remarks"]
    (told,) = [remark for remark in remarks if remark["kind"] == "left_out"]
    assert told["count"] == len(audited.read("findings", "--source", "website"))
    assert "sellby reject --source website" in told["message"]


def test_check_finds_a_database_that_is_damaged_inside(audited: Company) -> None:
    database = audited.directory / "sellby.db"
    with database.open("r+b") as file:
        for page in range(20, database.stat().st_size // 4096):
            file.seek(page * 4096)
            file.write(b"\xff" * 2000)
    (row, *_rest) = audited.read("check", code=3)
    assert not row["ok"]
    assert "restore a copy" in row["message"].lower()


def test_a_clock_that_went_back_is_told(audited: Company) -> None:
    audited.sellby("-q", "audit", "--as-of", "2031-01-01")
    assert "but the clock says" in audited.sellby("run").stderr


def test_a_night_that_judged_nothing_is_no_good_news(company: Company) -> None:
    for feed in (company.directory / "feeds").iterdir():
        feed.unlink()
    assert "Nothing was judged." in company.sellby("run", code=3).stderr


def test_report_prints_where_it_is(audited: Company) -> None:
    out = audited.directory / "elsewhere"
    printed = audited.sellby("report", "--out", str(out)).stdout.strip()
    assert Path(printed) == out / "index.html"
    assert Path(printed).is_file()


def test_init_writes_a_configuration_that_loads_and_never_overwrites(tmp_path: Path) -> None:
    directory = tmp_path / "new"
    assert CliRunner().invoke(sellby, ["init", str(directory)]).exit_code == 0
    assert load(directory / "config.yaml", environ={}).sources
    (directory / "config.yaml").write_text("company: mine\n")
    result = CliRunner().invoke(sellby, ["init", str(directory)])
    assert result.exit_code == 2
    assert "not touched" in result.stderr
    assert (directory / "config.yaml").read_text() == "company: mine\n"


def test_init_drafts_a_feed_of_a_foreign_price_list_that_works_at_once(company: Company) -> None:
    table = "Preisliste 2026;;;\nArt.-Nr.;Bezeichnung;Preis;MBM\nTB-100;Klemme;1.012,40 €;50\n"
    (company.directory / "liste.csv").write_bytes((table + "Summe;;;\n").encode("cp1252"))
    begun = company.directory / "begun"
    words = ["init", str(begun), "--site", "https://www.acme.example/", "--language", "de"]
    words += ["--feed", str(company.directory / "liste.csv")]
    result = CliRunner().invoke(sellby, words, catch_exceptions=False)
    assert result.exit_code == 0
    assert "MBM = moq" in result.stderr
    config = str(begun / "config.yaml")
    assert load(config, environ={}).sources["website"].language == "de"
    assert CliRunner().invoke(sellby, ["-c", config, "-q", "ingest"]).exit_code == 0
    with AuditStore(begun / "sellby.db") as store:
        (product,) = [p for p in store.catalogue.products() if p.sku == "TB-100"]
        assert product.name == "Klemme"
        stated = {
            t.attribute: canonical(t.value, t.basis) for t in store.catalogue.truths("TB-100")
        }
    assert stated == {"price": "1012.40 EUR / 1 pcs", "moq": "50 pcs"}


def test_init_refuses_a_feed_that_it_cannot_make_out(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("a,b\n1,2\n")
    words = ["init", str(tmp_path / "new"), "--feed", str(tmp_path / "x.csv")]
    result = CliRunner().invoke(sellby, words)
    assert result.exit_code == 2
    assert "describe it by hand" in result.stderr
    assert not (tmp_path / "new").exists()


# Hostile pages -----------------------------------------------------------------------------------


@pytest.fixture
def hostile(company: Company) -> Company:
    """A company whose page tries to act on whoever reads it."""
    company.page("tb-100", f"=HYPERLINK(1) {HOSTILE}", "TB-100", "12.40 EUR", 50, HOSTILE)
    products = company.directory / "feeds/products.csv"
    name = "=cmd|' /C calc'!A0 " + HOSTILE.replace("\x07", "").replace(",", "")
    products.write_text(products.read_text().replace("Terminal block,", f"{name},", 1))
    company.sellby("-q", "run")
    return company


@pytest.mark.parametrize(
    "words",
    [
        ["findings"],
        ["findings", "--tasks"],
        ["findings", "--format", "json"],
        ["findings", "--format", "csv"],
        ["show", "ID"],
        ["show", "ID", "--format", "json"],
        ["claims", "https://www.acme.example/tb-100.html"],
        ["claims", "https://www.acme.example/tb-100.html", "--format", "json"],
        ["run"],
    ],
)
def test_nothing_crawled_acts_on_a_terminal(hostile: Company, words: list[str]) -> None:
    finding = hostile.finding("TB-100", "price")["id"]
    result = hostile.sellby(*[finding if word == "ID" else word for word in words])
    for dangerous in "\x1b\x07\x9b\u202e\u2066":
        assert dangerous not in result.output


def test_no_cell_of_a_csv_is_a_formula(hostile: Company) -> None:
    text = hostile.sellby("findings", "--format", "csv").stdout
    rows = list(csv.reader(io.StringIO(text)))
    assert len(rows) == 3
    cells = [cell for row in rows for cell in row]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "@"))]


def test_json_keeps_hostile_text_exactly(hostile: Company) -> None:
    assert "\u202e" in hostile.finding("TB-100", "price")["product"]


# One page ----------------------------------------------------------------------------------------


def claims(directory: Path, *words: str) -> dict[str, object]:
    """``sellby claims`` in a directory without configuration and database, as a process."""
    done = subprocess.run(
        [sys.executable, "-m", "auditor", "claims", *words, "--format", "json"],
        cwd=directory,
        capture_output=True,
        check=True,
        timeout=60,
        text=True,
    )
    return dict(json.loads(done.stdout))


def test_claims_needs_neither_configuration_nor_database(
    company: Company, tmp_path_factory: pytest.TempPathFactory
) -> None:
    empty = tmp_path_factory.mktemp("empty")
    page = company.directory / "pages/tb-100.html"
    products = company.directory / "feeds/products.csv"
    url = "https://www.acme.example/tb-100.html"
    said = claims(
        empty, str(page), "--feed", str(products), "--url", url, "--language", "en-US",
        "--currency", "EUR",
    )  # fmt: skip
    assert set(said) == {"url", "claims", "skipped"}
    assert said["url"] == url
    rows = said["claims"]
    assert isinstance(rows, list)
    found = {row["attribute"]: row for row in rows}
    assert set(found["price"]) >= CLAIM_KEYS
    assert (found["price"]["sku"], found["price"]["value"], found["price"]["unit"]) == (
        "TB-100", "12.40", "EUR",
    )  # fmt: skip
    assert found["price"]["quote"] == "12.40 EUR"
    assert (found["moq"]["value"], found["moq"]["unit"]) == ("50", "pcs")
    assert list(empty.iterdir()) == []


def test_claims_recognises_feeds_by_their_header(company: Company) -> None:
    page = company.directory / "pages/tb-100.html"
    truths = company.directory / "feeds/truths.csv"
    assert claims(company.directory, str(page), "--feed", str(truths))["claims"]
    other = company.directory / "other.csv"
    other.write_text("name,city\nInes,Ulm\n")
    result = company.sellby("claims", str(page), "--feed", str(other), code=4)
    assert "by its header" in result.stderr


def test_claims_recognises_workbooks_json_and_bmecat(company: Company) -> None:
    page = company.directory / "pages/tb-100.html"
    book, catalogue = company.directory / "p.xlsx", company.directory / "b.xml"
    with xlsxwriter.Workbook(book) as made:
        made.add_worksheet().write_column(0, 0, ["sku", "TB-100"])
    (company.directory / "p.json").write_text('[{"sku": "TB-100"}]')
    catalogue.write_text(
        "<BMECAT><T_NEW_CATALOG><ARTICLE><SUPPLIER_AID>TB-100</SUPPLIER_AID><ARTICLE_DETAILS/>"
        "</ARTICLE></T_NEW_CATALOG></BMECAT>"
    )
    for feed in (book, company.directory / "p.json", catalogue):
        assert claims(company.directory, str(page), "--feed", str(feed))["claims"], feed
    (company.directory / "p.json").write_text('[{"city": "Ulm"}]')
    result = company.sellby(
        "claims", str(page), "--feed", str(company.directory / "p.json"), code=4
    )
    assert "its columns are city; a feed has at least sku" in result.stderr


def test_claims_of_a_page_that_is_not_there_is_a_usage_error(company: Company) -> None:
    assert "no such file" in company.sellby("claims", "nothing.html", code=2).stderr


def test_claims_reads_a_stored_page_with_its_source_s_settings(audited: Company) -> None:
    said = audited.read("claims", "https://www.acme.example/tb-100.html")
    assert [row["attribute"] for row in said["claims"]] == ["price", "moq"]


def test_a_reader_that_goes_away_is_no_traceback(audited: Company) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, "-m", "auditor", "-c", str(audited.directory / "config.yaml"),
         "findings", "--format", "json"],
        stdout=writing, stderr=subprocess.PIPE, text=True, check=False, timeout=60,
    )  # fmt: skip
    os.close(writing)
    assert done.stderr == ""


# Help --------------------------------------------------------------------------------------------


def test_help_names_every_command_and_is_quick() -> None:
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "auditor", "--help"],
        capture_output=True,
        check=True,
        text=True,
        timeout=30,
    )
    assert time.perf_counter() - started < 3  # about 0.1 s on an idle machine
    assert all(f"  {name}" in done.stdout for name in COMMANDS)
    assert "75 another run" in done.stdout


def test_help_imports_no_heavy_library() -> None:
    heavy = ("scrapy", "lxml", "pydantic", "rich", "sqlite_utils", "jinja2", "yaml", "twisted")
    code = (
        "import sys; from click.testing import CliRunner; from auditor.cli import sellby; "
        "CliRunner().invoke(sellby, ['--help']); "
        f"print([name for name in {heavy!r} if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=True, text=True, timeout=30
    )
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("name", list(COMMANDS))
def test_every_command_explains_itself(name: str) -> None:
    result = CliRunner().invoke(sellby, [name, "--help"])
    assert result.exit_code == 0
    assert result.output.startswith(f"Usage: sellby {name}")
    assert all(len(line) <= 100 for line in result.output.splitlines())
