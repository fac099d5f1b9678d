"""Audit saved websites against the product feeds they publish, and print what came of it.

    python benchmarks/sites.py SITES.json [--only NAME] [--keep DIR] [--sample 30]

SITES.json lists the sites: name, directory (the site's files), feed (a Google Merchant file), base
(the site's public address), language, currency, and tax. Each is served on loopback, crawled whole
by ``sellby run``, and judged against its own feed. Prints, per site: pages, products met, facts
judged right, wrong and not judged, coverage, and a random sample of the findings to open by hand.
Nothing of a site is kept unless --keep names a directory.
"""

from __future__ import annotations

import argparse
import json
import random
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

CONFIG = """\
company: {name}
contact: benchmark@example.com
database: sellby.db
sources:
  website:
    kind: website
    start: ["http://127.0.0.1:{port}/"]
    base_url: {base}
    language: {language}
    currency: {currency}
    tax: {tax}
    market: {market}
    pace: {{autothrottle: false, concurrency: 8}}
feeds:
  merchant:
    format: google_merchant
    path: {feed}
    market: {market}
    tax: {tax}
"""


class _Files(SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def translate_path(self, path: str) -> str:
        found = Path(super().translate_path(path))
        if not found.exists() and found.with_suffix(".html").exists():
            return str(found.with_suffix(".html"))
        return str(found)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def run_site(site: dict[str, Any], work: Path) -> subprocess.CompletedProcess[str]:
    """Serve one site on loopback and run the nightly command over it in ``work``."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Files, directory=site["directory"]))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    values = {"tax": "unknown", "market": "XX", "language": ""} | site
    config = CONFIG.format(port=server.server_address[1], **values)
    (work / "config.yaml").write_text(config, encoding="utf-8")
    try:
        return sellby(work, "run")
    finally:
        server.shutdown()
        server.server_close()


def audit_site(site: dict[str, Any], work: Path, sample: int) -> None:
    """Crawl and audit one site; print its figures and a sample of its findings."""
    started = time.monotonic()
    done = run_site(site, work)
    seconds = time.monotonic() - started
    print(f"\n== {site['name']}  (exit {done.returncode}, {seconds:.0f} s)")
    for line in done.stderr.splitlines():
        if line.startswith("! "):
            print(f"   {line}")
    if done.returncode not in (0, 1, 3):
        print(done.stderr)
        return
    _figures(work / "sellby.db")
    found = findings(work)
    random.Random(7).shuffle(found)  # the same sample for the same findings
    for row in found[:sample]:
        path = urlsplit(row["url"]).path
        kind = f"{row['attribute']} {row['verdict']} {row['diagnosis']}"
        sides = f"page {row['claimed']!r} truth {row['expected']!r}"
        print(f"   {path} {row['sku']}: {kind}: {sides} quote {row['quote'][:60]!r}")


def _figures(database: Path) -> None:
    db = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    pages = db.execute("select pages from audit order by id desc limit 1").fetchone()[0]
    products = db.execute("select count(*) from product").fetchone()[0]
    met = db.execute("select count(distinct sku) from judgement where sku != ''").fetchone()[0]
    bound = db.execute(
        "select count(distinct sku) from judgement where verdict != 'not_judged'"
    ).fetchone()[0]
    counts = dict(db.execute("select verdict, count(*) from judgement group by verdict"))
    right = counts.get("match", 0)
    blind = counts.get("not_judged", 0)
    wrong = sum(counts.values()) - right - blind
    judged = right + wrong
    print(f"   pages {pages}, products in the feed {products}, met {met}, judged {bound}")
    print(f"   right {right}, wrong {wrong}, not judged {blind}", end="")
    print(f", coverage {100 * judged / max(1, judged + blind):.1f} %")
    by = "select attribute, verdict, diagnosis, reason, count(*) from judgement group by 1, 2, 3, 4"
    for attribute, verdict, diagnosis, reason, count in db.execute(by):
        print(f"      {attribute:13} {verdict:11} {diagnosis or reason:22} {count}")
    skips = db.execute("select reason, count(*) from skipped group by 1 order by 2 desc limit 6")
    print("   skipped: " + ", ".join(f"{reason} {count}" for reason, count in skips))


def findings(work: Path) -> list[dict[str, Any]]:
    """The open findings of the database in ``work``."""
    found: list[dict[str, Any]] = json.loads(
        sellby(work, "findings", "--limit", "0", "--format", "json").stdout
    )
    return found


def sellby(work: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """A sellby command on the configuration in ``work``."""
    command = [sys.executable, "-m", "auditor", "-c", str(work / "config.yaml"), *words]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def main() -> None:
    """Audit every site of the list."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("sites", type=Path)
    parser.add_argument("--only", default="")
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--sample", type=int, default=30)
    options = parser.parse_args()
    for site in json.loads(options.sites.read_text(encoding="utf-8")):
        if options.only not in site["name"]:
            continue
        with tempfile.TemporaryDirectory() as scratch:
            work = Path(scratch)
            if options.keep:
                work = options.keep / site["name"]
                work.mkdir(parents=True, exist_ok=True)
            audit_site(site, work, options.sample)


if __name__ == "__main__":
    main()
