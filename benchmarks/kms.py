"""Reading knowledge bases: articles a second and requests per 1,000 articles, night after night.

    python benchmarks/kms.py [--articles 1000] [--changed 10] [--only NAME …] [--no-peer]

Each connector reads its stand-in (``tests/crawler/kms/vendors.py``, 100 articles a page) over HTTP
on loopback: a first night, a night on which ten articles a thousand changed, and a weekly full
night. The stand-ins run in a process of their own, so what is measured is the connector, the
runner and the store. Printed beside it, in the same run: a naive client that asks for every
article each night with urllib, as scripts do, and, for DokuWiki, the ``dokuwiki`` package of PyPI
fetching every page. Neither peer stores anything, so the ratio is unkind to us. Last, resident
memory after 1,000 and after ten times as many articles.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import resource
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from crawler.config import CrawlConfig, KmsSource  # noqa: E402
from crawler.kms import crawl_kms  # noqa: E402
from crawler.store import SnapshotStore  # noqa: E402
from tests.crawler.kms.vendors import VENDORS, OldDokuWiki, Vendor  # noqa: E402

PARAGRAPH = "The gear pump costs {n}.90 EUR net, at least 5 pieces, and ships in ten days. " * 25


def serve(name: str, articles: int, pipe: Connection) -> None:
    """A stand-in on a free port; takes "change N", "count" and "stop" from the pipe."""
    kind = next(each for each in VENDORS if each.__name__ == name)
    now = datetime.now(UTC).replace(microsecond=0)
    vendor: Vendor = kind("", now - timedelta(days=2))
    vendor.page = 100
    counted = {"requests": 0}

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1

        def log_message(self, *_: Any) -> None:
            pass

        def do_POST(self) -> None:
            self.do_GET()

        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            counted["requests"] += 1
            headers = {name.title(): value for name, value in self.headers.items()}
            answer = vendor.send(self.command, vendor.base + self.path, headers, body)
            vendor.asked.clear()
            self.send_response_only(answer.status)
            for key, value in answer.headers.items():
                self.send_header(key, value)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    vendor.base = f"http://127.0.0.1:{server.server_port}"
    for number in range(1, articles + 1):
        vendor.write(number, PARAGRAPH.format(n=number), views=number)
    vendor.now = now - timedelta(days=1)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    pipe.send(vendor.source)
    while (order := pipe.recv()) != "stop":
        if order == "count":
            pipe.send(counted["requests"])
            counted["requests"] = 0
            continue
        vendor.now = datetime.now(UTC).replace(microsecond=0)
        for number in range(1, int(order.split()[1]) + 1):
            vendor.write(number, PARAGRAPH.format(n=number + 5000))
        pipe.send("changed")
    server.shutdown()


class StandIn:
    """A stand-in in a process of its own."""

    def __init__(self, name: str, articles: int) -> None:
        self._pipe, theirs = multiprocessing.Pipe()
        context = multiprocessing.get_context("spawn")
        self._process = context.Process(target=serve, args=(name, articles, theirs), daemon=True)
        self._process.start()
        self.source = self._pipe.recv()

    def change(self, articles: int) -> None:
        self._pipe.send(f"change {articles}")
        self._pipe.recv()

    def requests(self) -> int:
        """How many there were since this was asked last."""
        self._pipe.send("count")
        return int(self._pipe.recv())

    def stop(self) -> None:
        self._pipe.send("stop")
        self._process.join(10)


def measure(name: str, articles: int, changed: int, *, with_peer: bool) -> dict[str, Any]:
    """Three nights of one connector, and the naive client's one."""
    stand_in = StandIn(name, articles)
    try:
        with tempfile.TemporaryDirectory(prefix="sellby-") as folder:
            path = Path(folder) / "sellby.db"
            row: dict[str, Any] = {"connector": name}
            row |= _night(stand_in, path, "first")
            urls = [document.id for document in _documents(path)]
            stand_in.change(changed)
            row |= _night(stand_in, path, "next")
            row |= _night(stand_in, path, "full", full_sweep_days=1, reread_days=1, sweep=True)
            if with_peer and (peer := _naive(name, stand_in.source, urls)):
                stand_in.requests()
                row["naive"] = peer
            return row
    finally:
        stand_in.stop()


def _night(stand_in: StandIn, path: Path, label: str, **more: Any) -> dict[str, Any]:
    if more.pop("sweep", False):
        _make_old(path)
    source = KmsSource.model_validate(stand_in.source | more)
    stand_in.requests()
    began = time.perf_counter()
    with SnapshotStore(path) as store:
        summary = crawl_kms(CrawlConfig(), source, store)
    seconds = time.perf_counter() - began
    assert summary.complete, summary.problems
    requests = stand_in.requests() * 1000 / max(summary.readable or 1, 1)
    return {f"{label}_s": (summary.readable or 0) / seconds, f"{label}_requests": requests}


