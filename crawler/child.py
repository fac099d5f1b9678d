"""One crawl of one website in a process of its own: ``python -m crawler.child``.

A Twisted reactor runs once per process, a crash must not take the caller along, and a name
resolver is a process's own. The job comes as one line of JSON on stdin (so that no secret stands
in the process list); what happens goes out as lines of JSON on stdout. When stdin closes, because
somebody pressed Ctrl-C or the caller died, the crawl stops, stores what it has, and ends.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from scrapy import signals
from scrapy.crawler import AsyncCrawlerProcess, Crawler

from crawler.config import CrawlConfig, WebsiteSource
from crawler.documents.rendition import limits_of
from crawler.errors import CrawlerError, DiskFull
from crawler.frontier import Frontier
from crawler.given import GivenUrls
from crawler.guard import Scope
from crawler.links import LinkFilter
from crawler.pipeline import SnapshotWriter
from crawler.problems import problems_of
from crawler.rendering import gateway_for, rendering_settings
from crawler.settings import scrapy_settings, uses_proxy
from crawler.sign_in import sign_in
from crawler.spiders.website import WebsiteSpider
from crawler.store import SnapshotStore
from crawler.summary import CrawlSummary, Problem
from crawler.visits import Job
from crawler.wire import summary_to_json

# How long answers under way are waited for after an interrupt.
_GRACE_SECONDS = 5.0


def main() -> int:
    """Run the job that stands on stdin; 0 where a summary was given."""
    given = json.loads(sys.stdin.buffer.readline())
    try:
        crawl = Crawl(
            CrawlConfig.model_validate(given["config"]),
            WebsiteSource.model_validate(given["source"]),
            Path(given["path"]),
            given["only"],
        )
        summary = crawl.run()
    except CrawlerError as error:
        _say({"error": type(error).__name__, "message": str(error)})
        return 1
    _say({"summary": summary_to_json(summary)})
    return 0


class Crawl:
    """One crawl, from opening the store to the summary. Raises SourceError and StoreError."""

    def __init__(
        self, config: CrawlConfig, source: WebsiteSource, path: Path, only: list[str]
    ) -> None:
        self._config = config
        self._source = source
        self._scope = Scope.of(source)
        self._settings = scrapy_settings(config, source, self._scope)
        self._started_at = datetime.now(UTC)
        agent = self._settings["USER_AGENT"]
        credentials = sign_in(source, self._scope.origins, agent)
        self._gateway = gateway_for(source, self._scope)
        if self._gateway is not None:
            self._settings |= rendering_settings(config, source, credentials, self._gateway.address)
        self._reason = ""
        self._interrupted = False
        self._crawler: Crawler | None = None
        problems: list[Problem] = []
        frontier: Frontier | GivenUrls
        frontier = self._given(only, problems) if only else Frontier(path, source.name)
        self._writer = SnapshotWriter(path, source.name, frontier.write, self._wake)
        self._writer.limit_documents(limits_of(source.limits))
        self._job = Job(
            source=source,
            scope=self._scope,
            frontier=frontier,
            writer=self._writer,
            reader=SnapshotStore(path, read_only=True),
            report=self._report,
            credentials=credentials,
            only_given=bool(only),
            proxied=uses_proxy(self._scope) or self._gateway is not None,
            problems=problems,
        )

    def run(self) -> CrawlSummary:
        """Crawl until nothing is left, or until stdin closes; then store the rest."""
        self._writer.start(self._started_at)
        process = AsyncCrawlerProcess(self._settings)
        self._crawler = process.create_crawler(WebsiteSpider)
        self._crawler.signals.connect(self._closed, signals.spider_closed)
        self._crawler.signals.connect(self._opened, signals.spider_opened)
        process.crawl(self._crawler, job=self._job)
        process.start()
        if self._gateway is not None:
            self._gateway.close()
        self._writer.close()
        summary = self._summary()
        if summary.complete:
            self._job.frontier.finish_run(summary.finished_at, summary.pages)
        self._job.frontier.close()
        self._job.reader.close()
        self._writer.end_crawl(summary)
        return summary

    def _given(self, urls: list[str], problems: list[Problem]) -> GivenUrls:
        """The given URLs that are in scope; the others are problems."""
        links = LinkFilter(self._source, self._scope, lambda _: False)
        found = {url: links.public(url) for url in urls}
        for url, public in found.items():
            if public is None:
                problems.append(Problem("refused", f"{url} is outside of the source's scope"))
        return GivenUrls(public for public in found.values() if public is not None)

    def _opened(self, **_: Any) -> None:
        self._loop = asyncio.get_running_loop()
        if self._gateway is not None:
            self._serving = asyncio.ensure_future(self._gateway.serve())
        threading.Thread(target=self._watch_stdin, name="stdin", daemon=True).start()

    def _closed(self, reason: str, **_: Any) -> None:
        self._reason = reason

    def _watch_stdin(self) -> None:
        while os.read(0, 4096):
            pass
        try:
            self._loop.call_soon_threadsafe(self._interrupt)
        except RuntimeError:  # the loop has ended: so has the crawl
            return

    def _interrupt(self) -> None:
        from twisted.internet import reactor as installed

        reactor: Any = installed  # a module that Twisted replaces when it is imported
        self._interrupted = True
        if self._crawler is not None and self._crawler.crawling:
            self._stopping = asyncio.ensure_future(self._crawler.stop_async())
            reactor.callLater(_GRACE_SECONDS, reactor.stop)

    def _wake(self) -> None:
        """The writer failed: nothing more can be kept, so nothing more is asked for."""
        loop = getattr(self, "_loop", None)
        if loop is not None:
            loop.call_soon_threadsafe(self._end_for_writer)

    def _end_for_writer(self) -> None:
        if self._crawler is not None and self._crawler.crawling:
            self._stopping = asyncio.ensure_future(self._crawler.stop_async())

    def _report(self, fetched: int, queued: int, received: int) -> None:
        _say({"progress": [fetched, queued, received], "counts": dict(self._writer.counts)})

    def _summary(self) -> CrawlSummary:
        job, error = self._job, self._writer.error
        problems = list(job.problems)
        if error is not None:
            kind = "disk_full" if isinstance(error, DiskFull) else "store"
            problems.append(Problem(kind, str(error)))
        elif self._interrupted:
            problems.append(
                Problem("interrupted", "the crawl was interrupted; the next run goes on from here")
            )
        elif self._reason != "finished":
            problems.append(
                Problem("internal", f"the crawl ended early ({self._reason or 'not started'})")
            )
        whole = error is None and not self._interrupted and self._reason == "finished"
        complete = whole and not job.cut_short
        if not job.only_given and not self._interrupted:
            problems += problems_of(
                self._writer.counts,
                complete=complete,
                before=job.frontier.last_content_pages(),
                left_out=job.left_out,
                min_content_share=self._config.min_content_share,
            )
        return CrawlSummary(
            source=self._source.name,
            started_at=self._started_at,
            finished_at=datetime.now(UTC),
            counts=dict(self._writer.counts),
            bytes_received=job.bytes_received,
            complete=complete,
            problems=_few(problems),
            notes=tuple(job.notes),
        )


def _few(problems: list[Problem], most: int = 5) -> tuple[Problem, ...]:
    """A handful of each kind; a hundred broken sitemaps are one thing to look at."""
    kept: list[Problem] = []
    met: dict[str, int] = {}
    for problem in problems:
        met[problem.kind] = met.get(problem.kind, 0) + 1
        if met[problem.kind] <= most:
            kept.append(problem)
    for kind, number in met.items():
        if number > most:
            kept.append(Problem(kind, f"{number - most} more like these"))
    return tuple(kept)


def _say(line: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
