"""The KMS connector seam: sans-IO. Requests out; responses in → documents, ids, tombstones.

A connector never touches the network, so Scrapy, a plain runner and tests drive the same one.
What it says is believed as far as it goes: ``Sweep`` that absence means deletion, ``Cursor`` where
the next run starts, and both only where the run came to its end.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from crawler.snapshot import Verification

if TYPE_CHECKING:
    from crawler.declaration import Declaration
    from crawler.kms.throttle import Throttle

__all__ = [
    "Access",
    "Capabilities",
    "Connector",
    "Cursor",
    "Deletes",
    "Document",
    "Event",
    "Gone",
    "Incremental",
    "Known",
    "Problem",
    "Request",
    "Response",
    "Seen",
    "Sweep",
    "Verification",
]


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request a connector wants made; ``context`` comes back with the response.

    Secrets never stand in ``url`` or ``context``: headers are added by the runner at send time.
    A ``foreign`` request goes to another host than the API's (a download): no secret goes along,
    and only public hosts are asked. What is to come ``first`` is sent before all that waits: a
    fresh token, the second half of a document.
    """

    url: str
    kind: str
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    context: Mapping[str, str] = field(default_factory=dict)
    foreign: bool = False
    first: bool = False


@dataclass(frozen=True, slots=True)
class Response:
    """The answer to a Request; ``headers`` keys are lower-case."""

    request: Request
    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Document:
    """One article with its rendered body (HTML bytes unless ``media_type`` says otherwise).

    ``id`` is the vendor's stable id, ``url`` where a reader opens it; times aware UTC. ``valid_to``
    is the vendor's own end of validity (or when a verification ends). ``views`` counts all views
    so far.
    """

    id: str
    url: str
    title: str
    body: bytes
    media_type: str = "text/html"
    charset: str = "utf-8"
    author: str | None = None
    owner: str | None = None
    updated_at: datetime | None = None
    reviewed_at: datetime | None = None
    edit_url: str | None = None
    language: str | None = None
    valid_to: datetime | None = None
    verification: Verification | None = None
    views: int | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """A document that exists: a full listing of these finds deletions by absence.

    ``version`` is any token that changes with the body; equal to the last one: not fetched again.
    ``views`` are all views so far, where the listing has them.
    """

    id: str
    url: str
    version: str | None = None
    views: int | None = None


@dataclass(frozen=True, slots=True)
class Sweep:
    """This run lists everything that may be read: what it does not list is no longer there.

    Believed only where the run comes to its end. A connector that was not asked for a full
    listing may still give one, where its listing is cheap or its cursor has grown too old.
    """


@dataclass(frozen=True, slots=True)
class Gone:
    """An explicit tombstone."""

    id: str
    why: str


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where the next incremental run starts; saved only after a complete run."""

    value: str


@dataclass(frozen=True, slots=True)
class Problem:
    """An answer that could not be used; ``fatal`` ends the source as an Incident.

    ``document`` is the id of the one document that could not be read, where it is only one: it is
    asked for again in the next run.
    """

    code: str
    message: str
    fatal: bool = False
    document: str | None = None


class Incremental(StrEnum):
    """How a KMS tells what changed."""

    FILTER = "filter"
    SORTED_DESCENDING = "sorted_descending"
    DELTA = "delta"
    NONE = "none"


class Deletes(StrEnum):
    """How a KMS tells what was deleted."""

    FEED = "feed"
    LISTING = "listing"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a KMS can tell."""

    incremental: Incremental
    deletes: Deletes
    body_in_listing: bool = False
    review_metadata: bool = False
    views: bool = False
    markdown: bool = False


@dataclass(frozen=True, slots=True)
class Known:
    """What the store already holds, given to ``start``: cursor and id → version.

    ``full_sweep`` asks for a listing of everything. ``retry`` are ids whose body could not be
    read in an earlier run; ids whose body is due to be read again have no version. Where ``only``
    is not empty, just these ids are fetched, whatever their version, and neither listing nor
    cursor is wanted: an id that is not there any more is ``Gone``.
    """

    cursor: str | None = None
    versions: Mapping[str, str] = field(default_factory=dict)
    full_sweep: bool = True
    retry: tuple[str, ...] = ()
    only: tuple[str, ...] = ()


Event = Request | Document | Seen | Gone | Sweep | Cursor | Problem


@dataclass(frozen=True, slots=True)
class Access:
    """What a connector is made from: where the KMS is, and as whom it is read.

    ``token`` is a secret: it may only be used in ``Connector.authorise``. ``options`` come from
    the source's ``options`` in config.yaml; a connector raises SourceError for those it does
    not know. ``declaration`` is ``api`` there.
    """

    url: str
    user: str | None = None
    token: str | None = field(default=None, repr=False)
    options: Mapping[str, str | int | bool | list[str]] = field(default_factory=dict)
    declaration: Declaration | None = None


class Connector(Protocol):
    """Walks one KMS. Made anew for every run, so it may remember what it met.

    A request for one document's body carries the document's id as ``context["id"]``.
    ``throttle`` is how this vendor says "slow down".
    """

    name: str
    capabilities: Capabilities
    throttle: Throttle

    def start(self, known: Known) -> Iterable[Event]:
        """The first requests of a run, or of asking for some documents (``known.only``)."""
        ...

    def parse(self, response: Response) -> Iterator[Event]:
        """What an answer holds, and which requests follow."""
        ...

    def authorise(self, request: Request) -> Request:
        """The request with its secrets put in; called just before sending, never stored."""
        ...
