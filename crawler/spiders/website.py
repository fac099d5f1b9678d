"""A website: its sitemaps and its links, within its scope.

The frontier decides what is next, ``crawler.visits`` what an answer leaves behind. Here is what
may be asked for, when to ask again, and when to stop.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from scrapy import Request, Spider, signals
from scrapy.exceptions import StopDownload

from crawler.answer import Answer, content_type, failure
from crawler.documents.kinds import kind_of
from crawler.errors import CrawlerError
from crawler.frontier import Entry, Found, Kind
from crawler.outcome import not_text
from crawler.retry import RETRIED_STATUSES, THROTTLES, backoff, retry_after
from crawler.robots import RobotsOf
from crawler.snapshot import Outcome
from crawler.spiders.asking import drops, refusal, request_of
from crawler.spiders.entrance import (
    fetch_robots,
    read_sitemap_answer,
    sitemap_failed,
    sitemap_seeds,
)
from crawler.spiders.failures import outcome_of
from crawler.spiders.waiting import Waiting
from crawler.summary import Problem
from crawler.visits import Job, Visits

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Coroutine
    from typing import Self

    from scrapy.http import Headers, Response
    from twisted.python.failure import Failure

# Failed connections in a row from which the site, not a page, is out of order.
_DEAD_AFTER = 20
# Log-in walls in a row from which a session that was signed in is over: a single page may be for
# others only.
_EXPIRED_AFTER = 3


class WebsiteSpider(Spider):
    """Fetches what the frontier gives, and gives it what the pages name."""

    name = "website"
    waiting: Waiting

    def __init__(self, job: Job, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.job = job
        self.visits = Visits(job)
        self.robots = RobotsOf(ignore=job.source.robots == "ignore")
        self.agent = ""
        self._open = False
        self._stopping = False
        self._asked = 0
        self._failures = 0

    @classmethod
    def from_crawler(cls, crawler: Any, *args: Any, **kwargs: Any) -> Self:
        """Built by Scrapy."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        spider.agent = crawler.settings["USER_AGENT"]
        spider.waiting = Waiting(crawler, spider.request_for)
        crawler.signals.connect(spider.headers_received, signals.headers_received)
        crawler.signals.connect(spider.callback_failed, signals.spider_error)
        return spider

    # What is asked for ---------------------------------------------------------------------

    async def start(self) -> AsyncIterator[Request]:
        """robots.txt first, then sitemaps and start pages; all else the scheduler asks for."""
        job = self.job
        if not self.robots.ignore:
            await fetch_robots(self)
            self._keep_crawl_delay()
        starts = [Found(url, 0) for url in job.scope.starts]
        if all(robots.unavailable for robots in self.robots.rules.values()) and self.robots.rules:
            job.cut_short = True
            for found in starts:
                entry = Entry(found.url)
                fetch = job.scope.fetched(found.url)
                why = refusal(self, entry, fetch) or "robots.txt is unavailable"
                self.visits.refused(entry, self.answer(found.url, fetch), why)
        else:
            try:
                job.frontier.open_run(datetime.now(UTC), [*sitemap_seeds(self), *starts])
                self._open = True
            except CrawlerError as error:
                job.cut_short = True
                job.problems.append(Problem("store", str(error)))
        nothing: tuple[Request, ...] = ()
        for request in nothing:
            yield request

    def has_more(self) -> bool:
        """Whether anything is left to do, now or after a wait."""
        if self._stopping or not self._open:
            return False
        return self.waiting.count > 0 or self.job.frontier.has_more()

    def next_request(self) -> Request | None:
        """The next request that may be made, or None where there is none just now."""
        limit = self.job.source.limits.max_pages
        while self._open and not self._stopping and not self.job.writer.is_full():
            if self._asked >= limit and self.job.frontier.has_more():
                self.end("max_pages", f"stopped after limits.max_pages = {limit} pages")
                return None
            entry = self.job.frontier.next()
            if entry is None:
                return None
            request = self.request_for(entry)
            if request is not None:
                self._asked += entry.kind is Kind.PAGE
                return request
        return None

    def request_for(self, entry: Entry) -> Request | None:
        """The request for an entry; None, and the refusal recorded, where it may not be made."""
        fetch = entry.fetch or self.job.scope.fetched(entry.url)
        if entry.kind is Kind.PAGE and not self.job.only_given and drops(self, entry, fetch):
            return None
        if (why := refusal(self, entry, fetch)) is not None:
            if entry.kind is Kind.SITEMAP:
                sitemap_failed(self, entry, why)
                self.visits.record(entry, None)
            else:
                self.visits.refused(entry, self.answer(entry.url, fetch), why)
            return None
        return request_of(self, entry, fetch)

    def _keep_crawl_delay(self) -> None:
        """Never ask faster than robots.txt wants; AutoThrottle may be slower."""
        delay = max((robots.delay_seconds for robots in self.robots.rules.values()), default=0.0)
        if delay <= 0:
            return

        def slow_down(request: Request, **_: Any) -> None:
            slot = self.crawler.engine.downloader.slots.get(request.meta["download_slot"])
            if slot is not None:
                slot.delay = max(slot.delay, delay)
                slot.jitter = 0.0

        self._slow_down = slow_down  # the signal keeps a weak reference only
        self.crawler.signals.connect(slow_down, signals.request_reached_downloader)

    # What came back ------------------------------------------------------------------------

    def headers_received(self, headers: Headers, request: Request, **_: Any) -> None:
        """Called by Scrapy: the body of a picture or an archive is not waited for."""
        entry = request.meta.get("entry")
        if entry is None or entry.kind is not Kind.PAGE:
            return
        kind, _charset = content_type((headers.get(b"Content-Type") or b"").decode("latin-1"))
        if self.job.source.documents and kind_of(kind, request.url) is not None:
            return
        if kind is not None and not_text("text", kind) is not None:
            raise StopDownload(fail=False)

    def parse(self, response: Response, **_: Any) -> Coroutine[Any, Any, None] | None:
        """One answer: recorded, its links queued; or asked for again."""
        entry: Entry = response.meta["entry"]
        answer = self.answer(entry.url, response.url, response)
        self._failures = 0
        address = response.ip_address
        if address is not None and not self.job.proxied and not self.job.scope.allows(address):
            self.visits.refused(entry, answer, f"{address} answered, which is out of reach")
        elif answer.status in RETRIED_STATUSES and self._asked_again(entry, answer):
            return None
        elif entry.kind is Kind.SITEMAP:
            return self._sitemap(entry, answer)
        elif (again := self.visits.answered(entry, answer)) is not None:
            self.waiting.later(0.0, again)
        if len(self.visits.walls) >= _EXPIRED_AFTER:
            self.end(
                "login_wall",
                "the log-in no longer holds: page after page asks for it again; what is left "
                "waits for the next run, which signs in anew",
            )
        return self._room() if self.job.writer.is_full() else None

    def failed(self, failed: Failure) -> None:
        """A request without an answer: tried again, or recorded as what it came to."""
        request = failed.request  # type: ignore[attr-defined]
        entry: Entry = request.meta["entry"]
        assert failed.value is not None  # a failure always has one
        outcome, detail, again = outcome_of(failed.value)
        if again:
            self._failures += 1
            if self._failures >= _DEAD_AFTER:
                self.end("unreachable", f"{self._failures} requests in a row failed: {detail}")
            elif entry.tries < self.job.source.limits.retries and not self._stopping:
                again_entry = replace(entry, tries=entry.tries + 1)
                self.waiting.later(backoff(None, again_entry.tries), again_entry)
                return
        if entry.kind is Kind.SITEMAP:
            sitemap_failed(self, entry, detail)
            self.visits.record(entry, None)
            return
        snapshot = failure(self.answer(entry.url, request.url), outcome, detail)
        if self._stopping and again:
            self.visits.unfinished(snapshot)
        else:
            self.visits.record(entry, snapshot)

    def closed(self, reason: str) -> None:
        """Called by Scrapy at the end: what was held back is settled."""
        self.job.notes += self.visits.links.notes()
        self.visits.settle_walls(expired=len(self.visits.walls) >= _EXPIRED_AFTER)

    def callback_failed(self, failure: Failure, response: Any, **_: Any) -> None:
        """Called by Scrapy: an answer that broke our own code is a visit, too."""
        entry: Entry = response.meta["entry"]
        what = f"reading it failed: {type(failure.value).__name__}: {failure.value}"[:300]
        self.job.problems.append(Problem("internal", f"{entry.url}: {what}"))
        self.visits.broken(entry, self.answer(entry.url, entry.url), what)

    def answer(self, url: str, fetched: str, response: Response | None = None) -> Answer:
        """What came over the wire, in our own words; without a response: nothing did."""
        at = datetime.now(UTC)
        name = self.job.source.name
        if response is None:
            return Answer(name, url, fetched, at, 0, {}, b"")
        headers = {
            key.decode("latin-1").lower(): [value.decode("latin-1") for value in values]
            for key, values in response.headers.items()
        }
        status = response.status
        if response.meta.get("redirect_urls"):  # a browser follows by itself: ask as ever instead
            status, headers = 302, {"location": [response.url]}
            fetched = response.meta["redirect_urls"][0]
        return Answer(name, url, fetched, at, status, headers, response.body)

    async def _sitemap(self, entry: Entry, answer: Answer) -> None:
        if answer.location is not None:
            target = self.visits.links.sitemap(answer.location, entry.nesting)
            hop = entry.hops < self.job.source.limits.max_redirects
            self.visits.record(entry, None, [target] if target is not None and hop else [])
            return
        await read_sitemap_answer(self, entry, answer)

    async def _room(self) -> None:
        """Wait until the writer has caught up; Scrapy holds back further requests meanwhile."""
        loop = asyncio.get_running_loop()
        drained = loop.create_future()

        def wake() -> None:
            if not drained.done():
                drained.set_result(None)

        def wake_from_writer() -> None:
            loop.call_soon_threadsafe(wake)

        self.job.writer.when_drained(wake_from_writer)
        await drained

    # Asking again, and stopping -------------------------------------------------------------

    def _asked_again(self, entry: Entry, answer: Answer) -> bool:
        """Put a URL back for a later try, and hold the whole source where the server asks so.

        False where it has been tried often enough, or the server wants a longer wait than the
        configuration allows: then the source is done for this run.
        """
        limits = self.job.source.limits
        asked = retry_after(answer.header("retry-after"), answer.at)
        if asked is not None and asked > limits.max_retry_after_seconds:
            if answer.status in THROTTLES:
                self.end(
                    "retry_after",
                    f"the server asks to wait {asked:.0f} s (Retry-After), longer than "
                    f"limits.max_retry_after_seconds = {limits.max_retry_after_seconds:.0f}",
                )
                if entry.kind is Kind.PAGE:
                    detail = f"the server answered {answer.status}"
                    self.visits.unfinished(failure(answer, Outcome.BLOCKED, detail))
                return True
            return False
        if entry.tries >= limits.retries or self._stopping:
            return False
        again = replace(entry, tries=entry.tries + 1)
        wait = backoff(answer.status, again.tries) if asked is None else asked
        if answer.status in THROTTLES and wait > 0:
            self.waiting.pause(wait)
        self.waiting.later(wait, again)
        return True

    def end(self, kind: str, message: str) -> None:
        """Stop after what is under way; what is left waits for the next run."""
        if not self._stopping:
            self._stopping = True
            self.job.cut_short = True
            self.job.problems.append(Problem(kind, message))
            self.waiting.stop()
