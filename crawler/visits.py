"""What one answer leaves behind: a visit in the store, and new URLs in the frontier."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from crawler.answer import Answer, failure, read_answer
from crawler.frontier import Done, Entry, Found
from crawler.links import LinkFilter
from crawler.outcome import is_login_redirect
from crawler.pipeline import Fetched
from crawler.snapshot import Outcome
from crawler.urls import join

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from crawler.config import WebsiteSource
    from crawler.frontier import Frontier
    from crawler.given import GivenUrls
    from crawler.guard import Scope
    from crawler.outline import Outline
    from crawler.pipeline import SnapshotWriter
    from crawler.sign_in import Credentials
    from crawler.snapshot import Snapshot
    from crawler.store import SnapshotStore
    from crawler.summary import Problem

# URLs that robots.txt forbids and that are kept as visits; more are only counted.
_REFUSED_KEPT = 1_000
_PROGRESS_SECONDS = 0.5


@dataclass(slots=True)
class Job:
    """What one crawl works with, and what it came to.

    ``only_given`` is a look at a few pages as they are now: no cache on the way, no conditional
    request, no link followed. ``left_out`` counts known pages that the configuration leaves out
    now. ``report`` is told now and then (pages fetched, URLs queued, bytes received).
    ``cut_short`` says that URLs are left that were not asked for.
    """

    source: WebsiteSource
    scope: Scope
    frontier: Frontier | GivenUrls
    writer: SnapshotWriter
    reader: SnapshotStore
    report: Callable[[int, int, int], None]
    credentials: Credentials
    only_given: bool = False
    proxied: bool = False
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    cut_short: bool = False
    left_out: int = 0
    fetched: int = 0
    bytes_received: int = 0


class Visits:
    """Records what became of each URL; one per crawl."""

    def __init__(self, job: Job) -> None:
        self.links = LinkFilter(job.source, job.scope, job.frontier.seen)
        self.walls: list[tuple[Entry, Snapshot]] = []
        self._job = job
        self._refused = 0
        self._reported = 0.0

    def left_out(self, entry: Entry, answer: Answer, why: str) -> None:
        """A URL of an earlier night that the configuration leaves out now."""
        self._job.left_out += 1
        self.record(entry, failure(answer, Outcome.REFUSED, why), forget=True)

    def refused(self, entry: Entry, answer: Answer, why: str) -> None:
        """A URL that must not be asked for."""
        self._refused += 1
        if self._refused <= _REFUSED_KEPT:
            self.record(entry, failure(answer, Outcome.REFUSED, why))
        else:
            self.links.left_out["robots"] += 1
            self.record(entry, None)

    def passed_over(self, entry: Entry) -> None:
        """A URL that shows what others have shown: not asked for, and forgotten after a while."""
        self._job.writer.put(Fetched(None, Done(entry.url, gone=True)))

    def respelled(self, entry: Entry, answer: Answer, spelling: str) -> None:
        """A URL of an earlier night that is read under another spelling now."""
        why = f"is read as {spelling[:300]}: the configuration drops the rest"
        snapshot = replace(failure(answer, Outcome.REDIRECTED, why), target=spelling)
        self.record(entry, snapshot, self._named(entry, spelling), forget=True)

    def broken(self, entry: Entry, answer: Answer, why: str) -> None:
        """A page that could not be read."""
        self.record(entry, failure(answer, Outcome.UNREADABLE, why))

    def answered(self, entry: Entry, answer: Answer) -> Entry | None:
        """An answer of the server; an entry where the page sends its visitor back to itself."""
        if answer.location is not None:
            return self._redirected(entry, answer, answer.location)
        source = self._job.source
        most = source.limits.max_document_bytes if source.documents else 0
        reading = read_answer(answer, source.limits.max_body_bytes, most)
        snapshot, outline = reading.snapshot, reading.outline
        found: list[Found] = []
        canonical = None
        if outline is not None and not self._job.only_given:
            base = (join(entry.url, outline.base) if outline.base else None) or entry.url
            if snapshot.outcome.is_content:
                self.links.traps.showed(entry.url, outline.digest)
                if self._job.source.follow_links:
                    found = self.links.new(outline.links, base, entry.depth + 1)
                canonical = self._canonical(entry, outline, base)
            if outline.refresh:
                refresh = self.links.public(join(base, outline.refresh) or "")
                if snapshot.outcome is Outcome.REDIRECTED:
                    snapshot = replace(snapshot, target=refresh)
                found += self._named(entry, refresh)
            found += self._named(entry, canonical)
        self.record(entry, snapshot, found, canonical)
        return None

    def record(
        self,
        entry: Entry,
        snapshot: Snapshot | None,
        found: Sequence[Found] = (),
        canonical: str | None = None,
        *,
        forget: bool = False,
    ) -> None:
        """Mark a URL done: its visit (none for a sitemap) and what it named.

        With ``forget`` it is no longer asked for after some nights, as if it were gone.
        """
        job = self._job
        if snapshot is not None and job.source.sign_in is not None:
            if snapshot.outcome is Outcome.LOGIN_WALL:
                self.walls.append((entry, snapshot))
                return
            if snapshot.outcome.is_content:
                self.settle_walls()
        new = [item for item in found if job.frontier.add(item)]
        gone = forget or (snapshot is not None and snapshot.outcome is Outcome.GONE)
        if snapshot is not None:
            job.fetched += 1
            job.bytes_received += snapshot.bytes_received
        job.writer.put(Fetched(snapshot, Done(entry.url, gone, canonical, new)))
        now = time.monotonic()
        if now - self._reported > _PROGRESS_SECONDS:
            self._reported = now
            job.report(job.fetched, job.frontier.queued, job.bytes_received)

    def settle_walls(self, *, expired: bool = False) -> None:
        """Keep the log-in walls met since the last page with content.

        They are pages for others, or, with ``expired``, for whom has to sign in anew: then they
        are asked for again in the next run.
        """
        met, self.walls = self.walls, []
        for entry, snapshot in met:
            if expired:
                self.unfinished(snapshot)
            else:
                self._job.fetched += 1
                self._job.writer.put(Fetched(snapshot, Done(entry.url)))

    def unfinished(self, snapshot: Snapshot) -> None:
        """Keep a visit, but leave its URL for the next run."""
        self._job.cut_short = True
        self._job.writer.put(Fetched(snapshot, None))

    def _canonical(self, entry: Entry, outline: Outline, base: str) -> str | None:
        """The page's canonical URL, where it is another one in scope."""
        if not outline.canonical:
            return None
        canonical = self.links.public(join(base, outline.canonical) or "")
        return canonical if canonical != entry.url else None

    def _named(self, entry: Entry, url: str | None) -> list[Found]:
        admitted = self.links.admit(url, entry.depth) if url is not None else None
        return [admitted] if admitted is not None else []

    def _redirected(self, entry: Entry, answer: Answer, target: str) -> Entry | None:
        job = self._job
        public = self.links.public(target)
        read = read_answer(answer, job.source.limits.max_body_bytes).snapshot
        snapshot = replace(read, target=public or target[:2000])
        if public is None or job.scope.refusal(job.scope.fetched(public)) is not None:
            why = f"redirects to {target[:300]}, outside of the source's scope"
            snapshot = replace(snapshot, outcome=Outcome.REFUSED, detail=why)
        elif is_login_redirect(entry.url, public):
            why = f"redirects to a log-in page, {public[:300]}"
            snapshot = replace(snapshot, outcome=Outcome.LOGIN_WALL, detail=why)
        elif entry.hops >= job.source.limits.max_redirects:
            why = f"redirects more than {job.source.limits.max_redirects} times"
            snapshot = replace(snapshot, detail=why)
        elif public == entry.url:
            pairs = (value.partition(";")[0] for value in answer.headers.get("set-cookie", ()))
            cookies = "; ".join(pairs) or entry.cookies
            return replace(entry, hops=entry.hops + 1, fetch=target, cookies=cookies)
        else:
            found = Found(public, entry.depth, hops=entry.hops + 1)
            self.record(entry, snapshot, [found])
            return None
        self.record(entry, snapshot)
        return None
