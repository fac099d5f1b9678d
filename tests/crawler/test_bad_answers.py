"""One crawl of a site where everything that goes wrong on real servers goes wrong at once."""

from __future__ import annotations

import gzip
import socket
import threading
import zlib

import pytest
import zstandard

HTML = {"Content-Type": "text/html; charset=utf-8"}
BOMB = gzip.compress(bytes(30_000_000), 9)


def whole(words: str) -> bytes:
    return f"<!doctype html><title>Valve</title><h1>Valve</h1><p>{words}</p>".encode()


@pytest.fixture(scope="module")
def crawled(crawling, tmp_path_factory):
    site = crawling.Site()
    other = crawling.Site()
    other.link("/", text="another site")
    refused = socket.socket()
    refused.bind(("127.0.0.1", 0))  # bound but not listening: connections are refused
    page = whole(crawling.WORDS)
    packed = gzip.compress(page)

    def add(path, body=b"", status=200, **headers):
        site.add(
            path, body, status=status, headers={k.replace("_", "-"): v for k, v in headers.items()}
        )

    add("/good", page)
    add(
        "/malformed",
        b"<html><body><div><p>unclosed <table><tr><td>9.99 <a href='/from-malformed'>x</b>" + page,
    )
    site.link("/from-malformed")
    add("/latin", b"<p>Gr\xfc\xdfe " + page, Content_Type="text/html; charset=utf-8")
    add("/no-type", page, Content_Type="")
    add("/empty", b"")
    add("/blank", b" \r\n ")
    add("/image", b"\x89PNG\r\n\x1a\n" + bytes(500), Content_Type="image/png")
    add("/binary", bytes(range(256)) * 40)
    add("/gone404", page, 404)
    add("/gone410", page, 410)
    add("/private", page, 401)
    add("/forbidden", page, 403)
    add("/legal", page, 451)
    add("/teapot", page, 418)
    add("/error500", page, 500)
    add("/error503", page, 503)
    add("/too-many", b"", 429)
    add("/gzip", packed, Content_Encoding="gzip")
    add(
        "/gzip-two-members",
        gzip.compress(page[:90]) + gzip.compress(page[90:]),
        Content_Encoding="gzip",
    )
    add("/gzip-cut", packed[: len(packed) // 2], Content_Encoding="gzip")
    add("/gzip-no-trailer", packed[:-8], Content_Encoding="gzip")
    add("/gzip-is-not", page, Content_Encoding="gzip")
    add("/gzip-of-nothing", gzip.compress(b""), Content_Encoding="gzip")
    add("/deflate", zlib.compress(page), Content_Encoding="deflate")
    add("/zstd", zstandard.compress(page), Content_Encoding="zstd")
    add("/zstd-cut", zstandard.compress(page)[:-20], Content_Encoding="zstd")
    add("/unknown-encoding", page, Content_Encoding="compress")
    add("/bomb", BOMB, Content_Encoding="gzip")
    add("/bomb-in-bomb", gzip.compress(BOMB), Content_Encoding="gzip, gzip")
    add("/large", b"<p>" + b"x" * 300_000)
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
    site.pages["/declared-50mb"] = crawling.Page(raw=head + b"Content-Length: 52428800\r\n\r\n<p>")
    chunk = b"10000\r\n" + b"x" * 65536 + b"\r\n"
    endless = head + b"Transfer-Encoding: chunked\r\n\r\n" + chunk * 800
    site.pages["/chunked-50mb"] = crawling.Page(raw=endless)
    site.pages["/short-body"] = crawling.Page(
        raw=head + b"Content-Length: 5000\r\n\r\n" + page[:100]
    )
    site.pages["/cut-chunk"] = crawling.Page(
        raw=head + b"Transfer-Encoding: chunked\r\n\r\n500\r\n<p>"
    )
    site.pages["/garbage"] = crawling.Page(raw=b"\x16\x03\x01\x02 this is no HTTP\r\n\r\n")
    site.pages["/closes"] = crawling.Page(raw=b"")
    site.pages["/hangs"] = crawling.Page(hang=True)
    moved = {
        "/moved": "/moved-to",
        "/loop-a": "/loop-b",
        "/loop-b": "/loop-a",
        "/self": "/self",
        "/metadata": "http://169.254.169.254/latest/meta-data/",
        "/decimal": "http://2852039166/latest/",
        "/mapped": "http://[::ffff:169.254.169.254]/",
        "/other-host": f"{other.url}/",
        "/localhost": "http://localhost:1/",
        "/file": "file:///etc/passwd",
        "/no-port": f"http://127.0.0.1:{refused.getsockname()[1]}/",
        "/walled": "/account/login?next=%2Fwalled",
        "/nowhere": "",
    }
    for path, target in moved.items():
        add(path, b"", 302, **({"Location": target} if target else {}))
    site.link("/moved-to")
    site.link("/account/login?next=%2Fwalled")
    for number in range(15):
        add(f"/hop/{number}", b"", 302, Location=f"/hop/{number + 1}")
    wanted = {}

    def cookie_wall(asked):
        wanted.setdefault("cookies", []).append(asked.headers.get("cookie"))
        if asked.headers.get("cookie") == "seen=1":
            return crawling.Page(page, headers=HTML)
        return crawling.Page(
            status=302, headers={"Location": "/cookie-wall", "Set-Cookie": "seen=1; Path=/"}
        )

    site.pages["/cookie-wall"] = cookie_wall
    add("/refresh", b'<meta http-equiv="refresh" content="0; url=/refreshed"><p>Moving on')
    site.link("/refreshed")
    add(
        "/login",
        b"<title>Log in</title><h1>Log in</h1><p>Please log in to continue.<input type=password>",
    )
    site.link(
        "/",
        *[
            path
            for path in site.pages
            if not path.startswith(("/from", "/hop", "/moved-to", "/account", "/refreshed"))
        ],
        "/hop/0",
    )
    try:
        limits = crawling.SHORT.model_copy(update={"timeout_seconds": 6})
        path = tmp_path_factory.mktemp("bad") / "s.db"
        yield crawling.crawl(site, path, limits=limits), site, other, wanted
    finally:
        site.close()
        other.close()
        refused.close()
    assert threading.active_count() < 20


OUTCOMES = {
    "/": "ok",
    "/good": "ok",
    "/malformed": "ok",
    "/from-malformed": "ok",
    "/latin": "ok",
    "/no-type": "ok",
    "/empty": "unreadable",
    "/blank": "unreadable",
    "/image": "unreadable",
    "/binary": "unreadable",
    "/gone404": "gone",
    "/gone410": "gone",
    "/private": "login_wall",
    "/forbidden": "blocked",
    "/legal": "blocked",
    "/teapot": "blocked",
    "/error500": "server_error",
    "/error503": "server_error",
    "/too-many": "blocked",
    "/gzip": "ok",
    "/gzip-two-members": "ok",
    "/gzip-cut": "unreadable",
    "/gzip-no-trailer": "unreadable",
    "/gzip-is-not": "unreadable",
    "/gzip-of-nothing": "unreadable",
    "/deflate": "ok",
    "/zstd": "ok",
    "/zstd-cut": "unreadable",
    "/unknown-encoding": "unreadable",
    "/bomb": "too_large",
    "/bomb-in-bomb": "too_large",
    "/large": "too_large",
    "/declared-50mb": "too_large",
    "/chunked-50mb": "too_large",
    "/short-body": "unreadable",
    "/cut-chunk": "unreadable",
    "/garbage": "server_error",
    "/closes": "server_error",
    "/hangs": "timeout",
    "/moved": "redirected",
    "/moved-to": "ok",
    "/loop-a": "redirected",
    "/loop-b": "redirected",
    "/self": "redirected",
    "/hop/0": "redirected",
    "/hop/10": "redirected",
    "/metadata": "refused",
    "/decimal": "refused",
    "/mapped": "refused",
    "/other-host": "refused",
    "/localhost": "refused",
    "/file": "refused",
    "/no-port": "refused",
    "/walled": "login_wall",
    "/nowhere": "redirected",
    "/cookie-wall": "ok",
    "/refresh": "redirected",
    "/refreshed": "ok",
    "/login": "login_wall",
}


@pytest.mark.parametrize(("path", "outcome"), OUTCOMES.items())
def test_every_answer_ends_in_its_outcome(crawled, path, outcome):
    result = crawled[0]

    assert result.outcome(path) == outcome, result.detail(path)


@pytest.mark.parametrize("path", [p for p, o in OUTCOMES.items() if o not in ("ok", "unchanged")])
def test_whatever_is_no_content_says_why(crawled, path):
    assert crawled[0].detail(path)


def test_the_crawl_of_a_broken_site_ends_complete(crawled):
    assert crawled[0].summary.complete
    assert crawled[0].summary.visits == len(crawled[0].visits)


def test_no_request_leaves_the_site(crawled):
    assert crawled[2].asked == []


def test_a_redirect_says_where_it_points(crawled):
    result, site, _, _ = crawled

    assert result.visits[f"{site.url}/moved"].target == f"{site.url}/moved-to"


def test_a_chain_of_redirects_ends_at_the_limit(crawled):
    assert "/hop/10" in crawled[1].paths()
    assert "/hop/11" not in crawled[1].paths()


def test_cookies_live_for_one_page_only(crawled):
    assert crawled[3]["cookies"] == [None, "seen=1"]
    assert all("cookie" not in a.headers for a in crawled[1].asked if a.path != "/cookie-wall")


def test_a_picture_is_not_downloaded_to_be_thrown_away(crawled):
    result, site, _, _ = crawled

    assert result.visits[f"{site.url}/image"].bytes_received == 0


def test_every_request_names_its_sender(crawled):
    assert all(asked.headers["user-agent"].startswith("Sellby/") for asked in crawled[1].asked)
