"""Conflicts are found though only what has changed is looked at."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta

import pytest

from auditor.feeds import FeedConfig
from auditor.ingest import ingest
from auditor.store import AuditStore

NOW = datetime(2026, 11, 1, 3, tzinfo=UTC)
HEADER = "sku,attribute,value,valid_from\n"


@pytest.fixture
def store(tmp_path):
    with AuditStore(tmp_path / "sellby.db") as opened:
        yield opened


def read(store, folder, feed, night, *rows):
    path = folder / f"{feed}.csv"
    path.write_text(HEADER + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    now = NOW + timedelta(days=night)
    os.utime(path, (now.timestamp(),) * 2)
    config = FeedConfig(path=path.name, currency="EUR", gates={"max_changed": 1})
    return ingest(feed, config, folder, store.catalogue, now)


def disagreeing(store):
    return [conflict.sku for conflict in store.catalogue.conflicts.of()]


def test_a_date_of_a_feed_that_was_not_read_again_opens_a_conflict(tmp_path, store):
    read(store, tmp_path, "erp", 0, "A,price,1,", "B,price,1,")
    read(store, tmp_path, "shop", 0, "A,price,2,2026-11-03", "C,price,5,")
    assert disagreeing(store) == []
    read(store, tmp_path, "erp", 4, "A,price,1,", "B,price,3,")
    assert disagreeing(store) == ["A"]


def test_a_conflict_stays_while_others_change_and_ends_with_its_cause(tmp_path, store):
    read(store, tmp_path, "erp", 0, "A,price,1,", "B,price,1,")
    read(store, tmp_path, "shop", 0, "A,price,2,", "C,price,5,")
    read(store, tmp_path, "erp", 1, "A,price,1,", "B,price,3,")
    assert disagreeing(store) == ["A"]
    read(store, tmp_path, "shop", 2, "A,price,1,", "C,price,5,")
    assert disagreeing(store) == []


def test_each_value_is_told_once_with_the_rows_that_say_it(tmp_path, store):
    read(store, tmp_path, "erp", 0, "A,price,1,")
    read(store, tmp_path, "pim", 0, "A,price,1,")
    read(store, tmp_path, "shop", 0, "A,price,2,")
    (conflict,) = store.catalogue.conflicts.of()
    assert conflict.said() == ["1 EUR / 1 pcs (erp.csv:2 and 1 more)", "2 EUR / 1 pcs (shop.csv:2)"]


def test_a_change_that_contradicts_another_feed_opens_a_conflict(tmp_path, store):
    read(store, tmp_path, "erp", 0, "A,price,1,", "B,price,1,")
    read(store, tmp_path, "shop", 0, "A,price,1,", "B,price,1,")
    read(store, tmp_path, "erp", 1, "A,price,1,", "B,price,3,")
    assert disagreeing(store) == ["B"]
