from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from auditor.feeds import FeedConfig
from auditor.ingest import ingest
from auditor.store import AuditStore

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NOW = datetime(2026, 11, 1, 3, tzinfo=UTC)
PRICES = FeedConfig(format="truths_csv", path="prices.csv", currency="EUR")


@pytest.fixture
def store(tmp_path) -> Iterator[AuditStore]:
    with AuditStore(tmp_path / "sellby.db") as opened:
        yield opened


def export(folder: Path, prices: dict[str, str], number: int) -> None:
    path = folder / "prices.csv"
    rows = "".join(f"{sku},price,{value}\n" for sku, value in prices.items())
    path.write_text("sku,attribute,value\n" + rows)
    written = (NOW + timedelta(days=number, hours=-4)).timestamp()
    os.utime(path, (written, written))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "no such file"),
        (b"", "is empty"),
        (b"<html>502 Bad Gateway</html>", "is an HTML page"),
        (b"sku;attribute;value\nA;price;1\n", "set `delimiter"),
        ("sku,attribute,value\nA,price,1\nB,spec,Gr\u00f6\u00dfe\n".encode("cp1252"), "cp1252"),
    ],
)
def test_a_feed_that_cannot_be_read_is_one_failed_run_and_the_truth_stays(
    tmp_path, store, content, says
):
    export(tmp_path, {"A": "10"}, 0)
    ingest("erp", PRICES, tmp_path, store.catalogue, NOW)
    if content is None:
        (tmp_path / "prices.csv").unlink()
    else:
        (tmp_path / "prices.csv").write_bytes(content)
    summary = ingest("erp", PRICES, tmp_path, store.catalogue, NOW + timedelta(days=1))
    assert summary.state == "failed"
    assert says in summary.message
    assert [truth.value.amount.text for truth in store.catalogue.truths("A")] == ["10"]
    assert [run.state for run in store.catalogue.feeds()] == ["failed"]


def test_a_changed_price_leaves_both_versions_with_their_times(tmp_path, store):
    for number, value in enumerate(["10", "11"]):
        export(tmp_path, {"A": value}, number)
        ingest("erp", PRICES, tmp_path, store.catalogue, NOW + timedelta(days=number))
    old, new = store.catalogue.truths("A")
    assert (old.value.amount.text, old.valid_to) == ("10", NOW - timedelta(hours=4))
    assert (new.value.amount.text, new.valid_from) == ("11", NOW - timedelta(hours=4))


def test_a_dry_run_writes_neither_truths_nor_a_run(tmp_path, store):
    export(tmp_path, {"A": "10"}, 0)
    summary = ingest("erp", PRICES, tmp_path, store.catalogue, NOW, dry_run=True)
    assert (summary.added, summary.dry_run) == (1, True)
    (tmp_path / "prices.csv").unlink()
    assert ingest("erp", PRICES, tmp_path, store.catalogue, NOW, dry_run=True).state == "failed"
    assert store.catalogue.feeds() == []
    assert store.catalogue.truths("A") == ()


def test_a_file_that_holds_the_same_is_not_read_again(tmp_path, store):
    export(tmp_path, {"A": "10", "": "5"}, 0)
    first = ingest("erp", PRICES, tmp_path, store.catalogue, NOW)
    export(tmp_path, {"A": "10", "": "5"}, 1)
    again = ingest("erp", PRICES, tmp_path, store.catalogue, NOW + timedelta(days=1))
    assert (first.state, first.rows, first.rejected) == ("applied", 1, 1)
    assert (again.state, again.rows, again.rejected) == ("unchanged", 1, 1)
    assert [row.line for row in store.catalogue.rejected("erp")] == [3]
    assert store.catalogue.feeds()[0].read_at == NOW + timedelta(days=1)


def test_the_same_file_under_another_configuration_is_read_again(tmp_path, store):
    export(tmp_path, {"A": "10"}, 0)
    ingest("erp", PRICES, tmp_path, store.catalogue, NOW)
    other = PRICES.model_copy(update={"market": "DE"})
    ingest("erp", other, tmp_path, store.catalogue, NOW)
    assert {truth.basis.market for truth in store.catalogue.truths("A")} == {None, "DE"}


def test_an_export_of_the_same_content_still_proves_a_second_absence(tmp_path, store):
    for number, prices in enumerate([{"A": "10", "B": "5"}, {"A": "10"}, {"A": "10"}]):
        export(tmp_path, prices, number)
        now = NOW + timedelta(days=number)
        summary = ingest("erp", PRICES, tmp_path, store.catalogue, now)
    assert summary.removed == 1
