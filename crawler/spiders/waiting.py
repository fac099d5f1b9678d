"""What is to be asked for again after a wait, and when the whole source is left alone."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from scrapy import Request
    from scrapy.crawler import Crawler

    from crawler.frontier import Entry


class Waiting:
    """Entries that wait for their next try; one per crawl, on its event loop.

    ``request`` makes the request for an entry, or None where it may not be made.
    """

    def __init__(self, crawler: Crawler, request: Callable[[Entry], Request | None]) -> None:
        self.count = 0
        self._crawler = crawler
        self._request = request
        self._stopped = False
        self._paused_until = 0.0

    def later(self, seconds: float, entry: Entry) -> None:
        """Ask for an entry again after a while."""
        self.count += 1
        asyncio.get_running_loop().call_later(seconds, self._again, entry)

    def pause(self, seconds: float) -> None:
        """Ask this source for nothing for a while; an entry must wait as long, to wake it."""
        until = asyncio.get_running_loop().time() + seconds
        self._paused_until = max(self._paused_until, until)
        if self._crawler.engine is not None:
            self._crawler.engine.pause()

    def stop(self) -> None:
        """Ask for nothing any more; what still waits is left for the next run."""
        self._stopped = True
        self._unpause()

    def _again(self, entry: Entry) -> None:
        self.count -= 1
        if self._stopped or not self._crawler.crawling:
            return
        self._unpause()
        request = self._request(entry)
        if request is not None and self._crawler.engine is not None:
            self._crawler.engine.crawl(request)

    def _unpause(self) -> None:
        over = asyncio.get_running_loop().time() >= self._paused_until - 0.01
        if self._crawler.engine is not None and (over or self._stopped):
            self._crawler.engine.unpause()
