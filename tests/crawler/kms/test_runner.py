"""The plain runner over real HTTP: patience, limits, and where credentials must not go."""

from __future__ import annotations

import contextlib
import gzip
import json
import socket
import ssl
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest

from crawler.config import CrawlConfig, KmsSource, Limits, Pace
from crawler.errors import SourceError
from crawler.kms import connector_for, crawl_kms
from crawler.kms.interface import Access, Request
from crawler.kms.mediawiki import MediaWiki
from crawler.kms.runner import MAX_THROTTLES, Sender, probe_kms
from crawler.kms.transport import Transport, TransportError
from crawler.snapshot import Outcome
from crawler.store import SnapshotStore

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LIMITS = Limits(timeout_seconds=2, retries=2, max_body_bytes=50_000, max_redirects=3)


def source(url: str, **more: Any) -> KmsSource:
    given = {"name": "wiki", "connector": "mediawiki", "url": url, "limits": LIMITS} | more
    return KmsSource.model_validate(given)


@pytest.fixture
def transport() -> Iterator[Transport]:
    opened = Transport(LIMITS, "Sellby-test")
    yield opened
    opened.close()


class Patience:
    """A sender whose waits are written down instead of waited."""

    def __init__(self, transport: Transport, source: KmsSource) -> None:
        self.waits: list[float] = []
        self.now = 0.0
        connector = MediaWiki(Access(source.url))
        self.sender = Sender(connector, transport, source, self._sleep, lambda: self.now)

    def _sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += seconds


def json_page(crawling: Any, body: Any, **more: Any) -> Any:
    headers = {"Content-Type": "application/json", **more.pop("headers", {})}
    return crawling.Page(json.dumps(body).encode(), headers=headers, **more)


# Refusals ------------------------------------------------------------------------------------


def test_an_unknown_connector_is_refused_with_those_there_are() -> None:
    with pytest.raises(SourceError, match=r"no connector 'mediwiki'; known: .*mediawiki"):
        connector_for(source("https://wiki.example/api.php", connector="mediwiki"))


def test_a_public_host_needs_a_contact(tmp_path: Path) -> None:
    with (
        SnapshotStore(tmp_path / "sellby.db") as store,
        pytest.raises(SourceError, match="contact"),
    ):
        crawl_kms(CrawlConfig(), source("https://wiki.example/api.php"), store)


def test_nobody_listening_is_a_problem_and_not_an_empty_wiki(tmp_path: Path) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    with SnapshotStore(tmp_path / "sellby.db") as store:
        read = source(f"http://127.0.0.1:{port}/api.php", limits=Limits(retries=0))
        summary = crawl_kms(CrawlConfig(), read, store)
    assert [problem.kind for problem in summary.problems] == ["unreachable"]
    assert "refused" in summary.problems[0].message
    assert not summary.complete


def test_a_server_that_hangs_is_a_timeout(site: Any, crawling: Any) -> None:
    site.pages["/api"] = crawling.Page(hang=True)
    hasty = Transport(Limits(timeout_seconds=0.2), "x")
    with pytest.raises(TransportError, match=r"no answer in 0\.2 s") as raised:
        hasty.send(Request(f"{site.url}/api", "x"))
    assert raised.value.outcome is Outcome.TIMEOUT
    hasty.close()


@pytest.mark.parametrize("header", [b"Content-Length: 100000", b"Connection: close"])
def test_a_server_that_drips_byte_by_byte_is_a_timeout(header: bytes) -> None:
    stopped = threading.Event()

    def drip(listening: socket.socket) -> None:
        client, _ = listening.accept()
        with client:
            client.recv(4096)
            client.sendall(b"HTTP/1.1 200 OK\r\n" + header + b"\r\n\r\n")
            while not stopped.wait(0.02):
                client.sendall(b"x")

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=_ignoring_reset(drip), args=(listening,))
        thread.start()
        hasty = Transport(Limits(timeout_seconds=0.1), "x")
        with pytest.raises(TransportError, match=r"not done after 0\.4 s") as raised:
            hasty.send(Request(f"http://127.0.0.1:{listening.getsockname()[1]}/", "x"))
        stopped.set()
        thread.join()
    hasty.close()
    assert raised.value.outcome is Outcome.TIMEOUT


