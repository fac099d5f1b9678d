"""An invented web shop on loopback, in a process of its own, for crawls to be timed on.

    python benchmarks/invented_site.py PAGES

Product pages of 60-120 KB with some 200 links each, listings, a sitemap; gzip, ETag, 304. The port
is printed; it serves until stdin closes.
"""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import json
import random
import subprocess
import sys
import time
from typing import ClassVar
from urllib.request import ProxyHandler, build_opener

HELP = 13


class Site:
    """Pages made from a seed, so that every process that asks for one gets the same bytes."""

    def __init__(self, pages: int) -> None:
        self.pages = pages
        self.listings = max(100, pages // 40)
        self.changed: set[int] = set()

    def paths(self) -> list[str]:
        return [
            "/",
            *(f"/products/p{n:05d}.html" for n in range(self.pages)),
            *(f"/list/{n}.html" for n in range(self.listings)),
            *(f"/help/{n}.html" for n in range(HELP)),
        ]

    def body(self, path: str) -> bytes | None:
        if path == "/robots.txt":
            return b"User-agent: *\nDisallow: /private/\nSitemap: {base}/sitemap.xml\n"
        if path == "/sitemap.xml":
            urls = "".join(f"<url><loc>{{base}}{path}</loc></url>" for path in self.paths())
            head = (
                '<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
            )
            return f"{head}{urls}</urlset>".encode()
        if path == "/":
            return self._page("Start", [f"/list/{n}.html" for n in range(self.listings)], "", 0)
        if path.startswith("/list/"):
            number = int(path[6:-5])
            step = -(-self.pages // self.listings)
            here = range(number * step, min(self.pages, number * step + step))
            links = [f"/products/p{n:05d}.html" for n in here]
            return self._page(f"List {number}", links, "", number)
        if path.startswith("/help/"):
            return self._page("Help", [], "<p>How to order, in a few words.</p>" * 20, 1)
        if path.startswith("/products/p"):
            return self._product(int(path[11:-5]))
        return None

    def _product(self, number: int) -> bytes:
        rng = random.Random(number)
        price = rng.randint(100, 99999) / 100 + (1 if number in self.changed else 0)
        rows = "".join(
            f"<tr><th>Property {i}</th><td>{rng.randint(1, 999)} mm</td></tr>" for i in range(60)
        )
        words = ("valve", "steel", "sensor", "range", "pump", "seal", "with", "for", "and", "high")
        target = rng.randint(60_000, 118_000)
        text = []
        size = 0
        while size < target - 32_000:
            sentence = " ".join(rng.choice(words) for _ in range(14))
            text.append(f"<p>{sentence.capitalize()} {rng.randint(1, 10**9)}.</p>")
            size += len(text[-1])
        data = json.dumps(
            {
                "@context": "https://schema.org",
                "@type": "Product",
                "sku": f"P-{number:05d}",
                "offers": {"@type": "Offer", "price": f"{price:.2f}", "priceCurrency": "EUR"},
            }
        )
        links = [f"/products/p{(number + i * 37) % self.pages:05d}.html" for i in range(1, 90)]
        main = (
            f'<script type="application/ld+json">{data}</script><p class="price">{price:.2f} EUR'
            f"</p><table>{rows}</table>{''.join(text)}"
        )
        return self._page(f"Product P-{number:05d}", links, main, number)

    def _page(self, title: str, links: list[str], main: str, seed: int) -> bytes:
        menu = "".join(
            f'<li class="menu-item level-{n % 3}"><a class="menu-link" href="/list/'
            f'{n}.html">Category {n} with a long name</a></li>'
            for n in range(100)
        )
        anchors = "".join(
            f'<a class="teaser teaser--small" href="{link}"><span>See {link[-11:-5]}</span></a>'
            for link in links
        )
        foot = "".join(
            f'<a href="https://other.example/{n}">Partner {n}</a>'
            f'<a href="/help/{n}.html">Help {n}</a>'
            for n in range(HELP)
        )
        style = "".join(f".c{seed}-{n}{{margin:{n}px;color:#0d2b45}}" for n in range(200))
        return (
            f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
            f"<style>{style}</style></head><body><nav><ul>{menu}</ul></nav><main><h1>{title}</h1>"
            f"{main}<div>{anchors}</div></main><footer>{foot}</footer></body></html>"
        ).encode()


class Running:
    """The site's server process."""

    def __init__(self, pages: int) -> None:
        self.process = subprocess.Popen(
            [sys.executable, __file__, str(pages)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        self.url = f"http://127.0.0.1:{int(self.process.stdout.readline())}"
        self.ask("/_warm")

    def ask(self, path: str) -> str:
        return ask(self.url, path)

    def close(self) -> None:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        self.process.wait(timeout=10)
        self.process.stdout.close()


def ask(url: str, path: str) -> str:
    """What the site's server says to a word of its own; see Server.control."""
    with build_opener(ProxyHandler({})).open(url + path, timeout=600) as answer:
        return str(answer.read().decode())


class Server(asyncio.Protocol):
    """HTTP/1.1 with keep-alive, gzip and ETags, over bodies made once and kept compressed."""

    site: Site
    base = ""
    cache: ClassVar[dict[str, tuple[bytes, bytes]]] = {}
    body_bytes = 0
    first = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.buffer = b""

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        while (end := self.buffer.find(b"\r\n\r\n")) >= 0:
            head, self.buffer = self.buffer[:end], self.buffer[end + 4 :]
            self.transport.write(self.answer(head))  # type: ignore[attr-defined]

    def answer(self, head: bytes) -> bytes:
        lines = head.split(b"\r\n")
        path = lines[0].split(b" ")[1].decode()
        if path.startswith("/_"):
            return self.control(path)
        Server.first = Server.first or time.time()
        found = self.cache.get(path)
        if found is None:
            body = self.site.body(path)
            if body is None:
                return b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
            body = body.replace(b"{base}", self.base.encode())
            tag = b'"' + hashlib.blake2b(body, digest_size=8).hexdigest().encode() + b'"'
            found = self.cache[path] = (gzip.compress(body, 6, mtime=0), tag)
        body, tag = found
        for line in lines[1:]:
            if line[:14].lower() == b"if-none-match:" and line[14:].strip() == tag:
                return b"HTTP/1.1 304 Not Modified\r\nETag: " + tag + b"\r\n\r\n"
        if path.endswith(".html") or path == "/":
            Server.body_bytes += len(body)
        kind = b"text/html; charset=utf-8" if path[-4:] not in (".xml", ".txt") else b"text/plain"
        return (
            b"HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Encoding: gzip\r\nETag: %s\r\n"
            b"Content-Length: %d\r\n\r\n%s" % (kind, tag, len(body), body)
        )

    def control(self, path: str) -> bytes:
        """/_warm makes all pages, /_change?5 changes 5 %, /_same none; /_bytes and /_first tell."""
        said = ""
        if path == "/_first":
            said, Server.first = str(Server.first), 0.0
            return f"HTTP/1.1 200 OK\r\nContent-Length: {len(said)}\r\n\r\n{said}".encode()
        if path == "/_warm":
            for each in self.site.paths():
                self.answer(f"GET {each} HTTP/1.1".encode())
        elif path.startswith("/_change?"):
            share = float(path.partition("?")[2]) / 100
            count = round(self.site.pages * share)
            self.site.changed = set(random.Random(1).sample(range(self.site.pages), count))
            for number in self.site.changed:
                self.cache.pop(f"/products/p{number:05d}.html", None)
                self.answer(f"GET /products/p{number:05d}.html HTTP/1.1".encode())
        elif path == "/_same":
            for number in self.site.changed:
                self.cache.pop(f"/products/p{number:05d}.html", None)
            self.site.changed = set()
        else:
            said = str(Server.body_bytes)
        Server.body_bytes, Server.first = 0, 0.0
        return f"HTTP/1.1 200 OK\r\nContent-Length: {len(said)}\r\n\r\n{said}".encode()


def serve(pages: int) -> None:
    """Serve the site until stdin closes; the port is printed."""

    async def run() -> None:
        loop = asyncio.get_running_loop()
        Server.site = Site(pages)
        server = await loop.create_server(Server, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        Server.base = f"http://127.0.0.1:{port}"
        print(port, flush=True)
        await loop.run_in_executor(None, sys.stdin.buffer.read)

    asyncio.run(run())


if __name__ == "__main__":
    serve(int(sys.argv[1]))
