"""A query against a database: SQLite here, PostgreSQL in tests/integration."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from auditor.errors import FeedError
from auditor.feeds import FeedConfig, read_feed
from auditor.model import RejectedRow, Truth

pytest.importorskip("sqlalchemy")

SCHEMA = """
create table price (matnr text, kbetr real, konwa text, kpein integer, note text);
insert into price values ('000071', 12.4, 'EUR', 100, '50% :off'), ('1E5', 0.1, 'EUR', 1, null),
                         ('NA', null, 'EUR', 1, null);
"""
COLUMNS: dict[str, Any] = {
    "sku": {"column": "matnr", "strip_leading": "0"},
    "attribute": {"constant": "price"},
    "value": {"column": "kbetr", "decimal": ","},
    "unit": "konwa",
    "price_per": "kpein",
}


@pytest.fixture
def erp(tmp_path: Path) -> Path:
    with closing(sqlite3.connect(tmp_path / "erp.db")) as connection:
        connection.executescript(SCHEMA)
    return tmp_path


def read(folder: Path, query: str, **config: Any) -> list[object]:
    settings = {"format": "sql", "path": "sqlite:///erp.db", "columns": COLUMNS, **config}
    return list(read_feed("erp", FeedConfig(query=query, **settings), folder))


def test_the_rows_of_a_query_are_mapped_with_exact_numbers(erp):
    found = read(erp, "select * from price where note is null or note like '%:off'")
    prices = [(r.sku, r.value.amount.text, r.basis.price_per) for r in found
              if isinstance(r, Truth)]  # fmt: skip
    assert prices == [("71", "12.4", 100), ("1E5", "0.1", 1)]
    (rejected,) = (r for r in found if isinstance(r, RejectedRow))
    assert (rejected.file, rejected.line) == ("erp", 3)


def test_a_query_that_names_its_columns_after_the_fields_needs_no_mapping(erp):
    query = "select matnr sku, 'price' attribute, kbetr value, konwa unit from price limit 1"
    (truth,) = read(erp, query, columns={})
    assert isinstance(truth, Truth)
    assert (truth.sku, truth.row) == ("000071", "erp:1")


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("select nix from price", "refuses `query`: no such column: nix"),
        ("delete from price", "`query` writes, and a feed only reads"),
        ("select matnr, konwa from price", "query lacks the column kbetr, kpein"),
        (
            "with recursive n(i) as (select 1 union all select i + 1 from n) select max(i) from n",
            "took longer than 0.2 s; make it faster",
        ),
    ],
)
def test_a_query_that_cannot_be_used_is_told_with_what_to_do(erp, query, says):
    with pytest.raises(FeedError) as refusal:
        read(erp, query, timeout_seconds=0.2)
    assert says in str(refusal.value)
    with closing(sqlite3.connect(erp / "erp.db")) as connection:
        assert connection.execute("select count(*) from price").fetchone() == (3,)


def test_a_missing_database_is_told_and_not_made(tmp_path):
    with pytest.raises(FeedError, match=r"erp\.db: no such file"):
        read(tmp_path, "select 1")
    assert not (tmp_path / "erp.db").exists()


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("erp.db", "is a database's address"),
        ("oracle9://erp/x", "needs a driver that is not installed"),
        ("postgresql://me:hush@127.0.0.1:9/erp", "is the server running, and are host"),
    ],
)
def test_a_database_that_cannot_be_reached_is_told_without_its_password(tmp_path, path, says):
    with pytest.raises(FeedError) as refusal:
        read(tmp_path, "select 1", path=path)
    assert says in str(refusal.value)
    assert "hush" not in str(refusal.value)


def test_a_secret_is_no_part_of_what_a_feed_is_known_by():
    config = FeedConfig(
        path="postgresql://me:hush@erp/x", format="sql", query="q", access={"password": "quiet"}
    )
    assert "hush" not in config.without_secrets()
    assert "quiet" not in config.without_secrets()
