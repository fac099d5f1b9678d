"""How long does a report of many findings take, how large is it, and how fast does it open?

The peer is what one writes without us: pandas, which turns the same findings into one HTML table,
a CSV, an XLSX and a JSON file (to_html, to_csv, to_excel, to_json). Ours is the whole site: every
task with its sides, history and copy of the page, every group, owner and source, all of it also as
CSV, XLSX and JSON. A later night takes over the files that stay the same. Printed are seconds (CPU
time, so that a busy machine changes little), megabytes, and the first paint in Chromium of the page
that a reader opens (ours: overview and work list; the peer's: its table), with their ratios.

    python benchmarks/report.py [--findings 10000] [--pages 4000] [--keep DIR]
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import statistics
import sys
import tempfile
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pandas
from playwright.sync_api import sync_playwright

from auditor.bundle import bundle
from auditor.config import Config
from auditor.feeds.interface import Signal
from auditor.findings import StateChange
from auditor.model import (
    Attribute,
    Claim,
    Diagnosis,
    Finding,
    Judgement,
    Locator,
    Method,
    Product,
    Role,
    State,
    Truth,
    Verdict,
)
from auditor.night import save_night
from auditor.page.read import read_page
from auditor.report import Material, Report, write_report
from auditor.store import AuditRecord, AuditStore, Filter, PageResult
from auditor.values.types import Amount, Basis, Interval, Money, Word
from crawler.snapshot import Outcome, Snapshot
from crawler.store import SnapshotStore

NOW = datetime(2026, 11, 22, 2, tzinfo=UTC)
CHROMIUM = "/usr/bin/chromium"
OWNERS = tuple(f"owner{n}@example.com" for n in range(12))
FILLER = "Designed for continuous duty in dusty and humid surroundings. " * 12


def main() -> int:
    """Write both reports and open them."""
    options = _options()
    folder = Path(options.keep or tempfile.mkdtemp(prefix="report-bench-"))
    folder.mkdir(parents=True, exist_ok=True)
    database = folder / "sellby.db"
    if not database.exists():
        _fill(database, options.findings, options.pages)
    shutil.rmtree(folder / "ours", ignore_errors=True)
    ours, first = _timed(lambda: _write_ours(database, folder / "ours"))
    again, _ = _timed(lambda: _write_ours(database, folder / "ours"))
    later = folder / "later.db"
    _next_night(database, later)
    moved, _ = _timed(lambda: _write_ours(later, folder / "ours", NOW + timedelta(days=1)))
    one, _ = _timed(lambda: _one_page(database))
    peer, _ = _timed(lambda: _write_peer(first, folder / "peer"))
    files = sum(path.is_file() for path in (folder / "ours").rglob("*"))
    print(f"{options.findings} findings on {options.pages} pages")
    _line("ours, the first night", ours, folder / "ours", f"{files} files")
    _line("ours, again", again, folder / "ours", f"no news: {ours / again:.1f} × as fast as first")
    _line("ours, the next night", moved, folder / "ours",
          f"1 % fixed, 1 % new, all seen again: {ours / moved:.1f} × as fast as first")  # fmt: skip
    _line(
        "pandas: table, CSV, XLSX, JSON", peer, folder / "peer", f"ours takes {ours / peer:.2f} ×"
    )
    print(f"{'ours, one page alone':36s} {one:8.2f} s")
    paints = _paints({
        "ours: overview": folder / "ours/index.html",
        "ours: work list": folder / "ours/work.html",
        "ours: largest page": _largest(folder / "ours"),
        "pandas: the table": folder / "peer/findings.html",
    })  # fmt: skip
    table = paints["pandas: the table"]
    for name, (painted, loaded, size) in paints.items():
        print(
            f"{name:36s} {painted:8.0f} ms to first paint {loaded:8.0f} ms to loaded "
            f"{size / 1e6:8.2f} MB   {table[1] / loaded:5.1f} × as fast as the table"
        )
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--findings", type=int, default=10_000)
    parser.add_argument("--pages", type=int, default=4_000)
    parser.add_argument("--keep", help="a directory to keep the database and both reports in")
    return parser.parse_args()


def _timed(work):
    begun = time.process_time()
    result = work()
    return time.process_time() - begun, result


def _line(name: str, seconds: float, folder: Path, note: str) -> None:
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    print(f"{name:36s} {seconds:8.2f} s {size / 1e6:8.1f} MB   {note}")


def _write_ours(database: Path, out: Path, now: datetime = NOW) -> list[dict[str, object]]:
    with SnapshotStore(database) as snapshots, AuditStore(database) as store:
        report = Report(Material(store, snapshots, Config(company="Bench"), now))
        write_report(report, out)
    return json.loads((out / "findings.json").read_text())


def _one_page(database: Path) -> None:
    """What a server does for one request: a task's page from an open database."""
    from auditor.report import HtmlReport

    html = HtmlReport()
    with SnapshotStore(database) as snapshots, AuditStore(database) as store:
        material = Material(store, snapshots, Config(company="Bench"), NOW)
        sheet = Report(material).sheet("task", material.tasks[0].id)
        assert sheet is not None
        html.html(sheet)


