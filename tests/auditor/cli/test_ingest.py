"""``sellby ingest``: what is mapped, what is rejected, and what breaks a feed as a whole."""

from __future__ import annotations

import gzip
import io
import sqlite3
import zipfile
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
import xlsxwriter

from auditor.store import AuditStore
from auditor.values.text import canonical

if TYPE_CHECKING:
    from collections.abc import Callable

ERP = """
  erp:
    format: csv
    path: feeds/erp.csv
    delimiter: ";"
    timezone: Europe/Berlin
    unpivot: 'Price from (\\d+)'
    columns:
      sku: Article
      attribute: {constant: price}
      value: {column: "Price from {}", locale: de-DE}
      min_qty: {constant: "{}"}
      unit: {constant: EUR}
      valid_from: {column: From, date: "%d.%m.%Y"}
"""
ROWS = """Article;From;Price from 1;Price from 100
TB-100;01.02.2026;1.299,00;999,50
TB-200;31.02.2026;5,00;4,00
RL-500;01.02.2026;5,00
"""


def erp(company: Any, feed: str = ERP, rows: str = ROWS) -> None:
    config = company.directory / "config.yaml"
    config.write_text(config.read_text() + feed)
    (company.directory / "feeds/erp.csv").write_text(rows)


def test_a_dry_run_shows_the_first_mapped_rows_and_what_was_rejected(company: Any) -> None:
    erp(company)
    shown = " ".join(company.sellby("ingest", "erp", "--dry-run").output.split())
    for words in (
        "erp.csv:2 TB-100 price 1299.00 EUR / 1 pcs tax unknown 2026-02-01",
        "999.50 EUR / 1 pcs from 100 tax unknown 2026-02-01",
        "erp.csv:3 column From: '31.02.2026' is no date of the form %d.%m.%Y",
        "erp.csv:4 3 fields where the header has 4",
    ):
        assert words in shown
    (told,) = company.read("ingest", "erp", "--dry-run")
    assert [each["min_qty"] for each in told["first_records"]] == ["1", "100"]
    assert told["first_records"][0] | {"min_qty": ""} == {
        "sku": "TB-100", "attribute": "price", "key": "", "value": "1299.00", "unit": "EUR",
        "price_per": "1", "price_unit": "pcs", "min_qty": "", "max_qty": None, "pack_size": None,
        "tax": "unknown", "market": None, "channel": None, "customer_group": None,
        "valid_from": "2026-01-31T23:00:00Z", "valid_to": None, "row": "erp.csv:2",
    }  # fmt: skip
    assert [(each["file"], each["line"]) for each in told["first_rejected"]] == [
        ("erp.csv", 3), ("erp.csv", 4),
    ]  # fmt: skip
    assert company.read("feeds") == []


def test_a_dry_run_shows_an_export_that_was_read_before_as_well(company: Any) -> None:
    company.sellby("-q", "ingest")
    (told,) = company.read("ingest", "products", "--dry-run")
    assert [each["sku"] for each in told["first_records"]] == ["TB-100", "TB-200", "RL-500"]


# Exports that are wrong as a whole: one incident each, and the last good truth stays.

COLUMNS = "columns: {sku: a, attribute: {constant: price}, value: p, unit: {constant: EUR}}"
FEED = "\n  erp: {{format: {}, path: '{}', {}{}}}\n"


def workbook() -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["a", "p"])
        sheet.write_row(1, 0, ["TB-100", 5])
    return out.getvalue()


def zip_bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b" " * 50_000_000)
    return out.getvalue()


