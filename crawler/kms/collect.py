"""What a connector tells, turned into snapshots: the same for every runner.

A runner sends requests and hands answers over; the collector decides what is stored, what counts
as deleted, and whether the run was complete. Absence is never believed alone: only a complete
run deletes, only as much as ``max_vanished_share`` without a note of the deletion, and only
what is not there either when it is asked for by its id.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from crawler.kms.interface import Cursor, Document, Gone, Known, Problem, Request, Seen, Sweep
from crawler.kms.ledger import Ledger
from crawler.kms.outbox import Outbox
from crawler.kms.reachable import origin_of, reachable
from crawler.kms.wrapping import editorial, is_text, reader_page, storable
from crawler.snapshot import Outcome, Snapshot
from crawler.store import KmsDocument, Listing
from crawler.summary import CrawlSummary
from crawler.summary import Problem as CrawlProblem
from crawler.urls import normalise

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
        self._met = Ledger()
        self._confirmed = False
        self._cursor: str | None = None
        self._asked = 0
        self._crawl: int | None = None
        self._origin = origin_of(source.url)

    @property
    def documents(self) -> int:
        """Documents read so far."""
        return len(self._met.read)

    def begin(self) -> list[Request]:
        """Start the run in the store; the first requests."""
        name = self._source.name
        self._started = self._now()
        self._met = Ledger(self._store.documents(name))
        swept = self._store.swept_at(name)
        cursor = self._store.cursor(name)
        due = timedelta(days=self._source.full_sweep_days) - _EARLY
        full = cursor is None or swept is None or self._started - swept >= due
        if not self._only:
            self._crawl = self._store.begin_crawl(name, self._started)
        only = self._wanted_ids()
        if self._only and not only:
            return []
        known = Known(
            cursor=cursor,
            versions=self._versions(full),
            full_sweep=full and not only,
            retry=tuple(d.id for d in self._met.known.values() if not d.version),
            only=only,
        )
        return self._requests(self._guarded(self._connector.start(known)))

    def confirm(self) -> list[Request]:
        """When nothing waits any more: requests for documents that the listing left out.

        Pages of a listing shift while they are read; a document counts as deleted only when it
        is not there by its id either. No requests where there is nothing to confirm.
        """
        vanished = self._met.vanished()
        if self.stopped or self._only or self._confirmed or not vanished:
            return []
        self._confirmed = True
        if self._too_many(vanished):
            return []
        known = Known(only=tuple(sorted(vanished)))
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
            self._visit_gone(set(self._met.gone))
        summary = CrawlSummary(
            source=self._source.name,
            started_at=self._started,
            finished_at=self._now(),
            counts=dict(self._outbox.counts),
            bytes_received=self._received,
            complete=complete,
            problems=tuple(self._problems),
            readable=self._met.readable() if complete and not self._only else None,
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
        for event in map(storable, events):
            match event:
                case Request():
                    if self._allowed(event):
                        following.append(event)
                case Document():
                    self._keep(event, response)
                case Seen():
                    self._see(event)
                case Gone():
                    self._met.lose(event.id, event.why)
                case Sweep():
                    self._met.swept = True
                case Cursor():
                    self._cursor = event.value
                case Problem():
                    self._note(event)
        return following if not self.stopped else []

    def _allowed(self, request: Request) -> bool:
        """Only to where config.yaml points: credentials go along with the requests."""
        if not reachable(self._source, request):
            shown = request.url.partition("?")[0]
            self._stop(CrawlProblem("refused", f"{shown} is not on {self._origin}; not asked"))
            return False
        if "id" in request.context and not request.first:
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
        before = self._met.known.get(seen.id)
        read_at = before.read_at if before is not None else None
        self._met.see(KmsDocument(seen.id, url, seen.version, read_at))
        if seen.views is not None:
            self._outbox.viewed(url, seen.views)

    def _keep(self, document: Document, response: Response | None) -> None:
        url = normalise(document.url)
        if url is None:
            self._fail(document.id, Outcome.UNREADABLE, f"{document.url!r} is no http(s) URL")
            return
        wrapped = is_text(document.media_type)
        at = self._now()
        snapshot = Snapshot(
            source=self._source.name,
            url=url,
            fetched_at=at,
            outcome=Outcome.OK,
            status=response.status if response is not None else None,
            media_type="text/html" if wrapped else document.media_type,
            charset="utf-8" if wrapped else None,
            body=reader_page(document) if wrapped else document.body,
            bytes_received=len(response.body) if response is not None else 0,
            editorial=editorial(document),
        )
        seen = self._met.seen.get(document.id)
        version = seen.version if seen is not None else None
        self._met.keep(document.id, url)
        self._leave_old_url(document.id, url)
        self._outbox.add(snapshot, KmsDocument(document.id, url, version, at))
        if document.views is not None:
            self._outbox.viewed(url, document.views)

    def _fail(self, identity: str, outcome: Outcome, message: str) -> None:
        """A document that could not be read: a visit, and asked for again in the next run."""
        self._met.failed.add(identity)
        url = self._met.url_of(identity)
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
        known, met = self._met.known.get(identity), self._met
        if known is None or known.url == url or met.lived_in(known.url, by_other_than=identity):
            return
        self._outbox.moved(known.url, url)

    def _versions(self, full: bool) -> dict[str, str]:
        """Versions that need not be read again; in a full run those read long ago have none."""
        due = self._started - timedelta(days=self._source.reread_days) + _EARLY
        return {
            document.id: document.version
            for document in self._met.known.values()
            if document.version
            and not (full and (document.read_at is None or document.read_at <= due))
        }

    # Settling -------------------------------------------------------------------------------

    def _settle(self) -> bool:
        """After everything was asked for: deletions, moves, what did not change, the cursor."""
        met, vanished = self._met, self._met.vanished()
        if self._too_many(vanished) or self._too_few(vanished) or self._is_empty():
            return False
        for identity in vanished:
            met.lose(identity, "no longer listed")
        removed = met.told()
        self._visit_gone(removed)
        for identity in set(met.known) - removed - met.read - met.failed:
            self._carry_on(identity)
        self._outbox.flush()
        self._store.save_cursor(
            self._source.name,
            Listing(at=self._now(), cursor=self._cursor, removed=tuple(removed), swept=met.swept),
        )
        return True

    def _too_many(self, vanished: set[str]) -> bool:
        """Whether more vanished than is believable; said once."""
        known = len(self._met.known)
        if len(vanished) <= self._source.max_vanished_share * known:
            return False
        self._stop(
            CrawlProblem(
                "degraded",
                f"{len(vanished)} of {known} documents are missing from the listing "
                "without a note of their deletion: lost rights? Nothing was deleted. If it "
                "is right, raise max_vanished_share for one run.",
            )
        )
        return True

    def _too_few(self, vanished: set[str]) -> bool:
        """Whether documents vanished while fewer can be read than there should be."""
        expected, readable = self._source.expected_documents, self._met.readable()
        if expected is None or readable >= expected:
            return False
        problem = CrawlProblem(
            "degraded",
            f"{readable} documents are readable, expected_documents is {expected}: are there "
            f"rights missing? {'Nothing was deleted.' if vanished else ''}".rstrip(),
        )
        if vanished:
            self._stop(problem)
        else:
            self._problems.append(problem)
        return bool(vanished)

    def _is_empty(self) -> bool:
        """Whether not one document is readable: rather a lost right than an empty wiki."""
        met = self._met
        if not met.swept or met.seen or met.read or met.failed:
            return False
        message = "not one document is readable: are there rights missing?"
        self._stop(CrawlProblem("degraded", message))
        return True

    def _visit_gone(self, identities: set[str]) -> None:
        for identity in sorted(identities):
            known = self._met.known.get(identity)
            if known is not None and not self._met.lived_in(known.url, by_other_than=identity):
                self._outbox.note(known.url, Outcome.GONE, self._met.gone[identity])
        self._outbox.flush()

    def _carry_on(self, identity: str) -> None:
        """A document that was not read again because nothing changed, under its present URL."""
        known = self._met.known[identity]
        url = self._met.url_of(identity) or known.url
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
        self._outbox.add(moved, KmsDocument(identity, url, known.version, known.read_at))

    def _wanted_ids(self) -> tuple[str, ...]:
        by_url = {document.url: document.id for document in self._met.known.values()}
        found = []
        for url in self._only:
            identity = by_url.get(normalise(url) or url)
            if identity is None:
                message = f"{url} is no known document of {self._source.name}; crawl it first"
                self._problems.append(CrawlProblem("unknown_page", message))
            else:
                found.append(identity)
        return tuple(found)


_KINDS = {
    Outcome.TIMEOUT: "timeout",
    Outcome.SERVER_ERROR: "unreachable",
    Outcome.BLOCKED: "rate_limited",
    Outcome.TOO_LARGE: "too_large",
    Outcome.REFUSED: "refused",
}
