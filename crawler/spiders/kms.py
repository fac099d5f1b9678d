"""A knowledge base walked by Scrapy: the same connectors, the same collector.

For those who run all their crawling in Scrapy (Scrapyd, Scrapy Cloud). ``sellby`` itself uses
``crawler.kms.runner``; both store the same documents, which a test shows.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import scrapy
from scrapy import signals
from scrapy.exceptions import CloseSpider, DontCloseSpider

from crawler.decode import TooLarge, Truncated, decoded
from crawler.kms.interface import Response
from crawler.kms.runner import MAX_THROTTLES, throttled
from crawler.retry import RETRIED_STATUSES, backoff
from crawler.snapshot import Outcome

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from scrapy.http import Response as ScrapyResponse
    from twisted.python.failure import Failure

    from crawler.config import KmsSource
    from crawler.kms.collect import Collector
    from crawler.kms.interface import Connector, Request
    from crawler.summary import CrawlSummary


@dataclass(frozen=True, slots=True)
class Tries:
    """How often one request failed, and how often it was told to wait."""

    failures: int = 0
    throttles: int = 0


_FIRST = Tries()


class KmsSpider(scrapy.Spider):
    """Hands requests of a connector to Scrapy and its answers to the collector.

    Run it with ``crawler.settings.kms_settings``. ``summary`` is set when it has ended.
    """

    name = "kms"

    def __init__(
        self, source: KmsSource, connector: Connector, collector: Collector, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.summary: CrawlSummary | None = None
        self._source = source
        self._connector = connector
        self._collector = collector

    @classmethod
    def from_crawler(cls, crawler: Any, *args: Any, **kwargs: Any) -> KmsSpider:
        """As Scrapy makes it; the collector is finished when the spider ends."""
        spider: KmsSpider = super().from_crawler(crawler, *args, **kwargs)
        crawler.signals.connect(spider._finish, signal=signals.spider_closed)
        crawler.signals.connect(spider._idle, signal=signals.spider_idle)
        return spider

    async def start(self) -> AsyncIterator[scrapy.Request]:
        """The connector's first requests."""
        for request in self._collector.begin():
            yield self._scrapy_request(request)

    async def parse(self, response: ScrapyResponse) -> AsyncIterator[scrapy.Request]:
        """An answer: waited out where it is a throttle, else taken in."""
        request: Request = response.meta["kms"]
        try:
            answer = self._answer(request, response)
        except (TooLarge, Truncated) as error:
            self._failed(request, Outcome.UNREADABLE, str(error))
            return
        tries: Tries = response.meta["tries"]
        wait = self._connector.throttle.wait(answer, datetime.now(UTC), tries.throttles)
        if wait is not None:
            limit = self._source.limits.max_retry_after_seconds
            if wait > limit or tries.throttles >= MAX_THROTTLES:
                message = throttled(request, wait, tries.throttles + 1, limit)
                self._failed(request, Outcome.BLOCKED, message)
                return
            await asyncio.sleep(wait)
            yield self._scrapy_request(request, replace(tries, throttles=tries.throttles + 1))
            return
        if answer.status in RETRIED_STATUSES and tries.failures < self._source.limits.retries:
            await asyncio.sleep(backoff(answer.status, tries.failures + 1))
            yield self._scrapy_request(request, replace(tries, failures=tries.failures + 1))
            return
        for following in self._collector.receive(answer):
            yield self._scrapy_request(following)
        if self._collector.stopped:
            raise CloseSpider("stopped")

    def errback(self, failure: Failure) -> scrapy.Request | None:
        """No answer: tried again as often as configured, then recorded."""
        asked = failure.request  # type: ignore[attr-defined] # Scrapy sets it
        request: Request = asked.meta["kms"]
        tries: Tries = asked.meta["tries"]
        if tries.failures < self._source.limits.retries:
            return self._scrapy_request(request, replace(tries, failures=tries.failures + 1))
        timed_out = "Timeout" in type(failure.value).__name__
        outcome = Outcome.TIMEOUT if timed_out else Outcome.SERVER_ERROR
        where = request.url.partition("?")[0]
        self._failed(request, outcome, f"{where}: {failure.getErrorMessage()}")
        return None

    def _failed(self, request: Request, outcome: Outcome, message: str) -> None:
        self._collector.failed(request, outcome, message)
        if self._collector.stopped:
            raise CloseSpider("stopped")

    def _answer(self, request: Request, response: ScrapyResponse) -> Response:
        """Scrapy's response as the connector reads it."""
        headers = {
            name.decode("latin-1").lower(): b", ".join(values).decode("latin-1")
            for name, values in response.headers.items()
        }
        body = decoded(
            response.body,
            [headers.get("content-encoding", "")],
            self._source.limits.max_body_bytes,
        )
        return Response(request, response.status, headers, body)

    def _scrapy_request(self, request: Request, tries: Tries = _FIRST) -> scrapy.Request:
        """One request with its secrets put in; never filtered, redirected or retried by Scrapy."""
        sent = request if request.foreign else self._connector.authorise(request)
        return scrapy.Request(
            sent.url,
            method=sent.method,
            headers=dict(sent.headers),
            body=sent.body or b"",
            callback=self.parse,
            errback=self.errback,
            dont_filter=True,
            priority=1 if request.first else 0,
            meta={
                "kms": replace(request, context=dict(request.context)),
                "tries": tries,
                "handle_httpstatus_all": True,
            },
        )

    def _idle(self) -> None:
        """Nothing waits any more: what is missing is asked for by itself before it is gone."""
        requests = self._collector.confirm()
        for request in requests:
            self.crawler.engine.crawl(self._scrapy_request(request))
        if requests:
            raise DontCloseSpider

    def _finish(self, reason: str) -> None:
        interrupted = reason not in ("finished", "stopped")
        self.summary = self._collector.finish(interrupted=interrupted)
