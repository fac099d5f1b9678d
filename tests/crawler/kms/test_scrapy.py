"""Scrapy drives the same connectors as the plain runner, to the same end."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from crawler.config import CrawlConfig, KmsSource, Limits
from crawler.kms import crawl_kms
from crawler.store import SnapshotStore

if TYPE_CHECKING:
    from collections.abc import Iterable

ROOT = Path(__file__).parents[3]
SCRAPY = """
import sys
from datetime import UTC, datetime
from scrapy.crawler import AsyncCrawlerProcess
from crawler.config import CrawlConfig, KmsSource
from crawler.kms import connector_for
from crawler.kms.collect import Collector
from crawler.kms.runner import scope_of
from crawler.settings import kms_settings
from crawler.spiders.kms import KmsSpider
from crawler.store import SnapshotStore

source = KmsSource.model_validate_json(sys.argv[2])
with SnapshotStore(sys.argv[1]) as store:
    connector = connector_for(source)
    collector = Collector(source, connector, store, now=lambda: datetime.now(UTC))
    process = AsyncCrawlerProcess(kms_settings(CrawlConfig(), source, scope_of(source)))
    crawler = process.create_crawler(KmsSpider)
    process.crawl(crawler, source=source, connector=connector, collector=collector)
    process.start()
    summary = crawler.spider.summary
    print(summary.complete, dict(summary.counts), [problem.kind for problem in summary.problems])
"""


class Api:
    """A wiki of a few pages in two batches, with a throttle and a failure on the way."""

    def __init__(self, site: Any, crawling: Any) -> None:
        self._url = site.url
        self._page = crawling.Page
        self.fail_for_ever: set[str] = set()
        self.left_out: set[int] = set()
        self.deleted: set[int] = set()
        self.restart()
        site.pages = self

    def restart(self) -> None:
        self.hiccups = [(429, {"Retry-After": "0"}), (502, {})]

    def get(self, path: str, default: Any = None) -> Any:
        return self._answer(path)

    def _answer(self, path: str) -> Any:
        if "action=parse" in path:
            number = path.partition("pageid=")[2].partition("&")[0]
            if number in self.fail_for_ever:
                return self._json({}, 500)
            if number == "3" and self.hiccups:
                return self._json({}, *self.hiccups.pop(0))
            return self._json({"parse": {"text": f"<p>{number}.90 EUR"}})
        if "siteinfo" in path:
            spaces = {"0": {"name": "", "content": True}}
            query = {"general": {"generator": "MediaWiki"}, "namespaces": spaces}
            return self._json({"curtimestamp": "2026-11-22T08:00:00Z", "query": query})
        if "pageids=" in path:
            asked = path.partition("pageids=")[2].partition("&")[0]
            found = [int(number) for number in asked.replace("%7C", "|").split("|")]
            gone = [{"pageid": n, "missing": True} for n in found if n in self.deleted]
            there = self._pages(n for n in found if n not in self.deleted)
            return self._json({"batchcomplete": True, "query": {"pages": [*there, *gone]}})
        if "gapcontinue" in path:
            return self._json({"batchcomplete": True, "query": {"pages": self._listed(4, 6)}})
        more = {"gapcontinue": "4", "continue": "-||"}
        listed = {"pages": self._listed(1, 3)}
        return self._json({"batchcomplete": True, "query": listed, "continue": more})

    def _listed(self, first: int, last: int) -> list[dict[str, Any]]:
        return self._pages(n for n in range(first, last + 1) if n not in self.left_out)

    def _pages(self, numbers: Iterable[int]) -> list[dict[str, Any]]:
        return [
            {
                "pageid": n,
                "ns": 0,
                "title": f"Pump {n}",
                "lastrevid": n,
                "touched": "x",
                "canonicalurl": f"{self._url}/wiki/{n}",
                "revisions": [{"user": "Anna", "timestamp": "2026-10-31T12:00:00Z"}],
            }
            for n in numbers
        ]

    def _json(self, body: Any, status: int = 200, headers: dict[str, str] | None = None) -> Any:
        named = {"Content-Type": "application/json", **(headers or {})}
        return self._page(json.dumps(body).encode(), status, named)


@pytest.fixture
def api(site: Any, crawling: Any) -> Api:
    return Api(site, crawling)


def source(site: Any) -> KmsSource:
    limits = Limits(timeout_seconds=5, retries=1)
    return KmsSource(name="wiki", connector="mediawiki", url=f"{site.url}/api.php", limits=limits)


def by_scrapy(path: Path, source: KmsSource) -> str:
    done = subprocess.run(
        [sys.executable, "-c", SCRAPY, str(path), source.model_dump_json()],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def kept(store: SnapshotStore) -> list[Any]:
    return [(p.snapshot.url, p.sha256, p.snapshot.editorial, p.last.detail) for p in store.latest()]


def test_scrapy_meets_the_same_dead_end(tmp_path: Path, site: Any, api: Api) -> None:
    api.get = lambda path, default=None: api._page(b"<title>Log in</title>")  # type: ignore[method-assign]
    assert by_scrapy(tmp_path / "scrapy.db", source(site)) == "False {} ['not_json']"


def test_scrapy_and_the_plain_runner_keep_the_same_documents(
    tmp_path: Path, site: Any, api: Api
) -> None:
    api.fail_for_ever = {"5"}
    said = by_scrapy(tmp_path / "scrapy.db", source(site))
    assert said == "True {'ok': 5, 'unreadable': 1} []"
    api.restart()
    with (
        SnapshotStore(tmp_path / "plain.db") as plain,
        SnapshotStore(tmp_path / "scrapy.db") as scrapy,
    ):
        summary = crawl_kms(CrawlConfig(), source(site), plain)
        assert summary.counts == {"ok": 5, "unreadable": 1}
        assert len(kept(plain)) == 5
        assert kept(plain) == kept(scrapy)
        assert plain.versions("wiki") == scrapy.versions("wiki")
        assert plain.cursor("wiki") == scrapy.cursor("wiki") == "2026-11-22T08:00:00Z"


def test_scrapy_too_asks_for_what_a_listing_left_out_before_it_is_gone(
    tmp_path: Path, site: Any, api: Api
) -> None:
    path = tmp_path / "scrapy.db"
    read = source(site).model_copy(update={"max_vanished_share": 0.5})
    assert by_scrapy(path, read) == "True {'ok': 6} []"
    with SnapshotStore(path) as store:
        store._connection.execute("update kms_cursor set swept_at = '2020-01-01T00:00:00.000000Z'")
    api.left_out, api.deleted = {2, 3}, {3}
    assert by_scrapy(path, read) == "True {'unchanged': 5, 'gone': 1} []"
