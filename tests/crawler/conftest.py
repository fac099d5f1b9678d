"""A small real web server on loopback, and a crawl of it in a process of its own."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from crawler.config import CrawlConfig, Limits, Pace, WebsiteSource
from crawler.run import crawl
from crawler.store import SnapshotStore, Visit
from crawler.summary import CrawlSummary

FAST = Pace(autothrottle=False, concurrency=4)
# The time-out is long, since the machine may be busy; what must hang sets a shorter one.
SHORT = Limits(timeout_seconds=30, retries=0, max_body_bytes=200_000)


@dataclass
class Page:
    """One answer. ``raw`` is sent byte for byte, then the connection is closed."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    raw: bytes | None = None
    hang: bool = False


@dataclass
class Asked:
    """One request the server got; header names are lower-case."""

    path: str
    headers: dict[str, str]
    body: bytes = b""
    method: str = "GET"


Answer = Page | Callable[[Asked], Page]


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        """A crawl that was killed hangs up: nothing to be said about that."""


class Site:
    """Pages by path, and what was asked for. Unknown paths answer 404."""

    def __init__(self) -> None:
        self.pages: dict[str, Answer] = {}
        self.asked: list[Asked] = []
        self.released = threading.Event()
        self._server = _Server(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.host = f"127.0.0.1:{self._server.server_port}"
        self.url = f"http://{self.host}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()

    def close(self) -> None:
        self.released.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def add(self, path: str, body: str | bytes = "", **more: Any) -> None:
        """A page; HTML unless ``headers`` say otherwise."""
        data = body.encode() if isinstance(body, str) else body
        headers = {"Content-Type": "text/html; charset=utf-8", **more.pop("headers", {})}
        self.pages[path] = Page(data, headers=headers, **more)

    def link(self, path: str, *targets: str, text: str = "") -> None:
        """A page with links to the targets and enough words to be one."""
        links = "".join(f'<p>Read about <a href="{target}">this</a></p>' for target in targets)
        self.add(path, f"<title>{path}</title><h1>Page {path}</h1>{links}<p>{text or WORDS}</p>")

    def paths(self) -> list[str]:
        return [asked.path for asked in self.asked]

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_: Any) -> None:
                pass

            def do_POST(self) -> None:
                self.do_GET()

            def do_GET(self) -> None:
                headers = {name.lower(): value for name, value in self.headers.items()}
                length = int(headers.get("content-length", 0))
                asked = Asked(self.path, headers, self.rfile.read(length), self.command)
                site.asked.append(asked)
                page = site.pages.get(self.path, Page(status=404))
                if callable(page):
                    page = page(asked)
                if page.hang:
                    site.released.wait(60)
                    self.close_connection = True
                elif page.raw is not None:
                    self.wfile.write(page.raw)
                    self.close_connection = True
                    self.connection.shutdown(socket.SHUT_WR)
                else:
                    self._answer(page)

            def _answer(self, page: Page) -> None:
                self.send_response(page.status)
                for name, value in page.headers.items():
                    self.send_header(name, value)
                if page.status != 304:
                    self.send_header("Content-Length", str(len(page.body)))
                self.end_headers()
                self.wfile.write(page.body)

        return Handler


WORDS = "A page about valves, seals and pumps with some words to read on it. " * 12


@dataclass
class Crawled:
    """A crawl's summary, and the last visits by path."""

    summary: CrawlSummary
    visits: dict[str, Visit]
    url: str

    def outcome(self, path: str) -> str:
        return self.visits[self.url + path].outcome.value

    def detail(self, path: str) -> str:
        return self.visits[self.url + path].detail or ""

    @property
    def kinds(self) -> list[str]:
        return [problem.kind for problem in self.summary.problems]


def source_of(site: Site, **changes: Any) -> WebsiteSource:
    """A source that crawls the site fast."""
    given = {"name": "site", "start": (f"{site.url}/",), "pace": FAST, "limits": SHORT, **changes}
    return WebsiteSource(**given)


def crawl_site(
    site: Site, path: Path, *, only: tuple[str, ...] = (), progress: Any = None, **changes: Any
) -> Crawled:
    """Crawl the site into the database at ``path``."""
    with SnapshotStore(path) as store:
        source = source_of(site, **changes)
        summary = crawl(CrawlConfig(), source, store, only=only, progress=progress)
        visits = {visit.url: visit for visit in store.last_visits("site")}
    return Crawled(summary, visits, (source.base_url or site.url).rstrip("/"))


@pytest.fixture
def site() -> Iterator[Site]:
    """An empty site."""
    served = Site()
    try:
        yield served
    finally:
        served.close()


@pytest.fixture(scope="session")
def crawling() -> Any:
    """The names of this file, for tests in other files (there is no package to import from)."""
    import types

    return types.SimpleNamespace(
        Site=Site,
        Page=Page,
        Asked=Asked,
        WORDS=WORDS,
        FAST=FAST,
        SHORT=SHORT,
        crawl=crawl_site,
        source=source_of,
    )


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """Where a test keeps its snapshots."""
    return tmp_path / "sellby.db"
