"""kill -9 in the middle of saving: what was acknowledged is there, and nothing half."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from crawler.store import SnapshotStore

if TYPE_CHECKING:
    from pathlib import Path

# Saves batches of eight pages for ever and says the number of each one that was acknowledged.
CHILD = """
import sys
from datetime import UTC, datetime
from crawler.snapshot import Outcome, Snapshot
from crawler.store import SnapshotStore

filler = " ".join(f"word{n * 7919 % 4999}" for n in range(2000))
with SnapshotStore(sys.argv[1]) as store:
    store.begin_crawl("shop", datetime.now(UTC))
    for batch in range(100_000):
        store.save(
            [
                Snapshot("shop", f"https://shop.example/{batch}/{n}", datetime.now(UTC), Outcome.OK,
                         media_type="text/html", body=f"<p>{batch} {n} {filler}".encode())
                for n in range(8)
            ],
            also=lambda connection: connection.execute("insert into done values (?)", (batch,)),
        )
        print(batch, flush=True)
"""


@pytest.mark.parametrize("acknowledged_before_kill", [1, 3, 10, 25])
def test_a_killed_writer_loses_nothing_it_acknowledged(
    tmp_path: Path, acknowledged_before_kill: int
) -> None:
    path = tmp_path / "sellby.db"
    with SnapshotStore(path) as store:
        store._connection.execute("create table done (batch integer) strict")
    with subprocess.Popen(
        [sys.executable, "-c", CHILD, str(path)], stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        acknowledged = -1
        while acknowledged + 1 < acknowledged_before_kill:
            acknowledged = int(child.stdout.readline())
        child.send_signal(signal.SIGKILL)
        rest = child.stdout.read().split()
        acknowledged = int(rest[-1]) if rest else acknowledged
    with SnapshotStore(path) as store:
        pages = {page.snapshot.url: page.snapshot for page in store.latest()}
        saved = {(int(url.split("/")[3]), int(url.split("/")[4])) for url in pages}
        whole = {batch for batch, _ in saved}
        assert {(batch, n) for batch in range(acknowledged + 1) for n in range(8)} <= saved
        assert saved == {(batch, n) for batch in whole for n in range(8)}
        assert store.begin_crawl("shop", next(iter(pages.values())).fetched_at) == 2
        record = store._connection.execute("select state from crawl where id = 1").fetchone()
        assert record == ("interrupted",)
    connection = sqlite3.connect(path)
    try:
        assert connection.execute("pragma quick_check").fetchall() == [("ok",)]
        assert {row[0] for row in connection.execute("select batch from done")} == whole
    finally:
        connection.close()
