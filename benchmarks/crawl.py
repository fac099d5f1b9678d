"""Crawl speed: a stock Scrapy project and ours, interleaved on one local site; medians and ratios.

    python benchmarks/crawl.py [--pages 800] [--rounds 3] [--memory-pages 5000] [--quick]

Self-contained: it makes the site (product pages of 60-120 KB with some 200 links each, listings,
a sitemap), serves it on loopback from a process of its own (gzip, ETag, 304), and crawls it with
politeness off. What is printed:

- first night: stock (LinkExtractor, one sqlite-utils upsert a page), ours, ours without a store
- second night with 5 % of the pages changed: pages/s and body bytes against a full fetch
- after ``kill -9`` in mid-crawl: whether the next run fetches every remaining URL
- resident memory of a large crawl at a quarter of it and at its end
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import hashlib
import json
import os
import random
import signal
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

ROOT = Path(__file__).resolve().parent.parent
TARGETS = {
    "ours / stock, first night": (8.0, ">="),
    "ours / ours without a store": (0.6, ">="),
    "second night / first night, pages/s": (3.0, ">="),
    "second night / first night, body bytes": (0.06, "<="),
    "kill -9: URLs left after the next run": (0, "<="),
    "resident MB at the end of the large crawl": (200, "<="),
}


# The site -----------------------------------------------------------------------------------

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


# The crawls ---------------------------------------------------------------------------------

STOCK = """
import sys, zlib, sqlite_utils, scrapy
from scrapy.crawler import CrawlerProcess
from scrapy.linkextractors import LinkExtractor
start, path = sys.argv[1:3]
class Shop(scrapy.Spider):
    name = "shop"
    start_urls = [start]
    allowed_domains = ["127.0.0.1"]
    links = LinkExtractor()
    def parse(self, response):
        self.table.upsert({"url": response.url, "status": response.status,
                           "body": zlib.compress(response.body)}, pk="url")
        for link in self.links.extract_links(response):
            yield scrapy.Request(link.url)
Shop.table = sqlite_utils.Database(path)["pages"]
process = CrawlerProcess({"LOG_LEVEL": "INFO", "ROBOTSTXT_OBEY": True, "CONCURRENT_REQUESTS": 16,
    "TELNETCONSOLE_ENABLED": False, "REMOTE_CONTROL_ENABLED": False})
process.crawl(Shop)
process.start()
"""

NO_STORE = '''
import sys
from crawler import child
from crawler.snapshot import Outcome
class Nowhere(child.SnapshotWriter):
    """Counts what it is given and keeps nothing."""
    def put(self, fetched):
        if fetched.snapshot is not None:
            self.counts[fetched.snapshot.outcome.value] += 1
child.SnapshotWriter = Nowhere
sys.exit(child.main())
'''


@dataclass
class Result:
    """One crawl: seconds from its first request to its end, CPU of its process, peak memory.

    The CPU includes starting Python; it is the sturdier figure where the machine is shared.
    """

    pages: int
    seconds: float
    counts: dict[str, int]
    megabytes: float
    cpu_seconds: float
    early_megabytes: float = 0.0

    @property
    def rate(self) -> float:
        return self.pages / self.seconds


def job(url: str, path: Path) -> str:
    """What crawler.child reads on stdin: our crawl with politeness off."""
    sys.path.insert(0, str(ROOT))
    from crawler.config import CrawlConfig, WebsiteSource

    source = WebsiteSource.model_validate(
        {
            "name": "bench",
            "start": [f"{url}/"],
            "pace": {"autothrottle": False, "concurrency": 16},
        }
    )
    return json.dumps(
        {
            "config": CrawlConfig().model_dump(mode="json"),
            "source": source.model_dump(mode="json"),
            "path": str(path),
            "only": [],
        }
    )


def ours(url: str, path: Path, *, code: str = "", kill_at: int = 0, early_at: int = 0) -> Result:
    """Our crawl in its own process, as ``sellby crawl`` starts it."""
    command = [sys.executable, "-c", code] if code else [sys.executable, "-m", "crawler.child"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    started = time.perf_counter()
    process = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(job(url, path) + "\n")
    process.stdin.flush()
    summary: dict[str, object] = {}
    early = 0.0
    for line in process.stdout:
        said = json.loads(line)
        summary = said.get("summary", summary)
        if "progress" in said:
            if kill_at and said["progress"][0] >= kill_at:
                process.kill()
            if early_at and not early and said["progress"][0] >= early_at:
                early = _resident(process.pid)
    seconds = time.perf_counter() - started
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    process.stdin.close()
    process.stdout.close()
    counts = dict(summary.get("counts", {}))  # type: ignore[call-overload]
    if summary:
        from datetime import datetime

        ended = datetime.fromisoformat(str(summary["finished_at"])).timestamp()
        seconds = ended - float(ask(url, "/_first"))
    cpu = usage.ru_utime + usage.ru_stime
    return Result(sum(counts.values()), seconds, counts, usage.ru_maxrss / 1024, cpu, early)


def stock(url: str, path: Path) -> Result:
    """The stock project, timed by Scrapy from its spider's opening to its closing."""
    with tempfile.TemporaryFile("w+") as stream:
        process = subprocess.Popen(
            [sys.executable, "-c", STOCK, f"{url}/", str(path)],
            stdout=subprocess.DEVNULL,
            stderr=stream,
        )
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        stream.seek(0)
        log = stream.read()
    seconds = float(log.split("'elapsed_time_seconds': ")[1].split(",")[0])
    with sqlite3.connect(path) as connection:
        pages = connection.execute("select count(*) from pages").fetchone()[0]
    connection.close()
    cpu = usage.ru_utime + usage.ru_stime
    return Result(pages, seconds, {}, usage.ru_maxrss / 1024, cpu)


