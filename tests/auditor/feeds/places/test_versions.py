"""A remote export that is unchanged is not fetched again, and is judged all the same."""

from __future__ import annotations

import sqlite3
import threading
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from auditor.feeds import FeedConfig
from auditor.ingest import ingest
from auditor.store import AuditStore

NOW = datetime(2026, 11, 1, 3, tzinfo=UTC)
ROWS = b"sku,attribute,value\nA,price,1.00\nB,price,2.00\n"


class Shop(ThreadingHTTPServer):
    """Serves one export, and counts the bodies that it sent."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Export)
        self.body, self.written, self.names = ROWS, NOW - timedelta(hours=1), ("etag",)
        self.status = 200
        self.bodies: list[int] = []
        self.url = f"http://127.0.0.1:{self.server_port}/prices.csv"


class Export(BaseHTTPRequestHandler):
    server: Shop

    def do_GET(self) -> None:
        shop = self.server
        etag = f'"{sha256(shop.body).hexdigest()[:8]}"'
        same = "etag" in shop.names and self.headers["If-None-Match"] == etag
        self.send_response(304 if same else shop.status)
        if "etag" in shop.names:
            self.send_header("ETag", etag)
        if "modified" in shop.names:
            self.send_header("Last-Modified", format_datetime(shop.written, usegmt=True))
        self.send_header("Content-Length", "0" if same else str(len(shop.body)))
        self.end_headers()
        if not same:
            shop.bodies.append(len(shop.body))
            self.wfile.write(shop.body)

    def log_message(self, *_words: Any) -> None:
        pass


@pytest.fixture
def shop():
    with Shop() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def store(tmp_path):
    with AuditStore(tmp_path / "sellby.db") as opened:
        yield opened


@pytest.fixture
def night(shop, store, tmp_path, monkeypatch):
    """One night's reading; what was looked at of the export."""
    read: list[int] = []
    whole = FeedConfig.of_rows
    monkeypatch.setattr(FeedConfig, "of_rows", lambda self: (read.append(1), whole(self))[1])

    def run(number: float, **config: Any) -> tuple[str, int]:
        read.clear()
        settings: dict = {"path": shop.url, "currency": "EUR", **config}
        now = NOW + timedelta(days=number)
        summary = ingest("erp", FeedConfig(**settings), tmp_path, store.catalogue, now)
        return summary.state, len(read)

    return run


@pytest.mark.parametrize("names", [("etag",), ("etag", "modified"), ("modified",)])
def test_an_unchanged_export_is_neither_fetched_nor_read(shop, store, night, names):
    shop.names = names
    assert night(0) == ("applied", 1)
    assert night(1) == ("unchanged", 0)
    assert night(2) == ("unchanged", 0)
    run = store.catalogue.feeds()[0]
    assert (run.rows, run.read_at) == (2, NOW + timedelta(days=2))
    if names == ("etag",):
        assert shop.bodies == [len(ROWS)]
    if "modified" in names:
        written = parsedate_to_datetime(format_datetime(shop.written, usegmt=True))
        assert run.exported_at == written


@pytest.mark.parametrize("names", [("etag",), ("modified",)])
def test_a_changed_export_is_fetched(shop, store, night, names):
    shop.names = names
    night(0)
    shop.body = ROWS.replace(b"2.00", b"3.00")
    shop.written += timedelta(hours=1)
    assert night(1) == ("applied", 1)
    assert store.catalogue.truths("B")[-1].value.amount.text == "3.00"
    assert night(2) == ("unchanged", 0)


def test_an_older_file_put_back_is_fetched_though_it_was_not_modified_since(shop, store, night):
    shop.names = ("modified",)
    night(0)
    shop.body, shop.written = ROWS.replace(b"2.00", b"1.50"), shop.written - timedelta(days=3)
    assert night(1) == ("applied", 1)


def test_an_unchanged_export_grows_too_old_and_says_so(shop, store, night):
    shop.names = ("etag", "modified")
    gates = {"error_after_hours": 40}
    night(0, gates=gates)
    assert night(1, gates=gates) == ("unchanged", 0)
    assert night(2, gates=gates)[0] == "quarantined"
    assert "hours old" in store.catalogue.feeds()[0].message
    assert night(3, gates=gates)[0] == "quarantined"


def test_what_is_read_otherwise_is_fetched_again(shop, night):
    night(0)
    assert night(1, currency="USD")[1] == 1
    assert night(2, currency="USD", path=shop.url + "?market=fr")[1] == 1
    assert shop.bodies == [len(ROWS)] * 3


def test_what_is_missing_for_the_first_time_is_looked_for_again(shop, store, night):
    """A second export that lacks it has to be there before it ends."""
    night(0, gates={"max_drop": 1})
    shop.body = ROWS.rpartition(b"B")[0]
    night(1, gates={"max_drop": 1})
    assert night(2, gates={"max_drop": 1}) == ("applied", 1)
    assert store.catalogue.truths("B")[0].valid_to is not None


def test_a_failed_night_is_followed_by_a_whole_one(shop, store, night):
    night(0)
    shop.status, shop.names = 404, ()
    assert night(1)[0] == "failed"
    shop.status, shop.names = 200, ("etag",)
    assert night(2) == ("unchanged", 1)
    assert night(3) == ("unchanged", 0)


def test_a_place_that_always_says_unchanged_is_believed_for_a_week(shop, store, night):
    night(0)
    assert [night(day)[1] for day in (1, 3, 6.9, 7, 8)] == [0, 0, 0, 1, 0]
    assert len(shop.bodies) == 2


def test_no_secret_of_the_address_is_kept(shop, night, tmp_path, store):
    night(0, path=shop.url + "?token=hush", headers={"Authorization": "Bearer hush"})
    kept = "\n".join(sqlite3.connect(tmp_path / "sellby.db").iterdump())
    assert "feed_version" in kept
    assert "hush" not in kept
