"""Crawl speed: a stock Scrapy project and ours, interleaved on one local site; medians and ratios.

    python benchmarks/crawl.py [--pages 800] [--rounds 3] [--memory-pages 5000]

Self-contained: an invented site (``invented_site.py``) is served on loopback and crawled with
politeness off (``crawl_peers.py``). What is printed:

- first night: stock (LinkExtractor, one sqlite-utils upsert a page), ours, ours without a store
- second night with 5 % of the pages changed: pages/s and body bytes against a full fetch
- after ``kill -9`` in mid-crawl: whether the next run fetches every remaining URL
- resident memory of a large crawl at a quarter of it and at its end
"""

from __future__ import annotations

import argparse
import signal
import sqlite3
import statistics
import sys
import tempfile
import threading
from pathlib import Path

from crawl_peers import NO_STORE, Result, ours, stock
from invented_site import Running, Site

TARGETS = {
    "ours / stock, first night": (8.0, ">="),
    "ours / ours without a store": (0.6, ">="),
    "second night / first night, pages/s": (3.0, ">="),
    "second night / first night, body bytes": (0.06, "<="),
    "kill -9: URLs left after the next run": (0, "<="),
    "resident MB at the end of the large crawl": (200, "<="),
}


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
    options = parser.parse_args()
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
