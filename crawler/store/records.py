"""What the snapshot store gives back beside Snapshot itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from crawler.snapshot import Outcome, Snapshot
from crawler.summary import Problem


@dataclass(frozen=True, slots=True)
class Validators:
    """What to send for a conditional request; both None where the server gave nothing usable."""

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class Visit:
    """One fetch of one page. ``sha256`` (hex) names the content it showed, None if it showed none.

    ``crawl`` is the run it belonged to, None for a single re-check outside of a run.
    """

    url: str
    fetched_at: datetime
    outcome: Outcome
    status: int | None = None
    target: str | None = None
    detail: str | None = None
    bytes_received: int = 0
    sha256: str | None = None
    crawl: int | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """One fetch of one page with what a copy of it needs; ``sha256`` as in Visit."""

    fetched_at: datetime
    outcome: Outcome
    status: int | None
    target: str | None
    sha256: str | None
    media_type: str | None
    charset: str | None


@dataclass(frozen=True, slots=True)
class Original:
    """The bytes that a page was, with their media type and declared charset."""

    body: bytes
    media_type: str | None
    charset: str | None


@dataclass(frozen=True, slots=True)
class StoredPage:
    """A page as an auditor reads it: the newest content and what the last visit met.

    ``snapshot`` is the last visit that showed content (its ``fetched_at`` is when the content was
    last seen to be so). ``last`` is the last visit of all: where its outcome is not content, the
    snapshot is older than that visit and must not be called current.
    ``sha256`` (hex) is the body's, ``digest`` what ``crawler.content.content_digest`` made of it.
    """

    snapshot: Snapshot
    last: Visit
    sha256: str
    digest: str


@dataclass(frozen=True, slots=True)
class CrawlRecord:
    """One run over one source. ``state`` is running, complete, partial or interrupted.

    ``complete`` means every page was asked for; ``partial`` that the run ended early and said so;
    ``interrupted`` that it never said anything (killed) and a later run found that out.
    ``readable`` is how many documents a knowledge base let us read; None: that was not found out.
    """

    id: int
    source: str
    started_at: datetime
    finished_at: datetime | None
    state: str
    counts: Mapping[str, int] = field(default_factory=dict)
    bytes_received: int = 0
    problems: tuple[Problem, ...] = ()
    readable: int | None = None


@dataclass(frozen=True, slots=True)
class SourceState:
    """What is stored of one source: pages that ``latest`` gives, pages gone, the last run."""

    source: str
    pages: int
    gone: int
    last_crawl: CrawlRecord | None


@dataclass(frozen=True, slots=True)
class KmsDocument:
    """What a knowledge base listed last time: vendor's id, reader's URL, version token.

    ``read_at`` is when its body was last read, whatever came back.
    """

    id: str
    url: str
    version: str | None = None
    read_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Views:
    """How often a document had been viewed in all when it was counted on ``day``."""

    url: str
    day: date
    views: int


@dataclass(frozen=True, slots=True)
class Listing:
    """What one complete run over a knowledge base found out about which documents exist.

    ``documents`` are added or replaced, ids in ``removed`` forgotten. ``swept`` says that the
    run listed everything. A None ``cursor`` leaves the earlier one.
    """

    at: datetime
    cursor: str | None = None
    documents: tuple[KmsDocument, ...] = ()
    removed: tuple[str, ...] = ()
    swept: bool = False
