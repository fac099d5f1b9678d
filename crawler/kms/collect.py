"""What a connector tells, turned into snapshots: the same for every runner.

A runner sends requests and hands answers over; the collector decides what is stored, what counts
as deleted, and whether the run was complete. Absence is never believed alone: only a complete
run deletes, and only as much as ``max_vanished_share`` without a note of the deletion.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from crawler.kms.interface import Cursor, Document, Gone, Known, Problem, Request, Seen
from crawler.kms.outbox import Outbox
from crawler.kms.wrapping import editorial, reader_page
from crawler.snapshot import Outcome, Snapshot
from crawler.store import KmsDocument, Listing
from crawler.summary import CrawlSummary
from crawler.summary import Problem as CrawlProblem
from crawler.urls import normalise, origin

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime

    from crawler.config import KmsSource
    from crawler.kms.interface import Connector, Event, Response
    from crawler.store import SnapshotStore

# A nightly run starts about when the last one started, which is before that one ended.
_EARLY = timedelta(hours=12)
_NO_CHANGE = "the knowledge base lists no change"


class Collector:
    """One run over one knowledge base. ``now`` is the clock; ``only`` the URLs of a re-check."""

    def __init__(
        self,
        source: KmsSource,
        connector: Connector,
        store: SnapshotStore,
        *,
        now: Callable[[], datetime],
        only: Iterable[str] = (),
    ) -> None:
        self.stopped = False
        self._source = source
        self._connector = connector
        self._store = store
        self._now = now
        self._only = tuple(only)
        self._outbox = Outbox(store, source.name, now)
        self._received = 0
        self._problems: list[CrawlProblem] = []
        self._seen: dict[str, KmsDocument] = {}
        self._homes: dict[str, str] = {}
        self._gone: dict[str, str] = {}
        self._read: set[str] = set()
        self._failed: set[str] = set()
        self._cursor: str | None = None
        self._asked = 0
        self._crawl: int | None = None
        self._origin = origin(normalise(source.url) or source.url)

    @property
    def documents(self) -> int:
        """Documents read so far."""
        return len(self._read)

    def begin(self) -> list[Request]:
        """Start the run in the store; the first requests."""
        name = self._source.name
        self._started = self._now()
        self._known = self._store.documents(name)
        swept = self._store.swept_at(name)
        cursor = self._store.cursor(name)
        due = timedelta(days=self._source.full_sweep_days) - _EARLY
        self._full = cursor is None or swept is None or self._started - swept >= due
        if not self._only:
            self._crawl = self._store.begin_crawl(name, self._started)
        only = self._wanted_ids()
        if self._only and not only:
            return []
        known = Known(
            cursor=cursor,
            versions={d.id: d.version for d in self._known.values() if d.version},
            full_sweep=self._full and not only,
            retry=tuple(d.id for d in self._known.values() if not d.version),
            only=only,
        )
        return self._requests(self._guarded(self._connector.start(known)))

    def receive(self, response: Response) -> list[Request]:
        """Take in an answer; the requests that follow from it."""
        self._received += len(response.body)
        return self._requests(self._guarded(self._connector.parse(response)), response)

    def failed(self, request: Request, outcome: Outcome, message: str) -> list[Request]:
        """Take in that a request got no answer; ``message`` is one sentence for people."""
        identity = request.context.get("id")
        if identity is None:
            self._stop(CrawlProblem(_KINDS.get(outcome, "unreachable"), message))
        else:
            self._fail(identity, outcome, message)
        return []

    def finish(self, *, interrupted: bool = False) -> CrawlSummary:
        """Store what waits, settle what is gone, remember how far the run came."""
        if interrupted:
            self._stop(CrawlProblem("interrupted", "the crawl was interrupted; run it again"))
        self._outbox.flush()
        complete = not self.stopped
        if complete and not self._only:
            complete = self._settle()
        elif complete:
            self._visit_gone(set(self._gone))
        summary = CrawlSummary(
            source=self._source.name,
            started_at=self._started,
            finished_at=self._now(),
            counts=dict(self._outbox.counts),
            bytes_received=self._received,
            complete=complete,
            problems=tuple(self._problems),
        )
        if self._crawl is not None:
            self._store.end_crawl(self._crawl, summary)
        return summary

    # Events ---------------------------------------------------------------------------------

    def _guarded(self, events: Iterable[Event]) -> Iterator[Event]:
        """Events of a connector; whatever it raises becomes a fatal Problem."""
        try:
            yield from events
        except Exception as error:  # noqa: BLE001 - the plug-in seam: recorded as a problem
            name = getattr(self._connector, "name", "connector")
            yield Problem("connector", f"{name}: {type(error).__name__}: {error}", fatal=True)

    def _requests(self, events: Iterator[Event], response: Response | None = None) -> list[Request]:
        following: list[Request] = []
        for event in events:
            match event:
                case Request():
                    if self._allowed(event):
                        following.append(event)
                case Document():
                    self._keep(event, response)
                case Seen():
                    self._see(event)
                case Gone():
                    self._gone[event.id] = event.why
                    self._seen.pop(event.id, None)
                case Cursor():
                    self._cursor = event.value
                case Problem():
                    self._note(event)
        return following if not self.stopped else []

    def _allowed(self, request: Request) -> bool:
        """Only to where config.yaml points: credentials go along with every request."""
        if origin(normalise(request.url) or "") != self._origin:
            self._stop(
                CrawlProblem("refused", f"{request.url} is not on {self._origin}; not asked")
            )
            return False
        if "id" in request.context:
            self._asked += 1
            if self._asked > self._source.limits.max_pages:
                self._stop(
                    CrawlProblem(
                        "limit", f"stopped after limits.max_pages = {self._asked - 1} documents"
                    )
                )
                return False
        return True

    def _note(self, problem: Problem) -> None:
        if problem.fatal:
            self._stop(CrawlProblem(problem.code, problem.message))
        elif problem.document is not None:
            self._fail(problem.document, Outcome.UNREADABLE, problem.message)
        else:
            self._problems.append(CrawlProblem(problem.code, problem.message))

    def _see(self, seen: Seen) -> None:
        url = normalise(seen.url)
        if url is None:
            self._fail(seen.id, Outcome.UNREADABLE, f"{seen.url!r} is no http(s) URL")
            return
        self._seen[seen.id] = KmsDocument(seen.id, url, seen.version)
        self._gone.pop(seen.id, None)
        self._homes[url] = seen.id

    def _keep(self, document: Document, response: Response | None) -> None:
        url = normalise(document.url)
        if url is None:
            self._fail(document.id, Outcome.UNREADABLE, f"{document.url!r} is no http(s) URL")
            return
        snapshot = Snapshot(
            source=self._source.name,
            url=url,
            fetched_at=self._now(),
            outcome=Outcome.OK,
            status=response.status if response is not None else None,
            media_type="text/html",
            charset="utf-8",
            body=reader_page(document),
            bytes_received=len(response.body) if response is not None else 0,
            editorial=editorial(document),
        )
        seen = self._seen.get(document.id)
        version = seen.version if seen is not None else None
        self._read.add(document.id)
        self._homes[url] = document.id
        self._failed.discard(document.id)
        self._leave_old_url(document.id, url)
        self._outbox.add(snapshot, KmsDocument(document.id, url, version))

    def _fail(self, identity: str, outcome: Outcome, message: str) -> None:
        """A document that could not be read: a visit, and asked for again in the next run."""
        self._failed.add(identity)
        url = self._url_of(identity)
        if url is None:
            self._problems.append(CrawlProblem(outcome.value, message))
            return
        self._outbox.note(url, outcome, message, document=KmsDocument(identity, url))

    def _stop(self, problem: CrawlProblem) -> None:
        if not self.stopped:
            self._problems.append(problem)
        self.stopped = True

    def _leave_old_url(self, identity: str, url: str) -> None:
        """A document that moved leaves a redirect, unless another one lives there now."""
        known = self._known.get(identity)
        if known is None or known.url == url or self._lived_in(known.url, by_other_than=identity):
            return
        self._outbox.moved(known.url, url)

    def _lived_in(self, url: str, *, by_other_than: str) -> bool:
        """Whether this run met another document at a URL."""
        home = self._homes.get(url)
        return home is not None and home != by_other_than and home not in self._gone

    # Settling -------------------------------------------------------------------------------

    def _settle(self) -> bool:
        """After everything was asked for: deletions, moves, what did not change, the cursor."""
        known = set(self._known)
        told = known & set(self._gone)
        vanished = known - set(self._seen) - told if self._full else set()
        if len(vanished) > self._source.max_vanished_share * len(known):
            self._stop(
                CrawlProblem(
                    "degraded",
                    f"{len(vanished)} of {len(known)} documents are missing from the listing "
                    "without a note of their deletion: lost rights? Nothing was deleted. If it "
                    "is right, raise max_vanished_share for one run.",
                )
            )
            return False
        for identity in vanished:
            self._gone[identity] = "no longer listed"
        removed = told | vanished
        self._visit_gone(removed)
        for identity in known - removed - self._read - self._failed:
            self._confirm(identity)
        self._outbox.flush()
        self._store.save_cursor(
            self._source.name,
            Listing(at=self._now(), cursor=self._cursor, removed=tuple(removed), swept=self._full),
        )
        return True

    def _visit_gone(self, identities: set[str]) -> None:
        for identity in sorted(identities):
            known = self._known.get(identity)
            if known is not None and not self._lived_in(known.url, by_other_than=identity):
                self._outbox.note(known.url, Outcome.GONE, self._gone[identity])
        self._outbox.flush()

    def _confirm(self, identity: str) -> None:
        """A document that was not read again because nothing changed, under its present URL."""
        known = self._known[identity]
        url = self._url_of(identity) or known.url
        if url == known.url:
            self._outbox.note(url, Outcome.UNCHANGED, _NO_CHANGE)
            return
        before = self._store.snapshot_at(self._source.name, known.url)
        if before is None or before.body is None:
            return
        moved = Snapshot(
            source=self._source.name,
            url=url,
            fetched_at=self._now(),
            outcome=Outcome.OK,
            media_type=before.media_type,
            charset=before.charset,
            body=before.body,
            detail="moved here; the body did not change",
            editorial=before.editorial,
        )
        self._leave_old_url(identity, url)
        self._outbox.add(moved, KmsDocument(identity, url, known.version))

    def _wanted_ids(self) -> tuple[str, ...]:
        by_url = {document.url: document.id for document in self._known.values()}
        found = []
        for url in self._only:
            identity = by_url.get(normalise(url) or url)
            if identity is None:
                message = f"{url} is no known document of {self._source.name}; crawl it first"
                self._problems.append(CrawlProblem("unknown_page", message))
            else:
                found.append(identity)
        return tuple(found)

    def _url_of(self, identity: str) -> str | None:
        found = self._seen.get(identity) or self._known.get(identity)
        return found.url if found is not None else None


_KINDS = {
    Outcome.TIMEOUT: "timeout",
    Outcome.SERVER_ERROR: "unreachable",
    Outcome.BLOCKED: "rate_limited",
    Outcome.TOO_LARGE: "too_large",
    Outcome.REFUSED: "refused",
}