def _ignoring_reset(serve: Any) -> Any:
    def run(listening: socket.socket) -> None:
        with contextlib.suppress(OSError):
            serve(listening)

    return run


@pytest.mark.parametrize(
    ("body", "headers", "outcome"),
    [
        (b"x" * 60_000, {}, Outcome.TOO_LARGE),
        (gzip.compress(bytes(60_000)), {"Content-Encoding": "gzip"}, Outcome.TOO_LARGE),
        (gzip.compress(b"x" * 999)[:-9], {"Content-Encoding": "gzip"}, Outcome.UNREADABLE),
    ],
    ids=["large", "bomb", "cut"],
)
def test_bodies_too_large_or_cut_are_refused(
    site: Any, transport: Transport, body: bytes, headers: dict[str, str], outcome: Outcome
) -> None:
    site.add("/api", body, headers=headers)
    with pytest.raises(TransportError) as raised:
        transport.send(Request(f"{site.url}/api", "x"))
    assert raised.value.outcome is outcome


def test_a_body_shorter_than_promised_is_no_answer(
    site: Any, crawling: Any, transport: Transport
) -> None:
    site.pages["/api"] = crawling.Page(
        raw=b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf of it"
    )
    with pytest.raises(TransportError) as raised:
        transport.send(Request(f"{site.url}/api", "x"))
    assert raised.value.retry


@pytest.mark.parametrize("answer", [b"\x00\x01garbage\r\n\r\n", b"", b"HTTP/1.1 banana\r\n\r\n"])
def test_what_is_not_http_is_no_answer(
    site: Any, crawling: Any, transport: Transport, answer: bytes
) -> None:
    site.pages["/api"] = crawling.Page(raw=answer)
    with pytest.raises(TransportError):
        transport.send(Request(f"{site.url}/api", "x"))


# Redirects and credentials ---------------------------------------------------------------------


def test_a_redirect_to_another_host_is_not_followed(
    site: Any, crawling: Any, transport: Transport
) -> None:
    other = crawling.Site()
    try:
        site.add("/api", status=302, headers={"Location": f"{other.url}/api"})
        with pytest.raises(TransportError, match="redirects to another host"):
            transport.send(Request(f"{site.url}/api", "x", headers={"Authorization": "Bearer s"}))
        assert other.asked == []
    finally:
        other.close()


def test_redirects_on_the_same_host_are_followed_but_not_for_ever(
    site: Any, transport: Transport
) -> None:
    site.add("/old", status=301, headers={"Location": "/new"})
    site.add("/new", "there")
    site.add("/loop", status=302, headers={"Location": "/loop"})
    assert transport.send(Request(f"{site.url}/old", "x")).body == b"there"
    with pytest.raises(TransportError, match="too many redirects"):
        transport.send(Request(f"{site.url}/loop", "x"))


def test_cookies_come_back_each_by_itself(site: Any, crawling: Any, transport: Transport) -> None:
    both = b"Set-Cookie: old=gone; Max-Age=0\r\nSet-Cookie: session=abc\r\nSet-Cookie: user=1\r\n"
    site.pages["/login"] = crawling.Page(
        raw=b"HTTP/1.1 200 OK\r\n" + both + b"Content-Length: 2\r\n\r\nok"
    )
    site.add("/api")
    transport.send(Request(f"{site.url}/login", "x"))
    transport.send(Request(f"{site.url}/api", "x"))
    assert site.asked[-1].headers["cookie"] == "session=abc; user=1"


def test_one_connection_serves_many_requests(site: Any, transport: Transport) -> None:
    ports = set()

    def remember(asked: Any) -> Any:
        ports.add(transport._connection.sock.getsockname()[1])  # type: ignore[union-attr]
        return pages[0]

    site.add("/page", "x")
    pages = [site.pages["/page"]]
    site.pages["/api"] = remember
    for _ in range(5):
        transport.send(Request(f"{site.url}/api", "x"))
    assert len(ports) == 1


