"""Scrapy's scheduler interface over our own frontier, and its log without a line a page."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, cast

from scrapy.core.scheduler import BaseScheduler
from scrapy.logformatter import LogFormatter

if TYPE_CHECKING:
    from scrapy import Request, Spider
    from scrapy.http import Response
    from twisted.internet.defer import Deferred

    from crawler.spiders.website import WebsiteSpider


class NoLineAPage(LogFormatter):
    """What became of a page stands in the store; a debug line for it would only cost time."""

    def crawled(self, request: Request, response: Response, spider: Spider) -> None:  # type: ignore[override]  # None is documented: nothing is logged
        """No line."""


class FrontierScheduler(BaseScheduler):
    """Asks the spider for the next request; holds only those that are to be tried again."""

    def __init__(self) -> None:
        self._again: deque[Request] = deque()
        self._spider: WebsiteSpider | None = None

    def open(self, spider: Spider) -> Deferred[None] | None:
        """Called by Scrapy when the crawl starts."""
        self._spider = cast("WebsiteSpider", spider)
        return None

    def has_pending_requests(self) -> bool:
        """Whether the crawl has anything left to do, now or after a wait."""
        return bool(self._again) or (self._spider is not None and self._spider.has_more())

    def enqueue_request(self, request: Request) -> bool:
        """Take a request to be tried again."""
        self._again.append(request)
        return True

    def next_request(self) -> Request | None:
        """The next request, or None where there is none just now."""
        if self._again:
            return self._again.popleft()
        return self._spider.next_request() if self._spider is not None else None
