"""kill -9 in the middle of taking an export in: nothing is lost, nothing half, and it repeats."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
from datetime import UTC, datetime, timedelta

import pytest

from auditor.feeds import FeedConfig
from auditor.ingest import ingest
from auditor.store import AuditStore

NOW = datetime(2026, 11, 1, 3, tzinfo=UTC)
HEADER = "sku,attribute,value,min_qty\n"
TABLES = ("truth", "standing", "standing_file", "rejected_row", "data_conflict", "feed_run")
FEEDS = {
    "price list": FeedConfig(path="p*.csv", currency="EUR", gates={"max_changed": 1}),
    "mapped table": FeedConfig(
        format="csv",
        path="p*.csv",
        currency="EUR",
        gates={"max_changed": 1},
        columns={"sku": "sku"},
        facts=[{"attribute": {"constant": "price"}, "value": "value"}],
    ),
}
STAGING = {
    "staging rows that are known": "insert or ignore into temp.seen",
    "staging rows that are new": "insert into temp.staged_truth",
    "finding what is gone": "insert into temp.unseen",
}
WRITING = {
    "adding truths": "insert into truth",
    "ending what was replaced": "update truth set removed_at",
    "marking what is missing": "update truth set missing_since",
    "keeping where rows stand": "insert into standing ",
    "looking for conflicts": "delete from data_conflict",
    "noting the run": "insert into feed_run",
    "keeping rejected rows": "insert into rejected_row",
    "committing": "commit",
}
AFTER = {"keeping the columns": "delete from feed_column"}


def export(folder, number, *, changed=False):
    price = "99.00" if changed else "5.00"
    rows = [f"A{n},price,{n + 1}.00,10\n" for n in range(40)]
    if changed:  # two replaced, one gone, one new, one stated twice, one that cannot be read
        same = "A38,price,39.0,10\n"  # as before, in other words
        rows = [f"A0,price,{price},20\n", *rows[2:38][::-1], same, "A39,price,0.50,10\n"]
        rows += ["N,price,7.00,10\n", "A5,price,8.00,11\n", "X,price,free,many\n"]
    path = folder / f"p{number}.csv"
    path.write_text(HEADER + "".join(rows), encoding="utf-8")
    at = NOW + timedelta(days=number)
    os.utime(path, (at.timestamp(),) * 2)
    return at + timedelta(hours=1)


def take_in(folder, feed, now, kill_at=""):
    with AuditStore(folder / "sellby.db") as store:
        if kill_at:
            in_writing = kill_at not in STAGING.values() and kill_at not in AFTER.values()
            seen = []

            def watch(statement: str) -> None:
                seen.append("begin immediate" in statement.lower())
                if kill_at in statement.lower() and (any(seen) or not in_writing):
                    os.kill(os.getpid(), signal.SIGKILL)

            store.database.conn.set_trace_callback(watch)
        return ingest("erp", feed, folder, store.catalogue, now)


def killed(folder, feed, now, kill_at):
    """Take the export in, in a process of its own that dies at a statement."""
    child = os.fork()
    if not child:
        try:
            take_in(folder, feed, now, kill_at)
        finally:
            os._exit(0)  # nobody killed it
    _pid, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status), f"nothing ran {kill_at!r}"
    assert os.WTERMSIG(status) == signal.SIGKILL


def kept(folder, *without):
    with sqlite3.connect(folder / "sellby.db") as db:
        assert db.execute("pragma integrity_check").fetchall() == [("ok",)]
        found = {
            table: db.execute(f"select * from {table} order by 1, 2").fetchall()
            for table in TABLES
            if table not in without
        }
    db.close()
    return found


@pytest.fixture(scope="module", params=FEEDS.values(), ids=FEEDS)
def nights(request, tmp_path_factory):
    """A feed after its first night, its second export, and what the second night comes to."""
    folder = tmp_path_factory.mktemp("nights")
    feed = request.param
    take_in(folder, feed, export(folder, 0))
    now = export(folder, 1, changed=True)
    whole = folder / "whole"
    shutil.copytree(folder, whole, ignore=lambda *_: {"whole"})
    summary = take_in(whole, feed, now)
    assert summary.state == "applied"
    assert min(summary.added, summary.changed, summary.missing, summary.rejected) > 0
    return folder, feed, now, kept(whole)


@pytest.mark.parametrize("kill_at", (STAGING | WRITING).values(), ids=STAGING | WRITING)
def test_an_export_whose_taking_in_is_killed_changes_nothing_and_is_taken_in_next(
    tmp_path, nights, kill_at
):
    start, feed, now, whole = nights
    folder = tmp_path / "killed"
    shutil.copytree(start, folder, ignore=lambda *_: {"whole"})
    before = kept(folder)
    killed(folder, feed, now, kill_at)
    assert kept(folder) == before
    take_in(folder, feed, now)
    assert kept(folder) == whole


@pytest.mark.parametrize("kill_at", AFTER.values(), ids=AFTER)
def test_an_export_that_was_taken_in_before_the_kill_is_unchanged_next(tmp_path, nights, kill_at):
    start, feed, now, whole = nights
    folder = tmp_path / "killed"
    shutil.copytree(start, folder, ignore=lambda *_: {"whole"})
    killed(folder, feed, now, kill_at)
    assert kept(folder) == whole
    summary = take_in(folder, feed, now + timedelta(hours=1))
    assert (summary.added, summary.changed, summary.removed) == (0, 0, 0)
    assert kept(folder, "feed_run", "rejected_row", "standing")["truth"] == whole["truth"]


@pytest.mark.parametrize("kill_at", ["insert into temp.staged_truth", "insert into truth"])
@pytest.mark.parametrize("feed", FEEDS.values(), ids=FEEDS)
def test_a_first_load_that_is_killed_leaves_nothing_and_is_taken_in_next(tmp_path, feed, kill_at):
    now = export(tmp_path, 0)
    AuditStore(tmp_path / "sellby.db").close()
    killed(tmp_path, feed, now, kill_at)
    assert not any(kept(tmp_path).values())
    assert take_in(tmp_path, feed, now).added == 40
