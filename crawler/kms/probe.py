"""Trying a knowledge base before the first night: who answers, how much may be read."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from crawler.errors import SourceError
from crawler.kms.interface import Document, Gone, Known, Problem, Request, Seen
from crawler.kms.reachable import reachable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crawler.config import KmsSource
    from crawler.kms.interface import Connector, Event, Response

# Requests of a listing until counting stops: at 100 a page some thousand articles.
LISTED_REQUESTS = 40
# Requests one article may take.
_BODY_REQUESTS = 4


class Probe:
    """Walks the listing without reading bodies, then reads one; stores nothing.

    ``next`` and ``receive`` raise SourceError where a crawl would not get anything either.
    """

    def __init__(self, source: KmsSource, connector: Connector) -> None:
        self._source = source
        self._connector = connector
        self._listing: deque[Request] = deque()
        self._body: deque[Request] = deque()
        self._sent = self._sent_for_body = 0
        self._listed: set[str] = set()
        self._read = False
        self._problem = ""
        self._take(connector.start(Known()))

    def next(self) -> Request | None:
        """What to ask next; None when enough is known."""
        if self._listing and self._sent < LISTED_REQUESTS:
            self._sent += 1
            return self._listing.popleft()
        if self._body and not self._read and self._sent_for_body < _BODY_REQUESTS:
            self._sent_for_body += 1
            return self._body.popleft()
        return None

    def receive(self, response: Response) -> None:
        """Take in an answer."""
        self._take(self._connector.parse(response))

    def said(self) -> str:
        """How it went, in a sentence. Raises SourceError where nothing can be read."""
        url, name = self._source.url, self._source.connector
        if not self._listed:
            raise SourceError(f"{url}: {name} answers, but shows no document")
        if not self._read:
            why = self._problem or "the one that was tried did not come"
            raise SourceError(f"{url}: {name} lists {len(self._listed)} articles, but {why}")
        more = "at least " if self._listing else ""
        count, noun = len(self._listed), "article" if len(self._listed) == 1 else "articles"
        return f"{url} answers as {name}: {more}{count:,} {noun} readable"

    def _take(self, events: Iterable[Event]) -> None:
        for event in events:
            match event:
                case Request():
                    self._line_up(event)
                case Seen():
                    self._listed.add(event.id)
                case Gone():
                    self._listed.discard(event.id)
                case Document():
                    self._listed.add(event.id)
                    self._read = True
                case Problem(fatal=True):
                    raise SourceError(f"{self._source.url}: {event.message}")
                case Problem():
                    self._problem = self._problem or event.message

    def _line_up(self, request: Request) -> None:
        if not reachable(self._source, request):
            shown = request.url.partition("?")[0]
            raise SourceError(f"{shown} is not where {self._source.url} is; not asked")
        if "id" in request.context:
            if request.first:
                self._body.appendleft(request)
            elif len(self._body) < _BODY_REQUESTS:
                self._body.append(request)
        elif request.first:
            self._listing.appendleft(request)
        else:
            self._listing.append(request)