def _resident(pid: int) -> float:
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except OSError:  # not Linux, or it has just ended
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def ask(url: str, path: str) -> str:
    """What the site's server says to a word of its own; see Server.control."""
    from urllib.request import ProxyHandler, build_opener

    with build_opener(ProxyHandler({})).open(url + path, timeout=600) as answer:
        return str(answer.read().decode())


# The rounds ---------------------------------------------------------------------------------


class Running:
    """The site's server process."""

    def __init__(self, pages: int) -> None:
        self.process = subprocess.Popen(
            [sys.executable, __file__, "--serve", str(pages)],
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


def rounds(pages: int, count: int, folder: Path) -> dict[str, float]:
    """Stock, ours, ours without a store and the second night, one after the other, each round."""
    site = Running(pages)
    rates: dict[str, list[float]] = {"stock": [], "ours": [], "no store": [], "second": []}
    shares = []
    try:
        for number in range(count):
            site.ask("/_same")
            path = folder / f"ours{number}.db"
            result = ours(site.url, path)
            rates["ours"].append(_told("ours, first night", result))
            full = int(site.ask("/_bytes"))
            result = ours(site.url, folder / f"none{number}.db", code=NO_STORE)
            rates["no store"].append(_told("ours without a store", result))
            site.ask("/_change?5")
            result = ours(site.url, path)
            rates["second"].append(_told("ours, second night", result))
            shares.append(int(site.ask("/_bytes")) / full)
            site.ask("/_same")
            result = stock(site.url, folder / f"stock{number}.db")
            rates["stock"].append(_told("stock Scrapy, first night", result))
    finally:
        site.close()
    medians = {name: statistics.median(values) for name, values in rates.items()}
    return {
        "ours / stock, first night": medians["ours"] / medians["stock"],
        "ours / ours without a store": medians["ours"] / medians["no store"],
        "second night / first night, pages/s": medians["second"] / medians["ours"],
        "second night / first night, body bytes": statistics.median(shares),
    }


def killed(pages: int, folder: Path) -> dict[str, float]:
    """Kill a crawl in its middle, run again, and count the URLs that are not stored."""
    site = Running(pages)
    path = folder / "killed.db"
    try:
        ours(site.url, path, kill_at=pages // 3)
        kept = _stored(path)
        result = ours(site.url, path)
        wanted = {site.url + each for each in site_paths(pages)}
    finally:
        site.close()
    print(f"  killed with {len(kept)} pages stored; the next run fetched {result.pages} more")
    return {"kill -9: URLs left after the next run": len(wanted - _stored(path))}


def site_paths(pages: int) -> list[str]:
    return Site(pages).paths()


def _stored(path: Path) -> set[str]:
    connection = sqlite3.connect(path)
    rows = connection.execute(
        "select url from page where last_content_visit is not null"
    ).fetchall()
    connection.close()
    return {row[0] for row in rows}


def memory(pages: int, folder: Path) -> dict[str, float]:
    """A large crawl: its memory at a quarter of it, and its peak."""
    site = Running(pages)
    try:
        result = ours(site.url, folder / "memory.db", early_at=pages // 4)
    finally:
        site.close()
    _told(f"{pages} pages", result)
    print(f"  {result.early_megabytes:.0f} MB at a quarter, {result.megabytes:.0f} MB at its peak")
    return {"resident MB at the end of the large crawl": result.megabytes}


def _told(name: str, result: Result) -> float:
    print(
        f"  {name:28} {result.rate:8.1f} pages/s  {result.pages:5} pages in {result.seconds:5.1f} s"
        f"  {result.cpu_seconds * 1000 / max(result.pages, 1):6.2f} CPU ms/page"
        f"  {result.megabytes:4.0f} MB",
        flush=True,
    )
    return result.rate


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--pages", type=int, default=800, help="product pages (default 800)")
    parser.add_argument("--rounds", type=int, default=3, help="rounds (default 3)")
    parser.add_argument("--memory-pages", type=int, default=5000, help="0: leave the large crawl")
    parser.add_argument("--serve", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve is not None:
        serve(options.serve)
        return 0
    figures: dict[str, float] = {}
    with tempfile.TemporaryDirectory(prefix="sellby-bench-") as name:
        folder = Path(name)
        print(f"{options.rounds} rounds of {options.pages} pages, interleaved")
        figures |= rounds(options.pages, options.rounds, folder)
        print("killed in the middle")
        figures |= killed(options.pages, folder)
        if options.memory_pages:
            print("memory")
            figures |= memory(options.memory_pages, folder)
    met = True
    print(f"\n{'':46}{'measured':>10}{'target':>10}")
    for name, figure in figures.items():
        target, sign = TARGETS[name]
        good = figure >= target if sign == ">=" else figure <= target
        met = met and good
        print(f"{name:46}{figure:10.2f}{sign:>5}{target:5g}  {'met' if good else 'MISSED'}")
    return 0 if met else 1


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    threading.current_thread().name = "benchmark"
    sys.exit(main())