def _documents(path: Path) -> list[Any]:
    with SnapshotStore(path) as store:
        return list(store.documents("kb").values())


def _make_old(path: Path) -> None:
    """As if the last full night and reading were long ago."""
    with SnapshotStore(path) as store:
        connection = store._connection
        connection.execute("update kms_cursor set swept_at = '2020-01-01T00:00:00.000000Z'")
        connection.execute("update kms_document set read_at = '2020-01-01T00:00:00.000000Z'")


def _naive(name: str, source: dict[str, Any], ids: list[str]) -> float | None:
    """Articles a second of one GET each, parsed and thrown away; None where there is none."""
    place = {
        "BookStack": "/api/pages/{}",
        "ConfluenceCloud": "/api/v2/pages/{}?body-format=view",
        "ConfluenceServer": "/rest/api/content/{}?expand=body.view",
        "Discourse": "/t/{}.json",
        "Freshdesk": "/api/v2/solutions/articles/{}",
        "Guru": "/api/v1/cards/{}/extended",
        "Intercom": "/articles/{}",
        "MediaWiki": "?action=parse&pageid={}",
        "Notion": "/v1/pages/{}/markdown",
        "ServiceNow": "/api/now/table/kb_knowledge/{}",
        "Zendesk": "/api/v2/help_center/en-us/articles/{}",
    }.get(name)
    if place is None:
        return None
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    began = time.perf_counter()
    for each in ids:
        with opener.open(
            source["url"] + place.format(each.partition("@")[0]), timeout=30
        ) as answer:
            json.load(answer)
    return len(ids) / (time.perf_counter() - began)


def dokuwiki_client(articles: int) -> float | None:
    """Articles a second of PyPI's dokuwiki client fetching each page's HTML; None: not there."""
    try:
        import dokuwiki
    except ImportError:
        return None
    stand_in = StandIn(OldDokuWiki.__name__, articles)
    try:
        base = stand_in.source["url"].removesuffix("/lib/exe/xmlrpc.php")
        wiki = dokuwiki.DokuWiki(base, "anna", "s3cret")
        began = time.perf_counter()
        pages = wiki.pages.list("", depth=0)
        for page in pages:
            wiki.pages.html(page["id"])
        return len(pages) / (time.perf_counter() - began)
    except (dokuwiki.DokuWikiError, OSError) as error:
        print(f"dokuwiki client: {error}", file=sys.stderr)
        return None
    finally:
        stand_in.stop()


def memory(name: str, articles: int) -> float:
    """Peak resident MB of a process that reads so many articles for the first time."""
    done = subprocess.run(
        [sys.executable, __file__, "--memory-of", name, "--articles", str(articles)],
        capture_output=True,
        text=True,
        check=True,
    )
    return float(done.stdout)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--articles", type=int, default=1000)
    options.add_argument("--changed", type=int, default=10)
    options.add_argument("--only", nargs="*", default=[])
    options.add_argument("--no-peer", action="store_true")
    options.add_argument("--memory-of", default="")
    given = options.parse_args()
    if given.memory_of:
        stand_in = StandIn(given.memory_of, given.articles)
        with tempfile.TemporaryDirectory() as folder:
            _night(stand_in, Path(folder) / "sellby.db", "first")
        stand_in.stop()
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
        return
    names = given.only or [vendor.__name__ for vendor in VENDORS]
    print(f"{given.articles} articles, {given.changed} changed; requests per 1,000 articles")
    print(f"{'':18}{'first night':>20}{'next night':>20}{'full night':>20}{'naive':>9}{'ratio':>7}")
    for name in names:
        row = measure(name, given.articles, given.changed, with_peer=not given.no_peer)
        cells = "".join(
            f"{row[f'{part}_s']:>10.0f}/s{row[f'{part}_requests']:>6.0f} r"
            for part in ("first", "next", "full")
        )
        naive = row.get("naive")
        beside = f"{naive:>7.0f}/s{row['first_s'] / naive:>6.1f}×" if naive else ""
        print(f"{name:18}{cells}{beside}", flush=True)
    if not given.no_peer and (speed := dokuwiki_client(given.articles)):
        print(f"PyPI dokuwiki, every page each night: {speed:.0f}/s, {1001:.0f} r")
    for name in ("BookStack", "Zendesk"):
        small, large = memory(name, given.articles), memory(name, given.articles * 10)
        grown = (large - small) * 1024 / (given.articles * 9)
        print(f"{name}: {small:.0f} MB at {given.articles} articles, {large:.0f} MB at ten times "
              f"as many ({grown:.1f} kB an article)")  # fmt: skip


if __name__ == "__main__":
    main()
