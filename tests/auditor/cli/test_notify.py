"""``sellby notify``: what is sent, what is only shown, and what must not stand in the file."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Company

POSTS: list[dict[str, object]] = []


class _Hook(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        POSTS.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_args: object) -> None:
        pass


@pytest.fixture
def hook(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    POSTS.clear()
    server = HTTPServer(("127.0.0.1", 0), _Hook)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    url = f"http://127.0.0.1:{server.server_port}/s3cret"
    monkeypatch.setenv("CHAT_WEBHOOK", url)
    yield url
    server.shutdown()
    thread.join()
    server.server_close()


def with_hook(company: Company, url: str = "${CHAT_WEBHOOK}") -> None:
    config = company.directory / "config.yaml"
    notify = f"notify:\n  webhooks:\n    ops: {{kind: teams, url: '{url}'}}\n"
    config.write_text(config.read_text() + notify)


def test_without_a_channel_nobody_is_told(audited: Company) -> None:
    assert "nobody is told" in audited.sellby("notify").stderr


def test_a_dry_run_shows_the_messages_and_sends_nothing(audited: Company, hook: str) -> None:
    with_hook(audited)
    shown = audited.sellby("notify", "--dry-run").stdout
    assert "teams to ops: Acme: 2 new" in shown
    assert POSTS == []
    (sent,) = audited.read("notify")
    assert (sent["state"], sent["recipient"]) == ("sent", "ops")
    assert len(POSTS) == 1


def test_the_nightly_run_tells_once_and_its_files_hold_no_address(
    audited: Company, hook: str
) -> None:
    with_hook(audited)
    first = audited.read("run", "--no-crawl")
    assert first["notices"] == {"sent": 1, "waiting": 0}
    assert audited.read("run", "--no-crawl")["notices"] == {"sent": 0, "waiting": 0}
    assert len(POSTS) == 1
    listed = audited.read("notify", "--list")
    assert [(n["state"], n["kind"]) for n in listed] == [("sent", "lead")]
    for path in audited.directory.rglob("*"):
        if path.is_file() and path.name != "config.yaml":
            assert b"s3cret" not in path.read_bytes()


def test_nobody_is_told_where_the_run_is_asked_not_to(audited: Company, hook: str) -> None:
    with_hook(audited)
    audited.sellby("-q", "run", "--no-crawl", "--no-notify")
    assert POSTS == []


def test_an_address_of_a_chat_in_the_file_is_a_mistake(audited: Company) -> None:
    with_hook(audited, "https://hooks.example/T0/B0")
    result = audited.sellby("notify", code=2)
    assert "notify.webhooks.ops.url: a secret stands in this file" in result.stderr


def test_a_variable_that_is_missing_is_named_only_where_it_is_needed(audited: Company) -> None:
    with_hook(audited)
    assert "CHAT_WEBHOOK" in audited.sellby("notify", code=2).stderr
    audited.sellby("findings")
