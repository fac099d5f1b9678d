"""Signing in: forms, tokens and cookies, what is refused, and a session that ends half-way."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest

from crawler.config import CrawlConfig, SignIn, WebsiteSource
from crawler.errors import SourceError
from crawler.run import crawl
from crawler.sign_in import sign_in
from crawler.store import SnapshotStore

WALL = (
    "<title>Log in</title><h1>Log in</h1><p>Please log in to see this page.</p>"
    "<form action='/login' method=post><input type=hidden name=csrf value=t-1>"
    "<input name=email><input type=password name=password>"
    "<button name=go value=in>Log in</button></form>"
)
PROSE = "<p>" + "A page about valves, seals and pumps with some words to read on it. " * 12


class Members:
    """A shop whose pages are for members; ``lasts`` is how many pages a session is good for."""

    def __init__(self, lasts: int = 1000) -> None:
        self.lasts = lasts
        self.posted: list[dict[str, list[str]]] = []
        self.cookies: dict[str, str] = {}
        self.tokens: list[str] = []
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
                shop.cookies[self.path] = self.headers.get("Cookie", "")
                given = self.headers.get("Authorization", "")
                if self.path in ("/robots.txt", "/sitemap.xml"):
                    self._send(404, "")
                elif self.path == "/login":
                    self._send(200, WALL, {"Set-Cookie": "visit=1; Path=/"})
                elif given == "Bearer right" or given == basic("pm", "hunter2"):
                    self._page()
                elif "session=open" in self.headers.get("Cookie", "") and shop.lasts > 0:
                    shop.lasts -= 1
                    self._page()
                else:
                    self._send(200, WALL)

            def do_POST(self) -> None:
                size = int(self.headers["Content-Length"])
                fields = parse_qs(self.rfile.read(size).decode(), keep_blank_values=True)
                shop.posted.append(fields)
                if self.path == "/token":
                    shop.tokens.append(self.headers.get("Authorization", ""))
                    good = self.headers["Authorization"] == basic("client", "hunter2")
                    told = (
                        {"access_token": "right", "token_type": "Bearer"}
                        if good
                        else {"error": "invalid_client"}
                    )
                    self._send(200 if good else 401, json.dumps(told), {}, "application/json")
                elif fields.get("password") == ["hunter2"] and fields.get("csrf") == ["t-1"]:
                    to = {"Location": "/", "Set-Cookie": "session=open; Path=/; HttpOnly"}
                    self._send(303, "", to)
                else:
                    self._send(200, WALL)

            def _page(self) -> None:
                links = "".join(f"<a href='/p{n}'>p{n}</a> " for n in range(9))
                self._send(200, f"<title>{self.path}</title><h1>{self.path}</h1>{links}{PROSE}")

            def _send(
                self,
                status: int,
                text: str,
                headers: dict[str, str] | None = None,
                kind: str = "text/html",
            ) -> None:
                self.send_response(status)
                for name, value in (headers or {}).items():
                    self.send_header(name, value)
                body = text.encode()
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        return Handler


def basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


@pytest.fixture
def shop() -> Iterator[Members]:
    opened = Members()
    yield opened
    opened.close()


def source(shop: Members, how: dict[str, Any]) -> WebsiteSource:
    return WebsiteSource.model_validate(
        {
            "name": "shop",
            "start": [f"{shop.url}/"],
            "pace": {"autothrottle": False, "concurrency": 1},
            "limits": {"retries": 0},
            "sign_in": how,
        }
    )


def form(shop: Members, **more: Any) -> dict[str, Any]:
    fields = {"email": "pm@x.example", "password": "hunter2"}
    return {"kind": "form", "url": f"{shop.url}/login", "fields": fields, **more}


def outcomes(shop: Members, path: Path, how: dict[str, Any]) -> tuple[dict[str, str], list[str]]:
    with SnapshotStore(path) as store:
        summary = crawl(CrawlConfig(), source(shop, how), store)
        seen = {
            visit.url.removeprefix(shop.url): visit.outcome.value
            for visit in store.last_visits("shop")
        }
    return seen, [problem.kind for problem in summary.problems]


@pytest.mark.parametrize(
    ("how", "missing"),
    [
        ({"kind": "basic", "user": "pm"}, "password"),
        ({"kind": "bearer"}, "token"),
        ({"kind": "form", "url": "http://x/login"}, "fields"),
        ({"kind": "cookie"}, "cookies"),
        ({"kind": "oauth2", "url": "http://x/token"}, "user and password"),
    ],
)
def test_what_a_kind_of_sign_in_lacks_is_named(how: dict[str, Any], missing: str) -> None:
    with pytest.raises(ValueError, match=f"needs {missing}"):
        SignIn.model_validate(how)


def test_a_wrong_password_starts_nothing(shop: Members) -> None:
    how = form(shop, fields={"email": "a", "password": "wrong"})
    with pytest.raises(SourceError, match="asks for the password again"):
        sign_in(source(shop, how), (shop.url,), "Sellby")
    how = form(shop, fields={"email": "a", "password": "wrong"}, signed_in="Log out")
    with pytest.raises(SourceError, match=r"does not contain sign_in.signed_in"):
        sign_in(source(shop, how), (shop.url,), "Sellby")


def test_a_field_that_the_form_has_not_is_named_beside_those_it_has(shop: Members) -> None:
    how = form(shop, fields={"login": "a", "password": "hunter2"})
    with pytest.raises(SourceError, match=r"no field login; it has csrf, email"):
        sign_in(source(shop, how), (shop.url,), "Sellby")


def test_a_refused_client_says_what_to_check(shop: Members) -> None:
    how = {"kind": "oauth2", "url": f"{shop.url}/token", "user": "client", "password": "no"}
    with pytest.raises(SourceError, match=r"401 invalid_client.*sign_in.user, password"):
        sign_in(source(shop, how), (shop.url,), "Sellby")


def test_credentials_go_to_the_source_s_own_origins_only(shop: Members) -> None:
    found = sign_in(source(shop, form(shop)), (shop.url,), "Sellby")
    assert "session=open" in found.headers_for(f"{shop.url}/p1")["Cookie"]
    assert found.headers_for("http://127.0.0.1:9/") == {}
    assert "session" not in repr(found)


def test_a_form_is_sent_with_its_hidden_fields_and_the_pages_are_read(
    shop: Members, tmp_path: Path
) -> None:
    seen, problems = outcomes(shop, tmp_path / "a.db", form(shop))
    assert shop.posted[0]["csrf"] == ["t-1"]
    assert shop.posted[0]["go"] == ["in"]
    assert {seen[f"/p{n}"] for n in range(9)} == {"ok"}
    assert problems == []


@pytest.mark.parametrize(
    "how",
    [
        {"kind": "basic", "user": "pm", "password": "hunter2"},
        {"kind": "bearer", "token": "right"},
        {"kind": "cookie", "cookies": {"session": "open"}},
    ],
)
def test_every_way_of_signing_in_reads_the_pages(
    shop: Members, tmp_path: Path, how: dict[str, Any]
) -> None:
    seen, problems = outcomes(shop, tmp_path / "a.db", how)
    assert seen["/p3"] == "ok"
    assert problems == []


def test_client_credentials_are_changed_for_a_token(shop: Members, tmp_path: Path) -> None:
    how = {"kind": "oauth2", "url": f"{shop.url}/token", "user": "client", "password": "hunter2"}
    seen, problems = outcomes(shop, tmp_path / "a.db", how)
    assert seen["/p3"] == "ok"
    assert shop.posted[0] == {"grant_type": ["client_credentials"]}
    assert problems == []


def test_a_session_that_ends_leaves_the_rest_for_the_next_run(tmp_path: Path) -> None:
    shop = Members(lasts=5)  # two of them for the page after the log-in and the start
    try:
        seen, problems = outcomes(shop, tmp_path / "a.db", form(shop))
        assert problems == ["login_wall"]
        walls = list(seen.values()).count("login_wall")
        assert 3 <= walls <= 5  # one or two may be under way when the third is met
        assert len(seen) < 10
        shop.lasts = 1000
        seen, problems = outcomes(shop, tmp_path / "a.db", form(shop))
    finally:
        shop.close()
    assert problems == []
    assert {seen[f"/p{n}"] for n in range(9)} <= {"ok", "unchanged"}


def test_no_secret_reaches_the_database_or_a_dump(shop: Members, tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    outcomes(shop, path, form(shop))
    stored = b"".join(p.read_bytes() for p in tmp_path.iterdir())
    assert b"session=open" not in stored
    assert b"hunter2" not in stored
    assert "hunter2" not in source(shop, form(shop)).model_dump_json()
