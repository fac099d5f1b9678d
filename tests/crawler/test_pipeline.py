"""A batch is stored whole, with what the frontier learned, or not at all."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

from crawler.errors import StoreError
from crawler.frontier import Done, Found, Frontier
from crawler.pipeline import BACKLOG_BYTES, Fetched, SnapshotWriter
from crawler.snapshot import Outcome, Snapshot
from crawler.store import SnapshotStore
from crawler.summary import CrawlSummary

NOW = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)


def snapshot(number: int, size: int = 0) -> Snapshot:
    body = f"<h1>Pump {number}</h1>".encode() + b"x" * size
    url = f"https://a.example/{number}"
    return Snapshot("s", url, NOW, Outcome.OK, 200, "text/html", body=body)


def summary(writer: SnapshotWriter) -> CrawlSummary:
    return CrawlSummary("s", NOW, NOW, dict(writer.counts))


def test_visits_and_what_they_found_are_stored_together(database):
    frontier = Frontier(database, "s")
    frontier.open_run(NOW, [Found("https://a.example/0", 0)])
    writer = SnapshotWriter(database, "s", frontier.write, lambda: None)
    writer.start(NOW)
    for number in range(600):
        found = [Found(f"https://a.example/{number + 1}", 1)] if number < 600 else []
        writer.put(Fetched(snapshot(number), Done(f"https://a.example/{number}", found=found)))
    writer.close()
    writer.end_crawl(summary(writer))
    frontier.close()

    assert writer.counts == {"ok": 600}
    with SnapshotStore(database, read_only=True) as store:
        assert len(list(store.urls("s"))) == 600
    again = Frontier(database, "s")
    again.open_run(NOW, [])
    assert [entry.url for entry in iter(again.next, None)] == ["https://a.example/600"]
    again.close()


def test_when_the_frontier_cannot_be_written_the_visits_are_not_stored_either(database):
    def broken(*_):
        raise StoreError("the frontier is broken")

    told = threading.Event()
    writer = SnapshotWriter(database, "s", broken, told.set)
    writer.start(NOW)
    writer.put(Fetched(snapshot(1), Done("https://a.example/1")))
    assert told.wait(10)
    writer.put(Fetched(snapshot(2), Done("https://a.example/2")))
    writer.close()
    writer.end_crawl(summary(writer))

    assert isinstance(writer.error, StoreError)
    assert writer.counts == {}
    with SnapshotStore(database, read_only=True) as store:
        assert list(store.urls("s")) == []


def test_more_than_the_backlog_is_held_back_and_told_when_there_is_room(database):
    gate, drained = threading.Event(), threading.Event()
    writer = SnapshotWriter(database, "s", lambda *_: gate.wait(10), lambda: None)
    writer.start(NOW)
    number = 0
    while not writer.is_full():
        number += 1
        writer.put(Fetched(snapshot(number, 1024 * 1024), None))
    writer.when_drained(drained.set)

    assert number * 1024 * 1024 <= BACKLOG_BYTES + 2 * 1024 * 1024
    assert not drained.is_set()
    gate.set()
    assert drained.wait(20)
    writer.close()
    writer.end_crawl(summary(writer))
    assert writer.counts["ok"] == number
