"""The invented company online: its shop and its wiki, over real HTTP on loopback.

The shop answers conditional requests; the wiki speaks the part of MediaWiki's action API
(formatversion 2) that reading needs: siteinfo, allpages, info, revisions, recentchanges,
logevents and parse. Source: https://www.mediawiki.org/wiki/API:Main_page
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

SHOP = "http://shop.brightwater.example"
WIKI = "http://wiki.brightwater.example"
SHOP_PORT = 8731
WIKI_PORT = 8732


@dataclass(frozen=True, slots=True)
class Answer:
    """What a site says to one request."""

    body: bytes
    media_type: str = "text/html; charset=utf-8"
    status: int = 200


Site = Callable[[str, Mapping[str, str]], Answer]


@contextmanager
def online(site: Site, port: int) -> Iterator[int]:
    """Serve ``site`` on 127.0.0.1 while the context lasts; yields the port.

    ``port`` is preferred; a free one is taken where it is busy.
    """
    server = _bind(site, port)
    thread = threading.Thread(target=server.serve_forever, daemon=True, name=f"demo-{port}")
    thread.start()
    try:
        yield int(server.server_address[1])
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=5)


def shop_site(pages: Mapping[str, str], sitemap: str) -> Site:
    """The shop: ``pages`` by path, with robots.txt and a sitemap."""
    files = {"/sitemap.xml": Answer(sitemap.encode(), "application/xml")}
    robots = f"User-agent: *\nDisallow: /search\nSitemap: {SHOP}/sitemap.xml\n"
    files["/robots.txt"] = Answer(robots.encode(), "text/plain")

    def answer(path: str, _query: Mapping[str, str]) -> Answer:
        if path in files:
            return files[path]
        if path in pages:
            return Answer(pages[path].encode())
        return Answer(b"<h1>Not found</h1>", status=404)

    return answer


class WikiSite:
    """The wiki: articles by title; an edit gives the article a new revision."""

    def __init__(self, articles: Mapping[str, str], edited_at: Mapping[str, datetime]) -> None:
        self._pages: list[dict[str, Any]] = [
            {
                "pageid": number,
                "ns": 0,
                "title": title,
                "html": html,
                "touched": _iso(edited_at[title]),
                "revision": number * 10_000 + int(hashlib.md5(html.encode()).hexdigest()[:3], 16),
            }
            for number, (title, html) in enumerate(sorted(articles.items()), 1)
        ]

    def __call__(self, path: str, query: Mapping[str, str]) -> Answer:
        """Answer one request."""
        if path == "/api.php":
            return _json(self._api(query))
        title = path.removeprefix("/wiki/").replace("_", " ")
        for page in self._pages:
            if page["title"] == title:
                return Answer(f"<h1>{title}</h1>{page['html']}".encode())
        return Answer(b"<h1>There is no such article</h1>", status=404)

    def _api(self, query: Mapping[str, str]) -> dict[str, Any]:
        if query.get("action") == "parse":
            return self._parse(query)
        result: dict[str, Any] = {}
        if "siteinfo" in query.get("meta", ""):
            result["general"] = {
                "sitename": "Brightwater knowledge base",
                "generator": "MediaWiki 1.39.17",
                "server": WIKI,
                "articlepath": "/wiki/$1",
                "script": "/index.php",
                "scriptpath": "",
                "lang": "en",
            }
            result["namespaces"] = {
                "0": {"id": 0, "case": "first-letter", "name": "", "content": True}
            }
        if "allpages" in query.get("generator", "") or {"pageids", "titles"} & set(query):
            result["pages"] = [self._info(page) for page in self._wanted(query)]
        for name in query.get("list", "").split("|"):
            if name == "allpages":
                keys = ("pageid", "ns", "title")
                result[name] = [{key: page[key] for key in keys} for page in self._pages]
            elif name == "recentchanges":
                result[name] = [self._change(p) for p in self._changed_since(query.get("rcstart"))]
            elif name == "logevents":
                result[name] = []
        return {
            "batchcomplete": True,
            "curtimestamp": _iso(datetime.now(UTC)),
            "query": result,
        }

    def _wanted(self, query: Mapping[str, str]) -> list[dict[str, Any]]:
        ids = set(query.get("pageids", "").split("|")) - {""}
        titles = set(query.get("titles", "").split("|")) - {""}
        if not ids and not titles:
            return self._pages
        return [p for p in self._pages if str(p["pageid"]) in ids or p["title"] in titles]

    def _changed_since(self, since: str | None) -> list[dict[str, Any]]:
        oldest_first = sorted(self._pages, key=lambda page: page["touched"])
        return [page for page in oldest_first if since is None or page["touched"] >= since]

    def _info(self, page: Mapping[str, Any]) -> dict[str, Any]:
        slug = quote(page["title"].replace(" ", "_"))
        return {
            "pageid": page["pageid"],
            "ns": 0,
            "title": page["title"],
            "contentmodel": "wikitext",
            "pagelanguage": "en",
            "touched": page["touched"],
            "lastrevid": page["revision"],
            "length": len(page["html"]),
            "fullurl": f"{WIKI}/wiki/{slug}",
            "editurl": f"{WIKI}/index.php?title={slug}&action=edit",
            "canonicalurl": f"{WIKI}/wiki/{slug}",
            "revisions": [
                {"revid": page["revision"], "user": "Desk", "timestamp": page["touched"]}
            ],
        }

    def _change(self, page: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "type": "edit",
            "ns": 0,
            "title": page["title"],
            "pageid": page["pageid"],
            "revid": page["revision"],
            "old_revid": page["revision"] - 1,
            "rcid": page["revision"],
            "user": "Desk",
            "timestamp": page["touched"],
        }

    def _parse(self, query: Mapping[str, str]) -> dict[str, Any]:
        for page in self._pages:
            keys = (str(page["pageid"]), page["title"], str(page["revision"]))
            asked = (query.get("pageid"), query.get("page"), query.get("oldid"))
            if any(wanted == key for wanted, key in zip(asked, keys, strict=True)):
                return {
                    "parse": {
                        "title": page["title"],
                        "pageid": page["pageid"],
                        "revid": page["revision"],
                        "displaytitle": page["title"],
                        "text": f'<div class="mw-parser-output">{page["html"]}</div>',
                    }
                }
        return {"error": {"code": "missingtitle", "info": "The page you asked for does not exist."}}


def _bind(site: Site, port: int) -> ThreadingHTTPServer:
    handler = type("Handler", (_Handler,), {"site": staticmethod(site)})
    try:
        return ThreadingHTTPServer(("127.0.0.1", port), handler)
    except OSError:
        return ThreadingHTTPServer(("127.0.0.1", 0), handler)


class _Handler(BaseHTTPRequestHandler):
    site: Site
    protocol_version = "HTTP/1.1"
    server_version = "Brightwater"
    sys_version = ""

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        self._send(self.site(parts.path, query))

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        query = parse_qs(urlsplit(self.path).query) | parse_qs(self.rfile.read(length).decode())
        values = {name: texts[-1] for name, texts in query.items()}
        self._send(self.site(urlsplit(self.path).path, values))

    def _send(self, answer: Answer) -> None:
        etag = f'"{hashlib.sha256(answer.body).hexdigest()[:16]}"'
        fresh = self.headers.get("If-None-Match") == etag
        body = b"" if fresh else answer.body
        self.send_response(304 if fresh else answer.status)
        self.send_header("Content-Type", answer.media_type)
        if answer.status == 200:
            self.send_header("ETag", etag)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the demo talks itself."""


def _json(value: object) -> Answer:
    return Answer(json.dumps(value).encode(), "application/json")


def _iso(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
