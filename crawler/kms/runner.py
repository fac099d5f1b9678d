"""The plain runner: one request after the other, over one kept-alive connection.

Used in production, by ``sellby check`` and in tests. Knowledge bases ask for requests in series
(MediaWiki's etiquette, per-account limits elsewhere), so an event loop would gain nothing and
cost a process per source; ``crawler.spiders.kms`` shows that Scrapy drives the same connectors.
"""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from crawler.errors import SourceError
from crawler.guard import Reach, Scope, host_reach
from crawler.kms.collect import Collector
from crawler.kms.interface import Request
from crawler.kms.probe import Probe
from crawler.kms.registry import connector_for
from crawler.kms.throttle import QUOTA
from crawler.kms.transport import Transport, TransportError
from crawler.retry import RETRIED_STATUSES, backoff
from crawler.settings import user_agent
from crawler.snapshot import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from crawler.config import CrawlConfig, KmsSource
    from crawler.kms.interface import Connector, Response
    from crawler.store import SnapshotStore
    from crawler.summary import CrawlSummary

# Times a throttle is waited out for one request; an incident after that, not an endless night.
MAX_THROTTLES = 8


def crawl_kms(
    config: CrawlConfig,
    source: KmsSource,
    store: SnapshotStore,
    *,
    progress: Callable[[int, str], None] | None = None,
    only: Iterable[str] = (),
) -> CrawlSummary:
    """Read a knowledge base into the store; with ``only`` just the documents at these URLs.

    ``progress`` is told how many documents were read and which URL came last. What goes wrong
    on the way is in the summary's problems; raises SourceError where the source cannot be
    started, StoreError where nothing can be saved. An interrupt is stored as such and raised.
    """
    connector = connector_for(source)
    collector = Collector(source, connector, store, now=_now, only=only)
    transport = Transport(
        source.limits, user_agent(config, scope_of(source)), verify_tls=source.verify_tls
    )
    try:
        return run(collector, Sender(connector, transport, source), progress=progress)
    finally:
        transport.close()


def probe_kms(config: CrawlConfig, source: KmsSource) -> str:
    """Log in, list, read one article, keep nothing; a sentence on how many are readable.

    Raises SourceError where it would not be read in a crawl either.
    """
    connector = connector_for(source)
    transport = Transport(
        source.limits, user_agent(config, scope_of(source)), verify_tls=source.verify_tls
    )
    sender, probe = Sender(connector, transport, source), Probe(source, connector)
    try:
        while (request := probe.next()) is not None:
            probe.receive(sender.send(request))
    except TransportError as error:
        raise SourceError(str(error)) from error
    finally:
        transport.close()
    return probe.said()


def scope_of(source: KmsSource) -> Scope:
    """As far as a user agent needs it: whether the API is on this machine."""
    local = host_reach(urlsplit(source.url).hostname or "") is Reach.LOOPBACK
    return Scope((), frozenset({Reach.LOOPBACK if local else Reach.PUBLIC}), ())


def run(
    collector: Collector,
    sender: Sender,
    *,
    progress: Callable[[int, str], None] | None = None,
) -> CrawlSummary:
    """Drive a collector to its end with one sender."""
    try:
        waiting = deque(collector.begin())
        while not collector.stopped:
            if not waiting:
                waiting.extend(collector.confirm())
            if not waiting or collector.stopped:
                break
            request = waiting.popleft()
            try:
                response = sender.send(request)
            except TransportError as error:
                following = collector.failed(request, error.outcome, str(error))
            else:
                following = collector.receive(response)
            queue(waiting, following)
            if progress is not None:
                progress(collector.documents, request.context.get("url", ""))
    except KeyboardInterrupt:
        collector.finish(interrupted=True)
        raise
    return collector.finish()


def queue(waiting: deque[Request], following: Iterable[Request]) -> None:
    """Line requests up; those that are to come first go in front, in their order."""
    first = []
    for request in following:
        if request.first:
            first.append(request)
        else:
            waiting.append(request)
    waiting.extendleft(reversed(first))


@dataclass
class Sender:
    """Sends with patience: paces, waits out throttles, tries again after failures.

    ``sleep`` and ``clock`` (seconds, monotonic) stand in for the real ones in tests.
    """

    connector: Connector
    transport: Transport
    source: KmsSource
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    _next_at: float = 0.0

    def send(self, request: Request) -> Response:
        """The answer that is neither a throttle nor a passing failure. Raises TransportError."""
        failures = throttles = 0
        while True:
            self._pace()
            try:
                sent = request if request.foreign else self.connector.authorise(request)
                response = self.transport.send(sent)
            except TransportError as error:
                failures += 1
                if not error.retry or failures > self.source.limits.retries:
                    raise
                self.sleep(backoff(None, failures))
                continue
            wait = self.connector.throttle.wait(response, self.now(), throttles)
            if wait is not None:
                throttles += 1
                self._throttled(request, wait, throttles)
                continue
            if response.status in RETRIED_STATUSES and failures < self.source.limits.retries:
                failures += 1
                self.sleep(backoff(response.status, failures))
                continue
            return response

    def _throttled(self, request: Request, wait: float, throttles: int) -> None:
        limit = self.source.limits.max_retry_after_seconds
        if wait > limit or throttles > MAX_THROTTLES:
            message = throttled(request, wait, throttles, limit)
            raise TransportError(Outcome.BLOCKED, message, retry=False)
        self.sleep(wait)

    def _pace(self) -> None:
        rate = self.source.pace.requests_per_second
        if rate is None:
            return
        now = self.clock()
        if now < self._next_at:
            self.sleep(self._next_at - now)
        self._next_at = max(now, self._next_at) + 1 / rate


def throttled(request: Request, wait: float, times: int, limit: float) -> str:
    """What there is to say of a throttle that is not waited out; ``wait`` in seconds."""
    where = request.url.partition("?")[0]
    if wait == QUOTA:
        return f"{where} is throttled: the quota of today is used up; go on tomorrow"
    return (
        f"{where} is throttled: asked to wait {wait:.0f} s for the {times}. time "
        f"(limits.max_retry_after_seconds is {limit:.0f})"
    )


def _now() -> datetime:
    return datetime.now(UTC)