def test_the_environments_proxy_is_asked_for_other_hosts_and_never_for_loopback(
    site: Any, transport: Transport, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.add("/api", "direct")
    site.add("http://wiki.example/api?x=1", "by proxy")
    monkeypatch.setenv("http_proxy", site.url)
    monkeypatch.delenv("no_proxy", raising=False)
    assert transport.send(Request(f"{site.url}/api", "x")).body == b"direct"
    assert transport.send(Request("http://wiki.example/api?x=1", "x")).body == b"by proxy"
    assert site.asked[-1].headers["host"] == "wiki.example"


def test_a_kept_connection_that_was_closed_is_opened_again(
    site: Any, crawling: Any, transport: Transport
) -> None:
    site.pages["/api"] = crawling.Page(
        raw=b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: keep-alive\r\n\r\nok"
    )
    for _ in range(3):
        assert transport.send(Request(f"{site.url}/api", "x")).body == b"ok"


def test_a_certificate_nobody_signed_is_refused_unless_told(tmp_path: Path) -> None:
    server = _tls_server(tmp_path)
    url = f"https://127.0.0.1:{server.server_port}/api"
    strict, lax = (Transport(LIMITS, "x", verify_tls=verify) for verify in (True, False))
    try:
        with pytest.raises(TransportError, match="TLS") as raised:
            strict.send(Request(url, "x"))
        assert not raised.value.retry
        assert lax.send(Request(url, "x")).body == b"secure"
    finally:
        strict.close()
        lax.close()
        server.shutdown()
        server.server_close()


# Patience --------------------------------------------------------------------------------------


def test_a_throttle_is_waited_out_as_long_as_it_says(
    site: Any, crawling: Any, transport: Transport
) -> None:
    answers = [
        json_page(crawling, {}, status=429, headers={"Retry-After": "7"}),
        json_page(crawling, {}, headers={"MediaWiki-API-Error": "maxlag", "Retry-After": "5"}),
        json_page(crawling, {"query": {}}),
    ]
    site.pages["/api"] = lambda asked: answers.pop(0)
    patience = Patience(transport, source(f"{site.url}/api"))
    assert patience.sender.send(Request(f"{site.url}/api", "x")).body == b'{"query": {}}'
    assert patience.waits == [7.0, 5.0]


@pytest.mark.parametrize(("retry_after", "waits"), [("100000", 0), ("1", MAX_THROTTLES)])
def test_a_throttle_without_end_ends_the_source(
    site: Any, crawling: Any, transport: Transport, retry_after: str, waits: int
) -> None:
    site.pages["/api"] = json_page(crawling, {}, status=429, headers={"Retry-After": retry_after})
    patience = Patience(transport, source(f"{site.url}/api"))
    with pytest.raises(TransportError, match="throttled") as raised:
        patience.sender.send(Request(f"{site.url}/api", "x"))
    assert raised.value.outcome is Outcome.BLOCKED
    assert len(patience.waits) == waits


def test_passing_failures_are_tried_again_and_lasting_ones_handed_on(
    site: Any, crawling: Any, transport: Transport
) -> None:
    good, bad = json_page(crawling, {"query": {}}), json_page(crawling, {}, status=502)
    answers = [bad, good, bad, bad, bad]
    site.pages["/api"] = lambda asked: answers.pop(0)
    patience = Patience(transport, source(f"{site.url}/api"))
    assert patience.sender.send(Request(f"{site.url}/api", "x")).status == 200
    assert patience.sender.send(Request(f"{site.url}/api", "x")).status == 502
    assert len(patience.waits) == 3


def test_a_fixed_rate_is_kept(site: Any, crawling: Any, transport: Transport) -> None:
    site.pages["/api"] = json_page(crawling, {})
    patience = Patience(transport, source(f"{site.url}/api", pace=Pace(requests_per_second=2)))
    for _ in range(4):
        patience.sender.send(Request(f"{site.url}/api", "x"))
    assert patience.waits == [0.5, 0.5, 0.5]


# Whole runs ------------------------------------------------------------------------------------


def test_a_log_in_page_instead_of_the_api_deletes_nothing(
    site: Any, crawling: Any, tmp_path: Path
) -> None:
    with SnapshotStore(tmp_path / "sellby.db") as store:
        wiki = _Wiki(site, crawling, 3)
        read = source(f"{site.url}/api.php")
        told: list[tuple[int, str]] = []
        first = crawl_kms(CrawlConfig(), read, store, progress=lambda *each: told.append(each))
        assert first.counts == {"ok": 3}
        assert told[-1] == (3, f"{site.url}/wiki/3")
        assert site.asked[0].headers["user-agent"].startswith("Sellby/")
        wiki.answer = crawling.Page(b"<title>Log in</title>", headers={"Content-Type": "text/html"})
        second = crawl_kms(CrawlConfig(), read, store)
        assert [problem.kind for problem in second.problems] == ["not_json"]
        assert len(list(store.latest())) == 3


def test_a_probe_says_what_a_crawl_would_meet(site: Any, crawling: Any) -> None:
    wiki = _Wiki(site, crawling, 3)
    read = source(f"{site.url}/api.php")
    assert probe_kms(CrawlConfig(), read).endswith("answers as mediawiki: 3 articles readable")
    error = {"error": {"code": "readapidenied", "info": "You need read permission."}}
    wiki.answer = json_page(crawling, error)
    with pytest.raises(SourceError, match="You need read permission"):
        probe_kms(CrawlConfig(), read)
    wiki.answer = crawling.Page(raw=b"")
    with pytest.raises(SourceError, match="connection closed"):
        probe_kms(CrawlConfig(), source(f"{site.url}/api.php", limits=Limits(retries=0)))


def test_a_wiki_without_a_page_is_no_success(site: Any, crawling: Any) -> None:
    _Wiki(site, crawling, 0)
    with pytest.raises(SourceError, match="shows no document"):
        probe_kms(CrawlConfig(), source(f"{site.url}/api.php"))


def test_an_interrupt_is_stored_and_raised(site: Any, crawling: Any, tmp_path: Path) -> None:
    def interrupt(done: int, url: str) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with SnapshotStore(tmp_path / "sellby.db") as store:
        _Wiki(site, crawling, 5)
        read = source(f"{site.url}/api.php")
        with pytest.raises(KeyboardInterrupt):
            crawl_kms(CrawlConfig(), read, store, progress=interrupt)
        record = store.last_crawl("wiki")
        assert record is not None
        assert (record.state, record.problems[0].kind) == ("partial", "interrupted")
        assert len(list(store.latest())) == 2
        assert crawl_kms(CrawlConfig(), read, store).counts == {"ok": 3, "unchanged": 2}


class _Wiki:
    """As much of MediaWiki's API as a full listing needs, on a site of the tests."""

    def __init__(self, site: Any, crawling: Any, articles: int) -> None:
        self.answer: Any = None
        self._url = site.url
        self._crawling = crawling
        self._articles = articles
        site.pages = _Anything(self._answered)

    def _answered(self, asked: Any) -> Any:
        if self.answer is not None:
            return self.answer
        if "siteinfo" in asked.path:
            now = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
            namespaces = {"0": {"name": "", "content": True}}
            general = {"generator": "MediaWiki"}
            body: Any = {
                "curtimestamp": now,
                "query": {"general": general, "namespaces": namespaces},
            }
        elif "action=parse" in asked.path:
            body = {"parse": {"text": f"<p>{asked.path.partition('pageid=')[2][:1]} EUR"}}
        else:
            body = {"batchcomplete": True, "query": {"pages": self._pages()}}
        return json_page(self._crawling, body)

    def _pages(self) -> list[dict[str, Any]]:
        return [
            {
                "pageid": n,
                "ns": 0,
                "title": f"Pump {n}",
                "lastrevid": n,
                "touched": "x",
                "canonicalurl": f"{self._url}/wiki/{n}",
            }
            for n in range(1, self._articles + 1)
        ]


class _Anything(dict[str, Any]):
    """Answers every path alike."""

    def __init__(self, answer: Any) -> None:
        super().__init__()
        self._answer = answer

    def get(self, key: str, default: Any = None) -> Any:
        return self._answer


def _tls_server(folder: Path) -> ThreadingHTTPServer:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: Any) -> None:
            pass

        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", "6")
            self.end_headers()
            self.wfile.write(b"secure")

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    pem = folder / "server.pem"
    pem.write_bytes(
        certificate.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.socket = context.wrap_socket(
        server.socket, server_side=True, do_handshake_on_connect=False
    )
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    return server
