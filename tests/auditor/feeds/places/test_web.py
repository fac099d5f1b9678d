"""Exports behind HTTP, from a real server on loopback."""

from __future__ import annotations

import gzip
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from auditor.errors import FeedError
from auditor.feeds import FeedConfig, fetched, read_feed
from auditor.feeds.places import web
from auditor.model import Product, RejectedRow

Answer = tuple[int, dict[str, str], bytes]


@dataclass
class Server:
    """What answers, and what it was asked."""

    url: str
    answer: Callable[[str, dict[str, str]], Answer] = lambda path, headers: (404, {}, b"")
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)


@pytest.fixture
def server() -> Iterator[Server]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            served.asked.append((self.path, headers))
            status, fields, body = served.answer(self.path, headers)
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **fields}.items():
                self.send_header(name, value)
            self.end_headers()
            with suppress(OSError):
                self.wfile.write(body)

        def log_message(self, *_words: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        served = Server(f"http://127.0.0.1:{http.server_port}")
        yield served
        http.shutdown()
        thread.join()


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web.time, "sleep", lambda _seconds: None)


def fixed(status: int, body: bytes, **headers: str) -> Callable[[str, dict[str, str]], Answer]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda _path, _headers: (status, named, body)


def products(server: Server, tmp_path: Any, path: str = "/p.csv", **config: Any) -> list[str]:
    settings = {"format": "products_csv", "path": server.url + path, **config}
    records = read_feed("shop", FeedConfig(**settings), tmp_path)
    return [r.sku if isinstance(r, Product) else f"{r.file}:{r.line}" for r in records
            if isinstance(r, Product | RejectedRow)]  # fmt: skip


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (fixed(401, b""), "answers 401 Unauthorized; check `headers`"),
        (fixed(404, b""), "answers 404 Not Found; check `path`"),
        (fixed(503, b"", Retry_After="1"), "answers 503 Service Unavailable; try again later"),
        (fixed(200, b"sku\nA\n", Content_Length="99"), "ends 93 bytes early; the transfer was"),
        (fixed(200, b"<html>Please log in</html>"), "is an HTML page, not a feed"),
        (fixed(200, b""), "is empty"),
        (fixed(302, b"", Location="/p.csv"), "too many redirects"),
        (fixed(302, b"", Location="ftp://x/"), "which is refused"),
        (fixed(302, b"", Location="http://169.254.169.254/"), "private network"),
        (fixed(200, b"x" * 1_100_000), "is larger than 1 MB"),
    ],
)
def test_an_answer_that_is_no_feed_is_told_with_its_place(server, tmp_path, answer, says):
    server.answer = answer
    with pytest.raises(FeedError) as refusal:
        products(server, tmp_path, "/p.csv?token=hush", max_megabytes=1)
    assert says in str(refusal.value)
    assert "p.csv" in str(refusal.value)
    assert "hush" not in str(refusal.value)


def test_a_server_that_is_gone_is_told(server, tmp_path):
    config = FeedConfig(format="products_csv", path="http://127.0.0.1:9/p.csv")
    with pytest.raises(FeedError, match=r"127\.0\.0\.1:9/p\.csv cannot be reached"):
        list(read_feed("shop", config, tmp_path))


def test_a_server_that_is_busy_is_asked_again(server, tmp_path):
    def answer(_path: str, _headers: dict[str, str]) -> Answer:
        return (200, {}, b"sku\nA\n") if len(server.asked) > 2 else (503, {}, b"busy")

    server.answer = answer
    assert products(server, tmp_path) == ["A"]
    assert len(server.asked) == 3


def test_a_server_that_never_comes_to_an_end_is_cut_off(server, tmp_path, monkeypatch):
    monkeypatch.setattr(web, "_SILENCES", 0.01)
    enough = threading.Event()

    def answer(_path: str, _headers: dict[str, str]) -> Answer:
        enough.wait(20)
        return 200, {}, b"sku\nA\n"

    server.answer = answer
    try:
        with pytest.raises(FeedError, match=r"is not done after 0\.2 s"):
            products(server, tmp_path, timeout_seconds=20)
    finally:
        enough.set()


def test_the_headers_of_a_feed_are_sent_and_its_own_name_and_time_are_known(server, tmp_path):
    when = "Sat, 28 Nov 2026 04:00:00 GMT"
    server.answer = fixed(200, b"sku\nA\n\n1E+20,\n", Last_Modified=when)
    secret = {"Authorization": "Bearer hush"}
    assert products(server, tmp_path, "/export/all%20prices.csv?x=1", headers=secret) == [
        "A",
        "all prices.csv:4",
    ]
    assert server.asked[0][1]["authorization"] == "Bearer hush"
    config = FeedConfig(path=server.url + "/p.csv")
    with fetched("shop", config, tmp_path) as exported:
        assert exported.written_at == datetime(2026, 11, 28, 4, tzinfo=UTC)
        path = exported.path
    assert not path.exists()


