"""``sellby export``: typed tables that other programs open, and what to install for them."""

from __future__ import annotations

import builtins
import csv
from datetime import UTC, datetime
from pathlib import Path

import pytest

from auditor.store.extracts import EXTRACTS

DOCS = Path(__file__).parents[3] / "docs/archives.md"


def test_parquet_has_typed_columns_and_the_findings(audited):
    pq = pytest.importorskip("pyarrow.parquet")
    audited.sellby("export", "parquet", str(audited.directory / "out"))
    table = pq.read_table(audited.directory / "out/findings.parquet")
    found = {(row["sku"], row["attribute"]): row for row in table.to_pylist()}
    price = found["TB-100", "price"]
    assert (price["claimed"], price["expected"]) == ("12.40 EUR / 1 pcs", "13.10 EUR / 1 pcs")
    assert price["stale_since"] == datetime(2026, 10, 1, tzinfo=UTC)
    assert isinstance(price["priority"], float)
    assert table.schema.field("sku").metadata[b"meaning"] == b"product"
    truths = pq.read_table(audited.directory / "out/truths.parquet").to_pylist()
    assert {t["amount"] for t in truths if t["sku"] == "TB-100" and t["attribute"] == "price"} == {
        "12.40",
        "13.10",
    }


def test_every_table_is_written_as_csv_with_its_rows(audited):
    directory = audited.directory / "out"
    audited.sellby("export", "csv", str(directory))
    assert {path.stem for path in directory.iterdir()} == set(EXTRACTS)
    with (directory / "visits.csv").open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    assert [row["outcome"] for row in rows] == ["ok"] * 3
    assert rows[0]["fetched_at"].endswith("Z")
    assert list(rows[0]) == [column.name for column in EXTRACTS["visits"].columns]


def test_only_the_wanted_table_is_written(audited):
    audited.sellby("export", "csv", str(audited.directory / "out"), "--table", "truths")
    assert [path.name for path in (audited.directory / "out").iterdir()] == ["truths.csv"]


def test_without_pyarrow_it_says_what_to_install_and_what_works(audited, monkeypatch):
    real = builtins.__import__

    def without(name, *args, **kwargs):
        if name == "auditor.export.parquet" or name.startswith("pyarrow"):
            raise ImportError(name)
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without)
    result = audited.sellby("export", "parquet", str(audited.directory / "out"), code=4)
    assert "pip install 'sellby[parquet]'" in result.stderr
    assert "sellby export csv" in result.stderr


def test_the_docs_name_every_column():
    text = DOCS.read_text(encoding="utf-8")
    for extract in EXTRACTS.values():
        assert f"**{extract.name}**: {extract.meaning}" in text
        for column in extract.columns:
            assert f"| `{column.name}` | {column.kind} | {column.meaning} |" in text


def test_a_warc_of_the_database_is_written(audited):
    pytest.importorskip("warcio")
    result = audited.sellby("export", "warc", str(audited.directory / "out.warc.gz"))
    assert "3 response records" in result.stderr
    other = audited.sellby("export", "warc", "x.warc", "--source", "nowhere", code=None)
    assert other.exit_code == 2


def test_check_says_what_the_documents_of_a_source_need(audited, monkeypatch):
    config = audited.directory / "config.yaml"
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace("kind: folder", "kind: folder\n    documents: true", 1))
    monkeypatch.setattr("crawler.documents.kinds.reader_of", lambda kind: "")
    [row] = [row for row in audited.read("check", "--offline") if row["what"] == "source"]
    assert row["message"].endswith("cannot be read: pip install 'sellby[documents]'")
    assert "pdf, docx" in row["message"]
