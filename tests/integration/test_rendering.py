"""Values that exist only after JavaScript, read in a real Chromium."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from auditor.catalogue import Catalogue
from auditor.judging import context_of, read_claims
from auditor.model import Product
from crawler.config import CrawlConfig, WebsiteSource
from crawler.run import crawl
from crawler.store import SnapshotStore

pytestmark = pytest.mark.integration

SHELL = (
    "<!doctype html><html lang=en><title>PX-8 proximity sensor</title><body><main>"
    "<h1>PX-8 proximity sensor</h1><p>Part number: PX-8</p>"
    "<p>Price: <span id=price></span></p><a href=/next>Next</a></main>"
    "<script src=/app.js></script></body></html>"
)
APP = (
    "fetch('/api/price').then(r => r.json()).then(d => {"
    "document.getElementById('price').textContent = '$' + d.price + ' each'})"
)


class Shop:
    """A shop that fills in its prices by script."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        shop = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_: Any) -> None:
                pass

            def do_GET(self) -> None:
                shop.asked.append((self.path, self.headers.get("Authorization", "")))
                kind, body, status, more = "text/html", SHELL, 200, {}
                if self.path == "/api/price":
                    kind, body = "application/json", '{"price": "34.36"}'
                elif self.path == "/app.js":
                    kind, body = "text/javascript", APP
                elif self.path == "/away":
                    status, more = 302, {"Location": "http://169.254.169.254/latest/"}
                elif self.path in ("/robots.txt", "/sitemap.xml"):
                    status, body = 404, ""
                elif self.path == "/next":
                    body = SHELL.replace("href=/next", "href=/away")
                self.send_response(status)
                for name, value in more.items():
                    self.send_header(name, value)
                self.send_header("Content-Type", f"{kind}; charset=utf-8")
                self.send_header("Content-Length", str(len(body.encode())))
                self.end_headers()
                self.wfile.write(body.encode())

        return Handler


@pytest.fixture
def shop() -> Iterator[Shop]:
    opened = Shop()
    yield opened
    opened.close()


def crawled(shop: Shop, path: Path, **more: Any) -> tuple[WebsiteSource, dict[str, Any], list[str]]:
    source = WebsiteSource.model_validate(
        {
            "name": "shop",
            "start": [f"{shop.url}/"],
            "language": "en-US",
            "currency": "USD",
            "pace": {"autothrottle": False, "concurrency": 2},
            "limits": {"retries": 0},
            **more,
        }
    )
    with SnapshotStore(path) as store:
        summary = crawl(CrawlConfig(), source, store)
        visits = {v.url.removeprefix(shop.url): v for v in store.last_visits("shop")}
    return source, visits, [problem.message for problem in summary.problems]


def prices(source: WebsiteSource, path: Path, url: str) -> tuple[list[str], bool]:
    with SnapshotStore(path) as store:
        snapshot = store.snapshot_at("shop", url)
    assert snapshot is not None
    catalogue = Catalogue([Product("PX-8", "proximity sensor")])
    read = read_claims(snapshot, catalogue, context_of(source, {}))
    return [c.quote for c in read.claims if c.attribute == "price"], read.page.needs_render


def test_a_value_that_a_script_fills_in_is_read_where_rendering_is_on(
    chromium: None, shop: Shop, tmp_path: Path
) -> None:
    source, visits, problems = crawled(shop, tmp_path / "plain.db")
    assert prices(source, tmp_path / "plain.db", f"{shop.url}/")[0] == []
    source, visits, problems = crawled(shop, tmp_path / "rendered.db", render=True)
    assert problems == []
    assert visits["/"].outcome == "ok"
    quotes, needs_render = prices(source, tmp_path / "rendered.db", f"{shop.url}/")
    assert quotes == ["$34.36 each"] or quotes == ["$34.36"]
    assert not needs_render


def test_a_rendered_page_that_redirects_out_of_reach_is_refused(
    chromium: None, shop: Shop, tmp_path: Path
) -> None:
    _source, visits, _problems = crawled(shop, tmp_path / "a.db", render=True)
    assert visits["/next"].outcome == "ok"
    assert visits["/away"].outcome == "refused"


def test_a_log_in_travels_with_a_rendered_page_s_own_requests(
    chromium: None, shop: Shop, tmp_path: Path
) -> None:
    how = {"kind": "bearer", "token": "right"}
    crawled(shop, tmp_path / "a.db", render=True, sign_in=how)
    given = dict(shop.asked)
    assert given["/"] == "Bearer right"
    assert given["/api/price"] == "Bearer right"


def test_a_second_night_finds_rendered_pages_unchanged(
    chromium: None, shop: Shop, tmp_path: Path
) -> None:
    crawled(shop, tmp_path / "a.db", render=True)
    _source, visits, _ = crawled(shop, tmp_path / "a.db", render=True)
    assert visits["/"].outcome == "unchanged"
