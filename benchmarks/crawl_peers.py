"""One crawl in a process of its own, measured: a stock Scrapy project's, ours, ours storeless."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from invented_site import ask

ROOT = Path(__file__).resolve().parent.parent

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