def test_a_redirect_to_another_host_does_not_get_the_headers(server, tmp_path):
    other = server.url.replace("127.0.0.1", "localhost")

    def answer(path: str, _headers: dict[str, str]) -> Answer:
        if path == "/p.csv":
            return 302, {"Location": f"{other}/real.csv"}, b""
        return 200, {}, b"sku\nA\n"

    server.answer = answer
    assert products(server, tmp_path, headers={"X-Api-Key": "hush"}) == ["A"]
    assert [headers.get("x-api-key") for _path, headers in server.asked] == ["hush", None]


def test_a_packed_export_is_unpacked_within_its_limit(server, tmp_path):
    server.answer = fixed(200, gzip.compress(b"sku\nA\n"))
    assert products(server, tmp_path, "/p.csv.gz") == ["A"]
    server.answer = fixed(200, gzip.compress(b"sku\n" + b"A" * 2_000_000))
    with pytest.raises(FeedError, match="unpacks to more than 1 MB"):
        products(server, tmp_path, "/p.csv.gz", max_megabytes=1)
    server.answer = fixed(200, gzip.compress(b"sku\nA\n")[:-6])
    with pytest.raises(FeedError, match="no whole gzip file"):
        products(server, tmp_path, "/p.csv.gz")


# Pages of an API

ROWS = [{"sku": f"A{number}"} for number in range(7)]


def api(**shape: Any) -> Callable[[str, dict[str, str]], Answer]:
    """An API with 3 rows a page: ``shape`` says how it goes on."""

    def answer(path: str, headers: dict[str, str]) -> Answer:
        query = {name: values[0] for name, values in parse_qs(urlsplit(path).query).items()}
        if "page" in shape:
            at = (int(query[shape["page"]]) - 1) * 3
        else:
            at = int(query.get("offset") or query.get("cursor") or 0)
        rows, more = ROWS[at : at + 3], at + 3 < len(ROWS)
        body: dict[str, Any] = {"data": {"items": rows}}
        fields = {}
        if more and "next" in shape:
            body["links"] = {"next": f"/api?offset={at + 3}"}
        if more and "link" in shape:
            fields["Link"] = f'</api?offset=0>; rel="first", </api?offset={at + 3}>; rel="next"'
        if "cursor" in shape:
            body["cursor"] = str(at + 3) if more else None
        return 200, fields, json.dumps(body).encode()

    return answer


@pytest.mark.parametrize(
    ("paging", "shape", "requests"),
    [
        ({"by": "next", "path": "links.next"}, {"next": 1}, 3),
        ({"by": "next"}, {"link": 1}, 3),
        ({"by": "page", "parameter": "p", "size": 3, "size_parameter": "n"}, {"page": "p"}, 4),
        ({"by": "offset", "parameter": "offset"}, {}, 4),
        ({"by": "cursor", "parameter": "cursor", "path": "cursor"}, {"cursor": 1}, 3),
    ],
)
def test_the_pages_of_an_api_are_read_to_the_last(server, tmp_path, paging, shape, requests):
    server.answer = api(**shape)
    config: dict[str, Any] = {"format": "json", "records": "products", "rows": "data.items"}
    found = products(server, tmp_path, "/api?all=1", paging=paging, **config)
    assert found == [row["sku"] for row in ROWS]
    assert len(server.asked) == requests
    assert server.asked[0][0].startswith("/api?all=1")


@pytest.mark.parametrize(
    ("answer", "paging", "says"),
    [
        (fixed(200, b'[{"sku": "A"}]'), {"by": "page", "parameter": "p"},
         "page 2 is the same as one before; is `paging.parameter` 'p' right?"),
        (fixed(200, b'{"a": []}'), {"by": "page", "parameter": "p"},
         "page 1 has no list at its top; set `rows`"),
        (fixed(200, b'[{"sku"'), {"by": "page", "parameter": "p"}, "page 1 is no JSON"),
        (fixed(200, b"[]", Link='<http://evil.example/>; rel="next"'), {"by": "next"},
         "leads to http://evil.example/, another host"),
        (api(page="p"), {"by": "page", "parameter": "p", "max_pages": 2}, "more than 2 pages"),
        (fixed(500, b""), {"by": "next"}, "answers 500"),
    ],
)  # fmt: skip
def test_an_api_that_would_never_end_or_is_none_is_told(server, tmp_path, answer, paging, says):
    server.answer = answer
    rows = "data.items" if "max_pages" in paging else ""
    with pytest.raises(FeedError) as refusal:
        products(
            server, tmp_path, "/api", format="json", records="products", paging=paging, rows=rows
        )
    assert says in str(refusal.value)