CSV = b"a,p\nTB-100,5\nTB-200,6\n"
JSON = b'[{"a": "TB-100", "p": 5}]'
XML = b"<l><r><a>TB-100</a><p>5</p></r></l>"
ENTITY_BOMB = (
    b'<!DOCTYPE l [<!ENTITY x "xxxxxxxxxx"><!ENTITY y "&x;&x;&x;&x;&x;&x;&x;&x;&x;&x;">]>'
    b"<l><r><a>TB-100</a><p>&y;</p></r></l>"
)
BAD: list[tuple[str, bytes | Callable[[], bytes], bytes | Callable[[], bytes], str]] = [
    ("csv", CSV, "a,p\nTB-100,6\n".encode("utf-16"), "set `encoding: utf-16`"),
    ("csv", CSV, "a,p\nTB-100,6\nGröße,1\n".encode("cp1252"), "set `encoding: cp1252`"),
    ("csv", CSV, b"<!doctype html><html>502 Bad Gateway</html>", "was a log-in or error page"),
    ("csv", CSV, b"", "is empty; was the export cut off?"),
    ("csv", CSV, gzip.compress(CSV, mtime=0)[:-4], "is it still being written?"),
    ("csv", CSV, b"a,p\nTB-100,5\nTB-2", "truncated"),
    ("xlsx", workbook, lambda: workbook()[:-700], "is it still being written"),
    ("xlsx", workbook, zip_bomb, "a ZIP bomb"),
    ("json", JSON, b'[{"a": "TB-100", "p": 6}, {"a"', "the JSON ends early"),
    ("xml", XML, XML[:-12], "no whole XML file"),
    ("xml", XML, ENTITY_BOMB, "those are not expanded"),
]


@pytest.mark.parametrize(("kind", "good", "bad", "says"), BAD, ids=[bad[3] for bad in BAD])
def test_a_broken_export_is_one_incident_and_the_last_good_truth_stays(
    company: Any, kind: str, good: Any, bad: Any, says: str
) -> None:
    path = company.directory / f"feeds/erp.{kind}"
    rows = "rows: r, " if kind == "xml" else ""
    with (company.directory / "config.yaml").open("a") as config:
        config.write(FEED.format(kind, f"feeds/erp.{kind}", rows, COLUMNS))
    path.write_bytes(good() if callable(good) else good)
    company.sellby("-q", "ingest")
    path.write_bytes(bad() if callable(bad) else bad)
    told = company.sellby("ingest", "erp", code=3)
    assert says in told.output
    assert _prices(company) == ["5 EUR"]
    ((subject, message),) = _incidents(company)
    assert subject == "erp"
    assert says in message
    path.write_bytes(good() if callable(good) else good)
    company.sellby("-q", "ingest", "erp")
    assert _incidents(company) == []


@pytest.mark.parametrize(
    ("kind", "path", "more", "says"),
    [
        ("sql", "postgresql://me@127.0.0.1:9/erp", "query: select 1, access: {password: '${PW}'}, ",
         "is the server running, and are host, `access.user` and `access.password` right?"),
        ("csv", "http://127.0.0.1:9/erp.csv?key=${PW}", "", "cannot be reached"),
    ],
)  # fmt: skip
def test_a_server_that_is_gone_is_one_incident_without_the_secret(
    company: Any, monkeypatch: pytest.MonkeyPatch, kind: str, path: str, more: str, says: str
) -> None:
    monkeypatch.setenv("PW", "hush-hush")
    monkeypatch.setattr("auditor.feeds.places.web.time.sleep", lambda _seconds: None)
    with (company.directory / "config.yaml").open("a") as config:
        config.write(FEED.format(kind, path, more, COLUMNS))
    told = company.sellby("ingest", "erp", code=3)
    assert says in told.output
    ((_subject, message),) = _incidents(company)
    assert says in message
    assert "127.0.0.1:9" in message
    assert "hush" not in told.output + message
    assert b"hush" not in (company.directory / "sellby.db").read_bytes()


def test_a_secret_that_is_not_set_is_told_before_anything_is_read(company: Any) -> None:
    with (company.directory / "config.yaml").open("a") as config:
        config.write(FEED.format("csv", "https://e.example/?key=${NO_SUCH}", "", COLUMNS))
    told = company.sellby("ingest", "products", code=2)
    assert "the environment variable NO_SUCH is not set" in told.output


def _incidents(company: Any) -> list[tuple[str, str]]:
    return _asked(company, "select subject, message from incident where closed_at is null")


def _prices(company: Any) -> list[str]:
    with AuditStore(company.directory / "sellby.db") as store:
        truths = store.catalogue.truths("TB-100")
        return [canonical(truth.value) for truth in truths if truth.feed == "erp"]


def _asked(company: Any, query: str) -> list[Any]:
    with closing(sqlite3.connect(company.directory / "sellby.db")) as connection:
        return connection.execute(query).fetchall()
