"""A few URLs given by hand, in the frontier's place: fetched now, with nothing followed."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from crawler.frontier import Done, Entry, Found

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime
    from sqlite3 import Connection


class GivenUrls:
    """Gives each URL once; keeps nothing for a later run."""

    resumed = False

    def __init__(self, urls: Iterable[str]) -> None:
        self._queue = deque(Entry(url) for url in dict.fromkeys(urls))
        self._seen = {entry.url for entry in self._queue}
        self.queued = len(self._queue)

    def open_run(self, at: datetime, seeds: Iterable[Found]) -> None:
        """Nothing to be opened; the seeds of the source are not asked for."""

    def close(self) -> None:
        """Nothing to be closed."""

    def finish_run(self, at: datetime, content_pages: int) -> None:
        """A look at a few pages says nothing about the run."""

    def last_content_pages(self) -> int | None:
        """None: there is nothing to compare with."""
        return None

    def add(self, found: Found) -> bool:
        """Queue a URL that a given one redirects to; whether it was new."""
        if found.url in self._seen:
            return False
        self._seen.add(found.url)
        self._queue.append(Entry(found.url, found.depth, hops=found.hops))
        self.queued += 1
        return True

    def seen(self, url: str) -> bool:
        """Whether the URL was given or met."""
        return url in self._seen

    def next(self) -> Entry | None:
        """The next URL, or None."""
        return self._queue.popleft() if self._queue else None

    def has_more(self) -> bool:
        """Whether a URL is left."""
        return bool(self._queue)

    def write(self, connection: Connection, done: Sequence[Done]) -> None:
        """Nothing is kept."""
