"""What the store shows of each page now: content, gone, or nothing that can be read."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from auditor.findings import Observation, Sight
from auditor.model import Incident
from crawler.documents.rendition import Trouble
from crawler.snapshot import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crawler.snapshot import Snapshot
    from crawler.store import SnapshotStore, StoredPage, Visit

# A page that moved for good has nothing to say at its old address; a temporary redirect may be
# a maintenance page, so it proves nothing.
_MOVED_FOR_GOOD = (301, 308)

# Outcomes that mean our eyes failed, not the page; each is one incident per source.
BROKEN = {
    Outcome.LOGIN_WALL: "asked for a login",
    Outcome.BLOCKED: "refused to serve a crawler",
    Outcome.SERVER_ERROR: "answered with a server error",
    Outcome.TIMEOUT: "did not answer in time",
    Outcome.TOO_LARGE: "were larger than max_body_bytes",
    Outcome.UNREADABLE: "could not be read",
}


@dataclass(frozen=True, slots=True)
class Look:
    """One page as it is stored: what was seen, and its content where there is any.

    ``trouble`` is why a document that was fetched cannot be read (``crawler.documents.Trouble``).
    """

    seen: Observation
    outcome: Outcome
    snapshot: Snapshot | None = None
    trouble: str = ""


def looks(snapshots: SnapshotStore, source: str) -> Iterator[Look]:
    """Every page of a source by URL, gone ones too. Streams."""
    contents = snapshots.latest(source)
    content = next(contents, None)
    for visit in snapshots.last_visits(source):
        if content is not None and content.snapshot.url == visit.url:
            yield look_at(content)
            content = next(contents, None)
        else:
            yield without_content(source, visit)


def look_of(snapshots: SnapshotStore, source: str, url: str) -> Look | None:
    """One page as it is stored; None where it was never visited."""
    visits = snapshots.visits(source, url)
    if not visits:
        return None
    last = visits[-1]
    content = snapshots.snapshot_at(source, url) if last.outcome.is_content else None
    if content is None:
        return without_content(source, last)
    seen = Observation(source, url, Sight.CONTENT, last.fetched_at, last.sha256 or "")
    return _readable(Look(seen, last.outcome, content))


def look_at(stored: StoredPage) -> Look:
    """A page that showed content: readable only where its last visit showed it too."""
    snapshot, last = stored.snapshot, stored.last
    readable = last.outcome.is_content
    seen = Observation(
        source=snapshot.source,
        url=snapshot.url,
        sight=Sight.CONTENT if readable else Sight.BLIND,
        fetched_at=last.fetched_at,
        snapshot=stored.sha256 if readable else "",
        why="" if readable else last.detail or f"the last visit ended in {last.outcome}",
    )
    return _readable(Look(seen, last.outcome, snapshot if readable else None))


def _readable(look: Look) -> Look:
    """``look``, blind where it shows a document that cannot be read."""
    document = look.snapshot.document if look.snapshot is not None else None
    if document is None or not document.trouble:
        return look
    why = f"the {document.kind} cannot be read: {document.detail}"
    seen = replace(look.seen, sight=Sight.BLIND, why=why)
    return Look(seen, Outcome.UNREADABLE, None, document.trouble)


def without_content(source: str, visit: Visit) -> Look:
    """A page whose last visit showed nothing and of which no content counts."""
    sight, why = Sight.BLIND, visit.detail or ""
    if visit.outcome is Outcome.GONE:
        sight = Sight.GONE
        why = f"the page is gone (HTTP {visit.status})" if visit.status else "the page is gone"
    elif visit.outcome is Outcome.REDIRECTED and visit.status in _MOVED_FOR_GOOD:
        sight, why = Sight.GONE, f"the page has moved for good to {visit.target}"
    elif visit.outcome is Outcome.REDIRECTED and visit.status is None:
        sight, why = Sight.GONE, f"the page is read as {visit.target} now"
    return Look(Observation(source, visit.url, sight, visit.fetched_at, why=why), visit.outcome)


class Eyes:
    """Counts what could not be read, and says it once per source and cause."""

    KINDS = (*(str(outcome) for outcome in BROKEN), "extractor_failed", "no_reader")

    def __init__(self) -> None:
        self._pages: dict[str, int] = {}
        self._broken: dict[tuple[Outcome, str], tuple[int, str]] = {}
        self._failed: dict[str, tuple[int, str]] = {}
        self._no_reader: dict[str, tuple[int, str]] = {}

    def note(self, look: Look, failure: str = "") -> None:
        """Take one look into account; ``failure`` is what an extractor raised on the page."""
        source = look.seen.source
        self._pages[source] = self._pages.get(source, 0) + 1
        if look.trouble == Trouble.NO_TEXT:
            return  # a remark asks for text recognition: our eyes are not at fault
        if look.trouble == Trouble.NO_READER:
            count, first = self._no_reader.get(source, (0, look.seen.why))
            self._no_reader[source] = (count + 1, first)
        elif look.outcome in BROKEN:
            example = f"{look.seen.url} ({look.seen.why})" if look.trouble else look.seen.url
            count, first = self._broken.get((look.outcome, source), (0, example))
            self._broken[look.outcome, source] = (count + 1, first)
        if failure:
            count, first = self._failed.get(source, (0, f"{look.seen.url}: {failure}"))
            self._failed[source] = (count + 1, first)

    def incidents(self) -> list[Incident]:
        """One incident per source and cause."""
        found = [
            Incident(
                str(outcome),
                source,
                f"{count:,} of {self._pages[source]:,} pages of {source} {BROKEN[outcome]} and "
                f"were not judged, for example {first}. {_TO_DO[outcome]}",
            )
            for (outcome, source), (count, first) in sorted(self._broken.items())
        ]
        found += [
            Incident(
                "extractor_failed",
                who,
                f"{count:,} of {self._pages[who]:,} pages of {who} made an extractor fail and were "
                f"not judged, first {first}. Please report it with that page.",
            )
            for who, (count, first) in sorted(self._failed.items())
        ]
        found += [
            Incident(
                "no_reader",
                who,
                f"{count:,} of {self._pages[who]:,} pages of {who} are documents that were not "
                f"read: {first}.",
            )
            for who, (count, first) in sorted(self._no_reader.items())
        ]
        return found


_TO_DO = {
    Outcome.LOGIN_WALL: "Open the page without a login; if it needs one, give the crawler access "
    "with `headers` or leave it out with `deny`.",
    Outcome.BLOCKED: "Ask whoever runs the site to let the crawler's user agent in, or slow down "
    "with `pace`.",
    Outcome.SERVER_ERROR: "If it stays, ask whoever runs the site.",
    Outcome.TIMEOUT: "If it stays, raise `limits.timeout_seconds` or slow down with `pace`.",
    Outcome.TOO_LARGE: "Raise `limits.max_body_bytes`, or leave them out with `deny`.",
    Outcome.UNREADABLE: "Leave them out with `deny` if they are no pages.",
}