def _write_peer(rows: list[dict[str, object]], out: Path) -> None:
    out.mkdir(exist_ok=True)
    plain = [{k: v for k, v in row.items() if not isinstance(v, list | dict)} for row in rows]
    frame = pandas.DataFrame(plain)
    frame.to_html(out / "findings.html", escape=True)
    frame.to_csv(out / "findings.csv")
    frame.to_excel(out / "findings.xlsx", engine="xlsxwriter")
    frame.to_json(out / "findings.json", orient="records")


def _largest(folder: Path) -> Path:
    return max(folder.rglob("*.html"), key=lambda path: path.stat().st_size)


_FIRST_PAINT = """new Promise(done => new PerformanceObserver(seen => {
    const paint = seen.getEntriesByName('first-contentful-paint')[0];
    if (paint) done(paint.startTime);
}).observe({type: 'paint', buffered: true}))"""


def _paints(pages: dict[str, Path], rounds: int = 5) -> dict[str, tuple[float, float, int]]:
    """Median milliseconds to the first contentful paint and to the end of loading, and bytes."""
    found = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for name, path in pages.items():
            times = []
            for _ in range(rounds):
                page = browser.new_page()
                page.goto(path.as_uri(), wait_until="load", timeout=120_000)
                painted = page.evaluate(_FIRST_PAINT)
                loaded = page.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd")
                times.append((painted, loaded))
                page.close()
            medians = [statistics.median(column) for column in zip(*times, strict=True)]
            found[name] = (*medians, path.stat().st_size)
        browser.close()
    return found


# A night with many findings -----------------------------------------------------------------------


def _fill(database: Path, n_findings: int, n_pages: int) -> None:
    rng = random.Random(20261122)
    with SnapshotStore(database) as snapshots, AuditStore(database) as store:
        store.catalogue.apply("erp", list(_records(n_pages)), NOW - timedelta(days=200))
        audit = store.audits.begin(NOW, NOW)
        for start in range(0, n_pages, 500):
            pages = range(start, min(start + 500, n_pages))
            shots = [_snapshot(n, rng) for n in pages]
            snapshots.save(shots)
            with store.writing():
                for number, shot in zip(pages, shots, strict=True):
                    text = read_page(shot).text
                    found = [
                        _finding(n, number, shot, text, rng)
                        for n in range(number, n_findings, n_pages)
                    ]
                    _save_page(store, shot, found)
        bundle(store)
        save_night(Config(), store, store.catalogue.popularity(), audit, NOW)
        wrong = len(store.findings.matching(Filter()))
        store.audits.finish(
            AuditRecord(audit, NOW, NOW, NOW, n_pages, 9 * wrong, wrong, wrong, complete=True)
        )


