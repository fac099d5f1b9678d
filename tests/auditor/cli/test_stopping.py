"""A run that is stopped says what was kept, and the next one goes on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

PAGES = 60
SECONDS_A_PAGE = 0.15


class _Slow(BaseHTTPRequestHandler):
    """A shop whose pages take their time; the test lets it go faster afterwards."""

    hurry = threading.Event()
    asked: list[str]

    def do_GET(self) -> None:
        """Serve robots.txt, the list of pages, or a page."""
        if self.path == "/robots.txt":
            self._send("User-agent: *\nAllow: /\n", "text/plain")
        elif self.path == "/":
            links = "".join(f'<a href="/p/{n}">page {n}</a> ' for n in range(PAGES))
            self._send(f"<html><body><h1>All pages of the shop</h1>{links}</body></html>")
        elif self.path.startswith("/p/"):
            type(self).asked.append(self.path)
            self.hurry.wait(SECONDS_A_PAGE)
            self._send(f"<html><body><h1>Page {self.path}</h1><p>Text.</p></body></html>")
        else:
            self.send_error(404)

    def _send(self, text: str, media_type: str = "text/html") -> None:
        body = text.encode()
        self.send_response(200)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing: the test's output is its own."""


@pytest.fixture
def shop() -> Iterator[tuple[str, type[_Slow]]]:
    """The slow shop's address, and its handler."""
    handler = type("Slow", (_Slow,), {"asked": [], "hurry": threading.Event()})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/", handler
    server.shutdown()
    server.server_close()
    thread.join(timeout=10)


def sellby(directory: Path, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "auditor", "-c", str(directory / "config.yaml"), *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "COLUMNS": "100"},
    )


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_a_crawl_stopped_half_way_keeps_its_pages_and_goes_on(
    tmp_path: Path, shop: tuple[str, type[_Slow]], stop: signal.Signals
) -> None:
    address, handler = shop
    (tmp_path / "config.yaml").write_text(
        f"sources:\n  shop:\n    kind: website\n    start: ['{address}']\n"
        "    pace: {autothrottle: false, concurrency: 1}\n    sitemaps: []\n"
    )
    with sellby(tmp_path, "crawl") as process:
        until = time.monotonic() + 60
        while len(handler.asked) < 10 and time.monotonic() < until and process.poll() is None:
            time.sleep(0.05)
        process.send_signal(stop)
        _, said = process.communicate(timeout=60)
    assert process.returncode == 4, said
    assert "Stopped: " in said
    assert "kept; run it again to go on" in said
    assert "Traceback" not in said
    first = len(handler.asked)
    assert first < PAGES
    handler.hurry.set()
    with sellby(tmp_path, "crawl") as process:
        _, said = process.communicate(timeout=60)
    assert process.returncode == 0, said
    assert {f"/p/{n}" for n in range(PAGES)} <= set(handler.asked)