def _next_night(database: Path, later: Path) -> None:
    """A day on: a hundredth of the findings is fixed, as many are new, all others seen again."""
    shutil.copy(database, later)
    now = NOW + timedelta(days=1)
    with AuditStore(later) as store:
        audit = store.audits.begin(now, now)
        found = store.findings.matching(Filter())
        fixed, still = found[: len(found) // 100], found[len(found) // 100 :]
        new = [
            replace(f, id=f.id[::-1], fingerprint=f.fingerprint[::-1], first_seen=now)
            for f in still[: len(fixed)]
        ]
        store.findings.save([replace(f, state=State.VERIFIED, closed_at=now) for f in fixed])
        store.findings.save([replace(f, last_seen=now, observed_at=now) for f in (*still, *new)])
        bundle(store)
        save_night(Config(), store, store.catalogue.popularity(), audit, now)
        store.audits.finish(
            AuditRecord(audit, now, now, now, 1, 9 * len(found), len(found), 0, complete=True)
        )


def _records(n_pages: int):
    for n in range(n_pages):
        sku, group, owner = f"S-{n:05d}", f"Group {n % 60}", OWNERS[n % len(OWNERS)]
        yield Product(sku, f"Industrial relay {n}", group=group, owner=owner)
        for days, amount in ((900, 10), (400, 11), (20 + n % 50, 12)):
            yield Truth(
                sku, Attribute.PRICE, "", _money(f"{amount}.{n % 90 + 10}"), Basis(),
                NOW - timedelta(days=days), feed="erp", row=f"prices.csv:{n}",
            )  # fmt: skip
        yield Signal(sku, "pageviews", Decimal(n % 997 + 1), 30)


def _money(text: str) -> Money:
    return Money(Amount(text, (Interval.point(Decimal(text)),)), "EUR")


def _snapshot(number: int, rng: random.Random) -> Snapshot:
    facts = "".join(
        f"<tr><th>Property {n}</th><td>{rng.randint(1, 999)} mm</td></tr>" for n in range(20)
    )
    body = (
        f"<html><body><nav><a href='/'>Home</a></nav><h1>Industrial relay {number}</h1>"
        f"<p>Part number S-{number:05d}. Price: 11.{number % 90 + 10} EUR net.</p>"
        f"<table>{facts}</table><p>{FILLER}</p></body></html>"
    )
    url = f"https://shop.example/p/{number}"
    return Snapshot("website", url, NOW, Outcome.OK, 200, "text/html", body=body.encode())


def _finding(n: int, number: int, shot: Snapshot, text: str, rng: random.Random) -> Finding:
    sku, old = f"S-{number:05d}", f"11.{number % 90 + 10} EUR"
    start = text.index(old)
    attribute, key = (Attribute.PRICE, "") if n == number else (Attribute.SPEC, f"p{n}")
    locator = Locator(start, start + len(old), "/html/body/p[1]")
    claim = Claim(
        "website", shot.url, sku, attribute, key, Role.NONE, Word(old, old), Basis(), old, locator,
        Method.PROSE, True, 0.9,
    )  # fmt: skip
    truth = Truth(
        sku, attribute, key, Word("12", "12"), valid_from=NOW - timedelta(days=20 + number % 50),
        feed="erp", row=f"prices.csv:{number}",
    )  # fmt: skip
    judgement = Judgement(
        "website", shot.url, sku, attribute, key, "", Verdict.MISMATCH,
        Diagnosis.OUTDATED if attribute is Attribute.PRICE else Diagnosis.NONE, None, claim,
        truth, f"{old} / 1 pcs", f"12.{number % 90 + 10} EUR / 1 pcs", "EUR",
        f"The page shows {old}; this was the list price until October, one change ago.", old,
        locator, NOW - timedelta(days=20), 1, "12.00 EUR",
    )  # fmt: skip
    fingerprint = f"{rng.getrandbits(256):064x}"
    parts = (("severity", "price", 1.0), ("popularity", "0.25 + 0.75 × 60/100", 0.7))
    return Finding(
        fingerprint[:8], fingerprint, judgement, State.OPEN, NOW, NOW, f"Industrial relay {number}",
        f"Group {number % 60}", OWNERS[number % len(OWNERS)], round(rng.random() * 100, 1), parts,
        "", _sha(shot), NOW,
    )  # fmt: skip


def _sha(shot: Snapshot) -> str:
    from hashlib import sha256

    return sha256(shot.body or b"").hexdigest()


def _save_page(store: AuditStore, shot: Snapshot, found: list[Finding]) -> None:
    store.findings.save(
        found,
        [StateChange(f.fingerprint, NOW, "", "open", "seen for the first time") for f in found],
    )
    right = [
        replace(found[0].judgement, key=f"ok{n}", verdict=Verdict.MATCH) for n in range(3)
    ] if found else []  # fmt: skip
    judgements = (*(f.judgement for f in found), *right)
    keys = (*(f.fingerprint for f in found), *("" for _ in right))
    store.audits.save_page(PageResult("website", shot.url, judgements, keys))


if __name__ == "__main__":
    sys.exit(main())
